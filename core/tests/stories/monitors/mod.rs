//! The bot looks by itself, by its calendar (RB-001 section 7).

mod gauges;
mod missed;
mod report;
mod weekly;

use landlord_core::fakes::World;
use landlord_core::incident::Incident;
use landlord_core::ports::Clock;
use time::{Duration, OffsetDateTime};

/// The next Monday, 6 o'clock: the clock of a world starts on one at 9.
const NEXT_AUDIT: OffsetDateTime = time::macros::datetime!(2026-03-09 06:00 UTC);

/// The time between two looks at a gauge.
const LOOK: Duration = Duration::minutes(5);

/// The bot has begun, and the calendar counts from now on.
async fn begun() -> World {
    let world = World::start();
    begins(&world).await;
    world
}

/// The calendar counts from now on.
async fn begins(world: &World) {
    assert_eq!(world.monitors().await, Some(world.clock.now() + LOOK));
    assert!(world.gauges.read().is_empty(), "nothing is due in the moment in which it begins");
}

/// The weekly jobs are due.
async fn audits(world: &World) {
    world.lives_until(NEXT_AUDIT).await;
    world.monitors().await;
}

/// What the channel was told, text by text.
fn said(world: &World) -> Vec<String> {
    world.said_of_incidents().into_iter().map(|message| message.text).collect()
}

/// The only incident, as it stands.
#[track_caller]
fn only(world: &World) -> Incident {
    let mut all = world.incidents();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}
