//! How names and texts become part of a statement. The only place that writes quotes.

/// An identifier: a database.
pub(super) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text. Only for sessions with `NO_BACKSLASH_ESCAPES`, where the quote alone is special.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A user and the host it comes from.
pub(super) fn account(user: &str, host: &str) -> String {
    format!("{}@{}", text(user), text(host))
}

/// A database as GRANT reads it: there `_` and `%` stand for any character, so `a_db` would grant `axdb` too.
pub(super) fn grant_pattern(database: &str) -> String {
    database.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%")
}

#[cfg(test)]
mod tests {
    use super::{account, grant_pattern, identifier, text};

    #[test]
    fn quotes_within_are_doubled() {
        assert_eq!(identifier("tenant-1_db"), "`tenant-1_db`");
        assert_eq!(identifier("x`; DROP DATABASE y"), "`x``; DROP DATABASE y`");
        assert_eq!(text("it's\\"), "'it''s\\'");
        assert_eq!(account("acme_user", "%"), "'acme_user'@'%'");
    }

    #[test]
    fn wildcards_of_a_grant_are_plain_characters() {
        assert_eq!(grant_pattern("acme_db"), r"acme\_db");
        assert_eq!(grant_pattern("a%b"), r"a\%b");
    }
}
