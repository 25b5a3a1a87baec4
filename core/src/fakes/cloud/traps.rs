//! What a deletion may trip over: more than one of a kind, and what is named or led like a tenant's without being so.

use super::SimulatedCloud;
use super::resource::{Holder, Resource, State};
use super::world::World;
use crate::kind::Kind;
use crate::ports::{Found, Owner, Subject};
use crate::tenant::{Environment, Tenancy, TenantId};

impl SimulatedCloud {
    /// Puts a rule for a host name there that forwards to these tenants' target groups. It is the first tenant's, unless
    /// `why` says how it shows that it is somebody else's.
    pub fn plant_rule(&self, environment: Environment, host: &str, to: &[&TenantId], why: Option<&str>) {
        self.change(|world| {
            let groups = to.iter().map(|tenant| Tenancy::new((*tenant).clone(), environment).name(Kind::TargetGroup));
            let on = world.settings.place(environment).load_balancers.first().cloned().unwrap_or_default();
            let state = world.new_rule(environment, on, host, groups.collect());
            let holder = match (why, to.first()) {
                (None, Some(tenant)) => Holder::Tenant((*tenant).clone()),
                (why, _) => Holder::Stranger(why.unwrap_or("it leads nowhere").to_owned()),
            };
            world.plant(environment, Kind::ListenerRule, host, holder, state);
        });
    }

    /// Puts an access point there that bears the tenant's tag and whatever name.
    pub fn plant_access_point(&self, tenancy: &Tenancy, name: &str) {
        let holder = Holder::Tenant(tenancy.tenant.clone());
        self.change(|world| world.plant(tenancy.environment, Kind::AccessPoint, name, holder, State::Plain));
    }

    /// Puts the tenant's database user there once more, without grants, for those that come from a host.
    pub fn plant_user(&self, tenancy: &Tenancy, host: &str) {
        self.change(|world| {
            let name = tenancy.name(Kind::DatabaseUser);
            let holder = Holder::Tenant(tenancy.tenant.clone());
            let resource = Resource { id: format!("{name}@{host}"), holder, state: State::Plain };
            world.add(tenancy.environment, Kind::DatabaseUser, name, resource);
        });
    }

    /// Schedules the tenant's secret for deletion, as somebody at the console may. Answers whether there was one.
    pub fn schedule_secret(&self, subject: &Subject) -> bool {
        self.change(|world| match world.own_mut(Kind::Secret, subject) {
            Some(secret) => {
                secret.state = State::Scheduled;
                true
            }
            None => false,
        })
    }

    /// Takes a resource away by its name, whosever it is. Answers whether there was one.
    pub fn clear(&self, kind: Kind, environment: Environment, name: &str) -> bool {
        self.change(|world| world.clear(environment, kind, name))
    }
}

impl World {
    fn plant(&mut self, environment: Environment, kind: Kind, name: &str, holder: Holder, state: State) {
        let resource = self.build(environment, kind, name, holder, state);
        self.add(environment, kind, name.to_owned(), resource);
    }

    /// All of a kind that has to do with the subject, by name: what bears its name, rules that forward to its target group,
    /// access points that bear its tag.
    pub(super) fn bearing<'w>(
        &'w self,
        kind: Kind,
        subject: &'w Subject,
    ) -> Box<dyn Iterator<Item = (&'w str, &'w Resource)> + 'w> {
        let own = self.settings.name(kind, subject);
        let group = subject.tenancy.name(Kind::TargetGroup);
        if !matches!(kind, Kind::ListenerRule | Kind::AccessPoint) {
            return Box::new(self.named(kind, subject));
        }
        let all = self.all(subject.tenancy.environment, kind, None);
        let all = all.flat_map(|(name, resources)| resources.iter().map(move |resource| (name, resource)));
        Box::new(all.filter(move |(name, resource)| {
            *name == own
                || match &resource.state {
                    State::Rule { to, .. } => to.contains(&group),
                    _ => kind == Kind::AccessPoint && resource.belongs_to(&subject.tenancy.tenant),
                }
        }))
    }
}

impl Resource {
    /// A resource as the subject sees it, with what its name or its targets say against it.
    pub(super) fn seen_as(&self, name: &str, subject: &Subject) -> Found {
        let tenancy = &subject.tenancy;
        let mut found = self.seen_by(subject);
        if found.owner != Owner::Own {
            return found;
        }
        let group = tenancy.name(Kind::TargetGroup);
        let against = match &self.state {
            State::Rule { to, .. } => {
                to.iter().find(|one| **one != group).map(|other| format!("it also forwards to {other}"))
            }
            _ => tenancy
                .other_in_name(Kind::AccessPoint, name)
                .filter(|_| self.id.starts_with("fsap-"))
                .map(|other| format!("it is named after {other}")),
        };
        if let Some(why) = against {
            found.owner = Owner::Foreign(why);
        }
        found
    }
}
