//! What stands in the simulated cloud, and the rules by which it comes and goes.
//!
//! Synchronous and without clocks: time passes by being looked at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use super::backups::Backups;
use super::journal::Call;
use super::resource::{self, Holder, Logs, Password, Resource, State, Work};
use super::revisions::Families;
use super::settings::Settings;
use super::traffic::Exports;
use super::troubles::{Ailment, Trouble};
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
    /// What is wrong with everybody in an environment.
    pub(super) troubles: BTreeSet<Trouble>,
    /// What is wrong with one tenant alone.
    pub(super) ailing: BTreeMap<Tenancy, BTreeSet<Ailment>>,
    /// Where databases are reached only by tasks.
    pub(super) by_task: BTreeSet<Environment>,
    pub(super) backups: Backups,
    pub(super) exports: Exports,
    pub(super) families: Families,
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
            troubles: BTreeSet::new(),
            ailing: BTreeMap::new(),
            by_task: BTreeSet::new(),
            backups: Backups::default(),
            exports: Exports::default(),
            families: Families::default(),
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
    pub(super) fn named(&self, kind: Kind, subject: &Subject) -> impl Iterator<Item = (&str, &Resource)> {
        let standing = self.standing.get_key_value(&self.key(kind, subject));
        standing.into_iter().flat_map(|((_, _, name), all)| all.iter().map(move |resource| (name.as_str(), resource)))
    }

    /// Whether it is a service of the subject's that wants no task.
    pub(super) fn idles(&self, kind: Kind, subject: &Subject) -> bool {
        let own = (kind == Kind::Service).then(|| self.own(kind, subject)).flatten();
        own.is_some_and(|service| matches!(&service.state, State::Work(work) if work.desired == 0))
    }

    /// The subject's own resource.
    pub(super) fn own(&self, kind: Kind, subject: &Subject) -> Option<&Resource> {
        let tenant = &subject.tenancy.tenant;
        self.named(kind, subject).map(|(_, resource)| resource).find(|resource| resource.belongs_to(tenant))
    }

    pub(super) fn own_mut(&mut self, kind: Kind, subject: &Subject) -> Option<&mut Resource> {
        let key = self.key(kind, subject);
        let resources = self.standing.get_mut(&key)?;
        resources.iter_mut().find(|resource| resource.belongs_to(&subject.tenancy.tenant))
    }

    /// All that stands under the subject's name and is the tenant's, to be changed.
    pub(super) fn named_mut(&mut self, kind: Kind, subject: &Subject) -> impl Iterator<Item = &mut Resource> {
        let key = self.key(kind, subject);
        let resources = self.standing.get_mut(&key).into_iter().flatten();
        resources.filter(|resource| resource.belongs_to(&subject.tenancy.tenant))
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

    /// All that stands of a name, whosever it is, to be changed.
    pub(super) fn all_mut(&mut self, environment: Environment, kind: Kind, name: &str) -> &mut [Resource] {
        self.standing.get_mut(&(environment, kind, name.to_owned())).map_or(&mut [], Vec::as_mut_slice)
    }

    pub(super) fn find(&self, kind: Kind, subject: &Subject) -> Vec<Found> {
        self.bearing(kind, subject).map(|(name, resource)| resource.seen_as(name, subject)).collect()
    }

    pub(super) fn ensure(&mut self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let subject = &blueprint.subject;
        self.remember(subject);
        if let Some(own) = self.own(kind, subject) {
            let existed = own.seen_by(subject);
            match own.state {
                State::Scheduled => {
                    return Err(CloudError::Permanent(format!(
                        "InvalidRequestException: {} is scheduled for deletion. Restore it, or delete it for good.",
                        existed.id
                    )));
                }
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
        if matches!(kind, Kind::Database | Kind::DatabaseUser) {
            self.clean_up_runs(subject)?;
        }
        match kind {
            // Rules still lead to it (playbook 3.2): they go first.
            Kind::TargetGroup if self.own(kind, subject).is_some() => {
                let mut removed = self.own_rules(subject)?;
                self.take_these(Kind::ListenerRule, subject, &removed);
                removed.extend(self.take(kind, subject));
                return Ok(removed);
            }
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
            Kind::TargetGroup => State::On(on),
            Kind::ListenerRule => self.new_rule(environment, on, name, Vec::new()),
            _ => State::Plain,
        };
        let resource = self.build(environment, kind, name, Holder::Stranger(why.to_owned()), state);
        self.stand(environment, kind, name.to_owned(), resource);
    }

    /// Takes away all that is found of the subject's.
    pub(super) fn take(&mut self, kind: Kind, subject: &Subject) -> Vec<Found> {
        let gone = self.find(kind, subject);
        self.take_these(kind, subject, &gone);
        gone
    }

    /// Takes away what was found.
    pub(super) fn take_these(&mut self, kind: Kind, subject: &Subject, gone: &[Found]) {
        let environment = subject.tenancy.environment;
        let all = self.standing.iter_mut().filter(|((e, k, _), _)| (*e, *k) == (environment, kind));
        for (_, resources) in all {
            resources.retain(|resource| !gone.iter().any(|found| found.id == resource.id));
        }
        self.standing.retain(|_, resources| !resources.is_empty());
        self.version += u64::from(!gone.is_empty());
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
                let on = load_balancer.clone();
                match kind {
                    Kind::ListenerRule => {
                        let to = vec![subject.tenancy.name(Kind::TargetGroup)];
                        self.new_rule(environment, on, &self.settings.host(subject), to)
                    }
                    _ => State::On(on),
                }
            }
            Kind::Secret => State::With(Password::generate()),
            Kind::DatabaseUser => match self.own(Kind::Secret, subject).map(|secret| &secret.state) {
                Some(State::With(password)) => State::With(password.clone()),
                _ => State::Plain,
            },
            Kind::LogGroup => State::Logs(Logs::default()),
            Kind::TaskDefinition => State::Revision(self.first_revision(blueprint)),
            Kind::Service => State::Work(Work::starting(self.newest(subject), self.settings.looks_to_start)),
            _ => State::Plain,
        })
    }

    fn remember(&mut self, subject: &Subject) {
        let before = self.known.insert(subject.tenancy.clone(), subject.subdomain.clone());
        self.version += u64::from(before.as_ref() != Some(&subject.subdomain));
    }

    pub(super) fn build(
        &mut self,
        environment: Environment,
        kind: Kind,
        name: &str,
        holder: Holder,
        state: State,
    ) -> Resource {
        self.serial += 1;
        let serial = match &state {
            State::Revision(revision) => {
                self.families.counts(environment, name, revision.number);
                u64::from(revision.number)
            }
            _ => self.serial,
        };
        Resource { id: resource::id(&self.settings, environment, kind, name, serial), holder, state }
    }

    /// Takes away all of a name, whosever it is. Whether there was something.
    pub(super) fn clear(&mut self, environment: Environment, kind: Kind, name: &str) -> bool {
        let gone = self.standing.remove(&(environment, kind, name.to_owned())).is_some();
        self.version += u64::from(gone);
        gone
    }

    /// Lets a resource stand beside what is there.
    pub(super) fn add(&mut self, environment: Environment, kind: Kind, name: String, resource: Resource) {
        self.standing.entry((environment, kind, name)).or_default().push(resource);
        self.version += 1;
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
