//! The registry of tenants in memory.

use std::collections::BTreeMap;

use super::page_of;
use crate::plan::{Details, OperationId};
use crate::ports::{Listing, RegistryChange, Standing, StoreError, Tenant};
use crate::tenant::{Environment, Subdomain, TenantId};

#[derive(Debug, Clone, Default)]
pub(in crate::fakes::store) struct Registry {
    tenants: BTreeMap<TenantId, Known>,
}

#[derive(Debug, Clone)]
struct Known {
    details: Details,
    /// That registered it.
    operation: OperationId,
    standings: BTreeMap<Environment, Standing>,
}

impl Known {
    fn tenant(&self) -> Tenant {
        let standings = self.standings.iter().map(|(environment, standing)| (*environment, *standing)).collect();
        Tenant { details: self.details.clone(), standings }
    }

    fn contains(&self, search: &str) -> bool {
        let Details { tenant, company, subdomain, .. } = &self.details;
        [tenant.as_str(), company.as_str(), subdomain.as_str()]
            .iter()
            .any(|text| text.to_lowercase().contains(&search.to_lowercase()))
    }
}

impl Registry {
    pub(super) fn apply(&mut self, change: &RegistryChange, operation: &OperationId) -> Result<(), StoreError> {
        match change {
            RegistryChange::Register(details) => self.register(details, operation),
            RegistryChange::Stand(tenant, environment, standing) => {
                let known = self
                    .tenants
                    .get_mut(tenant)
                    .ok_or_else(|| StoreError::Corrupt(format!("the registry does not know the tenant {tenant}")))?;
                known.standings.insert(*environment, *standing);
                Ok(())
            }
            RegistryChange::Leave(tenant, environment) => {
                if let Some(known) = self.tenants.get_mut(tenant) {
                    known.standings.remove(environment);
                }
                self.forget(tenant);
                Ok(())
            }
            RegistryChange::Forget(tenant) => {
                self.forget(tenant);
                Ok(())
            }
        }
    }

    fn forget(&mut self, tenant: &TenantId) {
        if self.tenants.get(tenant).is_some_and(|known| known.standings.is_empty()) {
            self.tenants.remove(tenant);
        }
    }

    fn register(&mut self, details: &Details, operation: &OperationId) -> Result<(), StoreError> {
        let taken = |key: String, known: &Known| Err(StoreError::Locked { key, operation: known.operation.clone() });
        if let Some(known) = self.tenants.get(&details.tenant) {
            if known.details == *details {
                return Ok(());
            }
            return taken(format!("tenant/{}", details.tenant), known);
        }
        if let Some(known) = self.tenants.values().find(|known| known.details.subdomain == details.subdomain) {
            return taken(format!("subdomain/{}", details.subdomain), known);
        }
        let known = Known { details: details.clone(), operation: operation.clone(), standings: BTreeMap::new() };
        self.tenants.insert(details.tenant.clone(), known);
        Ok(())
    }

    pub(in crate::fakes::store) fn tenant(&self, tenant: &TenantId) -> Option<Tenant> {
        self.tenants.get(tenant).map(Known::tenant)
    }

    pub(in crate::fakes::store) fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Option<TenantId> {
        let known = self.tenants.values().find(|known| known.details.subdomain == *subdomain)?;
        Some(known.details.tenant.clone())
    }

    pub(in crate::fakes::store) fn tenants(&self, search: &str, page: u32, size: u32) -> Listing<Tenant> {
        let found = self.tenants.values().filter(|known| known.contains(search)).map(Known::tenant).collect();
        page_of(found, page, size)
    }
}
