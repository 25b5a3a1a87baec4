//! What is open on the tenant does not keep it from being cut off: it ends where it stands. But not what takes it down already,
//! and not another emergency.

use landlord_core::fakes::{Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Cloud as _, Standing, Workload as _};
use landlord_core::tenant::Environment;
use time::Duration;

use super::{REOPEN, SHUT, acme, acme_in, blueprint, client, is_down, shut, standing};
use crate::deletion::{FROM_DEV, FROM_SIT};

/// The shutdown goes through, and the other operation says on its card and in its thread what ended it.
async fn takes_precedence(world: &World, other: &Request<'_>, line: &str, ends: State) {
    let request = world.member("on-call").types(line).await;
    request.becomes(State::Succeeded).await;
    other.is(ends);
    let by = request.id().to_string();
    other.card().shows("took precedence").shows(&by).shows("@on-call");
    assert!(other.card().buttons().is_empty(), "{:?}", other.card().buttons());
    assert!(other.thread().contains("ordered an emergency"), "{}", other.thread());
    request.card().shows("Took precedence over").shows(&other.id().to_string());
    assert_eq!(other.log().iter().filter(|event| **event == "overruled").count(), 1);
    for key in other.operation().plan.locks() {
        assert_eq!(landlord_core::ports::Store::holder(&world.store, &key).await.unwrap(), None, "{key}");
    }
}

#[tokio::test]
async fn over_a_deletion_that_waits() {
    let world = acme_in(&[Environment::Sit]).await;
    let waits = world.member("operator").types(FROM_SIT).await;
    waits.is(State::AwaitingApproval);
    takes_precedence(&world, &waits, &SHUT.replace(":dev", ":sit"), State::Cancelled).await;
    waits.card().shows("Nothing was done.");
}

#[tokio::test]
async fn over_a_deletion_in_its_notice() {
    let world = acme_in(&[Environment::Dev]).await;
    let notice = world.member("operator").types(FROM_DEV).await;
    notice.is(State::Waiting);
    takes_precedence(&world, &notice, SHUT, State::Cancelled).await;
    world.passes(Duration::days(2)).await;
    notice.is(State::Cancelled);
}

#[tokio::test]
async fn not_over_a_deletion_that_has_begun_to_remove() {
    let world = acme_in(&[Environment::Dev]).await;
    let removes = world.member("operator").types(FROM_DEV).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Service).on(Verb::Scale));
    world.passes(Duration::hours(24)).await;
    removes.becomes(State::Holding).await;
    let refused = world.member("on-call").types(SHUT).await;
    assert!(!refused.is_filed());
    let link = format!("https://chat.example/tenant-ops/{}", removes.message().message);
    refused.answer().shows("takes the site down itself").shows(&link).shows("press Leave");
    removes.is(State::Holding);
    world.member("operator").presses(&removes, "Leave").await;
    shut(&world).await;
}

#[tokio::test]
async fn over_a_deletion_of_all_that_has_not_come_to_this_site() {
    let world = acme_in(&Environment::ALL).await;
    let all = FROM_DEV.replace("environment:dev", "environment:all");
    let asked = crate::deletion::asks(&world, &all).await;
    for role in ["team-lead", "devops-lead"] {
        world.member(role).reacts(&asked, "✅").await;
    }
    let denied = Fault::new(FaultError::Denied).of_kind(Kind::Service).on(Verb::Scale).in_environment(Environment::Dev);
    world.cloud.fail(denied);
    world.passes(Duration::hours(24)).await;
    asked.becomes(State::Holding).await;
    let dev = world.member("on-call").types(SHUT).await;
    dev.answer().shows("takes the site down itself");
    takes_precedence(&world, &asked, &SHUT.replace(":dev", ":prod"), State::Abandoned).await;
    asked.card().shows("Ended as a whole").shows("the rest is not done");
}

#[tokio::test]
async fn over_a_bulk_deletion_as_a_whole() {
    let world = World::start();
    for tenant in ["acme", "poc-1"] {
        world.stands(&crate::deletion::poc(tenant), &[Environment::Dev]).await;
    }
    let bulk =
        world.member("operator").types("/tenant bulk-delete environment:dev kind:poc backup:no logs:delete").await;
    bulk.is(State::AwaitingApproval);
    takes_precedence(&world, &bulk, SHUT, State::Cancelled).await;
    bulk.card().shows("Ended as a whole");
    let other = world.subject(&client("poc-1"), Environment::Dev);
    assert!(!is_down(&world, &other).await, "nothing is done to the others");
}

#[tokio::test]
async fn over_a_reopening() {
    let world = acme_in(&[Environment::Dev]).await;
    let first = shut(&world).await;
    let reopening = world.member("operator").types(REOPEN).await;
    let twice = world.member("security").types(SHUT).await;
    assert!(!twice.is_filed(), "it is shut, and the reopening has not begun");
    twice.answer().shows(&first.id().to_string());
    world.cloud.hinder_tasks(&acme(&world).tenancy, Some("CannotPullContainerError"));
    world.member("devops-lead").reacts(&reopening, "✅").await;
    reopening.becomes(State::Holding).await;
    takes_precedence(&world, &reopening, &SHUT.replace("spam", "still spam"), State::Abandoned).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Shut));
}

#[tokio::test]
async fn over_a_provisioning_that_stands_half_way() {
    let world = World::start();
    let line = "/tenant provision environment:dev tenant:acme company:Acme subdomain:acme email:owner@acme.example";
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Check).times(2));
    let provisioning = world.member("operator").types(line).await;
    provisioning.is(State::Holding);
    takes_precedence(&world, &provisioning, SHUT, State::Abandoned).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Shut));
}

#[tokio::test]
async fn what_works_in_another_environment_goes_on() {
    let world = acme_in(&[Environment::Dev]).await;
    let sit = world.member("operator").types("/tenant promote tenant:acme").await;
    sit.is(State::AwaitingApproval);
    shut(&world).await;
    sit.is(State::AwaitingApproval);
}

#[tokio::test]
async fn not_over_another_emergency() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Service).on(Verb::Scale));
    let first = world.member("on-call").types(SHUT).await;
    first.is(State::Holding);
    let second = world.member("security").types(SHUT).await;
    assert!(!second.is_filed());
    let link = format!("https://chat.example/incidents/{}", first.message().message);
    second.answer().shows("is an emergency already, on hold").shows(&link);
}

/// The first attempt at the rules is denied, so that the operation holds after its service was scaled; what was overruled is heard
/// of again while people look at it.
#[tokio::test]
async fn a_late_call_of_what_was_overruled_is_undone() {
    let world = acme_in(&[Environment::Dev]).await;
    let waits = world.member("operator").types(FROM_DEV).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::PreserveLogs));
    let request = world.member("on-call").types(SHUT).await;
    request.is(State::Holding);
    waits.is(State::Cancelled);
    assert!(world.cloud.find(Kind::ListenerRule, &acme(&world)).await.unwrap().is_empty(), "it is cut off");
    world.cloud.ensure(Kind::ListenerRule, &blueprint(&world, Environment::Dev)).await.unwrap();
    world.cloud.scale(&acme(&world), 1).await.unwrap();
    world.member("on-call").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert!(request.thread().contains("it had come up again once, and was cut off again"), "{}", request.thread());
}

#[tokio::test]
async fn where_something_was_overruled_it_is_watched_for_as_long_as_a_call_can_be_late() {
    let world = acme_in(&[Environment::Dev]).await;
    world.member("operator").types(FROM_DEV).await.is(State::Waiting);
    let request = shut(&world).await;
    let verified = request.operation().steps.last().unwrap().clone();
    assert!(verified.ended.unwrap() - verified.started.unwrap() >= Duration::MINUTE);
}
