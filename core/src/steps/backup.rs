//! Backs a tenant's data up before anything of it goes. No backup, no deletion (playbook 1.2).

use std::time::Duration;

use async_trait::async_trait;

use super::patience::{self, Look};
use super::{Context, Outcome, Phase, Step, StepError};
use crate::event::Proof;
use crate::plan::{Plan, Site};
use crate::ports::Backup;

/// Runs the environment's backup task for the tenant, waits for it, and looks at what it left.
#[derive(Debug)]
pub struct BackUp;

/// How long a backup may take.
const PATIENCE: Duration = Duration::from_mins(30);

#[async_trait]
impl Step for BackUp {
    fn name(&self) -> String {
        "back up".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        format!("{} in {}", site.tenancy.tenant, site.tenancy.environment.title())
    }

    fn phase(&self) -> Phase {
        Phase::Opening
    }

    fn wanted(&self, plan: &Plan) -> bool {
        plan.deletion.as_ref().is_some_and(|deletion| deletion.backup)
    }

    fn commits(&self) -> bool {
        false
    }

    fn after(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        PATIENCE + Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let environment = cx.site.tenancy.environment;
        // A new round is a new backup; within one, a process that starts anew finds its task again. The lane's place stands for
        // the tenant, whose name would not fit into a task's mark.
        let run = format!("{}-{}-{environment}-{}", cx.plan.operation, lane(cx), cx.round);
        let subject = cx.site.subject();
        let object = patience::until(cx, PATIENCE, || async {
            match cx.workload.back_up(&subject, &run).await? {
                Backup::Done(object) => Ok(Look::Settled(object)),
                Backup::Running(how) => Ok(Look::NotYet(how)),
                Backup::Failed(why) => Err(StepError::Permanent(why)),
            }
        })
        .await?;
        let proof = format!("{}, {} bytes", object.location, object.bytes);
        let proofs = vec![Proof { item: "backup".into(), proof: proof.clone() }];
        Ok(Outcome::proven(proof, proofs))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![
            "No backup, no deletion: nothing was removed. Look at the stopped task and its logs in ECS and at the bucket, then \
             press Retry for a new backup, or Leave."
                .into(),
        ]
    }
}

/// The tenant's place among those of the plan.
fn lane(cx: Context<'_>) -> usize {
    cx.plan.lanes().position(|tenant| *tenant == cx.site.tenancy.tenant).unwrap_or_default()
}
