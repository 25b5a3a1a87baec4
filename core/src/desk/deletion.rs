//! From a request to delete to a frozen plan that names what goes (playbook 1.2, 2.2, 2.3).

use std::collections::BTreeSet;

use futures::future::{join_all, try_join_all};

use super::forms::Wanted;
use super::request::{self, BulkRequest, DeletionRequest};
use super::survey::unreachable;
use super::{Desk, Invocation, Refusal, Reply, draft};
use crate::card::{Card, text};
use crate::kind::Kind;
use crate::plan::{Deletion, Details, Engagement, Logs, Plan, Reason, Resource, Scope, Site, Typed};
use crate::policy::Policy;
use crate::ports::{Owner, Standing, Subject, Tenant, TenantFilter};
use crate::spec::{Command, OperationSpec};
use crate::tenant::{Environment, Tenancy};

/// How many tenants one request may delete.
const MOST: usize = 100;

/// How many tenants are looked at side by side when a plan is made.
const AT_ONCE: usize = 4;

impl Desk {
    /// `/tenant delete`. Where a name must be typed, that is asked first.
    pub(super) async fn delete(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Reply, Refusal> {
        let request = request::deletion(invocation)?;
        let typed = |environment| spec.policy.get(&environment).is_some_and(|demands| demands.typed.is_some());
        if request.scope.environments().any(typed) {
            self.living(&request).await?;
            return Ok(self.ask_for_name(&Wanted::Deletion(request)));
        }
        self.file_deletion(command, spec, invocation, request, false).await.map(Reply::Private)
    }

    /// The tenant, if there is one that can be deleted for that reason.
    async fn living(&self, request: &DeletionRequest) -> Result<Tenant, Refusal> {
        let tenant = self.known(&request.tenant).await?;
        if tenant.deleted.is_some() {
            return Err(Refusal(format!("`{}` is deleted already. `/tenant show` shows since when.", request.tenant)));
        }
        if request.reason == Reason::Poc && tenant.details.engagement == Engagement::Client {
            return Err(Refusal(format!(
                "`{}` is a client's, not a proof of concept, so its owner has notice. Give `cancellation` or `other` as the \
                 reason.",
                request.tenant
            )));
        }
        Ok(tenant)
    }

    /// Plans and files the deletion of one tenant. `typed`: its name was typed, to the letter, by who asks.
    pub(super) async fn file_deletion(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
        request: DeletionRequest,
        typed: bool,
    ) -> Result<Card, Refusal> {
        let tenant = self.living(&request).await?;
        let typed = typed.then(|| Typed {
            name: request.tenant.clone(),
            person: invocation.member.person.clone(),
            at: self.clock.now(),
        });
        let DeletionRequest { scope, reason, backup, keep_logs, .. } = request;
        let found = self.sites(&tenant, scope, reason).await?;
        if found.sites.is_empty() {
            return Err(Refusal(format!(
                "Nothing of `{}` was found in {}, so there is nothing to delete and nothing was filed.",
                tenant.details.tenant,
                text::places(scope.environments()),
            )));
        }
        let deletion = Deletion { absent: found.absent, typed, ..deletion(spec, scope, reason, backup, keep_logs)? };
        // Who must approve where a tenant stands must do so as well where the registry says it does and nothing is found.
        let stands = scope.environments().filter(|environment| tenant.standing(*environment).is_some());
        let demanding = found.sites.iter().map(|site| site.tenancy.environment).chain(stands).collect();
        let policy = policy(spec, &demanding)?;
        let plan = plan(command, spec, policy, vec![tenant.details], found.sites, deletion)?;
        self.file(plan, invocation, None).await
    }

    /// `/tenant bulk-delete`.
    pub(super) async fn bulk_delete(
        &self,
        command: &Command,
        spec: &OperationSpec,
        invocation: &Invocation,
    ) -> Result<Card, Refusal> {
        let BulkRequest { scope, kind, tenants, backup, keep_logs } = request::bulk_deletion(invocation)?;
        let tenants = match kind {
            Some(_) => self.proofs_of_concept(scope).await?,
            None => try_join_all(tenants.iter().map(|id| self.known(id))).await?,
        };
        in_no_prod(&tenants)?;
        let deleted: Vec<String> = tenants.iter().filter(|one| one.deleted.is_some()).map(name).collect();
        if !deleted.is_empty() {
            return Err(Refusal(format!(
                "Deleted already: {}. Leave them out; nothing was filed.",
                text::list(&deleted)
            )));
        }
        if tenants.is_empty() || tenants.len() > MOST {
            return Err(Refusal(format!(
                "The list has {} tenants; one request deletes 1 to {MOST}. Give the ones that are meant with `tenants`.",
                tenants.len()
            )));
        }
        let all_poc = tenants.iter().all(|tenant| tenant.details.engagement == Engagement::Poc);
        let reason = if all_poc { Reason::Poc } else { Reason::Other };
        let (mut sites, mut details, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for some in tenants.chunks(AT_ONCE) {
            let found = try_join_all(some.iter().map(|tenant| self.sites(tenant, scope, reason))).await?;
            for (tenant, found) in some.iter().zip(found) {
                if found.sites.is_empty() {
                    without.push(name(tenant));
                } else {
                    details.push(tenant.details.clone());
                    sites.extend(found.sites);
                }
            }
        }
        if !without.is_empty() && kind.is_none() || details.is_empty() {
            return Err(Refusal(format!(
                "Nothing of {} was found in {}, so nothing was filed. Leave them out.",
                text::list(&without),
                text::places(scope.environments())
            )));
        }
        let deletion = deletion(spec, scope, reason, backup, keep_logs)?;
        let policy = policy(spec, &sites.iter().map(|site: &Site| site.tenancy.environment).collect())?;
        let plan = plan(command, spec, policy, details, sites, deletion)?;
        self.file(plan, invocation, None).await
    }

    /// Every proof of concept that stands in the scope.
    async fn proofs_of_concept(&self, scope: Scope) -> Result<Vec<Tenant>, Refusal> {
        let filter = TenantFilter { engagement: Some(Engagement::Poc), ..TenantFilter::default() };
        let mut all = Vec::new();
        for page in 0.. {
            let listing = self.ledger.store().tenants(&filter, page, 200).await?;
            let last = listing.rows.len() < 200;
            all.extend(listing.rows);
            if last {
                break;
            }
        }
        all.retain(|tenant| scope.environments().any(|environment| tenant.standing(environment).is_some()));
        Ok(all)
    }

    /// The tenant's sites in the order in which they go, and where nothing of it was found.
    async fn sites(&self, tenant: &Tenant, scope: Scope, reason: Reason) -> Result<FoundSites, Refusal> {
        let asked: Vec<Environment> = reason
            .order()
            .into_iter()
            .filter(|environment| scope.environments().any(|one| one == *environment))
            .collect();
        let looked = try_join_all(asked.iter().map(|environment| self.site(tenant, *environment))).await?;
        let mut found = FoundSites::default();
        for (environment, site) in asked.into_iter().zip(looked) {
            match site {
                Some(site) => found.sites.push(site),
                None => found.absent.push(environment),
            }
        }
        found.absent.sort_unstable();
        Ok(found)
    }

    /// The tenant in an environment, as it is found now; none where nothing of it is there.
    pub(super) async fn site(&self, tenant: &Tenant, environment: Environment) -> Result<Option<Site>, Refusal> {
        let Details { tenant: id, subdomain, .. } = &tenant.details;
        let tenancy = Tenancy::new(id.clone(), environment);
        self.nothing_open(&tenancy.to_string(), "is being worked on").await?;
        let ground = self.ground(environment)?;
        let account = self.sealed(environment, ground).await?;
        let subject = Subject { tenancy: tenancy.clone(), subdomain: subdomain.clone() };
        let subject = &subject;
        let looks = Kind::DELETION_ORDER.map(|kind| async move { (kind, self.cloud.find(kind, subject).await) });
        let (mut goes, mut in_the_way) = (Vec::new(), Vec::new());
        for (kind, found) in join_all(looks).await {
            for one in found.map_err(|error| unreachable(environment, &error))? {
                match one.owner {
                    Owner::Own => goes.push(Resource { kind, id: one.id }),
                    Owner::Foreign(why) => in_the_way.push(format!(
                        "⚠️ {kind} `{}` in {} is not this tenant's ({}): the run will hold",
                        one.id,
                        environment.title(),
                        text::plain(&why)
                    )),
                }
            }
        }
        // What an earlier operation has left half-way is certified as gone even where nothing of it is left.
        if goes.is_empty() && tenant.standing(environment) != Some(Standing::Incomplete) {
            return Ok(None);
        }
        Ok(Some(Site { goes, in_the_way, ..Site::of(tenancy, subdomain.clone(), &ground.domain, account) }))
    }
}

/// What was found of a tenant.
#[derive(Default)]
struct FoundSites {
    sites: Vec<Site>,
    absent: Vec<Environment>,
}

fn name(tenant: &Tenant) -> String {
    format!("`{}`", tenant.details.tenant)
}

/// Many at once are never deleted where clients are served.
fn in_no_prod(tenants: &[Tenant]) -> Result<(), Refusal> {
    let stands = |tenant: &&Tenant| tenant.standing(Environment::Prod).is_some();
    let names: Vec<String> = tenants.iter().filter(stands).map(name).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Refusal(format!(
        "In PROD: {}. Tenants that stand in PROD are never deleted in bulk; nothing was filed. Give the others with `tenants`, \
         and these one by one to `/tenant delete`.",
        text::list(&names)
    )))
}

/// What is asked for, by what the catalogue says of deletions.
pub(super) fn deletion(
    spec: &OperationSpec,
    scope: Scope,
    reason: Reason,
    backup: bool,
    keep_logs: bool,
) -> Result<Deletion, Refusal> {
    let unsaid = || Refusal::new("The catalogue does not say how deletions are done.");
    let wanted = spec.deletion.as_ref().ok_or_else(unsaid)?;
    Ok(Deletion {
        scope,
        reason,
        backup,
        logs: if keep_logs { Logs::Keep { days: wanted.keep_logs } } else { Logs::Delete },
        notice: wanted.notice.get(&reason).copied().unwrap_or(u64::MAX),
        absent: Vec::new(),
        typed: None,
    })
}

pub(super) fn plan(
    command: &Command,
    spec: &OperationSpec,
    policy: Policy,
    tenants: Vec<Details>,
    sites: Vec<Site>,
    deletion: Deletion,
) -> Result<Plan, Refusal> {
    draft::complete(spec, Plan { deletion: Some(deletion), ..draft::begin(command, spec, policy, tenants, sites) })
}

/// Everything that any of the environments demands.
pub(super) fn policy(spec: &OperationSpec, environments: &BTreeSet<Environment>) -> Result<Policy, Refusal> {
    let mut all = Policy {
        approve: Vec::new(),
        expires_after: u64::MAX,
        remind_after: u64::MAX,
        at_once: false,
        barred: Vec::new(),
    };
    for environment in environments {
        let demands = draft::demands(spec, *environment)?;
        for role in &demands.policy.approve {
            if !all.approve.contains(role) {
                all.approve.push(*role);
            }
        }
        all.expires_after = all.expires_after.min(demands.policy.expires_after);
        all.remind_after = all.remind_after.min(demands.policy.remind_after);
    }
    Ok(all)
}
