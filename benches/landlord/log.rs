//! How many events a second the log takes in, on SQLite and on PostgreSQL: each event one durable transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use landlord::store::SqlStore;
use landlord_core::contract::store::samples::Writer;
use landlord_core::event::Event;
use landlord_core::ports::Store;
use landlord_core::tenant::Environment;
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};

use crate::table::Table;

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);

/// SQLite in a temporary folder; PostgreSQL where `POSTGRES_URL` leads.
pub(crate) async fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("landlord.db").display());
    let sqlite = both(table, "SQLite", &url).await;
    let Ok(server) = std::env::var("POSTGRES_URL") else {
        eprintln!("bench: POSTGRES_URL is not set, so PostgreSQL is left out");
        return;
    };
    sqlx::any::install_default_drivers();
    let schema = format!("bench_{:016x}", rand::random::<u64>());
    let pool = AnyPool::connect(&server).await.unwrap();
    pool.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    let join = if server.contains('?') { '&' } else { '?' };
    let postgres = both(table, "PostgreSQL", &format!("{server}{join}options[search_path]={schema}")).await;
    pool.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    table.add("log: PostgreSQL to SQLite, 1 operation", postgres / sqlite, "×");
}

/// One operation's events in a row, then those of eight side by side. Answers the first figure.
async fn both(table: &mut Table, database: &str, url: &str) -> f64 {
    let store = SqlStore::open(url).await.unwrap();
    store.claim().await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let one = rate(&store, 1).await;
    table.add(format!("log: {database}, 1 operation"), one, "events/s");
    table.add(format!("log: {database}, 8 operations"), rate(&store, 8).await, "events/s");
    one
}

/// Events a second with so many operations side by side.
async fn rate(store: &Arc<dyn Store>, operations: usize) -> f64 {
    let begun = Instant::now();
    let writers = (0..operations).map(|n| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let name = format!("bench-{operations}-{n}");
            let mut writer = Writer::new(&store, &format!("{operations:04}{n:04}"), &name, Environment::Dev);
            writer.file().await.unwrap();
            let mut events = 1_u32;
            while begun.elapsed() < SPAN {
                writer.append_any(Event::CaughtUp { summary: "a vote".into() }).await.unwrap();
                events += 1;
            }
            events
        })
    });
    let written: u32 = futures::future::join_all(writers).await.into_iter().map(Result::unwrap).sum();
    f64::from(written) / begun.elapsed().as_secs_f64()
}
