//! Whether the bot is in the chat, and since when it was not. It knows nothing of the gateway: the adapter says that the
//! connection stands, and what people say proves it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::Mutex as AsyncMutex;

use super::Desk;
use crate::ports::StoreError;

/// How long after it was last in the chat the bot counts as away, although nothing says so: its machine slept, or stood still.
const PATIENCE: Duration = Duration::from_secs(30);

/// When this process was last in the chat.
#[derive(Debug)]
pub struct Presence {
    /// When the process began: what the log has from before is another's.
    pub(super) began: OffsetDateTime,
    /// None until it has caught up for the first time, and after it could not read all that it had to.
    last: Mutex<Option<OffsetDateTime>>,
    /// Whose turn it is to catch up: one after the other.
    pub(super) turn: AsyncMutex<()>,
}

impl Presence {
    /// Of a process that begins, or takes over, at that time.
    pub fn new(began: OffsetDateTime) -> Self {
        Self { began, last: Mutex::default(), turn: AsyncMutex::default() }
    }

    pub(super) fn last(&self) -> Option<OffsetDateTime> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, last: Option<OffsetDateTime>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }

    /// The bot is in the chat now, unless it has been away and has not caught up yet. Answers whether it is.
    fn goes_on(&self, now: OffsetDateTime, patience: Duration) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let there = last.is_some_and(|last| now - last <= patience);
        if there {
            *last = last.map(|last| last.max(now));
        }
        there
    }
}

impl Desk {
    /// The gateway is connected now. To be called every few seconds while it is, and not while it is not: the store keeps it,
    /// so that the next process, or this one, knows since when the bot was away.
    ///
    /// Where it was away and has not caught up since ([`Desk::catch_up`] failed, or the process stood still), it catches up.
    ///
    /// # Errors
    /// What the store refuses: the next call tries again.
    pub async fn connected(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        if self.is_there() {
            return self.ledger.store().see(now).await;
        }
        self.catch_up().await.map(|_| ())
    }

    /// Something is heard from the chat: the bot is there, unless it has been away and has not caught up yet. Answers whether it
    /// is.
    pub(super) fn is_there(&self) -> bool {
        self.presence.goes_on(self.clock.now(), self.clock.work(PATIENCE))
    }
}
