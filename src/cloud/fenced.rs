//! The outside world behind a fence: before each change, the holder makes sure that it still is the holder.
//!
//! Looks go through; what changes something first asks the [`Gate`], which costs nothing, and then the log itself, whose term
//! another process raises when it takes over. Uncertain means: no change.

mod work;

use std::sync::Arc;

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{
    Backup, Blueprint, Check, Cloud, CloudError, Ensured, Escalation, EscalationError, Found, InventoryPage, Notifier,
    Page, Room, StoreError, Subject, Tasks, Verdict, Workload,
};
use landlord_core::tenant::{Email, Environment};

use crate::gate::{Gate, TAKEN_OVER};
use crate::store::SqlStore;

/// What is asked before each change.
#[derive(Debug, Clone)]
pub struct Fence {
    /// Closed when the lease has ended.
    pub gate: Gate,
    /// The log, under the term of this process.
    pub store: Arc<SqlStore>,
}

impl Fence {
    async fn pass(&self) -> Result<(), CloudError> {
        self.gate.pass()?;
        match self.store.holds().await {
            // The log may have taken its time.
            Ok(true) => self.gate.pass(),
            Ok(false) => Err(CloudError::Transient(TAKEN_OVER.to_owned())),
            Err(StoreError::Corrupt(why)) => Err(CloudError::Permanent(format!("The store cannot be read: {why}"))),
            Err(error) => Err(CloudError::Transient(format!("nothing is changed before the store answers: {error}"))),
        }
    }
}

/// A port behind the fence.
#[derive(Debug)]
pub struct Fenced<T> {
    /// What stands behind it.
    pub port: Arc<T>,
    /// The fence.
    pub fence: Fence,
}

#[async_trait]
impl<T: Cloud> Cloud for Fenced<T> {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        self.port.account(environment).await
    }

    fn remedy(&self, environment: Environment, answered: &str) -> String {
        self.port.remedy(environment, answered)
    }

    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.port.find(kind, subject).await
    }

    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        self.fence.pass().await?;
        self.port.ensure(kind, blueprint).await
    }

    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fence.pass().await?;
        self.port.remove(kind, subject).await
    }

    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        self.fence.pass().await?;
        self.port.retain_logs(subject, days).await
    }

    fn lists(&self, kind: Kind, environment: Environment) -> bool {
        self.port.lists(kind, environment)
    }

    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        self.port.inventory(kind, environment, page).await
    }

    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        self.port.check(check, blueprint).await
    }

    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.port.host_taken(subject).await
    }

    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        self.port.placed(subject).await
    }

    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        self.port.room(environment).await
    }

    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        self.port.evidence(kind, subject).await
    }
}

#[async_trait]
impl<T: Workload> Workload for Fenced<T> {
    async fn tasks(&self, subject: &Subject) -> Result<Option<Tasks>, CloudError> {
        self.port.tasks(subject).await
    }

    async fn scale(&self, subject: &Subject, desired: u32) -> Result<(), CloudError> {
        self.fence.pass().await?;
        self.port.scale(subject, desired).await
    }

    async fn force_remove(&self, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.fence.pass().await?;
        self.port.force_remove(subject).await
    }

    async fn back_up(&self, subject: &Subject, run: &str) -> Result<Backup, CloudError> {
        self.fence.pass().await?;
        self.port.back_up(subject, run).await
    }
}

#[async_trait]
impl<T: Escalation> Escalation for Fenced<T> {
    async fn slack(&self, text: &str) -> Result<(), EscalationError> {
        self.fence.pass().await.map_err(|error| EscalationError::Transient(error.to_string()))?;
        self.port.slack(text).await
    }

    async fn page(&self, page: &Page) -> Result<(), EscalationError> {
        self.fence.pass().await.map_err(|error| EscalationError::Transient(error.to_string()))?;
        self.port.page(page).await
    }
}

#[async_trait]
impl<T: Notifier> Notifier for Fenced<T> {
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        self.fence.pass().await?;
        self.port.email(environment, to, subject, text).await
    }
}
