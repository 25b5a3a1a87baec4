//! Sweeping: the deletion of what bears the name of a tenant that there is not (playbook 4.3). What belongs to a tenant that
//! stands is refused here, and the engine asks again before anything goes.

use super::forms::Wanted;
use super::request::{self, SweepRequest};
use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, Reply, deletion};
use crate::card::Card;
use crate::plan::{Deletion, Details, Engagement, Reason, Scope, Typed};
use crate::ports::{CloudError, Subject, Tenant};
use crate::size::Size;
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Email, Label, Subdomain, Tenancy, TenantId};

impl Desk {
    /// `/tenant sweep`. Where a name must be typed, that is asked first.
    pub(super) async fn sweep(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Reply, Refusal> {
        let request = request::sweep(invocation)?;
        self.orphaned(&request).await?;
        if spec.policy.get(&request.environment).is_some_and(|demands| demands.typed.is_some()) {
            return Ok(self.ask_for_name(&Wanted::Sweep(request)));
        }
        self.file_sweep(command, spec, invocation, request, false).await.map(Reply::Private)
    }

    /// What the registry knows of the tenant, which must not stand there.
    async fn orphaned(&self, request: &SweepRequest) -> Result<Option<Tenant>, Refusal> {
        let SweepRequest { tenant, environment, .. } = request;
        let known = self.ledger.store().tenant(tenant).await?;
        if known.as_ref().is_some_and(|known| known.standing(*environment).is_some()) {
            return Err(Refusal(format!(
                "`{tenant}` is a tenant that stands in {}, so nothing of it is an orphan there, and nothing was filed. \
                 `/tenant delete` deletes it.",
                environment.title()
            )));
        }
        Ok(known)
    }

    /// Plans and files it. `typed`: the name was typed, to the letter, by who asks.
    pub(super) async fn file_sweep(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
        request: SweepRequest,
        typed: bool,
    ) -> Result<Card, Refusal> {
        let known = self.orphaned(&request).await?;
        let SweepRequest { tenant: id, environment, backup } = request;
        let tenancy = Tenancy::new(id.clone(), environment);
        let subdomain = self.label_of(&tenancy, known.as_ref()).await?;
        let details = match known {
            Some(known) => Details { subdomain, ..known.details },
            None => nobody(&id, subdomain, None)?,
        };
        let tenant = Tenant { details, standings: Vec::new(), deleted: None };
        let Some(site) = self.site(&tenant, environment).await? else {
            return Err(Refusal(format!(
                "Nothing that is `{id}`'s own was found in {}, so there is nothing to remove and nothing was filed.",
                environment.title()
            )));
        };
        let typed = typed.then(|| Typed { name: id, person: invocation.member.person.clone(), at: self.clock.now() });
        let asked = deletion::deletion(spec, Scope::One(environment), Reason::Other, backup, false)?;
        let policy = deletion::policy(spec, &[environment].into())?;
        let wanted = Deletion { typed, ..asked };
        let plan = deletion::plan(command, spec, policy, vec![tenant.details], vec![site], wanted)?;
        self.file(plan, invocation, None).await
    }

    /// The host label by which its rules and records are looked for: the registry's, that of a rule that leads to it, or its id;
    /// never one that a tenant has now.
    async fn label_of(&self, tenancy: &Tenancy, known: Option<&Tenant>) -> Result<Subdomain, Refusal> {
        let mut labels: Vec<Subdomain> = known.map(|known| known.details.subdomain.clone()).into_iter().collect();
        if known.is_none() {
            labels.extend(self.labels_by_rules(tenancy).await?);
        }
        labels.extend(tenancy.tenant.as_str().parse());
        // Under none of these has it a rule or a record: then the look finds none.
        labels.extend((1..10).filter_map(|number| format!("orphan-{number}-{}", tenancy.tenant).parse().ok()));
        for label in labels {
            let owner = self.ledger.store().tenant_of_subdomain(&label).await?;
            if owner.is_none_or(|owner| owner == tenancy.tenant) {
                return Ok(label);
            }
        }
        Err(Refusal(format!("Every host label that could be `{}`'s is another tenant's.", tenancy.tenant)))
    }

    /// The host labels of the rules that lead to the tenant; none where they cannot be read: they are found by their target
    /// group as well.
    async fn labels_by_rules(&self, tenancy: &Tenancy) -> Result<Vec<Subdomain>, Refusal> {
        let domain = &self.ground(tenancy.environment)?.domain;
        match self.workload.rules(&unlabelled(tenancy)?).await {
            Ok(rules) => Ok(rules.iter().flat_map(|rule| labels(&rule.words, domain)).collect()),
            Err(CloudError::Permanent(_) | CloudError::Foreign { .. }) => Ok(Vec::new()),
            Err(error) => Err(unreachable(tenancy.environment, &error)),
        }
    }
}

/// The tenant as it is looked for before its host label is known: for what is found by other names.
pub(super) fn unlabelled(tenancy: &Tenancy) -> Result<Subject, Refusal> {
    let subdomain = format!("orphan-{}", tenancy.tenant).parse()?;
    Ok(Subject { tenancy: tenancy.clone(), subdomain })
}

/// The host labels under a domain that a rule is for: `golden.wpdev.kimmyai.io → dev-goldencrust-tg` has `golden`.
pub(super) fn labels<'a>(words: &'a str, domain: &'a str) -> impl Iterator<Item = Subdomain> + 'a {
    let when = words.split_once('→').map_or("", |(when, _)| when);
    when.split([' ', ',']).filter_map(move |host| host.strip_suffix(domain)?.strip_suffix('.')?.parse().ok())
}

/// What can be said of a tenant that nobody has told of.
pub(super) fn nobody(id: &TenantId, subdomain: Subdomain, email: Option<Email>) -> Result<Details, Refusal> {
    Ok(Details {
        tenant: id.clone(),
        company: id.as_str().parse::<Label>()?,
        subdomain,
        email,
        organisation: None,
        size: Size::DEFAULT,
        engagement: Engagement::Client,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rules_words_say_its_host_labels() {
        let found = |words| labels(words, "wpdev.kimmyai.io").map(|label| label.to_string()).collect::<Vec<_>>();
        assert_eq!(found("golden.wpdev.kimmyai.io → dev-goldencrust-tg"), ["golden"]);
        assert_eq!(found("a.wpdev.kimmyai.io or b.wpdev.kimmyai.io and path /x → dev-goldencrust-tg"), ["a", "b"]);
        for other in ["everything → a.wpdev.kimmyai.io", "a.wpsit.kimmyai.io → x", "a.b.wpdev.kimmyai.io → x", "", "x"]
        {
            assert!(found(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn every_id_can_be_looked_for() {
        for id in ["acme", "www", "123456789012", "a--b", "xn--a"] {
            let tenancy = Tenancy::new(id.parse().expect("valid"), crate::tenant::Environment::Dev);
            assert_eq!(unlabelled(&tenancy).expect("a label").tenancy, tenancy);
        }
    }
}
