//! Waits until the revision that was deployed runs everywhere and its targets are healthy (playbook 4.2, 5.2).

use std::time::Duration;

use async_trait::async_trait;

use super::deploy::tasks;
use super::patience::{self, Look, Waited};
use super::register::{change, target};
use super::{Context, DeployRevision, Outcome, Step, StepError, evidence};
use crate::event::Proof;
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::Rollout;

/// How long a rollout may take: tasks start, pass their health checks, and those before them drain.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// What a rollout leaves as its proof: the number of the revision that came up.
pub const STABLE: &str = "stable revision";

/// What to look at where a rollout does not come up.
pub(super) const HINT: &str = "Playbook 3.1: `/tenant diagnose` looks for the cause: the secret, the image, the health check, the memory. Press \
                               Retry to wait on, or Roll back to put back what was there before.";

/// Waits for the rollout.
#[derive(Debug)]
pub enum AwaitStable {
    /// What does not come up is held, and a person decides.
    Holding,
    /// What does not come up is taken back by itself.
    TurningBack,
}

#[async_trait]
impl Step for AwaitStable {
    fn name(&self) -> String {
        match self {
            Self::Holding => "await stable".into(),
            Self::TurningBack => "await stable or turn back".into(),
        }
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        site.tenancy.name(Kind::Service)
    }

    fn after(&self) -> Vec<String> {
        vec![DeployRevision.name()]
    }

    fn deadline(&self) -> Duration {
        PATIENCE + Duration::from_mins(1)
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let (number, desired) = (target(cx).await?, change(cx)?.desired);
        match (wait(cx, number).await?, self) {
            (Ok(seen), _) => Ok(Outcome::proven(
                format!("revision {number} runs with {}: {seen}", tasks(desired)),
                vec![Proof { item: STABLE.to_owned(), proof: number.to_string() }],
            )),
            (Err(why), Self::Holding) => Err(StepError::Permanent(format!("revision {number} is not stable: {why}"))),
            (Err(why), Self::TurningBack) => Err(StepError::Revert(format!("revision {number} is not stable: {why}"))),
        }
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, Kind::Service, HINT).await
    }
}

/// Looks until the revision is stable, and says what was seen; else why it is not and will not be by waiting.
pub(super) async fn wait(cx: Context<'_>, revision: u32) -> Result<Result<String, String>, StepError> {
    let subject = cx.site.subject();
    let looked = patience::wait(cx, PATIENCE, || async {
        Ok(match cx.workload.rollout(&subject, Some(revision)).await? {
            Rollout::Stable(seen) => Look::Settled(Ok(seen)),
            Rollout::Failed(why) => Look::Settled(Err(why)),
            Rollout::Rolling(how) => Look::NotYet(how),
        })
    });
    let seen = match looked.await? {
        Waited::Settled(seen) => seen,
        Waited::GivenUp(why) => Err(why),
    };
    let Ok(seen) = seen else { return Ok(seen) };
    // Somebody else may have deployed in between: then it is that revision that is stable.
    let revisions = cx.workload.revisions(&subject).await?;
    match revisions.iter().find(|one| one.runs) {
        Some(other) if other.number != revision => Err(StepError::Permanent(format!(
            "revision {} runs, and not {revision}: another hand deployed it since; nothing of it is touched",
            other.number
        ))),
        _ => Ok(Ok(seen)),
    }
}
