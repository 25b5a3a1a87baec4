//! Where a story's log is: a file of its own, or a schema of its own on PostgreSQL.

use std::path::Path;

use sqlx::{AnyPool, AssertSqlSafe, Executor as _};
use tempfile::TempDir;

use super::World;

/// The place of one story's log.
pub(crate) struct Log {
    /// Its address.
    pub(crate) url: String,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Schema { server: String, name: String },
}

impl Log {
    /// An empty one.
    pub(crate) async fn fresh(postgres: bool) -> Self {
        if !postgres {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = format!("sqlite://{}", folder.path().join("landlord.db").display());
            return Self { url, place: Place::Folder(folder) };
        }
        let server = std::env::var("POSTGRES_URL").expect(
            "POSTGRES_URL is not set: start the local services with `dev/services up` and source `dev/services env`",
        );
        let name = format!("story_{:016x}", rand::random::<u64>());
        run(&server, format!("CREATE SCHEMA {name}")).await;
        let join = if server.contains('?') { '&' } else { '?' };
        Self { url: format!("{server}{join}options[search_path]={name}"), place: Place::Schema { server, name } }
    }

    /// Removes it. A story that fails leaves its schema behind, to be looked at.
    pub(crate) async fn remove(self) {
        match self.place {
            Place::Folder(folder) => folder.close().expect("the temporary folder can be removed"),
            Place::Schema { server, name } => run(&server, format!("DROP SCHEMA {name} CASCADE")).await,
        }
    }
}

impl World {
    /// The folder of the story's log.
    ///
    /// # Panics
    /// When the log is on PostgreSQL.
    pub(crate) fn log_folder(&self) -> &Path {
        match &self.log.place {
            Place::Folder(folder) => folder.path(),
            Place::Schema { name, .. } => panic!("the log is in the schema {name}"),
        }
    }
}

async fn run(server: &str, statement: String) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(server).await.expect("PostgreSQL answers");
    pool.execute(AssertSqlSafe(statement)).await.expect("PostgreSQL obeys");
    pool.close().await;
}
