//! From a request to change a site that stands to a frozen plan, by what registry and cloud say now (playbook 2.4, 4.1, 4.2).

use futures::future::try_join;

use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, draft, request, resize};
use crate::card::Card;
use crate::plan::{Before, Change, Site};
use crate::policy::Policy;
use crate::ports::{Revision, Standing, Subject, Tenant};
use crate::spec::{ChangeSpec, Command, OperationSpec, OptionKind};
use crate::tenant::{Environment, Tenancy, TenantId};

/// What is found of a site that is to be changed.
pub(super) struct Found {
    /// The newest first; never empty.
    pub(super) revisions: Vec<Revision>,
    /// What it was, for the plan.
    pub(super) before: Before,
}

impl Desk {
    /// A command that changes what of a site runs: scales it, or runs another revision.
    pub(super) async fn change(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let unsaid = || Refusal::new("The catalogue does not say how this change is done.");
        let wanted = spec.change.as_ref().ok_or_else(unsaid)?;
        let request = request::change(command, invocation)?;
        let environment = request.environment;
        let demands = draft::demands(spec, environment)?;
        let tenant = self.known(&request.tenant).await?;
        let standing = stands(wanted, &tenant, environment)?;
        let tenancy = Tenancy::new(request.tenant.clone(), environment);
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        let ground = self.ground(environment)?;
        // The seal comes first: with somebody else's credentials the other answers mean nothing.
        let account = self.sealed(environment, ground).await?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
        let found = self.at_work(&subject, standing).await?;
        let runs = found.before.desired > 0 || request.count.is_some_and(|count| count > 0);
        if !runs {
            return Err(idle(&request.tenant, environment));
        }
        let goes_back = command.options.iter().any(|option| option.kind == OptionKind::Revision);
        let change = match request.revision {
            None if goes_back => return self.offer_revisions(invocation, &subject, &found).await,
            Some(number) if goes_back => {
                let to = self.revision_to(number, &subject, &found).await?;
                let size = to.size.filter(|size| found.before.size != Some(*size));
                Change { revision: Some(number), size, ..nothing(wanted, found.before) }
            }
            _ => {
                let (size, desired) = resize::asked(&request, &tenant.details, &found.before)?;
                let usage = self.usage(&subject).await;
                Change { size, desired, usage, ..nothing(wanted, found.before) }
            }
        };
        let site = Site::of(tenancy, tenant.details.subdomain.clone(), &ground.domain, account);
        let policy = Policy { at_once: wanted.at_once, ..demands.policy.clone() };
        let plan = draft::changing(command, spec, policy, tenant.details, site, change);
        let plan = draft::complete(spec, plan)?;
        self.file(plan, invocation, request.reason).await
    }

    /// The site as it is at work. Without a service or a task definition there is nothing to change.
    pub(super) async fn at_work(&self, subject: &Subject, standing: Standing) -> Result<Found, Refusal> {
        let place = subject.tenancy.environment;
        let looks = try_join(self.workload.tasks(subject), self.workload.revisions(subject));
        let (tasks, revisions) = looks.await.map_err(|error| unreachable(place, &error))?;
        let running = revisions.iter().find(|revision| revision.runs).cloned();
        let (Some(tasks), Some(running)) = (tasks, running) else {
            return Err(Refusal(format!(
                "`{}` has no service in {}, so there is nothing to change. `/tenant audit` shows what is missing.",
                subject.tenancy.tenant,
                place.title()
            )));
        };
        let before = Before {
            standing,
            revision: running.number,
            size: running.size,
            desired: tasks.desired,
            // What only runs otherwise keeps its rules, whatever they are.
            rules: Vec::new(),
            retention: None,
        };
        Ok(Found { revisions, before })
    }
}

/// How the tenant stands where it is to be changed. What is half-way is for its own operation to finish, but in an emergency.
fn stands(wanted: &ChangeSpec, tenant: &Tenant, at: Environment) -> Result<Standing, Refusal> {
    let (id, place) = (&tenant.details.tenant, at.title());
    let standing = tenant
        .standing(at)
        .ok_or_else(|| Refusal(format!("`{id}` does not stand in {place}. `/tenant show` shows where it does.")))?;
    match standing {
        Standing::Shut => Err(shut(id, at)),
        Standing::Incomplete if !wanted.at_once => Err(Refusal(format!(
            "`{id}` stands half-way in {place}: it is not wholly provisioned, or was being taken down. Finish that first; \
             `/operation list` shows what was begun."
        ))),
        standing => Ok(standing),
    }
}

fn shut(tenant: &TenantId, at: Environment) -> Refusal {
    Refusal(format!(
        "`{tenant}` wants no task in {}: it is shut down. `/tenant reopen` puts it back first.",
        at.title()
    ))
}

fn idle(tenant: &TenantId, environment: Environment) -> Refusal {
    Refusal(format!(
        "`{tenant}` wants no task in {}, and the registry knows of no shutdown: somebody scaled it by hand. `/tenant scale` with \
         `count: 1` lets it run again.",
        environment.title()
    ))
}

/// A change that keeps everything.
fn nothing(wanted: &ChangeSpec, before: Before) -> Change {
    Change {
        verb: wanted.verb.clone(),
        revision: None,
        size: None,
        desired: before.desired,
        usage: Vec::new(),
        reopens: None,
        tells: None,
        emergency: None,
        before,
    }
}
