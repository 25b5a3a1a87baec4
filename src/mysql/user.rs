//! A tenant's database user: it logs in with the secret's password, and reaches its own database and no other.

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Ensured, Found, Owner};
use landlord_core::tenant::Tenancy;
use sqlx::{AssertSqlSafe, Executor, MySqlConnection};

use super::{Login, Server, close, connect, failure, quote};

/// Tenants' tasks come from any address of their subnets.
const ANY_HOST: &str = "%";

/// A user as it stands.
pub(super) struct Standing {
    pub(super) host: String,
    pub(super) owner: Owner,
    /// Whether it holds its own database.
    pub(super) granted: bool,
}

impl Server {
    /// The tenant's users, one for each host that they may come from.
    pub async fn find_user(&self, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
        let mut connection = self.connect().await?;
        let users = self.users_of(&mut connection, tenancy).await?;
        close(connection).await;
        Ok(found(tenancy, users))
    }

    pub(super) async fn users_of(
        &self,
        connection: &mut MySqlConnection,
        tenancy: &Tenancy,
    ) -> Result<Vec<Standing>, CloudError> {
        let user = tenancy.name(Kind::DatabaseUser);
        let database = tenancy.name(Kind::Database);
        let own = [quote::grant_pattern(&database), database];
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT CONVERT(u.Host USING utf8mb4), CONVERT(d.Db USING utf8mb4) \
             FROM mysql.user u LEFT JOIN mysql.db d ON d.User = u.User AND d.Host = u.Host \
             WHERE u.User = ? ORDER BY u.Host",
        )
        .bind(&user)
        .fetch_all(connection)
        .await
        .map_err(|error| self.failed(&format!("Looking for the database user {user}"), &error))?;
        let mut users: Vec<Standing> = Vec::new();
        for (host, granted) in rows {
            if users.last().is_none_or(|last| last.host != host) {
                users.push(Standing { host, owner: Owner::Own, granted: false });
            }
            let Some((last, granted)) = users.last_mut().zip(granted) else { continue };
            if own.contains(&granted) {
                last.granted = true;
            } else {
                last.owner = Owner::Foreign(format!("it holds the database {granted}"));
            }
        }
        Ok(users)
    }

    /// Makes sure that the user of the tenant's secret is there, can log in and holds its own database. `own` is the
    /// secret's login, asked for once it is sure that no user of this name is somebody else's.
    pub async fn ensure_user(
        &self,
        tenancy: &Tenancy,
        own: impl Future<Output = Result<Login, CloudError>>,
    ) -> Result<Ensured, CloudError> {
        let user = tenancy.name(Kind::DatabaseUser);
        let database = tenancy.name(Kind::Database);
        let mut connection = self.connect().await?;
        let users = self.users_of(&mut connection, tenancy).await?;
        if let Some((resource, why)) = foreign(&user, &users) {
            return Err(CloudError::Foreign { resource, why });
        }
        if !self.has_database(&mut connection, &database).await? {
            return Err(CloudError::Permanent(format!(
                "The database {database} is not there. It must be created first."
            )));
        }
        let own = &own.await?;
        if own.user != user {
            return Err(CloudError::Permanent(format!(
                "The secret names the user {} instead of {user}. Correct `username` in Secrets Manager, then retry.",
                own.user
            )));
        }
        let standing = users.iter().find(|standing| standing.host == ANY_HOST);
        let there = standing.is_some();
        if there {
            self.logs_in(own, &user).await?;
        } else {
            self.create(&mut connection, &user, own).await?;
        }
        // Also for a user that was made, but not granted anything any more.
        if !standing.is_some_and(|standing| standing.granted) {
            let pattern = quote::identifier(&quote::grant_pattern(&database));
            let sql = format!("GRANT ALL PRIVILEGES ON {pattern}.* TO {}", quote::account(&user, ANY_HOST));
            self.execute(&mut connection, sql, &format!("Granting {database} to {user}")).await?;
        }
        close(connection).await;
        let found = Found { id: found_id(&user, ANY_HOST), owner: Owner::Own };
        Ok(if there { Ensured::Existed(found) } else { Ensured::Created(found) })
    }

    async fn create(&self, connection: &mut MySqlConnection, user: &str, own: &Login) -> Result<(), CloudError> {
        let doing = format!("Creating the database user {user}");
        self.plain_quotes(connection).await?;
        let password = quote::text(own.password.expose());
        let sql = format!("CREATE USER {} IDENTIFIED BY {password}", quote::account(user, ANY_HOST));
        self.gate.pass()?;
        match connection.execute(AssertSqlSafe(sql)).await {
            Ok(_) => Ok(()),
            // Somebody was quicker: the next look says who.
            Err(error) if failure::is_user_conflict(&error) => {
                Err(CloudError::Transient(format!("{doing}: it appeared meanwhile.")))
            }
            Err(error) => Err(self.failed(&doing, &error)),
        }
    }

    /// Makes the quote the only special character in a text, so that [`quote::text`] is right.
    async fn plain_quotes(&self, connection: &mut MySqlConnection) -> Result<(), CloudError> {
        connection
            .execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')")
            .await
            .map(drop)
            .map_err(|error| self.failed("Preparing the session", &error))
    }

    /// A user of the tenant's name that the secret's credentials do not open is somebody else's.
    async fn logs_in(&self, own: &Login, user: &str) -> Result<(), CloudError> {
        let at_home = Login { host: self.admin.host.clone(), port: self.admin.port, ..own.clone() };
        match connect(&at_home, None).await {
            Ok(connection) => {
                close(connection).await;
                Ok(())
            }
            Err(error) if failure::is_refusal(&error) => Err(CloudError::Foreign {
                resource: found_id(user, ANY_HOST),
                why: format!(
                    "the user exists, but the secret's password does not open it. If no tenant uses it, drop it \
                     (DROP USER '{user}'@'%') and retry; else give the secret its password"
                ),
            }),
            Err(error) => Err(failure::classify(&format!("Logging in as {user}"), &at_home, &error)),
        }
    }

    /// Makes sure that no user of the tenant's name is there: first its grants go, then the user.
    pub async fn remove_user(&self, tenancy: &Tenancy) -> Result<Vec<Found>, CloudError> {
        let user = tenancy.name(Kind::DatabaseUser);
        let mut connection = self.connect().await?;
        let users = self.users_of(&mut connection, tenancy).await?;
        if let Some((resource, why)) = foreign(&user, &users) {
            return Err(CloudError::Foreign { resource, why });
        }
        if !users.is_empty() {
            self.plain_quotes(&mut connection).await?;
        }
        for standing in &users {
            let account = quote::account(&user, &standing.host);
            let doing = format!("Dropping the database user {}", found_id(&user, &standing.host));
            self.execute(&mut connection, format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {account}"), &doing)
                .await?;
            self.execute(&mut connection, format!("DROP USER IF EXISTS {account}"), &doing).await?;
        }
        close(connection).await;
        Ok(found(tenancy, users))
    }
}

fn found(tenancy: &Tenancy, users: Vec<Standing>) -> Vec<Found> {
    let user = tenancy.name(Kind::DatabaseUser);
    users.into_iter().map(|one| Found { id: found_id(&user, &one.host), owner: one.owner }).collect()
}

pub(super) fn found_id(user: &str, host: &str) -> String {
    format!("{user}@{host}")
}

fn foreign(user: &str, users: &[Standing]) -> Option<(String, String)> {
    users.iter().find_map(|standing| match &standing.owner {
        Owner::Foreign(why) => Some((found_id(user, &standing.host), why.clone())),
        Owner::Own => None,
    })
}
