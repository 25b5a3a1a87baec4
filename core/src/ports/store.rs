//! What the core asks of the store: one log, the locks of what is open, and the registry of tenants.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::event::{MessageRef, Recorded};
use crate::operation::{Operation, State};
use crate::plan::{Details, OperationId};
use crate::tenant::{Environment, Subdomain, TenantId};

/// Why the store did not do it. In every case nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another open operation holds a lock that this one needs.
    #[error("{key} is held by operation {operation}")]
    Locked {
        /// The lock.
        key: String,
        /// Who holds it.
        operation: OperationId,
    },
    /// Another writer has appended in between, or has taken over: this one must read again, or stop.
    #[error("another writer has appended to the log")]
    Conflict,
    /// The database cannot be reached or failed; the same call may succeed later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The stored data cannot be read. A person must look.
    #[error("the store holds something that cannot be read: {0}")]
    Corrupt(String),
}

/// Where a tenant stands in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Being provisioned, or left half-way.
    Incomplete,
    /// Provisioned.
    Active,
    /// Provisioned, tried and found good: may be promoted.
    Validated,
}

impl Standing {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Active => "active",
            Self::Validated => "validated",
        }
    }
}

/// A tenant as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// What is known of it.
    pub details: Details,
    /// Where it stands, in the order of promotion; environments in which it is not are left out.
    pub standings: Vec<(Environment, Standing)>,
}

impl Tenant {
    /// Where it stands in an environment.
    pub fn standing(&self, environment: Environment) -> Option<Standing> {
        self.standings.iter().find(|(at, _)| *at == environment).map(|(_, standing)| *standing)
    }
}

/// What an event means for the registry; written in the same transaction as the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryChange {
    /// The tenant is known from now on; its id and host label are taken. Known already: nothing changes.
    Register(Box<Details>),
    /// The tenant stands so in the environment.
    Stand(TenantId, Environment, Standing),
    /// The tenant is no longer in the environment; in no environment, it is forgotten and its names are free again.
    Leave(TenantId, Environment),
    /// The tenant is forgotten if it is in no environment: a request for it came to nothing.
    Forget(TenantId),
}

/// Which operations to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationFilter {
    /// Only this tenant's.
    pub tenant: Option<TenantId>,
    /// Only in this environment.
    pub environment: Option<Environment>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only open ones.
    pub open: bool,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The page's rows.
    pub rows: Vec<T>,
    /// How many rows there are on all pages.
    pub total: u64,
}

/// The log and what is kept beside it. Errors of every method: [`StoreError`].
#[async_trait]
pub trait Store: Send + Sync + fmt::Debug {
    /// Writes an operation's filing together with its locks and its registry change. [`StoreError::Locked`] where a lock is
    /// taken by an open operation.
    async fn file(&self, first: &Recorded, operation: &Operation, changes: &[RegistryChange])
    -> Result<(), StoreError>;

    /// Appends one event. `operation` is the fold with the event in it: its state is kept for lists, and where it is no
    /// longer open its locks end with it, all in the same transaction. [`StoreError::Conflict`] where the place is taken.
    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError>;

    /// An operation's whole log, in order; empty for one that is not known.
    async fn events(&self, operation: &OperationId) -> Result<Vec<Recorded>, StoreError>;

    /// Operations, newest first, by pages from 0.
    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError>;

    /// The operation whose card the message is.
    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError>;

    /// The open operation that holds a lock.
    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError>;

    /// A tenant.
    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError>;

    /// The tenant that has the host label.
    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError>;

    /// Tenants in the order of their ids, by pages from 0; those whose id, company or host label contains `search`, to the
    /// letter but for case. An empty `search` finds all.
    async fn tenants(&self, search: &str, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError>;
}
