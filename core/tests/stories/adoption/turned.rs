//! Adoptions that do not go to their end.

use landlord_core::fakes::World;
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::Standing;

use super::{Dev, Prod, client, known, standings, unknown};

/// Three stand in PROD when the plan is made, and one of them does not when it is approved.
async fn one_has_gone(world: &World) -> landlord_core::fakes::Request<'_> {
    let request = world.member("operator").types("/tenant adopt").await;
    assert!(world.cloud.vanish(Kind::Service, &world.subject(&client("bolt"), Prod)));
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Holding).await;
    request.card().shows("it does not stand in PROD any more: there is no service prod-bolt-service");
    assert_eq!(request.card().buttons(), ["Retry", "Skip", "Roll back", "Leave"]);
    request
}

#[tokio::test]
async fn one_that_has_gone_is_left_out_and_the_others_are_known() {
    let world = unknown(&["acme", "bolt", "crumb"], &[Prod]).await;
    let request = one_has_gone(&world).await;
    world.member("operator").presses(&request, "Skip").await;
    request.becomes(State::Succeeded).await;
    request.card().shows("2 tenants are known now");
    assert!(known(&world, "bolt").await.is_none());
    assert_eq!(standings(&world, "crumb").await, [(Prod, Standing::Active)]);
    let refused = world.member("operator").types("/tenant validate tenant:bolt environment:prod").await;
    refused.answer().shows("There is no tenant `bolt`");
}

#[tokio::test]
async fn rolled_back_none_is_known_and_all_stand_as_before() {
    let world = unknown(&["acme", "bolt", "crumb"], &[Prod]).await;
    world.stands(&client("crumb"), &[Dev]).await;
    let request = one_has_gone(&world).await;
    let before = world.standing(&[]).await;
    assert!(known(&world, "acme").await.is_some());
    world.member("operator").presses(&request, "Roll back").await;
    request.becomes(State::Unwound).await;
    assert_eq!(world.standing(&[]).await, before);
    assert!(known(&world, "acme").await.is_none());
    assert_eq!(standings(&world, "crumb").await, [(Dev, Standing::Validated)], "what was known before is known");
    let again = world.member("operator").types("/tenant adopt tenant:acme").await;
    assert!(again.is_filed(), "its names are free");
}

#[tokio::test]
async fn rejected_or_expired_nobody_knows_it() {
    let world = unknown(&["acme"], &[Prod]).await;
    let request = world.member("operator").types("/tenant adopt").await;
    world.member("devops-lead").reacts(&request, "❌").await;
    request.is(State::Refused);
    let request = world.member("operator").types("/tenant adopt").await;
    world.passes(time::Duration::hours(25)).await;
    request.is(State::Expired);
    assert!(known(&world, "acme").await.is_none());
}
