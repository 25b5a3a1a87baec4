//! Whoever the configuration names outside the chat.

use std::time::Duration;

use async_trait::async_trait;
use landlord_core::ports::{Escalation, EscalationError, Page};

use super::pagerduty::PagerDuty;
use super::slack::Slack;
use crate::config::escalation::{PagerDutyConfig, SlackConfig};

/// How long Slack and PagerDuty may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Slack and PagerDuty, where they are configured.
#[derive(Debug, Clone, Default)]
pub struct Escalations {
    slack: Option<Slack>,
    pagerduty: Option<PagerDuty>,
}

impl Escalations {
    /// Those of the configuration. Asks nobody.
    ///
    /// # Errors
    /// What is wrong with the sections, in words.
    pub fn new(slack: &SlackConfig, pagerduty: &PagerDutyConfig, patience: Duration) -> Result<Self, String> {
        let webhook = slack.address().map_err(|error| error.to_string())?;
        let key = pagerduty.key().map_err(|error| error.to_string())?;
        Ok(Self {
            slack: webhook.map(|webhook| Slack::new(webhook, patience)).transpose()?,
            pagerduty: key.map(|key| PagerDuty::new(&pagerduty.api, key, patience)).transpose()?,
        })
    }
}

#[async_trait]
impl Escalation for Escalations {
    async fn slack(&self, text: &str) -> Result<(), EscalationError> {
        let Some(slack) = &self.slack else {
            let why = "Nobody is told in Slack: none is configured. Give `webhook` in [slack].";
            return Err(EscalationError::Unconfigured(why.into()));
        };
        slack.post(text).await
    }

    async fn page(&self, page: &Page) -> Result<(), EscalationError> {
        let Some(pagerduty) = &self.pagerduty else {
            let why = "Nobody is paged: PagerDuty is not configured. Give `routing_key` in [pagerduty].";
            return Err(EscalationError::Unconfigured(why.into()));
        };
        pagerduty.send(page).await
    }
}
