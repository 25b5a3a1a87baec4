//! Incidents: what became of an alert, from the moment it fired until it is over.
//!
//! Like an operation, an incident is the fold of its events, and everything that happens to it is one of them. It does no work
//! itself: what is decided about a tenant is an operation, which this only names.

mod book;
mod event;
mod fold;
mod keeper;
mod notice;
mod picture;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::alert::{About, Alert, Status};
use crate::event::MessageRef;
use crate::plan::OperationId;
use crate::role::Person;
use crate::spec::{AlertRule, Topic};

pub use book::{Book, BookError, STORM, Taken, Told};
pub use event::{Event, Recorded};
pub use fold::Illegal;
pub use keeper::Keeper;
pub use notice::{Notice, NoticeError};

/// How it is kept that security was told of the end.
const SECURITY_OF_END: &str = "Security of its end by e-mail";
/// How it is kept that whoever was woken was told of the end.
const END_OF_PAGE: &str = "who was woken of its end";
/// How the name ends of who was woken.
const BY_PAGERDUTY: &str = " by PagerDuty";

/// How long an alert must be quiet until its incident is over: one that fires again by then goes on in it.
pub const CALM: Duration = Duration::minutes(15);

/// The id of an incident: 8 letters and digits, as an operation's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub String);

impl IncidentId {
    /// A new one, which cannot be guessed.
    pub fn generate(rng: &mut impl rand::Rng) -> Self {
        Self(OperationId::generate(rng).0)
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its alert fires.
    Firing,
    /// Its alert fires no longer; should it fire again soon, it goes on here.
    Recovered,
    /// It recovered, and stayed well.
    Over,
    /// A person has closed it.
    Closed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Firing, Self::Recovered, Self::Over, Self::Closed];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Recovered => "recovered",
            Self::Over => "over",
            Self::Closed => "closed",
        }
    }

    /// Whether its alert belongs to it when it fires again.
    pub fn open(self) -> bool {
        matches!(self, Self::Firing | Self::Recovered)
    }
}

/// What is proposed against an alert, as the policy said when it was raised.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposal {
    /// What such alerts are, for people.
    pub title: String,
    /// The command; none where only a topic is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Its arguments besides tenant and environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
    /// Whether the bot itself does it.
    #[serde(default, skip_serializing_if = "crate::event::is_false")]
    pub automatic: bool,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

impl From<&AlertRule> for Proposal {
    fn from(rule: &AlertRule) -> Self {
        Self {
            title: rule.title.clone(),
            command: rule.proposes.clone(),
            with: rule.with.clone(),
            automatic: rule.automatic,
            topic: rule.topic,
        }
    }
}

/// An alert among many that came at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The alert, as it was told last.
    pub alert: Alert,
    /// What it is about.
    pub about: About,
    /// How often it fired.
    pub fired: u32,
}

/// What somebody decided, or the bot by its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who; none where the policy did.
    pub by: Option<Person>,
    /// What: a command.
    pub command: String,
    /// The operation that came of it, where one was filed.
    pub operation: Option<OperationId>,
    /// When.
    pub at: OffsetDateTime,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The number of its last event.
    pub seq: u64,
    /// How it stands.
    pub state: State,
    /// The alert, as it was told last.
    pub alert: Alert,
    /// What it is about.
    pub about: About,
    /// What is proposed.
    pub proposal: Option<Proposal>,
    /// The channel that its card goes to.
    pub channel: String,
    /// When it was raised.
    pub opened: OffsetDateTime,
    /// When its last event happened.
    pub changed: OffsetDateTime,
    /// When its alert recovered; none while it fires.
    pub recovered: Option<OffsetDateTime>,
    /// How often it was told that it fires.
    pub fired: u32,
    /// Of a storm: the alerts in it, by their keys.
    pub storm: BTreeMap<String, Folded>,
    /// What it is about, for those who are to hear of such alerts; of a storm, what any alert in it is.
    pub topics: BTreeSet<Topic>,
    /// Its card.
    pub card: Option<MessageRef>,
    /// Whether there is a picture in its card of what was measured.
    pub pictured: bool,
    /// Its thread.
    pub thread: Option<String>,
    /// Up to which event its thread was told.
    pub told: u64,
    /// Who works on it.
    pub acknowledged: Option<Person>,
    /// Until when it is quiet.
    pub silenced: Option<OffsetDateTime>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// Who besides the chat was to hear of it, whether or not they have.
    pub tried: BTreeSet<String>,
    /// Who heard of it besides the chat.
    pub escalated: BTreeSet<String>,
    /// Who was to hear of it and cannot.
    pub unheard: BTreeSet<String>,
    /// What was done to keep its tenant's logs.
    pub kept: Option<String>,
    /// Who closed it, and with which summary.
    pub closed: Option<(Person, String)>,
}

impl Incident {
    /// Whether it is one of many alerts at once.
    pub fn is_storm(&self) -> bool {
        self.alert.key == STORM
    }

    /// Whether it is to be quiet now.
    pub fn is_silent(&self, now: OffsetDateTime) -> bool {
        self.silenced.is_some_and(|until| now < until)
    }

    /// Whether nothing is left to be done or shown, as far as its events say: a process that begins need not look at it.
    pub fn settled(&self) -> bool {
        !self.state.open() && !self.owes() && self.told + 1 == self.seq
    }

    /// Whether a person has closed it, and not all that belongs to that is done.
    pub fn settling(&self) -> bool {
        let logs = self.about.tenancy.is_some() && self.kept.is_none();
        self.state == State::Closed && (logs || !self.heard(SECURITY_OF_END))
    }

    /// Whether something is to be done at its end that was not done yet.
    fn owes(&self) -> bool {
        let end = self.paged() && !self.heard(END_OF_PAGE);
        self.settling() || end || self.tried.iter().any(|to| self.owed(to))
    }

    /// Whether they have heard of it, or never can.
    pub fn heard(&self, who: &str) -> bool {
        self.escalated.contains(who) || self.unheard.contains(who)
    }

    /// Whether they were to hear of it and have not, and still are when it is over: whoever was to be woken is not.
    pub fn owed(&self, who: &str) -> bool {
        self.tried.contains(who) && !self.heard(who) && !who.ends_with(BY_PAGERDUTY)
    }

    /// Whether somebody was woken by it, or may have been.
    pub fn paged(&self) -> bool {
        self.tried.iter().any(|to| to.ends_with(BY_PAGERDUTY) && !self.unheard.contains(to))
    }

    /// How many of a storm's alerts fire.
    pub fn firing(&self) -> usize {
        self.storm.values().filter(|folded| folded.alert.status == Status::Firing).count()
    }

    /// When it is over by itself, if nothing happens; none while it fires and when it is.
    pub fn ends(&self) -> Option<OffsetDateTime> {
        (self.state == State::Recovered).then_some(self.recovered? + CALM)
    }
}
