//! What was missed while no bot ran is done once, and nothing is done twice.

use landlord_core::fakes::{Fuse, World};
use landlord_core::kind::Kind;
use landlord_core::ports::{ChatError, Clock, Incidents, StoreError};
use landlord_core::tenant::Environment::Dev;
use time::Duration;

use super::{LOOK, NEXT_AUDIT, audits, begins, begun, said};
use crate::deletion::{acme_in, client};

const AUDIT: &str = "🔎 **Audit of all tenants**";

/// `acme` in DEV lacks its secret, which the next audit will find.
async fn lacking() -> World {
    let world = acme_in(&[Dev]).await;
    begins(&world).await;
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Dev));
    world
}

fn audits_said(world: &World) -> usize {
    said(world).iter().filter(|text| text.contains(AUDIT)).count()
}

#[tokio::test]
async fn what_was_missed_is_done_once_at_the_start() {
    let world = lacking().await;
    world.stops();
    world.clock.set(NEXT_AUDIT + Duration::weeks(3) + Duration::DAY);
    world.restarts().await;
    assert_eq!(world.monitors().await, Some(world.clock.now() + LOOK));
    assert_eq!((audits_said(&world), world.gauges.read().len()), (1, 4), "each job once");
    world.monitors().await;
    world.restarts().await;
    world.monitors().await;
    assert_eq!((audits_said(&world), world.gauges.read().len()), (1, 4));
}

#[tokio::test]
async fn a_clock_that_jumps_does_each_job_once() {
    let world = lacking().await;
    world.clock.set(NEXT_AUDIT + Duration::hours(12));
    world.monitors().await;
    assert_eq!((audits_said(&world), world.gauges.read().len()), (1, 4));
    world.clock.set_back(Duration::days(3));
    assert_eq!(world.monitors().await, Some(world.clock.now() + LOOK), "it counts from now on");
    world.monitors_for(Duration::HOUR).await;
    assert_eq!((audits_said(&world), world.gauges.read().len()), (1, 4 + 12 * 4));
}

#[tokio::test]
async fn a_process_that_ends_in_the_middle_leaves_the_job_to_the_next() {
    let mut burned = 0;
    loop {
        let world = lacking().await;
        world.stops();
        world.clock.set(NEXT_AUDIT);
        world.restarts_with(Fuse::after(burned)).await;
        world.monitors().await;
        let stopped = world.house().fuse.is_blown();
        world.restarts().await;
        world.monitors().await;
        assert_eq!(audits_said(&world), 1, "cut at point {burned}");
        if !stopped {
            break;
        }
        burned += 1;
    }
    assert!(burned > 20, "only {burned} points");
}

#[tokio::test]
async fn who_has_been_taken_over_does_nothing() {
    let world = lacking().await;
    world.clock.set(NEXT_AUDIT);
    let rival = world.store.rival();
    rival.claim().unwrap();
    world.monitors().await;
    assert_eq!((audits_said(&world), world.gauges.read().len()), (0, 0));
    // Nor is what the other has done done again when this one is back.
    for job in ["audit", "failed-provisionings", "provisioning-errors", "dead-letters", "report"] {
        rival.keep_ran(&format!("monitor {job}"), NEXT_AUDIT).await.unwrap();
    }
    assert_eq!(rival.keep_ran("monitor audit", NEXT_AUDIT).await, Ok(()));
    world.store.claim().unwrap();
    assert_eq!(world.monitors().await, Some(NEXT_AUDIT + LOOK));
    assert_eq!((audits_said(&world), world.gauges.read().len()), (0, 0));
    assert_eq!(rival.keep_ran("monitor audit", NEXT_AUDIT).await, Err(StoreError::Conflict));
}

#[tokio::test]
async fn two_processes_tell_of_one_thing_once() {
    let world = begun().await;
    world.gauges.show(Dev, "ApproximateNumberOfMessagesVisible", 1.0);
    world.clock.advance(LOOK);
    let first = world.house();
    world.restarts_unaware(Fuse::never());
    let second = world.house();
    let both = async { futures::future::join(first.monitors.run_due(), second.monitors.run_due()).await };
    world.lives(Box::pin(both)).await.unwrap();
    world.settles().await;
    assert_eq!(world.incidents().len(), 1);
    assert_eq!(world.incidents()[0].fired, 1);
}

#[tokio::test]
async fn what_the_chat_does_not_take_is_said_later_and_what_it_never_takes_is_not() {
    let world = lacking().await;
    world.chat.fail_next(1, &ChatError::Transient("Discord is away.".into()));
    audits(&world).await;
    assert_eq!(audits_said(&world), 0);
    world.monitors_for(Duration::minutes(2)).await;
    assert_eq!(audits_said(&world), 1);
    world.chat.fail_next(1, &ChatError::Permanent("Missing Access".into()));
    world.lives_until(NEXT_AUDIT + Duration::WEEK).await;
    assert_eq!(world.monitors().await, Some(world.clock.now() + LOOK));
    assert_eq!(audits_said(&world), 1);
}

#[tokio::test]
async fn a_store_that_is_away_is_waited_for() {
    let world = lacking().await;
    world.clock.set(NEXT_AUDIT);
    world.store.fail_next(100);
    let again = world.monitors().await.unwrap();
    assert!(again > world.clock.now() && again <= world.clock.now() + Duration::minutes(2));
    assert_eq!(audits_said(&world), 0);
    world.store.fail_next(0);
    world.monitors_for(Duration::minutes(2)).await;
    assert_eq!(audits_said(&world), 1);
}
