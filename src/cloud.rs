//! The `Cloud` port over AWS and MySQL: chooses the adapter of a kind, and hands one adapter what another found.
//!
//! Architecture invariant: adapters never import each other; only this file knows all of them. It makes no call itself.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{
    Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject, Verdict,
};
use landlord_core::tenant::{Environment, Tenancy};
use tokio::sync::{Mutex, MutexGuard};

use crate::aws::accounts::{Account, Accounts};
use crate::aws::{
    access_point, dns_record, listener_rule, log_group, secret, service, service_look, target_group, task_definition,
};
use crate::config::environment::{DatabaseConfig, EnvironmentConfig};
use crate::config::secret::Secret;
use crate::mysql::{self, Login, Server};
use crate::probe::Probe;

/// Target groups on one load balancer: a hard limit (Elastic Load Balancing quotas).
const TARGET_GROUPS_MAX: usize = 100;
/// Rules on one load balancer: the default limit (Elastic Load Balancing quotas).
const RULES_MAX: usize = 100;
/// How many locks stand for all tenants and kinds.
const LOCKS: usize = 256;

/// The AWS accounts and MySQL servers of the configuration.
#[derive(Debug)]
pub struct RealCloud {
    accounts: Accounts,
    probes: BTreeMap<Environment, Probe>,
    locks: Locks,
}

impl RealCloud {
    /// The cloud of these sections with its accounts, which mail goes through too. Asks nothing of AWS yet.
    /// Errors: a section that is not valid, in words.
    pub async fn open(environments: &BTreeMap<Environment, EnvironmentConfig>) -> Result<(Self, Accounts), String> {
        let accounts = Accounts::open(environments).await?;
        let mut probes = BTreeMap::new();
        for (environment, config) in accounts.configs() {
            probes.insert(environment, Probe::new(&config.probes)?);
        }
        Ok((Self { accounts: accounts.clone(), probes, locks: Locks::new() }, accounts))
    }

    fn account(&self, environment: Environment) -> Result<&Account, CloudError> {
        self.accounts.of(environment)
    }

    fn of(&self, subject: &Subject) -> Result<&Account, CloudError> {
        self.account(subject.tenancy.environment)
    }

    fn probe(&self, environment: Environment) -> Result<&Probe, CloudError> {
        self.account(environment)?;
        let missing = || CloudError::Permanent(format!("{} has no probes.", environment.title()));
        self.probes.get(&environment).ok_or_else(missing)
    }

    /// Records that a rule gives to another tenant are that tenant's, even though they lead to the right load balancer.
    async fn records(&self, account: &Account, subject: &Subject) -> Result<Vec<dns_record::Record>, CloudError> {
        let mut records = dns_record::find(account, subject).await?;
        if records.iter().any(|record| record.found.owner == Owner::Own) {
            let host = dns_record::host(account, subject);
            if let Some(why) = listener_rule::taken(account, &subject.tenancy, &host).await? {
                for record in &mut records {
                    record.found.owner = Owner::Foreign(why.clone());
                }
            }
        }
        Ok(records)
    }

    /// The records, where all of them are the tenant's own.
    async fn own_records(&self, account: &Account, subject: &Subject) -> Result<Vec<dns_record::Record>, CloudError> {
        let records = self.records(account, subject).await?;
        for record in &records {
            if let Owner::Foreign(why) = &record.found.owner {
                return Err(CloudError::Foreign { resource: record.found.id.clone(), why: why.clone() });
            }
        }
        Ok(records)
    }

    async fn ensure_record(&self, account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let lb = account.load_balancer(&blueprint.load_balancer).await?;
        match self.own_records(account, &blueprint.subject).await?.into_iter().next() {
            Some(record) => Ok(Ensured::Existed(record.found)),
            None => dns_record::create(account, &blueprint.subject, &lb).await,
        }
    }

    async fn ensure_task_definition(&self, account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let tenancy = &blueprint.subject.tenancy;
        let newest = task_definition::newest(account, tenancy).await?;
        let newest = newest.map(|newest| own(newest.found.clone()).map(|_| newest)).transpose()?;
        let (secret, access_point, logs) = futures::try_join!(
            secret::find(account, tenancy),
            access_point::usable(account, tenancy),
            log_group::find(account, tenancy),
        )?;
        let secret = standing(tenancy, Kind::Secret, secret)?.id;
        standing(tenancy, Kind::LogGroup, logs)?;
        task_definition::ensure(account, blueprint, task_definition::Parts { secret, access_point }, newest).await
    }

    async fn ensure_rule(&self, account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let tenancy = &blueprint.subject.tenancy;
        let host = dns_record::host(account, &blueprint.subject);
        if let Some(existing) = listener_rule::existing(account, tenancy, &host).await? {
            return Ok(existing);
        }
        let lb = account.load_balancer(&blueprint.load_balancer).await?;
        let group = standing(tenancy, Kind::TargetGroup, target_group::find(account, tenancy).await?)?;
        listener_rule::create(account, tenancy, &host, &lb, &group.id).await
    }

    async fn ensure_service(&self, account: &Account, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let tenancy = &blueprint.subject.tenancy;
        if let Some(existing) = service::existing(account, tenancy).await? {
            return Ok(existing);
        }
        let lb = account.load_balancer(&blueprint.load_balancer).await?;
        let (group, newest, network) = futures::try_join!(
            target_group::look(account, tenancy),
            task_definition::newest(account, tenancy),
            account.network(&lb),
        )?;
        own(newest.ok_or_else(|| missing(tenancy, Kind::TaskDefinition))?.found)?;
        let group = group.ok_or_else(|| missing(tenancy, Kind::TargetGroup))?;
        let in_use = group.in_use;
        let group = own(group.found)?;
        // ECS refuses a target group that no load balancer forwards to.
        if !in_use {
            return Err(missing(tenancy, Kind::ListenerRule));
        }
        service::create(account, tenancy, &group.id, network).await
    }

    async fn record_names(&self, account: &Account, page: Option<&str>) -> Result<InventoryPage, CloudError> {
        let (hosts, services) =
            futures::try_join!(dns_record::hosts(account, page), listener_rule::services_by_host(account))?;
        let services: HashMap<String, String> = services.into_iter().collect();
        let names = hosts.names.into_iter().map(|host| services.get(&host).cloned().unwrap_or(host));
        Ok(InventoryPage { names: names.collect(), next: hosts.next })
    }

    async fn database_reachable(&self, account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
        let own = match secret::read(account, tenancy).await {
            Ok(own) => own,
            Err(CloudError::Permanent(why)) => return Ok(Verdict::NotYet(why)),
            Err(error) => return Err(error),
        };
        let database = own.dbname.clone();
        Ok(match mysql::reachable(&login(own), &database).await? {
            Ok(seen) => Verdict::Passed(seen),
            Err(why) => Verdict::NotYet(why),
        })
    }
}

/// The administrator's side of an environment's server.
async fn server(account: &Account) -> Result<Server, CloudError> {
    let config = &account.config.database;
    let password = administrators_password(account, config).await?;
    Ok(Server::new(Login { host: config.host.clone(), port: config.port, user: config.user.clone(), password }))
}

async fn administrators_password(account: &Account, config: &DatabaseConfig) -> Result<Secret, CloudError> {
    if let Some(file) = &config.password_file {
        let text = tokio::fs::read_to_string(file).await.map_err(|error| {
            CloudError::Permanent(format!(
                "`password_file` of {} cannot be read ({error}).",
                account.environment.title()
            ))
        })?;
        return Ok(Secret::new(text.trim_end_matches(['\r', '\n'])));
    }
    if let Some(id) = &config.password_secret {
        let text = secret::value(account, id).await?.ok_or_else(|| {
            CloudError::Permanent(format!("`password_secret` of {} is not there.", account.environment.title()))
        })?;
        return Ok(secret::administrators(&text));
    }
    config
        .password
        .clone()
        .ok_or_else(|| CloudError::Permanent(format!("`database` of {} has no password.", account.environment.title())))
}

/// The secret's credentials as a login.
fn login(own: secret::DatabaseCredentials) -> Login {
    Login { host: own.host, port: own.port, user: own.username, password: own.password }
}

/// The one that must stand before another kind can be made.
fn standing(tenancy: &Tenancy, kind: Kind, found: Vec<Found>) -> Result<Found, CloudError> {
    found.into_iter().next().ok_or_else(|| missing(tenancy, kind)).and_then(own)
}

/// It, where it is the tenant's own.
fn own(found: Found) -> Result<Found, CloudError> {
    match found.owner {
        Owner::Own => Ok(found),
        Owner::Foreign(why) => Err(CloudError::Foreign { resource: found.id, why }),
    }
}

fn missing(tenancy: &Tenancy, kind: Kind) -> CloudError {
    CloudError::Permanent(format!("The {kind} {} is not there. It must be created first.", tenancy.name(kind)))
}

#[async_trait]
impl Cloud for RealCloud {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        self.account(environment)?.id().await
    }

    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        match kind {
            Kind::Service => service::find(account, tenancy).await,
            Kind::ListenerRule => listener_rule::find(account, tenancy, &dns_record::host(account, subject)).await,
            Kind::TargetGroup => target_group::find(account, tenancy).await,
            Kind::DnsRecord => {
                let records = self.records(account, subject).await?;
                Ok(records.into_iter().map(|record| record.found).collect())
            }
            Kind::TaskDefinition => task_definition::find(account, tenancy).await,
            Kind::AccessPoint => access_point::find(account, tenancy).await,
            Kind::DatabaseUser => server(account).await?.find_user(tenancy).await,
            Kind::Database => server(account).await?.find_database(tenancy).await,
            Kind::Secret => secret::find(account, tenancy).await,
            Kind::LogGroup => log_group::find(account, tenancy).await,
        }
    }

    async fn ensure(&self, kind: Kind, blueprint: &Blueprint) -> Result<Ensured, CloudError> {
        let subject = &blueprint.subject;
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        let _one_at_a_time = self.locks.of(kind, tenancy).await;
        match kind {
            Kind::Service => Box::pin(self.ensure_service(account, blueprint)).await,
            Kind::ListenerRule => self.ensure_rule(account, blueprint).await,
            Kind::TargetGroup => {
                let lb = account.load_balancer(&blueprint.load_balancer).await?;
                target_group::ensure(account, tenancy, &lb).await
            }
            Kind::DnsRecord => self.ensure_record(account, blueprint).await,
            Kind::TaskDefinition => Box::pin(self.ensure_task_definition(account, blueprint)).await,
            Kind::AccessPoint => access_point::ensure(account, tenancy).await,
            Kind::DatabaseUser => {
                let own = async { secret::read(account, tenancy).await.map(login) };
                server(account).await?.ensure_user(tenancy, own).await
            }
            Kind::Database => server(account).await?.ensure_database(tenancy).await,
            Kind::Secret => secret::ensure(account, tenancy).await,
            Kind::LogGroup => log_group::ensure(account, tenancy).await,
        }
    }

    async fn remove(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        let _one_at_a_time = self.locks.of(kind, tenancy).await;
        match kind {
            Kind::Service => service::remove(account, tenancy).await,
            Kind::ListenerRule => listener_rule::remove(account, tenancy, &dns_record::host(account, subject)).await,
            Kind::TargetGroup => target_group::remove(account, tenancy).await,
            Kind::DnsRecord => dns_record::delete(account, self.own_records(account, subject).await?).await,
            Kind::TaskDefinition => task_definition::remove(account, tenancy).await,
            Kind::AccessPoint => access_point::remove(account, tenancy).await,
            Kind::DatabaseUser => server(account).await?.remove_user(tenancy).await,
            Kind::Database => server(account).await?.remove_database(tenancy).await,
            Kind::Secret => secret::remove(account, tenancy).await,
            Kind::LogGroup => log_group::remove(account, tenancy).await,
        }
    }

    async fn inventory(
        &self,
        kind: Kind,
        environment: Environment,
        page: Option<&str>,
    ) -> Result<InventoryPage, CloudError> {
        let account = self.account(environment)?;
        match kind {
            Kind::Service => service::inventory(account, page).await,
            Kind::ListenerRule => listener_rule::inventory(account, page).await,
            Kind::TargetGroup => target_group::inventory(account, page).await,
            Kind::DnsRecord => Box::pin(self.record_names(account, page)).await,
            Kind::TaskDefinition => task_definition::inventory(account, page).await,
            Kind::AccessPoint => access_point::inventory(account, page).await,
            Kind::DatabaseUser => server(account).await?.users(page).await,
            Kind::Database => server(account).await?.databases(page).await,
            Kind::Secret => secret::inventory(account, page).await,
            Kind::LogGroup => log_group::inventory(account, page).await,
        }
    }

    async fn check(&self, check: Check, blueprint: &Blueprint) -> Result<Verdict, CloudError> {
        let subject = &blueprint.subject;
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        let host = dns_record::host(account, subject);
        match check {
            Check::ServiceRunning => service_look::running(account, tenancy).await,
            Check::TargetHealthy => target_group::healthy(account, tenancy).await,
            Check::DnsResolves => Ok(self.probe(tenancy.environment)?.resolves(&host).await),
            Check::SiteAnswers => Ok(self.probe(tenancy.environment)?.answers(&host).await),
            Check::DatabaseReachable => self.database_reachable(account, tenancy).await,
            Check::SecretStored => secret::stored(account, tenancy).await,
            Check::LogsAppearing => log_group::appearing(account, tenancy).await,
        }
    }

    async fn host_taken(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        let account = self.of(subject)?;
        let host = dns_record::host(account, subject);
        let (rule, records) = futures::try_join!(
            listener_rule::taken(account, &subject.tenancy, &host),
            dns_record::find(account, subject),
        )?;
        let record = records.into_iter().find_map(|record| match record.found.owner {
            Owner::Foreign(why) => Some(format!("a record stands for {host}: {why}")),
            Owner::Own => None,
        });
        Ok(rule.or(record))
    }

    async fn room(&self, environment: Environment) -> Result<Vec<Room>, CloudError> {
        let account = self.account(environment)?;
        let load_balancers = account.load_balancers().await?;
        let counts = load_balancers.iter().map(|lb| async move {
            futures::try_join!(target_group::count(account, lb), listener_rule::count(account, lb))
        });
        let counts = futures::future::try_join_all(counts).await?;
        Ok(load_balancers
            .iter()
            .zip(counts)
            .map(|(lb, (groups, rules))| {
                let free = TARGET_GROUPS_MAX.saturating_sub(groups).min(RULES_MAX.saturating_sub(rules));
                Room { load_balancer: lb.name.clone(), free: u32::try_from(free).unwrap_or(u32::MAX) }
            })
            .collect())
    }

    async fn evidence(&self, kind: Kind, subject: &Subject) -> Result<Vec<String>, CloudError> {
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        match kind {
            Kind::Service => service_look::evidence(account, tenancy).await,
            Kind::TargetGroup => target_group::evidence(account, tenancy).await,
            Kind::Secret => secret::evidence(account, tenancy).await,
            Kind::DatabaseUser => server(account).await?.user_evidence(tenancy).await,
            Kind::ListenerRule
            | Kind::DnsRecord
            | Kind::TaskDefinition
            | Kind::AccessPoint
            | Kind::Database
            | Kind::LogGroup => {
                let found = self.find(kind, subject).await?;
                Ok(found.into_iter().filter_map(|one| told(kind, one)).collect())
            }
        }
    }
}

/// What there is to say of something that belongs to somebody else.
fn told(kind: Kind, found: Found) -> Option<String> {
    match found.owner {
        Owner::Own => None,
        Owner::Foreign(why) => Some(format!("the {kind} {}: {why}", found.id)),
    }
}

/// One change at a time for a kind of a tenant's resources: most of AWS's creating calls make a second one when they are
/// called twice at once. Several tenants may share a lock, which only makes them wait.
#[derive(Debug)]
struct Locks {
    hasher: RandomState,
    locks: [Mutex<()>; LOCKS],
}

impl Locks {
    fn new() -> Self {
        Self { hasher: RandomState::new(), locks: std::array::from_fn(|_| Mutex::new(())) }
    }

    async fn of(&self, kind: Kind, tenancy: &Tenancy) -> MutexGuard<'_, ()> {
        let place = self.hasher.hash_one((kind, tenancy)) % LOCKS as u64;
        self.locks[usize::try_from(place).unwrap_or_default()].lock().await
    }
}
