//! Keeps a tenant's logs whole for an investigation (playbook 4.1).

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, CutOff, Outcome, Step, StepError};
use crate::kind::Kind;
use crate::plan::{Plan, Site};

/// Lifts the log group's retention, so that nothing expires, and starts an export of all that is in it.
#[derive(Debug)]
pub struct PreserveLogs;

#[async_trait]
impl Step for PreserveLogs {
    fn name(&self) -> String {
        "preserve logs".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        site.tenancy.name(Kind::LogGroup)
    }

    fn after(&self) -> Vec<String> {
        vec![CutOff.name()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(2)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let Some(kept) = cx.workload.preserve_logs(&cx.site.subject(), &cx.plan.operation.0).await? else {
            return Ok(Outcome::done("there is no log group, so no logs were kept"));
        };
        // As the plan saw it: once it is lifted, the provider does not know any more what it was.
        let before = cx.plan.change.as_ref().and_then(|change| change.before.retention).or(kept.kept_before);
        let before = before.map_or_else(|| "as before".to_owned(), |days| format!("instead of {days} days"));
        let export = match &kept.export {
            Some((place, _)) => format!("an export to {place} was started"),
            None => "NOT exported, since no bucket is configured for it".to_owned(),
        };
        Ok(Outcome::done(format!("{} is kept for ever {before}; {export}", kept.group)))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        vec![format!(
            "The tenant is cut off already. An account runs one export at a time, and the bucket must let CloudWatch Logs write \
             into it. Mend it and press Retry; or keep {} by hand and press Skip.",
            cx.site.tenancy.name(Kind::LogGroup)
        )]
    }
}
