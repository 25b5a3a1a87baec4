//! `/tenant orphans`: what is left over, by pages, and what can be done with each.

use std::collections::BTreeMap;

use super::stock::unread;
use super::{Desk, Refusal, allowed};
use crate::card::{self, Card, OrphanRow, PAGE};
use crate::operation::State;
use crate::orphans::{Leftovers, Orphan, leftovers};
use crate::plan::Logs;
use crate::ports::OperationFilter;
use crate::role::Member;
use crate::tenant::{Environment, Tenancy};

impl Desk {
    /// A page of what is left over in an environment, or in all.
    pub(super) async fn orphans(&self, environment: Option<Environment>, page: u32) -> Result<Card, Refusal> {
        let (all, away) = self.all_orphans(environment).await?;
        let of_page = all.orphans.iter().skip(page as usize * PAGE as usize).take(PAGE as usize);
        let mut rows = Vec::new();
        for orphan in of_page {
            rows.push(self.row(orphan).await?);
        }
        Ok(card::orphan_list(&all, &rows, &away, environment, page))
    }

    /// One of them, with what can be done.
    pub(super) async fn orphan(&self, which: &str, member: &Member) -> Result<Card, Refusal> {
        allowed(member, self.who("tenant orphans")?)?;
        let tenancy = tenancy(which)?;
        let (all, away) = self.all_orphans(Some(tenancy.environment)).await?;
        match all.orphans.iter().find(|orphan| orphan.tenancy == tenancy) {
            Some(orphan) => Ok(card::orphan(&self.row(orphan).await?)),
            None => Err(Refusal(match away.into_iter().next() {
                Some((environment, why)) => format!("{} cannot be looked at: {why}", environment.title()),
                None => format!("Nothing of `{tenancy}` is an orphan any more. `/tenant orphans` lists what is."),
            })),
        }
    }

    /// All that is left over, what a deletion may have kept on purpose last, and the environments that could not be read.
    async fn all_orphans(
        &self,
        environment: Option<Environment>,
    ) -> Result<(Leftovers, BTreeMap<Environment, String>), Refusal> {
        let stock = self.stock(environment).await?;
        let (mut all, mut away) = (Leftovers::default(), BTreeMap::new());
        for (environment, inventory) in &stock.inventories {
            let Leftovers { orphans, hosts, misnamed } = leftovers(inventory, &stock.known);
            all.orphans.extend(orphans);
            all.hosts.extend(hosts);
            all.misnamed.extend(misnamed);
            if let Some(why) = unread(inventory) {
                away.insert(*environment, why);
            }
        }
        all.orphans.sort_by_key(Orphan::only_logs);
        Ok((all, away))
    }

    /// What is known of an orphan besides: who works on it, and whether its logs are kept on purpose.
    async fn row(&self, orphan: &Orphan) -> Result<OrphanRow, Refusal> {
        let holder = self.ledger.store().holder(&orphan.tenancy.to_string()).await?;
        let kept = if orphan.only_logs() { self.kept(&orphan.tenancy).await? } else { None };
        Ok(OrphanRow { orphan: orphan.clone(), holder, kept })
    }

    /// For how many days the tenant's last deletion there has kept its logs.
    async fn kept(&self, tenancy: &Tenancy) -> Result<Option<u32>, Refusal> {
        let filter = OperationFilter {
            tenant: Some(tenancy.tenant.clone()),
            environment: Some(tenancy.environment),
            state: Some(State::Succeeded),
            open: false,
        };
        for id in self.ledger.store().operations(&filter, 0, PAGE).await?.rows {
            let operation = self.ledger.get(&id).await?;
            if let Some(deletion) = &operation.plan.deletion {
                return Ok(match deletion.logs {
                    Logs::Keep { days } => Some(days),
                    Logs::Delete => None,
                });
            }
        }
        Ok(None)
    }
}

/// What a button says of which orphan: `dev/acme`.
fn tenancy(which: &str) -> Result<Tenancy, Refusal> {
    let older = || Refusal::new("This list is of an older version. Use the command again.");
    let (environment, tenant) = which.split_once('/').ok_or_else(older)?;
    Ok(Tenancy::new(tenant.parse().map_err(|_| older())?, environment.parse().map_err(|_| older())?))
}
