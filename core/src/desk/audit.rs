//! `/tenant audit`: one tenant looked at closely, or all of them by what the inventories list (playbook 3.3).

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::future::join_all;

use super::{Desk, Ground, Invocation, Refusal, request};
use crate::audit::{self, Audit, Mark, Past, Place, Row};
use crate::card::{self, Card};
use crate::inventory::{self, Inventory, Names, Seal};
use crate::kind::Kind;
use crate::operation::State;
use crate::plan::{Change, Logs, OperationId, Plan, Purpose};
use crate::ports::{OperationFilter, StoreError, Subject, Tenant, TenantFilter};
use crate::tenant::{Environment, Tenancy, TenantId};

/// How many tenants or operations are read from the store at a time.
const PAGE: u32 = 200;

/// How many of the log's stories are read side by side.
const AT_ONCE: usize = 8;

impl Desk {
    pub(super) async fn audit(&self, invocation: &Invocation) -> Result<Card, Refusal> {
        let tenant: Option<TenantId> = request::optional(invocation, "tenant")?;
        let environment: Option<Environment> = request::optional(invocation, "environment")?;
        let places: Vec<Environment> =
            Environment::ALL.into_iter().filter(|place| environment.is_none_or(|one| one == *place)).collect();
        if let Some(id) = tenant {
            let tenant = self.known(&id).await?;
            let audit = self.audit_one(&tenant, &places).await?;
            return Ok(card::audit_of(&tenant, &audit));
        }
        let audit = self.audit_all(&places).await?;
        let files = card::audit_files(&audit, "tenants");
        let (id, pages) = self.audits.keep(card::AuditPages::of(&audit), &*self.clock);
        Ok(Card { files, ..pages.page(0, &id) })
    }

    /// A page of an audit of all tenants that was made before.
    pub(super) fn audit_page(&self, id: &str, page: u32) -> Result<Card, Refusal> {
        let gone = || {
            Refusal::new(
                "This audit is more than 15 minutes old, or of an earlier run of the bot. Use `/tenant audit` again.",
            )
        };
        Ok(self.audits.find(id, &*self.clock).ok_or_else(gone)?.page(page, id))
    }

    async fn audit_one(&self, tenant: &Tenant, environments: &[Environment]) -> Result<Audit, Refusal> {
        let looks = environments.iter().map(|environment| self.audit_at(tenant, *environment));
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        for looked in join_all(looks).await {
            let (place, row) = looked?;
            places.push(place);
            rows.push(row);
        }
        Ok(Audit { at: self.clock.now(), places, rows })
    }

    async fn audit_at(&self, tenant: &Tenant, environment: Environment) -> Result<(Place, Row), Refusal> {
        let tenancy = Tenancy::new(tenant.details.tenant.clone(), environment);
        let standing = tenant.standing(environment);
        let ground = self.ground.get(&environment);
        let seal = match ground {
            Some(ground) => Some(self.seal(environment, ground).await),
            None => None,
        };
        let mut past = self.past(&tenancy).await?;
        if past == Past::default() {
            past.size = Some(tenant.details.size);
        }
        let mut row = if seal.as_ref().is_some_and(Seal::holds) {
            let subject = Subject { tenancy: tenancy.clone(), subdomain: tenant.details.subdomain.clone() };
            let sight = audit::look(&*self.cloud, &*self.workload, &subject).await;
            audit::by_look(&tenancy, standing, &past, &sight)
        } else {
            let unanswered = Inventory::unread(environment, unsealed(seal.clone()));
            audit::by_list(&tenancy, standing, &past, &unanswered)
        };
        row.worked_on = self.ledger.store().holder(&tenancy.to_string()).await?;
        Ok((Place { environment, seal, unread: Vec::new(), orphans: 0 }, row))
    }

    /// Who answers, and whether that is who should.
    async fn seal(&self, environment: Environment, ground: &Ground) -> Seal {
        inventory::seal(&*self.cloud, environment, &ground.account).await
    }

    /// All tenants in these environments, by what the inventories list.
    pub(crate) async fn audit_all(&self, environments: &[Environment]) -> Result<Audit, Refusal> {
        let living = self.every_tenant(false).await?;
        let deleted = self.every_tenant(true).await?;
        let open = self.worked_on().await?;
        let (living, deleted) = (&living, &deleted);
        let read = environments.iter().map(|environment| async move {
            let Some(ground) = self.ground.get(environment) else { return (*environment, None) };
            let details = living.iter().chain(deleted).map(|tenant| &tenant.details);
            let names = Names::new(*environment, &ground.domain, details);
            (*environment, Some(inventory::read(&*self.cloud, &names, &ground.account).await))
        });
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        for (environment, inventory) in join_all(read).await {
            places.push(place(environment, inventory.as_ref(), living));
            let inventory = inventory.unwrap_or_else(|| Inventory::unread(environment, unsealed(None)));
            rows.extend(self.rows(living, &inventory, &open).await?);
        }
        rows.sort_by(|one, other| one.tenancy.cmp(&other.tenancy));
        Ok(Audit { at: self.clock.now(), places, rows })
    }

    /// The rows of the tenants in an environment: of those that should be there, and of those of which something is.
    async fn rows(
        &self,
        tenants: &[Tenant],
        inventory: &Inventory,
        open: &BTreeMap<Tenancy, OperationId>,
    ) -> Result<Vec<Row>, Refusal> {
        // Lists, and not what would make them while it is waited for: that could not be sent to another thread.
        let judged = tenants.iter().filter_map(|tenant| {
            let tenancy = Tenancy::new(tenant.details.tenant.clone(), inventory.environment);
            let standing = tenant.standing(inventory.environment);
            let row = audit::by_list(&tenancy, standing, &Past::default(), inventory);
            (standing.is_some() || row.off()).then_some(row)
        });
        let judged: Vec<Row> = judged.collect();
        let again = judged.into_iter().map(|row| async move {
            // Only what is left of a deletion may be meant by it.
            let kept = row.standing.is_none() && row.kinds(Mark::Extra).eq([Kind::LogGroup]);
            let mut row = if kept {
                let past = self.past(&row.tenancy).await?;
                audit::by_list(&row.tenancy, row.standing, &past, inventory)
            } else {
                row
            };
            row.worked_on = open.get(&row.tenancy).cloned();
            Ok(row)
        });
        let again: Vec<_> = again.collect();
        let rows: Vec<Result<Row, Refusal>> = futures::stream::iter(again).buffered(AT_ONCE).collect().await;
        rows.into_iter().collect()
    }

    async fn every_tenant(&self, deleted: bool) -> Result<Vec<Tenant>, StoreError> {
        let filter = TenantFilter { deleted, ..TenantFilter::default() };
        let mut all = Vec::new();
        for page in 0.. {
            let listing = self.ledger.store().tenants(&filter, page, PAGE).await?;
            let last = listing.rows.len() < PAGE as usize;
            all.extend(listing.rows);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// Where something is being worked on, and by which operation.
    async fn worked_on(&self) -> Result<BTreeMap<Tenancy, OperationId>, Refusal> {
        let filter = OperationFilter { open: true, ..OperationFilter::default() };
        let mut open = BTreeMap::new();
        for page in 0.. {
            let listing = self.ledger.store().operations(&filter, page, PAGE).await?;
            for id in &listing.rows {
                let operation = self.ledger.get(id).await?;
                open.extend(operation.plan.tenancies().into_iter().map(|tenancy| (tenancy.clone(), id.clone())));
            }
            if listing.rows.len() < PAGE as usize {
                break;
            }
        }
        Ok(open)
    }

    /// What the newest operation that has succeeded says of the tenant's service there, and of its logs.
    pub(super) async fn past(&self, tenancy: &Tenancy) -> Result<Past, Refusal> {
        let filter = OperationFilter {
            tenant: Some(tenancy.tenant.clone()),
            environment: Some(tenancy.environment),
            state: Some(State::Succeeded),
            open: false,
        };
        for page in 0.. {
            let listing = self.ledger.store().operations(&filter, page, card::PAGE).await?;
            for id in &listing.rows {
                let operation = self.ledger.get(id).await?;
                let off = operation.off.contains(&tenancy.tenant);
                if let Some(past) = told(&operation.plan, tenancy).filter(|_| !off) {
                    return Ok(past);
                }
            }
            if listing.rows.len() < card::PAGE as usize {
                break;
            }
        }
        Ok(Past::default())
    }
}

/// What an operation that has succeeded says; none where it says nothing of how a service is.
fn told(plan: &Plan, tenancy: &Tenancy) -> Option<Past> {
    match (plan.purpose, &plan.change) {
        (Purpose::Delete | Purpose::BulkDelete | Purpose::Sweep, _) => {
            let logs = plan.deletion.as_ref().map(|deletion| deletion.logs);
            Some(Past { logs_kept: matches!(logs, Some(Logs::Keep { .. })), ..Past::default() })
        }
        (Purpose::Provision, _) => Some(Past { size: Some(plan.details_of(&tenancy.tenant).size), ..Past::default() }),
        (_, Some(Change { before, revision, size, desired, .. })) => {
            // Of a revision of earlier days the size is not known here.
            let same = revision.is_none_or(|revision| revision == before.revision);
            Some(Past { size: size.or(before.size.filter(|_| same)), desired: Some(*desired), logs_kept: false })
        }
        _ => None,
    }
}

/// Why an environment was not looked at.
fn unsealed(seal: Option<Seal>) -> Seal {
    let unconfigured = || crate::ports::CloudError::Permanent("It is not configured.".to_owned());
    seal.unwrap_or_else(|| Seal::Unanswered(unconfigured()))
}

fn place(environment: Environment, inventory: Option<&Inventory>, living: &[Tenant]) -> Place {
    let Some(inventory) = inventory else { return Place { environment, seal: None, unread: Vec::new(), orphans: 0 } };
    let living: BTreeSet<&TenantId> = living.iter().map(|tenant| &tenant.details.tenant).collect();
    let strange = inventory.tenants.iter().filter(|(tenant, _)| !living.contains(tenant));
    let orphans = strange.flat_map(|(_, kinds)| kinds.values()).map(Vec::len).sum::<usize>();
    Place {
        environment,
        seal: Some(inventory.seal.clone()),
        unread: inventory.unread.iter().map(|(kind, why)| (*kind, why.clone())).collect(),
        orphans: orphans + inventory.unclaimed.len(),
    }
}
