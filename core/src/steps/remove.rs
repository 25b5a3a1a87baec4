//! Removes a tenant's resources of a kind, and never anything else (playbook 6.2).

use std::time::Duration;

use async_trait::async_trait;

use super::evidence::causes;
use super::patience::{self, Look};
use super::{Context, DrainService, Outcome, Step, StepError, evidence};
use crate::diagnosis::Section;
use crate::event::Proof;
use crate::kind::Kind;
use crate::plan::{Plan, Site};
use crate::ports::{Cloud, CloudError, Found, Owner};

/// Removes what the plan names, and holds where something stands that the plan does not name. What has vanished since is fine.
#[derive(Debug)]
pub struct Remove(pub Kind);

/// How long a service may take to go (playbook 3.2).
const PATIENCE: Duration = Duration::from_mins(5);

impl Remove {
    /// The kinds that have such a step, in the order of deletion. A log group may stay: see [`super::SettleLogGroup`].
    pub const KINDS: [Kind; 9] = [
        Kind::Service,
        Kind::ListenerRule,
        Kind::TargetGroup,
        Kind::DnsRecord,
        Kind::TaskDefinition,
        Kind::AccessPoint,
        Kind::DatabaseUser,
        Kind::Database,
        Kind::Secret,
    ];
}

/// What stands of a kind at a site and is not in its plan: a line each. Somebody else's that the plan does not show among
/// them.
pub async fn unplanned(cloud: &dyn Cloud, site: &Site, kind: Kind) -> Result<Vec<String>, CloudError> {
    let found = cloud.find(kind, &site.subject()).await?;
    Ok(found.iter().filter_map(|one| surprise(site, kind, one)).collect())
}

fn surprise(site: &Site, kind: Kind, found: &Found) -> Option<String> {
    let place = site.tenancy.environment.title();
    match &found.owner {
        Owner::Own if site.going(kind).any(|resource| resource.id == found.id) => None,
        Owner::Own => Some(format!("{kind} {} stands in {place} and is not in the approved plan", found.id)),
        Owner::Foreign(why) => Some(format!("{kind} {} in {place} is not this tenant's: {why}", found.id)),
    }
}

/// Refuses to go on where something of a kind stands that is not in the plan; `untouched` says so to people.
pub(super) async fn only_planned(cx: Context<'_>, kind: Kind, untouched: &str) -> Result<(), StepError> {
    let surprises = unplanned(cx.cloud, cx.site, kind).await?;
    if surprises.is_empty() {
        return Ok(());
    }
    Err(StepError::Permanent(format!("{}; {untouched}", surprises.join("; "))))
}

/// Removes what is left of a kind, after a look that nothing else bears the name.
pub(super) async fn sweep(cx: Context<'_>, kind: Kind) -> Result<Outcome, StepError> {
    only_planned(cx, kind, "nothing of this kind was touched").await?;
    let removed = if kind == Kind::Service && cx.forced {
        cx.workload.force_remove(&cx.site.subject()).await?
    } else {
        cx.cloud.remove(kind, &cx.site.subject()).await?
    };
    Ok(told(cx, kind, &removed))
}

/// What was removed, and what an earlier try of the same step removed before its outcome was known.
fn told(cx: Context<'_>, kind: Kind, removed: &[Found]) -> Outcome {
    let vanished: Vec<&str> = cx
        .site
        .going(kind)
        .map(|resource| resource.id.as_str())
        .filter(|id| !removed.iter().any(|found| found.id == *id))
        .collect();
    let gone = if cx.again { "gone since an earlier try" } else { "had vanished since the plan" };
    let note = match (removed, vanished.as_slice()) {
        ([], []) => return Outcome::done("was not there"),
        ([], [id]) => format!("{gone}: {id}"),
        ([], _) => format!("{gone}: all {}", vanished.len()),
        ([one], _) => format!("removed {}", one.id),
        ([first, ..], _) => format!("removed {} of them, {} the first", removed.len(), first.id),
    };
    let proof = |id: &str, how: &str| Proof { item: kind.to_string(), proof: format!("{how} {id}") };
    let proofs = removed.iter().map(|found| proof(&found.id, "removed"));
    Outcome::proven(note, proofs.chain(vanished.iter().map(|id| proof(id, &format!("{gone}:")))).collect())
}

#[async_trait]
impl Step for Remove {
    fn name(&self) -> String {
        format!("remove {}", self.0)
    }

    fn resource(&self, _plan: &Plan, site: &Site) -> String {
        going(site, self.0)
    }

    fn after(&self) -> Vec<String> {
        let dependants =
            Self::KINDS.into_iter().filter(|kind| kind.needs().contains(&self.0)).map(|kind| Self(kind).name());
        let first = (self.0 == Kind::Service).then(|| DrainService.name());
        dependants.chain(first).collect()
    }

    fn deadline(&self) -> Duration {
        PATIENCE * 2 + Duration::from_secs(30)
    }

    fn forcible(&self) -> bool {
        self.0 == Kind::Service
    }

    async fn run(&self, cx: Context<'_>) -> Result<Outcome, StepError> {
        if self.0 != Kind::Service {
            return sweep(cx, self.0).await;
        }
        // A service that was deleted drains on before it is gone.
        let outcome = patience::until(cx, PATIENCE, || async { sweep(cx, self.0).await.map(Look::Settled) }).await?;
        if cx.forced {
            patience::until(cx, PATIENCE, || stopped(cx)).await?;
        }
        Ok(outcome)
    }

    async fn diagnose(&self, cx: Context<'_>) -> Vec<String> {
        match self.0 {
            Kind::Service => evidence(cx, self.0, hint(self.0)).await,
            // What the provider says of the others is why they do not come up, which is no wonder here.
            kind => causes(cx, kind).await.into_iter().chain([hint(kind)]).collect(),
        }
    }
}

/// A service that was deleted by force still stops its tasks: until then they use the database.
async fn stopped(cx: Context<'_>) -> Result<Look<()>, StepError> {
    Ok(match cx.workload.tasks(&cx.site.subject()).await? {
        Some(tasks) if tasks.running > 0 => Look::NotYet(format!("{} tasks are being stopped", tasks.running)),
        _ => Look::Settled(()),
    })
}

/// What goes of a kind at a site, for the plan.
pub(super) fn going(site: &Site, kind: Kind) -> String {
    let ids: Vec<&str> = site.going(kind).map(|resource| resource.id.as_str()).collect();
    match ids.as_slice() {
        [] => "none found".to_owned(),
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{} of them: {first} … {last}", ids.len()),
    }
}

/// What the playbook says to look at (3.2), for each kind.
pub(super) fn hint(kind: Kind) -> String {
    match kind {
        Kind::Service => format!(
            "{}. Press Retry to wait again, or Force to delete it together with the tasks that still run.",
            Section::Service.hint()
        ),
        Kind::ListenerRule | Kind::TargetGroup => format!("{}, then press Retry.", Section::TargetGroup.hint()),
        Kind::DatabaseUser | Kind::Database => format!("{}. Mend it and press Retry.", Section::CleanUp.hint()),
        Kind::Secret => "Look at the secret in Secrets Manager and at the bot's permissions, then press Retry.".into(),
        _ => "What stands and was not in the approved plan is never touched: look at it, remove it by hand or press Leave and \
              file the request anew, so that the approvers see it. Else press Retry."
            .into(),
    }
}
