//! The traits behind which the outside world stands.

mod chat;
mod cloud;
mod escalation;
mod gauges;
mod incidents;
mod revisions;
mod store;
mod symptoms;
mod traffic;
mod workload;

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::plan::OperationId;
use crate::tenant::{Email, Environment};

pub use chat::{Call, Chat, ChatError, Message, Vote, Written};
pub use cloud::{
    Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, RETENTIONS, Room, Subject, Verdict,
};
pub use escalation::{Escalation, EscalationError, Page, PageAction, Severity};
pub use gauges::{Gauge, Gauges, Statistic};
pub use incidents::{IncidentCounts, IncidentFilter, Incidents};
pub use revisions::{Metric, Revision, Revisions, Rollout, Usage};
pub use store::{Listing, OperationFilter, RegistryChange, Standing, Store, StoreError, Tenant, TenantFilter};
pub use symptoms::{Place, Sign, Symptom, Symptoms};
pub use traffic::{Preserved, PutBack, Rule, Traffic};
pub use workload::{Backup, BackupObject, Tasks, Workload};

/// Sends e-mail to tenants' owners.
#[async_trait]
pub trait Notifier: Send + Sync + fmt::Debug {
    /// Sends a plain-text e-mail from the environment's sender; answers the provider's id of it.
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError>;
}

/// Wakes operations. What an operation needs next is the log's to say, so a runner stores nothing.
pub trait Runner: Send + Sync + fmt::Debug {
    /// Something happened to the operation, or it is new: look at it now.
    fn wake(&self, operation: &OperationId);
}

/// The time. Tests and the sandbox have their own, in which waiting passes faster.
#[async_trait]
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// How far the clock goes on while work takes this long. The same, but in a clock in which people's waiting passes
    /// faster than machines' work.
    fn work(&self, real: std::time::Duration) -> std::time::Duration {
        real
    }

    /// Returns when the clock shows `at`, or at once where it has passed.
    async fn sleep_until(&self, at: OffsetDateTime);
}
