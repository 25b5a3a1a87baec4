//! Mail through Amazon SES, from the account of the environment that it is about.

use async_trait::async_trait;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use landlord_core::ports::{CloudError, Notifier};
use landlord_core::tenant::{Email, Environment};

use crate::aws::accounts::Accounts;

/// Sends mail.
#[derive(Debug, Clone)]
pub struct Ses {
    accounts: Accounts,
}

impl Ses {
    /// Mail from these accounts.
    pub fn new(accounts: Accounts) -> Self {
        Self { accounts }
    }
}

#[async_trait]
impl Notifier for Ses {
    /// Sends a plain text; answers the message id that SES gave it. A repeated call sends a second mail.
    ///
    /// Errors: no `sender` is configured or SES refuses the mail (permanent), throttled or away (transient).
    async fn email(
        &self,
        environment: Environment,
        to: &Email,
        subject: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        let account = self.accounts.of(environment)?;
        let Some(sender) = &account.config.sender else {
            return Err(CloudError::Permanent(format!(
                "{} has no sender for mail. Give `sender` in [environments.{environment}], an address verified in SES.",
                environment.title()
            )));
        };
        let doing = format!("Sending mail from {sender}");
        let invalid = |error: aws_sdk_sesv2::error::BuildError| CloudError::Permanent(format!("{doing}: {error}."));
        let content = |data: &str| Content::builder().data(data).charset("UTF-8").build().map_err(invalid);
        let message =
            Message::builder().subject(content(subject)?).body(Body::builder().text(content(text)?).build()).build();
        let call = account
            .ses()
            .await
            .send_email()
            .from_email_address(sender)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await;
        let answer = call.map_err(|error| account.failed(&doing, &error))?;
        answer.message_id.ok_or_else(|| CloudError::Transient(format!("{doing}: the answer names no message id.")))
    }
}
