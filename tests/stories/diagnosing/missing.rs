//! Parts of a tenant that are gone: named, and made again by the button that is offered.

use futures::{StreamExt as _, stream};
use landlord_core::kind::Kind;
use landlord_core::tenant::Environment::{Dev, Sit};

use super::{MENDER, Told, comes_to, is_well, residents};
use crate::world::{Tenant, World};

/// How many are looked at side by side.
const AT_ONCE: usize = 4;

/// What is gone, the cause, and whether the healing alone brings it back.
const GONE: [(&[Kind], &str, bool); 10] = [
    (&[Kind::Service], "service not there", true),
    (&[Kind::ListenerRule], "listener rule not there", true),
    (&[Kind::ListenerRule, Kind::TargetGroup], "target group not there", false),
    (&[Kind::DnsRecord], "DNS record not there", true),
    (&[Kind::TaskDefinition], "task definition not there", false),
    (&[Kind::AccessPoint], "access point not there", false),
    (&[Kind::DatabaseUser], "database user not there", true),
    (&[Kind::Database], "database not there", true),
    (&[Kind::Secret], "secret not found", false),
    (&[Kind::LogGroup], "log group not there", true),
];

pub(super) fn told() -> Told {
    GONE.iter().map(|(_, cause, _)| *cause).chain(["not provisioned here", "somebody else's under its name"]).collect()
}

#[tokio::test]
async fn each_part_that_is_gone_is_named_and_the_button_heals() {
    let world = World::start().await;
    let tenants = residents(&world, GONE.len()).await;
    let cases = tenants.iter().zip(GONE).map(|(tenant, gone)| one(&world, tenant, gone));
    stream::iter(cases).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    world.end().await;
}

async fn one(world: &World, tenant: &Tenant, (kinds, cause, heals): (&[Kind], &str, bool)) {
    world.loses(tenant, Dev, kinds).await;
    let shown = comes_to(world, tenant, Dev, cause).await;
    if heals {
        let healing = world.member(MENDER).files_with(&shown, "Heal").await;
        healing.answer().shows(&format!("Filed: Heal {} in DEV", tenant.id));
        healing.succeeds().await;
        is_well(world, tenant, Dev).await;
    }
}

#[tokio::test]
async fn a_task_that_finds_no_secret_says_the_same() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    world.loses(golden, Dev, &[Kind::Secret]).await;
    world.tasks_are_stopped(golden, Dev).await;
    let shown = comes_to(&world, golden, Dev, "secret not found").await;
    shown.shows("service won't start");
    world.end().await;
}

#[tokio::test]
async fn where_it_was_never_provisioned_and_what_is_somebody_elses() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    let shown = comes_to(&world, golden, Sit, "not provisioned here").await;
    shown.shows("The registry has the tenant, and not in this environment.");
    assert_eq!(shown.buttons(), Vec::<&str>::new());
    world.loses(golden, Dev, &[Kind::LogGroup]).await;
    world.strangers_log_group(golden, Dev).await;
    let shown = comes_to(&world, golden, Dev, "somebody else's under its name").await;
    assert_eq!(shown.buttons(), Vec::<&str>::new(), "it is never touched");
    world.strangers_log_group_goes(golden, Dev).await;
    world.end().await;
}
