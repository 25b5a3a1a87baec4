//! An operation: what the fold of its events comes to. How events change it is `fold`'s.

mod fold;

pub use fold::{BadLog, Illegal};

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::event::{Effect, MessageRef};
use crate::plan::{OperationId, Plan};
use crate::policy::{self, Decision};
use crate::role::{Member, Person, Role};

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Filed; the policy is not met yet.
    AwaitingApproval,
    /// Approved; a notice runs.
    Waiting,
    /// Steps are being done.
    Running,
    /// A step failed for good; a person must decide.
    Holding,
    /// What the run created is being removed.
    Unwinding,
    /// All steps are done.
    Succeeded,
    /// Everything that the run created is removed.
    Unwound,
    /// Someone who may said no.
    Refused,
    /// The approvals did not come in time.
    Expired,
    /// Taken back before it ran.
    Cancelled,
    /// Left as it stands.
    Abandoned,
}

impl State {
    /// As in the interface: `awaiting_approval`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Holding => "holding",
            Self::Unwinding => "unwinding",
            Self::Succeeded => "succeeded",
            Self::Unwound => "unwound",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    /// As people read it: `awaiting approval`.
    pub fn words(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting approval",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Holding => "on hold",
            Self::Unwinding => "rolling back",
            Self::Succeeded => "done",
            Self::Unwound => "rolled back",
            Self::Refused => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "left as it stands",
        }
    }

    /// All states, for filters.
    pub const ALL: [Self; 11] = [
        Self::AwaitingApproval,
        Self::Waiting,
        Self::Running,
        Self::Holding,
        Self::Unwinding,
        Self::Succeeded,
        Self::Unwound,
        Self::Refused,
        Self::Expired,
        Self::Cancelled,
        Self::Abandoned,
    ];

    /// Whether more can happen. While open, the operation holds its locks.
    pub fn open(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::Waiting | Self::Running | Self::Holding | Self::Unwinding)
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun, outcome not known.
    Running,
    /// An attempt failed; it is tried again, or held.
    Failed,
    /// Done.
    Done,
    /// Done or begun, and undone.
    Undone,
}

/// A step's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: StepState,
    /// Attempts since it began or was last ordered to be retried; what the limit of attempts counts.
    pub tries: u32,
    /// Attempts in all.
    pub attempts: u32,
    /// Whether what it makes stood before this operation did anything to it; none where nobody has looked yet.
    pub existed: Option<bool>,
    /// What it came to.
    pub effect: Option<Effect>,
    /// When the first attempt began.
    pub started: Option<OffsetDateTime>,
    /// When it was done or undone.
    pub ended: Option<OffsetDateTime>,
    /// When the next attempt is due.
    pub retry_at: Option<OffsetDateTime>,
    /// What was seen, made, or went wrong.
    pub note: String,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            state: StepState::Pending,
            tries: 0,
            attempts: 0,
            existed: None,
            effect: None,
            started: None,
            ended: None,
            retry_at: None,
            note: String::new(),
        }
    }
}

impl Progress {
    /// Whether undoing the operation has to undo this step: it created something, or it began where nothing stood and its
    /// outcome is not known.
    pub fn to_unwind(&self) -> bool {
        match self.state {
            StepState::Done => self.effect == Some(Effect::Created),
            StepState::Running | StepState::Failed => self.existed == Some(false),
            StepState::Pending | StepState::Undone => false,
        }
    }
}

/// A vote as it was cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// Who, with the roles last read.
    pub member: Member,
    /// When.
    pub at: OffsetDateTime,
}

/// The fold of an operation's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What it will do.
    pub plan: Plan,
    /// The plan's digest at filing: what the votes bind to.
    pub digest: String,
    /// Who asked.
    pub requester: Person,
    /// The channel of its card.
    pub channel: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was filed.
    pub filed_at: OffsetDateTime,
    /// When the last event happened.
    pub changed_at: OffsetDateTime,
    /// Where it stands.
    pub state: State,
    /// Its card.
    pub card: Option<MessageRef>,
    /// Its thread.
    pub thread: Option<String>,
    /// The votes not withdrawn, in the order in which they were cast.
    pub votes: Vec<Vote>,
    /// Who counted as what when it started.
    pub approvals: Vec<(Role, Person)>,
    /// Why it does not start although its votes suffice, while that is so.
    pub delayed: Option<String>,
    /// When the missing roles were reminded.
    pub reminded: Option<OffsetDateTime>,
    /// Each step's progress, in the order of the plan.
    pub steps: Vec<Progress>,
    /// Why it holds, while it holds.
    pub diagnosis: Vec<String>,
    /// What it was doing when it came to hold, while it holds.
    pub held_from: Option<State>,
    /// Who ended it or ordered its last turn, where a person did.
    pub decided_by: Option<Person>,
    /// Who validated what it made.
    pub validated_by: Option<Person>,
    /// The last event told in the thread.
    pub told: u64,
    /// The last event's place.
    pub seq: u64,
}

impl Operation {
    /// What the votes come to now.
    pub fn decision(&self) -> Decision {
        let votes: Vec<Member> = self.votes.iter().map(|vote| vote.member.clone()).collect();
        policy::decide(&self.plan.policy.approve, &self.requester, &votes)
    }

    /// When the approvals must be there.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.filed_at + seconds(self.plan.policy.expires_after)
    }

    /// When the missing roles are reminded.
    pub fn remind_at(&self) -> OffsetDateTime {
        self.filed_at + seconds(self.plan.policy.remind_after)
    }

    /// Whether the chat has been told all there is to tell: that it was told is the last event then.
    pub fn is_told(&self) -> bool {
        self.seq <= self.told + 1
    }

    /// The first step that is not done, while the operation runs.
    pub fn current_step(&self) -> Option<usize> {
        self.steps.iter().position(|step| step.state != StepState::Done)
    }

    /// The step that unwinding undoes next: the last that created something.
    pub fn next_to_unwind(&self) -> Option<usize> {
        self.steps.iter().rposition(Progress::to_unwind)
    }
}

fn seconds(count: u64) -> Duration {
    Duration::seconds(i64::try_from(count).unwrap_or(i64::MAX / 2))
}
