//! A session that is not sound: one clear answer of what to do, everywhere, and nothing runs into it again and again.

use landlord_core::event::Event;
use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::tenant::Environment;

use super::{asks, stands};
use crate::{DEV, waits_in_sit};

/// What the one who may log in is told to do.
const WHAT_TO_DO: &str = "aws sso login --profile Tebogo-dev";

/// The session of an environment ends, for as many calls as there may be.
fn ends(world: &World, verb: Option<Verb>) {
    let fault = Fault::new(FaultError::Credentials).times(999);
    world.cloud.fail(verb.map_or(fault.clone(), |verb| fault.on(verb)));
}

#[tokio::test]
async fn a_diagnosis_says_what_to_do_and_looks_at_nothing() {
    let world = World::start();
    stands(&world).await;
    ends(&world, None);
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("# No session with the account · goldencrust in DEV").shows(WHAT_TO_DO).hides("permission");
    assert!(shown.buttons().is_empty(), "nothing can be mended by a command: {shown}");
    let looked = world.cloud.journal().iter().any(|call| call.verb == Verb::Symptoms);
    assert!(!looked, "with somebody else's credentials the answers would mean nothing");
}

#[tokio::test]
async fn a_session_that_ends_while_it_is_looked_says_so() {
    let world = World::start();
    stands(&world).await;
    world.cloud.fail(Fault::new(FaultError::Credentials).on(Verb::Symptoms));
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("No session with the account").shows(WHAT_TO_DO);
}

#[tokio::test]
async fn another_account_that_answers_is_named() {
    let world = World::start();
    stands(&world).await;
    world.cloud.answer_as(Environment::Dev, Some("123456789012"));
    let shown = asks(&world, Environment::Dev).await;
    shown.shows("No session with the account").shows("123456789012").shows("536580886816");
}

#[tokio::test]
async fn every_command_that_asks_the_cloud_answers_the_same() {
    let deletion = "/tenant delete tenant:goldencrust environment:dev reason:other backup:no logs:delete";
    let other = DEV.replace("goldencrust", "silverloaf").replace("subdomain:golden", "subdomain:silver");
    for line in [deletion, &other] {
        let world = World::start();
        stands(&world).await;
        ends(&world, None);
        let before = world.operations().len();
        let asked = world.member("operator").types(line).await;
        asked.answer().shows(WHAT_TO_DO).shows("cannot be used with these credentials").hides("permission");
        assert_eq!(world.operations().len(), before, "nothing is filed");
    }
}

#[tokio::test]
async fn a_step_holds_at_once_and_goes_on_after_a_login() {
    for verb in [Verb::Find, Verb::Ensure, Verb::Check] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.cloud.fail(Fault::new(FaultError::Credentials).in_environment(Environment::Sit).on(verb).times(999));
        world.member("team-lead").reacts(&request, "✅").await;
        request.is(State::Holding);
        let tries = request.operation().steps.iter().map(|step| step.attempts).max();
        assert_eq!(tries, Some(1), "{verb}: it is not tried again and again");
        assert!(!request.log().contains(&"step-failed"), "{verb}: {:?}", request.log());
        let held = request.card();
        held.shows("aws sso login --profile Tebogo-sit").hides("permission");
        held.shows("When that is mended, press Retry: it goes on where it stands.");

        world.member("operator").presses(&request, "Retry").await;
        request.is(State::Holding);
        world.cloud.clear_faults();
        world.member("operator").presses(&request, "Retry").await;
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn a_run_does_not_start_and_goes_on_after_a_login() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.cloud.fail(Fault::new(FaultError::Credentials).on(Verb::Account).times(999));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request.card().shows("aws sso login --profile Tebogo-sit").hides("permission");
    world.cloud.clear_faults();
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn a_deletion_that_finds_no_session_at_its_start_holds_and_goes_on() {
    let world = World::start();
    stands(&world).await;
    let line = "/tenant delete tenant:goldencrust environment:dev reason:other backup:no logs:delete";
    let request = world.member("operator").types(line).await;
    world.cloud.fail(Fault::new(FaultError::Credentials).of_kind(Kind::Secret).times(999));
    world.passes(time::Duration::hours(25)).await;
    request.is(State::Holding);
    request.card().shows(WHAT_TO_DO).hides("permission");
    world.cloud.clear_faults();
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn undoing_holds_at_once_as_well() {
    let world = World::start();
    world.cloud.fail(crate::cloud_outages::denied(Kind::Service));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    world.cloud.fail(Fault::new(FaultError::Credentials).on(Verb::Remove).times(999));
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Holding);
    request.card().shows(WHAT_TO_DO).hides("permission");
    let failed = world.store.log().iter().any(|one| matches!(one.recorded().unwrap().event, Event::StepFailed { .. }));
    assert!(!failed, "it is not tried again and again");
    world.cloud.clear_faults();
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Unwound).await;
}
