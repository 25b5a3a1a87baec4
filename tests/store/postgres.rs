//! PostgreSQL, at `POSTGRES_URL`; each test in a schema of its own.

use std::sync::Arc;

use landlord::store::{Audit, SqlStore};
use landlord_core::contract::store::Fresh;
use landlord_core::event::Event;
use landlord_core::ports::{Store as _, StoreError};
use landlord_core::store_contract;
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};

use crate::backup::{self, Commands};
use crate::migrations::{fill_as_version, is_verified_before_it_is_migrated, migration_promises};
use crate::shared::{World, shared_promises};
use crate::tampering::tampering_promises;

/// Removes what a test has made when the test is over.
pub(crate) struct Removal {
    statements: Vec<String>,
    server: String,
}

impl Drop for Removal {
    fn drop(&mut self) {
        let (statements, server) = (std::mem::take(&mut self.statements), self.server.clone());
        // A thread of its own, since a destructor cannot wait and the test's runtime may be ending.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let pool = AnyPool::connect(&server).await.unwrap();
                for statement in statements {
                    pool.execute(AssertSqlSafe(statement)).await.unwrap();
                }
            });
        });
        assert!(removal.join().is_ok() || std::thread::panicking(), "all is removed");
    }
}

fn server() -> String {
    std::env::var("POSTGRES_URL").expect(
        "POSTGRES_URL is not set: start the local services with `dev/services up` and source `dev/services env`",
    )
}

/// The address of an empty schema, and what removes it.
pub(crate) async fn schema() -> (String, Removal) {
    let server = server();
    sqlx::any::install_default_drivers();
    let name = format!("store_{:016x}", rand::random::<u64>());
    let pool = AnyPool::connect(&server).await.unwrap();
    pool.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.unwrap();
    pool.close().await;
    let join = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{join}options[search_path]={name}&application_name={name}");
    (url, Removal { statements: vec![format!("DROP SCHEMA {name} CASCADE")], server })
}

async fn world() -> World {
    let (url, schema) = schema().await;
    World::over(url, Box::new(schema)).await
}

/// A schema that an earlier version has filled.
async fn filled(version: i64) -> World {
    let (url, schema) = schema().await;
    fill_as_version(version, &url).await;
    is_verified_before_it_is_migrated(&url, version).await;
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

/// The address of a database on the server.
fn database(name: &str) -> String {
    let server = server();
    let (address, options) = server.split_once('?').unwrap_or((&server, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{name}?{options}")
}

/// By the documented commands; and a process that has slept since the backup comes to the restored database under the old
/// address, with the very term that the next process would have.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_a_writer_is_restored_and_goes_on() {
    let [name, restored, before] =
        ["", "_restored", "_before"].map(|end| format!("log_{:016x}{end}", rand::random::<u64>()));
    sqlx::any::install_default_drivers();
    let admin = AnyPool::connect(&server()).await.unwrap();
    let run = async |statement: String| {
        admin.execute(AssertSqlSafe(statement)).await.unwrap();
    };
    run(format!("CREATE DATABASE {name}")).await;
    run(format!("CREATE DATABASE {restored}")).await;
    let drop = |name: &String| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let removal = Removal { statements: [&name, &restored, &before].map(drop).to_vec(), server: server() };

    let folder = tempfile::tempdir().unwrap();
    let commands = Commands {
        folder: folder.path().to_owned(),
        variables: vec![("LANDLORD_STORE__URL", database(&name)), ("RESTORED_URL", database(&restored))],
    };
    let world = World::over(database(&name), Box::new(removal)).await;
    let source = backup::taken_while_written(&world, || commands.run("pg_dump ")).await;
    let old = Arc::new(SqlStore::open(&world.url).await.unwrap());
    assert_eq!(old.claim().await, Ok(2));
    assert_eq!(old.holds().await, Ok(true));

    commands.run("pg_restore ");
    commands.run("psql \"$RESTORED_URL\" --command=\"UPDATE ");
    assert!(commands.run("psql \"$RESTORED_URL\" --command=\"SELECT ").contains("bbbbbbbb"));
    let mut writer = source.is_restored_at(&database(&restored)).await;

    for (from, to) in [(&name, &before), (&restored, &name)] {
        run(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'")).await;
        run(format!("ALTER DATABASE {from} RENAME TO {to}")).await;
    }
    assert_eq!(old.holds().await, Ok(false));
    writer.store = old;
    assert_eq!(writer.append(Event::Told { through: 1 }).await, Err(StoreError::Conflict));
}
