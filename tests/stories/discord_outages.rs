//! Discord fails at each of its calls in turn: the work goes on, and in the end the chat shows it once and rightly.

use landlord_sandbox::discord::Fault;

use serde_json::json;

use crate::openapi::Exchange;
use crate::world::{Request, Tenant, World};

/// Where Discord can fail the bot on the way of a request: card and thread's messages, edits, reactions, reading them, roles.
fn calls() -> [(&'static str, &'static str); 5] {
    [
        ("POST", "/api/v10/channels/"),
        ("PATCH", "/api/v10/channels/"),
        ("PUT", "/api/v10/channels/"),
        ("GET", "/api/v10/channels/"),
        ("GET", "/api/v10/guilds/"),
    ]
}

/// A SIT request that needs every call there is: card, reactions, votes, members, thread.
async fn sit_requested<'w>(world: &'w World, tenant: &Tenant) -> Request<'w> {
    world.member("operator").types(&format!("/tenant promote tenant:{}", tenant.id)).await
}

async fn stands_in_dev(world: &World) -> Tenant {
    let golden = world.tenant();
    let operator = world.member("operator");
    operator.types(&golden.provision("dev")).await.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    golden
}

/// A request for SIT, with these faults until its card awaits approval, and again from the approval to the end.
async fn goes_well(world: &World, faults: impl Fn(&str, &str)) {
    let golden = stands_in_dev(world).await;
    for (method, path) in calls() {
        faults(method, path);
    }
    let sit = sit_requested(world, &golden).await;
    sit.becomes("awaiting_approval").await;
    let before = world.exchanges().len();
    for (method, path) in calls() {
        faults(method, path);
    }
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.succeeds().await.shows("✅ Team Lead · @team-lead");
    sit.stands_once().await;
    let exchanges = world.exchanges();
    let failed = |from: usize| exchanges[from..].iter().filter(|exchange| exchange.status >= 429).count();
    assert!(failed(0) > failed(before) && failed(before) > 0, "Discord failed before and after the approval");
}

#[tokio::test]
async fn five_hundreds_at_each_call() {
    let world = World::start().await;
    goes_well(&world, |method, path| world.discord().answer(method, path, 1, Fault::Status(500))).await;
    world.end().await;
}

#[tokio::test]
async fn too_many_requests_at_each_call() {
    let world = World::start().await;
    let limited = Fault::RateLimited { retry_after: 0.3, global: false };
    goes_well(&world, |method, path| world.discord().answer(method, path, 2, limited)).await;
    world.end().await;
}

#[tokio::test]
async fn answers_that_are_lost_after_the_effect() {
    let world = World::start().await;
    goes_well(&world, |method, path| {
        if method != "GET" {
            world.discord().answer(method, path, 1, Fault::AfterEffect(502));
        }
    })
    .await;
    world.end().await;
}

#[tokio::test]
async fn what_the_thread_was_told_is_not_told_again_when_the_answer_was_lost_in_the_middle_of_a_run() {
    let world = World::start().await;
    let golden = world.tenant();
    for operation in ["DescribeTargetGroups", "DescribeServices"] {
        let fault = json!({ "operation": operation, "tenant": golden.id, "times": 2, "seconds": 3 });
        world.services.breaks("slow-answer", fault).await;
    }
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("asked for it").await;
    let thread = request.operation().await["thread_id"].as_str().unwrap().to_owned();
    world.discord().answer("POST", &format!("/api/v10/channels/{thread}/messages"), 1, Fault::AfterEffect(502));
    request.succeeds().await;
    request.stands_once().await;
    let lost = |exchange: &Exchange| exchange.path.contains(&thread) && exchange.status == 502;
    assert!(world.exchanges().iter().any(lost), "an answer was lost");
    world.end().await;
}

#[tokio::test]
async fn votes_cast_while_the_gateway_is_away_are_read_when_it_is_back() {
    let world = World::start().await;
    let golden = stands_in_dev(&world).await;
    let sit = sit_requested(&world, &golden).await;
    sit.becomes("awaiting_approval").await;
    world.discord().gateway_down(true);
    world.member("team-lead").reacts(&sit, "✅").await;
    world.discord().invalidate_sessions();
    world.discord().gateway_down(false);
    sit.succeeds().await;
    sit.stands_once().await;
    world.end().await;
}
