//! The time the local Discord lives by: the machine's, or one that a test moves by hand, so that no test has to wait for
//! the three seconds of an interaction or the fifteen minutes of its token.

use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;

/// How time passes for the people on the page, where that is not as it passes for machines: whatever happened after `origin`
/// happened `factor` times as long after it. Only what the page shows follows it; limits and deadlines are machines' business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Until then both go together.
    pub origin: OffsetDateTime,
    /// How many seconds pass for people in one.
    pub factor: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { origin: OffsetDateTime::UNIX_EPOCH, factor: 1 }
    }
}

/// A source of time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// `None` is the machine's own clock.
    manual: Option<watch::Sender<OffsetDateTime>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is moved by [`Clock::advance`].
    pub fn manual() -> Self {
        Self { manual: Some(watch::Sender::new(OffsetDateTime::now_utc())) }
    }

    /// Moves a manual clock forward and wakes who waits for that moment. Does nothing to the machine's clock.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            manual.send_modify(|now| *now += by);
        }
    }

    /// The present moment, UTC.
    pub fn now(&self) -> OffsetDateTime {
        self.manual.as_ref().map_or_else(OffsetDateTime::now_utc, |manual| *manual.borrow())
    }

    /// Returns once this clock shows `moment` or later.
    pub async fn reaches(&self, moment: OffsetDateTime) {
        if let Some(manual) = &self.manual {
            // The sender lives in `self`, so the channel cannot close while we wait.
            let _ = manual.subscribe().wait_for(|now| *now >= moment).await;
        } else {
            let left = moment - OffsetDateTime::now_utc();
            tokio::time::sleep(left.try_into().unwrap_or(Duration::ZERO)).await;
        }
    }
}
