//! The log is an older one: a backup was restored. What the guide says of operations that are open in it.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::ports::Vote;
use time::Duration;

use crate::{resources, waits_in_sit};

/// Its approvals stand in the chat, and its cancellation is not in the log any more.
#[tokio::test]
async fn a_card_that_is_deleted_before_the_start_keeps_its_operation_from_beginning() {
    for deleted in [false, true] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        let before = resources(&world).await;
        world.stops();
        world.chat.react(&request.message(), Vote::Approve, "team-lead");
        if deleted {
            world.chat.delete(&request.message());
        }
        world.restarts().await;
        world.passes(Duration::HOUR).await;
        if !deleted {
            request.is(State::Succeeded);
            continue;
        }
        request.is(State::AwaitingApproval);
        assert_eq!(resources(&world).await, before);
        world.member("operator").types(&format!("/operation cancel operation:{}", request.id())).await;
        request.is(State::Cancelled);
    }
}
