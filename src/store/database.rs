//! Opening the database, the few places where SQLite and PostgreSQL differ, and what their errors mean.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use landlord_core::ports::StoreError;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

/// How long a call may take in all, waiting for its turn included. Longer means that the database does not answer.
const CALL_DEADLINE: Duration = Duration::from_secs(20);
/// How long to wait for a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// FULL: what was answered survives a loss of power.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                               PRAGMA foreign_keys = ON;";
const SQLITE_READER_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;";
/// A process that is stopped in the middle of a transaction must not keep the log's head locked when another takes over, which is
/// five seconds later (`lease`).
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '10s'; \
                                 SET idle_in_transaction_session_timeout = '4s';";

/// Reads the log's head.
pub(super) const HEAD: &str = "SELECT position, operation, seq, hash, term FROM head WHERE id = 1";

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Where the two databases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Begins a transaction that writes.
    pub(super) fn begin_writing(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a transaction that sees one state of the log however long it reads.
    pub(super) fn begin_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Reads the log's head for a writer, who keeps it to the end of the transaction.
    pub(super) fn head_for_writing(self) -> &'static str {
        match self {
            Self::Sqlite => HEAD,
            Self::Postgres => "SELECT position, operation, seq, hash, term FROM head WHERE id = 1 FOR UPDATE",
        }
    }
}

/// Held while a SQLite store is open for writing; the operating system lets go of it with the process.
#[derive(Debug)]
pub(super) struct FileLock {
    _file: File,
}

/// An open database.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) pool: AnyPool,
    pub(super) dialect: Dialect,
    pub(super) file: Option<FileLock>,
}

impl Database {
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        install_default_drivers();
        if url.starts_with("sqlite:") {
            return Self::open_sqlite(url, access).await;
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = AnyConnectOptions::from_str(url).map_err(|error| refused("the store's URL", &error))?;
            let settings = POSTGRES_SETTINGS;
            return Self::connect(options, settings, 10, Dialect::Postgres, access, None).await;
        }
        Err(StoreError::Unavailable("the store's URL must begin with sqlite:// or postgres://".into()))
    }

    async fn open_sqlite(url: &str, access: Access) -> Result<Self, StoreError> {
        if url.contains(":memory:") || url.contains("mode=") {
            return Err(StoreError::Unavailable("the store's URL must name a file, and no mode".into()));
        }
        let mode = if access == Access::Write { "rwc" } else { "rw" };
        let join = if url.contains('?') { '&' } else { '?' };
        let options = AnyConnectOptions::from_str(&format!("{url}{join}mode={mode}"))
            .map_err(|error| refused("the store's URL", &error))?;
        let path = SqliteConnectOptions::try_from(&options).map_err(|error| refused("the store's URL", &error))?;
        let path = path.get_filename();
        match access {
            Access::Write => {
                let lock = lock_beside(path)?;
                Self::connect(options, SQLITE_SETTINGS, 5, Dialect::Sqlite, access, Some(lock)).await
            }
            Access::Read if !path.exists() => {
                Err(StoreError::Unavailable(format!("there is no store at {}", path.display())))
            }
            Access::Read => Self::connect(options, SQLITE_READER_SETTINGS, 2, Dialect::Sqlite, access, None).await,
        }
    }

    async fn connect(
        options: AnyConnectOptions,
        settings: &'static str,
        connections: u32,
        dialect: Dialect,
        access: Access,
        file: Option<FileLock>,
    ) -> Result<Self, StoreError> {
        // A pool tries until its time is over and then only says that; the first connection says what is wrong.
        within(try_out(&options, settings)).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(CONNECT_DEADLINE)
            // A file does not hang up.
            .test_before_acquire(dialect == Dialect::Postgres)
            .after_release(move |connection, _| Box::pin(async move { is_usable(connection, dialect).await }))
            .after_connect(move |connection, _| Box::pin(async move { connection.execute(settings).await.map(|_| ()) }))
            .connect_with(options)
            .await
            .map_err(|error| failed(&error))?;
        if access == Access::Write {
            migrator().run(&pool).await.map_err(|error| not_migrated(&error))?;
        }
        Ok(Self { pool, dialect, file })
    }
}

/// Whether a connection that comes back can be used again. When the disk is full SQLite ends the transaction by itself; sqlx
/// then fails to end it, believes it open for ever, and could begin no other on that connection.
async fn is_usable(connection: &mut AnyConnection, dialect: Dialect) -> Result<bool, sqlx::Error> {
    if dialect != Dialect::Sqlite {
        return Ok(true);
    }
    // Behind the roll back, which is on its way.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn try_out(options: &AnyConnectOptions, settings: &'static str) -> Result<(), StoreError> {
    let mut connection = AnyConnection::connect_with(options).await.map_err(|error| failed(&error))?;
    connection.execute(settings).await.map_err(|error| failed(&error))?;
    connection.close().await.map_err(|error| failed(&error))
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!();
    // Its own name, for a database that is shared with other programs.
    migrator.dangerous_set_table_name("landlord_migrations");
    migrator
}

/// Makes the folder, and locks the file `PATH.lock` in it.
fn lock_beside(path: &Path) -> Result<FileLock, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| refused(&folder.display().to_string(), &error))?;
    }
    let mut name = OsString::from(path);
    name.push(".lock");
    let name = PathBuf::from(name);
    let bad = |error: &dyn std::fmt::Display| refused(&name.display().to_string(), error);
    let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(|error| bad(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(FileLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "{} is in use by another landlord process; one process at a time can work on a SQLite file",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(bad(&error)),
    }
}

fn refused(what: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("{what}: {error}"))
}

fn not_migrated(error: &MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => StoreError::Corrupt(
            format!("the store was made by a newer landlord: its migration {version} is not known here"),
        ),
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => StoreError::Corrupt(error.to_string()),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// What an error of the database means. A unique violation means that another writer was faster.
pub(super) fn failed(error: &sqlx::Error) -> StoreError {
    use sqlx::Error;
    match error {
        // Closed by this process itself, which has been taken over or ends.
        Error::PoolClosed => StoreError::Conflict,
        Error::Database(error) if error.is_unique_violation() => StoreError::Conflict,
        // SQLite: "malformed", "not a database". PostgreSQL: data and index corruption.
        Error::Database(error) if matches!(error.code().as_deref(), Some("11" | "26" | "XX001" | "XX002")) => {
            StoreError::Corrupt(error.to_string())
        }
        Error::RowNotFound
        | Error::TypeNotFound { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::ColumnDecode { .. }
        | Error::Decode(_) => StoreError::Corrupt(error.to_string()),
        Error::PoolTimedOut => {
            StoreError::Unavailable(format!("no connection within {} s", CONNECT_DEADLINE.as_secs()))
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// A call that takes too long is given up.
pub(super) async fn within<T>(call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| Err(StoreError::Unavailable(format!("no answer within {} s", CALL_DEADLINE.as_secs())));
    tokio::time::timeout(CALL_DEADLINE, call).await.unwrap_or_else(late)
}

/// A number that the schema keeps from being negative, or too large for the database.
pub(super) fn whole(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt(format!("the number {number} is negative")))
}
