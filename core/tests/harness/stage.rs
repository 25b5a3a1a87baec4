//! A world in which an operation is about to be asked for. What people do in it is `people`'s, and what is looked at in the
//! end `ending`'s.

use landlord_core::contract::store::samples::details;
use landlord_core::fakes::{Request, RolloutFault, World};
use landlord_core::operation::State;
use landlord_core::plan::{Purpose, Scope};
use landlord_core::ports::{Blueprint, Cloud as _, RegistryChange, Revisions as _, Rollout, Standing, Subject};
use landlord_core::role::Role;
use landlord_core::size::Size;
use landlord_core::tenant::{Environment, Tenancy};

use crate::Combination;
use crate::courses::Way;

/// The tenant that it is about.
pub(crate) const TENANT: &str = "goldencrust";

/// Those that a bulk operation is about as well.
const OTHERS: [&str; 2] = ["goldencrust-2", "goldencrust-20"];

/// A tenant with which nothing is done: whatever happens, it stands as before.
const NEIGHBOUR: &str = "goldencrus";

/// A world for one combination.
pub(crate) struct Stage<'a> {
    pub(crate) world: World,
    pub(crate) combination: &'a Combination,
    pub(crate) way: Way,
}

impl<'a> Stage<'a> {
    /// A fresh world in which the tenants have come as far as they must: to the environment before, or, to be deleted, to
    /// all that are meant.
    pub(crate) async fn set(combination: &'a Combination) -> Self {
        Self::set_for(combination, Way::Through).await
    }

    /// The same for a way in which it comes to its end.
    pub(crate) async fn set_for(combination: &'a Combination, way: Way) -> Self {
        let stage = Self { world: World::start(), combination, way };
        if matches!(combination.spec.purpose, Purpose::Sweep | Purpose::Adopt) {
            let environments: Vec<Environment> = combination.scope.environments().collect();
            stage.world.stands(&details(NEIGHBOUR), &environments).await;
            for tenant in stage.tenants() {
                stage.world.builds(&details(tenant), &environments).await;
            }
            return stage;
        }
        if combination.spec.purpose == Purpose::Change {
            stage.set_for_a_change().await;
            return stage;
        }
        if matches!(combination.spec.purpose, Purpose::Shutdown | Purpose::Reopen) {
            stage.set_for_an_emergency().await;
            return stage;
        }
        if combination.deletes() {
            let environments: Vec<Environment> = combination.scope.environments().collect();
            for tenant in stage.tenants().chain([NEIGHBOUR]) {
                stage.world.stands(&details(tenant), &environments).await;
            }
            return stage;
        }
        let earlier = Environment::ALL.into_iter().filter(|earlier| *earlier < stage.environment());
        let mut changes: Vec<RegistryChange> = earlier
            .map(|earlier| RegistryChange::Stand(TENANT.parse().unwrap(), earlier, Standing::Validated))
            .collect();
        if combination.spec.purpose == Purpose::Heal {
            // All of it is gone.
            changes.push(RegistryChange::Stand(TENANT.parse().unwrap(), stage.environment(), Standing::Incomplete));
        }
        if !changes.is_empty() {
            changes.insert(0, RegistryChange::Register(Box::new(details(TENANT))));
            stage.world.remembers(&details(TENANT), &changes).await;
        }
        stage
    }

    /// The tenant and its neighbour stand, and their logs are kept 30 days; to be reopened, the tenant was shut down.
    async fn set_for_an_emergency(&self) {
        let at = self.environment();
        for tenant in [TENANT, NEIGHBOUR] {
            self.world.stands(&details(tenant), &[at]).await;
            self.world.cloud.retain_logs(&self.world.subject(&details(tenant), at), 30).await.unwrap();
        }
        if self.combination.spec.purpose == Purpose::Reopen {
            let line = format!("/tenant shutdown tenant:{TENANT} environment:{} reason:abuse", at.as_str());
            self.world.member("on-call").types(&line).await.is(State::Succeeded);
            self.waits_a_minute().await;
        }
    }

    /// The tenant and its neighbour stand; their service runs a second revision, which came after the first by another hand.
    async fn set_for_a_change(&self) {
        let at = self.environment();
        for tenant in [TENANT, NEIGHBOUR] {
            self.world.stands(&details(tenant), &[at]).await;
            let subject = self.world.subject(&details(tenant), at);
            let second = self.world.cloud.register(&subject, "wordpress:6.9", Some(Size::DEFAULT));
            self.world.cloud.deploy(&subject, second, 1).await.unwrap();
            while !matches!(self.world.cloud.rollout(&subject, None).await.unwrap(), Rollout::Stable(_)) {}
        }
        if self.way == Way::TurnedBack {
            let fault = RolloutFault::Fails("Essential container in task exited".into());
            self.world.cloud.spoil_revision(&self.subject().tenancy, 3, Some(fault));
        }
    }

    /// The name of somebody who may use the command.
    pub(crate) fn person(&self) -> &'static str {
        let who = self.combination.command.who.roles();
        if who.contains(&Role::Operator) { "operator" } else { who[0].as_str() }
    }

    /// Whom it is about, and the neighbour.
    fn everybody(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.tenants().chain([NEIGHBOUR])
    }

    /// Whom it is about.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = &'static str> + use<> {
        let others = match (self.combination.spec.purpose, self.combination.scope) {
            (Purpose::BulkDelete | Purpose::Adopt, Scope::One(_)) => OTHERS.len(),
            (Purpose::BulkDelete, Scope::Several(_)) => 1,
            _ => 0,
        };
        std::iter::once(TENANT).chain(OTHERS.into_iter().take(others))
    }

    /// The only environment, or the first of several.
    fn environment(&self) -> Environment {
        self.combination.scope.environments().next().unwrap()
    }

    /// The tenant in the environment.
    pub(crate) fn subject(&self) -> Subject {
        let tenancy = Tenancy::new(TENANT.parse().unwrap(), self.environment());
        Subject { tenancy, subdomain: TENANT.parse().unwrap() }
    }

    /// What it is to look like.
    pub(crate) fn blueprint(&self) -> Blueprint {
        let load_balancer = format!("{}-alb", self.environment());
        Blueprint { subject: self.subject(), size: Size::DEFAULT, load_balancer }
    }

    /// All that stands in the cloud, and what of it is the tenants' own and the neighbour's.
    pub(crate) async fn standing(&self) -> String {
        self.world.standing(&self.subjects()).await
    }

    /// Everybody everywhere.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let of = |tenant| self.combination.scope.environments().map(move |environment| (tenant, environment));
        let all = self.everybody().flat_map(of);
        all.map(|(tenant, environment)| self.world.subject(&details(tenant), environment)).collect()
    }

    /// The operation of the story, once it is filed.
    pub(crate) fn request(&self) -> Option<Request<'_>> {
        let own = |request: &Request<'_>| request.operation().plan.command == self.combination.command.name;
        self.world.requests().into_iter().find(own)
    }
}
