//! The events of an operation: everything that happens is one of these, appended to one log.
//!
//! An event never holds a secret. Names and fields are stored: an old log must always be readable.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::plan::{OperationId, Plan};
use crate::role::{Member, Person, Role};
use crate::tenant::{Tenancy, TenantId};

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// Where a message stands in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The channel's or thread's id.
    pub channel: String,
    /// The message's id.
    pub message: String,
}

/// What a step that succeeded came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It made something that was not there before this operation: undoing removes it.
    Created,
    /// What it would make stood already: undoing leaves it.
    Existed,
    /// It made nothing that could be undone.
    Done,
}

/// A piece of proof for what a step has done: what a certificate is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// What is proven, such as a line of a checklist or a resource.
    pub item: String,
    /// How: what was seen or done. Never a secret.
    pub proof: String,
}

/// Something that happened to an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "kebab-case")]
pub enum Event {
    /// The request was filed with its plan. Always the first.
    Filed {
        /// The frozen plan.
        #[serde(deserialize_with = "crate::plan::earlier::read")]
        plan: Box<Plan>,
        /// Its digest at filing.
        digest: String,
        /// Who asked.
        requester: Person,
        /// The channel that the request was made in, where its card goes.
        channel: String,
        /// Why, where a reason was given.
        reason: Option<String>,
    },
    /// The card stands in the chat.
    CardPosted {
        /// Where.
        card: MessageRef,
    },
    /// The thread stands under the card.
    ThreadOpened {
        /// The thread's id.
        thread: String,
    },
    /// A person approved by reacting. Counts only as far as the policy says.
    VoteCast {
        /// Who, with the roles read at that moment.
        member: Member,
    },
    /// A person took the reaction back.
    VoteWithdrawn {
        /// Who.
        person: Person,
    },
    /// The voters' roles were read again, and differ from what they were.
    RolesRead {
        /// The voters as they are now.
        members: Vec<Member>,
    },
    /// The open cards were read again after an outage, and this one differs from the log.
    CaughtUp {
        /// One line that says what changed.
        summary: String,
    },
    /// Someone who may said no.
    Rejected {
        /// Who.
        person: Person,
    },
    /// The missing roles were reminded.
    Reminded {
        /// Which roles.
        roles: Vec<Role>,
    },
    /// The approvals did not come in time.
    Expired,
    /// The request was taken back before it ran.
    Cancelled {
        /// By whom.
        person: Person,
    },
    /// A tenant was taken off the list of a bulk operation: nothing is done to it.
    TakenOff {
        /// The tenant.
        tenant: TenantId,
        /// Who took it off.
        person: Person,
    },
    /// A tenant's owner was told what will happen, and when.
    OwnerTold {
        /// The tenant.
        tenant: TenantId,
        /// How the owner was told.
        note: String,
        /// Who says that they did it by hand, where the bot could not.
        person: Option<Person>,
    },
    /// All owners were told: nothing is touched before the notice ends.
    NoticeGiven {
        /// When it ends.
        #[serde(with = "time::serde::rfc3339")]
        until: OffsetDateTime,
        /// How they were told.
        note: String,
    },
    /// The policy was met, but something that must be certain before a run is not: nothing runs yet.
    StartDelayed {
        /// What is not certain.
        why: String,
    },
    /// The policy was met and the account seal matched: the run begins.
    Started {
        /// Who counted as what.
        approvals: Vec<(Role, Person)>,
        /// The account that answered.
        account: String,
    },
    /// A step begins, or begins again.
    StepStarted {
        /// Its place in the plan.
        step: usize,
        /// Whether what it would make stood already when this operation first looked; none where looking failed, and
        /// then nothing was done.
        existed: Option<bool>,
    },
    /// A step succeeded.
    StepDone {
        /// Its place in the plan.
        step: usize,
        /// What it came to.
        effect: Effect,
        /// What was seen or made.
        note: String,
        /// What proves it, piece by piece, where the step says so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        proofs: Vec<Proof>,
    },
    /// An attempt failed; the step is tried again.
    StepFailed {
        /// Its place in the plan.
        step: usize,
        /// What the attempt failed with.
        error: String,
        /// When it is tried again.
        #[serde(with = "time::serde::rfc3339")]
        retry_at: OffsetDateTime,
    },
    /// The operation cannot go on by itself.
    Held {
        /// The step that it cannot get past: its place in the plan. None where it is none, and in logs of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<usize>,
        /// Why, and what was found out about it: a line each.
        diagnosis: Vec<String>,
    },
    /// A step came to what is not good enough to stay: what this run created is taken back without being ordered.
    TurnedBack {
        /// The step: its place in the plan.
        step: usize,
        /// Why, and what was found out about it: a line each.
        diagnosis: Vec<String>,
    },
    /// An emergency took precedence: the operation ends where it stands.
    Overruled {
        /// The operation that took precedence.
        by: OperationId,
        /// Who ordered that one.
        person: Person,
    },
    /// A person ordered the held step to be tried again.
    Retried {
        /// Who.
        person: Person,
    },
    /// A person ordered the held step to be done by force.
    Forced {
        /// Its place in the plan.
        step: usize,
        /// Who.
        person: Person,
    },
    /// A person decided that the operation goes on without the held step, which must be harmless.
    Skipped {
        /// Its place in the plan.
        step: usize,
        /// Who.
        person: Person,
    },
    /// A person ordered what this run created to be removed.
    UnwindOrdered {
        /// Who.
        person: Person,
    },
    /// A step was undone.
    StepUndone {
        /// Its place in the plan.
        step: usize,
        /// What was removed.
        note: String,
        /// Whether something was left, because it is somebody else's.
        #[serde(default, skip_serializing_if = "is_false")]
        left: bool,
    },
    /// All steps are done.
    Succeeded,
    /// All that this run created is removed again.
    Unwound,
    /// A person decided to leave everything as it stands.
    Abandoned {
        /// Who.
        person: Person,
    },
    /// A person tried the tenant and found it good (playbook 1.3).
    Validated {
        /// Who.
        person: Person,
    },
    /// A person tried one of the tenants that were adopted, and found it good (playbook 1.3).
    Tried {
        /// Which, and where.
        tenancy: Tenancy,
        /// Who.
        person: Person,
    },
    /// What the log says up to an event has been told in the thread.
    Told {
        /// The last event told.
        through: u64,
    },
}

impl Event {
    /// The event's kind as it is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "filed",
            Self::CardPosted { .. } => "card-posted",
            Self::ThreadOpened { .. } => "thread-opened",
            Self::VoteCast { .. } => "vote-cast",
            Self::VoteWithdrawn { .. } => "vote-withdrawn",
            Self::RolesRead { .. } => "roles-read",
            Self::CaughtUp { .. } => "caught-up",
            Self::Rejected { .. } => "rejected",
            Self::Reminded { .. } => "reminded",
            Self::Expired => "expired",
            Self::Cancelled { .. } => "cancelled",
            Self::TakenOff { .. } => "taken-off",
            Self::OwnerTold { .. } => "owner-told",
            Self::NoticeGiven { .. } => "notice-given",
            Self::StartDelayed { .. } => "start-delayed",
            Self::Started { .. } => "started",
            Self::StepStarted { .. } => "step-started",
            Self::StepDone { .. } => "step-done",
            Self::StepFailed { .. } => "step-failed",
            Self::Held { .. } => "held",
            Self::TurnedBack { .. } => "turned-back",
            Self::Overruled { .. } => "overruled",
            Self::Retried { .. } => "retried",
            Self::Forced { .. } => "forced",
            Self::Skipped { .. } => "skipped",
            Self::UnwindOrdered { .. } => "unwind-ordered",
            Self::StepUndone { .. } => "step-undone",
            Self::Succeeded => "succeeded",
            Self::Unwound => "unwound",
            Self::Abandoned { .. } => "abandoned",
            Self::Validated { .. } => "validated",
            Self::Tried { .. } => "tried",
            Self::Told { .. } => "told",
        }
    }

    /// Who did it: a person's name where a person did, else the bot.
    pub fn actor(&self) -> String {
        match self {
            Self::Filed { requester: person, .. }
            | Self::VoteWithdrawn { person }
            | Self::Rejected { person }
            | Self::Cancelled { person }
            | Self::Retried { person }
            | Self::TakenOff { person, .. }
            | Self::OwnerTold { person: Some(person), .. }
            | Self::Forced { person, .. }
            | Self::Skipped { person, .. }
            | Self::UnwindOrdered { person }
            | Self::Overruled { person, .. }
            | Self::Abandoned { person }
            | Self::Validated { person }
            | Self::Tried { person, .. } => person.name.clone(),
            Self::VoteCast { member } => member.person.name.clone(),
            _ => "landlord".into(),
        }
    }
}

/// An event in its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Whose event.
    pub operation: OperationId,
    /// Its place among the operation's events, from 1.
    pub seq: u64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    pub event: Event,
}
