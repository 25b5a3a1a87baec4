//! After an outage: the open cards are read again, and each says what has changed.

use super::Desk;
use crate::event::Event;
use crate::plan::OperationId;
use crate::ports::{OperationFilter, StoreError};

impl Desk {
    /// Reads the reactions of all open cards again, takes what was missed, and wakes every open operation.
    ///
    /// # Errors
    /// Only what the store refuses; a card that cannot be read is logged and read again the next time.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        let open = self.open_operations().await?;
        for id in &open {
            match self.votes.read_again(id).await {
                Ok(0) => {}
                Ok(changes) => self.say_what_changed(id, changes).await,
                Err(error) => tracing::warn!(operation = %id, %error, "an open card could not be read again"),
            }
            self.runner.wake(id);
        }
        Ok(open.len())
    }

    async fn open_operations(&self) -> Result<Vec<OperationId>, StoreError> {
        let filter = OperationFilter { open: true, ..OperationFilter::default() };
        let mut open = Vec::new();
        for page in 0.. {
            let listing = self.ledger.store().operations(&filter, page, 200).await?;
            let last = listing.rows.len() < 200;
            open.extend(listing.rows);
            if last {
                break;
            }
        }
        Ok(open)
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
