//! Scales a service to zero and waits until no task runs (playbook 3.2, 6.2).

use std::time::Duration;

use async_trait::async_trait;

use super::patience::{self, Look};
use super::remove::{going, hint, only_planned};
use super::{BackUp, Context, Outcome, Step, StepError, evidence};
use crate::kind::Kind;
use crate::plan::{Plan, Site};

/// Scales the tenant's service to zero. From here on the site is down.
#[derive(Debug)]
pub struct DrainService;

/// How long tasks may drain (playbook 3.2).
const PATIENCE: Duration = Duration::from_mins(5);

#[async_trait]
impl Step for DrainService {
    fn name(&self) -> String {
        "drain service".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        going(site, Kind::Service)
    }

    fn after(&self) -> Vec<String> {
        vec![BackUp.name()]
    }

    fn deadline(&self) -> Duration {
        PATIENCE + Duration::from_secs(30)
    }

    fn forcible(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        only_planned(cx, Kind::Service, "nothing was touched").await?;
        let subject = cx.site.subject();
        patience::until(cx, PATIENCE, || async {
            let Some(tasks) = cx.workload.tasks(&subject).await? else {
                return Ok(Look::Settled(Outcome::done("there is no service")));
            };
            if tasks.desired > 0 {
                cx.workload.scale(&subject, 0).await?;
            } else if tasks.running == 0 {
                return Ok(Look::Settled(Outcome::done("no task runs")));
            } else if cx.forced {
                return Ok(Look::Settled(Outcome::done(format!("forced while {} tasks run", tasks.running))));
            }
            Ok(Look::NotYet(if tasks.running == 1 {
                "1 task still runs".to_owned()
            } else {
                format!("{} tasks still run", tasks.running)
            }))
        })
        .await
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, Kind::Service, hint(Kind::Service)).await
    }
}
