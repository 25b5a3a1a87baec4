//! Why a tenant does not work: all places are looked at side by side, and what is seen is matched with the table of causes
//! (playbook 3.1, 3.2). Looks only.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;

use super::{Desk, Ground, Invocation, Refusal, request};
use crate::card::{self, Card, text};
use crate::diagnosis::{Diagnosis, Findings, Known, Mend, diagnose};
use crate::ports::{CloudError, Place, Sign, Subject, Symptom, Tenant};
use crate::role::Member;
use crate::size::Size;
use crate::spec::OptionKind;
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// How long a place may take to be looked at. Where databases are reached by a task, that is slower: it is said then.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a look at a place came to.
enum Look {
    Seen(Vec<Symptom>),
    /// The session is not sound, and what to do about it.
    NoSession(String),
}

impl Desk {
    pub(super) async fn diagnose(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let id: TenantId = request::required(invocation, "tenant")?;
        let environment: Environment = request::required(invocation, "environment")?;
        let ground = self.ground(environment)?;
        let tenant = self.ledger.store().tenant(&id).await?;
        let known = known(tenant.as_ref(), environment);
        let tenancy = Tenancy::new(id.clone(), environment);
        let subdomain = subdomain(tenant.as_ref(), &id)?;
        let mut findings = self.findings(&Subject { tenancy: tenancy.clone(), subdomain }, ground, known).await;
        if known == Known::Nowhere {
            let why = "the registry does not know the tenant, so its id was taken for its host label";
            findings.seen.push(Symptom::new(Place::Site, Sign::Unseen, why));
        }
        let diagnosis = diagnose(&findings);
        let open = self.nothing_open(&tenancy.to_string(), "is being worked on").await.err().map(|Refusal(why)| why);
        let size = self.size(&tenancy, tenant.as_ref(), &diagnosis).await;
        let mut mends: Vec<_> = diagnosis
            .likely
            .iter()
            .filter_map(|likely| Some((likely.cause, likely.cause.mend?)))
            .filter(|(_, mend)| self.may(&invocation.member, *mend))
            .collect();
        let mut offered = BTreeSet::new();
        mends.retain(|(_, mend)| offered.insert(*mend));
        let buttons = mends.into_iter().filter_map(|(cause, mend)| {
            let options = self.catalogue.command(mend.command())?.options.iter();
            let kinds: Vec<(&str, OptionKind)> = options.map(|option| (option.name.as_str(), option.kind)).collect();
            card::advised(cause, mend, &tenancy, size, &kinds)
        });
        let buttons = buttons.collect();
        Ok(card::diagnosis(&tenancy, known, &diagnosis, open.as_deref(), buttons))
    }

    /// Whether the catalogue has the command and the person may use it.
    fn may(&self, member: &Member, mend: Mend) -> bool {
        self.catalogue.command(mend.command()).is_some_and(|command| command.who.includes(member))
    }

    /// Asks for the account first: with somebody else's credentials the other answers mean nothing.
    async fn findings(&self, subject: &Subject, ground: &Ground, known: Known) -> Findings {
        let environment = subject.tenancy.environment;
        let mut findings = Findings { known, session: None, seen: Vec::new() };
        let trouble = match self.cloud.account(environment).await {
            Err(CloudError::Credentials(trouble)) => Some(trouble),
            Ok(_) => self.sealed(environment, ground).await.err().map(|Refusal(why)| why),
            // Whether it is throttled or away: each place says so itself.
            Err(_) => None,
        };
        if trouble.is_some() {
            let unseen = |place| Symptom::new(place, Sign::Unseen, "without a session it means nothing");
            return Findings { session: trouble, seen: Place::ALL.map(unseen).into(), ..findings };
        }
        for look in join_all(Place::ALL.map(|place| self.look(subject, place))).await {
            match look {
                Look::Seen(symptoms) => findings.seen.extend(symptoms),
                Look::NoSession(trouble) => findings.session = Some(trouble),
            }
        }
        findings
    }

    async fn look(&self, subject: &Subject, place: Place) -> Look {
        let unseen = |why: String| Look::Seen(vec![Symptom::new(place, Sign::Unseen, why)]);
        let limit = self.clock.work(PATIENCE);
        tokio::select! {
            biased;
            seen = self.workload.symptoms(subject, place) => match seen {
                Ok(symptoms) => Look::Seen(symptoms),
                Err(CloudError::Credentials(trouble)) => Look::NoSession(trouble),
                Err(error) => unseen(error.to_string()),
            },
            () = self.clock.sleep_until(self.clock.now() + limit) => {
                unseen(format!("no answer within {}", text::duration(PATIENCE.as_secs())))
            }
        }
    }

    /// The size that runs, where a larger one would help; the registered one where that cannot be seen.
    async fn size(&self, tenancy: &Tenancy, tenant: Option<&Tenant>, diagnosis: &Diagnosis) -> Option<Size> {
        let details = &tenant?.details;
        if !diagnosis.likely.iter().any(|likely| likely.cause.mend == Some(Mend::Enlarge)) {
            return None;
        }
        let subject = Subject { tenancy: tenancy.clone(), subdomain: details.subdomain.clone() };
        let revisions = self.workload.revisions(&subject).await.unwrap_or_default();
        let runs = revisions.into_iter().find(|revision| revision.runs).and_then(|revision| revision.size);
        Some(runs.unwrap_or(details.size))
    }
}

fn known(tenant: Option<&Tenant>, environment: Environment) -> Known {
    match tenant {
        None => Known::Nowhere,
        Some(tenant) if tenant.deleted.is_some() => Known::Deleted,
        Some(tenant) => tenant.standing(environment).map_or(Known::Elsewhere, Known::Here),
    }
}

/// The tenant's host label, or its id where the registry knows none.
fn subdomain(tenant: Option<&Tenant>, id: &TenantId) -> Result<Subdomain, Refusal> {
    match tenant {
        Some(tenant) => Ok(tenant.details.subdomain.clone()),
        None => Ok(id.as_str().parse()?),
    }
}
