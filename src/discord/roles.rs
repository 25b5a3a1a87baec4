//! Which role of the Discord server stands for which role of the policy.

use std::collections::{BTreeMap, BTreeSet};

use landlord_core::role::{Member, Person, Role};
use serenity::all::{RoleId, User};

use super::{DiscordError, id};
use crate::config::DiscordConfig;

/// The two-way table of roles.
#[derive(Debug, Clone)]
pub struct Roles(BTreeMap<Role, RoleId>);

impl Roles {
    /// By configuration. A role that is left out is held by nobody: fail closed.
    pub(super) fn new(config: &DiscordConfig) -> Result<Self, DiscordError> {
        config
            .roles
            .iter()
            .map(|(role, text)| Ok((*role, RoleId::new(id(&format!("discord.roles.{role}"), text)?))))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The roles of the policy that a member with these roles of the server holds.
    pub(super) fn held(&self, held: &[RoleId]) -> BTreeSet<Role> {
        self.0.iter().filter(|(_, role)| held.contains(role)).map(|(role, _)| *role).collect()
    }

    /// The role of the server, where one is configured.
    pub(super) fn of(&self, role: Role) -> Option<RoleId> {
        self.0.get(&role).copied()
    }

    /// A user with roles of the server, as the core sees them.
    pub(super) fn member(&self, user: &User, held: &[RoleId]) -> Member {
        Member { person: person(user), roles: self.held(held) }
    }
}

/// A user as the core sees them: by the name that is theirs alone.
pub(super) fn person(user: &User) -> Person {
    Person { id: user.id.to_string(), name: user.name.clone() }
}
