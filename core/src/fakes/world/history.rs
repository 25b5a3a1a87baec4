//! What came before a story: tenants that stand already.

use std::sync::Arc;

use super::World;
use crate::contract::store::samples::Writer;
use crate::event::Event;
use crate::kind::Kind;
use crate::plan::Details;
use crate::ports::{Blueprint, Check, Cloud as _, RegistryChange, Standing, Store, Subject};
use crate::tenant::{Environment, Tenancy};

/// How the ids of operations begin that stand for all that came before.
const HISTORY: &str = "history-";

impl World {
    /// Lets a tenant stand in environments, as if it had been provisioned and validated there long ago.
    pub async fn stands(&self, details: &Details, environments: &[Environment]) {
        let standing = |at: &Environment| RegistryChange::Stand(details.tenant.clone(), *at, Standing::Validated);
        let registered = RegistryChange::Register(Box::new(details.clone()));
        let changes: Vec<_> = std::iter::once(registered).chain(environments.iter().map(standing)).collect();
        self.remembers(details, &changes).await;
        self.builds(details, environments).await;
    }

    /// The same, and the registry knows nothing of it: as if somebody had made it by hand.
    pub async fn builds(&self, details: &Details, environments: &[Environment]) {
        for environment in environments {
            let subject = self.subject(details, *environment);
            let load_balancer = self.settings.place(*environment).load_balancers.first().cloned().unwrap_or_default();
            let blueprint = Blueprint { subject, size: details.size, load_balancer };
            for kind in Kind::provisioning_order() {
                let planted = self.cloud.plant(kind, &blueprint);
                planted.unwrap_or_else(|error| panic!("{kind} of {} cannot stand: {error}", blueprint.subject.tenancy));
            }
            // Its tasks start by being looked at.
            for _ in 0..=self.settings.looks_to_start {
                let looked = self.cloud.check(Check::ServiceRunning, &blueprint).await;
                looked.unwrap_or_else(|error| panic!("the cloud cannot be read: {error}"));
            }
        }
    }

    /// The registry knows so much of a tenant before a story begins.
    pub async fn remembers(&self, details: &Details, changes: &[RegistryChange]) {
        let store: Arc<dyn Store> = Arc::new(self.store.clone());
        let before = self.operations().iter().filter(|id| id.0.starts_with(HISTORY)).count();
        let id = format!("{HISTORY}{before}-{}", details.tenant);
        let mut history = Writer::with(&store, &id, details, Environment::Dev);
        let written = async {
            history.file_with(changes).await?;
            history.append(Event::Expired).await?;
            history.append(Event::Told { through: 2 }).await
        };
        written.await.unwrap_or_else(|error| panic!("the history of {} cannot be written: {error}", details.tenant));
    }

    /// The tenant in an environment.
    pub fn subject(&self, details: &Details, environment: Environment) -> Subject {
        Subject { tenancy: Tenancy::new(details.tenant.clone(), environment), subdomain: details.subdomain.clone() }
    }

    /// The requests of the story, in the order in which they were filed.
    pub fn requests(&self) -> Vec<super::Request<'_>> {
        let ids = self.operations().into_iter().filter(|id| !id.0.starts_with(HISTORY));
        ids.map(|id| super::Request::of(self, id)).collect()
    }
}
