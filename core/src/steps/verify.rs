//! Waits until a check of the post-provisioning checklist passes (playbook 5.2).

use std::time::Duration;

use async_trait::async_trait;

use super::ensure::hint;
use super::patience::{self, Look};
use super::{Context, Ensure, Outcome, Step, StepError, evidence};
use crate::diagnosis::Section;
use crate::kind::Kind;
use crate::plan::{Healing, Plan, Site};
use crate::ports::{Check, Verdict};

/// Looks at one thing until it is as it should be.
#[derive(Debug)]
pub struct Verify(pub Check);

/// How long a check may take to pass: tasks have five minutes (playbook 3.2).
const PATIENCE: Duration = Duration::from_mins(5);

impl Verify {
    fn words(&self) -> &'static str {
        match self.0 {
            Check::ServiceRunning => "service running",
            Check::TargetHealthy => "target healthy",
            Check::DnsResolves => "dns resolves",
            Check::SiteAnswers => "site answers",
            Check::DatabaseReachable => "database reachable",
            Check::SecretStored => "secret stored",
            Check::LogsAppearing => "logs appearing",
        }
    }

    /// The kind whose trouble shows in this check first.
    fn kind(&self) -> Kind {
        match self.0 {
            Check::ServiceRunning | Check::SiteAnswers => Kind::Service,
            Check::TargetHealthy => Kind::TargetGroup,
            Check::DnsResolves => Kind::DnsRecord,
            Check::DatabaseReachable => Kind::DatabaseUser,
            Check::SecretStored => Kind::Secret,
            Check::LogsAppearing => Kind::LogGroup,
        }
    }

    fn hint(&self) -> String {
        match self.0 {
            Check::TargetHealthy | Check::SiteAnswers => format!("{}.", Section::Health.hint()),
            _ => hint(self.kind()),
        }
    }
}

#[async_trait]
impl Step for Verify {
    fn name(&self) -> String {
        format!("verify {}", self.words())
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        match self.0 {
            Check::SiteAnswers | Check::DnsResolves => site.host.clone(),
            _ => site.name(self.kind()),
        }
    }

    fn after(&self) -> Vec<String> {
        let needed: &[Kind] = match self.0 {
            Check::ServiceRunning | Check::TargetHealthy | Check::SiteAnswers | Check::LogsAppearing => {
                &[Kind::Service]
            }
            Check::DnsResolves => &[Kind::DnsRecord],
            Check::DatabaseReachable => &[Kind::DatabaseUser],
            Check::SecretStored => &[Kind::Secret],
        };
        needed.iter().map(|kind| Ensure(*kind).name()).collect()
    }

    /// Where no task is to run, none is waited for; nor are log lines of tasks that may never write any.
    fn wanted(&self, plan: &Plan) -> bool {
        let logs = plan.sites.iter().all(|site| site.heals.as_ref().is_none_or(Healing::logs));
        plan.change.as_ref().is_none_or(|change| change.desired > 0) && (self.0 != Check::LogsAppearing || logs)
    }

    fn deadline(&self) -> Duration {
        PATIENCE + Duration::from_secs(30)
    }

    /// Looks until the check passes.
    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        patience::until(cx, PATIENCE, || async {
            Ok(match cx.cloud.check(self.0, &cx.site.blueprint(cx.details)).await? {
                Verdict::Passed(evidence) => Look::Settled(Outcome::done(evidence)),
                Verdict::NotYet(evidence) => Look::NotYet(evidence),
            })
        })
        .await
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, self.kind(), self.hint()).await
    }
}
