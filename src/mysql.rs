//! Tenants' databases and users on an environment's MySQL or MariaDB server.
//!
//! Connections are short: one per verb. Statements are never logged, since some hold a password. Nothing here knows AWS: the
//! credentials are handed in.

mod failure;
mod quote;
mod symptoms;
mod user;

use std::time::Duration;

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, InventoryPage, Owner};
use landlord_core::tenant::Tenancy;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::config::secret::Secret;
use crate::gate::Gate;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long dropping a database waits for those that still use it.
const LOCK_WAIT_SECONDS: u32 = 10;
/// How many names one page of an inventory holds.
const PAGE: u32 = 500;

/// Where a server is and who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The server's host name.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: Secret,
}

/// An environment's server, as its administrator sees it.
#[derive(Debug, Clone)]
pub struct Server {
    admin: Login,
    gate: Gate,
}

impl Server {
    /// The server behind an administrator's login; nothing is connected yet.
    pub fn new(admin: Login) -> Self {
        Self::behind(Gate::open(), admin)
    }

    /// The same for one of several processes: nothing is changed once the gate is closed.
    pub(crate) fn behind(gate: Gate, admin: Login) -> Self {
        Self { admin, gate }
    }

    async fn connect(&self) -> Result<MySqlConnection, CloudError> {
        connect(&self.admin, None).await.map_err(|error| failure::of_administrator(&self.admin, &error))
    }

    fn failed(&self, doing: &str, error: &sqlx::Error) -> CloudError {
        failure::classify(doing, &self.admin, error)
    }

    /// The tenant's database, if it is there. Databases bear no mark but their name.
    pub async fn find_database(&self, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
        let mut connection = self.connect().await?;
        let name = tenancy.name(Kind::Database);
        let there = self.has_database(&mut connection, &name).await?;
        close(connection).await;
        Ok(there.then_some(Found { id: name, owner: Owner::Own }).into_iter().collect())
    }

    async fn has_database(&self, connection: &mut MySqlConnection, name: &str) -> Result<bool, CloudError> {
        let rows = sqlx::query_scalar::<_, String>(
            "SELECT CONVERT(SCHEMA_NAME USING utf8mb4) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
        )
        .bind(name)
        .fetch_all(connection)
        .await
        .map_err(|error| self.failed(&format!("Looking for the database {name}"), &error))?;
        // The server may compare without regard to case.
        Ok(rows.iter().any(|row| row == name))
    }

    /// Makes sure that the tenant's database is there.
    pub async fn ensure_database(&self, tenancy: &Tenancy) -> Result<Ensured, CloudError> {
        let name = tenancy.name(Kind::Database);
        let found = Found { id: name.clone(), owner: Owner::Own };
        let mut connection = self.connect().await?;
        let there = self.has_database(&mut connection, &name).await?;
        if !there {
            let sql = format!("CREATE DATABASE IF NOT EXISTS {} CHARACTER SET utf8mb4", quote::identifier(&name));
            self.execute(&mut connection, sql, &format!("Creating the database {name}")).await?;
        }
        close(connection).await;
        Ok(if there { Ensured::Existed(found) } else { Ensured::Created(found) })
    }

    /// Makes sure that the tenant's database is gone, with all that is in it.
    pub async fn remove_database(&self, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
        let name = tenancy.name(Kind::Database);
        let mut connection = self.connect().await?;
        let there = self.has_database(&mut connection, &name).await?;
        if there {
            // A transaction that was left open would hold the database for a day or a year.
            let patience = format!("SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}");
            self.execute(&mut connection, patience, "Preparing the session").await?;
            let sql = format!("DROP DATABASE IF EXISTS {}", quote::identifier(&name));
            self.execute(&mut connection, sql, &format!("Dropping the database {name}")).await?;
        }
        close(connection).await;
        Ok(there.then_some(Found { id: name, owner: Owner::Own }).into_iter().collect())
    }

    /// Database names after the given one.
    pub async fn databases(&self, after: Option<&str>) -> Result<InventoryPage, CloudError> {
        self.names(
            "SELECT CONVERT(SCHEMA_NAME USING utf8mb4) AS name FROM information_schema.SCHEMATA \
             WHERE SCHEMA_NAME > ? ORDER BY SCHEMA_NAME LIMIT ?",
            after,
            "Listing databases",
        )
        .await
    }

    /// User names after the given one.
    pub async fn users(&self, after: Option<&str>) -> Result<InventoryPage, CloudError> {
        self.names(
            "SELECT DISTINCT CONVERT(User USING utf8mb4) AS name FROM mysql.user \
             WHERE User > ? ORDER BY User LIMIT ?",
            after,
            "Listing database users",
        )
        .await
    }

    async fn names(&self, sql: &'static str, after: Option<&str>, doing: &str) -> Result<InventoryPage, CloudError> {
        let mut connection = self.connect().await?;
        let names: Vec<String> = sqlx::query_scalar(sql)
            .bind(after.unwrap_or_default())
            .bind(PAGE)
            .fetch_all(&mut connection)
            .await
            .map_err(|error| self.failed(doing, &error))?;
        close(connection).await;
        let full = names.len() == PAGE as usize;
        Ok(InventoryPage { next: names.last().filter(|_| full).cloned(), names })
    }

    /// Runs a statement whose every name and text went through [`quote`].
    async fn execute(&self, connection: &mut MySqlConnection, sql: String, doing: &str) -> Result<(), CloudError> {
        self.gate.pass()?;
        connection.execute(AssertSqlSafe(sql)).await.map(drop).map_err(|error| self.failed(doing, &error))
    }
}

/// Whether the login works and finds this database (playbook 5.2, "database connection verified"). The text says what was
/// seen; the error is for a server that cannot be asked.
pub async fn reachable(login: &Login, database: &str) -> Result<Result<String, String>, CloudError> {
    let mut connection = match connect(login, Some(database)).await {
        Ok(connection) => connection,
        Err(error) if failure::is_refusal(&error) => {
            return Ok(Err(format!("{} refuses the secret's credentials for {database}", login.host)));
        }
        Err(error) => return Ok(Err(format!("{} cannot be reached ({})", login.host, failure::short(&error)))),
    };
    let seen = sqlx::query_scalar::<_, Option<String>>("SELECT CONVERT(DATABASE() USING utf8mb4)")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| failure::classify(&format!("Asking {database}"), login, &error))?;
    close(connection).await;
    Ok(match seen {
        Some(seen) if seen == database => Ok(format!("{} answers in {database}", login.user)),
        seen => Err(format!("the credentials lead to {} instead of {database}", seen.unwrap_or_default())),
    })
}

async fn connect(login: &Login, database: Option<&str>) -> Result<MySqlConnection, sqlx::Error> {
    let mut options = MySqlConnectOptions::new()
        .host(&login.host)
        .port(login.port)
        .username(&login.user)
        .password(login.password.expose())
        .disable_statement_logging();
    if let Some(database) = database {
        options = options.database(database);
    }
    let connecting = MySqlConnection::connect_with(&options);
    tokio::time::timeout(CONNECT, connecting).await.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut))
}

/// Says goodbye; a server that does not hear it closes by itself.
async fn close(connection: MySqlConnection) {
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a MySQL connection did not close cleanly");
    }
}
