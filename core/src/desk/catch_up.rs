//! After an outage: the open cards are read again, and each says what has become of its votes.

use time::OffsetDateTime;

use super::Desk;
use crate::card;
use crate::event::{Event, Recorded};
use crate::ledger::LedgerError;
use crate::operation::Operation;
use crate::plan::OperationId;
use crate::ports::{ChatError, OperationFilter, StoreError};
use crate::votes::{Difference, VotesError};

/// How many of the newest operations are looked at for an end that was not told.
const LATELY: u32 = 100;

/// A time in which the bot was not in the chat.
#[derive(Debug, Clone, Copy)]
struct Absence {
    /// Since when, as people are told; none where the bot was never in the chat before.
    since: Option<OffsetDateTime>,
    /// What the log has until then was written with the chat at hand, or by another process.
    known_until: OffsetDateTime,
    /// Until when.
    until: OffsetDateTime,
}

impl Desk {
    /// Reads the reactions of all open cards again, takes what was missed, says on each what has changed since the bot was
    /// last in the chat, and wakes every open operation and those whose end was not told.
    ///
    /// # Errors
    /// Only what the store refuses; a card that cannot be read is logged and read again the next time.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        let _turn = self.presence.turn.lock().await;
        let absence = self.absence().await?;
        let open = self.ledger.open().await?;
        let mut all = true;
        for id in &open {
            if let Err(error) = self.catch_up_on(id, &absence).await {
                tracing::warn!(operation = %id, %error, "an open card could not be read again");
                all &= !passing(&error);
            }
            self.runner.wake(id);
        }
        for id in self.ended_unshown().await? {
            self.runner.wake(&id);
        }
        // What could not be read is still missed: the absence is not over.
        self.presence.set(all.then_some(absence.until));
        if all {
            self.ledger.store().see(absence.until).await?;
        }
        Ok(open.len())
    }

    async fn absence(&self) -> Result<Absence, StoreError> {
        let until = self.clock.now();
        Ok(match self.presence.last() {
            Some(last) => Absence { since: Some(last), known_until: last, until },
            None => Absence { since: self.ledger.store().seen().await?, known_until: self.presence.began, until },
        })
    }

    /// Whoever reads the votes first, be it the engine: what is said goes by what the log had when the bot went away.
    async fn catch_up_on(&self, id: &OperationId, absence: &Absence) -> Result<(), VotesError> {
        let events = self.ledger.store().events(id, 0).await.map_err(LedgerError::from)?;
        self.votes.read_again(id).await?;
        let after = self.ledger.get(id).await?;
        let (known, later): (Vec<Recorded>, Vec<Recorded>) =
            events.into_iter().partition(|recorded| recorded.at <= absence.known_until);
        let said = later.iter().any(|recorded| matches!(recorded.event, Event::CaughtUp { .. }));
        // Where it was filed later nobody was missed.
        let Some(before) = Operation::fold(&known).ok().filter(|_| !said) else { return Ok(()) };
        let Some(difference) = Difference::between(&before, &after) else { return Ok(()) };
        let summary = card::away(absence.since, absence.until, &difference);
        self.ledger.record(id, |op| op.state.open().then_some(Event::CaughtUp { summary })).await?;
        Ok(())
    }

    /// The operations of late that ended, and whose end the chat has not been told: the bot went away in between.
    async fn ended_unshown(&self) -> Result<Vec<OperationId>, StoreError> {
        let lately = self.ledger.store().operations(&OperationFilter::default(), 0, LATELY).await?;
        let mut unshown = Vec::new();
        for id in lately.rows {
            match self.ledger.get(&id).await {
                Ok(operation) if operation.state.open() => {}
                Ok(operation) if operation.is_told() => self.ledger.release(&id),
                Ok(_) => unshown.push(id),
                Err(error) => tracing::warn!(operation = %id, %error, "an operation could not be read"),
            }
        }
        Ok(unshown)
    }
}

/// Whether what could not be read may be read by trying again.
fn passing(error: &VotesError) -> bool {
    match error {
        VotesError::Chat(error) => matches!(error, ChatError::Transient(_)),
        VotesError::Ledger(error) => {
            matches!(error, LedgerError::Store(StoreError::Unavailable(_) | StoreError::Conflict))
        }
    }
}
