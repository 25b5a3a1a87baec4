//! Promises that need a hand in the database itself, made on both databases by the modules beside this one.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use landlord::store::{Audit, SqlStore};
use landlord_core::chain::{self, ChainedEvent};
use landlord_core::contract::store::Fresh;
use landlord_core::contract::store::samples::{Writer, details};
use landlord_core::event::Event;
use landlord_core::ports::{OperationFilter, RegistryChange, Standing, Store, StoreError, TenantFilter};
use landlord_core::tenant::Environment;
use sqlx::AnyPool;

/// An empty store that has been claimed, and a way around it.
pub(crate) struct World {
    pub(crate) store: Arc<SqlStore>,
    pub(crate) url: String,
    pub(crate) raw: AnyPool,
    pub(crate) guard: Box<dyn Send>,
}

impl World {
    pub(crate) async fn over(url: String, guard: Box<dyn Send>) -> Self {
        let store = SqlStore::open(&url).await.unwrap();
        store.claim().await.unwrap();
        Self { raw: AnyPool::connect(&url).await.unwrap(), store: Arc::new(store), url, guard }
    }

    pub(crate) fn fresh(self) -> Fresh {
        Fresh { store: self.store, guard: self.guard }
    }

    pub(crate) fn writer(&self, id: &str, tenant: &str) -> Writer {
        let store: Arc<dyn Store> = self.store.clone();
        Writer::new(&store, id, tenant, Environment::Dev)
    }

    pub(crate) async fn tamper(&self, statement: &'static str) -> u64 {
        sqlx::query(statement).execute(&self.raw).await.unwrap().rows_affected()
    }

    /// Two operations whose events stand in turn: a1 b1 a2 b2 a3 b3.
    async fn with_a_log(self) -> Self {
        let mut writers = [self.writer("aaaaaaaa", "golden"), self.writer("bbbbbbbb", "silver")];
        for writer in &writers {
            writer.file().await.unwrap();
        }
        for n in ["2", "3"] {
            for writer in &mut writers {
                writer.append(Event::CaughtUp { summary: n.into() }).await.unwrap();
            }
        }
        self
    }

    async fn broken(&self) -> String {
        match self.store.verify().await.unwrap() {
            Audit::Broken(broken) => broken.to_string(),
            Audit::Intact(head) => panic!("nobody noticed: {head:?}"),
        }
    }
}

/// Nothing was touched: the chain holds, by the store's own look and by the exported lines alone.
pub(crate) async fn an_untouched_log_verifies_and_its_export_too(world: World) {
    assert!(matches!(world.store.verify().await.unwrap(), Audit::Intact(head) if head.position == 0));
    let world = world.with_a_log().await;
    let head = world.store.head().await.unwrap();
    assert_eq!((head.position, head.operation.0.as_str(), head.seq), (6, "bbbbbbbb", 3));
    assert_eq!(world.store.verify().await, Ok(Audit::Intact(head.clone())));

    let mut lines = String::new();
    let mut position = 0;
    loop {
        let page = world.store.events_after(position, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        position = last.position;
        for event in &page {
            lines += &(serde_json::to_string(event).unwrap() + "\n");
        }
    }
    let exported: Vec<ChainedEvent> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(chain::verify(&exported, &head), Ok(6));
}

pub(crate) async fn a_changed_row_is_found_and_named(world: World) {
    let world = world.with_a_log().await;
    let changes = [
        ("UPDATE events SET actor = 'somebody else' WHERE operation = 'aaaaaaaa' AND seq = 2", "was changed"),
        ("UPDATE events SET payload = 'no json' WHERE operation = 'aaaaaaaa' AND seq = 2", "was changed: its payload"),
        (
            "UPDATE events SET payload = '{ \"summary\":\"2\"}' WHERE operation = 'aaaaaaaa' AND seq = 2",
            "was changed: its payload",
        ),
    ];
    for (change, why) in changes {
        assert_eq!(world.tamper(change).await, 1);
        let found = world.broken().await;
        assert!(found.starts_with(&format!("event 2 of operation aaaaaaaa, at position 3, {why}")), "{found}");
    }
    assert!(
        matches!(world.store.events_after(0, 10).await, Err(StoreError::Corrupt(why)) if why.contains("event 2 of"))
    );
}

pub(crate) async fn a_removed_row_is_found_and_named(world: World) {
    let world = world.with_a_log().await;
    world.tamper("DELETE FROM events WHERE operation = 'bbbbbbbb' AND seq = 3").await;
    let found = world.broken().await;
    assert!(found.starts_with("event 3 of operation bbbbbbbb, at position 6, should be the last"), "{found}");
    world.tamper("DELETE FROM events WHERE operation = 'bbbbbbbb' AND seq = 1").await;
    let found = world.broken().await;
    assert!(
        found
            .starts_with("event 2 of operation aaaaaaaa, at position 3, does not follow event 1 of operation aaaaaaaa"),
        "{found}"
    );
    world.tamper("DELETE FROM events").await;
    let found = world.broken().await;
    assert!(found.ends_with("the log ends with the beginning: 6 missing"), "{found}");
}

pub(crate) async fn swapped_rows_are_found_and_named(world: World) {
    let world = world.with_a_log().await;
    for swap in [
        "UPDATE events SET position = 100 WHERE position = 3",
        "UPDATE events SET position = 3 WHERE position = 4",
        "UPDATE events SET position = 4 WHERE position = 100",
    ] {
        assert_eq!(world.tamper(swap).await, 1);
    }
    let found = world.broken().await;
    assert!(
        found
            .starts_with("event 2 of operation bbbbbbbb, at position 3, does not follow event 1 of operation bbbbbbbb"),
        "{found}"
    );
}

pub(crate) async fn an_added_row_is_found_and_named(world: World) {
    let world = world.with_a_log().await;
    let last = world.store.head().await.unwrap();
    let mut forged = world.store.events_after(5, 1).await.unwrap().remove(0);
    forged.seq = 4;
    forged.previous = last.hash;
    forged.hash = forged.computed_hash();
    let added = sqlx::query(
        "INSERT INTO events (operation, seq, position, at, actor, kind, payload, previous, hash)
         VALUES ($1, 4, 7, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&forged.operation.0)
    .bind(&forged.at)
    .bind(&forged.actor)
    .bind(&forged.kind)
    .bind(chain::canonical(&forged.payload))
    .bind(&forged.previous)
    .bind(&forged.hash)
    .execute(&world.raw)
    .await
    .unwrap();
    assert_eq!(added.rows_affected(), 1);
    let found = world.broken().await;
    assert!(found.starts_with("event 4 of operation bbbbbbbb, at position 7, is the last, but not the one"), "{found}");
}

/// As when a process was stopped, another took over, and the first wakes up.
pub(crate) async fn an_old_term_writes_nothing_more(world: World) {
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file().await.unwrap();
    assert_eq!(world.store.holds().await, Ok(true));
    world.tamper("UPDATE head SET term = term + 1").await;
    assert_eq!(world.store.holds().await, Ok(false));
    assert_eq!(writer.append(Event::Expired).await, Err(StoreError::Conflict));
    assert_eq!(world.writer("bbbbbbbb", "silver").file().await, Err(StoreError::Conflict));
    assert_eq!(world.store.events(&writer.operation.id, 0).await.unwrap().len(), 1);

    assert_eq!(world.store.claim().await, Ok(3));
    writer.append(Event::Expired).await.unwrap();
}

/// A caller that goes away in the middle of a write, wherever that is, leaves all of it or nothing.
pub(crate) async fn a_write_that_is_given_up_leaves_all_or_nothing(world: World) {
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file().await.unwrap();
    let mut written = 0;
    for patience in 0..60 {
        let before = writer.operation.seq;
        let tenant = format!("tenant-{patience}");
        let changes = [
            RegistryChange::Register(Box::new(details(&tenant))),
            RegistryChange::Stand(tenant.parse().unwrap(), Environment::Dev, Standing::Active),
        ];
        let store: Arc<dyn Store> = world.store.clone();
        give_up_after(patience, writer.append_with(Event::CaughtUp { summary: tenant.clone() }, &changes)).await;

        let events = store.events(&writer.operation.id, 0).await.unwrap();
        let now = events.len() as u64;
        assert!(now == before || now == before + 1);
        let known = store.tenant(&tenant.parse().unwrap()).await.unwrap();
        assert_eq!(known.is_some_and(|tenant| tenant.standings.len() == 1), now > before, "after {patience} looks");
        written += u64::from(now > before);
        writer.operation = landlord_core::operation::Operation::fold(&events).unwrap();
    }
    assert!(written < 60, "some were given up");
    writer.append(Event::Expired).await.unwrap();
    assert!(matches!(world.store.verify().await.unwrap(), Audit::Intact(head) if head.position == written + 2));
}

/// Drops a future that has been polled so many times and is not done.
async fn give_up_after<T>(mut polls: u32, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        if polls == 0 || future.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        polls -= 1;
        Poll::Pending
    })
    .await;
}

/// In a database that other programs use too, the record of migrations is the bot's own.
pub(crate) async fn migrations_are_recorded_under_a_name_of_our_own(world: World) {
    let count = "SELECT COUNT(*) FROM landlord_migrations";
    let (applied,): (i64,) = sqlx::query_as(count).fetch_one(&world.raw).await.unwrap();
    assert!(applied > 0);
    let others = sqlx::query("SELECT * FROM _sqlx_migrations").fetch_all(&world.raw).await;
    assert!(others.is_err(), "no such table");
}

/// What is not an event any more is said, and never left out.
pub(crate) async fn unreadable_rows_are_corrupt(world: World) {
    let writer = world.writer("aaaaaaaa", "golden");
    writer.file_with(&[RegistryChange::Register(Box::new(details("golden")))]).await.unwrap();
    world.tamper("UPDATE tenants SET details = '{}'").await;
    let corrupt = |answer: StoreError| matches!(answer, StoreError::Corrupt(_));
    assert!(corrupt(world.store.tenant(&"golden".parse().unwrap()).await.unwrap_err()));
    assert!(corrupt(world.store.tenants(&TenantFilter::default(), 0, 1).await.unwrap_err()));
    world.tamper("UPDATE events SET kind = 'unheard-of'").await;
    assert!(corrupt(world.store.events(&writer.operation.id, 0).await.unwrap_err()));
    assert_eq!(world.store.operations(&OperationFilter::default(), 0, 1).await.unwrap().total, 1);
}

/// Makes a test of each promise of this module.
macro_rules! shared_promises {
    ($($case:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                crate::shared::$case(world().await).await;
            }
        )+
    };
    () => {
        crate::shared::shared_promises! {
            an_untouched_log_verifies_and_its_export_too,
            a_changed_row_is_found_and_named,
            a_removed_row_is_found_and_named,
            swapped_rows_are_found_and_named,
            an_added_row_is_found_and_named,
            an_old_term_writes_nothing_more,
            a_write_that_is_given_up_leaves_all_or_nothing,
            migrations_are_recorded_under_a_name_of_our_own,
            unreadable_rows_are_corrupt,
        }
    };
}
pub(crate) use shared_promises;
