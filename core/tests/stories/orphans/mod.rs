//! What bears a tenant's name and is no tenant's is listed, adopted or removed (playbook 4.3).

mod listed;
mod owned;
mod swept;

use landlord_core::fakes::World;
use landlord_core::kind::Kind;
use landlord_core::plan::Details;
use landlord_core::ports::Blueprint;

pub(crate) use crate::adoption::{Dev, Prod, Sit, client, id, known};
use landlord_core::tenant::Environment;

/// Puts resources of these kinds there, and nobody knows whose they are.
fn left(world: &World, details: &Details, environment: Environment, kinds: &[Kind]) {
    let load_balancer = world.settings.place(environment).load_balancers[0].clone();
    let blueprint = Blueprint { subject: world.subject(details, environment), size: details.size, load_balancer };
    for kind in kinds {
        world.cloud.plant(*kind, &blueprint).unwrap();
    }
}
