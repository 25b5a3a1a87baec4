//! What is so on the chat server, kept beside it: who holds which role, and whose reaction stands where.

use std::collections::{BTreeMap, BTreeSet};

use landlord_core::ports::Vote;
use landlord_core::role::Role;

use crate::action::PEOPLE;

/// The id by which the chat knows somebody.
pub(crate) fn id_of(name: &str) -> String {
    format!("id-of-{name}")
}

/// Roles and reactions as they are.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    /// By the ids of those on the server.
    roles: BTreeMap<String, BTreeSet<Role>>,
    /// The ids of those whose reaction stands, by message.
    standing: BTreeMap<(String, bool), BTreeSet<String>>,
}

impl Truth {
    /// As the world begins.
    pub(crate) fn new() -> Self {
        let roles = PEOPLE.iter().map(|(name, roles)| (id_of(name), roles.iter().copied().collect())).collect();
        Self { roles, standing: BTreeMap::new() }
    }

    /// Whether somebody is on the server.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.roles.contains_key(&id_of(name))
    }

    pub(crate) fn holds(&mut self, name: &str, roles: &[Role]) {
        self.roles.insert(id_of(name), roles.iter().copied().collect());
    }

    pub(crate) fn leaves(&mut self, name: &str) {
        self.roles.remove(&id_of(name));
    }

    pub(crate) fn puts(&mut self, name: &str, vote: Vote, message: &str) {
        self.standing.entry((message.to_owned(), vote == Vote::Approve)).or_default().insert(id_of(name));
    }

    pub(crate) fn takes(&mut self, name: &str, vote: Vote, message: &str) {
        if let Some(standing) = self.standing.get_mut(&(message.to_owned(), vote == Vote::Approve)) {
            standing.remove(&id_of(name));
        }
    }

    /// Whose ✅ (or else ❌) stands under a message, with the roles that they hold now.
    pub(crate) fn reactions(&self, message: &str, approve: bool) -> BTreeMap<String, BTreeSet<Role>> {
        let standing = self.standing.get(&(message.to_owned(), approve)).into_iter().flatten();
        standing.map(|id| (id.clone(), self.roles.get(id).cloned().unwrap_or_default())).collect()
    }
}

#[test]
fn the_story_knows_who_is_on_the_server() {
    let world = landlord_core::fakes::World::start();
    for (name, roles) in PEOPLE {
        let member = world.chat.member_named(name);
        assert_eq!(member.roles, roles.iter().copied().collect());
        assert_eq!(member.person.id, id_of(name));
    }
}
