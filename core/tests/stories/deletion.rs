//! A tenant is deleted, and nothing else is (playbook 1.2, 2.2, 3.2, 5.3, 5.4, 6.2).

use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use time::Duration;

use crate::{DEV, resources, waits_in_prod};

/// A client's deletion from DEV.
const DELETE_DEV: &str = "/tenant delete tenant:goldencrust environment:dev reason:other backup:yes logs:keep";

/// A deletion from everywhere, after a cancellation.
const CANCELLATION: &str =
    "/tenant delete tenant:goldencrust environment:all reason:cancellation backup:yes logs:delete";

/// The tenant stands in all three environments.
async fn stands_everywhere(world: &World) {
    let prod = waits_in_prod(world).await;
    world.member("devops-lead").reacts(&prod, "✅").await;
    world.member("product-owner").reacts(&prod, "✅").await;
    prod.is(State::Succeeded);
}

/// The deletion from everywhere is asked for and the tenant's name typed.
async fn asked_for_everywhere(world: &World) -> Request<'_> {
    let operator = world.member("operator");
    let form = operator.types(CANCELLATION).await;
    operator.submits(form.answer(), &[("name", "goldencrust")]).await
}

#[tokio::test]
async fn in_dev_it_goes_when_the_notice_is_over() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    let request = world.member("operator").types(DELETE_DEV).await;
    request.is(State::Waiting);
    insta::assert_snapshot!("notice_in_dev", request.card().text());
    world.passes(Duration::hours(23)).await;
    request.is(State::Waiting);
    assert_eq!(resources(&world).await, 10, "nothing is touched during the notice");
    world.passes(Duration::hours(2)).await;
    request.becomes(State::Succeeded).await;
    insta::assert_snapshot!("gone_from_dev", format!("{}\n\n{}", request.card().text(), request.thread()));
}

#[tokio::test]
async fn everywhere_takes_a_typed_name_two_leads_and_seven_days() {
    let world = World::start();
    stands_everywhere(&world).await;
    let request = asked_for_everywhere(&world).await;
    request.is(State::AwaitingApproval);
    insta::assert_snapshot!("asked_for_everywhere", request.card().text());
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Waiting);
    world.passes(Duration::days(7)).await;
    request.becomes(State::Succeeded).await;
    insta::assert_snapshot!("gone_from_everywhere", format!("{}\n\n{}", request.card().text(), request.thread()));
    assert_eq!(resources(&world).await, 0);
}
