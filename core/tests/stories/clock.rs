//! The clock is set back in the middle: the log goes on, and never runs backwards.

use std::sync::Arc;

use landlord_core::contract::store::samples::Writer;
use landlord_core::event::Event;
use landlord_core::fakes::{MemoryStore, TestClock, World};
use landlord_core::ledger::Ledger;
use landlord_core::operation::State;
use landlord_core::ports::{Clock as _, Store};
use landlord_core::tenant::Environment;
use time::Duration;

use crate::waits_in_sit;

fn remark() -> Event {
    Event::CaughtUp { summary: "a remark".into() }
}

#[tokio::test]
async fn an_event_is_never_dated_before_the_one_that_it_follows() {
    let (store, clock) = (MemoryStore::new(), TestClock::default());
    let ports: Arc<dyn Store> = Arc::new(store.clone());
    let first = Writer::new(&ports, "aaaaaaaa", "golden", Environment::Dev).first;
    let (id, filed) = (first.operation, clock.now());
    let ledger = Ledger::new(Arc::clone(&ports), Arc::new(clock.clone()));
    ledger.file(&id, first.event).await.unwrap();

    clock.set_back(Duration::HOUR);
    ledger.record(&id, |_| Some(remark())).await.unwrap();
    // Another process knows only what is written.
    let restarted = Ledger::new(Arc::clone(&ports), Arc::new(clock.clone()));
    restarted.record(&id, |_| Some(remark())).await.unwrap();
    clock.advance(Duration::hours(3));
    let last = restarted.record(&id, |_| Some(remark())).await.unwrap();

    let late = filed + Duration::hours(2);
    let times: Vec<_> = store.events(&id, 0).await.unwrap().iter().map(|recorded| recorded.at).collect();
    assert_eq!(times, [filed, filed, filed, late]);
    assert_eq!(last.changed_at, late);
}

#[tokio::test]
async fn a_run_goes_on_through_clocks_that_are_set_back() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.clock.set_back(Duration::hours(30));
    world.reads_again().await;
    request.is(State::AwaitingApproval);
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;

    let events = world.store.events(request.id(), 0).await.unwrap();
    assert!(events.is_sorted_by_key(|recorded| recorded.at), "{events:?}");
    let filed = events[0].at;
    assert!(events.iter().all(|recorded| recorded.at - filed < Duration::MINUTE), "{events:?}");
}
