//! What stands in the simulated cloud, and the rules by which it comes and goes.
//!
//! Synchronous and without clocks: time passes by being looked at.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use super::journal::Call;
use super::resource::{self, Holder, Password, Resource, State, Tasks};
use super::settings::Settings;
use crate::fakes::faults::Faults;
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject};
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// Resources by place, kind and name. Only access points may share a name.
type Standing = BTreeMap<(Environment, Kind, String), Vec<Resource>>;

/// How many calls the journal remembers, so that a sandbox can stand for weeks.
const JOURNAL_MAX: usize = 10_000;

/// The whole state behind the lock.
#[derive(Debug)]
pub(super) struct World {
    pub(super) settings: Settings,
    standing: Standing,
    /// Tenants that have, had or wanted something, with their host labels.
    pub(super) known: BTreeMap<Tenancy, Subdomain>,
    /// Accounts that answer instead of the right ones.
    pub(super) impostors: BTreeMap<Environment, String>,
    /// Why tasks stop as soon as they start.
    pub(super) hindrances: BTreeMap<Tenancy, String>,
    pub(super) faults: Faults,
    pub(super) journal: VecDeque<Call>,
    serial: u64,
    /// Grows with everything that a live view shows.
    pub(super) version: u64,
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            standing: Standing::new(),
            known: BTreeMap::new(),
            impostors: BTreeMap::new(),
            hindrances: BTreeMap::new(),
            faults: Faults::default(),
            journal: VecDeque::new(),
            serial: 0,
            version: 0,
        }
    }

    pub(super) fn record(&mut self, call: Call) {
        if self.journal.len() == JOURNAL_MAX {
            self.journal.pop_front();
        }
        self.journal.push_back(call);
    }

    /// The account that answers.
    pub(super) fn account(&self, environment: Environment) -> String {
        self.impostors.get(&environment).unwrap_or(&self.settings.place(environment).account).clone()
    }

    /// Refuses everything while another account answers than the configuration names, as sealed clients do.
    pub(super) fn seal(&self, environment: Environment) -> Result<(), CloudError> {
        let place = self.settings.place(environment);
        match self.impostors.get(&environment) {
            None => Ok(()),
            Some(other) => Err(CloudError::Credentials(format!(
                "The profile {profile} answers as account {other}, not {account}. Clear the SSO cache, run `aws sso login \
                 --profile {profile}` and verify with `aws sts get-caller-identity`.",
                profile = place.profile,
                account = place.account
            ))),
        }
    }

    fn key(&self, kind: Kind, subject: &Subject) -> (Environment, Kind, String) {
        (subject.tenancy.environment, kind, self.settings.name(kind, subject))
    }

    /// All that stands under the subject's name, whoever holds it.
    pub(super) fn at(&self, kind: Kind, subject: &Subject) -> &[Resource] {
        self.standing.get(&self.key(kind, subject)).map_or(&[], Vec::as_slice)
    }

    /// The subject's own resource.
    pub(super) fn own(&self, kind: Kind, subject: &Subject) -> Option<&Resource> {
        self.at(kind, subject).iter().find(|resource| resource.belongs_to(&subject.tenancy.tenant))
    }

    pub(super) fn own_mut(&mut self, kind: Kind, subject: &Subject) -> Option<&mut Resource> {
        let key = self.key(kind, subject);
        let resources = self.standing.get_mut(&key)?;
        resources.iter_mut().find(|resource| resource.belongs_to(&subject.tenancy.tenant))
    }

    pub(super) fn find(&self, kind: Kind, subject: &Subject) -> Vec<Found> {
        self.at(kind, subject).iter().map(|resource| resource.seen_by(subject)).collect()
    }

    pub(super) fn ensure(&mut self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let subject = &blueprint.subject;
        self.remember(subject);
        if let Some(own) = self.own(kind, subject) {
            let existed = own.seen_by(subject);
            match own.state {
                State::With(_) if kind == Kind::DatabaseUser => self.logs_in(subject)?,
                State::Tasks(Tasks::Draining(_)) => {
                    self.drain(subject)?;
                    self.take(kind, subject);
                    return self.ensure(kind, blueprint);
                }
                _ => {}
            }
            return Ok(Ensured::Existed(existed));
        }
        self.refuse_foreign(kind, subject)?;
        for needed in kind.needs() {
            self.require(*needed, subject)?;
        }
        let state = self.first_state(kind, blueprint)?;
        Ok(Ensured::Created(self.put(kind, subject, state)))
    }

    pub(super) fn remove(&mut self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        self.refuse_foreign(kind, subject)?;
        match kind {
            Kind::TargetGroup if self.own(kind, subject).is_some() => self.refuse_in_use(subject)?,
            Kind::Service => self.drain(subject)?,
            _ => {}
        }
        Ok(self.take(kind, subject))
    }

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

    fn free_on(&self, environment: Environment, load_balancer: &str) -> u32 {
        let taken = |kind: Kind| {
            let all = self.standing.iter().filter(|((e, k, _), _)| (*e, *k) == (environment, kind));
            all.flat_map(|(_, resources)| resources)
                .filter(|resource| matches!(&resource.state, State::On(name) if name == load_balancer))
                .count()
        };
        let taken = taken(Kind::TargetGroup).max(taken(Kind::ListenerRule));
        self.settings.capacity.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX))
    }

    /// Puts the subject's own resource there.
    pub(super) fn put(&mut self, kind: Kind, subject: &Subject, state: State) -> Found {
        let holder = Holder::Tenant(subject.tenancy.tenant.clone());
        let (environment, _, name) = self.key(kind, subject);
        let resource = self.build(environment, kind, &name, holder, state);
        let found = resource.seen_by(subject);
        self.stand(environment, kind, name, resource);
        found
    }

    /// Puts something there that is nobody's.
    pub(super) fn put_foreign(&mut self, kind: Kind, environment: Environment, name: &str, why: &str) {
        let on = self.settings.place(environment).load_balancers.first().cloned().unwrap_or_default();
        let state = match kind {
            Kind::ListenerRule | Kind::TargetGroup => State::On(on),
            _ => State::Plain,
        };
        let resource = self.build(environment, kind, name, Holder::Stranger(why.to_owned()), state);
        self.stand(environment, kind, name.to_owned(), resource);
    }

    /// Takes away all that bears the subject's name.
    pub(super) fn take(&mut self, kind: Kind, subject: &Subject) -> Vec<Found> {
        let gone = self.standing.remove(&self.key(kind, subject)).unwrap_or_default();
        self.version += u64::from(!gone.is_empty());
        gone.iter().map(|resource| resource.seen_by(subject)).collect()
    }

    /// The state of a new resource of the kind, where there is room for it.
    pub(super) fn first_state(&self, kind: Kind, blueprint: &Blueprint) -> Result<State, CloudError> {
        let Blueprint { subject, load_balancer, .. } = blueprint;
        Ok(match kind {
            Kind::ListenerRule | Kind::TargetGroup => {
                let environment = subject.tenancy.environment;
                if !self.settings.place(environment).load_balancers.contains(load_balancer) {
                    return Err(CloudError::Permanent(format!(
                        "LoadBalancerNotFound: {environment} has no load balancer {load_balancer}. Check its configuration."
                    )));
                }
                if self.free_on(environment, load_balancer) == 0 && !self.has_place_on(load_balancer, subject) {
                    return Err(CloudError::Permanent(format!(
                        "The maximum number of target groups or rules on {load_balancer} has been reached. Add a load \
                         balancer to {environment}."
                    )));
                }
                State::On(load_balancer.clone())
            }
            Kind::Secret => State::With(Password::generate()),
            Kind::DatabaseUser => match self.own(Kind::Secret, subject).map(|secret| &secret.state) {
                Some(State::With(password)) => State::With(password.clone()),
                _ => State::Plain,
            },
            Kind::LogGroup => State::Lines(false),
            Kind::Service => State::Tasks(Tasks::Starting(self.settings.looks_to_start)),
            _ => State::Plain,
        })
    }

    /// Whether the subject's target group holds the place that its rule needs.
    fn has_place_on(&self, load_balancer: &str, subject: &Subject) -> bool {
        let group = self.own(Kind::TargetGroup, subject);
        group.is_some_and(|group| matches!(&group.state, State::On(name) if name == load_balancer))
    }

    fn remember(&mut self, subject: &Subject) {
        let before = self.known.insert(subject.tenancy.clone(), subject.subdomain.clone());
        self.version += u64::from(before.as_ref() != Some(&subject.subdomain));
    }

    fn build(&mut self, environment: Environment, kind: Kind, name: &str, holder: Holder, state: State) -> Resource {
        self.serial += 1;
        Resource { id: resource::id(&self.settings, environment, kind, name, self.serial), holder, state }
    }

    fn stand(&mut self, environment: Environment, kind: Kind, name: String, resource: Resource) {
        let resources = self.standing.entry((environment, kind, name)).or_default();
        if kind != Kind::AccessPoint {
            resources.clear();
        }
        resources.push(resource);
        self.version += 1;
    }

    fn refuse_foreign(&self, kind: Kind, subject: &Subject) -> Result<(), CloudError> {
        match self.find(kind, subject).into_iter().find(|found| found.owner != Owner::Own) {
            Some(Found { id, owner: Owner::Foreign(why) }) => Err(CloudError::Foreign { resource: id, why }),
            _ => Ok(()),
        }
    }

    /// Refuses, in the provider's words, what needs something that is not there.
    fn require(&self, needed: Kind, subject: &Subject) -> Result<(), CloudError> {
        if self.own(needed, subject).is_some() {
            return Ok(());
        }
        let name = self.settings.name(needed, subject);
        let words = match needed {
            Kind::TaskDefinition => "ClientException: Unable to describe task definition",
            Kind::TargetGroup => "TargetGroupNotFoundException: One or more target groups not found",
            Kind::ListenerRule => {
                "InvalidParameterException: The target group has no associated load balancer; no rule"
            }
            Kind::AccessPoint => "AccessPointNotFound: The access point does not exist",
            Kind::Secret => "ResourceNotFoundException: Secrets Manager can't find the specified secret",
            Kind::LogGroup => "ResourceNotFoundException: The specified log group does not exist",
            Kind::Database => "ERROR 1049 (42000): Unknown database",
            Kind::Service | Kind::DnsRecord | Kind::DatabaseUser => "NotFound",
        };
        Err(CloudError::Permanent(format!("{words}: {name}. Create the {needed} first.")))
    }

    /// A user that was made with another secret than the one that stands is left alone (playbook 3.1).
    fn logs_in(&self, subject: &Subject) -> Result<(), CloudError> {
        if self.passwords_agree(subject) {
            return Ok(());
        }
        let user = self.settings.name(Kind::DatabaseUser, subject);
        Err(CloudError::Foreign {
            why: format!(
                "User already exists, and the secret's password does not open it. Drop {user} if it is an orphan"
            ),
            resource: user,
        })
    }

    /// Whether the database user takes the password that the secret holds.
    pub(super) fn passwords_agree(&self, subject: &Subject) -> bool {
        let password = |kind| match self.own(kind, subject).map(|resource| &resource.state) {
            Some(State::With(password)) => Some(password),
            _ => None,
        };
        password(Kind::Secret).is_some_and(|secret| password(Kind::DatabaseUser) == Some(secret))
    }

    fn refuse_in_use(&self, subject: &Subject) -> Result<(), CloudError> {
        match self.rule_of(&subject.tenancy.tenant, subject.tenancy.environment) {
            None => Ok(()),
            Some(rule) => Err(CloudError::Permanent(format!(
                "Target group is in use by a listener rule: {rule} leads to {}. Remove the rule first.",
                subject.tenancy.name(Kind::TargetGroup)
            ))),
        }
    }

    fn rule_of(&self, tenant: &TenantId, environment: Environment) -> Option<&str> {
        let rules = self.standing.iter().filter(|((e, k, _), _)| (*e, *k) == (environment, Kind::ListenerRule));
        let mut own = rules.filter(|(_, resources)| resources.iter().any(|resource| resource.belongs_to(tenant)));
        own.next().map(|((_, _, host), _)| host.as_str())
    }

    /// Scales to zero first; what never ran has nothing to drain.
    fn drain(&mut self, subject: &Subject) -> Result<(), CloudError> {
        let looks = self.settings.looks_to_drain;
        let Some(Resource { id, state: State::Tasks(tasks), .. }) = self.own_mut(Kind::Service, subject) else {
            return Ok(());
        };
        let left = match *tasks {
            Tasks::Starting(_) => 0,
            Tasks::Running => looks,
            Tasks::Draining(left) => left - 1,
        };
        if left == 0 {
            return Ok(());
        }
        *tasks = Tasks::Draining(left);
        Err(CloudError::Transient(format!("{id}: Service is in DRAINING state, 1 task still drains")))
    }
}
