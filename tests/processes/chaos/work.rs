//! What is asked for in a round: who types what, who approves it, and what must stand in the end.

use landlord_core::plan::Engagement;
use landlord_core::tenant::Environment::{self, Dev, Sit};

use crate::world::{Request, Tenant, World};

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// A tenant is provisioned in DEV, without approval.
    Provision,
    /// A tenant of DEV is promoted to SIT, which a Team Lead approves.
    Promote,
    /// A proof of concept is deleted from DEV, without approval, after a backup.
    Delete,
    /// A proof of concept is deleted from SIT, which a Team Lead approves.
    DeleteApproved,
    /// Two proofs of concept are deleted from DEV at once, which a DevOps Lead approves.
    DeleteMany,
}

impl Work {
    /// All kinds.
    pub(super) const ALL: [Self; 5] =
        [Self::Provision, Self::Promote, Self::Delete, Self::DeleteApproved, Self::DeleteMany];

    /// Where it happens.
    pub(super) fn environment(self) -> Environment {
        if matches!(self, Self::Promote | Self::DeleteApproved) { Sit } else { Dev }
    }

    /// Whether something stands when it is done, and not nothing.
    pub(super) fn makes(self) -> bool {
        matches!(self, Self::Provision | Self::Promote)
    }

    /// Who must say yes.
    pub(super) fn approver(self) -> Option<&'static str> {
        match self {
            Self::Provision | Self::Delete => None,
            Self::Promote | Self::DeleteApproved => Some("team-lead"),
            Self::DeleteMany => Some("devops-lead"),
        }
    }

    /// Whose it is: tenants that stand as far as the work needs it.
    pub(super) async fn tenants(self, world: &World) -> Vec<Tenant> {
        let count = if self == Self::DeleteMany { 2 } else { 1 };
        let tenants: Vec<Tenant> = std::iter::repeat_with(|| world.tenant()).take(count).collect();
        match self {
            Self::Provision => {}
            Self::Promote => world.reside(&tenants, &[Dev], Engagement::Client).await,
            Self::Delete | Self::DeleteApproved | Self::DeleteMany => {
                world.reside(&tenants, &[self.environment()], Engagement::Poc).await;
            }
        }
        tenants
    }

    /// Types the command.
    pub(super) async fn asked<'w>(self, world: &'w World, tenants: &[Tenant]) -> Request<'w> {
        let id = &tenants[0].id;
        let line = match self {
            Self::Provision => tenants[0].provision("dev"),
            Self::Promote => format!("/tenant promote tenant:{id}"),
            Self::Delete => format!("/tenant delete tenant:{id} environment:dev reason:poc backup:yes logs:delete"),
            Self::DeleteApproved => {
                format!("/tenant delete tenant:{id} environment:sit reason:poc backup:no logs:delete")
            }
            Self::DeleteMany => "/tenant bulk-delete environment:dev kind:poc backup:no logs:delete".to_owned(),
        };
        world.member("operator").types(&line).await
    }
}
