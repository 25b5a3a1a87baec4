//! The traits behind which the outside world stands.

mod chat;
mod cloud;
mod store;

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::tenant::{Email, Environment};

pub use chat::{Call, Chat, ChatError, Vote};
pub use cloud::{Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject, Verdict};
pub use store::{Listing, OperationFilter, RegistryChange, Standing, Store, StoreError, Tenant};

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

/// The time. Tests and the sandbox have their own, in which waiting passes faster.
#[async_trait]
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Returns when the clock shows `at`, or at once where it has passed.
    async fn sleep_until(&self, at: OffsetDateTime);
}
