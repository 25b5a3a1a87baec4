//! Tells the tenant's owner how to reach the site, or that it is gone. Never a password.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Phase, Step, StepError};
use crate::card;
use crate::plan::{Plan, Site};

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

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        plan.details_of(&site.tenancy.tenant).owner().to_owned()
    }

    fn phase(&self) -> Phase {
        Phase::Closing
    }

    fn after(&self) -> Vec<String> {
        everything_but(&[&self.name(), &TellOwner.name()])
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (subject, text) = card::access_mail(cx.site, cx.details);
        send(cx, &subject, &text).await
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        vec![format!(
            "The sender must be verified in SES and the account out of its sandbox. The site stands: tell {} by hand and \
             press Skip, or mend it and press Retry.",
            cx.details.owner()
        )]
    }
}

/// Tells the owner that all is gone (playbook 2.2, 5.4).
#[derive(Debug)]
pub struct TellOwner;

#[async_trait]
impl Step for TellOwner {
    fn name(&self) -> String {
        "tell owner".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        plan.details_of(&site.tenancy.tenant).owner().to_owned()
    }

    fn phase(&self) -> Phase {
        Phase::Closing
    }

    fn after(&self) -> Vec<String> {
        everything_but(&[&self.name(), &NotifyOwner.name()])
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (subject, text) = card::farewell_mail(cx.plan, cx.details);
        send(cx, &subject, &text).await
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        vec![format!(
            "The sender must be verified in SES and the account out of its sandbox. All is gone: tell {} by hand and press \
             Skip, or mend it and press Retry.",
            cx.details.owner()
        )]
    }
}

async fn send(cx: Context<'_>, subject: &str, text: &str) -> Result<Outcome, StepError> {
    // Those who approved have seen that there is no address: it is no reason to hold.
    let Some(to) = &cx.details.email else {
        return Ok(Outcome::done(format!(
            "no address of {}'s owner is known: tell the owner by hand",
            cx.details.tenant
        )));
    };
    let id = cx.notifier.email(cx.site.tenancy.environment, to, subject, text).await?;
    Ok(Outcome::done(format!("sent to {to} as {id}")))
}

fn everything_but(these: &[&String]) -> Vec<String> {
    super::all().map(|step| step.name()).filter(|name| !these.contains(&name)).collect()
}
