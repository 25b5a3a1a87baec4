//! The questions about a whole environment: its inventory by pages, its room, its host names.

use std::ops::Bound;

use super::resource::State;
use super::world::World;
use crate::kind::Kind;
use crate::ports::{InventoryPage, Owner, Room, Subject};
use crate::tenant::Environment;

impl World {
    pub(super) fn inventory(&self, kind: Kind, environment: Environment, after: Option<&str>) -> InventoryPage {
        let from = match after {
            Some(name) => Bound::Excluded((environment, kind, name.to_owned())),
            None => Bound::Included((environment, kind, String::new())),
        };
        let mut rest = self
            .standing
            .range((from, Bound::Unbounded))
            .take_while(|((e, k, _), _)| (*e, *k) == (environment, kind))
            .peekable();
        let mut names = Vec::new();
        let mut last = None;
        for ((_, _, name), resources) in rest.by_ref().take(self.settings.page_size.max(1)) {
            names.extend(resources.iter().map(|_| name.clone()));
            last = Some(name.clone());
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

    pub(super) fn room(&self, environment: Environment) -> Vec<Room> {
        let place = self.settings.place(environment);
        let balancers = place.load_balancers.iter();
        balancers.map(|name| Room { load_balancer: name.clone(), free: self.free_on(environment, name) }).collect()
    }

    pub(super) fn free_on(&self, environment: Environment, load_balancer: &str) -> u32 {
        let taken = |kind: Kind| {
            let all = self.standing.iter().filter(|((e, k, _), _)| (*e, *k) == (environment, kind));
            all.flat_map(|(_, resources)| resources)
                .filter(|resource| matches!(&resource.state, State::On(name) if name == load_balancer))
                .count()
        };
        let taken = taken(Kind::TargetGroup).max(taken(Kind::ListenerRule));
        self.settings.capacity.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    /// Whether the subject's target group holds the place that its rule needs.
    pub(super) fn has_place_on(&self, load_balancer: &str, subject: &Subject) -> bool {
        let group = self.own(Kind::TargetGroup, subject);
        group.is_some_and(|group| matches!(&group.state, State::On(name) if name == load_balancer))
    }
}
