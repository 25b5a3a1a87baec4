//! The `[slack]` and `[pagerduty]` sections of landlord.toml: who is told outside the chat (RB-001, section 6).

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;
use super::secret::{self, Secret};

/// The Slack channel of the Engineering Lead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlackConfig {
    /// The address of the incoming webhook. Whoever knows it can post.
    pub webhook: Option<Secret>,
    /// The file that holds it, instead.
    pub webhook_file: Option<PathBuf>,
}

/// Who is on call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PagerDutyConfig {
    /// The integration key of a service's "Events API v2" integration.
    pub routing_key: Option<Secret>,
    /// The file that holds it, instead.
    pub routing_key_file: Option<PathBuf>,
    /// Where the Events API is; PagerDuty has another in the EU.
    pub api: String,
}

impl SlackConfig {
    /// The webhook's address: given here, or in a file.
    ///
    /// # Errors
    /// It is no `https://` address, the file cannot be read or is empty, or both are given.
    pub fn address(&self) -> Result<Option<Secret>, ConfigError> {
        let given = one("slack", "webhook", self.webhook.as_ref(), self.webhook_file.as_ref())?;
        match given {
            Some(address) if !is_address(address.expose()) => Err(ConfigError(
                "[slack] `webhook` is no https:// address; copy it from the app's page in Slack".into(),
            )),
            given => Ok(given),
        }
    }
}

impl PagerDutyConfig {
    /// The integration key: given here, or in a file.
    ///
    /// # Errors
    /// The file cannot be read or is empty, both are given, or `api` is no `https://` address.
    pub fn key(&self) -> Result<Option<Secret>, ConfigError> {
        if !is_address(&self.api) {
            return Err(ConfigError("[pagerduty] `api` is no https:// address".into()));
        }
        one("pagerduty", "routing_key", self.routing_key.as_ref(), self.routing_key_file.as_ref())
    }
}

impl Default for PagerDutyConfig {
    fn default() -> Self {
        Self { routing_key: None, routing_key_file: None, api: "https://events.pagerduty.com".into() }
    }
}

fn one(section: &str, key: &str, text: Option<&Secret>, file: Option<&PathBuf>) -> Result<Option<Secret>, ConfigError> {
    match (text, file) {
        (Some(_), Some(_)) => Err(ConfigError(format!("[{section}] has `{key}` and `{key}_file`; give one"))),
        (Some(text), None) if text.expose().trim().is_empty() => {
            Err(ConfigError(format!("[{section}] `{key}` is empty")))
        }
        (Some(text), None) => Ok(Some(Secret::new(text.expose().trim()))),
        (None, Some(path)) => secret::from_file(path).map(Some).map_err(ConfigError),
        (None, None) => Ok(None),
    }
}

/// Over TLS, or to this machine itself: a key must not be heard on the way.
fn is_address(text: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(text) else { return false };
    let own = match url.host_str() {
        Some(host) => ["127.0.0.1", "[::1]", "localhost"].contains(&host),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slack(text: &str) -> SlackConfig {
        SlackConfig { webhook: Some(Secret::new(text)), webhook_file: None }
    }

    #[test]
    fn a_webhook_is_asked_over_tls_or_on_this_machine() {
        for right in [
            "https://hooks.slack.com/services/T0/B0/x",
            " https://hooks.slack.com/services/T0/B0/x\n",
            "http://127.0.0.1:80/x",
        ] {
            let address = slack(right).address().unwrap().unwrap();
            assert_eq!(address.expose(), right.trim());
        }
        for wrong in [
            "http://hooks.slack.com/hidden",
            "hooks.slack.com/hidden",
            "http://127.0.0.1.evil.example/hidden",
            "ftp://hidden",
        ] {
            let refused = slack(wrong).address().unwrap_err();
            assert!(refused.0.contains("[slack] `webhook`") && !refused.0.contains("hidden"), "{refused}");
        }
    }

    #[test]
    fn a_key_is_given_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "R0\n").unwrap();
        let both = PagerDutyConfig {
            routing_key: Some(Secret::new("hidden")),
            routing_key_file: Some(file.clone()),
            ..PagerDutyConfig::default()
        };
        let refused = both.key().unwrap_err().0;
        assert_eq!(refused, "[pagerduty] has `routing_key` and `routing_key_file`; give one");
        let from_file = PagerDutyConfig { routing_key: None, ..both };
        assert_eq!(from_file.key().unwrap().unwrap().expose(), "R0");
        let empty = PagerDutyConfig { routing_key: Some(Secret::new(" ")), ..PagerDutyConfig::default() };
        assert_eq!(empty.key().unwrap_err().0, "[pagerduty] `routing_key` is empty");
        assert_eq!(PagerDutyConfig::default().key(), Ok(None));
    }

    #[test]
    fn a_key_goes_over_tls() {
        let config = PagerDutyConfig { api: "http://events.pagerduty.com".into(), ..PagerDutyConfig::default() };
        assert_eq!(config.key().unwrap_err().0, "[pagerduty] `api` is no https:// address");
    }
}
