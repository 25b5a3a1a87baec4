//! What the bot looks at by itself over the wire: CloudWatch's numbers become incidents, and once a week it says that it looked.

use landlord_core::incident::State;
use landlord_core::tenant::Environment::Dev;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::watched;
use crate::until::until;
use crate::world::World;

/// From now on so many messages wait in the queue, and did for a while.
async fn wait_in_queue(world: &World, messages: u32) {
    let queue = &world.monitoring().queue;
    let from = OffsetDateTime::now_utc().unix_timestamp() - 600;
    // The story's time runs ahead of the services'.
    let values = vec![messages; 5_000];
    world
        .services
        .measures_metric(json!({
            "environment": Dev.as_str(), "namespace": "AWS/SQS", "metric": "ApproximateNumberOfMessagesVisible",
            "dimensions": { "QueueName": queue }, "from": from - from.rem_euclid(60), "period": 60, "values": values,
        }))
        .await;
}

/// What stands in the channel for monitors: also what an audit finds of other stories' tenants.
async fn told(world: &World) -> Vec<Value> {
    world.messages(&world.channel_named("platform-alerts")).await
}

#[tokio::test]
async fn what_waits_in_the_dead_letter_queue_is_an_incident_until_it_is_gone() {
    let world = watched().await;
    wait_in_queue(&world, 3).await;
    let title = "Messages in the dead-letter queue";
    until("the monitor to look", async || {
        world.passes_minutes(5);
        world.incident_cards().await.iter().any(|card| card.to_string().contains(title)).then_some(()).ok_or("no card")
    })
    .await;
    let incident = world.incident(title).await;
    let card = incident.card().await;
    card.shows("3 messages (threshold \\> 0)").shows(&world.monitoring().queue).shows("landlord's own look");
    assert!(world.file(&card, "measured.png").await.starts_with(b"\x89PNG"), "the metric is drawn");

    wait_in_queue(&world, 0).await;
    until("the monitor to look again", async || {
        world.passes_minutes(5);
        let state = incident.kept().await.state;
        if state == State::Firing { Err(state.as_str()) } else { Ok(()) }
    })
    .await;
    incident.comes_to_show("**Recovered**").await;

    // Within eight days it says that all of it ran.
    world.passes(8 * 24);
    let line = until("the weekly line", async || {
        let told: Vec<String> = told(&world).await.iter().map(|message| message["content"].to_string()).collect();
        told.iter().find(|line| line.contains("📋 **Monitors**")).cloned().ok_or(format!("{told:?}"))
    })
    .await;
    assert!(line.contains(title) && line.contains("Audit of all tenants"), "{line}");
    world.end().await;
}
