//! An orphan that became owned in between is left alone, whenever that was.

use std::sync::Arc;

use landlord_core::contract::store::samples::Writer;
use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{RegistryChange, Standing, Store};

use super::{Dev, Sit, client, left};

/// Past all locks somebody makes the registry know that the tenant stands in DEV and SIT.
async fn becomes_owned(world: &World) {
    let store: Arc<dyn Store> = Arc::new(world.store.clone());
    let writer = Writer::with(&store, "history-x", &client("acme"), Dev);
    let stands = |place| RegistryChange::Stand(client("acme").tenant, place, Standing::Active);
    let changes = [RegistryChange::Register(Box::new(client("acme"))), stands(Dev), stands(Sit)];
    store.file(&writer.first, &writer.operation, &[], &changes).await.unwrap();
}

#[tokio::test]
async fn adopted_since_the_list_was_shown_it_is_refused() {
    let world = World::start();
    world.builds(&client("acme"), &[Dev]).await;
    let operator = world.member("operator");
    let list = operator.types("/tenant orphans").await;
    let one = operator.chooses_on(list.answer(), "acme in DEV").await;
    operator.types("/tenant adopt tenant:acme").await.becomes(State::Succeeded).await;
    let before = world.standing(&[]).await;
    operator
        .presses_on(&one, "Remove")
        .await
        .shows("`acme` is a tenant that stands in DEV, so nothing of it is an orphan");
    operator.chooses_on(list.answer(), "acme in DEV").await.shows("Nothing of `dev/acme` is an orphan any more");
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn while_its_removal_waits_nobody_adopts_or_provisions_it() {
    let world = World::start();
    world.builds(&client("acme"), &[Sit]).await;
    let operator = world.member("operator");
    let waits = operator.types("/tenant sweep tenant:acme environment:sit").await;
    waits.is(State::AwaitingApproval);
    let refused = operator.types("/tenant adopt tenant:acme").await;
    refused.answer().shows(&format!("`acme`: operation `{}` is working on it", waits.id()));
    let line = "/tenant provision environment:dev tenant:acme company:X subdomain:x email:o@x.example";
    let refused = operator.types(line).await;
    refused.answer().shows("is being worked on in SIT by operation");
    let list = operator.types("/tenant orphans").await;
    list.answer().shows(&format!("no tenant · operation `{}` is working on it", waits.id()));
}

#[tokio::test]
async fn owned_when_it_is_approved_it_holds_before_anything_goes() {
    let world = World::start();
    world.builds(&client("acme"), &[Sit]).await;
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:sit").await;
    let before = world.standing(&[]).await;
    becomes_owned(&world).await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request.card().shows("acme is a tenant that stands in SIT by now").shows("Nothing was touched.");
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Holding);
    world.member("operator").presses(&request, "Leave").await;
    request.is(State::Abandoned);
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn owned_in_the_middle_it_holds_and_the_rest_stays() {
    let world = World::start();
    left(&world, &client("acme"), Dev, &[Kind::Database, Kind::Secret, Kind::LogGroup]);
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Remove));
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:dev").await;
    request.is(State::Holding);
    request.card().shows("remove secret");
    becomes_owned(&world).await;
    let before = world.standing(&[]).await;
    assert_eq!(before.lines().count(), 2, "{before}");
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Holding);
    request.card().shows("acme is a tenant that stands in DEV by now");
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn a_registry_that_cannot_be_asked_delays_it() {
    let world = World::start();
    left(&world, &client("acme"), Sit, &[Kind::Secret]);
    let request = world.member("operator").types("/tenant sweep tenant:acme environment:sit").await;
    world.store.fail_next(1);
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "");
}
