//! Makes the service want another revision, or another number of tasks (playbook 2.4, 4.2).

use std::time::Duration;

use async_trait::async_trait;

use super::register::{change, target};
use super::stable::{self, PATIENCE};
use super::{Context, Outcome, RegisterRevision, Step, StepError, Undone, evidence};
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Plan, Site};

/// Deploys what the plan says. Undone, what was before is deployed, and has come up.
#[derive(Debug)]
pub struct DeployRevision;

#[async_trait]
impl Step for DeployRevision {
    fn name(&self) -> String {
        "deploy revision".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        site.tenancy.name(Kind::Service)
    }

    fn after(&self) -> Vec<String> {
        vec![RegisterRevision.name()]
    }

    /// Undoing waits for what was before to come up.
    fn deadline(&self) -> Duration {
        PATIENCE + Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (number, desired) = (target(cx).await?, change(cx)?.desired);
        cx.workload.deploy(&cx.site.subject(), number, desired).await?;
        let note = format!("revision {number} with {} is wanted", tasks(desired));
        Ok(Outcome { effect: Effect::Created, ..Outcome::done(note) })
    }

    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        let before = &change(cx)?.before;
        let subject = cx.site.subject();
        let ours = target(cx).await?;
        let revisions = cx.workload.revisions(&subject).await?;
        let running = revisions.iter().find(|revision| revision.runs).map(|revision| revision.number);
        if let Some(other) = running.filter(|running| ![ours, before.revision].contains(running)) {
            let note = format!("left revision {other} as it runs: another hand deployed it since");
            return Ok(Undone { note, left: true });
        }
        cx.workload.deploy(&subject, before.revision, before.desired).await?;
        stable::wait(cx, before.revision).await?.map_err(|why| {
            StepError::Permanent(format!("revision {} is put back, but is not stable: {why}", before.revision))
        })?;
        Ok(Undone::removed(format!("revision {} runs with {}, as before", before.revision, tasks(before.desired))))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, Kind::Service, stable::HINT).await
    }
}

/// `1 task`, `2 tasks`.
pub(super) fn tasks(count: u32) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}
