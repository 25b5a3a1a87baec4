//! Lets a tenant's logs expire again as they did before it was cut off.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, PutRulesBack, RestoreCount, Step, StepError, Undone};
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Plan, Site};

/// Sets the retention that the plan names; where it names none, the logs go on being kept for ever.
#[derive(Debug)]
pub struct RestoreRetention;

fn days(plan: &Plan) -> Option<u32> {
    plan.change.as_ref().and_then(|change| change.before.retention)
}

#[async_trait]
impl Step for RestoreRetention {
    fn name(&self) -> String {
        "restore retention".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        let kept = days(plan).map_or_else(|| "kept for ever".to_owned(), |days| format!("kept {days} days"));
        format!("{}, {kept}", site.tenancy.name(Kind::LogGroup))
    }

    fn after(&self) -> Vec<String> {
        vec![PutRulesBack.name(), RestoreCount.name()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let Some(days) = days(cx.plan) else {
            return Ok(Outcome::done("its lines are kept for ever, as far as is known as before"));
        };
        Ok(match cx.cloud.retain_logs(&cx.site.subject(), days).await? {
            Some(_) => Outcome { effect: Effect::Created, ..Outcome::done(format!("its lines are kept {days} days")) },
            None => Outcome::done("there is no log group"),
        })
    }

    /// Nothing expires again while the tenant is shut. The export is the one that was started then.
    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        let run = cx.plan.change.as_ref().and_then(|change| change.reopens.as_ref()).unwrap_or(&cx.plan.operation);
        cx.workload.preserve_logs(&cx.site.subject(), &run.0).await?;
        Ok(Undone::removed("its lines are kept for ever again"))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![
            "The site is open again. Set the log group's retention by hand and press Skip, or mend it and press Retry."
                .into(),
        ]
    }
}
