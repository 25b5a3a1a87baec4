//! Playbook 3.1, ECS service won't start: why tasks stop, in ECS's own words.

use futures::{StreamExt as _, stream};
use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use super::{Told, comes_to, is_well, residents};
use crate::world::{Tenant, World};

/// How many are looked at side by side.
const AT_ONCE: usize = 4;

/// What ECS runs into, the cause, and a part of the evidence.
const TROUBLES: [(&str, &str, &str); 9] = [
    ("image-unknown", "image cannot be pulled", "wordpress:gone: not found"),
    ("image-denied", "execution role lacks a permission", "403 Forbidden"),
    ("image-timeout", "no way from the tasks to AWS", "i/o timeout"),
    (
        "secret-timeout",
        "no way from the tasks to AWS",
        "There is a connection issue between the task and AWS Secrets Manager",
    ),
    ("role-denied", "execution role lacks a permission", "AccessDeniedException"),
    ("mount-denied", "file system cannot be mounted", "mount.nfs4"),
    ("out-of-memory", "out of memory", "OutOfMemoryError"),
    ("crash", "container ends by itself", "Essential container in task exited"),
    ("no-capacity", "no capacity", "Capacity is unavailable at this time"),
];

/// The secret is there and does not do, the task only takes long, the wanted revision was given up.
const OTHERS: [&str; 4] =
    ["secret scheduled for deletion", "secret without a key", "tasks are still starting", "deployment failed"];

pub(super) fn told() -> Told {
    TROUBLES.iter().map(|(_, cause, _)| *cause).chain(OTHERS).chain(["scaled to zero"]).collect()
}

#[tokio::test]
async fn each_reason_why_tasks_stop_is_named_and_gone_when_it_is_mended() {
    let world = World::start().await;
    let tenants = residents(&world, TROUBLES.len()).await;
    let cases = tenants.iter().zip(TROUBLES).map(|(tenant, trouble)| one(&world, tenant, trouble));
    stream::iter(cases).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    world.end().await;
}

async fn one(world: &World, tenant: &Tenant, (why, cause, evidence): (&str, &str, &str)) {
    world.services.breaks("task-trouble", json!({ "tenant": tenant.id, "why": why })).await;
    world.tasks_are_stopped(tenant, Dev).await;
    let shown = comes_to(world, tenant, Dev, cause).await;
    shown.shows(evidence);
    if why == "crash" {
        shown.shows("PHP Fatal error");
    }
    world.services.mends_for(tenant).await;
    is_well(world, tenant, Dev).await;
}

#[tokio::test]
async fn a_secret_that_does_not_do_and_tasks_that_are_slow_are_named() {
    let world = World::start().await;
    let tenants = residents(&world, 3).await;
    let secret = |tenant: &Tenant| format!("dev-{}-db-credentials", tenant.id);
    let words = ["secretsmanager", "delete-secret", "--recovery-window-in-days", "7", "--secret-id"];
    world.aws(Dev, &[&words[..], &[&secret(&tenants[0])]].concat()).await;
    comes_to(&world, &tenants[0], Dev, "secret scheduled for deletion").await;
    // The tasks say the same as the secret.
    world.tasks_are_stopped(&tenants[0], Dev).await;
    comes_to(&world, &tenants[0], Dev, "secret scheduled for deletion").await;

    let words = ["secretsmanager", "put-secret-value", "--secret-string", r#"{"username": "x"}"#, "--secret-id"];
    world.aws(Dev, &[&words[..], &[&secret(&tenants[1])]].concat()).await;
    world.tasks_are_stopped(&tenants[1], Dev).await;
    comes_to(&world, &tenants[1], Dev, "secret without a key").await;

    world.services.breaks("slow-start", json!({ "tenant": tenants[2].id, "seconds": 20 })).await;
    world.tasks_are_stopped(&tenants[2], Dev).await;
    comes_to(&world, &tenants[2], Dev, "tasks are still starting").await;
    world.services.mends_for(&tenants[2]).await;
    world.end().await;
}

#[tokio::test]
async fn a_deployment_that_was_given_up_is_named() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    // Words that no other cause has, so that what is left is that ECS gave up.
    let fault = json!({ "tenant": golden.id, "why": "no-capacity", "reason": "FlibbertigibbetError: **x**" });
    world.services.breaks("task-trouble", fault).await;
    let (cluster, service) = ("dev-cluster", format!("dev-{}-service", golden.id));
    let words = ["ecs", "update-service", "--cluster", cluster, "--service", &service, "--force-new-deployment"];
    // While tasks of before run, a revision that fails is forgotten as soon as it is given up.
    world.tasks_are_stopped(golden, Dev).await;
    world.aws(Dev, &words).await;
    let shown = comes_to(&world, golden, Dev, "deployment failed").await;
    shown.shows("FlibbertigibbetError: \\*\\*x\\*\\*");
    world.services.mends_for(golden).await;
    is_well(&world, golden, Dev).await;
    world.end().await;
}
