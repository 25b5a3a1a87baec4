//! From every environment: in which order, and what an environment that fails stops.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::Store as _;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{CANCELLATION, Dev, Prod, Sit, acme_in, asks, id, runs};

const OTHER: &str = "/tenant delete tenant:acme environment:all reason:other backup:no logs:delete";

/// The environments in the order in which something was removed in them.
fn order(world: &World) -> Vec<Environment> {
    let calls = world.cloud.journal().into_iter().filter(|call| call.verb == Verb::Remove && call.outcome.is_ok());
    let mut order: Vec<Environment> = calls.map(|call| call.environment).collect();
    order.dedup();
    order
}

#[tokio::test]
async fn dev_first_or_prod_first_after_a_cancellation() {
    for (line, expected) in [(OTHER, [Dev, Sit, Prod]), (CANCELLATION, [Prod, Sit, Dev])] {
        let world = acme_in(&Environment::ALL).await;
        let request = runs(&world, line).await;
        request.becomes(State::Succeeded).await;
        assert_eq!(order(&world), expected);
    }
}

#[tokio::test]
async fn an_environment_that_fails_stops_those_after_it() {
    let world = acme_in(&Environment::ALL).await;
    let denied = || Fault::new(FaultError::Denied).in_environment(Sit).of_kind(Kind::Database).on(Verb::Remove);
    world.cloud.fail(denied());
    let request = runs(&world, OTHER).await;
    request.becomes(State::Holding).await;
    request.card().shows("remove database (sit/acme)").shows("✅ **DEV**").shows("▫️ **PROD**");
    assert_eq!(order(&world), [Dev, Sit]);
    let standing = world.standing(&[]).await;
    assert_eq!(standing.lines().filter(|line| line.starts_with("prod")).count(), 10);
    let tenant = world.store.tenant(&id("acme")).await.unwrap().unwrap();
    assert_eq!((tenant.standings.len(), tenant.deleted), (2, None), "{:?}", tenant.standings);

    // Left as it stands, a new request deletes the rest.
    world.member("operator").presses(&request, "Leave").await;
    request.card().shows("A new request deletes what is left.");
    let again = runs(&world, OTHER).await;
    again.card().shows("## Nothing found in\nDEV");
    again.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "");
    assert!(world.store.tenant(&id("acme")).await.unwrap().unwrap().deleted.is_some());
}

#[tokio::test]
async fn one_that_stands_in_dev_only_goes_from_there_and_is_gone_for_ever() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, OTHER).await;
    request.is(State::Waiting);
    request
        .card()
        .shows("Delete acme in DEV")
        .shows("## Nothing found in\nSIT and PROD")
        .shows("found in DEV; nothing in SIT and PROD");
    request.card().shows("none needed");
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
    assert_eq!(order(&world), [Dev]);
    assert!(world.store.tenant(&id("acme")).await.unwrap().unwrap().deleted.is_some());
}

#[tokio::test]
async fn where_the_registry_says_it_stands_its_lead_is_asked_although_nothing_is_found() {
    let world = acme_in(&[Dev, Prod]).await;
    for kind in Kind::DELETION_ORDER {
        world.cloud.vanish(kind, &world.subject(&super::client("acme"), Prod));
    }
    let request = asks(&world, OTHER).await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a DevOps Lead").shows("## Nothing found in\nSIT and PROD");
}

#[tokio::test]
async fn all_holds_its_locks_in_every_environment() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, OTHER).await;
    for environment in Environment::ALL {
        let holder = world.store.holder(&format!("{environment}/acme")).await.unwrap();
        assert_eq!(holder.as_ref(), Some(request.id()));
    }
    assert_eq!(world.store.holder("subdomain/acme").await.unwrap().as_ref(), Some(request.id()));
    world.member("operator").presses(&request, "Cancel request").await;
    assert_eq!(world.store.holder("prod/acme").await.unwrap(), None);
}

#[tokio::test]
async fn without_prod_among_them_no_name_is_typed_and_prod_stands() {
    let world = acme_in(&Environment::ALL).await;
    let request = runs(&world, super::FROM_SIT).await;
    request.becomes(State::Succeeded).await;
    let standing = world.standing(&[]).await;
    assert_eq!(standing.lines().filter(|line| line.starts_with("sit")).count(), 0);
    assert_eq!(standing.lines().count(), 20);
}
