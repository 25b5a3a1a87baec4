//! The registry of tenants in memory.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::page_of;
use crate::plan::{Details, OperationId};
use crate::ports::{Listing, RegistryChange, Standing, StoreError, Tenant, TenantFilter};
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
    deleted: Option<OffsetDateTime>,
}

impl Known {
    fn tenant(&self) -> Tenant {
        let standings = self.standings.iter().map(|(environment, standing)| (*environment, *standing)).collect();
        Tenant { details: self.details.clone(), standings, deleted: self.deleted }
    }

    fn passes(&self, filter: &TenantFilter) -> bool {
        let Details { tenant, company, subdomain, engagement, .. } = &self.details;
        let search = filter.search.to_lowercase();
        self.deleted.is_some() == filter.deleted
            && filter.engagement.is_none_or(|wanted| wanted == *engagement)
            && [tenant.as_str(), company.as_str(), subdomain.as_str()]
                .iter()
                .any(|text| text.to_lowercase().contains(&search))
    }
}

impl Registry {
    pub(super) fn apply(&mut self, changes: &[RegistryChange], operation: &OperationId) -> Result<(), StoreError> {
        for change in changes {
            match change {
                RegistryChange::Register(details) => self.register(details, operation)?,
                RegistryChange::Stand(tenant, environment, standing) => {
                    let known = self.known(tenant)?;
                    if known.deleted.is_some() {
                        return Err(StoreError::Buried { tenant: tenant.clone() });
                    }
                    known.standings.insert(*environment, *standing);
                }
                RegistryChange::Resize(tenant, environment, size) => {
                    if let Some(known) = self.tenants.get_mut(tenant).filter(|known| known.tenant().leads(*environment))
                    {
                        known.details.size = *size;
                    }
                }
                RegistryChange::Leave(tenant, environment) => {
                    if let Some(known) = self.tenants.get_mut(tenant) {
                        known.standings.remove(environment);
                    }
                    if !RegistryChange::bury(changes, tenant) {
                        self.forget(tenant);
                    }
                }
                RegistryChange::Forget(tenant) => self.forget(tenant),
                RegistryChange::Bury(tenant, at) => {
                    let known = self.known(tenant)?;
                    if known.standings.is_empty() {
                        known.deleted.get_or_insert(*at);
                    }
                }
            }
        }
        Ok(())
    }

    fn known(&mut self, tenant: &TenantId) -> Result<&mut Known, StoreError> {
        let stranger = || StoreError::Corrupt(format!("the registry does not know the tenant {tenant}"));
        self.tenants.get_mut(tenant).ok_or_else(stranger)
    }

    fn forget(&mut self, tenant: &TenantId) {
        if self.tenants.get(tenant).is_some_and(|known| known.standings.is_empty() && known.deleted.is_none()) {
            self.tenants.remove(tenant);
        }
    }

    fn register(&mut self, details: &Details, operation: &OperationId) -> Result<(), StoreError> {
        let taken = |key: String, known: &Known| Err(StoreError::Locked { key, operation: known.operation.clone() });
        if let Some(known) = self.tenants.get(&details.tenant) {
            if known.deleted.is_some() {
                return Err(StoreError::Buried { tenant: details.tenant.clone() });
            }
            if known.details == *details {
                return Ok(());
            }
            return taken(format!("tenant/{}", details.tenant), known);
        }
        if let Some(known) = self.living(&details.subdomain) {
            return taken(format!("subdomain/{}", details.subdomain), known);
        }
        let known =
            Known { details: details.clone(), operation: operation.clone(), standings: BTreeMap::new(), deleted: None };
        self.tenants.insert(details.tenant.clone(), known);
        Ok(())
    }

    /// The living tenant that has the host label.
    fn living(&self, subdomain: &Subdomain) -> Option<&Known> {
        self.tenants.values().find(|known| known.deleted.is_none() && known.details.subdomain == *subdomain)
    }

    pub(in crate::fakes::store) fn tenant(&self, tenant: &TenantId) -> Option<Tenant> {
        self.tenants.get(tenant).map(Known::tenant)
    }

    pub(in crate::fakes::store) fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Option<TenantId> {
        self.living(subdomain).map(|known| known.details.tenant.clone())
    }

    pub(in crate::fakes::store) fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Listing<Tenant> {
        let found = self.tenants.values().filter(|known| known.passes(filter)).map(Known::tenant).collect();
        page_of(found, page, size)
    }
}
