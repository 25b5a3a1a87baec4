//! The whole log, for `audit verify` and `audit export`.

use landlord_core::chain::{Broken, ChainedEvent, Head, Verifier, Witness};
use landlord_core::ports::StoreError;

use super::append::{HeadRow, read_head};
use super::database::{HEAD, failed, within};
use super::{SqlStore, anchors, events};

/// How many events are in memory at a time.
const PAGE: u32 = 500;

/// What a look at the whole log came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audit {
    /// Every event is the one that was written; the log has so many, and ends with this hash.
    Intact(Head),
    /// The first event at which it is not.
    Broken(Broken),
}

impl SqlStore {
    /// The events after a place in the whole log, in its order, at most `limit`: an export goes on after the last one's
    /// `position` until none come. [`StoreError::Corrupt`] where a row is no event.
    pub async fn events_after(&self, position: u64, limit: u32) -> Result<Vec<ChainedEvent>, StoreError> {
        let rows = within(events::after(&self.pool, position, limit)).await?;
        rows.into_iter().map(|row| row.map_err(|broken| StoreError::Corrupt(broken.to_string()))).collect()
    }

    /// Where the log ends.
    pub async fn head(&self) -> Result<Head, StoreError> {
        within(async { Ok(self.head_row().await?.head) }).await
    }

    /// Follows the chain through the whole log as it stands now, while others may write, and against the anchors that are kept.
    pub async fn verify(&self) -> Result<Audit, StoreError> {
        let witnesses = self.witnesses().await?;
        self.verify_against(witnesses).await
    }

    /// What the kept anchors know of the log.
    pub async fn witnesses(&self) -> Result<Vec<Witness>, StoreError> {
        Ok(within(anchors::all(&self.pool)).await?.iter().map(Witness::from).collect())
    }

    /// Follows the chain through the whole log as it stands now, while others may write, and against these witnesses.
    pub async fn verify_against(&self, witnesses: Vec<Witness>) -> Result<Audit, StoreError> {
        let begun =
            within(async { self.pool.begin_with(self.dialect.begin_reading()).await.map_err(|error| failed(&error)) });
        let mut transaction = begun.await?;
        let HeadRow { head, .. } = read_head(&mut *transaction, HEAD).await?;
        let mut verifier = Verifier::against(witnesses);
        let mut position = 0;
        loop {
            let rows = within(events::after(&mut *transaction, position, PAGE)).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let taken = row.and_then(|event| verifier.take(&event).map(|()| event.position));
                match taken {
                    Ok(at) => position = at,
                    Err(broken) => return Ok(Audit::Broken(broken)),
                }
            }
        }
        Ok(verifier.finish(&head).map_or_else(Audit::Broken, |_| Audit::Intact(head)))
    }
}
