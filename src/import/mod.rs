//! `landlord import`: files the adoption of tenants that stand already, from what people have written down. One way leads into the
//! registry: what is filed here is an operation like any other, which the bot shows, has approved and carries out when it starts.

mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use landlord_core::card::text;
use landlord_core::desk::{Entry, Ground, MOST_ADOPTED, adoption_plan};
use landlord_core::event::Event;
use landlord_core::ledger::{Ledger, LedgerError};
use landlord_core::plan::{Plan, Purpose};
use landlord_core::ports::{Store, StoreError, Tenant};
use landlord_core::role::Person;
use landlord_core::spec::{Catalogue, Command, Does, OperationSpec};
use landlord_core::tenant::Environment;

use crate::clock::ScaledClock;
use crate::config::{Channel, Config};
use crate::store::{Candidate, SqlStore};
use rows::Row;

/// Who asks, as cards and log say it.
const REQUESTER: &str = "landlord import";

/// How long another process may take to let the store go.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{0}")]
    Read(String),
    /// What is wrong in the file: a line each, with its number.
    #[error("nothing was imported; of the file this is wrong:\n{}", .0.join("\n"))]
    Wrong(Vec<String>),
    /// Another process works on the store.
    #[error("another landlord process is active on this store, so nothing was imported; stop it and import again")]
    Busy,
    /// The store.
    #[error("nothing was imported: {0}")]
    Store(#[from] StoreError),
    /// The catalogue or the configuration lacks something for it.
    #[error("nothing was imported: {0}")]
    Refused(String),
}

impl From<LedgerError> for ImportError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            error => Self::Refused(error.to_string()),
        }
    }
}

/// Reads the file, and files the adoption of the tenants in it unless `dry_run`. Answers what was done and how to go on, for
/// people.
pub async fn import(config: &Config, catalogue: &Catalogue, file: &Path, dry_run: bool) -> Result<String, ImportError> {
    let bytes = std::fs::read(file).map_err(|error| ImportError::Read(format!("{}: {error}", file.display())))?;
    let channel = config.discord.channels.get(&Channel::Operations).cloned();
    let target = Target {
        url: config.store.url.expose(),
        channel: channel.ok_or_else(|| ImportError::Refused("[discord.channels] names no `operations`".into()))?,
        ground: config.ground(),
    };
    import_into(&target, catalogue, &bytes, dry_run).await
}

/// Where to.
#[derive(Debug)]
pub struct Target<'a> {
    /// The store.
    pub url: &'a str,
    /// The channel in which the operation's card is to stand.
    pub channel: String,
    /// What the configuration says of each environment.
    pub ground: BTreeMap<Environment, Ground>,
}

/// The same with the file's bytes.
pub async fn import_into(
    target: &Target<'_>,
    catalogue: &Catalogue,
    bytes: &[u8],
    dry_run: bool,
) -> Result<String, ImportError> {
    let rows = rows::read(bytes).map_err(ImportError::Wrong)?;
    if rows.len() > MOST_ADOPTED {
        let count = rows.len();
        return Err(ImportError::Wrong(vec![format!(
            "it has {count} tenants; one file takes {MOST_ADOPTED}. Import several, one after the other."
        )]));
    }
    let adopts = catalogue.commands().iter().find_map(|command| match &command.does {
        Does::Operation(spec) if spec.purpose == Purpose::Adopt => Some((command, spec)),
        _ => None,
    });
    let adopts = adopts.ok_or_else(|| ImportError::Refused("the catalogue has no command that adopts".into()))?;
    if dry_run {
        // Beside a running bot where there is one; of a store that is not there yet nothing is known.
        let store = match SqlStore::open_to_read(target.url).await {
            Ok(store) => store,
            Err(_) => SqlStore::open(target.url).await?,
        };
        let plan = planned(&store, target, adopts, rows).await;
        store.close().await;
        return Ok(format!("{}\nNothing was filed: this was a dry run.", about(&plan?)));
    }
    let mut candidate = Candidate::of(target.url).await?;
    let lease = tokio::time::timeout(PATIENCE, candidate.elected()).await.map_err(|_| ImportError::Busy)?;
    let filed = file_in(target, adopts, rows).await;
    lease.release().await;
    filed
}

async fn file_in(
    target: &Target<'_>,
    adopts: (&Command, &OperationSpec),
    rows: Vec<Row>,
) -> Result<String, ImportError> {
    let store = Arc::new(SqlStore::open(target.url).await?);
    let filed = async {
        store.claim().await?;
        let plan = planned(&*store, target, adopts, rows).await?;
        let (id, what) = (plan.operation.clone(), about(&plan));
        let waits = match plan.policy.approve.as_slice() {
            [] => "It needs no approval: it runs when the bot starts.".to_owned(),
            roles => format!("It waits there for {} to approve it.", text::roles(roles)),
        };
        let event = Event::Filed {
            digest: plan.digest(),
            requester: Person { id: REQUESTER.into(), name: REQUESTER.into() },
            channel: target.channel.clone(),
            reason: None,
            plan: Box::new(plan),
        };
        let ledger = Ledger::new(Arc::clone(&store) as _, Arc::new(ScaledClock::new(1)));
        ledger.file(&id, event).await?;
        Ok(format!(
            "{what}\nFiled as operation {id}. Start the bot with `landlord serve`: its card comes into the channel for operations. \
             {waits}"
        ))
    }
    .await;
    store.close().await;
    filed
}

/// What a plan is about, in a line.
fn about(plan: &Plan) -> String {
    let tenants = if plan.tenants.len() == 1 { "one tenant".into() } else { format!("{} tenants", plan.tenants.len()) };
    format!("{tenants} at {} sites, in {}", plan.sites.len(), plan.places())
}

/// The plan, where registry and configuration have nothing against any row.
async fn planned(
    store: &dyn Store,
    target: &Target<'_>,
    (command, spec): (&Command, &OperationSpec),
    rows: Vec<Row>,
) -> Result<Plan, ImportError> {
    let (mut entries, mut wrong) = (Vec::new(), Vec::new());
    for row in rows {
        match entry(store, target, &row).await? {
            Ok(entry) => entries.push(entry),
            Err(lines) => wrong.extend(lines.into_iter().map(|line| row.says(&line))),
        }
    }
    if !wrong.is_empty() {
        return Err(ImportError::Wrong(wrong));
    }
    adoption_plan(command, spec, entries, &target.ground).map_err(|refusal| ImportError::Refused(refusal.0))
}

/// A row as it is to be adopted, or all that speaks against it.
async fn entry(store: &dyn Store, target: &Target<'_>, row: &Row) -> Result<Result<Entry, Vec<String>>, StoreError> {
    let mut wrong = Vec::new();
    let (tenant, subdomain) = (&row.details.tenant, &row.details.subdomain);
    let known = store.tenant(tenant).await?;
    wrong.extend(known.as_ref().and_then(|known| disagreement(known, row)));
    for environment in row.environments.iter().filter(|environment| !target.ground.contains_key(environment)) {
        wrong.push(format!("{} is not configured: add [environments.{environment}]", environment.title()));
    }
    if let Some(owner) = store.tenant_of_subdomain(subdomain).await?.filter(|owner| owner != tenant) {
        wrong.push(format!("the host label {subdomain} is the tenant {owner}'s"));
    }
    let keys = Environment::ALL.map(|environment| format!("{environment}/{tenant}"));
    let mut holders = BTreeSet::new();
    for key in keys.into_iter().chain([format!("subdomain/{subdomain}")]) {
        holders.extend(store.holder(&key).await?);
    }
    wrong.extend(holders.into_iter().map(|holder| format!("operation {holder} is working on it")));
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let details = known.map_or_else(|| row.details.clone(), |known| known.details);
    let line = format!("line {} of the imported file", row.line);
    let places = row.environments.iter().map(|environment| (*environment, vec![line.clone()]));
    Ok(Ok(Entry { details, places: places.collect() }))
}

/// What the registry has against it, where it knows the tenant.
fn disagreement(known: &Tenant, row: &Row) -> Option<String> {
    if known.deleted.is_some() {
        return Some("the tenant was deleted, and its id is never given again".into());
    }
    let (old, new) = (&known.details, &row.details);
    if (&old.company, &old.subdomain) != (&new.company, &new.subdomain) {
        return Some(format!("the id is registered for {} with the host label {}", old.company, old.subdomain));
    }
    let stands = row.environments.iter().find(|environment| known.standing(**environment).is_some())?;
    Some(format!("the registry knows already that it stands in {}", stands.title()))
}
