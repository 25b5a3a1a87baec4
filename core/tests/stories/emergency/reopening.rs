//! Putting back exactly what was there, by somebody else.

use landlord_core::fakes::{Request, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Cloud as _, Rule, Standing, Traffic as _, Workload as _};
use landlord_core::tenant::Environment;

use super::{
    REOPEN, SHUT, acme, acme_and_a_neighbour, acme_in, client, half_way, is_down, open, reopened, shut, standing,
};

#[tokio::test]
async fn it_is_exactly_as_it_was() {
    let world = acme_and_a_neighbour().await;
    world.cloud.plant_rule(Environment::Dev, "shop.acme.example", &[&super::id("acme")], None);
    world.cloud.scale(&acme(&world), 3).await.unwrap();
    let before = open(&world, &acme(&world)).await;
    assert_eq!((before.rules.len(), before.wanted, before.retention), (2, Some(3), Some(30)));
    shut(&world).await;
    assert!(is_down(&world, &acme(&world)).await);
    reopened(&world).await.becomes(State::Succeeded).await;
    assert_eq!(open(&world, &acme(&world)).await, before);
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Validated), "as it was");
}

#[tokio::test]
async fn it_stands_half_way_again_where_it_did() {
    let world = acme_in(&[Environment::Dev]).await;
    half_way(&world).await;
    shut(&world).await;
    reopened(&world).await.becomes(State::Succeeded).await;
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Incomplete));
}

#[tokio::test]
async fn who_shut_it_down_cannot_ask_for_it() {
    let world = acme_in(&[Environment::Dev]).await;
    let first = shut(&world).await;
    let request = world.member("on-call").types(REOPEN).await;
    assert!(!request.is_filed());
    request.answer().shows("You shut `acme` down yourself").shows(&first.id().to_string());
}

#[tokio::test]
async fn the_approval_of_who_shut_it_down_does_not_count() {
    let world = acme_in(&[Environment::Dev]).await;
    world.member("devops-lead").types(SHUT).await.is(State::Succeeded);
    let request = world.member("operator").types(REOPEN).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("@devops-lead did what this would take back, so somebody else must approve it");
    assert!(is_down(&world, &acme(&world)).await);
    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert!(!is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn what_is_not_shut_is_not_reopened() {
    let world = acme_in(&[Environment::Dev]).await;
    let request = world.member("operator").types(REOPEN).await;
    request.answer().shows("`acme` is not shut down in DEV");
    shut(&world).await;
    reopened(&world).await.becomes(State::Succeeded).await;
    let again = world.member("operator").types(REOPEN).await;
    assert!(!again.is_filed());
    again.answer().shows("`acme` is not shut down in DEV");
}

#[tokio::test]
async fn it_can_be_shut_and_reopened_again() {
    let world = acme_and_a_neighbour().await;
    let before = open(&world, &acme(&world)).await;
    for person in ["on-call", "security"] {
        world.member(person).types(SHUT).await.is(State::Succeeded);
        let request = world.member(if person == "on-call" { "security" } else { "on-call" }).types(REOPEN).await;
        world.member("devops-lead").reacts(&request, "✅").await;
        request.becomes(State::Succeeded).await;
        assert_eq!(open(&world, &acme(&world)).await, before);
    }
}

/// Another tenant's rule takes the priority of `acme`'s.
async fn takes_the_priority(world: &World, rule: &Rule) {
    let other = world.subject(&client("acme-2"), Environment::Dev);
    let theirs = world.cloud.rules(&other).await.unwrap().remove(0);
    world.cloud.remove(Kind::ListenerRule, &other).await.unwrap();
    let moved = Rule { priority: rule.priority, ..theirs };
    world.cloud.put_back(&other, &moved, false).await.unwrap();
}

#[tokio::test]
async fn a_priority_that_is_taken_is_said_when_it_is_planned() {
    let world = acme_and_a_neighbour().await;
    let before = open(&world, &acme(&world)).await;
    shut(&world).await;
    takes_the_priority(&world, &before.rules[0]).await;
    let request = world.member("operator").types(REOPEN).await;
    request.card().shows("priority 7 is another rule's now (acme-2.wpdev.kimmyai.io → dev-acme-2-tg)");
}

/// `acme` is to be reopened, and its rule's priority is another's when the run comes to it.
async fn holds_at_the_rule(world: &World) -> Request<'_> {
    let before = open(world, &acme(world)).await;
    shut(world).await;
    let request = world.member("operator").types(REOPEN).await;
    takes_the_priority(world, &before.rules[0]).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request.card().shows("priority 7 is another rule's now (acme-2.wpdev.kimmyai.io → dev-acme-2-tg)");
    assert_eq!(request.card().buttons(), ["Retry", "Force", "Roll back", "Leave"]);
    request
}

#[tokio::test]
async fn by_force_it_is_put_at_the_next_free_priority() {
    let world = acme_and_a_neighbour().await;
    let before = open(&world, &acme(&world)).await;
    let request = holds_at_the_rule(&world).await;
    world.member("operator").presses(&request, "Force").await;
    request.becomes(State::Succeeded).await;
    let after = open(&world, &acme(&world)).await;
    assert_ne!(after.rules[0].priority, 7);
    let moved = Rule { priority: 7, ..after.rules[0].clone() };
    assert_eq!(moved, before.rules[0], "in all else it is as it was");
}

#[tokio::test]
async fn when_the_priority_is_free_again_retry_goes_on() {
    let world = acme_and_a_neighbour().await;
    let before = open(&world, &acme(&world)).await;
    let request = holds_at_the_rule(&world).await;
    let other = world.subject(&client("acme-2"), Environment::Dev);
    world.cloud.remove(Kind::ListenerRule, &other).await.unwrap();
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(open(&world, &acme(&world)).await, before);
}

#[tokio::test]
async fn rolled_back_it_is_shut_as_before() {
    let world = acme_and_a_neighbour().await;
    shut(&world).await;
    world.cloud.hinder_tasks(&acme(&world).tenancy, Some("CannotPullContainerError"));
    let request = reopened(&world).await;
    request.becomes(State::Holding).await;
    world.member("operator").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert_eq!(world.cloud.retention(&acme(&world)), None, "the logs are still kept");
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Shut));
}

#[tokio::test]
async fn without_its_service_it_cannot_be_reopened() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    world.cloud.vanish(Kind::Service, &acme(&world));
    let request = world.member("operator").types(REOPEN).await;
    assert!(!request.is_filed());
    request.answer().shows("The service of `acme` is gone from DEV");
}
