//! `landlord doctor`: looks at everything that the bot needs, a line each, and changes nothing.

use std::path::Path;
use std::time::Duration;

use landlord_core::kind::Kind;
use landlord_core::ports::{Cloud, Gauge};
use landlord_core::spec::Catalogue;
use landlord_core::tenant::Environment;

use crate::cloud::RealCloud;
use crate::config::environment::Access;
use crate::config::secret::Secret;
use crate::config::{Config, ConfigError};
use crate::discord::Place;
use crate::store::SqlStore;

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// One line of the doctor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// What was seen, or what is missing and what to do.
    pub seen: Result<String, String>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.seen {
            Ok(seen) => write!(f, "ok       {}: {seen}", self.what),
            Err(why) => write!(f, "MISSING  {}: {why}", self.what),
        }
    }
}

/// Looks at everything, and tells each finding as it is made. Answers whether all is well.
pub async fn examine(config: &Config, token: Result<String, String>, mut tell: impl FnMut(&Finding)) -> bool {
    let mut well = true;
    let mut note = |what: String, seen: Result<String, String>| {
        let finding = Finding { what, seen };
        well &= finding.seen.is_ok();
        tell(&finding);
    };
    let catalogue =
        Catalogue::built_in().map(|c| format!("{} commands", c.commands().len())).map_err(|e| e.to_string());
    note("catalogue".into(), catalogue);
    note("store".into(), within(store(config)).await);
    note("slack".into(), told(config.slack.address(), "nobody is told there; give `webhook` in [slack]"));
    note("pagerduty".into(), told(config.pagerduty.key(), "nobody is paged; give `routing_key` in [pagerduty]"));
    let finance = config.contacts.finance.as_ref().map(ToString::to_string);
    let without = || "none configured; nobody is written to about payments; give `finance` in [contacts]".to_owned();
    note("contacts: finance".into(), Ok(finance.unwrap_or_else(without)));
    match token.and_then(|token| Place::new(&config.discord, &token).map_err(|error| error.to_string())) {
        Ok(place) => {
            for (what, seen) in place.examine(&config.discord).await {
                note(format!("discord: {what}"), seen);
            }
        }
        Err(why) => note("discord".into(), Err(why)),
    }
    match RealCloud::open(&config.environments).await {
        Err(why) => note("environments".into(), Err(why)),
        Ok((cloud, _)) => {
            for environment in Environment::ALL {
                let Some(section) = config.environments.get(&environment) else {
                    note(environment.to_string(), Err(format!("is not configured; add [environments.{environment}]")));
                    continue;
                };
                note(format!("{environment}: account"), within(seal(&cloud, environment, &section.account)).await);
                note(format!("{environment}: load balancers"), within(room(&cloud, environment)).await);
                if section.backup.is_some() {
                    let ready = async { cloud.back_ups_ready(environment).await.map_err(|error| error.to_string()) };
                    note(format!("{environment}: backups"), within(ready).await);
                } else {
                    let without = "none configured; a deletion with a backup will be refused".to_owned();
                    note(format!("{environment}: backups"), Ok(without));
                }
                let use_of = async { cloud.usage_ready(environment).await.map_err(|error| error.to_string()) };
                note(format!("{environment}: use of CPU and memory"), within(use_of).await);
                note(format!("{environment}: export of logs"), within(log_export(&cloud, environment)).await);
                for (what, gauge) in section.watch().gauges() {
                    note(format!("{environment}: {what}"), within(measured(&cloud, environment, &gauge)).await);
                }
                if section.database.access == Access::Task {
                    note(format!("{environment}: work on databases"), within(by_task(&cloud, environment)).await);
                }
                for kind in Kind::DELETION_ORDER {
                    if section.database.access == Access::Task && matches!(kind, Kind::Database | Kind::DatabaseUser) {
                        continue;
                    }
                    note(
                        format!("{environment}: {kind}s can be listed"),
                        within(listed(&cloud, kind, environment)).await,
                    );
                }
            }
        }
    }
    well
}

async fn within(look: impl Future<Output = Result<String, String>>) -> Result<String, String> {
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
}

/// A SQLite file that is not there yet is made at the first start, where its folder is.
async fn store(config: &Config) -> Result<String, String> {
    let url = config.store.url.expose();
    if let Some(file) = url.strip_prefix("sqlite://").map(Path::new).filter(|file| !file.exists()) {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return if folder.is_dir() {
            Ok(format!("{} will be made at the first start", file.display()))
        } else {
            Err(format!("the folder {} is not there; make it, or change [store] url", folder.display()))
        };
    }
    let store = SqlStore::open_to_read(url).await.map_err(|error| error.to_string())?;
    store.head().await.map(|head| format!("{} events", head.position)).map_err(|error| error.to_string())
}

/// Whether somebody outside the chat can be told. To try would be to tell.
fn told(given: Result<Option<Secret>, ConfigError>, without: &str) -> Result<String, String> {
    match given {
        Ok(Some(_)) => Ok("configured; nothing was sent".to_owned()),
        Ok(None) => Ok(format!("not configured; {without}")),
        Err(error) => Err(error.to_string()),
    }
}

async fn seal(cloud: &RealCloud, environment: Environment, expected: &str) -> Result<String, String> {
    match cloud.account(environment).await {
        Ok(account) if account == expected => Ok(format!("{account} answers")),
        Ok(account) => Err(format!("{account} answers, but the configuration names {expected}")),
        Err(error) => Err(error.to_string()),
    }
}

/// A metric that there is not has no values, and neither has one of what nobody used: it is said, and it is no fault.
async fn measured(cloud: &RealCloud, environment: Environment, gauge: &Gauge) -> Result<String, String> {
    let Gauge { namespace, name, dimensions, .. } = gauge;
    let of = dimensions.values().map(String::as_str).collect::<Vec<_>>().join(", ");
    let measured = cloud.is_measured(environment, gauge).await.map_err(|error| error.to_string())?;
    Ok(if measured {
        format!("{name} of {of} is measured")
    } else {
        format!("{namespace} has not measured {name} of {of} on the last day: is the name right?")
    })
}

async fn log_export(cloud: &RealCloud, environment: Environment) -> Result<String, String> {
    let ready = cloud.log_export_ready(environment).await.map_err(|error| error.to_string())?;
    Ok(ready.unwrap_or_else(|| "no bucket; after a shutdown logs are only kept where they are".to_owned()))
}

async fn by_task(cloud: &RealCloud, environment: Environment) -> Result<String, String> {
    let ready = cloud.database_task_ready(environment).await.map_err(|error| error.to_string())?;
    Ok(ready.unwrap_or_else(|| "direct".to_owned()))
}

async fn room(cloud: &RealCloud, environment: Environment) -> Result<String, String> {
    let rooms = cloud.room(environment).await.map_err(|error| error.to_string())?;
    let each: Vec<String> =
        rooms.iter().map(|room| format!("{} has room for {}", room.load_balancer, room.free)).collect();
    if rooms.iter().any(|room| room.free > 0) {
        Ok(each.join(", "))
    } else {
        Err(format!("no room: {}", each.join(", ")))
    }
}

async fn listed(cloud: &RealCloud, kind: Kind, environment: Environment) -> Result<String, String> {
    let page = cloud.inventory(kind, environment, None).await.map_err(|error| error.to_string())?;
    let more = if page.next.is_some() { " on the first page" } else { "" };
    Ok(format!("{}{more}", page.names.len()))
}
