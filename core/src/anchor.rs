//! Anchors the log outside its database: once a day, its head is posted to the chat.
//!
//! Who can write to the database can write another log with right hashes all through. What was posted is not theirs to change: a
//! log in which the posted event has another hash, or is missing, is not the log that was. Not here: following the
//! [chain](crate::chain), and what events mean.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::{Date, OffsetDateTime, UtcOffset};

use crate::card;
use crate::chain::{Anchor, Head};
use crate::ports::{Chat, ChatError, Clock, Message, Store, StoreError};

/// How long after midnight a day is over: what was begun before it is written by then.
const MARGIN: time::Duration = time::Duration::MINUTE;

/// How soon a failed post is tried again; twice as long each time.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);
/// Well within the time for which the chat remembers a nonce: a post whose answer was lost is not posted twice.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// Why the head of the log is not posted yet. The next try goes on where this one ended.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The log cannot be read, or what was posted cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chat does not take it.
    #[error(transparent)]
    Chat(#[from] ChatError),
}

/// Posts the log's head of each day (UTC) once the day is over. A day without events posts nothing: the head posted before it
/// is its own. Of the days that went by while no bot ran, the last stands for all.
#[derive(Debug)]
pub struct Anchoring {
    store: Arc<dyn Store>,
    chat: Arc<dyn Chat>,
    clock: Arc<dyn Clock>,
    channel: String,
    /// What stands in the chat and is not in the store yet.
    posted: Mutex<Option<Anchor>>,
}

impl Anchoring {
    /// What posts to this channel.
    pub fn new(store: Arc<dyn Store>, chat: Arc<dyn Chat>, clock: Arc<dyn Clock>, channel: impl Into<String>) -> Self {
        Self { store, chat, clock, channel: channel.into(), posted: Mutex::default() }
    }

    /// What is to be posted now: the head of the day before, unless it or a head with the same event was posted already.
    ///
    /// # Errors
    /// The store's.
    pub async fn due(&self) -> Result<Option<Anchor>, StoreError> {
        let Some(day) = last_day(self.clock.now()) else { return Ok(None) };
        let last = self.store.last_anchor().await?;
        if last.as_ref().is_some_and(|last| last.day >= day) {
            return Ok(None);
        }
        let Some(Head { position, hash, .. }) = self.store.head_of(day).await? else { return Ok(None) };
        let known = last.is_some_and(|last| (last.position, &last.hash) == (position, &hash));
        Ok((!known).then_some(Anchor { day, position, hash }))
    }

    /// Posts what is due, and keeps that it was posted; answers it. Recorded only after the chat has answered: a process that
    /// ends between the two is followed by one that posts the same line again, under the same nonce.
    ///
    /// # Errors
    /// [`AnchorError`]: the same call may succeed later.
    pub async fn post(&self) -> Result<Option<Anchor>, AnchorError> {
        let Some(anchor) = self.due().await? else { return Ok(None) };
        if self.posted().as_ref() != Some(&anchor) {
            let nonce = format!("anchor-{}", anchor.day);
            self.chat.say(&self.channel, &Message::text(card::anchor(&anchor)), &nonce).await?;
            *self.posted() = Some(anchor.clone());
        }
        self.store.add_anchor(&anchor).await?;
        Ok(Some(anchor))
    }

    /// Posts the head of each day, for as long as it is let: it never ends by itself. While store or chat fail it tries again,
    /// less and less often.
    pub async fn run(&self) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let next = match self.post().await {
                Ok(_) => {
                    pause = SHORTEST_PAUSE;
                    next_end(self.clock.now())
                }
                Err(error) => {
                    tracing::warn!(%error, "the head of the log is not posted; tried again");
                    let soon = self.clock.now() + self.clock.work(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    soon
                }
            };
            self.clock.sleep_until(next).await;
        }
    }

    fn posted(&self) -> MutexGuard<'_, Option<Anchor>> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last day (UTC) that is over; none on the first of all days.
fn last_day(now: OffsetDateTime) -> Option<Date> {
    (now - MARGIN).to_offset(UtcOffset::UTC).date().previous_day()
}

/// When the day (UTC) that is not over yet will be.
fn next_end(now: OffsetDateTime) -> OffsetDateTime {
    let midnight = (now - MARGIN).to_offset(UtcOffset::UTC).replace_time(time::Time::MIDNIGHT);
    midnight + time::Duration::DAY + MARGIN
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn a_day_is_over_a_minute_after_midnight_in_utc() {
        let cases = [
            (datetime!(2026-03-02 00:00:59.9 UTC), date!(2026 - 02 - 28), datetime!(2026-03-02 00:01 UTC)),
            (datetime!(2026-03-02 00:01 UTC), date!(2026 - 03 - 01), datetime!(2026-03-03 00:01 UTC)),
            (datetime!(2026-03-02 23:59 UTC), date!(2026 - 03 - 01), datetime!(2026-03-03 00:01 UTC)),
            (datetime!(2026-03-02 01:30 +2), date!(2026 - 02 - 28), datetime!(2026-03-02 00:01 UTC)),
        ];
        for (now, day, end) in cases {
            assert_eq!((last_day(now), next_end(now)), (Some(day), end), "{now}");
        }
    }
}
