//! Where the sandbox's e-mail goes: nowhere but into the log, since nobody's owner is to be written to.

use async_trait::async_trait;
use landlord_core::ports::{CloudError, Notifier};
use landlord_core::tenant::{Email, Environment};

/// Takes every e-mail and shows it in the log.
#[derive(Debug, Default)]
pub struct Outbox;

#[async_trait]
impl Notifier for Outbox {
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        tracing::info!(%environment, %to, subject, "an e-mail would be sent:\n{text}");
        Ok(format!("sandbox-{:08x}", rand::random::<u32>()))
    }
}
