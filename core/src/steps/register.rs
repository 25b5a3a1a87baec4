//! Registers a revision of the task definition that differs in its size alone (playbook 2.4).

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Step, StepError, Undone, evidence};
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Change, Plan, Site};

/// Registers a revision of the planned size from the one that ran when the plan was made. Nothing runs it yet.
#[derive(Debug)]
pub struct RegisterRevision;

#[async_trait]
impl Step for RegisterRevision {
    fn name(&self) -> String {
        "register revision".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        let size = plan.change.as_ref().and_then(|change| change.size);
        let family = site.tenancy.name(Kind::TaskDefinition);
        size.map_or_else(|| family.clone(), |size| format!("{family} with {size}"))
    }

    fn wanted(&self, plan: &Plan) -> bool {
        plan.change.as_ref().is_some_and(Change::registers)
    }

    fn after(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let number = target(cx).await?;
        Ok(Outcome { effect: Effect::Created, ..Outcome::done(format!("revision {number} is registered")) })
    }

    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        Ok(match cx.workload.retire(&cx.site.subject(), &run(cx)).await? {
            Some(number) => Undone::removed(format!("removed revision {number}")),
            None => Undone::removed("was not there"),
        })
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, Kind::TaskDefinition, &super::ensure::hint(Kind::TaskDefinition)).await
    }
}

/// What stands for this operation's own revision: within an operation there is one.
fn run(cx: Context<'_>) -> String {
    cx.plan.operation.0.clone()
}

/// What the plan changes.
pub(super) fn change(cx: Context<'_>) -> Result<&Change, StepError> {
    let nothing = || StepError::Permanent("The plan does not say what is to change.".into());
    cx.plan.change.as_ref().ok_or_else(nothing)
}

/// The number of the revision that is to run: that of the plan, or this operation's own, registered where it is not yet.
pub(super) async fn target(cx: Context<'_>) -> Result<u32, StepError> {
    let change = change(cx)?;
    match (change.revision, change.size) {
        (Some(number), _) => Ok(number),
        (None, Some(size)) => {
            Ok(cx.workload.resize(&cx.site.subject(), change.before.revision, size, &run(cx)).await?)
        }
        (None, None) => Ok(change.before.revision),
    }
}
