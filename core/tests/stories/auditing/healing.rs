//! What is missing is made again: what comes of it in the cloud and in the registry.

use landlord_core::card::Tone;
use landlord_core::fakes::{Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{Standing, Store as _};

use super::{ACME, Dev, Sit, acme_in, audits, client, id, lacks, stands_so};
use crate::cloud_outages::denied;

const HEAL: &str = "/tenant heal tenant:acme environment:dev";

async fn standing(world: &World) -> Option<Standing> {
    world.store.tenant(&id("acme")).await.unwrap().and_then(|tenant| tenant.standing(Dev))
}

/// The kinds that the healing has created.
fn created(world: &World) -> Vec<Kind> {
    let calls = world.cloud.journal().into_iter().filter(|call| call.verb == Verb::Ensure);
    calls.filter(|call| call.outcome.as_deref() == Ok("created")).filter_map(|call| call.kind).collect()
}

#[tokio::test]
async fn each_kind_that_is_missing_stands_again_and_nothing_else_is_touched() {
    for kind in Kind::DELETION_ORDER.into_iter().filter(|kind| *kind != Kind::Secret) {
        let world = acme_in(&[Dev]).await;
        world.stands(&client("acme-2"), &[Dev]).await;
        let neighbour = [world.subject(&client("acme-2"), Dev)];
        let before = world.standing(&neighbour).await;
        lacks(&world, "acme", Dev, &[kind]);
        let request = world.member("operator").types(HEAL).await;
        request.is(State::Succeeded);
        assert_eq!(created(&world), [kind]);
        assert_eq!(world.standing(&neighbour).await, before, "{kind}");
        assert_eq!(audits(&world, ACME).await.card.tone, Tone::Good, "{kind}");
        assert_eq!(standing(&world).await, Some(Standing::Validated), "who was validated stays so");
        assert!(world.notifier.sent().is_empty(), "the owner is not written to");
    }
}

#[tokio::test]
async fn all_that_is_missing_stands_again() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &Kind::DELETION_ORDER);
    let shown = audits(&world, ACME).await;
    shown.shows("**10 missing.**");
    world.member("operator").presses_on(&shown, "Heal DEV").await;
    let request = world.requests().into_iter().next().unwrap();
    request.is(State::Succeeded);
    assert_eq!(created(&world), Kind::provisioning_order().collect::<Vec<_>>());
    request.card().shows("https://acme.wpdev.kimmyai.io stands.").hides("Try it");
    assert_eq!(audits(&world, ACME).await.card.tone, Tone::Good);
}

#[tokio::test]
async fn a_password_that_is_lost_holds_until_the_user_is_dropped() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &[Kind::Secret]);
    let request = world.member("operator").types(HEAL).await;
    request.is(State::Holding);
    request.card().shows("the secret's password does not open it").shows("the run will hold at `ensure database user`");
    let held = request.operation();
    assert_eq!(held.plan.steps[held.held_step.unwrap()].step, "ensure database user");
    lacks(&world, "acme", Dev, &[Kind::DatabaseUser]);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Succeeded);
    assert_eq!(created(&world), [Kind::Secret, Kind::DatabaseUser]);
    assert_eq!(audits(&world, ACME).await.card.tone, Tone::Good);
}

#[tokio::test]
async fn who_was_left_half_way_is_whole_and_can_be_validated() {
    let world = acme_in(&[Dev]).await;
    stands_so(&world, "acme", Dev, Standing::Incomplete).await;
    lacks(&world, "acme", Dev, &[Kind::Service]);
    let request = world.member("operator").types(HEAL).await;
    request.is(State::Succeeded);
    request.card().shows("Try it, then react with ✅ to validate it for SIT.");
    assert_eq!(standing(&world).await, Some(Standing::Active));
    let validated = world.member("operator").types("/tenant validate tenant:acme environment:dev").await;
    validated.answer().shows("`acme` is validated in DEV.");
    assert_eq!(standing(&world).await, Some(Standing::Validated));
}

#[tokio::test]
async fn who_was_left_half_way_is_healed_after_its_provisioning_failed() {
    let world = World::start();
    world.cloud.fail(denied(Kind::Service));
    let operator = world.member("operator");
    let line = "/tenant provision environment:dev tenant:acme company:Acme subdomain:acme email:owner@acme.example cpu:512 \
                memory:2048";
    let first = operator.types(line).await;
    operator.presses(&first, "Leave").await;
    assert_eq!(standing(&world).await, Some(Standing::Incomplete));
    let request = operator.types(HEAL).await;
    request.is(State::Succeeded);
    assert_eq!(request.operation().plan.details().size.to_string(), "512 cpu · 2048 MiB · 20 GiB");
    assert_eq!(standing(&world).await, Some(Standing::Active));
}

#[tokio::test]
async fn rolled_back_what_stood_stays_and_the_registry_too() {
    let world = acme_in(&[Dev]).await;
    lacks(&world, "acme", Dev, &[Kind::LogGroup, Kind::Service]);
    let subject = [world.subject(&client("acme"), Dev)];
    let before = world.standing(&subject).await;
    world.cloud.fail(denied(Kind::Service));
    let request = world.member("operator").types(HEAL).await;
    request.is(State::Holding);
    world.member("operator").presses(&request, "Roll back").await;
    request.is(State::Unwound);
    assert_eq!(world.standing(&subject).await, before);
    assert_eq!(standing(&world).await, Some(Standing::Validated));
}

#[tokio::test]
async fn what_became_whole_in_between_is_left_as_it_is() {
    let world = acme_in(&[Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::DnsRecord]);
    let request = world.member("operator").types(&HEAL.replace("dev", "sit")).await;
    request.is(State::AwaitingApproval);
    world.cloud.plant(Kind::DnsRecord, &super::blueprint(&world, &client("acme"), Sit)).unwrap();
    let before = world.standing(&[]).await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    assert_eq!(world.standing(&[]).await, before);
    assert!(created(&world).is_empty(), "{:?}", created(&world));
    assert!(request.thread().contains("✅ ensure dns record · `acme.wpsit.kimmyai.io` stood already"));
}

#[tokio::test]
async fn what_came_to_be_missing_in_between_is_made_as_well() {
    let world = acme_in(&[Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::DnsRecord]);
    let request = world.member("operator").types(&HEAL.replace("dev", "sit")).await;
    lacks(&world, "acme", Sit, &[Kind::DatabaseUser]);
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    assert_eq!(created(&world), [Kind::DatabaseUser, Kind::DnsRecord]);
}

#[tokio::test]
async fn a_process_that_ends_in_the_middle_goes_on_with_it() {
    let world = acme_in(&[Sit]).await;
    lacks(&world, "acme", Sit, &[Kind::DnsRecord, Kind::Service]);
    let audit = audits(&world, ACME).await;
    world.stops();
    world.restarts().await;
    let button = audit.button("Heal SIT");
    world.member("operator").sends(&button).await.shows("Filed: Heal acme in SIT");
    let request = world.requests().into_iter().next().unwrap();
    world.stops();
    world.restarts().await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    assert_eq!(created(&world), [Kind::DnsRecord, Kind::Service]);
}
