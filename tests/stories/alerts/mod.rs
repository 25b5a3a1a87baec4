//! Alerts become actions over the real wires: CloudWatch's alarms through Amazon SNS and Alertmanager's webhooks become cards, and
//! from there a tenant is off by one decision and one press.

mod doors;
mod matching;
mod monitors;
mod outside;
mod pressing;
mod shutdown;
mod storm;
mod trouble;

use crate::world::{Setting, World};

/// A world with monitoring systems, and people outside the chat who are told.
async fn watched() -> World {
    World::with(Setting { alerts: true, ..Setting::default() }).await
}

/// The labels of what a rule cuts off by itself in DEV and SIT.
fn abused(service: &str) -> [(&str, &str); 4] {
    [("alertname", "Defaced"), ("category", "security"), ("severity", "critical"), ("service", service)]
}
