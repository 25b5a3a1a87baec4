//! On hold: what people may decide, and what becomes of it.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use time::Duration;

use crate::cloud_outages::denied;
use crate::{DEV, resources};

async fn holding(world: &World) -> landlord_core::fakes::Request<'_> {
    world.cloud.fail(denied(Kind::Service));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request
}

#[tokio::test]
async fn retry_goes_on_where_it_stopped() {
    let world = World::start();
    let request = holding(&world).await;
    let answer = world.member("operator").presses(&request, "Retry").await;
    answer.shows("Provision goldencrust in DEV").shows("Running");
    request.is(State::Succeeded);
    let ensured = world.cloud.journal().into_iter().filter(|call| call.verb == Verb::Ensure).count();
    assert_eq!(ensured, 11, "only the service is ensured twice");
}

#[tokio::test]
async fn roll_back_removes_what_the_run_created() {
    let world = World::start();
    let request = holding(&world).await;
    assert_eq!(resources(&world).await, 9);
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Unwound);
    request.card().shows("nothing that this run created is left");
    assert_eq!(resources(&world).await, 0);
    world.member("operator").types("/tenant list").await.answer().shows("There are no tenants yet");

    world.member("operator").types(DEV).await.is(State::Succeeded);
}

#[tokio::test]
async fn leave_keeps_everything_and_a_new_request_takes_it_over() {
    let world = World::start();
    let request = holding(&world).await;
    world.member("operator").presses(&request, "Leave").await;
    request.is(State::Abandoned);
    assert_eq!(resources(&world).await, 9);
    world.member("operator").types("/tenant show tenant:goldencrust").await.answer().shows("DEV · incomplete");

    let again = world.member("operator").types(DEV).await;
    again.is(State::Succeeded);
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn what_is_not_harmless_cannot_be_skipped() {
    let world = World::start();
    let request = holding(&world).await;
    assert_eq!(request.card().buttons(), ["Retry", "Roll back", "Leave"]);
    world.member("operator").sends(&format!("skip:{}", request.id())).await;
    request.is(State::Holding);
}

#[tokio::test]
async fn who_may_not_file_may_not_decide() {
    let world = World::start();
    let request = holding(&world).await;
    for button in ["Retry", "Roll back", "Leave"] {
        world.member("newcomer").presses(&request, button).await.shows("This needs the role Operator");
    }
    request.is(State::Holding);
}

#[tokio::test]
async fn a_button_of_yesterday_decides_nothing() {
    let world = World::start();
    let request = holding(&world).await;
    let old = request.card();
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
    for button in ["Retry", "Roll back", "Leave"] {
        let answer = world.member("operator").presses_on(&old, button).await;
        answer.shows("is not on hold any more: it is done");
    }
    request.is(State::Succeeded);
    for unknown in ["", "retry", "retry:", "retry:00000000", "explode:now", "page:x:tenants:", "page:0:what:ever"] {
        let answer = world.member("operator").sends(unknown).await;
        assert_eq!(answer.card.title, "Not possible", "{unknown}");
    }
}

#[tokio::test]
async fn a_removal_that_fails_holds_the_roll_back_and_retry_goes_on_with_it() {
    let world = World::start();
    let request = holding(&world).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Remove));
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Holding);
    request.card().shows("ensure secret could not be undone").shows("may not remove here");
    assert_eq!(request.card().buttons(), ["Retry", "Roll back", "Leave"]);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Unwound);
    assert_eq!(resources(&world).await, 0);
}

#[tokio::test]
async fn a_removal_that_is_throttled_is_tried_again() {
    let world = World::start();
    let request = holding(&world).await;
    world.cloud.fail(Fault::new(FaultError::Throttled).of_kind(Kind::Secret).on(Verb::Remove).times(3));
    world.member("operator").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    assert_eq!(resources(&world).await, 0);
}

#[tokio::test]
async fn a_running_service_drains_before_it_goes() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Check));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    assert_eq!(resources(&world).await, 10);
    world.member("operator").presses(&request, "Roll back").await;
    world.passes(Duration::MINUTE).await;
    request.is(State::Unwound);
    assert_eq!(resources(&world).await, 0);
}
