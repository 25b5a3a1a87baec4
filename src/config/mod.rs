//! What the bot is told before it starts: `landlord.toml`, and the environment's variables over it.
//!
//! Unknown keys are refused, and secrets never show in `Debug`. Nothing here connects to anything.

pub mod environment;
pub mod escalation;
pub mod secret;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use landlord_core::desk::Ground;
use landlord_core::monitor::Watch;
use landlord_core::role::Role;
use landlord_core::tenant::{Email, Environment};
use serde::Deserialize;

use environment::EnvironmentConfig;
use escalation::{PagerDutyConfig, SlackConfig};
use secret::Secret;

/// Variables that begin so and have two underscores further on go over the file: `LANDLORD_STORE__URL` is `url` in
/// `[store]`. Every key is in a section, so a name without them is somebody else's.
const PREFIX: &str = "LANDLORD_";

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The chat.
    pub discord: DiscordConfig,
    /// The log.
    #[serde(default)]
    pub store: StoreConfig,
    /// The bot's own HTTP side.
    #[serde(default)]
    pub http: HttpConfig,
    /// Who is told of emergencies besides those whom the chat calls.
    #[serde(default)]
    pub contacts: ContactsConfig,
    /// The Slack channel that is told when alerts become too much.
    #[serde(default)]
    pub slack: SlackConfig,
    /// Whoever is on call.
    #[serde(default)]
    pub pagerduty: PagerDutyConfig,
    /// Each environment. One that is left out is refused in every request.
    pub environments: BTreeMap<Environment, EnvironmentConfig>,
}

/// Who is told of emergencies besides those whom the chat calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactsConfig {
    /// The security team's address.
    pub security: Option<Email>,
    /// Where payments are looked after.
    pub finance: Option<Email>,
}

/// The chat.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordConfig {
    /// Where Discord is: `https://discord.com`, or a local one.
    #[serde(default = "discord")]
    pub api: String,
    /// The server's id.
    pub guild: String,
    /// Channel ids by what they are for: `operations`, `incidents`, `alerts`, `audit`.
    #[serde(default)]
    pub channels: BTreeMap<Channel, String>,
    /// Role ids by role. A role that is left out is held by nobody.
    #[serde(default)]
    pub roles: BTreeMap<Role, String>,
}

/// What a channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Where operations are asked for.
    Operations,
    /// Where incidents are worked on.
    Incidents,
    /// Where alerts are posted.
    Alerts,
    /// Where the log's head is posted.
    Audit,
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite://FILE` or `postgres://…`.
    pub url: Secret,
}

/// The bot's own HTTP side.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The bearer token of `/api`. Without one, `/api` is closed.
    pub token: Option<Secret>,
    /// The file that holds it, instead.
    pub token_file: Option<PathBuf>,
    /// The bearer token of `/alerts/alertmanager`.
    pub alertmanager_token: Option<Secret>,
    /// The file that holds it, instead.
    pub alertmanager_token_file: Option<PathBuf>,
    /// The SNS topics that may send alarms.
    pub sns_topics: Vec<String>,
}

impl HttpConfig {
    /// The bearer token of `/api`: given here, or in a file.
    ///
    /// # Errors
    /// The file cannot be read or is empty, or both are given.
    pub fn api_token(&self) -> Result<Option<Secret>, ConfigError> {
        either("token", self.token.as_ref(), self.token_file.as_deref())
    }

    /// The bearer token of `/alerts/alertmanager`: given here, or in a file.
    ///
    /// # Errors
    /// As of [`api_token`](Self::api_token).
    pub fn alertmanager_token(&self) -> Result<Option<Secret>, ConfigError> {
        either("alertmanager_token", self.alertmanager_token.as_ref(), self.alertmanager_token_file.as_deref())
    }
}

fn either(key: &str, given: Option<&Secret>, file: Option<&Path>) -> Result<Option<Secret>, ConfigError> {
    match (given, file) {
        (Some(_), Some(_)) => Err(ConfigError(format!("[http] has `{key}` and `{key}_file`; give one"))),
        (Some(given), None) => Ok(Some(given.clone())),
        (None, Some(path)) => secret::from_file(path).map(Some).map_err(ConfigError),
        (None, None) => Ok(None),
    }
}

/// The bot's token: `DISCORD_TOKEN`, or the content of the file that `DISCORD_TOKEN_FILE` names.
///
/// # Errors
/// Says which variable to set, in one line.
pub fn discord_token() -> Result<Secret, ConfigError> {
    if let Some(token) = std::env::var("DISCORD_TOKEN").ok().filter(|token| !token.trim().is_empty()) {
        return Ok(Secret::new(token.trim()));
    }
    match std::env::var_os("DISCORD_TOKEN_FILE") {
        Some(path) => secret::from_file(Path::new(&path)).map_err(ConfigError),
        None => Err(ConfigError(
            "there is no token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds it".into(),
        )),
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { url: Secret::new("sqlite://landlord.db") }
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            token: None,
            token_file: None,
            alertmanager_token: None,
            alertmanager_token_file: None,
            sns_topics: Vec::new(),
        }
    }
}

fn discord() -> String {
    "https://discord.com".into()
}

/// What is wrong with the configuration, in one line that says where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads a file and the process's environment over it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("{}: cannot be read: {error}", path.display())))?;
        let variables = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
        Self::parse(&text, variables).map_err(|ConfigError(what)| ConfigError(format!("{}: {what}", path.display())))
    }

    /// Reads a text and variables over it.
    pub fn parse(text: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut table: toml::Table = toml::from_str(text).map_err(|error| ConfigError(misread(text, &error)))?;
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|rest| rest.contains("__")) else { continue };
            let path: Vec<String> = rest.to_lowercase().split("__").map(str::to_owned).collect();
            overlay(&mut table, &path, &value)
                .ok_or_else(|| ConfigError(format!("the variable {name} goes into a key that is no table")))?;
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| ConfigError(unfit(&error)))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        for (environment, section) in &self.environments {
            section.validate().map_err(|what| ConfigError(format!("[environments.{environment}] {what}")))?;
        }
        // Files are read when their content is needed.
        if self.slack.webhook.is_some() {
            self.slack.address()?;
        }
        if self.pagerduty.routing_key.is_some() || self.pagerduty.routing_key_file.is_none() {
            self.pagerduty.key()?;
        }
        if self.environments.is_empty() {
            return Err(ConfigError("there is no [environments.…]: name at least one of dev, sit and prod".into()));
        }
        Ok(())
    }

    /// What the core needs to know of each environment.
    pub fn ground(&self) -> BTreeMap<Environment, Ground> {
        let ground =
            |section: &EnvironmentConfig| Ground { account: section.account.clone(), domain: section.domain.clone() };
        self.environments.iter().map(|(environment, section)| (*environment, ground(section))).collect()
    }

    /// What is watched in each environment.
    pub fn watch(&self) -> BTreeMap<Environment, Watch> {
        self.environments.iter().map(|(environment, section)| (*environment, section.watch())).collect()
    }
}

/// Puts a value where the path leads. A text that reads as a TOML list, number or truth where the file has one is that.
fn overlay(table: &mut toml::Table, path: &[String], value: &str) -> Option<()> {
    let (key, rest) = path.split_first()?;
    if rest.is_empty() {
        let text = || toml::Value::String(value.to_owned());
        let parsed = || toml::from_str::<toml::Table>(&format!("v = {value}")).ok().and_then(|mut t| t.remove("v"));
        let keep_text = matches!(table.get(key), Some(toml::Value::String(_)));
        let list = value.starts_with('[');
        let known_other = table.get(key).is_some_and(|old| !old.is_str());
        let new = if !keep_text && (list || known_other) { parsed().unwrap_or_else(text) } else { text() };
        table.insert(key.clone(), new);
        return Some(());
    }
    let inner = table.entry(key.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    overlay(inner.as_table_mut()?, rest, value)
}

/// What is no TOML, by its line alone: a password may stand in it.
fn misread(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    one_line(&format!("line {}: {}", 1 + before.matches('\n').count(), error.message()))
}

/// What is no configuration, without the value that does not fit: it may be a password.
fn unfit(error: &toml::de::Error) -> String {
    let said = error.to_string();
    let value = ["invalid type: ", "invalid value: "].iter().find_map(|begin| said.strip_prefix(begin));
    let Some((value, rest)) = value.and_then(|value| value.rfind(", expected ").map(|at| value.split_at(at))) else {
        return one_line(&said);
    };
    // Such as `string "…"`: what it is may be said.
    let kind = value.split(['"', '`']).next().unwrap_or_default().trim();
    one_line(&format!("invalid value: {kind}{rest}"))
}

fn one_line(text: &str) -> String {
    let line = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    landlord_core::card::text::visible(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
        [discord]
        guild = "1"
        [environments.dev]
        account = "536580886816"
        region = "eu-west-1"
        cluster = "dev-cluster"
        domain = "wpdev.kimmyai.io"
        load_balancers = ["dev-alb"]
        file_system = "dev-efs"
        database = { host = "dev-mysql", user = "admin", password = "hidden" }
    "#;

    fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::parse(LEAST, variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn variables_go_over_the_file() {
        let config = with(&[
            ("LANDLORD_STORE__URL", "sqlite://other.db"),
            ("LANDLORD_DEV_DIR", "no key of ours"),
            ("LANDLORD_ENVIRONMENTS__DEV__ACCOUNT", "815856636111"),
            ("LANDLORD_ENVIRONMENTS__DEV__LOAD_BALANCERS", "[\"a\", \"b\"]"),
        ])
        .expect("valid");
        assert_eq!(config.store.url.expose(), "sqlite://other.db");
        assert_eq!(config.environments[&Environment::Dev].account, "815856636111");
        assert_eq!(config.environments[&Environment::Dev].load_balancers, ["a", "b"]);
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let refused = with(&[("LANDLORD_STORE__PATH", "x")]).expect_err("unknown");
        assert!(refused.0.contains("path"), "{refused}");
        let refused = Config::parse(&format!("{LEAST}\nsurprise = 1"), []).expect_err("unknown");
        assert!(refused.0.contains("surprise"), "{refused}");
    }

    #[test]
    fn a_refusal_says_no_secret() {
        for (right, wrong, said) in [
            ("password = \"hidden\"", "password = \"hidden", "line 1"),
            ("password = \"hidden\"", "password = hidden", "line 1"),
            ("password = \"hidden\"", "password = 5417", "string"),
            ("password = \"hidden\"", "password = { hidden = 1 }", "database.password"),
            ("user = \"admin\"", "port = \"hidden\"", "database.port"),
            (
                "{ host = \"dev-mysql\", user = \"admin\", password = \"hidden\" }",
                "\"mysql://a:hidden, expected `x`@b\"",
                "database",
            ),
        ] {
            let refused = Config::parse(&LEAST.replace(right, wrong), []).expect_err(wrong).0;
            assert!(refused.contains(said), "{wrong}: {refused}");
            assert!(!refused.contains("hidden") && !refused.contains("5417") && !refused.contains('\n'), "{refused}");
        }
    }

    #[test]
    fn a_refusal_can_be_seen() {
        let refused = Config::parse("\"\\u202E\\u001B[31m\" = 1", []).expect_err("unknown").0;
        assert!(refused.contains("\u{FFFD}\u{FFFD}[31m"), "{refused:?}");
    }

    #[test]
    fn whom_to_tell_is_read() {
        let config = with(&[
            ("LANDLORD_CONTACTS__FINANCE", "finance@kimmyai.io"),
            ("LANDLORD_SLACK__WEBHOOK", "https://hooks.slack.com/services/T0/B0/x"),
            ("LANDLORD_PAGERDUTY__ROUTING_KEY", "R0"),
        ])
        .expect("valid");
        assert_eq!(config.contacts.finance.map(|it| it.to_string()), Some("finance@kimmyai.io".to_owned()));
        let address = config.slack.address().expect("valid").map(|it| it.expose().to_owned());
        assert_eq!(address, Some("https://hooks.slack.com/services/T0/B0/x".to_owned()));
        assert_eq!(config.pagerduty.api, "https://events.pagerduty.com");
        for unknown in ["LANDLORD_CONTACTS__CFO", "LANDLORD_SLACK__TOKEN", "LANDLORD_PAGERDUTY__KEY"] {
            assert!(with(&[(unknown, "x")]).expect_err(unknown).0.contains("unknown field"));
        }
        let refused = with(&[("LANDLORD_SLACK__WEBHOOK", "hidden")]).expect_err("no address").0;
        assert!(refused.contains("[slack]") && !refused.contains("hidden"), "{refused}");
    }

    #[test]
    fn secrets_do_not_show() {
        let config = with(&[
            ("LANDLORD_SLACK__WEBHOOK", "https://hooks.slack.com/hidden"),
            ("LANDLORD_PAGERDUTY__ROUTING_KEY", "hidden"),
        ])
        .expect("valid");
        assert!(!format!("{config:?}").contains("hidden"));
    }
}
