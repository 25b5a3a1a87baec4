//! Adoption: tenants that stand already come into the registry, from what the inventories list or from what people write down.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, try_join_all};

use super::request::{self, AdoptionRequest};
use super::stock::{Stock, unread};
use super::survey::unreachable;
use super::sweep::{labels, nobody, unlabelled};
use super::{Desk, Ground, Invocation, Refusal, deletion, draft};
use crate::card::{Card, text};
use crate::inventory::Unread;
use crate::kind::Kind;
use crate::orphans::leftovers;
use crate::plan::{Details, Plan, Site};
use crate::ports::{CloudError, Owner, Subject, Tenant};
use crate::size::Size;
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// How many tenants one request adopts at most.
pub const MOST_ADOPTED: usize = 200;

/// How many tenants are looked at side by side when a plan is made.
const AT_ONCE: usize = 4;

/// A tenant that is to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is known of it.
    pub details: Details,
    /// Where it stands, each with lines on what was found there.
    pub places: BTreeMap<Environment, Vec<String>>,
}

/// A tenant that stands where the registry does not know it.
struct Candidate {
    tenant: TenantId,
    known: Option<Tenant>,
    /// Where, with the kinds that are listed.
    places: BTreeMap<Environment, BTreeSet<Kind>>,
}

impl Desk {
    /// `/tenant adopt`: the one that is named, or all that are found.
    pub(super) async fn adopt(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let request = request::adoption(invocation)?;
        let stock = self.stock(None).await?;
        certain(&stock)?;
        let mut candidates = candidates(&stock);
        if let Some(tenant) = &request.tenant {
            candidates.retain(|candidate| candidate.tenant == *tenant);
            if candidates.is_empty() {
                return Err(not_there(tenant, stock.known.get(tenant)));
            }
        }
        let (mut entries, mut left_out) = (Vec::new(), misnamed(&stock));
        let mut labels = BTreeSet::new();
        let mut waiting = candidates.into_iter();
        while entries.len() < MOST_ADOPTED {
            let some: Vec<Candidate> = waiting.by_ref().take(AT_ONCE.min(MOST_ADOPTED - entries.len())).collect();
            if some.is_empty() {
                break;
            }
            for entry in try_join_all(some.iter().map(|candidate| self.entry(candidate, &request))).await? {
                match entry {
                    Ok(entry) if !labels.insert(entry.details.subdomain.clone()) => {
                        let Details { tenant, subdomain, .. } = &entry.details;
                        left_out
                            .push(format!("`{tenant}`: another one of the list has the host label `{subdomain}` too"));
                    }
                    Ok(entry) => entries.push(entry),
                    Err(why) => left_out.push(why),
                }
            }
        }
        let more = waiting.count();
        if entries.is_empty() {
            let why = if left_out.is_empty() {
                "All that stands is known already.".to_owned()
            } else {
                format!("Left out: {}.", text::shorten(&left_out.join("; "), 1_500))
            };
            return Err(Refusal(format!("There is nothing to adopt, and nothing was filed. {why}")));
        }
        let plan = adoption_plan(command, spec, entries, &self.ground)?;
        let mut card = self.file(plan, invocation, None).await?;
        if more > 0 {
            card.body = format!("{}\nOne request takes {MOST_ADOPTED}: ask again for the other {more}.", card.body);
        }
        if !left_out.is_empty() {
            let count = left_out.len();
            card.body = format!("{}\nLeft out, {count}:\n{}", card.body, text::shorten(&left_out.join("\n"), 2_000));
        }
        Ok(card.fit())
    }

    /// The candidate as it is to be known, or why it is left out.
    async fn entry(&self, candidate: &Candidate, request: &AdoptionRequest) -> Result<Result<Entry, String>, Refusal> {
        let Candidate { tenant, known, places } = candidate;
        let store = self.ledger.store();
        for environment in Environment::ALL {
            if let Some(holder) = store.holder(&format!("{environment}/{tenant}")).await? {
                return Ok(Err(format!("`{tenant}`: operation `{holder}` is working on it")));
            }
        }
        let tenancies = || places.keys().map(|environment| Tenancy::new(tenant.clone(), *environment));
        if let Some(why) = self.somebody_elses(tenancies()).await? {
            return Ok(Err(why));
        }
        let mut lines: BTreeMap<Environment, Vec<String>> = places
            .iter()
            .map(|(environment, kinds)| (*environment, vec![listed(tenant, *environment, kinds)]))
            .collect();
        let Some(highest) = tenancies().next_back() else { return Ok(Err(format!("`{tenant}` stands nowhere"))) };
        let note = lines.entry(highest.environment).or_default();
        let details = match known {
            Some(known) => known.details.clone(),
            None => match self.unknown(&highest, request, note).await? {
                Ok(details) => details,
                Err(why) => return Ok(Err(why)),
            },
        };
        if let Some(owner) = store.tenant_of_subdomain(&details.subdomain).await?.filter(|owner| owner != tenant) {
            let why = format!("`{tenant}`: its host label `{}` is the tenant `{owner}`'s", details.subdomain);
            return Ok(Err(why));
        }
        if let Some(holder) = store.holder(&format!("subdomain/{}", details.subdomain)).await? {
            return Ok(Err(format!(
                "`{tenant}`: operation `{holder}` is about its host label `{}`",
                details.subdomain
            )));
        }
        Ok(Ok(Entry { details, places: lines }))
    }

    /// Why it cannot be the tenant's, where its service says so.
    async fn somebody_elses(&self, tenancies: impl Iterator<Item = Tenancy>) -> Result<Option<String>, Refusal> {
        let looks = tenancies.map(|tenancy| async move {
            let found = self.cloud.find(Kind::Service, &unlabelled(&tenancy)?).await;
            let found = found.map_err(|error| unreachable(tenancy.environment, &error))?;
            let foreign = found.iter().find_map(|one| match &one.owner {
                Owner::Own => None,
                Owner::Foreign(why) => Some(text::plain(why)),
            });
            let place = tenancy.environment.title();
            Ok::<_, Refusal>(
                foreign.map(|why| format!("`{}`: its service in {place} is not its own: {why}", tenancy.tenant)),
            )
        });
        let looked = join_all(looks).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(looked.into_iter().flatten().next())
    }

    /// What can be found out of a tenant that nobody has told of, or why that is not enough.
    async fn unknown(
        &self,
        highest: &Tenancy,
        request: &AdoptionRequest,
        notes: &mut Vec<String>,
    ) -> Result<Result<Details, String>, Refusal> {
        let id = &highest.tenant;
        let subdomain = match &request.subdomain {
            Some(given) => given.clone(),
            None => match self.its_label(highest).await? {
                Ok(Some(label)) => label,
                Ok(None) => match id.as_str().parse::<Subdomain>() {
                    Ok(label) => {
                        notes.push(format!("`{id}`: no rule leads to it, so its host label is taken to be its id"));
                        label
                    }
                    Err(why) => {
                        return Ok(Err(format!("`{id}`: no rule leads to it, and its id is no host label: {why}")));
                    }
                },
                Err(why) => return Ok(Err(why)),
            },
        };
        let size = self.its_size(highest, &subdomain).await?;
        if size.is_none() {
            notes.push(format!("`{id}`: its size is not one that is known, so {} is assumed", Size::DEFAULT));
        }
        let details = nobody(id, subdomain, request.email.clone())?;
        let company = request.company.clone().unwrap_or(details.company);
        Ok(Ok(Details { company, size: size.unwrap_or(Size::DEFAULT), ..details }))
    }

    /// The host label of the rule that leads to it; an error in words where that cannot be said.
    async fn its_label(&self, tenancy: &Tenancy) -> Result<Result<Option<Subdomain>, String>, Refusal> {
        let domain = &self.ground(tenancy.environment)?.domain;
        match self.workload.rules(&unlabelled(tenancy)?).await {
            Ok(rules) => Ok(Ok(rules.iter().flat_map(|rule| labels(&rule.words, domain)).next())),
            Err(error @ (CloudError::Permanent(_) | CloudError::Foreign { .. })) => Ok(Err(format!(
                "`{}`: the rules that lead to it cannot be read ({}); give it with `subdomain`",
                tenancy.tenant,
                text::plain(&error.to_string())
            ))),
            Err(error) => Err(unreachable(tenancy.environment, &error)),
        }
    }

    /// The size of the revision that runs, where it is one that Fargate knows.
    async fn its_size(&self, tenancy: &Tenancy, subdomain: &Subdomain) -> Result<Option<Size>, Refusal> {
        let subject = Subject { tenancy: tenancy.clone(), subdomain: subdomain.clone() };
        match self.workload.revisions(&subject).await {
            Ok(revisions) => {
                Ok(revisions.into_iter().find(|revision| revision.runs).and_then(|revision| revision.size))
            }
            Err(CloudError::Permanent(_) | CloudError::Foreign { .. }) => Ok(None),
            Err(error) => Err(unreachable(tenancy.environment, &error)),
        }
    }
}

/// The plan that makes these tenants known, at most [`MOST_ADOPTED`], none twice.
///
/// # Errors
/// What the catalogue or the configuration lacks for it.
pub fn adoption_plan(
    command: &Command,
    spec: &OperationSpec,
    entries: Vec<Entry>,
    ground: &BTreeMap<Environment, Ground>,
) -> Result<Plan, Refusal> {
    let (mut tenants, mut sites) = (Vec::new(), Vec::new());
    for Entry { details, places } in entries {
        for (environment, adopts) in places {
            let unconfigured = || Refusal(format!("{} is not configured.", environment.title()));
            let ground = ground.get(&environment).ok_or_else(unconfigured)?;
            let tenancy = Tenancy::new(details.tenant.clone(), environment);
            let account = ground.account.clone();
            sites.push(Site { adopts, ..Site::of(tenancy, details.subdomain.clone(), &ground.domain, account) });
        }
        tenants.push(details);
    }
    let policy = deletion::policy(spec, &sites.iter().map(|site: &Site| site.tenancy.environment).collect())?;
    draft::complete(spec, draft::begin(command, spec, policy, tenants, sites))
}

/// Uncertain means: do not run. A tenant that stands where nobody could look would be known by half.
fn certain(stock: &Stock) -> Result<(), Refusal> {
    for (environment, inventory) in &stock.inventories {
        let services = inventory.unread.get(&Kind::Service).map(|why| match why {
            Unread::Unlisted => "its services are not listed".to_owned(),
            Unread::Failed(error) => error.to_string(),
        });
        if let Some(why) = unread(inventory).or(services) {
            let (place, why) = (environment.title(), text::plain(&why));
            return Err(Refusal(format!(
                "{place} cannot be looked at, so nothing was planned and nothing was done: {why}"
            )));
        }
    }
    Ok(())
}

/// Who stands somewhere without being known there. A service makes a tenant of what bears its name; the rest are orphans.
fn candidates(stock: &Stock) -> Vec<Candidate> {
    let mut all: BTreeMap<TenantId, BTreeMap<Environment, BTreeSet<Kind>>> = BTreeMap::new();
    for (environment, inventory) in &stock.inventories {
        let orphans = leftovers(inventory, &stock.known).orphans.into_iter().filter(crate::orphans::Orphan::adoptable);
        for orphan in orphans {
            let kinds = orphan.names.into_keys().collect();
            all.entry(orphan.tenancy.tenant).or_default().insert(*environment, kinds);
        }
    }
    let candidate = |(tenant, places)| Candidate { known: stock.known.get(&tenant).cloned(), tenant, places };
    all.into_iter().map(candidate).collect()
}

/// Services whose names bear the pattern, and the id in them is none.
fn misnamed(stock: &Stock) -> Vec<String> {
    let of = |(environment, inventory): (&Environment, _)| {
        let names = leftovers(inventory, &stock.known).misnamed.into_iter();
        let services = names.filter(|(kind, _)| *kind == Kind::Service);
        let place = environment.title();
        services
            .map(move |(_, name)| {
                format!("`{}` in {place}: no tenant can have the id in this name", text::plain(&name))
            })
            .collect::<Vec<_>>()
    };
    stock.inventories.iter().flat_map(of).collect()
}

fn not_there(tenant: &TenantId, known: Option<&Tenant>) -> Refusal {
    Refusal(match known {
        Some(Tenant { deleted: Some(_), .. }) => format!(
            "The tenant `{tenant}` was deleted, and its id is never given again: what is left of it is not adopted. \
             `/tenant orphans` shows it."
        ),
        Some(known) if !known.standings.is_empty() => {
            format!("`{tenant}` is known wherever it stands, so there is nothing to adopt. `/tenant show` shows it.")
        }
        _ => format!("There is no service of `{tenant}` in any environment, so there is nothing to adopt."),
    })
}

/// What the inventories list of it, in a line.
fn listed(tenant: &TenantId, environment: Environment, kinds: &BTreeSet<Kind>) -> String {
    let words: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    format!("`{tenant}` in {}: {}", environment.title(), text::list(&words))
}
