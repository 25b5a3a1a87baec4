//! Playbook 3.2: why a tenant's resources do not go.

use landlord_core::kind::Kind;
use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use super::{Told, comes_to, is_well, residents};
use crate::world::World;

pub(super) fn told() -> Told {
    ["service still drains", "target group is used by another rule"].into()
}

#[tokio::test]
async fn a_service_that_somebody_deleted_and_that_drains_on_is_named() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    world.services.breaks("drain-stuck", json!({ "tenant": golden.id })).await;
    world.is_scaled(golden, Dev, 0).await;
    let service = format!("dev-{}-service", golden.id);
    world.aws(Dev, &["ecs", "delete-service", "--cluster", "dev-cluster", "--service", &service]).await;
    comes_to(&world, golden, Dev, "service still drains").await.shows("DRAINING");
    world.services.mends_for(golden).await;
    world.loses(golden, Dev, &[Kind::Service]).await;
    comes_to(&world, golden, Dev, "service not there").await;
    world.end().await;
}

#[tokio::test]
async fn a_rule_of_somebody_elses_that_uses_the_target_group_is_named_and_never_touched() {
    let world = World::start().await;
    let golden = &residents(&world, 1).await[0];
    let rule = world.strangers_rule_to(golden, Dev).await;
    comes_to(&world, golden, Dev, "target group is used by another rule").await.shows("somebody-else");
    let line = format!("/tenant delete tenant:{} environment:dev reason:other backup:no logs:delete", golden.id);
    let deletion = world.member("operator").types(&line).await;
    deletion.becomes("waiting").await.shows("somebody-else");
    let taken_back = world.member("operator").types(&format!("/operation cancel operation:{}", deletion.id())).await;
    taken_back.answer().shows("is taken back");
    world.aws(Dev, &["elbv2", "delete-rule", "--rule-arn", &rule]).await;
    is_well(&world, golden, Dev).await;
    world.end().await;
}
