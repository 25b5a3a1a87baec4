//! How events change an operation. Total: what may not happen is an error and changes nothing.

use time::OffsetDateTime;

use super::{Operation, Progress, State, StepState, Vote};
use crate::event::{Effect, Event, Recorded};
use crate::role::{Member, Person};

/// An event that may not happen in the state that the operation is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an operation that is {state} cannot take the event {event}", state = .state.as_str())]
pub struct Illegal {
    /// The state it is in.
    pub state: State,
    /// The event's kind.
    pub event: &'static str,
}

/// A log that does not begin with its filing, or has a gap or an illegal turn: it was not written by the bot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLog {
    /// There are no events, or the first is not the filing.
    #[error("the log of the operation does not begin with its filing")]
    NoFiling,
    /// An event is out of its place.
    #[error("event {found} stands where event {expected} should be")]
    Gap {
        /// The place that comes next.
        expected: u64,
        /// The place that was found.
        found: u64,
    },
    /// An event that may not happen there.
    #[error("event {seq}: {source}")]
    Illegal {
        /// Its place.
        seq: u64,
        /// What is wrong.
        source: Illegal,
    },
}

impl Operation {
    /// Folds a whole log.
    pub fn fold(events: &[Recorded]) -> Result<Self, BadLog> {
        let (first, rest) = events.split_first().ok_or(BadLog::NoFiling)?;
        let mut operation = Self::filed(first).ok_or(BadLog::NoFiling)?;
        for recorded in rest {
            if recorded.seq != operation.seq + 1 {
                return Err(BadLog::Gap { expected: operation.seq + 1, found: recorded.seq });
            }
            operation.apply(recorded).map_err(|source| BadLog::Illegal { seq: recorded.seq, source })?;
        }
        Ok(operation)
    }

    /// The operation that a filing begins; none where the event is not a filing.
    pub fn filed(recorded: &Recorded) -> Option<Self> {
        let Event::Filed { plan, digest, requester, channel, reason } = &recorded.event else { return None };
        Some(Self {
            id: recorded.operation.clone(),
            steps: vec![Progress::default(); plan.steps.len()],
            plan: (**plan).clone(),
            digest: digest.clone(),
            requester: requester.clone(),
            channel: channel.clone(),
            reason: reason.clone(),
            filed_at: recorded.at,
            changed_at: recorded.at,
            state: State::AwaitingApproval,
            card: None,
            thread: None,
            votes: Vec::new(),
            approvals: Vec::new(),
            delayed: None,
            reminded: None,
            diagnosis: Vec::new(),
            held_from: None,
            decided_by: None,
            validated_by: None,
            told: 0,
            seq: recorded.seq,
        })
    }

    /// Takes one more event. An illegal one is an error, and the operation stays as it was.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), Illegal> {
        if !self.legal(&recorded.event) {
            return Err(Illegal { state: self.state, event: recorded.event.kind() });
        }
        self.take(recorded);
        self.seq = recorded.seq;
        self.changed_at = recorded.at;
        Ok(())
    }

    /// Whether the event may happen now.
    fn legal(&self, event: &Event) -> bool {
        let step_is = |step: usize, allowed: &[StepState]| {
            self.steps.get(step).is_some_and(|progress| allowed.contains(&progress.state))
        };
        use StepState::{Done, Failed, Pending, Running};
        match event {
            Event::Filed { .. } => false,
            Event::CardPosted { .. } => self.card.is_none(),
            Event::ThreadOpened { .. } => self.card.is_some() && self.thread.is_none(),
            Event::VoteCast { .. }
            | Event::VoteWithdrawn { .. }
            | Event::RolesRead { .. }
            | Event::StartDelayed { .. }
            | Event::Rejected { .. }
            | Event::Reminded { .. } => self.state == State::AwaitingApproval && self.card.is_some(),
            Event::Expired => self.state == State::AwaitingApproval,
            Event::CaughtUp { .. } => self.state.open(),
            Event::Cancelled { .. } => matches!(self.state, State::AwaitingApproval | State::Waiting),
            Event::Started { .. } => {
                self.state == State::AwaitingApproval && self.card.is_some() && self.decision().ready()
            }
            Event::StepStarted { step, .. } => {
                self.state == State::Running
                    && step_is(*step, &[Pending, Running, Failed])
                    && self.steps[..*step].iter().all(|earlier| earlier.state == Done)
            }
            Event::StepDone { step, .. } | Event::StepFailed { step, .. } => {
                self.state == State::Running && step_is(*step, &[Running])
            }
            Event::Held { .. } => {
                matches!(self.state, State::AwaitingApproval | State::Running | State::Unwinding)
            }
            Event::Retried { .. } | Event::UnwindOrdered { .. } | Event::Abandoned { .. } => {
                self.state == State::Holding
            }
            Event::Skipped { step, .. } => {
                self.state == State::Holding
                    && self.held_from == Some(State::Running)
                    && self.current_step() == Some(*step)
            }
            Event::StepUndone { step, .. } => {
                self.state == State::Unwinding && self.steps.get(*step).is_some_and(Progress::to_unwind)
            }
            Event::Succeeded => self.state == State::Running && self.steps.iter().all(|step| step.state == Done),
            Event::Unwound => self.state == State::Unwinding && !self.steps.iter().any(Progress::to_unwind),
            Event::Validated { .. } => self.state == State::Succeeded && self.validated_by.is_none(),
            Event::Told { through } => *through > self.told && *through <= self.seq,
        }
    }

    fn take(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match recorded.event.clone() {
            Event::Filed { .. } | Event::CaughtUp { .. } => {}
            Event::CardPosted { card } => self.card = Some(card),
            Event::ThreadOpened { thread } => self.thread = Some(thread),
            Event::VoteCast { member } => self.vote(member, at),
            Event::VoteWithdrawn { person } => self.votes.retain(|vote| vote.member.person.id != person.id),
            Event::RolesRead { members } => members.iter().for_each(|member| self.read_again(member)),
            Event::Reminded { .. } => self.reminded = Some(at),
            Event::StartDelayed { why } => self.delayed = Some(why),
            Event::Rejected { person } => self.end(State::Refused, Some(person)),
            Event::Expired => self.end(State::Expired, None),
            Event::Cancelled { person } => self.end(State::Cancelled, Some(person)),
            Event::Started { approvals, .. } => {
                self.approvals = approvals;
                self.delayed = None;
                self.state = State::Running;
            }
            Event::StepStarted { step, existed } => self.step_started(step, existed, at),
            Event::StepDone { step, effect, note } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Done;
                progress.effect = Some(effect);
                progress.ended = Some(at);
                progress.note = note;
            }
            Event::StepFailed { step, error, retry_at } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Failed;
                progress.retry_at = Some(retry_at);
                progress.note = error;
            }
            Event::Held { diagnosis } => self.hold(diagnosis),
            Event::Retried { person } => self.retry(person),
            Event::Skipped { step, person } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Done;
                progress.effect = Some(Effect::Done);
                progress.ended = Some(at);
                progress.note = format!("left out by {person}");
                self.release(State::Running, person);
            }
            Event::UnwindOrdered { person } => self.release(State::Unwinding, person),
            Event::StepUndone { step, note } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Undone;
                progress.ended = Some(at);
                progress.note = note;
            }
            Event::Succeeded => self.end(State::Succeeded, None),
            Event::Unwound => self.state = State::Unwound,
            Event::Abandoned { person } => self.end(State::Abandoned, Some(person)),
            Event::Validated { person } => self.validated_by = Some(person),
            Event::Told { through } => self.told = through,
        }
    }

    /// A second vote of the same person is the same vote, with the roles as they are now.
    fn vote(&mut self, member: Member, at: OffsetDateTime) {
        if self.votes.iter().any(|vote| vote.member.person.id == member.person.id) {
            self.read_again(&member);
        } else {
            self.votes.push(Vote { member, at });
        }
    }

    fn read_again(&mut self, member: &Member) {
        for vote in self.votes.iter_mut().filter(|vote| vote.member.person.id == member.person.id) {
            vote.member = member.clone();
        }
    }

    fn step_started(&mut self, step: usize, existed: Option<bool>, at: OffsetDateTime) {
        let progress = &mut self.steps[step];
        progress.existed = progress.existed.or(existed);
        progress.started = progress.started.or(Some(at));
        progress.state = StepState::Running;
        progress.tries += 1;
        progress.attempts += 1;
        progress.retry_at = None;
    }

    fn hold(&mut self, diagnosis: Vec<String>) {
        if let Some(progress) = self.steps.iter_mut().find(|step| step.state == StepState::Running) {
            progress.state = StepState::Failed;
            progress.note = diagnosis.first().cloned().unwrap_or_default();
        }
        self.held_from = Some(self.state);
        self.diagnosis = diagnosis;
        self.state = State::Holding;
    }

    fn retry(&mut self, person: Person) {
        for progress in self.steps.iter_mut().filter(|step| step.state == StepState::Failed) {
            progress.tries = 0;
            progress.retry_at = None;
        }
        let before = self.held_from.unwrap_or(State::Running);
        self.release(before, person);
    }

    /// Ends the hold.
    fn release(&mut self, state: State, person: Person) {
        self.diagnosis.clear();
        self.held_from = None;
        self.decided_by = Some(person);
        self.state = state;
    }

    fn end(&mut self, state: State, person: Option<Person>) {
        self.diagnosis.clear();
        self.held_from = None;
        self.decided_by = person.or_else(|| self.decided_by.take());
        self.state = state;
    }
}
