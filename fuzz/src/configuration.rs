//! Any text in the place of landlord.toml, with variables over it after a line `---`: `NAME=VALUE`.
//!
//! It is taken, or refused in one line that can be seen and in which no secret stands. Passwords and tokens of the seeds
//! contain [`SECRET`].

use crate::config::Config;
use crate::seen::unseen;

/// What must not be said, unless it stands where a key should be.
const SECRET: &str = "hunter2";

/// Takes one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (file, variables) = text.split_once("\n---\n").unwrap_or((text, ""));
    let variables = variables.lines().filter_map(|line| line.split_once('='));
    let variables: Vec<_> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    match Config::parse(file, variables.clone()) {
        Ok(config) => {
            let shown = format!("{config:?}");
            let secrets = [config.store.url.expose()].map(str::to_owned);
            let meant = |secret: &String| secret.contains(SECRET) && shown.contains(secret.as_str());
            assert!(!secrets.iter().any(meant), "a secret shows: {shown}");
            config.environments.values().for_each(|section| section.validate().expect("what was taken is valid"));
            assert_eq!(config.ground().len(), config.environments.len());
        }
        Err(error) => {
            let said = error.to_string();
            assert!(!said.trim().is_empty() && !said.contains('\n'), "not one line: {said:?}");
            assert!(!said.chars().any(unseen), "unseen characters are said: {said:?}");
            assert!(said.chars().count() <= 1_000, "too long to be read: {said}");
            assert!(!said.contains(SECRET) || named(file, &variables), "a secret is said: {said}");
        }
    }
}

/// Whether the secret stands where no value is: in a key, or in the name of a variable.
fn named(file: &str, variables: &[(String, String)]) -> bool {
    let keyed = file
        .split(['=', '\n', '{', ',', '[', ']'])
        .map(str::trim)
        .any(|key| key.trim_matches(['"', '\'']).starts_with(SECRET));
    keyed || variables.iter().any(|(name, _)| name.to_lowercase().contains(SECRET))
}
