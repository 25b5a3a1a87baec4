//! The roles that policy knows, and the people who hold them.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A role of the platform team. Which role of the chat server stands for it is configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// May file requests.
    Operator,
    /// Approves in SIT.
    TeamLead,
    /// Approves in PROD.
    DevopsLead,
    /// Approves new tenants in PROD, beside the DevOps Lead.
    ProductOwner,
    /// Told of shutdowns, and may order them.
    Security,
    /// On call: may order shutdowns and rollbacks.
    OnCall,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] =
        [Self::Operator, Self::TeamLead, Self::DevopsLead, Self::ProductOwner, Self::Security, Self::OnCall];

    /// As in configuration and `commands/`: `devops-lead`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::TeamLead => "team-lead",
            Self::DevopsLead => "devops-lead",
            Self::ProductOwner => "product-owner",
            Self::Security => "security",
            Self::OnCall => "on-call",
        }
    }

    /// As people read it: `DevOps Lead`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::TeamLead => "Team Lead",
            Self::DevopsLead => "DevOps Lead",
            Self::ProductOwner => "Product Owner",
            Self::Security => "Security",
            Self::OnCall => "On-call",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person, as the chat names them. The id never changes; the name may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The chat's own id.
    pub id: String,
    /// What the chat shows.
    pub name: String,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)
    }
}

/// A person with the roles that they held when they were last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Which roles they hold.
    pub roles: BTreeSet<Role>,
}

impl Member {
    /// Whether the member holds the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the member holds any of the roles.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }
}
