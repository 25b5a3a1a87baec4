//! What does not come up is taken back by itself, and what was there before stands again.

use landlord_core::fakes::{Fault, FaultError, RolloutFault, Verb};
use landlord_core::operation::State;
use landlord_core::ports::{Clock as _, Revisions as _, Store as _};
use landlord_core::tenant::Environment::Dev;
use time::Duration;

use super::{SCALE, acme, revisions, ships};
use crate::deletion::{acme_in, id, tenancy};

fn fails() -> RolloutFault {
    RolloutFault::Fails("OutOfMemoryError: container killed due to memory usage".into())
}

#[tokio::test]
async fn a_rollout_that_fails_is_taken_back() {
    let world = acme_in(&[Dev]).await;
    world.cloud.spoil_revision(&tenancy("acme", Dev), 2, Some(fails()));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Unwound);
    assert!(request.log().contains(&"turned-back") && !request.log().contains(&"held"), "{:?}", request.log());
    request
        .card()
        .shows("**Taken back** · revision 1 is there as before: 256 cpu · 512 MiB · 20 GiB · 1 task")
        .shows("revision 2 is not stable: ECS deployment circuit breaker: OutOfMemoryError");
    let thread = request.thread();
    assert!(thread.contains("↩️ **Taken back by itself.**") && thread.contains("(calls @operator)"), "{thread}");
    assert!(thread.contains("deploy revision · revision 1 runs with 1 task, as before"), "{thread}");
    assert!(thread.contains("register revision · removed revision 2"), "{thread}");
    assert_eq!(revisions(&world, Dev).await, [(1, true)]);
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 1)));
    let details = world.store.tenant(&id("acme")).await.unwrap().unwrap().details;
    assert_eq!(details.size.to_string(), "256 cpu · 512 MiB · 20 GiB", "the registry says what runs");
}

#[tokio::test]
async fn a_slow_rollout_is_waited_for_and_one_that_hangs_is_taken_back_after_ten_minutes() {
    let world = acme_in(&[Dev]).await;
    world.cloud.spoil_revision(&tenancy("acme", Dev), 2, Some(RolloutFault::Hangs));
    let asked = world.clock.now();
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Unwound);
    request.card().shows("given up after 600 s: 0 of 2 tasks of revision 2 run");
    let took = request.operation().changed_at - asked;
    assert!(took >= Duration::minutes(9) && took < Duration::minutes(12), "{took}");
}

#[tokio::test]
async fn a_count_that_does_not_come_up_goes_back_to_the_old_one() {
    let world = acme_in(&[Dev]).await;
    world.cloud.hinder_tasks(&tenancy("acme", Dev), Some("ResourceInitializationError: no capacity"));
    let request = world.member("operator").types("/tenant scale tenant:acme environment:dev count:5").await;
    // What hinders new tasks does not hinder the one that runs: going back needs none.
    request.is(State::Unwound).card().shows("revision 1 is there as before");
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 1)));
}

#[tokio::test]
async fn what_another_hand_deployed_meanwhile_is_left_alone() {
    let world = acme_in(&[Dev]).await;
    world.cloud.spoil_revision(&tenancy("acme", Dev), 2, Some(RolloutFault::Hangs));
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Rollout));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Holding);
    let other = ships(&world, Dev, "wordpress:hotfix").await;
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Unwound).await;
    request.card().shows(&format!("the service wants revision {other} instead of 2"));
    request.card().shows("left revision 3 as it runs: another hand deployed it since");
    assert_eq!(revisions(&world, Dev).await, [(3, true), (1, false)], "only its own revision is gone");
}

#[tokio::test]
async fn what_was_before_and_does_not_come_up_either_holds() {
    let world = acme_in(&[Dev]).await;
    world.cloud.spoil_revision(&tenancy("acme", Dev), 2, Some(fails()));
    world.cloud.spoil_revision(&tenancy("acme", Dev), 1, Some(fails()));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Holding);
    request
        .card()
        .shows("deploy revision could not be undone: revision 1 is put back, but is not stable")
        .shows("/tenant diagnose");
    world.cloud.spoil_revision(&tenancy("acme", Dev), 1, None);
    world.member("operator").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    assert_eq!(revisions(&world, Dev).await, [(1, true)]);
}

#[tokio::test]
async fn what_a_rights_error_stops_is_held_and_not_taken_back() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Rollout));
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Holding);
    assert_eq!(request.card().buttons(), ["Retry", "Roll back", "Leave"]);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert!(world.cloud.rollout(&acme(&world, Dev), Some(2)).await.is_ok());
}

#[tokio::test]
async fn a_process_that_ends_while_it_waits_goes_on_waiting() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Throttled).on(Verb::Deploy).times(2));
    let fuse = landlord_core::fakes::Fuse::after(60);
    world.restarts_with(fuse.clone()).await;
    world.member("operator").types(SCALE).await;
    assert!(fuse.is_blown(), "it ended in the middle");
    world.restarts().await;
    let request = world.requests().into_iter().next().unwrap();
    request.becomes(State::Succeeded).await;
    assert_eq!(revisions(&world, Dev).await, [(2, true), (1, false)], "one revision was registered");
}
