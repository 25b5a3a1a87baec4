//! Votes: what a reaction on a card means.
//!
//! A vote counts only on a card that shows the whole plan, so it is taken only once the card is in the log; what was cast in
//! between is read again then, and after every outage.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Event, MessageRef};
use crate::ledger::{Ledger, LedgerError};
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::ports::{Chat, ChatError, Vote};
use crate::role::{Member, Person, Role};

/// Takes votes.
#[derive(Debug)]
pub struct Votes {
    /// The log.
    pub ledger: Arc<Ledger>,
    /// The chat, to read votes again.
    pub chat: Arc<dyn Chat>,
}

/// Why votes could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum VotesError {
    /// The log.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The chat.
    #[error(transparent)]
    Chat(#[from] ChatError),
}

impl Votes {
    /// A person reacted on an operation's card. Answers what to tell the thread, where the card does not say it all.
    pub async fn cast(&self, id: &OperationId, vote: Vote, member: &Member) -> Result<Option<String>, LedgerError> {
        let before = self.ledger.get(id).await?;
        let after = self.ledger.record(id, |operation| meaning(operation, vote, member)).await?;
        Ok((before.seq == after.seq).then(|| ineffective(&after, vote, member)).flatten())
    }

    /// A person took a ✅ back.
    pub async fn withdraw(&self, id: &OperationId, person: &Person) -> Result<(), LedgerError> {
        self.ledger.record(id, |operation| withdrawal(operation, person)).await.map(|_| ())
    }

    /// Reads the card's reactions again and takes what the bot has missed; answers how many changes there were.
    pub async fn read_again(&self, id: &OperationId) -> Result<usize, VotesError> {
        let operation = self.ledger.get(id).await?;
        let Some(card) = watched(&operation) else { return Ok(0) };
        let approving = self.chat.votes(&card, Vote::Approve).await?;
        let rejecting = self.chat.votes(&card, Vote::Reject).await?;
        let before = operation.seq;
        for vote in &operation.votes {
            if approving.iter().all(|member| member.person.id != vote.member.person.id) {
                self.withdraw(id, &vote.member.person).await?;
            }
        }
        let mut seq = before;
        for (vote, members) in [(Vote::Reject, rejecting), (Vote::Approve, approving)] {
            for member in members {
                seq = self.ledger.record(id, |operation| meaning(operation, vote, &member)).await?.seq;
            }
        }
        Ok(usize::try_from(seq.saturating_sub(before)).unwrap_or(usize::MAX))
    }
}

/// What became of an operation's votes between two looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The votes that there were or are.
    pub votes: usize,
    /// Given in between.
    pub new: usize,
    /// There before and now: their voters' roles allow now what they did not allow before.
    pub valid: usize,
    /// Taken back in between, or their voters' roles no longer allow what counted before.
    pub invalid: usize,
}

impl Difference {
    /// What became of them; none where nothing did that matters.
    pub fn between(before: &Operation, after: &Operation) -> Option<Self> {
        let allowed =
            |member: &Member| member.person.id != after.requester.id && member.is_any(&after.plan.policy.approve);
        let of = |operation: &Operation| -> BTreeMap<String, bool> {
            let votes = operation.votes.iter();
            votes.map(|vote| (vote.member.person.id.clone(), allowed(&vote.member))).collect()
        };
        let (before, after) = (&of(before), &of(after));
        let new = after.keys().filter(|id| !before.contains_key(*id)).count();
        let turned =
            |now: bool| after.iter().filter(move |(id, is)| **is == now && before.get(*id) == Some(&!now)).count();
        let gone = before.keys().filter(|id| !after.contains_key(*id)).count();
        let valid = turned(true);
        let invalid = gone + turned(false);
        (new + valid + invalid > 0).then(|| Self { votes: before.len() + new, new, valid, invalid })
    }
}

/// The card whose reactions decide something.
fn watched(operation: &Operation) -> Option<MessageRef> {
    operation.revocable().then(|| operation.card.clone()).flatten()
}

/// Whether its approvals are still judged.
fn judged(operation: &Operation) -> bool {
    matches!(operation.state, State::AwaitingApproval | State::Waiting)
}

/// The event that a reaction is; none where it changes nothing.
fn meaning(operation: &Operation, vote: Vote, member: &Member) -> Option<Event> {
    let person = &member.person;
    match (operation.state, vote) {
        _ if operation.state.open() && operation.card.is_none() => None,
        (State::AwaitingApproval | State::Waiting, Vote::Approve) if operation.plan.policy.approve.is_empty() => None,
        (State::AwaitingApproval | State::Waiting, Vote::Approve) => {
            // By id: people rename themselves, and the chat's ways to read a name differ.
            let same = |cast: &Member| cast.person.id == person.id && cast.roles == member.roles;
            let known = operation.votes.iter().any(|cast| same(&cast.member));
            (!known).then(|| Event::VoteCast { member: member.clone() })
        }
        (_, Vote::Reject) if operation.revocable() && person.id == operation.requester.id => {
            Some(Event::Cancelled { person: person.clone() })
        }
        (_, Vote::Reject) if operation.revocable() && may_stop(operation, member) => {
            Some(Event::Rejected { person: person.clone() })
        }
        (State::Succeeded, Vote::Approve)
            if member.is(Role::Operator) && operation.validated_by.is_none() && operation.plan.purpose.is_tried() =>
        {
            Some(Event::Validated { person: person.clone() })
        }
        _ => None,
    }
}

/// Who may say no: the roles that may say yes, and the DevOps Lead.
pub(crate) fn may_stop(operation: &Operation, member: &Member) -> bool {
    member.is(Role::DevopsLead) || member.is_any(&operation.plan.policy.approve)
}

fn withdrawal(operation: &Operation, person: &Person) -> Option<Event> {
    let cast = operation.votes.iter().any(|vote| vote.member.person.id == person.id);
    (cast && judged(operation)).then(|| Event::VoteWithdrawn { person: person.clone() })
}

/// What a person is told whose reaction changes nothing and whom the card does not answer.
fn ineffective(operation: &Operation, vote: Vote, member: &Member) -> Option<String> {
    let who = crate::card::text::plain(&member.person.to_string());
    let emoji = vote.emoji();
    match operation.state {
        State::Expired => Some(too_late(&who, emoji, "has expired")),
        State::Cancelled => Some(too_late(&who, emoji, "was taken back")),
        State::Refused => Some(too_late(&who, emoji, "was rejected")),
        _ if operation.revocable() && vote == Vote::Reject => Some(format!(
            "{who}, your {emoji} does not count: only those who may approve, a DevOps Lead or the requester can stop it."
        )),
        State::Running | State::Holding if vote == Vote::Reject && operation.plan.purpose.deletes() => Some(format!(
            "{who}, your {emoji} came too late: the first removal has begun. If a step fails, its card offers what can be done."
        )),
        State::Succeeded if !operation.plan.purpose.is_tried() => None,
        State::Succeeded if vote == Vote::Approve && !member.is(Role::Operator) => {
            Some(format!("{who}, your {emoji} does not count: an operator validates."))
        }
        _ => None,
    }
}

fn too_late(who: &str, emoji: &str, what: &str) -> String {
    format!("{who}, your {emoji} came too late and does not count: the request {what}. File it anew.")
}
