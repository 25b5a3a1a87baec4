//! Whoever is on call, through PagerDuty's Events API v2.

use std::time::Duration;

use landlord_core::card::text;
use landlord_core::ports::{EscalationError, Page, PageAction, Severity};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::answer;
use crate::config::secret::Secret;

/// The most characters of a deduplication key, of a summary, and of a source.
const KEY_MAX: usize = 255;
const SUMMARY_MAX: usize = 1_024;
const SOURCE_MAX: usize = 255;
/// What to do where PagerDuty will not have it.
const ADVICE: &str =
    "Look at the service's Events API v2 integration in PagerDuty, and give its key as `routing_key` in [pagerduty].";

/// Tells PagerDuty what begins and what ends.
#[derive(Debug, Clone)]
pub struct PagerDuty {
    /// `https://events.pagerduty.com/v2/enqueue`.
    address: String,
    routing_key: Secret,
    client: reqwest::Client,
}

impl PagerDuty {
    /// Tells the integration of this key at `api`, and waits so long for an answer.
    ///
    /// # Errors
    /// A client that cannot be built, in words.
    pub fn new(api: &str, routing_key: Secret, patience: Duration) -> Result<Self, String> {
        let address = format!("{}/v2/enqueue", api.trim_end_matches('/'));
        Ok(Self { address, routing_key, client: answer::client(patience)? })
    }

    /// Sends an event. A repeated one is the same incident, by its key.
    ///
    /// # Errors
    /// PagerDuty limits, is away or is late (transient), or refuses (permanent), as does a key that is empty or too long.
    pub async fn send(&self, page: &Page) -> Result<(), EscalationError> {
        let length = page.key.chars().count();
        if !(1..=KEY_MAX).contains(&length) {
            let why =
                format!("A key of {length} characters: PagerDuty takes 1 to {KEY_MAX}. This is a fault of the bot's.");
            return Err(EscalationError::Permanent(why));
        }
        let request = self.client.post(&self.address).json(&self.event(page)?);
        let (status, said) = answer::ask(request, "PagerDuty", ADVICE).await?;
        if status == StatusCode::ACCEPTED {
            return Ok(());
        }
        let why =
            format!("What answers at `api` of [pagerduty] is not PagerDuty ({} {said}). {ADVICE}", status.as_u16());
        Err(EscalationError::Permanent(why))
    }

    fn event(&self, page: &Page) -> Result<Value, EscalationError> {
        let mut event = json!({
            "routing_key": self.routing_key.expose(),
            "event_action": match page.action { PageAction::Trigger => "trigger", PageAction::Resolve => "resolve" },
            "dedup_key": page.key,
        });
        // What ends needs no more than its key.
        if page.action == PageAction::Trigger {
            let at = page
                .at
                .format(&Rfc3339)
                .map_err(|error| EscalationError::Permanent(format!("{}: {error}.", page.at)))?;
            event["payload"] = json!({
                "summary": text::shorten(&page.summary, SUMMARY_MAX),
                "source": text::shorten(&page.source, SOURCE_MAX),
                "severity": severity(page.severity),
                "timestamp": at,
            });
        }
        Ok(event)
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
