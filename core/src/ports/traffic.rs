//! A tenant's way to the world: the rules that lead to it, as they are, so that they can be put back; and its logs, kept whole.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{CloudError, Subject};

/// A listener rule as it is: all that is needed to put exactly it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What the provider calls it. A rule that is put back has another.
    pub id: String,
    /// What the provider calls the listener that it stands on.
    pub listener: String,
    /// Its priority: no two rules of a listener share one.
    pub priority: u32,
    /// Its conditions in the provider's own form; the core never looks into it.
    pub conditions: serde_json::Value,
    /// Its actions in the provider's own form; the core never looks into it.
    pub actions: serde_json::Value,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What it does in words, for people: `golden.wpdev.kimmyai.io → dev-goldencrust-tg`.
    pub words: String,
    /// What about it is not understood, in words. Such a rule is shown, and could not be put back as it is: so it is never taken
    /// away to be put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

impl Rule {
    /// Whether it is the other in all but what the provider calls it. Of what is not understood, that cannot be said.
    pub fn is_as(&self, other: &Self) -> bool {
        if self.lost.is_some() || other.lost.is_some() {
            return false;
        }
        (&self.listener, self.priority, &self.conditions, &self.actions)
            == (&other.listener, other.priority, &other.conditions, &other.actions)
    }
}

/// What became of a rule that was to be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutBack {
    /// It stands again, with this id.
    Stands(String),
    /// Its priority is another rule's now; says whose. Nothing was changed.
    Taken(String),
}

/// What was done to keep a tenant's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preserved {
    /// The log group.
    pub group: String,
    /// How many days its lines were kept until now; none where they were kept for ever, as they are from the first time on.
    pub kept_before: Option<u32>,
    /// Where they are being exported to, as `s3://bucket/prefix`, with what the provider calls the export; none where the
    /// configuration names no bucket.
    pub export: Option<(String, String)>,
}

/// The rules and logs of tenants. Every method is idempotent, for the same reason as the verbs of [`super::Cloud`].
///
/// Errors of every method: [`CloudError`], and an answer that is not certain is an error.
#[async_trait]
pub trait Traffic {
    /// The rules that lead to the tenant, on all listeners, as they are. Those that are somebody else's are left out. One that
    /// could not be put back as it is says so ([`Rule::lost`]).
    async fn rules(&self, subject: &Subject) -> Result<Vec<Rule>, CloudError>;

    /// Puts back a rule that was there before: the same conditions, actions and tags on the same listener at the same priority;
    /// with `anywhere`, at the next free priority where that one is taken. A rule that stands there with the same conditions and
    /// actions is the one. A rule that leads to somebody else's is [`CloudError::Foreign`]; where the listener or what the rule
    /// leads to is gone, the error is [`CloudError::Permanent`].
    async fn put_back(&self, subject: &Subject, rule: &Rule, anywhere: bool) -> Result<PutBack, CloudError>;

    /// Whose the rule's place is now: the rule that has its priority on its listener, in words. None where the place is free, or
    /// the rule itself stands there.
    async fn occupant(&self, subject: &Subject, rule: &Rule) -> Result<Option<String>, CloudError>;

    /// How many days the lines of the tenant's log group are kept; none where they are kept for ever, or there is no group.
    async fn retention(&self, subject: &Subject) -> Result<Option<u32>, CloudError>;

    /// Lifts the retention of the tenant's log group, so that nothing expires, and starts an export of all that is in it; the same
    /// `run`, at most 36 letters, digits and hyphens, is the same export. None where there is no log group; one that is somebody
    /// else's is [`CloudError::Foreign`]. That the account exports something else at this time is [`CloudError::Transient`].
    async fn preserve_logs(&self, subject: &Subject, run: &str) -> Result<Option<Preserved>, CloudError>;
}
