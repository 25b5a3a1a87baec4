//! Moves an operation on: looks at its fold, does the next thing, appends what came of it.
//!
//! What is next is a pure function of the fold and the time ([`next`]), so a process that starts anew goes on where the log
//! ends. Nothing here is remembered between two calls. How a run begins is `start`'s.

mod brake;
mod owned;
mod planned;
mod queue;
mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use time::OffsetDateTime;

use crate::event::{Effect, Event};
use crate::ledger::{Ledger, LedgerError};
use crate::operation::{Operation, Progress, State, StepState};
use crate::plan::OperationId;
use crate::ports::{Chat, Clock, Cloud, Notifier, Workload};
use crate::steps::{self, Context, StepError};
use crate::tenant::Environment;

pub use brake::Brake;
pub use queue::{due_since, oldest_due};

/// How often a step is tried before the operation holds.
pub const MAX_TRIES: u32 = 7;

/// What follows on what to do about a session.
const NO_SESSION: &str =
    "Nothing else is wrong as far as can be seen. When that is mended, press Retry: it goes on where it stands.";

/// The waits between the tries of what may pass; of a step's, the last one goes on.
pub(crate) const BACKOFF: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
];

/// What an operation needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A person, or its card: nothing to do until another event comes.
    Nothing,
    /// Nothing before that time.
    At(OffsetDateTime),
    /// The approvals did not come.
    Expire,
    /// The missing roles have to be reminded.
    Remind,
    /// The votes suffice: read the roles again, check the seal, start.
    Start,
    /// Do this step, and those of other lanes that are due as well.
    Do(usize),
    /// Undo this step.
    Undo(usize),
    /// All steps are done.
    Succeed,
    /// All that was created is removed.
    FinishUnwinding,
}

/// What the operation needs at a time.
pub fn next(operation: &Operation, now: OffsetDateTime) -> Next {
    match operation.state {
        State::AwaitingApproval if now >= operation.expires_at() => Next::Expire,
        // Votes count only on a plan that people can see.
        State::AwaitingApproval if operation.card.is_none() && !operation.plan.policy.at_once => {
            Next::At(operation.expires_at())
        }
        State::AwaitingApproval if operation.decision().ready() => Next::Start,
        State::AwaitingApproval if operation.reminded.is_some() => Next::At(operation.expires_at()),
        State::AwaitingApproval if now >= operation.remind_at() => Next::Remind,
        State::AwaitingApproval => Next::At(operation.remind_at().min(operation.expires_at())),
        // The notice is over: everything that was certain before it is looked at again.
        State::Waiting => match operation.notice_until {
            Some(until) if until > now => Next::At(until),
            _ => Next::Start,
        },
        State::Running | State::Holding => match (operation.due(now).first(), operation.due_at()) {
            (Some(step), _) => Next::Do(*step),
            (None, Some(at)) => Next::At(at),
            (None, None) if operation.state == State::Running => Next::Succeed,
            (None, None) => Next::Nothing,
        },
        State::Unwinding => match operation.next_to_unwind() {
            None => Next::FinishUnwinding,
            Some(step) => match operation.steps[step].retry_at {
                Some(at) if at > now => Next::At(at),
                _ => Next::Undo(step),
            },
        },
        _ => Next::Nothing,
    }
}

/// Moves operations on.
#[derive(Debug)]
pub struct Engine {
    /// The log.
    pub ledger: Arc<Ledger>,
    /// The cloud.
    pub cloud: Arc<dyn Cloud>,
    /// The tenants' services at work.
    pub workload: Arc<dyn Workload>,
    /// The chat, for the roles that people hold now.
    pub chat: Arc<dyn Chat>,
    /// The way to tenants' owners.
    pub notifier: Arc<dyn Notifier>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The account that the configuration names for each environment: the seal.
    pub accounts: BTreeMap<Environment, String>,
    /// What keeps new work from beginning when the process is to end.
    pub brake: Brake,
}

impl Engine {
    /// Does what the operation needs until it needs a person or time; answers when it is due again.
    ///
    /// # Errors
    /// What the ledger refuses: the operation is due again when the store is.
    pub async fn advance(&self, id: &OperationId) -> Result<Option<OffsetDateTime>, LedgerError> {
        let mut operation = self.ledger.get(id).await?;
        loop {
            if self.brake.is_on() {
                return Ok(None);
            }
            let now = self.clock.now();
            operation = match next(&operation, now) {
                Next::Nothing => return Ok(None),
                Next::At(at) => return Ok(Some(at)),
                needs @ (Next::Expire | Next::Remind | Next::Succeed | Next::FinishUnwinding) => {
                    // In the meantime a person may have decided, or an emergency have taken precedence.
                    self.record(id, |op| (next(op, now) == needs).then(|| turn(op, needs)).flatten()).await?
                }
                Next::Start => match self.start(&operation).await? {
                    Turn::Goes(after) => *after,
                    Turn::Waits(until) => return Ok(Some(until)),
                },
                Next::Do(_) => self.work(operation).await?,
                Next::Undo(step) => self.undo_step(&operation, step).await?,
            };
        }
    }

    /// Appends the event if the operation still needs what it needed when that was decided.
    async fn record<F>(&self, id: &OperationId, event: F) -> Result<Operation, LedgerError>
    where
        F: FnOnce(&Operation) -> Option<Event> + Send,
    {
        self.ledger.record(id, event).await
    }

    /// Does the steps that are due, those of several lanes side by side, until none is. What fails to be written ends it at
    /// once: that is as if the process had ended there.
    async fn work(&self, mut operation: Operation) -> Result<Operation, LedgerError> {
        let mut under_way = FuturesUnordered::new();
        let mut places = BTreeSet::new();
        loop {
            for place in operation.due(self.clock.now()) {
                if !self.brake.is_on() && places.insert(place) {
                    let seen = operation.clone();
                    under_way.push(async move { (place, self.run_step(&seen, place).await) });
                }
            }
            let Some((place, outcome)) = under_way.next().await else { return Ok(operation) };
            places.remove(&place);
            // As the step left it, and not read again: while this waited for the ledger's turn, nobody would go on with a step
            // beside it whose turn it is.
            operation = outcome?;
            if under_way.is_empty() {
                return Ok(operation);
            }
        }
    }

    async fn run_step(&self, operation: &Operation, place: usize) -> Result<Operation, LedgerError> {
        let id = &operation.id;
        let planned = &operation.plan.steps[place];
        let Some(step) = steps::named(&planned.step) else {
            return self.unknown_step(operation, place).await;
        };
        let progress = &operation.steps[place];
        let limit = self.clock.work(step.deadline());
        let looked = match progress.existed {
            Some(existed) => Ok(existed),
            None => self.within(limit, step.look(self.context(operation, place))).await,
        };
        let (existed, trouble) = match looked {
            Ok(existed) => (Some(existed), self.owned_by_now(operation, place).await.err()),
            Err(error) => (None, Some(error)),
        };
        // Between the look and now it may have been taken back, or another lane may have come to a hold.
        let begins =
            |op: &Operation| op.going().contains(&place).then_some(Event::StepStarted { step: place, existed });
        let begun = self.record(id, begins).await?;
        if !begun.going().contains(&place) || begun.steps[place].state != StepState::Running {
            return Ok(begun);
        }
        if let Some(error) = trouble {
            return self.failed(&begun, place, &*step, error).await;
        }
        let running = self.within(limit, step.run(self.context(&begun, place)));
        let ran = tokio::select! {
            biased;
            ran = running => ran,
            // As if the process had ended there: only a call that has left already can still arrive.
            () = self.ledger.overruled(id) => return self.ledger.get(id).await,
        };
        match ran {
            Ok(outcome) => {
                let effect = settle_effect(outcome.effect, &begun.steps[place]);
                let done = Event::StepDone { step: place, effect, note: outcome.note, proofs: outcome.proofs };
                self.record(id, |op| under_way(op, place).then_some(done)).await
            }
            Err(error) => self.failed(&begun, place, &*step, error).await,
        }
    }

    /// A failed attempt: tried again while it may help, else held with a diagnosis. While another lane holds already, it
    /// waits for what is decided about that.
    async fn failed(
        &self,
        operation: &Operation,
        place: usize,
        step: &dyn steps::Step,
        error: StepError,
    ) -> Result<Operation, LedgerError> {
        let tries = operation.steps[place].tries;
        let failed = |error: String, wait: Duration| Event::StepFailed {
            step: place,
            error,
            retry_at: self.clock.now() + self.clock.work(wait),
        };
        let event = match &error {
            StepError::Transient(error) if tries < MAX_TRIES => failed(error.clone(), backoff(tries)),
            error => {
                let first = format!("{}: {error}", named_at(operation, place));
                let diagnosis = self.diagnosis(operation, place, step, first, error).await;
                match error {
                    StepError::Revert(_) => Event::TurnedBack { step: place, diagnosis },
                    _ => Event::Held { step: Some(place), diagnosis },
                }
            }
        };
        let event = |op: &Operation| match (op.state, &event) {
            (State::Holding, Event::Held { .. }) => Some(failed(error.to_string(), Duration::ZERO)),
            _ => Some(event),
        };
        self.record(&operation.id, |op| under_way(op, place).then(|| event(op)).flatten()).await
    }

    /// Why it holds: the error, and what the step knows about it. Without a session nobody knows more, and the error says what to
    /// do.
    async fn diagnosis(
        &self,
        operation: &Operation,
        place: usize,
        step: &dyn steps::Step,
        first: String,
        error: &StepError,
    ) -> Vec<String> {
        let mut lines = vec![first];
        match error {
            StepError::NoSession(_) => lines.push(NO_SESSION.to_owned()),
            _ => lines.extend(step.diagnose(self.context(operation, place)).await),
        }
        lines
    }

    async fn unknown_step(&self, operation: &Operation, place: usize) -> Result<Operation, LedgerError> {
        let name = &operation.plan.steps[place].step;
        let line = format!("This version knows no step \"{name}\". Start the version that made the plan.");
        let held = Event::Held { step: Some(place), diagnosis: vec![line] };
        let holds = |op: &Operation| matches!(op.state, State::Running | State::Unwinding).then_some(held);
        self.record(&operation.id, holds).await
    }

    async fn undo_step(&self, operation: &Operation, place: usize) -> Result<Operation, LedgerError> {
        let Some(step) = steps::named(&operation.plan.steps[place].step) else {
            return self.unknown_step(operation, place).await;
        };
        let undoing = self.within(self.clock.work(step.deadline()), step.undo(self.context(operation, place)));
        let undone = tokio::select! {
            biased;
            undone = undoing => undone,
            () = self.ledger.overruled(&operation.id) => return self.ledger.get(&operation.id).await,
        };
        // The tries of undoing are counted from the order to unwind.
        let tries = operation.steps[place].tries + 1;
        let event = match undone {
            Ok(steps::Undone { note, left }) => Event::StepUndone { step: place, note, left },
            Err(StepError::Transient(error)) if tries < MAX_TRIES => {
                let retry_at = self.clock.now() + self.clock.work(backoff(tries));
                Event::StepFailed { step: place, error, retry_at }
            }
            Err(error) => {
                let first = format!("{} could not be undone: {error}", operation.plan.steps[place].step);
                let diagnosis = self.diagnosis(operation, place, &*step, first, &error).await;
                Event::Held { step: Some(place), diagnosis }
            }
        };
        let undoes = |op: &Operation| op.state == State::Unwinding && op.steps[place].to_unwind();
        self.record(&operation.id, |op| undoes(op).then_some(event)).await
    }

    fn context<'a>(&'a self, operation: &'a Operation, place: usize) -> Context<'a> {
        let plan = &operation.plan;
        let site = plan.site_of(place);
        let here =
            plan.steps.iter().zip(&operation.steps).filter(|(planned, _)| planned.site == plan.steps[place].site);
        Context {
            plan,
            site,
            details: plan.details_of(&site.tenancy.tenant),
            round: operation.steps[place].rounds,
            again: operation.steps[place].attempts > 1,
            forced: here.into_iter().any(|(_, progress)| progress.forced),
            cloud: &*self.cloud,
            workload: &*self.workload,
            notifier: &*self.notifier,
            clock: &*self.clock,
        }
    }

    /// Ends an attempt that takes too long.
    async fn within<T>(
        &self,
        limit: Duration,
        attempt: impl Future<Output = Result<T, StepError>>,
    ) -> Result<T, StepError> {
        tokio::select! {
            biased;
            outcome = attempt => outcome,
            () = self.clock.sleep_until(self.clock.now() + limit) => {
                Err(StepError::Transient("no answer before the deadline".into()))
            }
        }
    }
}

/// The event by which the log says what the operation needs, where that is all that is to be done.
fn turn(operation: &Operation, needs: Next) -> Option<Event> {
    match needs {
        Next::Expire => Some(Event::Expired),
        Next::Remind => Some(Event::Reminded { roles: operation.decision().missing }),
        Next::Succeed => Some(Event::Succeeded),
        Next::FinishUnwinding => Some(Event::Unwound),
        _ => None,
    }
}

/// What became of a turn.
enum Turn {
    Goes(Box<Operation>),
    Waits(OffsetDateTime),
}

impl Turn {
    fn goes(operation: Operation) -> Self {
        Self::Goes(Box::new(operation))
    }
}

/// The wait after a number of tries.
fn backoff(tries: u32) -> Duration {
    BACKOFF[(tries.saturating_sub(1) as usize).min(BACKOFF.len() - 1)]
}

/// Whether the step is under way in the fold.
fn under_way(operation: &Operation, place: usize) -> bool {
    operation.steps[place].state == StepState::Running && matches!(operation.state, State::Running | State::Holding)
}

/// A step's name, with its tenant and environment where the plan has several sites.
fn named_at(operation: &Operation, place: usize) -> String {
    let plan = &operation.plan;
    let step = &plan.steps[place].step;
    if plan.sites.len() == 1 { step.clone() } else { format!("{step} ({})", plan.site_of(place).tenancy) }
}

/// What stands after a second attempt was made by the first, if nothing stood before it.
fn settle_effect(effect: Effect, progress: &Progress) -> Effect {
    match effect {
        Effect::Existed if progress.existed == Some(false) && progress.attempts > 1 => Effect::Created,
        other => other,
    }
}
