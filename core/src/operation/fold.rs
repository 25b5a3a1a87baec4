//! How events change an operation. Total: what may not happen is an error and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;

use super::{BadLog, Illegal, Operation, Progress, State, StepState, Vote};
use crate::event::{Effect, Event, Recorded};
use crate::role::{Member, Person};
use crate::tenant::TenantId;

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
            plan: Arc::new((**plan).clone()),
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
            owners_told: BTreeMap::new(),
            notice_until: None,
            off: BTreeSet::new(),
            awaiting_since: recorded.at,
            diagnosis: Vec::new(),
            held_step: None,
            held_from: None,
            decided_by: None,
            overruled_by: None,
            validated_by: None,
            tried: BTreeSet::new(),
            told: 0,
            seq: recorded.seq,
        })
    }

    /// Takes one more event. An illegal one is an error, and the operation stays as it was.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), Illegal> {
        if !self.legal(&recorded.event, recorded.at) {
            return Err(Illegal { state: self.state, event: recorded.event.kind() });
        }
        self.take(recorded);
        self.seq = recorded.seq;
        self.changed_at = recorded.at;
        Ok(())
    }

    /// Whether the event may happen at that time.
    fn legal(&self, event: &Event, at: OffsetDateTime) -> bool {
        let step_is = |step: usize, allowed: &[StepState]| {
            self.steps.get(step).is_some_and(|progress| allowed.contains(&progress.state))
        };
        use StepState::{Failed, Pending, Running};
        match event {
            Event::Filed { .. } => false,
            Event::CardPosted { .. } => self.card.is_none(),
            Event::ThreadOpened { .. } => self.card.is_some() && self.thread.is_none(),
            Event::VoteCast { .. } | Event::VoteWithdrawn { .. } | Event::RolesRead { .. } => {
                matches!(self.state, State::AwaitingApproval | State::Waiting) && self.card.is_some()
            }
            Event::StartDelayed { .. } => {
                matches!(self.state, State::AwaitingApproval | State::Waiting) && self.card.is_some()
            }
            Event::Rejected { .. } => self.revocable() && self.card.is_some(),
            Event::Cancelled { .. } => self.revocable(),
            Event::Reminded { .. } => self.state == State::AwaitingApproval && self.card.is_some(),
            Event::Expired => self.state == State::AwaitingApproval,
            Event::CaughtUp { .. } => self.state.open(),
            Event::TakenOff { tenant, .. } => {
                let left = self.plan.lanes().filter(|lane| !self.off.contains(*lane)).count();
                self.listed() && self.plan.lanes().any(|lane| lane == tenant) && !self.off.contains(tenant) && left > 1
            }
            Event::OwnerTold { tenant, person, .. } => {
                let known = self.plan.lanes().any(|lane| lane == tenant) && !self.owners_told.contains_key(tenant);
                let owed = self.owner_to_tell().is_some() && known;
                let by_hand = self.state == State::Holding && self.held_from == Some(State::AwaitingApproval);
                owed && if person.is_some() { by_hand } else { self.state == State::AwaitingApproval }
            }
            Event::NoticeGiven { .. } => {
                let owed = self.notice().is_some() && self.notice_until.is_none() && self.owner_to_tell().is_none();
                owed && self.state == State::AwaitingApproval && self.card.is_some() && self.decision().ready()
            }
            Event::Started { .. } => {
                let told = self.notice().is_none() || self.notice_until.is_some_and(|until| until <= at);
                matches!(self.state, State::AwaitingApproval | State::Waiting)
                    && (self.card.is_some() || self.plan.policy.at_once)
                    && told
                    && self.decision().ready()
            }
            Event::StepStarted { step, .. } => {
                let again = self.state == State::Holding && step_is(*step, &[Running]);
                let begins = self.state == State::Running
                    && step_is(*step, &[Pending, Running, Failed])
                    && self.current_of(self.plan.lane(*step)) == Some(*step);
                again || begins
            }
            Event::StepDone { step, .. } => {
                matches!(self.state, State::Running | State::Holding) && step_is(*step, &[Running])
            }
            Event::StepFailed { step, .. } => match self.state {
                State::Running | State::Holding => step_is(*step, &[Running]),
                State::Unwinding => self.steps.get(*step).is_some_and(Progress::to_unwind),
                _ => false,
            },
            Event::Held { step, .. } => {
                let there = step.is_none_or(|step| step < self.steps.len());
                let states = [State::AwaitingApproval, State::Waiting, State::Running, State::Unwinding];
                there && states.contains(&self.state)
            }
            Event::TurnedBack { step, .. } => {
                self.state == State::Running && step_is(*step, &[Running]) && self.plan.purpose.unwinds()
            }
            // Which site the emergency is at is in the operation that took precedence.
            Event::Overruled { by, .. } => {
                *by != self.id
                    && (self.plan.sites.iter().any(|site| self.yields_at(&site.tenancy))
                        || self.plan.unfound().any(|subject| self.yields_at(&subject.tenancy)))
            }
            Event::Retried { .. } | Event::Abandoned { .. } => self.state == State::Holding && !self.busy(),
            Event::UnwindOrdered { .. } => self.state == State::Holding && !self.busy() && self.plan.purpose.unwinds(),
            Event::Skipped { step, .. } | Event::Forced { step, .. } => {
                self.state == State::Holding
                    && self.held_from == Some(State::Running)
                    && self.held_step == Some(*step)
                    && !self.busy()
            }
            Event::StepUndone { step, .. } => {
                self.state == State::Unwinding && self.steps.get(*step).is_some_and(Progress::to_unwind)
            }
            Event::Succeeded => self.state == State::Running && self.steps.iter().all(Progress::over),
            Event::Unwound => self.state == State::Unwinding && !self.steps.iter().any(Progress::to_unwind),
            Event::Validated { .. } => {
                self.state == State::Succeeded && self.validated_by.is_none() && self.plan.purpose.is_tried()
            }
            Event::Tried { tenancy, .. } => self.to_be_tried(tenancy),
            Event::Told { through } => *through > self.told && *through <= self.seq,
        }
    }

    fn take(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match recorded.event.clone() {
            Event::Filed { .. } | Event::CaughtUp { .. } => {}
            Event::CardPosted { card } => self.card = Some(card),
            Event::ThreadOpened { thread } => self.thread = Some(thread),
            Event::VoteCast { member } => {
                self.vote(member, at);
                self.judge(at);
            }
            Event::VoteWithdrawn { person } => {
                self.votes.retain(|vote| vote.member.person.id != person.id);
                self.judge(at);
            }
            Event::RolesRead { members } => {
                for member in &members {
                    self.read_again(member);
                }
                self.judge(at);
            }
            Event::TakenOff { tenant, person } => self.take_off(tenant, &person),
            Event::OwnerTold { tenant, note, person } => {
                self.owners_told.insert(tenant, note);
                if let Some(person) = person {
                    self.release(State::AwaitingApproval, person);
                }
            }
            Event::NoticeGiven { until, .. } => {
                self.notice_until = Some(until);
                self.delayed = None;
                self.judge(at);
            }
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
            Event::StepDone { step, effect, note, proofs } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Done;
                progress.effect = Some(effect);
                progress.ended = Some(at);
                progress.note = note;
                progress.proofs = proofs;
            }
            Event::StepFailed { step, error, retry_at } => self.step_failed(step, error, retry_at),
            Event::Held { step, diagnosis } => self.hold(step, diagnosis),
            Event::TurnedBack { step, diagnosis } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Failed;
                progress.note = diagnosis.first().cloned().unwrap_or_default();
                self.steps.iter_mut().for_each(Progress::count_anew);
                self.diagnosis = diagnosis;
                self.state = State::Unwinding;
            }
            Event::Overruled { by, person } => {
                let untouched = self.before_run() || self.revocable();
                self.end(if untouched { State::Cancelled } else { State::Abandoned }, Some(person));
                self.overruled_by = Some(by);
            }
            Event::Retried { person } => self.retry(person),
            Event::Skipped { step, person } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Skipped;
                progress.effect = Some(Effect::Done);
                progress.ended = Some(at);
                progress.note = format!("left out by {person}");
                self.release(State::Running, person);
            }
            Event::Forced { step, person } => {
                self.steps[step].forced = true;
                self.retry(person);
            }
            Event::UnwindOrdered { person } => {
                self.steps.iter_mut().for_each(Progress::count_anew);
                self.release(State::Unwinding, person);
            }
            Event::StepUndone { step, note, left } => {
                let progress = &mut self.steps[step];
                progress.state = StepState::Undone;
                progress.ended = Some(at);
                progress.note = note;
                progress.left = left;
            }
            Event::Succeeded => self.end(State::Succeeded, None),
            Event::Unwound => self.state = State::Unwound,
            Event::Abandoned { person } => self.end(State::Abandoned, Some(person)),
            Event::Validated { person } => self.validated_by = Some(person),
            Event::Tried { tenancy, .. } => drop(self.tried.insert(tenancy)),
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

    /// During the notice a vote may be lost: then it awaits approval again. When it is there again in time, the notice goes
    /// on; what comes after the time is too late, although nobody was there to say so.
    fn judge(&mut self, at: OffsetDateTime) {
        let ready = self.decision().ready();
        if self.state == State::Waiting && !ready {
            self.state = State::AwaitingApproval;
            self.awaiting_since = at;
            self.reminded = None;
            self.delayed = None;
        } else if self.state == State::AwaitingApproval
            && ready
            && self.notice_until.is_some()
            && at < self.expires_at()
        {
            self.state = State::Waiting;
        }
    }

    fn take_off(&mut self, tenant: TenantId, person: &Person) {
        for step in 0..self.steps.len() {
            if *self.plan.lane(step) == tenant {
                self.steps[step].state = StepState::Skipped;
                self.steps[step].note = format!("taken off the list by {person}");
            }
        }
        self.off.insert(tenant);
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

    /// What fails while it is undone is still to be undone.
    fn step_failed(&mut self, step: usize, error: String, retry_at: OffsetDateTime) {
        let progress = &mut self.steps[step];
        progress.retry_at = Some(retry_at);
        progress.note = error;
        if self.state == State::Unwinding {
            progress.tries += 1;
        } else {
            progress.state = StepState::Failed;
        }
    }

    fn hold(&mut self, step: Option<usize>, diagnosis: Vec<String>) {
        let running = self.steps.iter().position(|step| step.state == StepState::Running);
        self.held_step = if self.state == State::Running { step.or(running) } else { step };
        if let Some(progress) = self.held_step.and_then(|step| self.steps.get_mut(step)) {
            progress.note = diagnosis.first().cloned().unwrap_or_default();
            if progress.state == StepState::Running {
                progress.state = StepState::Failed;
            }
        }
        self.held_from = Some(self.state);
        self.diagnosis = diagnosis;
        self.state = State::Holding;
    }

    fn retry(&mut self, person: Person) {
        for progress in self.steps.iter_mut().filter(|step| step.state == StepState::Failed || step.retry_at.is_some())
        {
            progress.count_anew();
            progress.rounds += 1;
        }
        let before = self.held_from.unwrap_or(State::Running);
        self.release(before, person);
    }

    /// Ends the hold.
    fn release(&mut self, state: State, person: Person) {
        self.diagnosis.clear();
        self.held_step = None;
        self.held_from = None;
        self.decided_by = Some(person);
        self.state = state;
    }

    fn end(&mut self, state: State, person: Option<Person>) {
        self.diagnosis.clear();
        self.held_step = None;
        self.held_from = None;
        self.decided_by = person.or_else(|| self.decided_by.take());
        self.state = state;
    }
}
