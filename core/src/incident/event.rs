//! The events of an incident. As of an operation's, names and fields are stored: an old record must always be readable.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{IncidentId, Proposal};
use crate::alert::{About, Alert};
use crate::event::MessageRef;
use crate::plan::OperationId;
use crate::role::Person;
use crate::spec::Topic;

/// Something that happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "kebab-case")]
pub enum Event {
    /// An alert fired. Always the first.
    Raised {
        /// The alert.
        alert: Box<Alert>,
        /// What it is about.
        about: About,
        /// What is proposed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<Proposal>,
        /// The channel that its card goes to.
        channel: String,
    },
    /// It was told again that the alert fires.
    Fired {
        /// The alert, as it was told now.
        alert: Box<Alert>,
    },
    /// The alert fires no longer.
    Recovered {
        /// The alert, as it was told now.
        alert: Box<Alert>,
    },
    /// One of many alerts at once: it fires, or no longer.
    Folded {
        /// The alert.
        alert: Box<Alert>,
        /// What it is about.
        about: About,
        /// Who its rule wants to hear of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<Topic>,
    },
    /// Its card was posted.
    CardPosted {
        /// Where.
        card: MessageRef,
        /// Whether there is a picture in it of what was measured.
        #[serde(default, skip_serializing_if = "crate::event::is_false")]
        pictured: bool,
    },
    /// Its thread was opened.
    ThreadOpened {
        /// The thread's id.
        thread: String,
    },
    /// The thread was told up to there.
    Told {
        /// The number of the last event that it was told of.
        through: u64,
    },
    /// Somebody works on it.
    Acknowledged {
        /// Who.
        by: Person,
    },
    /// It is to be quiet for a while.
    Silenced {
        /// Who wants it.
        by: Person,
        /// Until when.
        #[serde(with = "time::serde::rfc3339")]
        until: OffsetDateTime,
    },
    /// Something was decided.
    Decided {
        /// Who; none where the policy did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Person>,
        /// The command.
        command: String,
        /// The operation that was filed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<OperationId>,
    },
    /// What the policy does by itself was not possible. It is not tried again.
    Refused {
        /// The command.
        command: String,
        /// Why.
        why: String,
    },
    /// Somebody besides the chat is about to hear of it: whether they have is known only by what follows.
    Tried {
        /// Who, and how.
        to: String,
    },
    /// Somebody besides the chat has heard of it.
    Escalated {
        /// Who, and how: `Finance by email`.
        to: String,
    },
    /// Somebody besides the chat cannot hear of it. It is not tried again.
    Unheard {
        /// Who, and how.
        to: String,
        /// Why.
        why: String,
    },
    /// It is over, and what is to be kept of the tenant's logs is.
    LogsKept {
        /// What was done.
        what: String,
    },
    /// It stayed well.
    Over,
    /// A person closed it.
    Closed {
        /// Who.
        by: Person,
        /// What they say about it.
        summary: String,
    },
}

impl Event {
    /// Its kind, as it is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Raised { .. } => "raised",
            Self::Fired { .. } => "fired",
            Self::Recovered { .. } => "recovered",
            Self::Folded { .. } => "folded",
            Self::CardPosted { .. } => "card-posted",
            Self::ThreadOpened { .. } => "thread-opened",
            Self::Told { .. } => "told",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Silenced { .. } => "silenced",
            Self::Decided { .. } => "decided",
            Self::Refused { .. } => "refused",
            Self::Tried { .. } => "tried",
            Self::Escalated { .. } => "escalated",
            Self::Unheard { .. } => "unheard",
            Self::LogsKept { .. } => "logs-kept",
            Self::Over => "over",
            Self::Closed { .. } => "closed",
        }
    }
}

/// An event in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whose.
    pub incident: IncidentId,
    /// Its place among the incident's events, from 1.
    pub seq: u64,
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub event: Event,
}
