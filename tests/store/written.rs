//! A log of hundreds of events of several operations, and the hands of somebody who may write to the whole database: its table is
//! rewritten as they please.

use landlord::audit;
use landlord_core::chain::{self, Anchor, ChainedEvent, Head, Witness};
use landlord_core::contract::store::samples::every_event;
use landlord_core::ports::Store as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use sqlx::AssertSqlSafe;
use time::macros::date;

use crate::shared::World;

const OPERATIONS: usize = 8;
/// Where the log is anchored.
pub(crate) const ANCHORED: [usize; 3] = [60, 120, 180];

/// The log as it was written.
pub(crate) struct Written {
    pub(crate) world: World,
    pub(crate) log: Vec<ChainedEvent>,
}

impl Written {
    /// Operations of every kind of event, in turns.
    pub(crate) async fn by(world: World) -> Self {
        let mut random = StdRng::seed_from_u64(1);
        let mut writers: Vec<_> = (0..OPERATIONS)
            .map(|n| (world.writer(&format!("aaaaaaa{n}"), &format!("tenant-{n}")), every_event()))
            .collect();
        for (writer, _) in &writers {
            writer.file().await.unwrap();
        }
        while !writers.is_empty() {
            let turn = random.random_range(0..writers.len());
            let (writer, events) = &mut writers[turn];
            match events.pop() {
                Some(event) => writer.append_any(event).await.unwrap(),
                None => drop(writers.swap_remove(turn)),
            }
        }
        let log = world.store.events_after(0, 10_000).await.unwrap();
        assert!(log.len() >= 200, "{} events", log.len());
        for (position, day) in
            ANCHORED.into_iter().zip([date!(2026 - 03 - 01), date!(2026 - 03 - 02), date!(2026 - 03 - 03)])
        {
            let hash = log[position - 1].hash.clone();
            world.store.add_anchor(&Anchor { day, position: position as u64, hash }).await.unwrap();
        }
        // An operation of which the log knows nothing: what an event can be given to.
        world
            .tamper(
                "INSERT INTO operations (id, position, seq, command, state, is_open, requester, digest, filed_at, changed_at)
                 SELECT 'zzzzzzzz', 100000, 1, command, state, is_open, requester, digest, filed_at, changed_at
                 FROM operations WHERE id = 'aaaaaaa0'",
            )
            .await;
        Self { world, log }
    }

    /// The database holds this log, and this head.
    pub(crate) async fn holds(&self, log: &[ChainedEvent], head: &Head) {
        let mut transaction = self.world.raw.begin().await.unwrap();
        sqlx::query("DELETE FROM events").execute(&mut *transaction).await.unwrap();
        for events in log.chunks(100) {
            let row = |n: usize| (0..9).map(|k| format!("${}", 9 * n + k + 1)).collect::<Vec<_>>().join(", ");
            let rows: Vec<String> = (0..events.len()).map(|n| format!("({})", row(n))).collect();
            let statement = format!(
                "INSERT INTO events (operation, seq, position, at, actor, kind, payload, previous, hash) VALUES {}",
                rows.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for event in events {
                query = query
                    .bind(&event.operation.0)
                    .bind(event.seq.cast_signed())
                    .bind(event.position.cast_signed())
                    .bind(&event.at)
                    .bind(&event.actor)
                    .bind(&event.kind)
                    .bind(chain::canonical(&event.payload))
                    .bind(&event.previous)
                    .bind(&event.hash);
            }
            query.execute(&mut *transaction).await.unwrap();
        }
        sqlx::query("UPDATE head SET position = $1, operation = $2, seq = $3, hash = $4")
            .bind(head.position.cast_signed())
            .bind(&head.operation.0)
            .bind(head.seq.cast_signed())
            .bind(&head.hash)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    pub(crate) fn head(&self) -> Head {
        self.log.last().unwrap().head()
    }

    /// A copy to tamper with.
    pub(crate) fn copy(&self) -> Vec<ChainedEvent> {
        self.log.clone()
    }

    pub(crate) async fn verify(&self, given: &[Witness]) -> (bool, String) {
        audit::verify(&self.world.url, given).await.unwrap()
    }

    /// With this log under the head that was written, exactly this event is named.
    pub(crate) async fn is_named(&self, log: &[ChainedEvent], named: &ChainedEvent, why: &str) {
        self.holds(log, &self.head()).await;
        let (intact, line) = self.verify(&[]).await;
        assert!(!intact, "nobody noticed; should be {} with {why}", name(named));
        assert!(
            line.starts_with(&format!("broken: {}", name(named))) && line.contains(why),
            "{line}\nnot {why}, {}",
            name(named)
        );
    }

    /// Places to tamper with: the first, the second, the last two, and some between.
    pub(crate) fn places(&self) -> Vec<usize> {
        let mut random = StdRng::seed_from_u64(2);
        let end = self.log.len() - 1;
        let mut between: Vec<usize> = (2..end - 1).collect();
        between.shuffle(&mut random);
        [0, 1, end - 1, end].into_iter().chain(between.into_iter().take(6)).collect()
    }
}

/// What a line begins with that names the event.
pub(crate) fn name(event: &ChainedEvent) -> String {
    format!("event {} of operation {}, at position {}, ", event.seq, event.operation, event.position)
}

/// Everything from there on is linked and numbered anew, as the bot would.
pub(crate) fn linked_anew(log: &mut [ChainedEvent], from: usize) {
    for n in from..log.len() {
        let before = n.checked_sub(1).map_or_else(Head::default, |before| log[before].head());
        let event = &mut log[n];
        (event.position, event.previous) = (before.position + 1, before.hash);
        event.hash = event.computed_hash();
    }
}

/// Positions are those in which the events stand, and hashes as they were.
pub(crate) fn numbered(log: &mut [ChainedEvent]) {
    (1..).zip(log).for_each(|(position, event)| event.position = position);
}

pub(crate) fn witness(event: &ChainedEvent) -> Witness {
    format!("{}:{}", event.position, event.hash).parse().unwrap()
}
