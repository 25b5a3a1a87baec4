//! Alerts come in: each is matched with the registry and with what the catalogue proposes, and written down. Nothing is posted
//! here and nothing is done: whoever sent it is answered as soon as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::Desk;
use crate::alert::{About, Alert, Candidates};
use crate::incident::{BookError, Proposal, Taken, Told};
use crate::ports::StoreError;
use crate::tenant::Environment;

impl Desk {
    /// A monitoring system told of alerts in a message, whose id is the same when it is sent again. What is answered without an
    /// error is kept.
    pub async fn alerted(&self, message: &str, alerts: Vec<Alert>) -> Result<Taken, BookError> {
        let mut told = Vec::with_capacity(alerts.len());
        for alert in alerts {
            let about = self.about(&alert).await?;
            let proposal = self.catalogue.alerts().rule(&alert, &about).map(Proposal::from);
            told.push(Told { alert, about, proposal });
        }
        self.book.take(message, &told).await
    }

    /// What an alert is about, by what the registry knows.
    async fn about(&self, alert: &Alert) -> Result<About, StoreError> {
        let ground =
            |(at, ground): (&Environment, &super::Ground)| (*at, (ground.account.clone(), ground.domain.clone()));
        let candidates = Candidates::of(alert, &self.ground.iter().map(ground).collect());
        let store = self.ledger.store();
        let mut known = BTreeSet::new();
        let tenants: BTreeSet<_> =
            candidates.tenancies.iter().chain(&candidates.named).map(|tenancy| &tenancy.tenant).collect();
        for tenant in tenants {
            if store.tenant(tenant).await?.is_some_and(|tenant| tenant.deleted.is_none()) {
                known.insert(tenant.clone());
            }
        }
        let mut hosts = BTreeMap::new();
        for (at, host) in &candidates.hosts {
            if let Some(tenant) = store.tenant_of_subdomain(host).await? {
                hosts.insert((*at, host.clone()), tenant);
            }
        }
        Ok(candidates.settled(&known, &hosts))
    }
}
