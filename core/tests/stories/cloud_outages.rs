//! The cloud fails: at planning nothing is filed; during the run it is tried again, then held with a diagnosis.

use landlord_core::event::Event;
use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::CloudError;
use landlord_core::tenant::Environment;
use time::Duration;

use crate::{DEV, resources, waits_in_prod, waits_in_sit};

/// The bot's role may not create the kind, once.
pub(crate) fn denied(kind: Kind) -> Fault {
    Fault::new(FaultError::Denied).of_kind(kind).on(Verb::Ensure)
}

async fn nothing_is_filed(world: &World, answer: &[&str]) {
    let request = world.member("operator").types(DEV).await;
    for text in answer {
        request.answer().shows(text);
    }
    assert!(!request.is_filed());
    assert!(world.store.log().is_empty());
    assert!(world.chat.all_messages().is_empty());
}

#[tokio::test]
async fn a_broken_seal_at_planning_is_a_refusal() {
    let world = World::start();
    world.cloud.answer_as(Environment::Dev, Some("123456789012"));
    nothing_is_filed(&world, &["123456789012", "536580886816", "playbook 3.3"]).await;
}

#[tokio::test]
async fn without_credentials_nothing_is_planned() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Credentials).times(99));
    let told = ["DEV cannot be used with these credentials", "nothing was done", "Token has expired"];
    nothing_is_filed(&world, &told).await;
}

#[tokio::test]
async fn a_cloud_that_does_not_answer_at_planning_is_a_refusal() {
    for verb in [Verb::Account, Verb::Find, Verb::Room, Verb::HostTaken] {
        let world = World::start();
        world.cloud.fail(Fault::new(FaultError::Unavailable).on(verb));
        nothing_is_filed(&world, &["DEV does not answer, so nothing was planned and nothing was done"]).await;
    }
}

#[tokio::test]
async fn mysql_down_at_planning_is_a_refusal() {
    for kind in [Kind::Database, Kind::DatabaseUser] {
        let world = World::start();
        world.cloud.fail(Fault::new(FaultError::Unavailable).of_kind(kind));
        nothing_is_filed(&world, &["DEV does not answer"]).await;
    }
}

#[tokio::test]
async fn a_seal_broken_at_the_start_holds_until_it_is_mended() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.cloud.answer_as(Environment::Sit, Some("123456789012"));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request.card().shows("The account seal does not match: 123456789012 answers for SIT").shows("Playbook 3.3");

    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Holding);

    world.cloud.answer_as(Environment::Sit, None);
    assert_eq!(resources(&world).await, 10, "nothing ran");
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn a_request_that_never_began_leaves_no_tenant_behind() {
    for button in ["Roll back", "Leave"] {
        let world = World::start();
        world.chat.break_call("post_card", Some(landlord_core::ports::ChatError::Transient("503".into())));
        let request = world.member("operator").types(DEV).await;
        world.cloud.answer_as(Environment::Dev, Some("123456789012"));
        world.chat.break_call("post_card", None);
        world.passes(Duration::MINUTE).await;
        request.is(State::Holding);
        world.member("operator").presses(&request, button).await;
        assert!(!request.operation().state.open());
        world.member("operator").types("/tenant list").await.answer().shows("There are no tenants yet");
    }
}

#[tokio::test]
async fn rolling_back_what_never_began_keeps_what_an_earlier_run_left() {
    let world = World::start();
    world.cloud.fail(denied(Kind::Service));
    let first = world.member("operator").types(DEV).await;
    world.member("operator").presses(&first, "Leave").await;
    world.chat.break_call("post_card", Some(landlord_core::ports::ChatError::Transient("503".into())));
    let second = world.member("operator").types(DEV).await;
    world.cloud.answer_as(Environment::Dev, Some("123456789012"));
    world.chat.break_call("post_card", None);
    world.passes(Duration::MINUTE).await;
    second.is(State::Holding);
    world.member("operator").presses(&second, "Roll back").await;
    second.is(State::Unwound);
    world.member("operator").types("/tenant list").await.answer().shows("`goldencrust` Golden Crust — DEV incomplete");
}

#[tokio::test]
async fn an_account_that_does_not_answer_at_the_start_is_asked_again() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.cloud.fail(Fault::new(FaultError::Throttled).on(Verb::Account).times(3));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.passes(Duration::seconds(10)).await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn what_is_throttled_is_tried_again_later_each_time() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Throttled).of_kind(Kind::Database).on(Verb::Ensure).times(3));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Running);
    request.card().shows("⚠️ ensure database").shows("Rate exceeded");
    world.passes(Duration::MINUTE).await;
    request.is(State::Succeeded);
    let operation = request.operation();
    let step = operation.steps.iter().find(|step| step.attempts > 1).unwrap();
    assert_eq!(step.attempts, 4);
    let waits: Vec<i128> = retries(&world).into_iter().map(Duration::whole_milliseconds).collect();
    assert_eq!(waits, [500, 1_000, 2_000]);
}

fn retries(world: &World) -> Vec<Duration> {
    let log = world.store.log();
    let recorded = log.iter().map(|event| event.recorded().unwrap());
    recorded
        .filter_map(|recorded| match recorded.event {
            Event::StepFailed { retry_at, .. } => Some(retry_at - recorded.at),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn mysql_down_during_the_run_is_tried_again_then_held_with_a_diagnosis() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.cloud.fail(Fault::new(FaultError::Unavailable).of_kind(Kind::Database).on(Verb::Ensure).times(7));
    world.member("devops-lead").reacts(&request, "✅").await;
    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::Running);
    request.becomes(State::Holding).await;
    assert_eq!(retries(&world).len(), 6);
    request.card().shows("Diagnosis").shows("503 Service Unavailable").shows("Playbook 3.1, database creation failed");
    assert_eq!(request.card().buttons(), ["Retry", "Roll back", "Leave"]);

    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn an_effect_whose_answer_was_lost_happened_once_and_is_this_runs() {
    for kind in Kind::DELETION_ORDER {
        let world = World::start();
        world.cloud.fail(Fault::new(FaultError::Timeout).of_kind(kind).on(Verb::Ensure));
        let request = world.member("operator").types(DEV).await;
        request.becomes(State::Succeeded).await;
        assert_eq!(resources(&world).await, 10, "{kind}");
        assert!(!request.thread().contains("stood already"), "{kind}: {}", request.thread());
    }
}

#[tokio::test]
async fn tasks_that_do_not_start_are_held_with_their_stopped_reason() {
    let world = World::start();
    let tenancy = landlord_core::tenant::Tenancy::new("goldencrust".parse().unwrap(), Environment::Dev);
    world.cloud.hinder_tasks(&tenancy, Some("CannotPullContainerError: image not found"));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request.card().shows("verify service running: given up after 300 s").shows("CannotPullContainerError");
    request.card().shows("Likely: image cannot be pulled (playbook 3.1, service won't start)");
    world.cloud.hinder_tasks(&tenancy, None);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn credentials_that_end_in_the_middle_of_a_run_hold_it() {
    let world = World::start();
    world.cloud.fail(Fault::new(FaultError::Credentials).of_kind(Kind::TargetGroup).on(Verb::Ensure));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request.card().shows("Token has expired");
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn mail_that_cannot_be_sent_may_be_left_out() {
    let world = World::start();
    world.notifier.fail_next(1, &CloudError::Permanent("MessageRejected: Email address is not verified".into()));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    assert_eq!(request.card().buttons(), ["Retry", "Skip", "Roll back", "Leave"]);
    world.member("operator").presses(&request, "Skip").await;
    request.is(State::Succeeded);
    assert!(request.thread().contains("⏭️ @operator left out notify owner"));
    assert!(world.notifier.sent().is_empty());
}

#[tokio::test]
async fn an_approved_request_says_why_it_does_not_start_yet() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let unreadable = landlord_core::ports::ChatError::Transient("Discord answers 503".into());
    world.chat.break_call("member", Some(unreadable));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("**Approved** · nothing runs yet: the roles cannot be read: Discord answers 503.");
    assert_eq!(resources(&world).await, 10, "nothing ran");

    world.passes(Duration::MINUTE).await;
    assert_eq!(request.thread().matches("nothing runs yet").count(), 1, "it is said once");

    world.chat.break_call("member", None);
    world.passes(Duration::MINUTE).await;
    request.is(State::Succeeded);
}
