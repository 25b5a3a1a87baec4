//! Tenants that stand already when a story begins: made by the adapters side by side and written into the registry, which is
//! quicker than a request for each. What is done with them is the story's.

use std::sync::Arc;

use landlord::cloud::RealCloud;
use landlord::store::SqlStore;
use landlord_core::contract::store::samples::{Writer, details, person};
use landlord_core::event::Event;
use landlord_core::kind::Kind;
use landlord_core::plan::{Details, Engagement};
use landlord_core::ports::{
    Blueprint, Check, Cloud, CloudError, RegistryChange, Standing, Store, TenantFilter, Verdict,
};
use landlord_core::size::Size;
use landlord_core::tenant::Environment;

use super::{Tenant, World};
use crate::until::until;

/// How many are made side by side.
pub(super) const AT_ONCE: usize = 6;

impl World {
    /// Lets these tenants stand in these environments, at work, and be known to the bot.
    pub(crate) async fn reside(&self, tenants: &[Tenant], environments: &[Environment], engagement: Engagement) {
        self.inhabit(tenants, environments).await;
        self.remembers(tenants, environments, engagement, Standing::Validated).await;
    }

    /// Writes into the registry that these tenants stand so in these environments, whatever is there.
    pub(crate) async fn remembers(
        &self,
        tenants: &[Tenant],
        environments: &[Environment],
        engagement: Engagement,
        standing: Standing,
    ) {
        self.bot_dies().await;
        let store = Arc::new(SqlStore::open(&self.log.url).await.expect("the log"));
        store.claim().await.expect("the log is free");
        for tenant in tenants {
            register(&store, &known(tenant, engagement), environments, standing).await;
        }
        store.close().await;
        drop(store);
        self.bot_starts().await;
    }

    /// The registry: the living, then the deleted.
    pub(crate) async fn registry(&self) -> [Vec<landlord_core::ports::Tenant>; 2] {
        let store = SqlStore::open_to_read(&self.log.url).await.expect("the log");
        let mut both = [Vec::new(), Vec::new()];
        for (deleted, listed) in [false, true].into_iter().zip(&mut both) {
            let filter = TenantFilter { deleted, ..TenantFilter::default() };
            *listed = store.tenants(&filter, 0, 500).await.expect("the registry").rows;
        }
        store.close().await;
        both
    }
}

/// What the tenant is made from; the environments' load balancers bear their names.
pub(crate) fn blueprint(tenant: &Tenant, environment: Environment) -> Blueprint {
    let load_balancer = format!("{environment}-alb");
    Blueprint { subject: tenant.subject(environment), size: Size::DEFAULT, load_balancer }
}

fn known(tenant: &Tenant, engagement: Engagement) -> Details {
    Details {
        tenant: tenant.id.parse().expect("a valid id"),
        subdomain: tenant.subdomain.parse().expect("a valid subdomain"),
        email: tenant.email().parse().ok(),
        engagement,
        ..details("sample")
    }
}

/// Makes everything and waits until it works and says so.
pub(super) async fn stand(cloud: &RealCloud, blueprint: Blueprint) {
    for kind in Kind::provisioning_order() {
        let what = format!("{kind} of {}", blueprint.subject.tenancy);
        until(what.clone(), async || match cloud.ensure(kind, &blueprint).await {
            Err(CloudError::Transient(why)) => Err(why),
            made => {
                made.unwrap_or_else(|error| panic!("{what}: {error}"));
                Ok(())
            }
        })
        .await;
    }
    for check in [Check::ServiceRunning, Check::TargetHealthy, Check::LogsAppearing] {
        let what = format!("{check:?} of {}", blueprint.subject.tenancy);
        until(what, async || match cloud.check(check, &blueprint).await {
            Ok(Verdict::Passed(_)) => Ok(()),
            Ok(Verdict::NotYet(seen)) => Err(seen),
            Err(error) => Err(error.to_string()),
        })
        .await;
    }
}

/// Writes the tenant into the registry, with the request that it came of.
async fn register(store: &Arc<SqlStore>, details: &Details, environments: &[Environment], standing: Standing) {
    let store: Arc<dyn Store> = store.clone();
    let id = format!("{:08x}", rand::random::<u32>());
    let mut writer = Writer::with(&store, &id, details, environments[0]);
    let stands = |at: &Environment| RegistryChange::Stand(details.tenant.clone(), *at, standing);
    let register = RegistryChange::Register(Box::new(details.clone()));
    let changes: Vec<_> = std::iter::once(register).chain(environments.iter().map(stands)).collect();
    // Past all locks, as by somebody who knows of none.
    store.file(&writer.first, &writer.operation, &[], &changes).await.expect("filed");
    writer.append(Event::Cancelled { person: person("operator") }).await.expect("ended");
    // The chat of this story knows nothing of it, and need not.
    writer.append(Event::Told { through: writer.operation.seq }).await.expect("told");
}
