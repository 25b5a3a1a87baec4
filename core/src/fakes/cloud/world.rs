//! What stands in the simulated cloud, and the rules by which it comes and goes.
//!
//! Synchronous and without clocks: time passes by being looked at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use super::backups::Backups;
use super::journal::Call;
use super::resource::{self, Holder, Logs, Password, Resource, State, Work};
use super::settings::Settings;
use crate::fakes::faults::Faults;
use crate::kind::Kind;
use crate::ports::{Blueprint, CloudError, Ensured, Found, Subject};
use crate::tenant::{Environment, Subdomain, Tenancy};

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
    /// Whose tasks never drain.
    pub(super) undrained: BTreeSet<Tenancy>,
    pub(super) backups: Backups,
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
            undrained: BTreeSet::new(),
            backups: Backups::default(),
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

    /// All that stands of a kind in an environment, by name, from the beginning or after a name.
    pub(super) fn all(
        &self,
        environment: Environment,
        kind: Kind,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&str, &[Resource])> {
        let from = match after {
            Some(name) => Bound::Excluded((environment, kind, name.to_owned())),
            None => Bound::Included((environment, kind, String::new())),
        };
        self.standing
            .range((from, Bound::Unbounded))
            .take_while(move |((e, k, _), _)| (*e, *k) == (environment, kind))
            .map(|((_, _, name), resources)| (name.as_str(), resources.as_slice()))
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
                State::Work(work) if work.drains() => {
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
            Kind::LogGroup => State::Logs(Logs::default()),
            Kind::Service => State::Work(Work::starting(self.settings.looks_to_start)),
            _ => State::Plain,
        })
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
}
