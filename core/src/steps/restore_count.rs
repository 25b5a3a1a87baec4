//! Lets a tenant that was cut off run again: as many tasks, of the revision, as before.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, PutRulesBack, Step, StepError, Undone, evidence};
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Before, Change, Plan, Site};

/// Makes the service want what it wanted before. Waiting for the tasks is another step's.
#[derive(Debug)]
pub struct RestoreCount;

fn change(plan: &Plan) -> Result<&Change, StepError> {
    plan.change.as_ref().ok_or_else(|| StepError::Permanent("the plan does not say what ran before".into()))
}

fn counted(tasks: u32) -> String {
    if tasks == 1 { "1 task".to_owned() } else { format!("{tasks} tasks") }
}

#[async_trait]
impl Step for RestoreCount {
    fn name(&self) -> String {
        "restore count".into()
    }

    fn resource(&self, plan: &Plan, site: &Site) -> String {
        let tasks = plan.change.as_ref().map_or(0, |change| change.desired);
        format!("{}, {}", site.tenancy.name(Kind::Service), counted(tasks))
    }

    /// Targets are looked at only where a rule leads to them.
    fn after(&self) -> Vec<String> {
        vec![PutRulesBack.name()]
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn look(&self, cx: Context<'_>) -> Result<bool, StepError> {
        let wanted = change(cx.plan)?.desired;
        Ok(cx.workload.tasks(&cx.site.subject()).await?.is_some_and(|tasks| tasks.desired == wanted))
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (subject, change) = (cx.site.subject(), change(cx.plan)?);
        let Some(tasks) = cx.workload.tasks(&subject).await? else {
            return Err(StepError::Permanent("there is no service any more".into()));
        };
        let other = runs_another(cx, change).await?;
        if other {
            cx.workload.deploy(&subject, change.before.revision, change.desired).await?;
        } else if tasks.desired != change.desired {
            cx.workload.scale(&subject, change.desired).await?;
        }
        let stood = !other && tasks.desired == change.desired;
        let effect = if stood { Effect::Existed } else { Effect::Created };
        Ok(Outcome { effect, ..Outcome::done(format!("wants {} as before", counted(change.desired))) })
    }

    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        cx.workload.scale(&cx.site.subject(), 0).await?;
        Ok(Undone::removed("wants no task again"))
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        let hint = "The service and its revision must still be there. `/tenant audit` shows what is missing; mend it and press Retry.";
        evidence(cx, Kind::Service, hint).await
    }
}

/// Whether the service wants another revision than before: a late call of what was overruled may have come after it was read.
async fn runs_another(cx: Context<'_>, change: &Change) -> Result<bool, StepError> {
    let before = change.before.revision;
    if before == Before::UNKNOWN {
        return Ok(false);
    }
    let revisions = cx.workload.revisions(&cx.site.subject()).await?;
    Ok(revisions.iter().any(|revision| revision.runs && revision.number != before))
}
