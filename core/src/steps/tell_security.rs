//! Tells the security team by e-mail what was done (playbook 4.1). The chat calls its role besides.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, CutOff, Outcome, Step, StepError};
use crate::card;
use crate::plan::{Plan, Site};
use crate::tenant::Email;

/// Writes to the address that the plan names.
///
/// E-mail cannot be sent exactly once: after a crash between sending and logging, it is sent twice.
#[derive(Debug)]
pub struct TellSecurity;

/// The words where the configuration names no address.
const NOBODY: &str = "nobody: the configuration names no address for security";

fn address(plan: &Plan) -> Option<&Email> {
    plan.change.as_ref()?.tells.as_ref()
}

#[async_trait]
impl Step for TellSecurity {
    fn name(&self) -> String {
        "tell security".into()
    }

    fn resource(&self, plan: &Plan, _site: &Site) -> String {
        address(plan).map_or_else(|| NOBODY.to_owned(), ToString::to_string)
    }

    fn after(&self) -> Vec<String> {
        vec![CutOff.name()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let Some(to) = address(cx.plan) else {
            return Ok(Outcome::done(format!("told {NOBODY}. Tell them by hand")));
        };
        let (subject, text) = card::incident_mail(cx.plan, cx.site, cx.details);
        let id = cx.notifier.email(cx.site.tenancy.environment, to, &subject, &text).await?;
        Ok(Outcome::done(format!("sent to {to} as {id}")))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        let to = self.resource(cx.plan, cx.site);
        vec![format!(
            "The tenant is cut off already. The sender must be verified in SES and the account out of its sandbox: tell {to} by \
             hand and press Skip, or mend it and press Retry."
        )]
    }
}
