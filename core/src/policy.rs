//! Who must say yes, and whether they have. Pure: given the required roles, the requester and the votes, a decision.
//!
//! One person fills one role, and the requester fills none (four eyes). Which people fill which roles is a matching: as
//! many roles as possible are filled, so that nobody who could have completed the set is wasted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::role::{Member, Person, Role};

/// What an environment demands before an operation may run there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// All of these roles, by different people.
    pub approve: Vec<Role>,
    /// How long the request waits for its approvals, in seconds.
    pub expires_after: u64,
    /// After how long without them the missing roles are reminded, in seconds.
    pub remind_after: u64,
    /// Whether it runs without waiting for its card to be seen: an emergency. Nobody approves it then.
    #[serde(default, skip_serializing_if = "crate::event::is_false")]
    pub at_once: bool,
    /// Whose vote never counts, besides the requester's: who did what this would take back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<Person>,
}

/// What the votes come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which person counts for which required role.
    pub filled: Vec<(Role, Person)>,
    /// The required roles that nobody fills yet.
    pub missing: Vec<Role>,
    /// The people whose vote does not count, and why.
    pub idle: Vec<(Person, Idle)>,
}

/// Why a vote does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It is the requester's own.
    Requester,
    /// The person did what this would take back.
    Barred,
    /// The person holds none of the required roles.
    NoRole,
    /// The person's roles are filled by others already.
    Surplus,
}

impl Decision {
    /// Whether every required role is filled.
    pub fn ready(&self) -> bool {
        self.missing.is_empty()
    }

    /// What the person counts as, or why not.
    pub fn standing(&self, person: &Person) -> Result<Role, Idle> {
        if let Some((role, _)) = self.filled.iter().find(|(_, filler)| filler.id == person.id) {
            return Ok(*role);
        }
        Err(self.idle.iter().find(|(idler, _)| idler.id == person.id).map_or(Idle::NoRole, |(_, why)| *why))
    }
}

impl Policy {
    /// Judges the approving votes, in the order in which they were cast. Those who are barred count as little as the requester.
    pub fn decide(&self, requester: &Person, votes: &[Member]) -> Decision {
        let barred = |member: &Member| self.barred.iter().any(|person| person.id == member.person.id);
        let (out, counted): (Vec<Member>, Vec<Member>) = votes.iter().cloned().partition(barred);
        let mut decision = decide(&self.approve, requester, &counted);
        decision.idle.extend(out.into_iter().map(|member| (member.person, Idle::Barred)));
        decision
    }
}

/// Judges the approving votes, in the order in which they were cast.
pub fn decide(required: &[Role], requester: &Person, votes: &[Member]) -> Decision {
    let mut filler: BTreeMap<usize, usize> = BTreeMap::new();
    for (voter, member) in votes.iter().enumerate() {
        if member.person.id != requester.id
            && votes[..voter].iter().all(|earlier| earlier.person.id != member.person.id)
        {
            seat(voter, required, votes, &mut filler, &mut vec![false; required.len()]);
        }
    }
    let filled = filler.iter().map(|(&role, &voter)| (required[role], votes[voter].person.clone())).collect();
    let missing = (0..required.len()).filter(|role| !filler.contains_key(role)).map(|role| required[role]).collect();
    let idle = votes
        .iter()
        .enumerate()
        .filter(|(voter, _)| !filler.values().any(|seated| seated == voter))
        .map(|(_, member)| (member.person.clone(), why_idle(required, requester, member)))
        .collect();
    Decision { filled, missing, idle }
}

fn why_idle(required: &[Role], requester: &Person, member: &Member) -> Idle {
    if member.person.id == requester.id {
        Idle::Requester
    } else if member.is_any(required) {
        Idle::Surplus
    } else {
        Idle::NoRole
    }
}

/// Finds a role for the voter, moving earlier voters to another of their roles where that makes room: an augmenting path.
fn seat(
    voter: usize,
    required: &[Role],
    votes: &[Member],
    filler: &mut BTreeMap<usize, usize>,
    tried: &mut [bool],
) -> bool {
    for role in 0..required.len() {
        if tried[role] || !votes[voter].is(required[role]) {
            continue;
        }
        tried[role] = true;
        let seated = filler.get(&role).copied();
        if seated.is_none_or(|earlier| seat(earlier, required, votes, filler, tried)) {
            filler.insert(role, voter);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn person(id: &str) -> Person {
        Person { id: id.into(), name: id.into() }
    }

    fn member(id: &str, roles: &[Role]) -> Member {
        Member { person: person(id), roles: roles.iter().copied().collect() }
    }

    const PROD: &[Role] = &[Role::DevopsLead, Role::ProductOwner];

    #[test]
    fn one_person_with_two_roles_fills_one() {
        let votes = [member("double-hat", PROD)];
        let decision = decide(PROD, &person("operator"), &votes);
        assert_eq!(decision.missing, [Role::ProductOwner]);
        assert_eq!(decision.standing(&person("double-hat")), Ok(Role::DevopsLead));
    }

    #[test]
    fn a_voter_moves_to_another_role_to_make_room() {
        let votes = [member("double-hat", PROD), member("devops-lead", &[Role::DevopsLead])];
        let decision = decide(PROD, &person("operator"), &votes);
        assert!(decision.ready());
        assert_eq!(decision.standing(&person("double-hat")), Ok(Role::ProductOwner));
    }

    #[test]
    fn the_requester_and_strangers_do_not_count() {
        let votes = [member("lead", &[Role::TeamLead]), member("newcomer", &[])];
        let decision = decide(&[Role::TeamLead], &person("lead"), &votes);
        assert_eq!(decision.missing, [Role::TeamLead]);
        assert_eq!(decision.standing(&person("lead")), Err(Idle::Requester));
        assert_eq!(decision.standing(&person("newcomer")), Err(Idle::NoRole));
    }

    #[test]
    fn nothing_required_is_ready_at_once() {
        assert!(decide(&[], &person("operator"), &[]).ready());
    }

    fn any_roles() -> impl Strategy<Value = BTreeSet<Role>> {
        proptest::collection::btree_set(proptest::sample::select(&Role::ALL), 0..4)
    }

    proptest! {
        /// Against every assignment of voters to roles, tried one by one.
        #[test]
        fn ready_exactly_when_some_assignment_fills_every_role(
            required in proptest::collection::vec(proptest::sample::select(&Role::ALL), 0..4),
            roles in proptest::collection::vec(any_roles(), 0..5),
            requester in 0..5_usize,
        ) {
            let votes: Vec<Member> = roles
                .into_iter()
                .enumerate()
                .map(|(id, roles)| Member { person: person(&id.to_string()), roles })
                .collect();
            let requester = person(&requester.to_string());
            fn fillable(required: &[Role], free: &[&Member]) -> bool {
                let Some((role, rest)) = required.split_first() else { return true };
                (0..free.len()).any(|i| {
                    let mut others = free.to_vec();
                    others.remove(i).is(*role) && fillable(rest, &others)
                })
            }
            let eligible: Vec<&Member> = votes.iter().filter(|m| m.person.id != requester.id).collect();
            let decision = decide(&required, &requester, &votes);
            prop_assert_eq!(decision.ready(), fillable(&required, &eligible));
            let people: BTreeSet<_> = decision.filled.iter().map(|(_, p)| &p.id).collect();
            prop_assert_eq!(people.len(), decision.filled.len(), "one person fills one role");
            prop_assert!(!people.contains(&requester.id));
        }
    }
}
