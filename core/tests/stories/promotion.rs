//! DEV before SIT before PROD, each tried before the next (playbook 1.3).

use landlord_core::fakes::World;
use landlord_core::operation::State;

use crate::{DEV, waits_in_sit};

#[tokio::test]
async fn a_tenant_goes_from_dev_to_prod_by_command() {
    let world = World::start();
    let operator = world.member("operator");
    operator.types(DEV).await.is(State::Succeeded);
    let early = operator.types("/tenant promote tenant:goldencrust").await;
    early.answer().shows("SIT wants `goldencrust` validated in DEV first");
    assert!(!early.is_filed());

    let validated = operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    validated.answer().shows("`goldencrust` is validated in DEV. `/tenant promote` brings it to SIT.");
    let sit = operator.types("/tenant promote tenant:goldencrust").await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.is(State::Succeeded);

    operator.types("/tenant validate tenant:goldencrust environment:sit").await;
    let prod = operator.types("/tenant promote tenant:goldencrust").await;
    world.member("devops-lead").reacts(&prod, "✅").await;
    world.member("product-owner").reacts(&prod, "✅").await;
    prod.is(State::Succeeded);
    prod.card().shows("https://golden.wp.kimmyai.io stands");
    assert_eq!(prod.operation().plan.site().account, "093646564004");

    let beyond = operator.types("/tenant promote tenant:goldencrust").await;
    beyond.answer().shows("`goldencrust` is in PROD already: there is nothing after it.");
}

#[tokio::test]
async fn a_tick_on_the_finished_card_validates() {
    let world = World::start();
    let dev = world.member("operator").types(DEV).await;
    dev.card().shows("Try it, then react with ✅ to validate it for SIT");
    world.member("security").reacts(&dev, "✅").await;
    dev.card().shows("Validated by @security: `/tenant promote` brings it to SIT.");
    assert!(dev.thread().contains("✅ @security validated it."));
    let sit = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    sit.is(State::AwaitingApproval);
}

#[tokio::test]
async fn only_an_operator_validates() {
    let world = World::start();
    let dev = world.member("operator").types(DEV).await;
    world.member("newcomer").reacts(&dev, "✅").await;
    assert_eq!(dev.operation().validated_by, None);
    assert!(dev.thread().contains("@newcomer, your ✅ does not count: an operator validates."));
}

#[tokio::test]
async fn validating_needs_something_to_try() {
    let world = World::start();
    let operator = world.member("operator");
    operator.types(DEV).await;
    let nothing = operator.types("/tenant validate tenant:goldencrust environment:sit").await;
    nothing.answer().shows("`goldencrust` does not stand in SIT: there is nothing to validate.");
    operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    let again = operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    again.answer().shows("`goldencrust` is validated in DEV already.");
}

#[tokio::test]
async fn promoting_carries_the_details_over() {
    let world = World::start();
    let operator = world.member("operator");
    let line = format!("{DEV} organisation:Holding / Retail cpu:1024 memory:4096 storage:40 kind:poc");
    let dev = operator.types(&line).await;
    operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    let sit = operator.types("/tenant promote tenant:goldencrust").await;
    let (before, after) = (dev.operation().plan, sit.operation().plan);
    assert_eq!(after.details(), before.details());
    assert_eq!(after.details().size.to_string(), "1024 cpu · 4096 MiB · 40 GiB");
    assert_eq!(after.site().host, "golden.wpsit.kimmyai.io");
    assert_ne!(after.digest(), before.digest());
}

#[tokio::test]
async fn where_it_stands_it_is_not_provisioned_again() {
    let world = World::start();
    world.member("operator").types(DEV).await.is(State::Succeeded);
    let again = world.member("operator").types(DEV).await;
    again.answer().shows("`goldencrust` stands in DEV already. `/tenant show` shows it.");
    assert!(!again.is_filed());
}

#[tokio::test]
async fn what_was_left_half_way_in_sit_is_promoted_to_sit_again() {
    let world = World::start();
    let sit = waits_in_sit(&world).await;
    world.cloud.fail(crate::cloud_outages::denied(landlord_core::kind::Kind::Service));
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.is(State::Holding);
    world.member("operator").presses(&sit, "Leave").await;
    sit.is(State::Abandoned);

    let again = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    again.answer().shows("Provision goldencrust in SIT");
    again.card().shows("target group").shows("the tenant's own, taken over as it is");
    world.member("team-lead").reacts(&again, "✅").await;
    again.is(State::Succeeded);
}
