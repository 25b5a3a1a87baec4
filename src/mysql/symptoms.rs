//! What is seen of a tenant's database user: whether it is there, may use its database, and opens with the secret's password.

use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Owner, Place, Sign, Symptom};
use landlord_core::tenant::Tenancy;

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
        let (user, database) = (tenancy.name(Kind::DatabaseUser), tenancy.name(Kind::Database));
        // What SHOW GRANTS tells, without the password's hash that it shows besides.
        let given: Vec<String> = sqlx::query_scalar(
            "SELECT CONVERT(PRIVILEGE_TYPE USING utf8mb4) FROM information_schema.SCHEMA_PRIVILEGES \
             WHERE GRANTEE = ? AND TABLE_SCHEMA IN (?, ?) \
             UNION SELECT CONVERT(PRIVILEGE_TYPE USING utf8mb4) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ?",
        )
        .bind(quote::account(&user, &standing.host))
        .bind(quote::grant_pattern(&database))
        .bind(&database)
        .bind(quote::account(&user, &standing.host))
        .fetch_all(connection)
        .await
        .map_err(|error| self.failed(&format!("Looking at the grants of {}", found_id(&user, &standing.host)), &error))?;
        Ok(lacking(&given))
    }
}

/// What is needed and not given.
fn lacking(given: &[String]) -> Vec<&'static str> {
    NEEDED.into_iter().filter(|needed| !given.iter().any(|one| one == needed)).collect()
}

#[cfg(test)]
mod tests {
    use super::{NEEDED, lacking};

    #[test]
    fn what_is_needed_and_not_given_is_named() {
        let all = NEEDED.map(str::to_owned);
        assert_eq!(lacking(&all), Vec::<&str>::new());
        assert_eq!(lacking(&all[..7]), ["DROP"]);
        assert_eq!(lacking(&["USAGE".to_owned()]), NEEDED);
    }
}
