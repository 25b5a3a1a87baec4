//! After an outage: the open cards are read again, and each says what has changed.

use super::Desk;
use crate::event::Event;
use crate::plan::OperationId;
use crate::ports::{OperationFilter, StoreError};

/// How many of the newest operations are looked at for an end that was not told.
const LATELY: u32 = 100;

impl Desk {
    /// Reads the reactions of all open cards again, takes what was missed, and wakes every open operation
    /// and those whose end was not told.
    ///
    /// # Errors
    /// Only what the store refuses; a card that cannot be read is logged and read again the next time.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        let open = self.ledger.open().await?;
        for id in &open {
            match self.votes.read_again(id).await {
                Ok(0) => {}
                Ok(changes) => self.say_what_changed(id, changes).await,
                Err(error) => tracing::warn!(operation = %id, %error, "an open card could not be read again"),
            }
            self.runner.wake(id);
        }
        for id in self.ended_unshown().await? {
            self.runner.wake(&id);
        }
        Ok(open.len())
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
