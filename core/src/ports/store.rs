//! What the core asks of the store: one log, the locks of what is open, and the registry of tenants.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::Incidents;
use crate::chain::{Anchor, Head};
use crate::event::{MessageRef, Recorded};
use crate::operation::{Operation, State};
use crate::plan::{Details, Engagement, OperationId};
use crate::size::Size;
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
    /// The tenant is deleted for ever: its id is not given again, and it stands nowhere any more.
    #[error("the tenant {tenant} is deleted for ever, and its id is not given again")]
    Buried {
        /// The tenant.
        tenant: TenantId,
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
    /// Cut off in an emergency: it stands, and nothing leads to it (playbook 4.1).
    Shut,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Incomplete, Self::Active, Self::Validated, Self::Shut];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Active => "active",
            Self::Validated => "validated",
            Self::Shut => "shut",
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
    /// When it was deleted for ever; none for the living.
    pub deleted: Option<OffsetDateTime>,
}

impl Tenant {
    /// Whether the size that its task has in an environment is what the next environment gets: it stands, whole, in no later
    /// one.
    pub fn leads(&self, environment: Environment) -> bool {
        self.standings.iter().all(|(at, standing)| *at <= environment || *standing == Standing::Incomplete)
    }

    /// Where it stands in an environment.
    pub fn standing(&self, environment: Environment) -> Option<Standing> {
        self.standings.iter().find(|(at, _)| *at == environment).map(|(_, standing)| *standing)
    }
}

/// What an event means for the registry; written in the same transaction as the event, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryChange {
    /// The tenant is known from now on; its id and host label are taken. Known already: nothing changes. Deleted for ever:
    /// [`StoreError::Buried`].
    Register(Box<Details>),
    /// The tenant stands so in the environment. Deleted for ever: [`StoreError::Buried`].
    Stand(TenantId, Environment, Standing),
    /// The tenant's task has this size in the environment from now on. Its details say so unless it stands, whole, in a later
    /// environment too: they are what the next environment gets. Not known: nothing changes.
    Resize(TenantId, Environment, Size),
    /// The tenant is no longer in the environment; in no environment, it is forgotten and its names are free again, unless
    /// the same event buries it.
    Leave(TenantId, Environment),
    /// The tenant is forgotten if it is in no environment: a request for it came to nothing. Who is deleted for ever is not
    /// forgotten.
    Forget(TenantId),
    /// The tenant is deleted for ever, at that time: its details are kept, its id is never given again, its host label is
    /// free. Where it still stands in an environment nothing changes, so it goes with every [`RegistryChange::Leave`] that a
    /// deletion means, after it and in the same event. Buried already: the first time stays.
    Bury(TenantId, OffsetDateTime),
}

impl RegistryChange {
    /// Whether one of an event's changes buries the tenant: then those before it do not forget it.
    pub fn bury(changes: &[Self], tenant: &TenantId) -> bool {
        changes.iter().any(|change| matches!(change, Self::Bury(buried, _) if buried == tenant))
    }
}

/// Which operations to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationFilter {
    /// Only those that work on this tenant, among others or alone, since it was filed: one that is taken off a bulk operation
    /// finds it too.
    pub tenant: Option<TenantId>,
    /// Only those that work in this environment. With a tenant: on that tenant in it.
    pub environment: Option<Environment>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only open ones.
    pub open: bool,
}

/// Which tenants to list, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// Only those whose id, company or host label contains it, to the letter but for case. Empty finds all.
    pub search: String,
    /// Only these.
    pub engagement: Option<Engagement>,
    /// Those that are deleted for ever, and not the living.
    pub deleted: bool,
}

impl TenantFilter {
    /// The living whose id, company or host label contains `search`.
    pub fn search(search: impl Into<String>) -> Self {
        Self { search: search.into(), ..Self::default() }
    }
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
pub trait Store: Incidents + Send + Sync + fmt::Debug {
    /// Writes an operation's filing together with its locks, of which there may be hundreds, and its registry changes.
    /// [`StoreError::Locked`] where a lock is taken by an open operation, naming the first such in the order given;
    /// [`StoreError::Buried`] where it registers a tenant that is deleted for ever.
    async fn file(
        &self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError>;

    /// Appends one event. `operation` is the fold with the event in it: its state is kept for lists, and where it is no
    /// longer open its locks end with it, all in the same transaction. [`StoreError::Conflict`] where the place is taken.
    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError>;

    /// Whether the log can be written at this moment: something is written, and nothing is changed by it.
    async fn writable(&self) -> Result<(), StoreError>;

    /// An operation's log after a place in it, in order: all of it after 0. Empty for one that is not known.
    async fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError>;

    /// The hash of one event in the [chain](crate::chain): it stands for the event and the whole log before it. None where
    /// there is no such event.
    async fn hash(&self, operation: &OperationId, seq: u64) -> Result<Option<String>, StoreError>;

    /// Operations, newest first, by pages from 0.
    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError>;

    /// How many operations there are in each state; every state is there, with 0 where there are none.
    async fn counts(&self) -> Result<BTreeMap<State, u64>, StoreError>;

    /// The operation whose card the message is.
    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError>;

    /// The open operation that holds a lock.
    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError>;

    /// A tenant, living or deleted for ever.
    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError>;

    /// The living tenant that has the host label.
    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError>;

    /// Tenants in the order of their ids, by pages from 0.
    async fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError>;

    /// When the bot was last in the chat, as [`Store::see`] was told last. None where it never was.
    async fn seen(&self) -> Result<Option<OffsetDateTime>, StoreError>;

    /// Keeps that the bot is in the chat at that time, in the place of what was kept before. [`StoreError::Conflict`] for who
    /// has been taken over.
    async fn see(&self, at: OffsetDateTime) -> Result<(), StoreError>;

    /// The last event in the log that is dated before the end of a day (UTC). None where there is no such event.
    async fn head_of(&self, day: Date) -> Result<Option<Head>, StoreError>;

    /// The anchor of the latest day. None where there is none.
    async fn last_anchor(&self) -> Result<Option<Anchor>, StoreError>;

    /// Keeps an anchor that was posted. [`StoreError::Conflict`] where its day has one, and for who has been taken over.
    async fn add_anchor(&self, anchor: &Anchor) -> Result<(), StoreError>;
}
