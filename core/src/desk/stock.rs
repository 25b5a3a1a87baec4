//! What stands in the environments beside what the registry knows, for those who look for what does not agree.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::{Desk, Refusal};
use crate::inventory::{self, Inventory, Names, Seal};
use crate::ports::{CloudError, Tenant, TenantFilter};
use crate::tenant::{Environment, TenantId};

/// Everything that is known, and everything that stands.
pub(super) struct Stock {
    /// The living and those deleted for ever.
    pub(super) known: BTreeMap<TenantId, Tenant>,
    /// What stands, by environment.
    pub(super) inventories: BTreeMap<Environment, Inventory>,
}

/// How many tenants are read at a time.
const PAGE: u32 = 200;

impl Desk {
    /// Reads the registry and the inventories of the environment; of all that are configured where none is given.
    pub(super) async fn stock(&self, environment: Option<Environment>) -> Result<Stock, Refusal> {
        if let Some(environment) = environment {
            self.ground(environment)?;
        }
        let (living, deleted) = (self.everybody(false).await?, self.everybody(true).await?);
        let all = || living.iter().chain(&deleted).map(|tenant| &tenant.details);
        let asked = self.ground.iter().filter(|(place, _)| environment.is_none_or(|one| one == **place));
        let reads = asked.map(|(place, ground)| {
            let names = Names::new(*place, ground.domain.clone(), all());
            async move { (*place, inventory::read(&*self.cloud, &names, &ground.account).await) }
        });
        let inventories = join_all(reads).await.into_iter().collect();
        let known = living.into_iter().chain(deleted).map(|tenant| (tenant.details.tenant.clone(), tenant)).collect();
        Ok(Stock { known, inventories })
    }

    async fn everybody(&self, deleted: bool) -> Result<Vec<Tenant>, Refusal> {
        let filter = TenantFilter { deleted, ..TenantFilter::default() };
        let mut all = Vec::new();
        for page in 0.. {
            let rows = self.ledger.store().tenants(&filter, page, PAGE).await?.rows;
            let last = rows.len() < PAGE as usize;
            all.extend(rows);
            if last {
                break;
            }
        }
        Ok(all)
    }
}

/// Why an environment was not read, in words; none where it was.
pub(super) fn unread(inventory: &Inventory) -> Option<String> {
    match &inventory.seal {
        Seal::Holds(_) => None,
        Seal::Broken { answered, configured } => Some(format!(
            "account {answered} answers, but the configuration names {configured} (playbook 3.3: log in to each profile again)"
        )),
        Seal::Unanswered(error @ CloudError::Transient(_)) => Some(format!("it does not answer: {error}")),
        Seal::Unanswered(error) => Some(error.to_string()),
    }
}
