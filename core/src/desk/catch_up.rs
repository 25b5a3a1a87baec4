//! After an outage: the open cards are read again, and each says what has changed.

use std::iter::repeat_n;

use super::Desk;
use crate::engine::BACKOFF;
use crate::event::Event;
use crate::ledger::LedgerError;
use crate::plan::OperationId;
use crate::ports::{ChatError, OperationFilter, StoreError};
use crate::votes::VotesError;

/// How many of the newest operations are looked at for an end that was not told.
const LATELY: u32 = 100;

/// How often a card that cannot be read is tried again at the longest pause: five minutes in all. Every new connection reads
/// all cards from the beginning.
const AT_LAST: usize = 13;

impl Desk {
    /// Reads the reactions of all open cards again, takes what was missed, and wakes every open operation
    /// and those whose end was not told. A card that cannot be read now is tried again for a while: nobody tells a second time
    /// what was missed.
    ///
    /// # Errors
    /// Only what the store refuses; a card that cannot be read at all is logged and read again with the next connection.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        let open = self.ledger.open().await?;
        let mut unread = self.read_cards(&open).await;
        for id in self.ended_unshown().await? {
            self.runner.wake(&id);
        }
        for pause in BACKOFF.into_iter().chain(repeat_n(BACKOFF[BACKOFF.len() - 1], AT_LAST)) {
            if unread.is_empty() {
                break;
            }
            self.clock.sleep_until(self.clock.now() + self.clock.work(pause)).await;
            unread = self.read_cards(&unread).await;
        }
        Ok(open.len())
    }

    /// Reads these cards and wakes their operations; answers those that are worth another try.
    async fn read_cards(&self, ids: &[OperationId]) -> Vec<OperationId> {
        let mut unread = Vec::new();
        for id in ids {
            match self.votes.read_again(id).await {
                Ok(0) => {}
                Ok(changes) => self.say_what_changed(id, changes).await,
                Err(error) => {
                    tracing::warn!(operation = %id, %error, "an open card could not be read again");
                    if may_pass(&error) {
                        unread.push(id.clone());
                    }
                }
            }
            self.runner.wake(id);
        }
        unread
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

    async fn say_what_changed(&self, id: &OperationId, changes: usize) {
        let summary = match changes {
            1 => "The bot was away; the card was read again: 1 reaction had changed.".to_owned(),
            n => format!("The bot was away; the card was read again: {n} reactions had changed."),
        };
        let said = self.ledger.record(id, |op| op.state.open().then_some(Event::CaughtUp { summary })).await;
        if let Err(error) = said {
            tracing::warn!(operation = %id, %error, "what changed could not be written");
        }
    }
}

/// Whether a card may be read at another try.
fn may_pass(error: &VotesError) -> bool {
    match error {
        VotesError::Chat(error) => matches!(error, ChatError::Transient(_)),
        VotesError::Ledger(error) => {
            matches!(error, LedgerError::Store(StoreError::Unavailable(_) | StoreError::Conflict))
        }
    }
}
