//! SQL is written by us alone: what comes from outside is an argument, or went through `mysql/quote`.

use crate::tree::{File, below, files, none};

/// Where a statement may be put together, and out of what: the names in its braces. Capitals are constants.
const MADE_OF: [(&str, &[&str]); 4] = [
    // The server's own names, which no argument can stand for: each is made by `quote`.
    ("src/mysql.rs", &[]),
    ("src/mysql/user.rs", &["pattern", "password", "account"]),
    // Conditions and places of arguments, made of texts of the file.
    ("src/store/lists.rs", &["wanted", "site"]),
    ("src/store/append.rs", &[]),
];

/// What makes sqlx take a statement that is no constant.
const UNCHECKED: &str = concat!("AssertSql", "Safe(");

/// What a statement begins with.
const VERBS: [&str; 12] = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "GRANT ", "REVOKE ", "SET ", "ALTER ", "LOCK ",
    "WITH ",
];

#[test]
fn statements_are_put_together_in_few_places() {
    let users = below("src/").filter(|file| file.text.contains(UNCHECKED));
    let strange = users.filter(|file| !MADE_OF.iter().any(|(path, _)| *path == file.path));
    none("give sqlx a constant and arguments", strange.map(|file| file.path.clone()));
    let there = |path: &str| files().iter().any(|file| file.path == path && file.text.contains(UNCHECKED));
    none("no exception is needed", MADE_OF.iter().filter(|(path, _)| !there(path)).map(|(path, _)| (*path).to_owned()));
}

#[test]
fn names_come_into_statements_through_quote() {
    let mut looked_at = 0;
    let mut found = Vec::new();
    for (path, known) in MADE_OF {
        let Some(file) = files().iter().find(|file| file.path == path) else { continue };
        for (statement, arguments) in statements(file) {
            looked_at += 1;
            let strange = named(statement).filter(|name| !known.contains(name) && !is_constant(name));
            found.extend(strange.map(|name| format!("{path}: {{{name}}} in {statement}")));
            // What an empty pair of braces stands for is made by `quote`, or of numbered places.
            let unquoted =
                statement.contains("{}") && !arguments.contains("quote::") && !arguments.contains("rows.join");
            found.extend(unquoted.then(|| format!("{path}: {{}} in {statement}")));
            // Quotes around braces would be written by hand.
            found.extend(
                ["'{", "`{", "\\\"{"]
                    .iter()
                    .filter(|by_hand| statement.contains(**by_hand))
                    .map(|by_hand| format!("{path}: {by_hand} in {statement}")),
            );
        }
    }
    assert!(looked_at > 5, "only {looked_at} statements were found");
    none("bind it, or let `quote` write it", found);
}

/// The texts that are put together and begin as a statement does, with what stands behind them.
fn statements(file: &File) -> impl Iterator<Item = (&str, &str)> {
    let made = file.text.split("format!(").skip(1);
    made.filter_map(|rest| {
        let (text, behind) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let behind = behind.split(';').next().unwrap_or_default();
        VERBS.iter().any(|verb| text.starts_with(verb)).then_some((text, behind))
    })
}

/// The names in a text's braces.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).filter(|name| !name.is_empty())
}

fn is_constant(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}
