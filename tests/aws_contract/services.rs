//! What `dev/services` started, as these tests find it. Nothing here reaches beyond this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use landlord::config::environment::EnvironmentConfig;
use landlord_core::tenant::Environment;
use serde::Deserialize;
use serde_json::Value;

/// Held by tests that change how much room a load balancer has, since the contract counts it.
pub(crate) static ROOM: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The running services.
pub(crate) struct Services {
    /// The sections of landlord.toml.
    pub(crate) environments: BTreeMap<Environment, EnvironmentConfig>,
}

/// The part of landlord.toml that is of interest here.
#[derive(Deserialize)]
struct File {
    environments: BTreeMap<Environment, EnvironmentConfig>,
}

impl Services {
    /// The services, or none where they are not up; then the test says so.
    pub(crate) fn running() -> Option<Self> {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap_or_default();
        let file = std::env::var("LANDLORD_DEV_CONFIG")
            .map_or_else(|_| PathBuf::from("target/dev/landlord.toml"), PathBuf::from);
        if !endpoint.starts_with("http://127.0.0.1:") || !file.exists() {
            let required = std::env::var("LANDLORD_SERVICES").is_ok_and(|value| value == "required");
            assert!(!required, "dev/services is not up, or its environment is not sourced");
            eprintln!("skipped: dev/services is not up, or its environment is not sourced");
            return None;
        }
        let text = std::fs::read_to_string(&file).expect("landlord.toml");
        let mut file: File = toml::from_str(&text).expect("sections of landlord.toml");
        // No quota of AWS's holds here, and the tests would wait for it.
        for config in file.environments.values_mut() {
            config.request_quota_factor = 1_000;
        }
        Some(Self { environments: file.environments })
    }

    /// One environment's section.
    pub(crate) fn config(&self, environment: Environment) -> &EnvironmentConfig {
        &self.environments[&environment]
    }

    /// The administrator's address of an environment's MySQL server.
    pub(crate) fn mysql(environment: Environment) -> String {
        let name = format!("MYSQL_{}_URL", environment.title());
        std::env::var(&name).unwrap_or_else(|_| panic!("{name} of dev/services env"))
    }
}

/// Switches on a fault of the companion for one tenant's calls.
pub(crate) async fn fault(name: &str, settings: Value) {
    let answer = reqwest::Client::new().put(companion(name)).json(&settings).send().await.expect("companion");
    assert!(answer.status().is_success(), "{name}: {answer:?}");
}

/// Switches a fault off for a tenant.
pub(crate) async fn no_fault(name: &str, tenant: &str) {
    let url = format!("{}?tenant={tenant}", companion(name));
    let answer = reqwest::Client::new().delete(url).send().await.expect("companion");
    assert!(answer.status().is_success(), "{name}: {answer:?}");
}

/// Sets what Container Insights measured of a tenant of DEV.
pub(crate) async fn measured(usage: Value) {
    put("usage", usage).await;
}

/// Sets what a metric of CloudWatch measured.
pub(crate) async fn measures(metric: Value) {
    put("metrics", metric).await;
}

async fn put(what: &str, samples: Value) {
    let companion = std::env::var("COMPANION_URL").expect("COMPANION_URL of dev/services env");
    let put = reqwest::Client::new().put(format!("{companion}/_companion/{what}")).json(&samples);
    let answer = put.send().await.expect("companion");
    assert!(answer.status().is_success(), "{samples}: {answer:?}");
}

fn companion(fault: &str) -> String {
    let companion = std::env::var("COMPANION_URL").expect("COMPANION_URL of dev/services env");
    format!("{companion}/_companion/faults/{fault}")
}
