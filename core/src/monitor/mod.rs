//! Monitors (RB-001 section 7): the bot looks by itself, by a calendar, and says where something is to be done.
//!
//! When a job is due is the calendar's alone to say, by when it ran last, which the store keeps: so whoever begins does once what was
//! missed, and nobody does twice what is done. What is wrong now becomes an alert, and what an alert leads to is not in here; nor is
//! how a number is read, which is the port's.

mod calendar;
mod cron;
mod gauged;
mod tally;
mod weekly;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::card;
use crate::desk::{Desk, Refusal};
use crate::incident::BookError;
use crate::ledger::LedgerError;
use crate::ports::{ChatError, Gauges, Message, Store, StoreError};
use crate::tenant::Environment;

pub use calendar::{Calendar, Due, Job, Look, Threshold, due};
pub use cron::Cron;
use tally::{Outcome, Tally};

/// How soon it is tried again after the store or the chat failed: well within the time for which the chat remembers a nonce, so
/// that a post whose answer was lost is not posted twice.
const AGAIN: Duration = Duration::from_mins(2);
/// How often at most it is said that something cannot be seen, by job.
const TROUBLE: time::Duration = time::Duration::DAY;
/// Under which name it is kept when it was last said that all of it ran.
pub(crate) const REPORT: &str = "report";

/// What is looked at in an environment; what is none is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// The name of the function that provisions.
    pub provisioning_function: Option<String>,
    /// The name of the queue of messages that could not be worked on.
    pub dead_letter_queue: Option<String>,
}

/// Why a job is not done yet. The same may succeed later.
#[derive(Debug, thiserror::Error)]
enum Halt {
    /// The store failed, or another process has taken over.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An operation cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An alert could not be written.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The chat does not take it.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// The desk cannot say.
    #[error(transparent)]
    Desk(#[from] Refusal),
}

/// The monitors of one process.
#[derive(Debug)]
pub struct Monitors {
    desk: Arc<Desk>,
    gauges: Arc<dyn Gauges>,
    watch: BTreeMap<Environment, Watch>,
    channel: String,
    tally: Mutex<Tally>,
}

impl Monitors {
    /// Monitors by the desk's calendar, which post into `channel` what is to be done. Alerts are the desk's.
    pub fn new(
        desk: Arc<Desk>,
        gauges: Arc<dyn Gauges>,
        watch: BTreeMap<Environment, Watch>,
        channel: impl Into<String>,
    ) -> Self {
        let tally = Mutex::new(Tally::since(desk.clock.now()));
        Self { desk, gauges, watch, channel: channel.into(), tally }
    }

    /// Does what is due, and answers when something is due again; none where there is nothing to do ever. What could not be done
    /// is due again soon. Only for the process that holds the log: another's writes are refused, and then it does nothing.
    pub async fn run_due(&self) -> Option<OffsetDateTime> {
        let calendar = self.desk.catalogue.monitors();
        let mut next = Vec::new();
        // What looks at nothing is never due; the report says that it looks at nothing.
        for (place, job) in calendar.jobs.iter().enumerate().filter(|(_, job)| self.idle(&job.look).is_none()) {
            let done = self.attend(&job.name, &job.cron, |at, ran| self.job(place, job, at, ran)).await;
            next.extend(self.again(&job.name, done));
        }
        // Last, so that what was just done is in it.
        if let Some(cron) = &calendar.report {
            let done = self.attend(REPORT, cron, |at, _| self.report(at)).await;
            next.extend(self.again(REPORT, done));
        }
        next.into_iter().min()
    }

    fn again(&self, name: &str, done: Result<Option<OffsetDateTime>, Halt>) -> Option<OffsetDateTime> {
        done.unwrap_or_else(|error| {
            tracing::warn!(monitor = name, %error, "the monitor {name} is not done; tried again");
            Some(self.desk.clock.now() + self.desk.clock.work(AGAIN))
        })
    }

    /// Does a job where it is due; answers when it is due again.
    async fn attend<F>(
        &self,
        name: &str,
        cron: &Cron,
        work: impl FnOnce(OffsetDateTime, OffsetDateTime) -> F,
    ) -> Result<Option<OffsetDateTime>, Halt>
    where
        F: Future<Output = Result<(), Halt>>,
    {
        let (store, now) = (self.store(), self.desk.clock.now());
        let done = format!("monitor {name}");
        let ran = store.ran(&done).await?;
        match (due(cron, ran, now), ran) {
            (Due::Later(next), _) => Ok(next),
            (Due::Now(at), Some(ran)) => {
                // Whoever has been taken over learns it here, before anything is done.
                store.keep_ran(&format!("{done} begun"), at).await?;
                work(at, ran).await?;
                store.keep_ran(&done, at).await?;
                Ok(cron.next(self.desk.clock.now().max(at)))
            }
            (Due::Unknown, _) | (Due::Now(_), None) => {
                store.keep_ran(&done, now).await?;
                Ok(cron.next(now))
            }
        }
    }

    async fn job(&self, place: usize, job: &Job, at: OffsetDateTime, ran: OffsetDateTime) -> Result<(), Halt> {
        let outcome = match &job.look {
            Look::LambdaErrors(threshold) => self.lambda_errors(job, *threshold, at).await?,
            Look::QueueDepth(threshold) => self.queue_depth(job, *threshold, at).await?,
            Look::FailedProvisionings => self.failed_provisionings(job, at, ran).await?,
            Look::AuditAll => self.audit_all(job).await?,
        };
        let stamp = at.unix_timestamp();
        if let Some(message) = &outcome.post {
            self.say(message, &format!("monitor-{place}-{stamp}")).await?;
        }
        if !outcome.trouble.is_empty() {
            tracing::warn!(
                monitor = job.name,
                trouble = outcome.trouble.join("; "),
                "a monitor could not see everything"
            );
            self.complain(job, &outcome.trouble, &format!("trouble-{place}-{stamp}")).await?;
        }
        self.tally().count(&job.name, &outcome);
        Ok(())
    }

    /// Says what could not be seen, unless that was said within a day: it is no sign that all is well.
    async fn complain(&self, job: &Job, trouble: &[String], nonce: &str) -> Result<(), Halt> {
        let (name, now) = (format!("monitor {} trouble", job.name), self.desk.clock.now());
        let said = self.store().ran(&name).await?;
        if said.is_some_and(|said| said <= now && now - said < TROUBLE) {
            return Ok(());
        }
        self.say(&card::monitor_trouble(&job.title, trouble), nonce).await?;
        Ok(self.store().keep_ran(&name, now).await?)
    }

    /// Says that all of it ran, how often, and what came of it.
    async fn report(&self, at: OffsetDateTime) -> Result<(), Halt> {
        let now = self.desk.clock.now();
        let (since, counts) = {
            let tally = self.tally();
            let counts = self.desk.catalogue.monitors().jobs.iter().map(|job| {
                let count = card::Count { idle: self.idle(&job.look), ..tally.of(&job.name) };
                (job.title.clone(), count)
            });
            (tally.since, counts.collect::<Vec<_>>())
        };
        self.say(&card::monitor_report(since, &counts), &format!("monitors-{}", at.unix_timestamp())).await?;
        *self.tally() = Tally::since(now);
        Ok(())
    }

    /// Posts into the channel. What the chat never takes is not tried for ever.
    async fn say(&self, message: &Message, nonce: &str) -> Result<(), ChatError> {
        match self.desk.chat.say(&self.channel, message, nonce).await {
            Err(ChatError::Permanent(why)) => {
                tracing::error!(why, "the chat does not take what a monitor says: {}", message.text);
                Ok(())
            }
            said => said,
        }
    }

    fn store(&self) -> &dyn Store {
        self.desk.ledger.store()
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be handed to another thread, as a program does with it.
    fn sent<T: Send>(_: impl Fn(&'static Monitors) -> T) -> bool {
        std::mem::size_of::<T>() > 0
    }

    #[test]
    fn the_work_can_go_on_in_any_thread() {
        assert!(sent(Monitors::run_due));
    }
}
