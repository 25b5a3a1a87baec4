//! What belongs to somebody else is neither taken over nor removed.

use landlord_core::tenant::Environment::Dev;

use crate::world::World;

#[tokio::test]
async fn somebody_elses_target_group_is_a_hold_and_survives_the_roll_back() {
    let world = World::start().await;
    let golden = world.tenant();
    let group = format!("dev-{}-tg", golden.id);
    let balancer = world.aws(Dev, &["elbv2", "describe-load-balancers", "--names", "dev-alb"]).await;
    let vpc = balancer["LoadBalancers"][0]["VpcId"].as_str().unwrap().to_owned();
    let words = ["elbv2", "create-target-group", "--name", &group, "--protocol", "HTTP", "--port", "80"];
    let more = ["--vpc-id", &vpc, "--target-type", "ip", "--tags", "Key=tenant_id,Value=somebody-else"];
    let made = world.aws(Dev, &[&words[..], &more[..]].concat()).await;
    let arn = made["TargetGroups"][0]["TargetGroupArn"].as_str().unwrap().to_owned();

    let operator = world.member("operator");
    let request = operator.types(&golden.provision("dev")).await;
    let card = request.holds().await;
    card.shows("ensure target group").shows("somebody-else");
    operator.presses(&request, "Roll back").await;
    let card = request.becomes("unwound").await;
    card.shows(&format!("all that this run created is removed, but for `{group}` (left {arn} alone"));

    let found = world.aws(Dev, &["elbv2", "describe-target-groups", "--names", &group]).await;
    assert_eq!(found["TargetGroups"][0]["TargetGroupArn"].as_str(), Some(arn.as_str()), "left untouched");
    assert_eq!(world.remains(&golden, Dev).await, ["target group"], "and nothing else is left");
    world.aws(Dev, &["elbv2", "delete-target-group", "--target-group-arn", &arn]).await;
    world.end().await;
}

#[tokio::test]
async fn a_host_name_that_somebody_elses_rule_has_is_taken() {
    let world = World::start().await;
    let golden = world.tenant();
    let host = format!("{}.wpdev.kimmyai.io", golden.subdomain);
    let rule = world.stranger_rule(Dev, &host).await;
    let refused = world.member("operator").types(&golden.provision("dev")).await;
    refused.answer().shows(&format!("The subdomain `{}` is taken", golden.subdomain)).shows("Free are `");
    assert!(world.operations().await.is_empty());
    world.aws(Dev, &["elbv2", "delete-rule", "--rule-arn", &rule]).await;
    world.end().await;
}

#[tokio::test]
async fn a_rule_planted_after_the_plan_is_a_hold_and_survives_the_roll_back() {
    let world = World::start().await;
    let golden = world.tenant();
    let operator = world.member("operator");
    let dev = operator.types(&golden.provision("dev")).await;
    dev.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    let sit = operator.types(&format!("/tenant promote tenant:{}", golden.id)).await;
    sit.becomes("awaiting_approval").await;

    let environment = landlord_core::tenant::Environment::Sit;
    let rule = world.stranger_rule(environment, &format!("{}.wpsit.kimmyai.io", golden.subdomain)).await;
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.holds().await.shows("ensure listener rule");
    operator.presses(&sit, "Roll back").await;
    sit.becomes("unwound").await;
    // Whoever made the rule has the host name now, and with it the record that leads there.
    let left = format!("left {}.wpsit.kimmyai.io A alone", golden.subdomain);
    assert!(sit.thread().await.contains(&left), "{}", sit.thread().await);
    let rules = world.aws(environment, &["elbv2", "describe-rules", "--rule-arns", &rule]).await;
    assert_eq!(rules["Rules"][0]["RuleArn"].as_str(), Some(rule.as_str()), "left untouched");
    assert_eq!(world.remains(&golden, environment).await, ["listener rule", "dns record"]);
    world.aws(environment, &["elbv2", "delete-rule", "--rule-arn", &rule]).await;
    world.end().await;
}
