//! An environment's MySQL server: reached directly, with the administrator's login from the configuration and a tenant's from
//! its secret, or by a task in the tenants' network (playbook 3.2).

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Place, Symptom, Verdict};
use landlord_core::tenant::Tenancy;

use crate::aws::accounts::Account;
use crate::aws::database_task::{self, Action};
use crate::aws::{secret, symptoms};
use crate::config::environment::{Access, DatabaseConfig};
use crate::config::secret::Secret;
use crate::mysql::{self, Login, Server};

pub(super) async fn find(account: &Account, kind: Kind, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    match (account.config.database.access, kind) {
        (Access::Task, _) => database_task::run(account, tenancy, kind, Action::Find).await,
        (Access::Direct, Kind::DatabaseUser) => server(account).await?.find_user(tenancy).await,
        (Access::Direct, _) => server(account).await?.find_database(tenancy).await,
    }
}

pub(super) async fn ensure(account: &Account, kind: Kind, tenancy: &Tenancy) -> Result<Ensured, CloudError> {
    match (account.config.database.access, kind) {
        (Access::Task, _) => Err(CloudError::Permanent(format!(
            "The {kind} {} cannot be created by a task, whose settings would show the password. Run the bot where it reaches \
             {} and set `database.access` to \"direct\", or create it by hand.",
            tenancy.name(kind),
            account.config.database.host
        ))),
        (Access::Direct, Kind::DatabaseUser) => {
            let own = async { secret::read(account, tenancy).await.map(login) };
            server(account).await?.ensure_user(tenancy, own).await
        }
        (Access::Direct, _) => server(account).await?.ensure_database(tenancy).await,
    }
}

pub(super) async fn remove(account: &Account, kind: Kind, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
    match (account.config.database.access, kind) {
        (Access::Task, _) => database_task::run(account, tenancy, kind, Action::Remove).await,
        (Access::Direct, Kind::DatabaseUser) => server(account).await?.remove_user(tenancy).await,
        (Access::Direct, _) => server(account).await?.remove_database(tenancy).await,
    }
}

/// A task answers yes or no and no names, so by tasks nothing is listed, and only [`find`] shows what is there.
pub(super) fn lists(account: &Account, kind: Kind) -> bool {
    let by_task = account.config.database.access == Access::Task;
    !(by_task && matches!(kind, Kind::DatabaseUser | Kind::Database))
}

pub(super) async fn inventory(account: &Account, kind: Kind, page: Option<&str>) -> Result<InventoryPage, CloudError> {
    match (account.config.database.access, kind) {
        (Access::Task, _) => Ok(InventoryPage { names: Vec::new(), next: None }),
        (Access::Direct, Kind::DatabaseUser) => server(account).await?.users(page).await,
        (Access::Direct, _) => server(account).await?.databases(page).await,
    }
}

/// What is seen of the tenant's database or its user.
pub(super) async fn symptoms(account: &Account, kind: Kind, tenancy: &Tenancy) -> Result<Vec<Symptom>, CloudError> {
    match (account.config.database.access, kind) {
        (Access::Task, _) => symptoms::cleaning_up(account, tenancy, kind).await,
        (Access::Direct, Kind::DatabaseUser) => {
            let own = async {
                match secret::read(account, tenancy).await {
                    Ok(own) => Ok(Some(login(own))),
                    // That the secret is not there or not whole is seen at its own place.
                    Err(CloudError::Permanent(_)) => Ok(None),
                    Err(error) => Err(error),
                }
            };
            server(account).await?.user_symptoms(tenancy, own).await
        }
        (Access::Direct, _) => {
            let found = server(account).await?.find_database(tenancy).await?;
            Ok(symptoms::standing(Place::of(kind), &tenancy.name(kind), &found))
        }
    }
}

/// The administrator's side of an environment's server.
async fn server(account: &Account) -> Result<Server, CloudError> {
    let config = &account.config.database;
    let password = administrators_password(account, config).await?;
    let admin = Login { host: config.host.clone(), port: config.port, user: config.user.clone(), password };
    Ok(Server::behind(account.gate.clone(), admin))
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

pub(super) async fn reachable(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
    if account.config.database.access == Access::Task {
        return Ok(Verdict::NotYet(format!("{} is only reached by tasks", account.config.database.host)));
    }
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
