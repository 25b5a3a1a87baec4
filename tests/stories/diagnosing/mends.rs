//! The button beside a cause files what the command files, and what comes of it mends the tenant.

use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use super::{MENDER, comes_to, is_well, residents};
use crate::world::World;

#[tokio::test]
async fn a_service_that_wants_no_task_runs_one_again() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    world.is_scaled(golden, Dev, 0).await;
    let shown = comes_to(&world, golden, Dev, "scaled to zero").await;
    shown.hides("emergency");
    let scaling = world.member(MENDER).files_with(&shown, "Run one task").await;
    scaling.answer().shows(&format!("Filed: Scale {} in DEV", golden.id));
    scaling.comes_to_show("**Stable**").await;
    is_well(&world, golden, Dev).await;
    assert_eq!(world.service(golden, Dev).await.unwrap()["desiredCount"], 1);
    world.end().await;
}

#[tokio::test]
async fn what_was_shut_down_is_reopened() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    // At a place that no other story's tenant takes meanwhile.
    world.moves_rule(golden, Dev).await;
    let line = format!("/tenant shutdown tenant:{} environment:dev reason:defaced", golden.id);
    world.member("security").types(&line).await.comes_to_show("**Shut down**").await;
    let shown = comes_to(&world, golden, Dev, "shut down in an emergency").await;
    shown.shows("The registry has it there as shut down.").hides("Listener rule not there");
    let reopening = world.member(MENDER).files_with(&shown, "Reopen").await;
    reopening.answer().shows(&format!("Filed: Reopen {} in DEV", golden.id));
    reopening.becomes("awaiting_approval").await;
    world.member("devops-lead-2").reacts(&reopening, "✅").await;
    reopening.comes_to_show("**Reopened**").await;
    is_well(&world, golden, Dev).await;
    world.end().await;
}

#[tokio::test]
async fn what_is_too_small_is_scaled() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    let fault = json!({ "tenant": golden.id, "why": "out-of-memory" });
    world.services.breaks("task-trouble", fault).await;
    world.tasks_are_stopped(golden, Dev).await;
    let shown = comes_to(&world, golden, Dev, "out of memory").await;
    let label = shown.buttons()[0].to_owned();
    assert_eq!(label, "Scale to 256 cpu · 1024 MiB");
    // With more memory it comes up.
    world.services.mends_for(golden).await;
    let scaling = world.member(MENDER).files_with(&shown, &label).await;
    scaling.answer().shows(&format!("Filed: Scale {} in DEV", golden.id));
    scaling.comes_to_show("**Stable**").await;
    is_well(&world, golden, Dev).await;
    world.end().await;
}

#[tokio::test]
async fn what_does_not_listen_is_rolled_back_by_those_who_may() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    let (operator, mender) = (world.member("operator"), world.member(MENDER));
    let line = format!("/tenant scale tenant:{} environment:dev memory:1024", golden.id);
    operator.types(&line).await.comes_to_show("**Stable**").await;
    let fault = json!({ "tenant": golden.id, "why": "refused" });
    world.services.breaks("target-trouble", fault).await;
    let shown = comes_to(&world, golden, Dev, "connection refused").await;
    let other = operator.types(&format!("/tenant diagnose tenant:{} environment:dev", golden.id)).await;
    other.answer().shows("Likely: connection refused");
    assert_eq!(other.answer().buttons(), Vec::<&str>::new(), "an operator may not roll back");
    // Without a revision the command answers with those that there are.
    let offered = mender.presses_on(&shown, "Roll back").await;
    world.services.mends_for(golden).await;
    let rollback = mender.files_by(&offered, &offered.label_of("1 ")).await;
    rollback.answer().shows(&format!("Roll back {} in DEV", golden.id));
    rollback.comes_to_show("**Stable**").await;
    assert_eq!(rollback.operation().await["reason"], "connection refused");
    is_well(&world, golden, Dev).await;
    world.end().await;
}
