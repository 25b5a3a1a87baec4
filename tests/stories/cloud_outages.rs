//! AWS fails, answers late, answers as somebody else, or not at all: tried again where it helps, else held with what is
//! known, and never done twice.

use landlord_core::tenant::Environment::{Dev, Sit};
use serde_json::json;

use crate::world::{Life, Reach, Setting, World};

/// The bot's own waiting is short in these.
const HASTY: Setting =
    Setting { alone: false, haste: 10, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false };

#[tokio::test]
async fn targets_that_do_not_become_healthy_are_a_hold_until_they_do() {
    let world = World::with(HASTY).await;
    let golden = world.tenant();
    world.services.breaks("targets-unhealthy", json!({ "tenant": golden.id })).await;
    let operator = world.member("operator");
    let request = operator.types(&golden.provision("dev")).await;
    let card = request.holds().await;
    card.shows("verify target healthy").shows("unhealthy").shows("Likely: ");
    assert_eq!(card.buttons(), ["Retry", "Roll back", "Leave"]);
    let denied = world.member("newcomer").presses(&request, "Retry").await;
    assert!(denied.shows("This needs the role Operator").is_private());

    world.services.mends_for(&golden).await;
    operator.presses(&request, "Retry").await;
    request.succeeds().await;
    request.stands_once().await;
    world.audit(&golden, &[Dev]).await;
    world.end().await;
}

#[tokio::test]
async fn where_aws_takes_its_time_the_answer_is_announced_and_follows() {
    let world = World::start().await;
    let golden = world.tenant();
    let fault = json!({ "operation": "DescribeTargetGroups", "tenant": golden.id, "times": 1, "seconds": 4 });
    world.services.breaks("slow-answer", fault).await;
    let request = world.member("operator").types(&golden.provision("dev")).await;
    assert!(request.was_announced() && request.answer().is_private());
    request.answer().shows("Filed: Provision");
    request.succeeds().await;
    world.end().await;
}

#[tokio::test]
async fn throttled_calls_are_made_again_by_themselves() {
    let world = World::with(HASTY).await;
    let golden = world.tenant();
    for operation in ["CreateTargetGroup", "CreateSecret", "RegisterTaskDefinition"] {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 3 });
        world.services.breaks("throttle", fault).await;
    }
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.succeeds().await.hides("stood already");
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_effect_makes_nothing_twice() {
    let world = World::with(Setting { alone: true, ..HASTY }).await;
    let golden = world.tenant();
    let since = world.services.now().await;
    let fault = json!({ "operation": "CreateService", "tenant": golden.id, "times": 1, "when": "after" });
    world.services.breaks("cut-connection", fault).await;
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.succeeds().await.shows("ensure service `dev-");
    let created = world.services.asked(since).await.into_iter().filter(|operation| operation == "CreateService");
    let service = world.service(&golden, Dev).await.expect("the service");
    assert_eq!(service["desiredCount"], 1, "{service}");
    assert!(created.count() <= 2);
    let config = &world.services.config.environments[&Dev];
    let list = world.aws(Dev, &["ecs", "list-services", "--cluster", &config.cluster]).await;
    let own = list["serviceArns"].as_array().unwrap().iter().filter(|arn| arn.to_string().contains(&golden.id));
    assert_eq!(own.count(), 1);
    assert_eq!(request.step("ensure service").await["effect"], "created", "roll back would remove it");
    world.end().await;
}

#[tokio::test]
async fn another_account_is_refused_when_planning_and_held_before_the_start() {
    let world = World::with(Setting { alone: true, ..HASTY }).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    world.services.breaks("wrong-account", json!({ "environment": "dev" })).await;
    let since = world.services.now().await;
    let refused = operator.types(&golden.provision("dev")).await;
    refused.answer().shows("The account seal does not match: 123456789012 answers for DEV").shows("playbook 3.3");
    assert_eq!(
        world.services.asked(since).await,
        ["GetCallerIdentity"],
        "nothing else was asked with those credentials"
    );
    world.services.mends().await;

    operator.types(&golden.provision("dev")).await.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    let sit = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    sit.becomes("awaiting_approval").await;
    world.services.breaks("wrong-account", json!({ "environment": "sit" })).await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.holds().await.shows("The account seal does not match").shows("Then press Retry");
    assert!(world.service(&golden, Sit).await.is_none(), "nothing ran");
    world.services.mends().await;
    operator.presses(&sit, "Retry").await;
    sit.succeeds().await;
    world.end().await;
}

#[tokio::test]
async fn expired_credentials_are_told_with_what_to_do() {
    let world = World::with(Setting { alone: true, ..HASTY }).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    world.services.breaks("credentials-expired", json!({ "environment": "dev" })).await;
    let refused = operator.types(&golden.provision("dev")).await;
    refused.answer().shows("DEV cannot be used with these credentials").shows("Renew the keys of the profile");
    assert!(world.operations().await.is_empty());
    world.services.mends().await;

    // They expire in the middle of a run.
    let fault = json!({ "environment": "dev", "operation": "CreateTargetGroup" });
    world.services.breaks("credentials-expired", fault).await;
    let request = operator.types(&golden.provision("dev")).await;
    request.holds().await.shows("ensure target group").shows("Renew the keys of the profile");
    world.services.mends().await;
    operator.presses(&request, "Retry").await;
    request.succeeds().await;
    world.end().await;
}

#[tokio::test]
async fn without_credentials_nothing_is_planned() {
    let world = World::with(Setting { dev: Reach::NoCredentials, ..HASTY }).await;
    let golden = world.tenant();
    let refused = world.member("operator").types(&golden.provision("dev")).await;
    refused.answer().shows("DEV cannot be used with these credentials").shows("nobody");
    assert!(world.operations().await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn without_mysql_nothing_is_planned_and_nothing_made() {
    let world = World::with(Setting { alone: true, ..HASTY }).await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let since = world.services.now().await;
    let restart = world.services.starts_at_last("mariadb-dev");
    world.services.turn("stop", "mariadb-dev").await;
    let refused = operator.types(&golden.provision("dev")).await;
    refused.answer().shows("DEV does not answer, so nothing was planned and nothing was done").shows("MySQL");
    assert!(world.operations().await.is_empty());
    let asked = world.services.asked(since).await;
    assert!(asked.iter().all(|operation| !operation.starts_with("Create")), "{asked:?}");
    drop(restart);
    operator.types(&golden.provision("dev")).await.succeeds().await;
    world.end().await;
}
