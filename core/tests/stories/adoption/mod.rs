//! Tenants that stand already come into the registry (`/tenant adopt`).

mod found;
mod refused;
mod turned;

use landlord_core::fakes::World;
use landlord_core::plan::Details;
use landlord_core::ports::{Standing, Store as _, Tenant};
use landlord_core::tenant::Environment;

pub(crate) use crate::deletion::{client, id};
pub(crate) use Environment::{Dev, Prod, Sit};

/// A world in which these stand in the environments, and nobody knows them.
async fn unknown(tenants: &[&str], environments: &[Environment]) -> World {
    let world = World::start();
    for tenant in tenants {
        world.builds(&client(tenant), environments).await;
    }
    world
}

/// What the registry knows of a tenant.
pub(crate) async fn known(world: &World, tenant: &str) -> Option<Tenant> {
    world.store.tenant(&id(tenant)).await.unwrap()
}

/// Where the registry says that a tenant stands.
async fn standings(world: &World, tenant: &str) -> Vec<(Environment, Standing)> {
    known(world, tenant).await.map(|known| known.standings).unwrap_or_default()
}

/// What is known of a client that has nobody told of.
fn untold(tenant: &str) -> Details {
    Details { company: tenant.parse().unwrap(), email: None, ..client(tenant) }
}
