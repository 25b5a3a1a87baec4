//! From a request to put a tenant back to a frozen plan: exactly what its shutdown took away, by the log.

use futures::future::try_join_all;

use super::request;
use super::shutdown::Shut;
use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, draft};
use crate::card::{Card, text};
use crate::plan::{Change, Site};
use crate::policy::Policy;
use crate::ports::{Standing, Subject};
use crate::role::Person;
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Tenancy, TenantId};

impl Desk {
    /// `/tenant reopen`.
    pub(super) async fn reopen(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let unsaid = || Refusal::new("The catalogue does not say how this is done.");
        let wanted = spec.change.as_ref().ok_or_else(unsaid)?;
        let request = request::change(command, invocation)?;
        let (id, environment) = (&request.tenant, request.environment);
        let demands = draft::demands(spec, environment)?;
        let tenant = self.known(id).await?;
        let tenancy = Tenancy::new(id.clone(), environment);
        if tenant.standing(environment) != Some(Standing::Shut) {
            return Err(Refusal(format!(
                "`{id}` is not shut down in {}. `/tenant show` shows how it stands.",
                environment.title()
            )));
        }
        let Some(shut) = self.shut_by(&tenancy).await? else {
            return Err(Refusal(format!("No operation of the log has shut `{id}` down in {}.", environment.title())));
        };
        somebody_else(&invocation.member.person, &shut, id)?;
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        let ground = self.ground(environment)?;
        // The seal comes first: with somebody else's credentials the other answers mean nothing.
        let account = self.sealed(environment, ground).await?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
        let in_the_way = self.in_the_rules_way(&subject, &shut).await?;
        let policy = Policy { barred: shut.people, ..demands.policy.clone() };
        let change = Change {
            verb: wanted.verb.clone(),
            revision: None,
            size: None,
            desired: shut.before.desired,
            usage: Vec::new(),
            reopens: Some(shut.operation),
            tells: None,
            emergency: None,
            before: shut.before,
        };
        let site = Site::of(tenancy, tenant.details.subdomain.clone(), &ground.domain, account);
        let site = Site { in_the_way, ..site };
        let plan = draft::changing(command, spec, policy, tenant.details, site, change);
        let plan = draft::complete(spec, plan)?;
        self.file(plan, invocation, request.reason).await
    }

    /// Whose the places of the rules are now: a line each. Without its service there is nothing to put back.
    async fn in_the_rules_way(&self, subject: &Subject, shut: &Shut) -> Result<Vec<String>, Refusal> {
        let place = subject.tenancy.environment;
        let tasks = self.workload.tasks(subject).await.map_err(|error| unreachable(place, &error))?;
        if tasks.is_none() && shut.before.desired > 0 {
            return Err(Refusal(format!(
                "The service of `{}` is gone from {}, so it cannot run again. `/tenant audit` shows what is missing.",
                subject.tenancy.tenant,
                place.title()
            )));
        }
        let cut = shut.before.keeps_rules().is_none().then_some(&shut.before.rules);
        let looks = cut.into_iter().flatten().map(|rule| async move {
            let other = self.workload.occupant(subject, rule).await?;
            Ok(other.map(|other| {
                format!(
                    "⚠️ priority {} is another rule's now ({}): the run will hold there",
                    rule.priority,
                    text::plain(&other)
                )
            }))
        });
        let found = try_join_all(looks).await.map_err(|error| unreachable(place, &error))?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// Who cut a tenant off does not say that it may be reached again.
fn somebody_else(person: &Person, shut: &Shut, id: &TenantId) -> Result<(), Refusal> {
    if shut.people.iter().all(|who| who.id != person.id) {
        return Ok(());
    }
    Err(Refusal(format!(
        "You shut `{id}` down yourself (operation `{}`), so somebody else must ask for its reopening, and a DevOps Lead who did not \
         shut it down must approve it.",
        shut.operation
    )))
}
