//! Adoption: from here on the registry knows a tenant that stands already. Nothing is changed where it stands.

use std::time::Duration;

use async_trait::async_trait;

use super::{Context, Outcome, Step, StepError, Undone};
use crate::card::text::short_id;
use crate::event::Effect;
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::Owner;

/// Looks whether the tenant still stands at the site. That it is known then is the registry's to write, with the outcome.
#[derive(Debug)]
pub struct Adopt;

#[async_trait]
impl Step for Adopt {
    fn name(&self) -> String {
        "adopt".into()
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        site.tenancy.name(Kind::Service)
    }

    fn after(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        Duration::from_mins(1)
    }

    /// The others are known without it.
    fn harmless(&self) -> bool {
        true
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        let found = cx.cloud.find(Kind::Service, &cx.site.subject()).await?;
        if let Some(own) = found.iter().find(|one| one.owner == Owner::Own) {
            let tasks = cx.workload.tasks(&cx.site.subject()).await?;
            let tasks =
                tasks.map_or(String::new(), |tasks| format!(", {} of {} tasks run", tasks.running, tasks.desired));
            return Ok(Outcome {
                effect: Effect::Created,
                ..Outcome::done(format!("{} stands{tasks}", short_id(&own.id)))
            });
        }
        let place = cx.site.tenancy.environment.title();
        Err(StepError::Permanent(match found.first().map(|one| (&one.id, &one.owner)) {
            Some((id, Owner::Foreign(why))) => format!("{id} in {place} is not this tenant's: {why}"),
            _ => format!("it does not stand in {place} any more: there is no service {}", cx.site.name(Kind::Service)),
        }))
    }

    async fn undo(&self, _cx: Context<'_>) -> Result<Undone, StepError> {
        Ok(Undone::removed("the registry knows it no more; where it stands nothing was changed"))
    }

    async fn diagnose(&self, _cx: Context<'_>) -> Vec<String> {
        vec![
            "Look at the service in ECS. Press Skip to go on without this one; Retry when it stands again; Roll back, and none \
             of them is known."
                .into(),
        ]
    }
}
