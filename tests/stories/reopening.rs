//! A tenant that was cut off is put back over the real wires, by somebody else: rules, tasks and retention exactly as AWS had them.

use landlord_core::tenant::Environment::{self, Dev, Prod};
use serde_json::{Value, json};

use crate::emergency::{is_down, shutdown, stands_in};
use crate::world::{Request, Tenant, World};

fn reopen(tenant: &Tenant, environment: Environment) -> String {
    format!("/tenant reopen tenant:{} environment:{environment} reason:cleaned", tenant.id)
}

/// A client that stands in an environment, and the priority of its rule, which no other story takes.
async fn stands_apart(world: &World, environment: Environment) -> (Tenant, String) {
    let golden = stands_in(world, environment).await;
    let priority = world.moves_rule(&golden, environment).await;
    (golden, priority)
}

/// A site as AWS tells it: its rules but for their ARNs, what its service wants, for how long its logs are kept.
async fn seen(world: &World, tenant: &Tenant, environment: Environment) -> Value {
    json!({
        "rules": world.rules(tenant, environment).await,
        "wants": world.wants(tenant, environment).await,
        "logs": world.logs_are_kept(tenant, environment).await,
    })
}

/// Another hand has made the site unlike others: its rule has more conditions and an action that shares out, another rule leads
/// there too, two tasks run, and its logs are kept for another while.
async fn is_unlike_others(world: &World, tenant: &Tenant, at: Environment) {
    let [own] = <[Value; 1]>::try_from(world.rules_with_arns(tenant, at).await).expect("one rule");
    let of = |key: &str| own[key].as_str().expect(key).to_owned();
    let host = own["Conditions"][0]["HostHeaderConfig"]["Values"][0].as_str().expect("a host").to_owned();
    let group = own["Actions"][0].to_string();
    let group = group.split('"').find(|part| part.contains(":targetgroup/")).expect("a target group").to_owned();
    let conditions = json!([
        { "Field": "host-header", "HostHeaderConfig": { "Values": [host, format!("www.{host}")] } },
        { "Field": "path-pattern", "PathPatternConfig": { "Values": ["/*", "/shop/*"] } },
        { "Field": "source-ip", "SourceIpConfig": { "Values": ["10.0.0.0/8", "127.0.0.0/8"] } },
    ]);
    let forward = json!({
        "TargetGroups": [{ "TargetGroupArn": group, "Weight": 7 }],
        "TargetGroupStickinessConfig": { "Enabled": true, "DurationSeconds": 300 },
    });
    let actions = json!([{ "Type": "forward", "Order": 1, "ForwardConfig": forward }]);
    let words = ["elbv2", "modify-rule", "--rule-arn", &of("RuleArn"), "--conditions", &conditions.to_string()];
    world.aws(at, &[&words[..], &["--actions", &actions.to_string()]].concat()).await;
    let shop = format!("shop.{host}");
    let other = world.stranger_rule(at, &shop).await;
    let conditions = json!([{ "Field": "host-header", "HostHeaderConfig": { "Values": [shop] } }]).to_string();
    let actions = json!([{ "Type": "forward", "TargetGroupArn": group }]).to_string();
    let words = ["elbv2", "modify-rule", "--rule-arn", &other, "--conditions", &conditions, "--actions", &actions];
    world.aws(at, &words).await;
    let logs = format!("/ecs/{at}-{}", tenant.id);
    let words = ["logs", "put-retention-policy", "--log-group-name", &logs, "--retention-in-days", "400"];
    world.aws(at, &words).await;
    let scale = format!("/tenant scale tenant:{} environment:{at} count:2", tenant.id);
    let request = world.member("operator").types(&scale).await;
    if at == Prod {
        request.becomes("awaiting_approval").await;
        world.member("devops-lead-2").reacts(&request, "✅").await;
    }
    request.succeeds().await;
}

#[tokio::test]
async fn by_somebody_else_it_is_put_back_exactly_as_it_was() {
    let world = World::start().await;
    let (golden, _) = stands_apart(&world, Prod).await;
    is_unlike_others(&world, &golden, Prod).await;
    let before = seen(&world, &golden, Prod).await;
    assert_eq!((before["rules"].as_array().unwrap().len(), &before["wants"]), (2, &json!([1, 2, 2])));
    let shut = world.member("devops-lead").types(&shutdown(&golden, Prod)).await;
    shut.succeeds().await;
    is_down(&world, &golden, Prod).await;

    let own = world.member("devops-lead").types(&reopen(&golden, Prod)).await;
    own.answer().shows("You shut `").shows(shut.id());
    assert!(own.answer().is_private() && !own.is_filed());
    let request = world.member("operator").types(&reopen(&golden, Prod)).await;
    request.becomes("awaiting_approval").await.shows(shut.id()).shows("2 tasks of revision 1");
    world.member("devops-lead").reacts(&request, "✅").await;
    request.comes_to_show("@devops-lead did what this would take back, so somebody else must approve it").await;
    is_down(&world, &golden, Prod).await;
    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.succeeds().await;
    assert_eq!(request.place().await.0, world.channel());
    assert_eq!(seen(&world, &golden, Prod).await, before, "exactly what was there");
    request.stands_once().await;
    let shown = world.member("operator").types(&format!("/tenant show tenant:{}", golden.id)).await;
    shown.answer().shows("PROD · validated");
    let again = world.member("operator").types(&reopen(&golden, Prod)).await;
    again.answer().shows("is not shut down in PROD");
    world.end().await;
}

/// Another tenant's rule, or nobody's, has taken the priority of the tenant's before the run comes to it; answers the request,
/// which holds, and that rule.
async fn holds_at_the_rule<'w>(world: &'w World, tenant: &Tenant, priority: &str) -> (Request<'w>, String) {
    world.member("on-call").types(&shutdown(tenant, Dev)).await.succeeds().await;
    let request = world.member("operator").types(&reopen(tenant, Dev)).await;
    request.becomes("awaiting_approval").await.hides("is another rule's now");
    let host = format!("else-{}.wpdev.kimmyai.io", tenant.subdomain);
    let other = world.stranger_rule_at(Dev, &host, priority).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    let card = request.holds().await;
    card.shows(&format!("priority {priority} is another rule's now ({host}")).shows("put rules back");
    assert_eq!(card.buttons(), ["Retry", "Force", "Roll back", "Leave"]);
    is_down(world, tenant, Dev).await;
    (request, other)
}

#[tokio::test]
async fn a_priority_that_was_taken_in_between_is_a_hold_and_the_button_puts_the_rule_elsewhere() {
    let world = World::start().await;
    let (golden, priority) = stands_apart(&world, Dev).await;
    let mut before = seen(&world, &golden, Dev).await;
    assert_eq!(before["rules"][0]["Priority"], json!(priority));
    let (request, other) = holds_at_the_rule(&world, &golden, &priority).await;
    let theirs = world.aws(Dev, &["elbv2", "describe-rules", "--rule-arns", &other]).await;
    world.member("operator").presses(&request, "Force").await;
    request.succeeds().await;
    let after = seen(&world, &golden, Dev).await;
    assert_ne!(after["rules"][0]["Priority"], json!(priority));
    before["rules"][0]["Priority"] = after["rules"][0]["Priority"].clone();
    assert_eq!(after, before, "in all else it is as it was");
    assert_eq!(world.aws(Dev, &["elbv2", "describe-rules", "--rule-arns", &other]).await, theirs, "it was not touched");
    request.stands_once().await;
    world.aws(Dev, &["elbv2", "delete-rule", "--rule-arn", &other]).await;
    world.end().await;
}

#[tokio::test]
async fn when_the_priority_is_free_again_retry_goes_on() {
    let world = World::start().await;
    let (golden, priority) = stands_apart(&world, Dev).await;
    let before = seen(&world, &golden, Dev).await;
    let (request, other) = holds_at_the_rule(&world, &golden, &priority).await;
    world.aws(Dev, &["elbv2", "delete-rule", "--rule-arn", &other]).await;
    world.member("operator").presses(&request, "Retry").await;
    request.succeeds().await;
    assert_eq!(seen(&world, &golden, Dev).await, before);
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_another_bot_ends_it_and_does_everything_once() {
    let world = World::start().await;
    let (golden, _) = stands_apart(&world, Dev).await;
    let before = seen(&world, &golden, Dev).await;
    world.member("on-call").types(&shutdown(&golden, Dev)).await.succeeds().await;
    let request = world.member("operator").types(&reopen(&golden, Dev)).await;
    request.becomes("awaiting_approval").await;
    let moments = [("CreateRule", "put rules back"), ("UpdateService", "restore count")];
    // AWS thinks long enough about these for the bot to be killed meanwhile.
    for (operation, _) in moments {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 1, "seconds": 6 });
        world.services.breaks("slow-answer", fault).await;
    }
    world.member("devops-lead").reacts(&request, "✅").await;
    for (_, step) in moments {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    request.succeeds().await;
    request.stands_once().await;
    assert_eq!(seen(&world, &golden, Dev).await, before);
    world.end().await;
}
