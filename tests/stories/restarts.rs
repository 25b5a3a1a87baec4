//! The bot's process ends in the middle of things and another begins on the same log.

use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn killed_again_and_again_it_does_everything_once() {
    let world = World::start().await;
    let golden = world.tenant();
    // AWS thinks long enough about these for the bot to be killed meanwhile.
    for operation in ["DescribeTargetGroups", "DescribeServices"] {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 1, "seconds": 4 });
        world.services.breaks("slow-answer", fault).await;
    }
    // The first look of each comes when the request is planned.
    let request = world.member("operator").types(&golden.provision("dev")).await;
    let place = request.place().await;
    world.bot_dies().await;
    for (operation, step) in [("DescribeTargetGroups", "ensure target group"), ("DescribeServices", "ensure service")] {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 2, "seconds": 4 });
        world.services.breaks("slow-answer", fault).await;
        world.bot_starts().await;
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
    }
    world.bot_starts().await;
    let card = request.succeeds().await;
    card.hides("stood already");
    assert_eq!(request.place().await, place, "the same card");
    request.stands_once().await;
    world.audit(&golden, &[Dev]).await;
    let family = format!("dev-{}", golden.id);
    let revisions = world.aws(Dev, &["ecs", "list-task-definitions", "--family-prefix", &family]).await;
    assert_eq!(revisions["taskDefinitionArns"].as_array().unwrap().len(), 1, "{revisions}");
    assert_eq!(world.services.mails(&golden.email()).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn votes_that_come_while_the_bot_is_down_are_read_when_it_is_up() {
    let world = World::start().await;
    let golden = world.tenant();
    let operator = world.member("operator");
    operator.types(&golden.provision("dev")).await.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    let sit = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    let place = sit.place().await;
    sit.becomes("awaiting_approval").await;
    world.bot_dies().await;
    world.member("team-lead").reacts_at(&place, "✅").await;
    world.bot_starts().await;
    sit.succeeds().await;
    sit.stands_once().await;
    let thread = sit.thread().await;
    assert!(thread.contains("1 vote read again, 1 new"), "{thread}");
    world.end().await;
}
