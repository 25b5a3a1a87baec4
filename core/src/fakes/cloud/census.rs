//! The questions about a whole environment: its inventory by pages, its room, its host names.

use super::SimulatedCloud;
use super::resource::{Resource, State};
use super::world::World;
use crate::kind::Kind;
use crate::ports::{InventoryPage, Owner, Room, Subject};
use crate::tenant::Environment;

impl SimulatedCloud {
    /// From now on the environment's databases are reached only by tasks, which answer yes or no: they are not listed.
    pub fn reach_databases_by_task(&self, environment: Environment) {
        self.change(|world| world.by_task.insert(environment));
    }
}

impl World {
    pub(super) fn lists(&self, kind: Kind, environment: Environment) -> bool {
        !(matches!(kind, Kind::DatabaseUser | Kind::Database) && self.by_task.contains(&environment))
    }

    pub(super) fn inventory(&self, kind: Kind, environment: Environment, after: Option<&str>) -> InventoryPage {
        if !self.lists(kind, environment) {
            return InventoryPage { names: Vec::new(), next: None };
        }
        let mut rest = self.all(environment, kind, after).peekable();
        let mut names = Vec::new();
        let mut last = None;
        for (name, resources) in rest.by_ref().take(self.settings.page_size.max(1)) {
            // The revisions of a task definition are one family.
            let most = if kind == Kind::TaskDefinition { 1 } else { usize::MAX };
            names.extend(resources.iter().take(most).map(|_| name.to_owned()));
            last = Some(name.to_owned());
        }
        InventoryPage { names, next: last.filter(|_| rest.peek().is_some()) }
    }

    /// Who holds the subject's host name, if that is somebody else.
    pub(super) fn host_taken(&self, subject: &Subject) -> Option<String> {
        [Kind::ListenerRule, Kind::DnsRecord].into_iter().find_map(|kind| {
            self.find(kind, subject).into_iter().find_map(|found| match found.owner {
                Owner::Own => None,
                Owner::Foreign(why) => Some(format!("{kind} {}: {why}", found.id)),
            })
        })
    }

    /// The load balancer that the subject's own rule is on, or that was promised to its target group, as to its record.
    pub(super) fn placed(&self, subject: &Subject) -> Option<String> {
        [Kind::ListenerRule, Kind::TargetGroup].into_iter().find_map(|kind| match &self.own(kind, subject)?.state {
            State::On(on) | State::Rule { on, .. } => Some(on.clone()),
            _ => None,
        })
    }

    pub(super) fn room(&self, environment: Environment) -> Vec<Room> {
        let place = self.settings.place(environment);
        let balancers = place.load_balancers.iter();
        balancers.map(|name| Room { load_balancer: name.clone(), free: self.free_on(environment, name) }).collect()
    }

    pub(super) fn free_on(&self, environment: Environment, load_balancer: &str) -> u32 {
        let here = |resource: &&Resource| matches!(&resource.state, State::On(name) | State::Rule { on: name, .. } if name == load_balancer);
        let taken = |kind| self.all(environment, kind, None).flat_map(|(_, resources)| resources).filter(here).count();
        let taken = taken(Kind::TargetGroup).max(taken(Kind::ListenerRule));
        self.settings.capacity.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    /// Whether the subject's target group holds the place that its rule needs.
    pub(super) fn has_place_on(&self, load_balancer: &str, subject: &Subject) -> bool {
        let group = self.own(Kind::TargetGroup, subject);
        group.is_some_and(|group| matches!(&group.state, State::On(name) if name == load_balancer))
    }
}
