//! Makes sure that a resource stands.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Step, StepError, Undone, evidence};
use crate::diagnosis::Section;
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::{CloudError, Ensured, Owner};

/// Creates the tenant's resource of a kind, or takes over the one that is the tenant's own.
#[derive(Debug)]
pub struct Ensure(pub Kind);

#[async_trait]
impl Step for Ensure {
    fn name(&self) -> String {
        format!("ensure {}", self.0)
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        match self.0 {
            Kind::ListenerRule => {
                let target = site.tenancy.name(Kind::TargetGroup);
                format!("{} → {target} on {}", site.host, site.load_balancer)
            }
            kind => site.name(kind),
        }
    }

    fn wanted(&self, plan: &Plan) -> bool {
        plan.sites.iter().all(|site| site.heals.as_ref().is_none_or(|heals| heals.wants(self.0)))
    }

    fn after(&self) -> Vec<String> {
        self.0.needs().iter().map(|kind| Self(*kind).name()).collect()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn look(&self, cx: Context<'_>) -> Result<bool, StepError> {
        let found = cx.cloud.find(self.0, &cx.site.subject()).await?;
        Ok(found.iter().any(|resource| resource.owner == Owner::Own))
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        Ok(match cx.cloud.ensure(self.0, &cx.site.blueprint(cx.details)).await? {
            Ensured::Created(found) => Outcome { effect: Effect::Created, ..Outcome::done(found.id) },
            Ensured::Existed(found) => Outcome { effect: Effect::Existed, ..Outcome::done(found.id) },
        })
    }

    async fn undo(&self, cx: Context<'_>) -> Result<Undone, StepError> {
        match cx.cloud.remove(self.0, &cx.site.subject()).await {
            Ok(removed) if removed.is_empty() => Ok(Undone::removed("was not there")),
            Ok(removed) => {
                let ids: Vec<String> = removed.into_iter().map(|found| found.id).collect();
                Ok(Undone::removed(format!("removed {}", ids.join(", "))))
            }
            // What somebody else owns is not what this operation made.
            Err(CloudError::Foreign { resource, why }) => {
                Ok(Undone { note: format!("left {resource} alone: {why}"), left: true })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        evidence(cx, self.0, hint(self.0)).await
    }
}

/// What the playbook says to look at (3.1), for each kind.
pub(super) fn hint(kind: Kind) -> String {
    let section = match kind {
        Kind::Service => Section::Start,
        Kind::DatabaseUser | Kind::Database => Section::Database,
        _ => return of_kind(kind).to_owned(),
    };
    format!("{}. Mend it and press Retry.", section.hint())
}

/// What to look at where the playbook says nothing.
fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ListenerRule => {
            "Look for a free priority and for the host name in another rule of the listener, then press Retry."
        }
        Kind::TargetGroup => {
            "A load balancer has at most 100 target groups; make room or configure another, then press Retry."
        }
        Kind::DnsRecord => "Look at the record in the hosted zone: it must not exist, or lead to this load balancer.",
        Kind::TaskDefinition => {
            "Look at the roles of the task definition: the task execution role must exist and may be passed."
        }
        Kind::AccessPoint => "Look at the file system: it must exist and have fewer than 10,000 access points.",
        Kind::Secret => {
            "A secret of this name may be scheduled for deletion: restore it or delete it for good, then press Retry."
        }
        _ => "Look at it in the provider's console and at the bot's permissions, then press Retry.",
    }
}
