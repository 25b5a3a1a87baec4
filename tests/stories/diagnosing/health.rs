//! Playbook 3.1, ALB health check failing: what the load balancer says of targets.

use landlord_core::tenant::Environment::Dev;
use serde_json::{Value, json};

use super::{Told, comes_to, is_well, residents};
use crate::world::{Tenant, World};

/// What the load balancer runs into, the cause, and a part of the evidence.
const TROUBLES: [(&str, &str, &str); 7] = [
    ("path-missing", "health path not found", "404"),
    ("server-error", "health check gets errors", "500"),
    ("timeout", "health check times out", "Target.Timeout"),
    ("refused", "connection refused", "Target.FailedHealthChecks"),
    ("initial", "first health checks still run", "Elb.InitialHealthChecking"),
    ("leaving", "targets are being taken away", "Target.DeregistrationInProgress"),
    ("internal", "targets are not healthy", "Elb.InternalError"),
];

pub(super) fn told() -> Told {
    TROUBLES.iter().map(|(_, cause, _)| *cause).chain(["no target is registered"]).collect()
}

#[tokio::test]
async fn each_reason_why_targets_are_not_healthy_is_named() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    for (why, cause, evidence) in TROUBLES {
        world.services.breaks("target-trouble", json!({ "tenant": golden.id, "why": why })).await;
        comes_to(&world, golden, Dev, cause).await.shows(evidence);
        world.services.mends_for(golden).await;
    }
    is_well(&world, golden, Dev).await;
    world.end().await;
}

/// Somebody takes every target out of the tenant's group.
async fn deregisters(world: &World, tenant: &Tenant) {
    let group = format!("dev-{}-tg", tenant.id);
    let groups = world.aws(Dev, &["elbv2", "describe-target-groups", "--names", &group]).await;
    let arn = groups["TargetGroups"][0]["TargetGroupArn"].as_str().unwrap();
    let health = world.aws(Dev, &["elbv2", "describe-target-health", "--target-group-arn", arn]).await;
    let targets = health["TargetHealthDescriptions"].as_array().unwrap().iter();
    let ids: Vec<String> = targets.filter_map(|one| Some(format!("Id={}", one["Target"]["Id"].as_str()?))).collect();
    let words = ["elbv2", "deregister-targets", "--target-group-arn", arn, "--targets"];
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(world.aws(Dev, &[&words[..], &ids].concat()).await, Value::Null, "{health}");
}

#[tokio::test]
async fn targets_that_nobody_registered_are_named() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    deregisters(&world, golden).await;
    comes_to(&world, golden, Dev, "no target is registered").await;
    world.tasks_are_stopped(golden, Dev).await;
    is_well(&world, golden, Dev).await;
    world.end().await;
}
