//! Logins to an environment's MySQL server: the administrator's from the configuration, a tenant's from its secret.

use landlord_core::ports::{CloudError, Verdict};
use landlord_core::tenant::Tenancy;

use crate::aws::accounts::Account;
use crate::aws::secret;
use crate::config::environment::DatabaseConfig;
use crate::config::secret::Secret;
use crate::mysql::{self, Login, Server};

/// The administrator's side of an environment's server.
pub(super) async fn server(account: &Account) -> Result<Server, CloudError> {
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
pub(super) fn login(own: secret::DatabaseCredentials) -> Login {
    Login { host: own.host, port: own.port, user: own.username, password: own.password }
}

pub(super) async fn reachable(account: &Account, tenancy: &Tenancy) -> Result<Verdict, CloudError> {
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
