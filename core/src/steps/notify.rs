//! Tells the tenant's owner how to reach the site. Never the password.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Step, StepError};
use crate::card;
use crate::plan::Plan;

/// Sends the access details to the owner (playbook 1.1, 5.2).
///
/// E-mail cannot be sent exactly once: after a crash between sending and logging, the owner gets it twice.
#[derive(Debug)]
pub struct NotifyOwner;

#[async_trait]
impl Step for NotifyOwner {
    fn name(&self) -> String {
        "notify owner".into()
    }

    fn resource(&self, plan: &Plan) -> String {
        plan.details.email.to_string()
    }

    fn after(&self) -> Vec<String> {
        super::all().map(|step| step.name()).filter(|name| *name != self.name()).collect()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (subject, text) = card::access_mail(cx.plan);
        let id = cx.notifier.email(cx.plan.tenancy.environment, &cx.plan.details.email, &subject, &text).await?;
        Ok(Outcome::done(format!("sent to {} as {id}", cx.plan.details.email)))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        vec![format!(
            "The sender must be verified in SES and the account out of its sandbox. The site stands: tell {} by hand and \
             press Skip, or mend it and press Retry.",
            cx.plan.details.email
        )]
    }
}
