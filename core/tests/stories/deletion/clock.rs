//! The clock jumps while a notice runs, with and without a restart.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::ports::{Clock as _, Store as _};
use time::Duration;

use super::{Dev, FROM_DEV, acme_in, asks};

/// Until the end of the notice by the world's clock.
fn left(world: &World, request: &landlord_core::fakes::Request<'_>) -> Duration {
    request.operation().notice_until.unwrap() - world.clock.now()
}

#[tokio::test]
async fn set_back_an_hour_the_notice_ends_when_the_owner_was_told() {
    for restart in [false, true] {
        let world = acme_in(&[Dev]).await;
        let before = world.standing(&[]).await;
        let request = asks(&world, FROM_DEV).await;
        world.passes(Duration::hours(10)).await;
        world.clock.set_back(Duration::HOUR);
        if restart {
            world.stops();
            world.restarts().await;
        }
        assert_eq!(left(&world, &request), Duration::hours(15));
        world.passes(Duration::hours(15) - Duration::SECOND).await;
        request.is(State::Waiting);
        assert_eq!(world.standing(&[]).await, before);
        world.passes(Duration::SECOND).await;
        request.becomes(State::Succeeded).await;
        let events = world.store.events(request.id(), 0).await.unwrap();
        assert!(events.is_sorted_by_key(|recorded| recorded.at), "restart: {restart}");
    }
}

#[tokio::test]
async fn set_forward_within_the_notice_nothing_begins() {
    for restart in [false, true] {
        let world = acme_in(&[Dev]).await;
        let before = world.standing(&[]).await;
        let request = asks(&world, FROM_DEV).await;
        world.clock.advance(Duration::hours(5));
        if restart {
            world.stops();
            world.restarts().await;
        }
        assert_eq!(left(&world, &request), Duration::hours(19));
        world.passes(Duration::hours(19) - Duration::SECOND).await;
        request.is(State::Waiting);
        assert_eq!(world.standing(&[]).await, before);
        world.passes(Duration::SECOND).await;
        request.becomes(State::Succeeded).await;
        assert_eq!(world.notifier.sent().len(), 2, "one before and one after");
    }
}

#[tokio::test]
async fn the_timer_is_rebuilt_by_a_new_process() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    let until = request.operation().notice_until;
    world.passes(Duration::hours(12)).await;
    world.stops();
    world.passes(Duration::hours(1)).await;
    world.restarts().await;
    request.is(State::Waiting);
    assert_eq!((request.operation().notice_until, world.notifier.sent().len()), (until, 1));
    world.passes(Duration::hours(11) - Duration::SECOND).await;
    request.is(State::Waiting);
    world.passes(Duration::SECOND).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn what_fell_due_while_nobody_was_there_is_checked_and_then_done() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.stops();
    world.passes(Duration::days(3)).await;
    request.is(State::Waiting);
    world.cloud.answer_as(Dev, Some("123456789012"));
    world.restarts().await;
    request.is(State::Holding);
    request.card().shows("123456789012 answers for DEV").shows("Nothing was done.");
    world.cloud.answer_as(Dev, None);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn set_back_while_it_runs_it_comes_to_its_end() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.passes(Duration::hours(24)).await;
    world.clock.set_back(Duration::days(2));
    world.passes(Duration::hours(1)).await;
    request.becomes(State::Succeeded).await;
}
