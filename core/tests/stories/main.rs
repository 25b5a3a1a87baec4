//! Stories of the core: people, the bot, and a world of fakes. One file for each part of the tale.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod adoption;
mod alerts;
mod anchor;
mod auditing;
mod away;
mod bad_input;
mod changes;
mod chat_outages;
mod checklists;
mod clock;
mod cloud_outages;
mod decisions;
mod deletion;
mod diagnosing;
mod emergency;
mod ending;
mod forms;
mod help;
mod lists;
mod monitors;
mod orphans;
mod promotion;
mod provisioning;
mod resources;
mod restarts;
mod restores;
mod rivals;
mod store_outages;
mod telling;
mod upgrades;
mod votes;
mod waiting;

use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;

/// A request for DEV that is right in every way.
pub(crate) const DEV: &str = "/tenant provision environment:dev tenant:goldencrust company:Golden Crust subdomain:golden email:owner@golden.example";

/// The tenant stands in DEV and is validated; its promotion to SIT waits for the Team Lead.
pub(crate) async fn waits_in_sit(world: &World) -> Request<'_> {
    let operator = world.member("operator");
    operator.types(DEV).await.is(State::Succeeded);
    operator.types("/tenant validate tenant:goldencrust environment:dev").await;
    operator.types("/tenant promote tenant:goldencrust").await
}

/// The tenant stands in DEV and SIT and is validated; its promotion to PROD waits for DevOps Lead and Product Owner.
pub(crate) async fn waits_in_prod(world: &World) -> Request<'_> {
    let sit = waits_in_sit(world).await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.is(State::Succeeded);
    let operator = world.member("operator");
    operator.types("/tenant validate tenant:goldencrust environment:sit").await;
    operator.types("/tenant promote tenant:goldencrust").await
}

/// How many resources stand, of all tenants and everybody else.
pub(crate) async fn resources(world: &World) -> usize {
    world.standing(&[]).await.lines().count()
}
