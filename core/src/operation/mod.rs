//! An operation: what the fold of its events comes to. How events change it is `fold`'s.

mod bad_log;
mod checklist;
mod fold;
mod progress;
mod work;

pub use bad_log::{BadLog, Illegal};
pub use checklist::{Evidence, Finding};
pub use progress::{Progress, StepState};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::event::MessageRef;
use crate::plan::{Details, OperationId, Plan, Purpose};
use crate::policy::Decision;
use crate::role::{Member, Person, Role};
use crate::tenant::{Tenancy, TenantId};

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
    pub plan: Arc<Plan>,
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
    /// How each tenant's owner was told what will happen.
    pub owners_told: BTreeMap<TenantId, String>,
    /// When the owners' notice ends, once it was given.
    pub notice_until: Option<OffsetDateTime>,
    /// Tenants taken off the list of a bulk operation.
    pub off: BTreeSet<TenantId>,
    /// Since when it waits for its approvals: its filing, or the loss of a vote during the notice.
    pub awaiting_since: OffsetDateTime,
    /// Why it does not start although its votes suffice, while that is so.
    pub delayed: Option<String>,
    /// When the missing roles were reminded.
    pub reminded: Option<OffsetDateTime>,
    /// Each step's progress, in the order of the plan.
    pub steps: Vec<Progress>,
    /// Why it holds, while it holds.
    pub diagnosis: Vec<String>,
    /// The step that it cannot get past, while it holds at one.
    pub held_step: Option<usize>,
    /// What it was doing when it came to hold, while it holds.
    pub held_from: Option<State>,
    /// Who ended it or ordered its last turn, where a person did.
    pub decided_by: Option<Person>,
    /// The emergency that took precedence over it, where one did.
    pub overruled_by: Option<OperationId>,
    /// Who validated what it made.
    pub validated_by: Option<Person>,
    /// Of an adoption: the tenants that were tried and found good, where they were.
    pub tried: BTreeSet<Tenancy>,
    /// The last event told in the thread.
    pub told: u64,
    /// The last event's place.
    pub seq: u64,
}

impl Operation {
    /// What the votes come to now.
    pub fn decision(&self) -> Decision {
        let votes: Vec<Member> = self.votes.iter().map(|vote| vote.member.clone()).collect();
        self.plan.policy.decide(&self.requester, &votes)
    }

    /// When the approvals must be there.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.awaiting_since + seconds(self.plan.policy.expires_after)
    }

    /// When the missing roles are reminded.
    pub fn remind_at(&self) -> OffsetDateTime {
        self.awaiting_since + seconds(self.plan.policy.remind_after)
    }

    /// Whether the chat has been told all there is to tell: that it was told is the last event then.
    pub fn is_told(&self) -> bool {
        self.seq <= self.told + 1
    }

    /// How long the owners must have notice, in seconds; none where nobody is told before.
    pub fn notice(&self) -> Option<u64> {
        self.plan.deletion.as_ref().map(|deletion| deletion.notice).filter(|notice| *notice > 0)
    }

    /// The first tenant whose owner must still be told before anything happens; none where none must.
    pub fn owner_to_tell(&self) -> Option<&Details> {
        let owed = self.notice().is_some() && self.notice_until.is_none();
        let untold = |tenant: &TenantId| !self.off.contains(tenant) && !self.owners_told.contains_key(tenant);
        self.plan.tenants.iter().find(|details| owed && untold(&details.tenant))
    }

    /// When a notice that is given at a time ends.
    pub fn notice_from(&self, at: OffsetDateTime) -> OffsetDateTime {
        at + seconds(self.notice().unwrap_or(0))
    }

    /// Whether it can still be taken back: nothing has been done that cannot be taken back.
    pub fn revocable(&self) -> bool {
        match self.state {
            State::AwaitingApproval | State::Waiting => true,
            State::Running => self.plan.steps.iter().any(|planned| !planned.commits) && !self.committed(),
            State::Holding => self.plan.purpose.deletes() && !self.committed(),
            _ => false,
        }
    }

    /// Whether it has not begun: it waits for approvals or for the notice to end, or came to hold there.
    pub fn before_run(&self) -> bool {
        let state = if self.state == State::Holding { self.held_from } else { Some(self.state) };
        matches!(state, Some(State::AwaitingApproval | State::Waiting))
    }

    /// Whether a tenant was adopted by it, and not yet found good by anybody.
    pub fn to_be_tried(&self, tenancy: &Tenancy) -> bool {
        let mut steps = self.plan.steps.iter().zip(&self.steps);
        let adopted = steps.any(|(planned, progress)| {
            progress.state == StepState::Done
                && self.plan.sites.get(planned.site).is_some_and(|at| at.tenancy == *tenancy)
        });
        self.plan.purpose == Purpose::Adopt
            && self.state == State::Succeeded
            && adopted
            && !self.tried.contains(tenancy)
    }

    /// Whether tenants can be taken off its list.
    pub fn listed(&self) -> bool {
        self.plan.purpose == Purpose::BulkDelete && self.before_run()
    }
}

fn seconds(count: u64) -> Duration {
    Duration::seconds(i64::try_from(count).unwrap_or(i64::MAX / 2))
}
