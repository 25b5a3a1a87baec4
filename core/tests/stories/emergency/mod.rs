//! A tenant is cut off in an emergency and put back exactly as it was (playbook 4.1).

mod afterwards;
mod incident;
mod precedence;
mod refusals;
mod reopening;
mod shutting;
mod trouble;

use landlord_core::fakes::{Request, World};
use landlord_core::operation::State;
use landlord_core::ports::{
    Cloud as _, RegistryChange, Rule, Standing, Store as _, Subject, Traffic as _, Workload as _,
};
use landlord_core::tenant::Environment;

pub(crate) use crate::deletion::{acme_in, blueprint, client, id};

/// The order by which `acme` is cut off in DEV.
pub(crate) const SHUT: &str = "/tenant shutdown tenant:acme environment:dev reason:spam is sent from it";

/// The request by which it is put back.
pub(crate) const REOPEN: &str = "/tenant reopen tenant:acme environment:dev reason:cleaned";

/// `acme` in DEV.
pub(crate) fn acme(world: &World) -> Subject {
    world.subject(&client("acme"), Environment::Dev)
}

/// What of a site a shutdown takes away, and a reopening puts back: rules but for their ids, tasks, retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) rules: Vec<Rule>,
    pub(crate) wanted: Option<u32>,
    pub(crate) retention: Option<u32>,
}

/// How open the subject's site is.
pub(crate) async fn open(world: &World, subject: &Subject) -> Open {
    let rules = world.cloud.rules(subject).await.unwrap();
    Open {
        rules: rules.into_iter().map(|rule| Rule { id: String::new(), ..rule }).collect(),
        wanted: world.cloud.tasks(subject).await.unwrap().map(|tasks| tasks.desired),
        retention: world.cloud.retention(subject),
    }
}

/// Whether nothing runs there and nothing leads there.
pub(crate) async fn is_down(world: &World, subject: &Subject) -> bool {
    let tasks = world.cloud.tasks(subject).await.unwrap();
    world.cloud.rules(subject).await.unwrap().is_empty()
        && tasks.is_none_or(|tasks| tasks.desired == 0 && tasks.running == 0)
}

/// How the registry has `acme` in an environment.
pub(crate) async fn standing(world: &World, environment: Environment) -> Option<Standing> {
    world.store.tenant(&id("acme")).await.unwrap().and_then(|tenant| tenant.standing(environment))
}

/// `acme` stands in DEV with a rule that is not like others, its logs are kept 30 days, and a neighbour stands beside it.
pub(crate) async fn acme_and_a_neighbour() -> World {
    let world = acme_in(&[Environment::Dev]).await;
    world.stands(&client("acme-2"), &[Environment::Dev]).await;
    let host = world.settings.host(&acme(&world));
    world.cloud.narrow_rule(Environment::Dev, &host, 7, "/shop/*");
    world.cloud.retain_logs(&acme(&world), 30).await.unwrap();
    world
}

/// The on-call person cuts it off.
pub(crate) async fn shut(world: &World) -> Request<'_> {
    let request = world.member("on-call").types(SHUT).await;
    request.is(State::Succeeded);
    request
}

/// An operator asks for its reopening, and a DevOps Lead approves.
pub(crate) async fn reopened(world: &World) -> Request<'_> {
    let request = world.member("operator").types(REOPEN).await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request
}

/// It is provisioned half-way, as far as the registry knows.
pub(crate) async fn half_way(world: &World) {
    let change = RegistryChange::Stand(id("acme"), Environment::Dev, Standing::Incomplete);
    world.remembers(&client("acme"), &[change]).await;
}
