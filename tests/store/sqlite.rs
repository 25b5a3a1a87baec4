//! SQLite in a file.

use std::path::Path;
use std::sync::Arc;

use landlord::store::{Audit, SqlStore};
use landlord_core::contract::store::Fresh;
use landlord_core::contract::store::samples::{card, details};
use landlord_core::event::Event;
use landlord_core::ports::{OperationFilter, RegistryChange, Store as _, StoreError};
use landlord_core::store_contract;

use crate::backup::{self, Commands};
use crate::migrations::{fill_as_version, is_verified_before_it_is_migrated, migration_promises};
use crate::shared::{World, shared_promises};
use crate::tampering::tampering_promises;

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("state/landlord.db").display())
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    World::over(url(folder.path()), Box::new(folder)).await
}

/// A file that an earlier version has filled.
async fn filled(version: i64) -> World {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("state")).unwrap();
    fill_as_version(version, &(url(folder.path()) + "?mode=rwc")).await;
    is_verified_before_it_is_migrated(&url(folder.path()), version).await;
    World::over(url(folder.path()), Box::new(folder)).await
}

async fn fresh() -> Fresh {
    world().await.fresh()
}

store_contract!(fresh);
shared_promises!();
migration_promises!(filled);
tampering_promises!(world);

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let world = world().await;
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file_with(&[RegistryChange::Register(Box::new(details("golden")))]).await.unwrap();
    writer.post_card("1").await.unwrap();
    let id = writer.operation.id.clone();
    let before = world.store.events(&id, 0).await.unwrap();
    let World { store, url, guard, .. } = world;
    drop(writer.store);
    store.close().await;
    drop(store);

    let again = Arc::new(SqlStore::open(&url).await.unwrap());
    assert_eq!(again.events(&id, 0).await.unwrap(), before);
    assert_eq!(again.holder("dev/golden").await.unwrap(), Some(id.clone()));
    assert_eq!(again.operation_of_card(&card("1")).await.unwrap(), Some(id.clone()));
    assert!(again.tenant(&"golden".parse().unwrap()).await.unwrap().is_some());
    let open = OperationFilter { open: true, ..OperationFilter::default() };
    assert_eq!(again.operations(&open, 0, 10).await.unwrap().rows, std::slice::from_ref(&id));

    writer.store = again.clone();
    assert_eq!(writer.append(Event::Expired).await, Err(StoreError::Conflict), "it has not claimed");
    assert_eq!(again.claim().await, Ok(2));
    writer.append(Event::Expired).await.unwrap();
    assert!(matches!(again.verify().await.unwrap(), Audit::Intact(head) if head.position == 3));
    drop(guard);
}

#[tokio::test]
async fn a_second_process_on_the_file_is_refused_until_the_first_is_gone() {
    let world = world().await;
    let refused = SqlStore::open(&world.url).await.unwrap_err().to_string();
    assert!(refused.contains("landlord.db is in use by another landlord process"), "{refused}");
    let World { store, url, guard, .. } = world;
    drop(store);
    SqlStore::open(&url).await.unwrap();
    drop(guard);
}

#[tokio::test]
async fn the_log_is_read_beside_the_process_that_writes_and_cannot_be_written() {
    let world = world().await;
    let mut writer = world.writer("aaaaaaaa", "golden");
    writer.file().await.unwrap();
    let reader = Arc::new(SqlStore::open_to_read(&world.url).await.unwrap());
    assert!(matches!(reader.verify().await.unwrap(), Audit::Intact(head) if head.position == 1));
    writer.append(Event::Expired).await.unwrap();
    assert_eq!(reader.events_after(0, 10).await.unwrap().len(), 2);

    writer.store = reader.clone();
    writer.operation.seq = 2;
    let refused = reader.claim().await.unwrap_err();
    assert!(matches!(&refused, StoreError::Unavailable(why) if why.contains("readonly")), "{refused}");
}

#[tokio::test]
async fn reading_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SqlStore::open_to_read(&url(folder.path())).await.unwrap_err().to_string();
    assert!(refused.contains("there is no store at"), "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_file_is_in_wal_mode() {
    let world = world().await;
    let (mode,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(&world.raw).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "this is no database, and it is long enough to be looked at as one: ".repeat(20)).unwrap();
    let cases = [
        ("mysql://root:secret@127.0.0.1/x".to_owned(), "must begin with sqlite:// or postgres://"),
        ("sqlite::memory:".to_owned(), "must name a file"),
        ("sqlite://x.db?mode=ro".to_owned(), "must name a file, and no mode"),
        (format!("sqlite://{}/below/landlord.db", file.display()), "file/below"),
        (format!("sqlite://{}", file.display()), "not a database"),
        ("postgres://root:secret@127.0.0.1:1/x".to_owned(), "not available"),
    ];
    for (url, expected) in cases {
        let refused = SqlStore::open(&url).await.unwrap_err().to_string();
        assert!(refused.contains(expected), "{url}: {refused}");
        assert!(!refused.contains("secret") && !refused.contains('\n'), "{url}: {refused}");
    }
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let world = world().await;
    world
        .tamper(
            "INSERT INTO landlord_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', TRUE, x'00', 0)",
        )
        .await;
    let World { store, url, guard, .. } = world;
    drop(store);
    let refused = SqlStore::open(&url).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Corrupt(why) if why.contains("newer landlord")), "{refused}");
    drop(guard);
}

#[tokio::test]
async fn an_event_with_what_sqlite_takes_for_a_value_is_found_and_named() {
    for change in [
        "UPDATE events SET seq = 'two' WHERE position = 2",
        "UPDATE events SET seq = -2 WHERE position = 2",
        "UPDATE events SET seq = 2.5 WHERE position = 2",
        "UPDATE events SET actor = x'00ff' WHERE position = 2",
        "UPDATE events SET payload = x'7b7d' WHERE position = 2",
        "UPDATE events SET position = 'two' WHERE position = 2",
        "UPDATE events SET position = -2 WHERE position = 2",
    ] {
        let world = world().await;
        let mut writer = world.writer("aaaaaaaa", "golden");
        writer.file().await.unwrap();
        for n in ["2", "3"] {
            writer.append(Event::CaughtUp { summary: n.into() }).await.unwrap();
        }
        assert_eq!(world.tamper(change).await, 1);
        let (intact, line) = landlord::audit::verify(&world.url, &[]).await.unwrap();
        // Who is nowhere in the order is missed by the one after it.
        let named = if change.contains("SET position") { "event 3" } else { "" };
        assert!(
            !intact && line.starts_with(&format!("broken: {named}")) && line.contains("aaaaaaaa, at position"),
            "{line}"
        );
    }
}

/// By the documented commands, in the folder of the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_a_writer_is_restored_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let commands = Commands { folder: folder.path().join("state"), variables: Vec::new() };
    let world = World::over(url(folder.path()), Box::new(folder)).await;
    let source = backup::taken_while_written(&world, || commands.run("sqlite3 landlord.db \"VACUUM ")).await;

    let World { store, url, raw, guard } = world;
    raw.close().await;
    store.close().await;
    drop(store);
    commands.run("mkdir before-restore ");
    commands.run("cp landlord-backup.db ");
    commands.run("sqlite3 landlord.db \"UPDATE ");
    assert!(commands.run("sqlite3 landlord.db \"SELECT ").contains("bbbbbbbb"));
    source.is_restored_at(&url).await;
    drop(guard);
}
