//! Where what the sandbox's bot says outside the chat goes: nowhere but into the log, since nobody's owner is to be written to, and
//! nobody who is on call to be woken.

use async_trait::async_trait;
use landlord_core::ports::{CloudError, Escalation, EscalationError, Notifier, Page};
use landlord_core::tenant::{Email, Environment};

/// Takes every message and shows it in the log.
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

#[async_trait]
impl Escalation for Outbox {
    async fn slack(&self, text: &str) -> Result<(), EscalationError> {
        tracing::info!("the Slack channel would be told:\n{text}");
        Ok(())
    }

    async fn page(&self, page: &Page) -> Result<(), EscalationError> {
        tracing::info!(key = page.key, action = ?page.action, "who is on call would be told: {}", page.summary);
        Ok(())
    }
}
