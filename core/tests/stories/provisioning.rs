//! The straight way: from a command to a site that stands.

use landlord_core::fakes::World;
use landlord_core::operation::State;

use crate::DEV;

#[tokio::test]
async fn dev_is_provisioned_at_once() {
    let world = World::start();
    let request = world.member("operator").types(DEV).await;
    request.answer().shows("No approval is needed");
    request.is(State::Succeeded);
    request.card().shows("https://golden.wpdev.kimmyai.io stands");
    insta::assert_snapshot!(request.thread());
}
