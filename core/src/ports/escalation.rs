//! Telling people who are not in the chat: a Slack channel, and whoever is on call through PagerDuty.
//!
//! When that is to be done and how often it is tried is not in here.

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;

/// Says things outside the chat. A repeated [`slack`](Escalation::slack) is said twice; a repeated [`page`](Escalation::page) is
/// one and the same incident, by its key.
#[async_trait]
pub trait Escalation: Send + Sync + fmt::Debug {
    /// Posts a text to the Slack channel. The text is plain: nothing in it is markup or calls anybody.
    async fn slack(&self, text: &str) -> Result<(), EscalationError>;

    /// Pages whoever is on call, or says that it is over.
    async fn page(&self, page: &Page) -> Result<(), EscalationError>;
}

/// What PagerDuty is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What makes two pages the same incident; at most 255 characters.
    pub key: String,
    /// Whether it begins or ends.
    pub action: PageAction,
    /// What is wrong, in a line.
    pub summary: String,
    /// Where: a host, a tenant, a service.
    pub source: String,
    /// How bad it is.
    pub severity: Severity,
    /// Since when.
    pub at: OffsetDateTime,
}

/// What a page does to the incident of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageAction {
    /// Opens it, or adds to it where it is open.
    Trigger,
    /// Ends it. No harm where there is none.
    Resolve,
}

/// How bad something is, as PagerDuty counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Everything is at stake.
    Critical,
    /// Something does not work.
    Error,
    /// Something may soon not work.
    Warning,
    /// Good to know.
    Info,
}

/// Why nobody was told. Holds no address and no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscalationError {
    /// Limited, away, or no answer in time: the same call may succeed later.
    #[error("{0}")]
    Transient(String),
    /// It will not succeed by being repeated. Says what to do.
    #[error("{0}")]
    Permanent(String),
    /// The configuration names nobody to tell. Says what to give.
    #[error("{0}")]
    Unconfigured(String),
}
