//! PostgreSQL, at `POSTGRES_URL`; each test in a schema of its own.

use std::sync::Arc;

use landlord::store::{Audit, SqlStore};
use landlord_core::contract::store::Fresh;
use landlord_core::event::Event;
use landlord_core::ports::{Store as _, StoreError};
use landlord_core::store_contract;
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};

use crate::migrations::{fill_as_version, migration_promises};
use crate::shared::{World, shared_promises};
use crate::tampering::tampering_promises;

/// Removes a test's schema when the test is over.
pub(crate) struct Schema {
    name: String,
    server: String,
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (name, server) = (self.name.clone(), self.server.clone());
        // A thread of its own, since a destructor cannot wait and the test's runtime may be ending.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let pool = AnyPool::connect(&server).await.unwrap();
                pool.execute(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).await.unwrap();
            });
        });
        assert!(removal.join().is_ok() || std::thread::panicking(), "the schema is removed");
    }
}

/// The address of an empty schema, and what removes it.
pub(crate) async fn schema() -> (String, Schema) {
    let server = std::env::var("POSTGRES_URL").expect(
        "POSTGRES_URL is not set: start the local services with `dev/services up` and source `dev/services env`",
    );
    sqlx::any::install_default_drivers();
    let name = format!("store_{:016x}", rand::random::<u64>());
    let pool = AnyPool::connect(&server).await.unwrap();
    pool.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.unwrap();
    pool.close().await;
    let join = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{join}options[search_path]={name}&application_name={name}");
    (url, Schema { name, server })
}

async fn world() -> World {
    let (url, schema) = schema().await;
    World::over(url, Box::new(schema)).await
}

/// A schema that an earlier version has filled.
async fn filled(version: i64) -> World {
    let (url, schema) = schema().await;
    fill_as_version(version, &url).await;
    World::over(url, Box::new(schema)).await
}

async fn fresh() -> Fresh {
    world().await.fresh()
}

store_contract!(fresh);
shared_promises!();
migration_promises!(filled);
tampering_promises!(world);

#[tokio::test]
async fn of_two_processes_only_the_one_that_took_over_writes() {
    let world = world().await;
    let mut old = world.writer("aaaaaaaa", "golden");
    old.file().await.unwrap();

    let standby = Arc::new(SqlStore::open(&world.url).await.unwrap());
    let mut new = old.clone();
    new.store = standby.clone();
    assert_eq!(new.append(Event::Expired).await, Err(StoreError::Conflict), "it has not taken over");
    assert_eq!(standby.claim().await, Ok(2));
    assert_eq!((world.store.holds().await, standby.holds().await), (Ok(false), Ok(true)));
    assert_eq!(old.append(Event::Expired).await, Err(StoreError::Conflict));
    new.append(Event::Expired).await.unwrap();
    assert!(matches!(world.store.verify().await.unwrap(), Audit::Intact(head) if head.position == 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_that_claim_at_once_get_terms_of_their_own() {
    let world = world().await;
    let claims = (0..4).map(|_| {
        let url = world.url.clone();
        tokio::spawn(async move {
            let store = SqlStore::open(&url).await.unwrap();
            (store.claim().await.unwrap(), store)
        })
    });
    let mut claimed: Vec<_> = futures::future::join_all(claims).await.into_iter().map(Result::unwrap).collect();
    claimed.sort_by_key(|(term, _)| *term);
    assert_eq!(claimed.iter().map(|(term, _)| *term).collect::<Vec<_>>(), [2, 3, 4, 5]);
    for (term, store) in &claimed {
        assert_eq!(store.holds().await, Ok(*term == 5));
    }
}

#[tokio::test]
async fn broken_connections_are_replaced() {
    let world = world().await;
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file().await.unwrap();
    let ended = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
    )
    .execute(&world.raw)
    .await
    .unwrap();
    assert!(ended.rows_affected() > 0);
    writer.append(Event::Expired).await.unwrap();
    assert_eq!(world.store.events(&writer.operation.id, 0).await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_waits_too_long_for_the_head_is_told_and_writes_nothing() {
    let world = world().await;
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file().await.unwrap();
    let mut stalled = world.raw.begin().await.unwrap();
    sqlx::query("SELECT term FROM head FOR UPDATE").execute(&mut *stalled).await.unwrap();
    let answer = writer.append(Event::Expired).await;
    assert!(matches!(&answer, Err(StoreError::Unavailable(why)) if why.contains("lock timeout")), "{answer:?}");
    stalled.rollback().await.unwrap();
    writer.append(Event::Expired).await.unwrap();
}
