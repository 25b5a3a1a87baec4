//! Who is told outside the chat is told once, however long Slack, PagerDuty and SES are away.

use landlord_core::incident::State;
use landlord_core::plan::Engagement;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment::Prod;
use serde_json::{Value, json};

use super::watched;
use crate::until::until;
use crate::world::{World, alert};

/// What everybody outside the chat has been told: by Slack, by PagerDuty, by e-mail.
async fn told(world: &World) -> (usize, usize, usize) {
    let receiver = &world.monitoring().receiver;
    (receiver.slack().len(), receiver.pages().len(), world.services.mails(&world.security).await.len())
}

#[tokio::test]
async fn they_hear_of_it_once_when_they_are_back_after_an_hour() {
    let world = watched().await;
    let golden = world.tenant();
    world.remembers(std::slice::from_ref(&golden), &[Prod], Engagement::Client, Standing::Validated).await;
    let receiver = &world.monitoring().receiver;
    receiver.is_down(true);
    world.services.breaks("server-error", json!({ "operation": "SendEmail", "tenant": golden.id })).await;
    let service = World::service_of(&golden.id, Prod);
    let says = |status| alert(status, &[("alertname", "Defaced"), ("category", "security"), ("service", &service)]);
    for _ in 0..4 {
        world.notifies(&[says("firing")]).await;
    }
    let incident = world.incident(&format!("Defaced · {} in PROD", golden.id)).await;
    incident.comes_to_show("fired 4 times").await;
    world.passes(1);
    // Slack for the fourth time that it fired, PagerDuty for the hour.
    until("both to have been tried", async || match receiver.requests() {
        tried @ 0..=1 => Err(tried),
        _ => Ok(()),
    })
    .await;
    assert_eq!(told(&world).await, (0, 0, 0));
    let thread = incident.thread().await;
    assert!(!thread.contains('📣') && !thread.contains("cannot be told"), "{thread}");

    receiver.is_down(false);
    world.services.mends_for(&golden).await;
    until("all of them to be told", async || {
        world.passes_minutes(1);
        match told(&world).await {
            (1, 1, 1) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    for line in
        ["📣 Told Engineering Lead by Slack", "📣 Told Security by e-mail", "📣 Told On-call Manager by PagerDuty"]
    {
        let thread = incident.thread_comes_to_say(line).await;
        assert_eq!(thread.matches(line).count(), 1, "{thread}");
    }
    let said = receiver.slack().remove(0)["text"].as_str().unwrap().to_owned();
    assert!(
        said.contains(&golden.id) && said.contains("has fired 4 times") && said.contains(&incident.place.1),
        "{said}"
    );
    for _ in 0..2 {
        world.notifies(&[says("firing")]).await;
    }
    incident.comes_to_show("fired 6 times").await;

    world.notifies(&[says("resolved")]).await;
    incident.comes_to_show("**Recovered**").await;
    world.passes_minutes(16);
    until("the page to be resolved", async || match receiver.pages().len() {
        0..=1 => Err(receiver.requests()),
        _ => Ok(()),
    })
    .await;
    let key = format!("landlord-{}", incident.id);
    let pages: Vec<(Value, Value)> =
        receiver.pages().iter().map(|page| (page["event_action"].clone(), page["dedup_key"].clone())).collect();
    assert_eq!(pages, [(json!("trigger"), json!(key)), (json!("resolve"), json!(key))]);
    incident.thread_comes_to_say("It stayed well for 15 minutes: over").await;
    assert_eq!(told(&world).await, (1, 2, 1));
    assert_eq!(incident.kept().await.state, State::Over);
    incident.stands_once().await;
    world.end().await;
}
