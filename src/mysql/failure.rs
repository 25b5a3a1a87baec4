//! What an error of MySQL means. Never repeats a statement.

use landlord_core::ports::CloudError;
use sqlx::mysql::MySqlDatabaseError;

use super::Login;

/// `ER_ACCESS_DENIED_ERROR`: wrong user or password.
const ACCESS_DENIED: u16 = 1045;
/// `ER_DBACCESS_DENIED_ERROR`: not for this database.
const DATABASE_DENIED: u16 = 1044;
/// `ER_BAD_DB_ERROR`: no such database.
const UNKNOWN_DATABASE: u16 = 1049;
/// `ER_CANNOT_USER`: the user exists already, or does not exist.
const CANNOT_USER: u16 = 1396;
/// Too many connections, host blocked, lock wait, deadlock, shutting down, read-only during a fail-over.
const PASSING: [u16; 8] = [1040, 1053, 1129, 1203, 1205, 1213, 1226, 1290];

/// The server's own number of an error, where the server answered.
fn number(error: &sqlx::Error) -> Option<u16> {
    error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}

/// Whether the server refuses the login, or the database to it.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(ACCESS_DENIED | DATABASE_DENIED | UNKNOWN_DATABASE))
}

/// Whether a user appeared or went meanwhile.
pub(super) fn is_user_conflict(error: &sqlx::Error) -> bool {
    number(error) == Some(CANNOT_USER)
}

/// What an error of a statement means.
pub(super) fn classify(doing: &str, login: &Login, error: &sqlx::Error) -> CloudError {
    let said = format!("{doing} on {}: {}.", login.host, short(error));
    let passing = number(error).map_or_else(|| is_passing(error), |number| PASSING.contains(&number));
    if passing { CloudError::Transient(said) } else { CloudError::Permanent(said) }
}

/// What an error of the administrator's login means.
pub(super) fn of_administrator(login: &Login, error: &sqlx::Error) -> CloudError {
    if is_refusal(error) {
        return CloudError::Permanent(format!(
            "{} refuses the administrator {}. Correct `database` of the environment, then retry.",
            login.host, login.user
        ));
    }
    classify("Connecting to MySQL", login, error)
}

fn is_passing(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_))
}

/// The error in one line.
pub(super) fn short(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::PoolTimedOut => "no connection in time".to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        error => match error.as_database_error() {
            Some(error) => error.message().trim_end_matches('.').to_owned(),
            None => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use landlord_core::ports::CloudError;

    use super::{classify, is_refusal, of_administrator};
    use crate::config::secret::Secret;
    use crate::mysql::Login;

    fn login() -> Login {
        Login { host: "dev-mysql".into(), port: 3306, user: "admin".into(), password: Secret::new("hidden") }
    }

    #[test]
    fn a_server_that_is_down_may_come_back() {
        let down = sqlx::Error::Io(io::Error::from(io::ErrorKind::ConnectionRefused));
        let meaning = of_administrator(&login(), &down);
        assert_eq!(meaning, CloudError::Transient("Connecting to MySQL on dev-mysql: connection refused.".into()));
        assert!(!is_refusal(&down));
        assert!(matches!(classify("Looking", &login(), &sqlx::Error::PoolTimedOut), CloudError::Transient(_)));
    }
}
