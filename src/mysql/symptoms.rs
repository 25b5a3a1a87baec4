//! What is seen of a tenant's database user: whether it is there, may use its database, and opens with the secret's password.

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::user::{Standing, found_id};
use super::{Login, Server, close, connect, failure, quote};

/// What WordPress needs of its own database to run and to be brought up to date.
const NEEDED: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX", "DROP"];

impl Server {
    /// The tenant's users, each with what is wrong with it. `own` is the secret's login, asked for once there is a user; none
    /// where the secret holds none.
    pub async fn user_symptoms(
        &self,
        tenancy: &Tenancy,
        own: impl Future<Output = Result<Option<Login>, CloudError>>,
    ) -> Result<Vec<Symptom>, CloudError> {
        let user = tenancy.name(Kind::DatabaseUser);
        let seen = |sign, said: String| Symptom::new(Place::DatabaseUser, sign, said);
        let mut connection = self.connect().await?;
        let users = self.users_of(&mut connection, tenancy).await?;
        if users.is_empty() {
            close(connection).await;
            return Ok(vec![seen(Sign::Missing, format!("the database user {user} is not there"))]);
        }
        let mut all = Vec::new();
        for standing in &users {
            let id = found_id(&user, &standing.host);
            all.push(match &standing.owner {
                Owner::Foreign(why) => seen(Sign::Foreign, format!("{id}: {why}")),
                Owner::Own => match self.lacks(&mut connection, tenancy, standing).await? {
                    lacks if lacks.is_empty() => {
                        seen(Sign::Sound, format!("{id} is there; it holds {}", tenancy.name(Kind::Database)))
                    }
                    lacks if lacks.len() == NEEDED.len() => {
                        seen(Sign::Incomplete, format!("{id} is there; it holds no database"))
                    }
                    lacks => seen(Sign::Incomplete, format!("{id} is there; it may not {}", lacks.join(", "))),
                },
            });
        }
        close(connection).await;
        if let Some(own) = own.await? {
            let at_home = Login { host: self.admin.host.clone(), port: self.admin.port, ..own };
            match connect(&at_home, None).await {
                Ok(connection) => close(connection).await,
                Err(error) if failure::is_refusal(&error) => {
                    all.retain(|symptom| symptom.sign != Sign::Sound);
                    let said = format!("{}: the secret's password is refused", failure::short(&error));
                    all.push(seen(Sign::Refused, said));
                }
                Err(error) => return Err(failure::classify(&format!("Logging in as {user}"), &at_home, &error)),
            }
        }
        Ok(all)
    }

    /// What a user may not do with its own database, of what it needs.
    async fn lacks(
        &self,
        connection: &mut sqlx::MySqlConnection,
        tenancy: &Tenancy,
        standing: &Standing,
    ) -> Result<Vec<&'static str>, CloudError> {
        if !standing.granted {
            return Ok(NEEDED.to_vec());
        }
        let user = tenancy.name(Kind::DatabaseUser);
        let doing = format!("Looking at the grants of {}", found_id(&user, &standing.host));
        self.plain_quotes(connection).await?;
        let sql = format!("SHOW GRANTS FOR {}", quote::account(&user, &standing.host));
        let rows = connection.fetch_all(AssertSqlSafe(sql)).await.map_err(|error| self.failed(&doing, &error))?;
        let lines: Vec<String> = rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok()).collect();
        Ok(lacking(&lines, &tenancy.name(Kind::Database)))
    }
}

/// What none of the grants gives on this database. Only the privileges before `ON` are read: a grant may show a password's hash
/// at its end.
fn lacking(grants: &[String], database: &str) -> Vec<&'static str> {
    let places =
        [database.to_owned(), quote::grant_pattern(database)].map(|name| format!("{}.*", quote::identifier(&name)));
    let given: Vec<&str> = grants
        .iter()
        .filter_map(|line| line.strip_prefix("GRANT ")?.split_once(" ON "))
        .filter(|(_, rest)| rest.starts_with("*.*") || places.iter().any(|place| rest.starts_with(place.as_str())))
        .flat_map(|(privileges, _)| privileges.split(", "))
        .collect();
    if given.iter().any(|one| one.starts_with("ALL PRIVILEGES")) {
        return Vec::new();
    }
    NEEDED.into_iter().filter(|needed| !given.contains(needed)).collect()
}

#[cfg(test)]
mod tests {
    use super::{NEEDED, lacking};

    fn of(grants: &[&str]) -> Vec<&'static str> {
        lacking(&grants.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), "acme_db")
    }

    #[test]
    fn grants_on_the_own_database_count_in_either_spelling() {
        let usage = "GRANT USAGE ON *.* TO `acme_user`@`%` IDENTIFIED BY PASSWORD '*0123456789ABCDEF'";
        assert_eq!(of(&[usage, r"GRANT ALL PRIVILEGES ON `acme\_db`.* TO `acme_user`@`%`"]), Vec::<&str>::new());
        assert_eq!(of(&["GRANT ALL PRIVILEGES ON `acme_db`.* TO `acme_user`@`%`"]), Vec::<&str>::new());
        let some = "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON `acme_db`.* TO `acme_user`@`%`";
        assert_eq!(of(&[some]), ["DROP"]);
        assert_eq!(of(&[usage]), NEEDED);
    }

    #[test]
    fn grants_on_another_database_do_not_count() {
        assert_eq!(of(&["GRANT ALL PRIVILEGES ON `acme_db2`.* TO `acme_user`@`%`"]), NEEDED);
    }
}
