//! The `Cloud` port over AWS and MySQL: chooses the adapter of a kind, and hands one adapter what another found.
//!
//! Architecture invariant: adapters never import each other; only this file knows all of them. It makes no call itself.

mod assemble;
mod database;
mod fenced;
mod gauges;
mod locks;
mod revisions;
mod symptoms;
mod traffic;
mod workload;

use std::collections::BTreeMap;

use async_trait::async_trait;
use landlord_core::kind::Kind;
use landlord_core::ports::{
    Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject, Verdict,
};
use landlord_core::tenant::Environment;

use crate::aws::accounts::{Account, Accounts};
use crate::aws::{
    access_point, dns_record, listener_rule, log_group, secret, service, service_look, target_group, task_definition,
};
use crate::config::environment::EnvironmentConfig;
use crate::gate::Gate;
use crate::metrics::Metrics;
use crate::probe::Probe;
pub use fenced::{Fence, Fenced};
use locks::Locks;

/// Target groups on one load balancer: a hard limit (Elastic Load Balancing quotas).
const TARGET_GROUPS_MAX: usize = 100;
/// Rules on one load balancer: the default limit (Elastic Load Balancing quotas).
const RULES_MAX: usize = 100;

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
        Self::open_behind(&Gate::open(), &Metrics::default(), environments).await
    }

    /// The same for one of several processes: nothing leaves for AWS or MySQL once the gate is closed. Each call of AWS is told
    /// to the metrics.
    pub async fn open_behind(
        gate: &Gate,
        metrics: &Metrics,
        environments: &BTreeMap<Environment, EnvironmentConfig>,
    ) -> Result<(Self, Accounts), String> {
        let accounts = Accounts::open(environments, gate, metrics).await?;
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
}

#[async_trait]
impl Cloud for RealCloud {
    async fn account(&self, environment: Environment) -> Result<String, CloudError> {
        self.account(environment)?.id().await
    }

    fn remedy(&self, environment: Environment, answered: &str) -> String {
        self.account(environment).map_or_else(|error| error.to_string(), |account| account.remedy(answered))
    }

    async fn find(&self, kind: Kind, subject: &Subject) -> Result<Vec<Found>, CloudError> {
        let account = self.of(subject)?;
        let tenancy = &subject.tenancy;
        match kind {
            Kind::Service => service::find(account, tenancy).await,
            Kind::ListenerRule => listener_rule::find(account, tenancy, &dns_record::host(account, subject)).await,
            Kind::TargetGroup => target_group::find(account, tenancy).await,
            Kind::DnsRecord => {
                let records = assemble::records(account, subject).await?;
                Ok(records.into_iter().map(|record| record.found).collect())
            }
            Kind::TaskDefinition => task_definition::find(account, tenancy).await,
            Kind::AccessPoint => access_point::find(account, tenancy).await,
            Kind::DatabaseUser | Kind::Database => database::find(account, kind, tenancy).await,
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
            Kind::Service => Box::pin(assemble::ensure_service(account, blueprint)).await,
            Kind::ListenerRule => assemble::ensure_rule(account, blueprint).await,
            Kind::TargetGroup => {
                let lb = account.load_balancer(&blueprint.load_balancer).await?;
                target_group::ensure(account, tenancy, &lb).await
            }
            Kind::DnsRecord => assemble::ensure_record(account, blueprint).await,
            Kind::TaskDefinition => Box::pin(assemble::ensure_task_definition(account, blueprint)).await,
            Kind::AccessPoint => access_point::ensure(account, tenancy).await,
            Kind::DatabaseUser | Kind::Database => database::ensure(account, kind, tenancy).await,
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
            Kind::TargetGroup => assemble::remove_target_group(account, tenancy).await,
            Kind::DnsRecord => dns_record::delete(account, assemble::own_records(account, subject).await?).await,
            Kind::TaskDefinition => task_definition::remove(account, tenancy).await,
            Kind::AccessPoint => access_point::remove(account, tenancy).await,
            Kind::DatabaseUser | Kind::Database => database::remove(account, kind, tenancy).await,
            Kind::Secret => secret::remove(account, tenancy).await,
            Kind::LogGroup => log_group::remove(account, tenancy).await,
        }
    }

    async fn retain_logs(&self, subject: &Subject, days: u32) -> Result<Option<Found>, CloudError> {
        let _one_at_a_time = self.locks.of(Kind::LogGroup, &subject.tenancy).await;
        log_group::retain_for(self.of(subject)?, &subject.tenancy, days).await
    }

    fn lists(&self, kind: Kind, environment: Environment) -> bool {
        self.account(environment).is_ok_and(|account| database::lists(account, kind))
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
            Kind::DnsRecord => Box::pin(assemble::record_names(account, page)).await,
            Kind::TaskDefinition => task_definition::inventory(account, page).await,
            Kind::AccessPoint => access_point::inventory(account, page).await,
            Kind::DatabaseUser | Kind::Database => database::inventory(account, kind, page).await,
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
            Check::DatabaseReachable => database::reachable(account, tenancy).await,
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

    async fn placed(&self, subject: &Subject) -> Result<Option<String>, CloudError> {
        let account = self.of(subject)?;
        let host = dns_record::host(account, subject);
        let (rule, record) = futures::try_join!(
            listener_rule::placed(account, &subject.tenancy, &host),
            dns_record::placed(account, subject),
        )?;
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
        self.seen_of(kind, subject).await
    }
}
