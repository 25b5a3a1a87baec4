//! The store over SQL: one log with its chain of hashes, the locks of what is open, and the registry of tenants.
//!
//! SQLite in a file by default, PostgreSQL by URL; the same statements and the same migrations on both. Every write is one
//! transaction that first locks the log's head, so the chain has one order and whoever has been taken over writes nothing.
//! What an event means is the core's to say: nothing here looks into one.

mod anchors;
mod append;
mod audit;
mod database;
mod events;
mod incidents;
mod lease;
mod lists;
mod registry;
mod seen;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use landlord_core::chain::{Anchor, Head};
use landlord_core::event::{MessageRef, Recorded};
use landlord_core::operation::{Operation, State};
use landlord_core::plan::OperationId;
use landlord_core::ports::{Listing, OperationFilter, RegistryChange, Store, StoreError, Tenant, TenantFilter};
use landlord_core::tenant::{Subdomain, TenantId};
use sqlx::AnyPool;
use time::{Date, OffsetDateTime};
use tokio::sync::Mutex;

pub use audit::Audit;
use database::{Access, Database, Dialect, FileLock, within};
pub use lease::{Candidate, Lease};

/// How long closing may take.
const CLOSE_DEADLINE: Duration = Duration::from_secs(1);

/// The store over SQL.
#[derive(Debug)]
pub struct SqlStore {
    pool: AnyPool,
    dialect: Dialect,
    /// The term this process writes under; 0 before it claims.
    term: AtomicU64,
    /// Writers of this process wait here and not in the database, where they would hold connections.
    order: Mutex<()>,
    _file: Option<FileLock>,
}

impl SqlStore {
    /// Opens the store for writing and brings its tables up to date.
    ///
    /// `url` is `sqlite://PATH`, where file and folders are made as needed, or `postgres://…`. While a SQLite store is open,
    /// `PATH.lock` is locked and another process is refused. Who means to write then takes over with [`SqlStore::claim`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] says in one line what stands in the way, without the URL's password;
    /// [`StoreError::Corrupt`] where the tables are not what this version can work with.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Database::open(url, Access::Write).await.map(Self::over)
    }

    /// Opens an existing store for reading, beside the process that writes: for `audit verify` and `audit export`. On
    /// SQLite every write then fails.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where there is no store.
    pub async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        Database::open(url, Access::Read).await.map(Self::over)
    }

    fn over(database: Database) -> Self {
        let Database { pool, dialect, file } = database;
        Self { pool, dialect, term: AtomicU64::new(0), order: Mutex::default(), _file: file }
    }

    /// Takes over the log: raises the term and answers it. Whoever wrote under an older term gets
    /// [`StoreError::Conflict`] from now on, and so does whoever has not claimed.
    pub async fn claim(&self) -> Result<u64, StoreError> {
        within(async {
            let term = self.raise_term().await?;
            self.term.store(term, Ordering::SeqCst);
            Ok(term)
        })
        .await
    }

    /// Whether the term is still this process's: asked before each change of the outside world.
    pub async fn holds(&self) -> Result<bool, StoreError> {
        within(async { Ok(self.current_term().await? == self.term.load(Ordering::SeqCst)) }).await
    }

    /// Closes the connections, as far as they are free within a second. What was answered is on disk with or without it.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSE_DEADLINE, self.pool.close()).await.is_err() {
            tracing::debug!("connections to the store were still in use");
        }
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn file(
        &self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        within(self.write_filing(first, operation, locks, changes)).await
    }

    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        within(self.write_event(next, operation, changes)).await
    }

    async fn writable(&self) -> Result<(), StoreError> {
        within(self.write_nothing()).await
    }

    async fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        within(events::of_operation(&self.pool, operation, after)).await
    }

    async fn hash(&self, operation: &OperationId, seq: u64) -> Result<Option<String>, StoreError> {
        within(events::hash(&self.pool, operation, seq)).await
    }

    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError> {
        within(lists::operations(&self.pool, filter, page, size)).await
    }

    async fn counts(&self) -> Result<BTreeMap<State, u64>, StoreError> {
        within(lists::counts(&self.pool)).await
    }

    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError> {
        within(lists::operation_of_card(&self.pool, card)).await
    }

    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError> {
        within(lists::holder(&self.pool, key)).await
    }

    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        within(registry::tenant(&self.pool, tenant)).await
    }

    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError> {
        within(registry::tenant_of_subdomain(&self.pool, subdomain)).await
    }

    async fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError> {
        within(registry::tenants(&self.pool, self.dialect, filter, page, size)).await
    }

    async fn seen(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        within(seen::seen(&self.pool)).await
    }

    async fn see(&self, at: OffsetDateTime) -> Result<(), StoreError> {
        within(self.write_seen(at)).await
    }

    async fn head_of(&self, day: Date) -> Result<Option<Head>, StoreError> {
        within(anchors::head_of(&self.pool, day)).await
    }

    async fn last_anchor(&self) -> Result<Option<Anchor>, StoreError> {
        within(anchors::last(&self.pool)).await
    }

    async fn add_anchor(&self, anchor: &Anchor) -> Result<(), StoreError> {
        within(self.write_anchor(anchor)).await
    }
}
