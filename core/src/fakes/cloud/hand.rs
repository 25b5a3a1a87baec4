//! What somebody does at the provider's console, past all rules and without the bot: a resource goes, or comes to stand.

use serde::{Deserialize, Serialize};

use super::SimulatedCloud;
use super::world::World;
use crate::fakes::faults::kind_of;
use crate::kind::Kind;
use crate::ports::{Blueprint, Subject};
use crate::size::Size;
use crate::tenant::{Environment, Invalid, Tenancy, TenantId};

/// A change by hand. As JSON: `{"tenant":"acme","environment":"dev","kind":"listener rule"|null,"stands":false}`; no kind is all ten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct ByHand {
    /// Under whose names.
    pub tenancy: Tenancy,
    /// What; all ten kinds where none is given.
    pub kind: Option<Kind>,
    /// Whether it is to stand afterwards, or to be gone.
    pub stands: bool,
}

impl SimulatedCloud {
    /// Does it. What stands already is not put there twice. Who was never heard of gets the id as host label. Refused where it
    /// changes nothing, or where there is no room.
    pub fn change_by_hand(&self, hand: &ByHand) -> Result<(), Invalid> {
        let kinds: Vec<Kind> =
            Kind::provisioning_order().filter(|kind| hand.kind.is_none_or(|one| one == *kind)).collect();
        let wanted =
            |world: &World, subject: &Subject, kind: &Kind| world.find(*kind, subject).is_empty() == hand.stands;
        let subject = self.known(&hand.tenancy)?;
        let world = self.world();
        let kinds: Vec<Kind> = kinds.into_iter().filter(|kind| wanted(&world, &subject, kind)).collect();
        let load_balancer = world.settings.place(hand.tenancy.environment).load_balancers.first().cloned();
        drop(world);
        if kinds.is_empty() {
            let what = hand.kind.map_or("anything", Kind::words);
            let is = if hand.stands { "All of that stands already" } else { "There is no such thing" };
            let Tenancy { tenant, environment } = &hand.tenancy;
            return Err(Invalid::new(format!("{is}: {what} of {tenant} in {}.", environment.title())));
        }
        let blueprint = Blueprint { subject, size: Size::DEFAULT, load_balancer: load_balancer.unwrap_or_default() };
        for kind in kinds {
            if hand.stands {
                self.plant(kind, &blueprint).map_err(|error| Invalid::new(error.to_string()))?;
            } else {
                self.vanish(kind, &blueprint.subject);
            }
        }
        Ok(())
    }

    /// Whose resources these are, by the host label under which the tenant is known here.
    fn known(&self, tenancy: &Tenancy) -> Result<Subject, Invalid> {
        let known = self.world().known.get(tenancy).cloned();
        let subdomain = known.map_or_else(|| tenancy.tenant.as_str().parse(), Ok)?;
        Ok(Subject { tenancy: tenancy.clone(), subdomain })
    }
}

/// A change as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    tenant: TenantId,
    environment: Environment,
    #[serde(default)]
    kind: Option<String>,
    stands: bool,
}

impl TryFrom<Form> for ByHand {
    type Error = Invalid;

    fn try_from(form: Form) -> Result<Self, Invalid> {
        let kind = form.kind.as_deref().map(kind_of).transpose()?;
        Ok(Self { tenancy: Tenancy::new(form.tenant, form.environment), kind, stands: form.stands })
    }
}

impl From<ByHand> for Form {
    fn from(hand: ByHand) -> Self {
        let Tenancy { tenant, environment } = hand.tenancy;
        Self { tenant, environment, kind: hand.kind.map(|kind| kind.words().to_owned()), stands: hand.stands }
    }
}
