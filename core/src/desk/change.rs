//! From a request to change a site that stands to a frozen plan, by what registry and cloud say now (playbook 2.4, 4.1, 4.2).

use futures::future::try_join3;

use super::request::{self, ChangeRequest};
use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, checklist, layout};
use crate::card::Card;
use crate::plan::{Before, Change, OperationId, Plan, Purpose, Site};
use crate::policy::Policy;
use crate::ports::{Revision, Standing, Subject, Tenant};
use crate::spec::{ChangeSpec, Command, OperationSpec};
use crate::tenant::{Environment, Tenancy};

/// What is found of a site that is to be changed.
pub(super) struct Found {
    /// The newest first; never empty.
    pub(super) revisions: Vec<Revision>,
    /// What it was, for the plan.
    pub(super) before: Before,
}

impl Desk {
    /// A command that changes a site: scales it, runs another revision, cuts it off, puts it back.
    pub(super) async fn change(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let unsaid = || Refusal::new("The catalogue does not say how this change is done.");
        let wanted = spec.change.as_ref().ok_or_else(unsaid)?;
        let request = request::change(invocation)?;
        let environment = request.environment;
        let Some(demands) = spec.policy.get(&environment) else {
            return Err(Refusal(format!("There is no policy for {}, so nothing may run there.", environment.title())));
        };
        let tenant = self.known(&request.tenant).await?;
        let standing = stands(&tenant, environment)?;
        if standing == Standing::Shut {
            return Err(Refusal(format!(
                "`{}` is shut down in {}. `/tenant reopen` puts it back first.",
                request.tenant,
                environment.title()
            )));
        }
        let tenancy = Tenancy::new(request.tenant.clone(), environment);
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        let ground = self.ground(environment)?;
        // The seal comes first: with somebody else's credentials the other answers mean nothing.
        let account = self.sealed(environment, ground).await?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
        let found = self.at_work(&subject, standing).await?;
        let change = asked_for(spec.purpose, wanted, &request, found)?;
        let site = Site {
            host: Tenancy::host(&tenant.details.subdomain, &ground.domain),
            subdomain: tenant.details.subdomain.clone(),
            tenancy,
            account,
            load_balancer: String::new(),
            adopts: Vec::new(),
            goes: Vec::new(),
            in_the_way: Vec::new(),
        };
        let mut plan = Plan {
            operation: OperationId::generate(&mut rand::rng()),
            command: command.name.clone(),
            purpose: spec.purpose,
            tenants: vec![tenant.details],
            sites: vec![site],
            steps: Vec::new(),
            deletion: None,
            change: Some(change),
            policy: Policy { at_once: wanted.at_once, ..demands.policy.clone() },
            checklist: Vec::new(),
        };
        plan.checklist = checklist::filled(&spec.checklist, &plan);
        plan.steps = layout::steps(spec, &plan)?;
        self.file(plan, invocation, request.reason).await
    }

    /// The site as it is at work. Without a service or a task definition there is nothing to change.
    pub(super) async fn at_work(&self, subject: &Subject, standing: Standing) -> Result<Found, Refusal> {
        let place = subject.tenancy.environment;
        let looks =
            try_join3(self.workload.tasks(subject), self.workload.revisions(subject), self.workload.rules(subject));
        let (tasks, revisions, rules) = looks.await.map_err(|error| unreachable(place, &error))?;
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
            rules,
            retention: None,
        };
        Ok(Found { revisions, before })
    }
}

/// How the tenant stands where it is to be changed.
fn stands(tenant: &Tenant, environment: Environment) -> Result<Standing, Refusal> {
    let id = &tenant.details.tenant;
    tenant.standing(environment).ok_or_else(|| {
        Refusal(format!("`{id}` does not stand in {}. `/tenant show` shows where it does.", environment.title()))
    })
}

/// What the plan is to change the site to. What would change nothing is refused.
fn asked_for(purpose: Purpose, wanted: &ChangeSpec, request: &ChangeRequest, found: Found) -> Result<Change, Refusal> {
    let Found { before, .. } = found;
    if purpose == Purpose::Change && before.desired == 0 {
        return Err(Refusal(format!(
            "`{}` wants no task in {}: it is shut down. `/tenant reopen` puts it back first.",
            request.tenant,
            request.environment.title()
        )));
    }
    let desired = request.count.unwrap_or(before.desired);
    Ok(Change {
        verb: wanted.verb.clone(),
        revision: request.revision,
        size: None,
        desired,
        usage: Vec::new(),
        reopens: None,
        tells: None,
        emergency: None,
        before,
    })
}
