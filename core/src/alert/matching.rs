//! What an alert is about: the tenant and environment that its labels and dimensions name, by the naming patterns (playbook 6.1).
//!
//! Never by substring, and never by guess: what could be two tenants' is nobody's.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Alert;
use crate::kind::Kind;
use crate::tenant::{Environment, Subdomain, Tenancy, TenantId};

/// The most names that are looked up for one alert.
const MOST: usize = 200;

/// What an alert is about, as far as that is certain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// The tenant in its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenancy: Option<Tenancy>,
    /// The environment; the tenancy's where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Where it names several tenants: all of them, and none is chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<Tenancy>,
}

/// What an alert may be about: names that are held against the registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// What its labels `tenant` and `environment` say to the letter.
    pub named: Option<Tenancy>,
    /// What names of resources in it say.
    pub tenancies: BTreeSet<Tenancy>,
    /// What host names in it say.
    pub hosts: BTreeSet<(Environment, Subdomain)>,
    /// The environment that its account or its label says.
    pub environment: Option<Environment>,
}

impl Candidates {
    /// Reads the alert. `grounds` are the configured environments by account and domain.
    pub fn of(alert: &Alert, grounds: &BTreeMap<Environment, (String, String)>) -> Self {
        let label = |names: &[&str]| {
            let named = |(name, _): &(&String, _)| names.iter().any(|one| one.eq_ignore_ascii_case(name));
            alert.labels.iter().find(named).map(|(_, value)| value.raw())
        };
        let of_account = |account: &str| grounds.iter().find(|(_, (id, _))| id == account).map(|(at, _)| *at);
        let told = label(&["environment", "env", "stage"]).map(str::parse::<Environment>);
        let environment = match (told, alert.account.as_deref().map(of_account)) {
            (Some(Ok(told)), Some(Some(account))) if told != account => None,
            (Some(Ok(told)), _) => Some(told),
            (Some(Err(_)), _) => None,
            (None, account) => account.flatten(),
        };
        let tenant = label(&["tenant", "tenant_id"]).and_then(|tenant| tenant.parse::<TenantId>().ok());
        let named = tenant.zip(environment).map(|(tenant, environment)| Tenancy { tenant, environment });
        let (mut tenancies, mut hosts) = (BTreeSet::new(), BTreeSet::new());
        let places: Vec<Environment> = environment.map_or(Environment::ALL.to_vec(), |at| vec![at]);
        for (name, value) in &alert.labels {
            let kinds = kinds(name);
            for word in words(value.raw()) {
                for &at in &places {
                    let read = kinds.iter().filter(|kind| environment.is_some() || !alike_everywhere(**kind));
                    tenancies.extend(read.filter_map(|kind| Tenancy::named(at, *kind, word)));
                    if let Some(host) = grounds.get(&at).and_then(|(_, domain)| under(word, domain)) {
                        hosts.insert((at, host));
                    }
                }
            }
            if tenancies.len() + hosts.len() > MOST {
                break;
            }
        }
        Self { named, tenancies: tenancies.into_iter().take(MOST).collect(), hosts, environment }
    }

    /// What it is about, by what the registry knows: the tenants that it has among `tenancies`, and whose `hosts` are.
    pub fn settled(&self, known: &BTreeSet<TenantId>, hosts: &BTreeMap<(Environment, Subdomain), TenantId>) -> About {
        let about = |tenancy: &Tenancy| About {
            environment: Some(tenancy.environment),
            tenancy: Some(tenancy.clone()),
            among: Vec::new(),
        };
        if let Some(named) = self.named.as_ref().filter(|named| known.contains(&named.tenant)) {
            return about(named);
        }
        let by_name = self.tenancies.iter().filter(|tenancy| known.contains(&tenancy.tenant)).cloned();
        let of_host = |(at, host): &(Environment, Subdomain)| {
            hosts.get(&(*at, host.clone())).map(|tenant| Tenancy { tenant: tenant.clone(), environment: *at })
        };
        let found: BTreeSet<Tenancy> = by_name.chain(self.hosts.iter().filter_map(of_host)).collect();
        match found.len() {
            0 => About { environment: self.environment, ..About::default() },
            1 => found.first().map(about).unwrap_or_default(),
            _ => About { environment: self.environment, among: found.into_iter().collect(), tenancy: None },
        }
    }
}

/// The kinds whose names a label of that name holds; any, where its name says nothing.
fn kinds(label: &str) -> &'static [Kind] {
    const ANY: [Kind; 8] = [
        Kind::Service,
        Kind::TargetGroup,
        Kind::TaskDefinition,
        Kind::AccessPoint,
        Kind::Secret,
        Kind::LogGroup,
        Kind::Database,
        Kind::DatabaseUser,
    ];
    match label.to_ascii_lowercase().as_str() {
        "servicename" | "service" | "group" => &[Kind::Service],
        "targetgroup" => &[Kind::TargetGroup],
        "taskdefinitionfamily" | "family" => &[Kind::TaskDefinition],
        "loggroupname" | "log_group" => &[Kind::LogGroup, Kind::TaskDefinition],
        "clustername" | "cluster" | "loadbalancer" | "clusterarn" | "environment" | "env" | "stage" | "alertname" => {
            &[]
        }
        _ => &ANY,
    }
}

/// Whether its name says no environment.
fn alike_everywhere(kind: Kind) -> bool {
    matches!(kind, Kind::Database | Kind::DatabaseUser)
}

/// What may be names in a value: the pieces of an ARN, a path or an address.
fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).filter(|word| !word.is_empty())
}

fn under(host: &str, domain: &str) -> Option<Subdomain> {
    host.to_ascii_lowercase().strip_suffix(domain)?.strip_suffix('.')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Labels, Source, Status, Text};
    use super::*;

    fn grounds() -> BTreeMap<Environment, (String, String)> {
        let ground = |account: &str, domain: &str| (account.to_owned(), domain.to_owned());
        BTreeMap::from([
            (Environment::Dev, ground("536580886816", "wpdev.kimmyai.io")),
            (Environment::Prod, ground("093646564004", "wp.kimmyai.io")),
        ])
    }

    fn alert(labels: &[(&str, &str)], account: Option<&str>) -> Alert {
        Alert {
            key: "alertmanager 1".into(),
            source: Source::Alertmanager,
            name: Text("TenantDown".into()),
            status: Status::Firing,
            since: time::macros::datetime!(2026-03-02 09:00 UTC),
            until: None,
            summary: None,
            value: None,
            threshold: None,
            labels: labels
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Text((*value).to_owned())))
                .collect::<Labels>(),
            metric: None,
            account: account.map(str::to_owned),
        }
    }

    /// What is found where `acme`, `acme-2` and `acme-service` are known, and `golden` is the host label of `goldencrust`.
    fn found(labels: &[(&str, &str)], account: Option<&str>) -> String {
        let candidates = Candidates::of(&alert(labels, account), &grounds());
        let id = |name: &str| name.parse::<TenantId>().expect("a name");
        let known = ["acme", "acme-2", "acme-service", "goldencrust"].map(id).into();
        let golden: Subdomain = "golden".parse().expect("a label");
        let hosts = [Environment::Dev, Environment::Prod].map(|at| ((at, golden.clone()), id("goldencrust"))).into();
        let About { tenancy, environment, among } = candidates.settled(&known, &hosts);
        match (tenancy, among.as_slice()) {
            (Some(tenancy), []) => tenancy.to_string(),
            (None, []) => environment.map_or("nothing".into(), |at| at.to_string()),
            (_, among) => among.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
        }
    }

    #[test]
    fn it_is_found_by_the_names_of_its_resources() {
        for (label, value) in [
            ("TargetGroup", "targetgroup/prod-acme-tg/0123"),
            ("ServiceName", "prod-acme-service"),
            ("resource 1", "arn:aws:ecs:af-south-1:093646564004:service/prod-cluster/prod-acme-2-service"),
            ("LogGroupName", "/ecs/prod-acme"),
            ("instance", "https://golden.wp.kimmyai.io:443/shop"),
            ("secret", "arn:aws:secretsmanager:af-south-1:093646564004:secret:prod-acme-db-credentials"),
        ] {
            let tenant = match value {
                value if value.contains("golden") => "goldencrust",
                value if value.contains("acme-2") => "acme-2",
                _ => "acme",
            };
            assert_eq!(found(&[(label, value)], Some("093646564004")), format!("prod/{tenant}"), "{value}");
        }
        assert_eq!(found(&[("db", "acme_db")], Some("536580886816")), "dev/acme");
    }

    #[test]
    fn labels_that_name_it_come_first() {
        let named = [("tenant", "acme"), ("environment", "dev"), ("pod", "dev-acme-2-service")];
        assert_eq!(found(&named, None), "dev/acme");
        assert_eq!(found(&[("tenant", "nobody"), ("environment", "dev")], None), "dev");
    }

    #[test]
    fn a_name_that_another_begins_with_is_not_it() {
        for value in ["prod-acm-tg", "prod-acme-20-tg", "prod-acmes-tg", "xprod-acme-tg", "prod-acme-tg-2"] {
            assert_eq!(found(&[("TargetGroup", value)], Some("093646564004")), "prod", "{value}");
        }
    }

    #[test]
    fn what_could_be_two_is_none() {
        assert_eq!(found(&[("thing", "dev-acme-service")], None), "dev/acme or dev/acme-service");
        assert_eq!(found(&[("ServiceName", "dev-acme-service")], None), "dev/acme", "here the label says what it is");
        assert_eq!(found(&[("a", "dev-acme-tg"), ("b", "prod-acme-tg")], None), "dev/acme or prod/acme");
        assert_eq!(found(&[("a", "dev-acme-tg"), ("b", "prod-acme-tg")], Some("093646564004")), "prod/acme");
    }

    #[test]
    fn what_contradicts_itself_is_nowhere() {
        let labels = [("tenant", "acme"), ("environment", "dev")];
        assert_eq!(found(&labels, Some("093646564004")), "nothing");
        assert_eq!(found(&[("db", "acme_db")], None), "nothing");
        assert_eq!(found(&[], Some("111111111111")), "nothing");
    }
}
