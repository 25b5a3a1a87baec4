//! Discord fails at each of its calls in turn: the work goes on, and in the end the chat shows it once and rightly.

use landlord_sandbox::discord::Fault;

use crate::world::{Request, World};

/// Every call that a request makes, as method and the path from where Discord's faults are told apart.
fn calls(channel: &str) -> Vec<(&'static str, String)> {
    vec![
        ("POST", format!("/api/v10/channels/{channel}/messages")),
        ("PATCH", format!("/api/v10/channels/{channel}/messages/")),
        ("PUT", format!("/api/v10/channels/{channel}/messages/")),
        ("GET", format!("/api/v10/channels/{channel}/messages/")),
        ("GET", "/api/v10/guilds/".to_owned()),
        ("POST", "/api/v10/channels/".to_owned()),
    ]
}

/// A SIT request that needs every call there is: card, reactions, votes, members, thread.
async fn sit_requested<'w>(world: &'w World, tenant: &crate::world::Tenant) -> Request<'w> {
    let operator = world.member("operator");
    operator.types(&format!("/tenant promote tenant:{}", tenant.id)).await
}

async fn stands_in_dev(world: &World) -> crate::world::Tenant {
    let golden = world.tenant();
    let operator = world.member("operator");
    operator.types(&golden.provision("dev")).await.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", golden.id)).await;
    golden
}

async fn goes_well(world: &World, faults: impl Fn(&'static str, &str)) {
    let golden = stands_in_dev(world).await;
    for (method, path) in calls(&world.channel()) {
        faults(method, &path);
    }
    let sit = sit_requested(world, &golden).await;
    // People do not meet the faults that are meant for the bot: theirs are taken back once the card stands.
    sit.place().await;
    sit.becomes("awaiting_approval").await;
    world.discord().clear();
    for (method, path) in calls(&world.channel()).into_iter().filter(|(method, _)| *method != "PUT") {
        faults(method, &path);
    }
    world.member("team-lead").reacts(&sit, "✅").await;
    sit.succeeds().await;
    sit.stands_once().await;
}

#[tokio::test]
async fn five_hundreds_at_each_call() {
    let world = World::start().await;
    goes_well(&world, |method, path| world.discord().answer(method, path, 2, Fault::Status(500))).await;
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
