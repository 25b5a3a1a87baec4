//! What stands is held against what should stand, and what is missing is made again (playbook 3.3).

mod all;
mod files;
mod heal;
mod healing;
mod one;

use landlord_core::fakes::{Shown, World};
use landlord_core::kind::Kind;
use landlord_core::plan::Details;
use landlord_core::ports::{Blueprint, RegistryChange, Standing};
use landlord_core::tenant::Environment;

pub(crate) use crate::deletion::{acme_in, client, id, tenancy};
pub(crate) use Environment::{Dev, Prod, Sit};

/// An audit of the tenant that these stories are about.
pub(crate) const ACME: &str = "/tenant audit tenant:acme";

/// What an operator is shown.
pub(crate) async fn audits(world: &World, line: &str) -> Shown {
    world.member("operator").types(line).await.answer().clone()
}

/// What a tenant is to look like in an environment.
pub(crate) fn blueprint(world: &World, details: &Details, environment: Environment) -> Blueprint {
    let load_balancer = world.settings.place(environment).load_balancers[0].clone();
    Blueprint { subject: world.subject(details, environment), size: details.size, load_balancer }
}

/// From now on the registry says that the tenant stands so.
pub(crate) async fn stands_so(world: &World, tenant: &str, environment: Environment, standing: Standing) {
    world.remembers(&client(tenant), &[RegistryChange::Stand(id(tenant), environment, standing)]).await;
}

/// Somebody takes this away of the tenant, past the bot.
#[track_caller]
pub(crate) fn lacks(world: &World, tenant: &str, environment: Environment, kinds: &[Kind]) {
    let subject = world.subject(&client(tenant), environment);
    for kind in kinds {
        assert!(world.cloud.vanish(*kind, &subject), "there is no {kind} to take away");
    }
}

/// The line of the table of a kind, or of what the registry says.
#[track_caller]
pub(crate) fn row(shown: &Shown, name: &str) -> Vec<String> {
    let line = shown.card.body.lines().find(|line| line.starts_with(&format!("{name:17}")));
    let line = line.unwrap_or_else(|| panic!("{name} is not on\n{shown}"));
    line[name.len()..].split_whitespace().map(str::to_owned).collect()
}
