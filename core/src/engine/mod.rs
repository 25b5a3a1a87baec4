//! Moves an operation on: looks at its fold, does the next thing, appends what came of it.
//!
//! What is next is a pure function of the fold and the time ([`next`]), so a process that starts anew goes on where the log
//! ends. Nothing here is remembered between two calls. How a run begins is `start`'s.

mod start;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use crate::event::{Effect, Event};
use crate::ledger::{Ledger, LedgerError};
use crate::operation::{Operation, Progress, State};
use crate::plan::OperationId;
use crate::ports::{Chat, Clock, Cloud, Notifier};
use crate::steps::{self, Context, StepError};
use crate::tenant::Environment;

/// How often a step is tried before the operation holds.
pub const MAX_TRIES: u32 = 7;

/// The waits between the tries of a step; the last one goes on.
const BACKOFF: [Duration; 6] = [
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
    /// Do this step.
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
        State::AwaitingApproval if operation.card.is_none() => Next::At(operation.expires_at()),
        State::AwaitingApproval if operation.decision().ready() => Next::Start,
        State::AwaitingApproval if operation.reminded.is_some() => Next::At(operation.expires_at()),
        State::AwaitingApproval if now >= operation.remind_at() => Next::Remind,
        State::AwaitingApproval => Next::At(operation.remind_at().min(operation.expires_at())),
        State::Running => match operation.current_step() {
            None => Next::Succeed,
            Some(step) => match operation.steps[step].retry_at {
                Some(at) if at > now => Next::At(at),
                _ => Next::Do(step),
            },
        },
        State::Unwinding => operation.next_to_unwind().map_or(Next::FinishUnwinding, Next::Undo),
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
    /// The chat, for the roles that people hold now.
    pub chat: Arc<dyn Chat>,
    /// The way to tenants' owners.
    pub notifier: Arc<dyn Notifier>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The account that the configuration names for each environment: the seal.
    pub accounts: BTreeMap<Environment, String>,
}

impl Engine {
    /// Does what the operation needs until it needs a person or time; answers when it is due again.
    ///
    /// # Errors
    /// What the ledger refuses: the operation is due again when the store is.
    pub async fn advance(&self, id: &OperationId) -> Result<Option<OffsetDateTime>, LedgerError> {
        let mut operation = self.ledger.get(id).await?;
        loop {
            let now = self.clock.now();
            operation = match next(&operation, now) {
                Next::Nothing => return Ok(None),
                Next::At(at) => return Ok(Some(at)),
                Next::Expire => self.record(id, |_| Some(Event::Expired)).await?,
                Next::Remind => self.record(id, |op| Some(Event::Reminded { roles: op.decision().missing })).await?,
                Next::Start => match self.start(&operation).await? {
                    Turn::Goes(after) => *after,
                    Turn::Waits(until) => return Ok(Some(until)),
                },
                Next::Do(step) => self.run_step(&operation, step).await?,
                Next::Undo(step) => match self.undo_step(&operation, step).await? {
                    Turn::Goes(after) => *after,
                    Turn::Waits(until) => return Ok(Some(until)),
                },
                Next::Succeed => self.record(id, |_| Some(Event::Succeeded)).await?,
                Next::FinishUnwinding => self.record(id, |_| Some(Event::Unwound)).await?,
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

    async fn run_step(&self, operation: &Operation, place: usize) -> Result<Operation, LedgerError> {
        let id = &operation.id;
        let planned = &operation.plan.steps[place];
        let Some(step) = steps::named(&planned.step) else {
            let line =
                format!("This version knows no step \"{}\". Start the version that made the plan.", planned.step);
            return self.record(id, |_| Some(Event::Held { diagnosis: vec![line] })).await;
        };
        let cx = self.context(operation);
        let progress = &operation.steps[place];
        let limit = self.clock.work(step.deadline());
        let looked = match progress.existed {
            Some(existed) => Ok(existed),
            None => self.within(limit, step.look(cx)).await,
        };
        let existed = match looked {
            Ok(existed) => Some(existed),
            Err(error) => {
                let begun = self.record(id, |_| Some(Event::StepStarted { step: place, existed: None })).await?;
                return self.failed(&begun, place, &*step, error).await;
            }
        };
        let begun = self.record(id, |_| Some(Event::StepStarted { step: place, existed })).await?;
        match self.within(limit, step.run(self.context(&begun))).await {
            Ok(outcome) => {
                let effect = settle_effect(outcome.effect, &begun.steps[place]);
                self.record(id, |_| Some(Event::StepDone { step: place, effect, note: outcome.note })).await
            }
            Err(error) => self.failed(&begun, place, &*step, error).await,
        }
    }

    /// A failed attempt: tried again while it may help, else held with a diagnosis.
    async fn failed(
        &self,
        operation: &Operation,
        place: usize,
        step: &dyn steps::Step,
        error: StepError,
    ) -> Result<Operation, LedgerError> {
        let tries = operation.steps[place].tries;
        let event = match error {
            StepError::Transient(error) if tries < MAX_TRIES => {
                let wait = BACKOFF[(tries.saturating_sub(1) as usize).min(BACKOFF.len() - 1)];
                Event::StepFailed { step: place, error, retry_at: self.clock.now() + self.clock.work(wait) }
            }
            error => {
                let mut diagnosis = vec![format!("{}: {error}", operation.plan.steps[place].step)];
                diagnosis.extend(step.diagnose(self.context(operation)).await);
                Event::Held { diagnosis }
            }
        };
        self.record(&operation.id, |_| Some(event)).await
    }

    async fn undo_step(&self, operation: &Operation, place: usize) -> Result<Turn, LedgerError> {
        let name = &operation.plan.steps[place].step;
        let Some(step) = steps::named(name) else {
            let line = format!("This version knows no step \"{name}\". Start the version that made the plan.");
            return Ok(Turn::goes(self.record(&operation.id, |_| Some(Event::Held { diagnosis: vec![line] })).await?));
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.within(self.clock.work(step.deadline()), step.undo(self.context(operation))).await {
                Ok(note) => {
                    let event = Event::StepUndone { step: place, note };
                    return Ok(Turn::goes(self.record(&operation.id, |_| Some(event)).await?));
                }
                Err(error) => error,
            };
            if matches!(error, StepError::Permanent(_)) || tries >= MAX_TRIES {
                let mut diagnosis = vec![format!("{name} could not be undone: {error}")];
                diagnosis.extend(step.diagnose(self.context(operation)).await);
                return Ok(Turn::goes(self.record(&operation.id, |_| Some(Event::Held { diagnosis })).await?));
            }
            let wait = BACKOFF[(tries as usize - 1).min(BACKOFF.len() - 1)];
            self.clock.sleep_until(self.clock.now() + self.clock.work(wait)).await;
        }
    }

    fn context<'a>(&'a self, operation: &'a Operation) -> Context<'a> {
        Context { plan: &operation.plan, cloud: &*self.cloud, notifier: &*self.notifier, clock: &*self.clock }
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

/// What stands after a second attempt was made by the first, if nothing stood before it.
fn settle_effect(effect: Effect, progress: &Progress) -> Effect {
    match effect {
        Effect::Existed if progress.existed == Some(false) && progress.attempts > 1 => Effect::Created,
        other => other,
    }
}
