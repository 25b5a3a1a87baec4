//! What a store promises of that which it keeps beside the log.

use std::sync::Arc;

use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use super::samples::Writer;
use crate::chain::{Anchor, Head, ORIGIN};
use crate::event::Event;
use crate::ports::{Store, StoreError};
use crate::tenant::Environment;

/// To the nanosecond, and whether or not it was later than what was told before.
pub async fn when_the_bot_was_last_seen_is_what_was_told_last(store: Arc<dyn Store>) {
    assert_eq!(store.seen().await, Ok(None));
    for at in
        [datetime!(2026-03-01 08:00:00.123456789 UTC), datetime!(2026-03-01 09:00 UTC), datetime!(2026-02-28 23:59 UTC)]
    {
        store.see(at).await.expect("kept");
        assert_eq!(store.seen().await, Ok(Some(at)));
    }
}

/// By the place in the log where the times do not agree with it; the days between two events have the head of the first.
pub async fn the_head_of_a_day_is_the_last_event_before_its_end(store: Arc<dyn Store>) {
    assert_eq!(store.head_of(date!(2026 - 03 - 01)).await, Ok(None));
    let golden = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    let silver = Writer::new(&store, "bbbbbbbb", "silver", Environment::Dev);
    golden.file().await.expect("filed");
    silver.file().await.expect("filed");
    let mut writers = [golden, silver];
    for (turn, at) in [
        (0, datetime!(2026-03-01 23:59:59.999999999 UTC)),
        (1, datetime!(2026-03-02 00:00 UTC)),
        (0, datetime!(2026-03-05 12:00 UTC)),
        // The clock was set back.
        (1, datetime!(2026-03-02 06:00 UTC)),
        (0, datetime!(2026-03-05 12:00:00.5 UTC)),
    ] {
        dated(&mut writers[turn], at).await;
    }
    let days = [
        (date!(2026 - 02 - 28), None),
        (date!(2026 - 03 - 01), Some((3, "aaaaaaaa", 2))),
        (date!(2026 - 03 - 02), Some((6, "bbbbbbbb", 3))),
        (date!(2026 - 03 - 04), Some((6, "bbbbbbbb", 3))),
        (date!(2026 - 03 - 05), Some((7, "aaaaaaaa", 4))),
        (date!(2027 - 01 - 01), Some((7, "aaaaaaaa", 4))),
    ];
    for (day, expected) in days {
        let head = store.head_of(day).await.expect("an answer");
        let found = head.as_ref().map(|Head { position, operation, seq, .. }| (*position, operation.0.as_str(), *seq));
        assert_eq!(found, expected, "{day}");
        if let Some(Head { operation, seq, hash, .. }) = &head {
            assert_eq!(store.hash(operation, *seq).await.as_ref(), Ok(&Some(hash.clone())), "{day}");
        }
    }
}

/// Appends a remark of that time.
async fn dated(writer: &mut Writer, at: OffsetDateTime) {
    let mut next = writer.next(Event::CaughtUp { summary: "a remark".into() });
    next.at = at;
    writer.operation.apply(&next).expect("a legal event");
    writer.store.append(&next, &writer.operation, &[]).await.expect("appended");
}

fn anchor(day: Date, position: u64) -> Anchor {
    Anchor { day, position, hash: ORIGIN.into() }
}

/// Whichever was added last.
pub async fn the_anchor_of_the_latest_day_is_the_last(store: Arc<dyn Store>) {
    assert_eq!(store.last_anchor().await, Ok(None));
    let latest = anchor(date!(2026 - 10 - 01), 7);
    for anchor in [anchor(date!(2026 - 09 - 30), 3), latest.clone(), anchor(date!(2026 - 09 - 29), 1)] {
        store.add_anchor(&anchor).await.expect("kept");
    }
    assert_eq!(store.last_anchor().await, Ok(Some(latest)));
}

/// The first stays, though the second be the same.
pub async fn a_day_is_anchored_once(store: Arc<dyn Store>) {
    let first = anchor(date!(2026 - 03 - 01), 3);
    store.add_anchor(&first).await.expect("kept");
    for again in [first.clone(), anchor(first.day, 4)] {
        assert_eq!(store.add_anchor(&again).await, Err(StoreError::Conflict));
    }
    assert_eq!(store.last_anchor().await, Ok(Some(first)));
}

/// So it takes no place in the log, and the next event follows the one before.
pub async fn what_is_kept_beside_the_log_is_not_in_it(store: Arc<dyn Store>) {
    let mut writer = Writer::new(&store, "aaaaaaaa", "golden", Environment::Dev);
    writer.file().await.expect("filed");
    store.see(datetime!(2026-03-01 09:00 UTC)).await.expect("kept");
    store.add_anchor(&anchor(date!(2026 - 03 - 01), 1)).await.expect("kept");
    writer.append(Event::Expired).await.expect("appended");
    assert_eq!(store.events(&writer.operation.id, 0).await.expect("events").len(), 2);
    let head = store.head_of(date!(2026 - 03 - 01)).await.expect("an answer").expect("a head");
    assert_eq!((head.position, head.seq), (2, 2));
}
