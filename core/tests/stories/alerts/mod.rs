//! Alerts become actions: from the moment one fires to the moment a tenant is off, one decision and one press.

mod closing;
mod deciding;
mod escalating;
mod firing;
mod pictures;
mod storm;
mod trouble;

use landlord_core::fakes::World;
use landlord_core::incident::Incident;
use landlord_core::ports::Subject;
use landlord_core::tenant::Environment;

use crate::deletion::{acme_in, client};

/// What tells that `acme` in DEV does not answer.
const DOWN: [(&str, &str); 2] = [("alertname", "TenantDown"), ("TargetGroup", "targetgroup/dev-acme-tg/0123")];
/// What tells that `acme` in PROD does not.
const PROD: [(&str, &str); 2] = [("alertname", "TenantDown"), ("TargetGroup", "targetgroup/prod-acme-tg/0123")];
/// What tells that `acme` in DEV is abused, by a rule that acts by itself.
const ABUSED: [(&str, &str); 4] =
    [("alertname", "Defaced"), ("category", "security"), ("severity", "critical"), ("ServiceName", "dev-acme-service")];

/// `acme` stands in DEV, and its alert fires.
async fn fired() -> (World, Incident) {
    let world = acme_in(&[Environment::Dev]).await;
    world.fires("1a30", &DOWN).await;
    let incident = only(&world);
    (world, incident)
}

/// The only incident, as it stands.
#[track_caller]
fn only(world: &World) -> Incident {
    let mut all = world.incidents();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn acme(world: &World) -> Subject {
    world.subject(&client("acme"), Environment::Dev)
}

/// The titles of the cards in the channel for incidents.
fn cards(world: &World) -> Vec<String> {
    let all = world.chat.messages("incidents").into_iter();
    let cards = all.filter_map(|posted| match posted.content {
        landlord_core::fakes::Content::Card(card) => Some(card.title),
        landlord_core::fakes::Content::Message(_) => None,
    });
    cards.collect()
}
