//! What was answered is not lost, whatever fails then: Discord is away, or the process is killed.

use landlord_core::tenant::Environment::Dev;
use landlord_sandbox::discord::Fault;
use serde_json::json;

use crate::emergency::{is_down, stands_in};
use crate::world::{Life, Setting, World, alert};

#[tokio::test]
async fn while_discord_is_away_it_is_taken_and_posted_once_when_it_is_back() {
    let world = World::with(Setting { alerts: true, postgres: true, ..Setting::default() }).await;
    for method in ["GET", "POST", "PUT", "PATCH"] {
        for path in ["/api/v10/channels/", "/api/v10/guilds/"] {
            world.discord().answer(method, path, usize::MAX, Fault::Status(503));
        }
    }
    let says = |status| alert(status, &[("alertname", "DiskFull"), ("instance", "bastion:9100")]);
    for _ in 0..3 {
        world.notifies(&[says("firing")]).await;
    }
    let posted = |exchange: &crate::openapi::Exchange| exchange.method == "POST" && exchange.status == 503;
    crate::until::until("a post that failed", async || {
        if world.exchanges().iter().any(posted) { Ok(()) } else { Err("there is none") }
    })
    .await;
    world.discord().clear();
    // The first answer is lost: the same card again must not be another one.
    let incidents = format!("/api/v10/channels/{}/messages", world.channel_named("incidents"));
    world.discord().answer("POST", &incidents, 1, Fault::AfterEffect(502));
    let incident = world.incident("DiskFull").await;
    incident.comes_to_show("fired 3 times").await;
    incident.thread_comes_to_say("🔥 It fires: DiskFull").await;
    assert_eq!(incident.kept().await.fired, 3);
    assert!(world.exchanges().iter().any(|exchange| exchange.status == 502), "an answer was lost");
    incident.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn killed_after_its_answer_and_in_the_middle_of_the_shutdown_it_is_done_once() {
    let world = World::with(Setting { alerts: true, life: Life::Process, ..Setting::default() }).await;
    let golden = stands_in(&world, Dev).await;
    let service = World::service_of(&golden.id, Dev);
    world.notifies(&[alert("firing", &[("alertname", "TenantDown"), ("service", &service)])]).await;
    world.bot_dies().await;
    world.bot_starts().await;
    let incident = world.incident(&format!("TenantDown · {} in DEV", golden.id)).await;
    incident.thread_comes_to_say("🔥 It fires: TenantDown").await;
    incident.stands_once().await;

    // AWS does it, and answers so late that the bot is killed meanwhile; what runs does not stop before the story says so.
    let late = json!({ "operation": "UpdateService", "tenant": golden.id, "times": 1, "seconds": 6, "when": "after" });
    world.services.breaks("slow-answer", late).await;
    world.services.breaks("drain-stuck", json!({ "tenant": golden.id })).await;
    let on_call = world.member("on-call");
    let form = on_call.is_asked_on(&incident.card().await, "Shut down").await;
    let request = on_call.hands_in(&form, &[("reason", "spam is sent from it")]).await;
    for step in ["cut off", "verify down"] {
        request.comes_to_show(&format!("⏳ {step}")).await;
        world.bot_dies().await;
        world.bot_starts().await;
    }
    incident.comes_to_show(&format!("`{}` Shut down {} in DEV · **Running**", request.id(), golden.id)).await;
    world.stops_tasks(&golden, Dev).await;
    request.succeeds().await;
    is_down(&world, &golden, Dev).await;
    incident.comes_to_show(&format!("`{}` Shut down {} in DEV · **Shut down**", request.id(), golden.id)).await;
    incident.thread_comes_to_say(&format!("@on-call chose `/tenant shutdown`: operation `{}`", request.id())).await;
    incident.stands_once().await;
    request.stands_once().await;
    assert_eq!(world.services.mails(&world.security).await.len(), 1);
    assert_eq!(world.wants(&golden, Dev).await.1, 0);
    world.end().await;
}
