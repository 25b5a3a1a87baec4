//! The time: the machine's own, or one in which people's waiting passes faster.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use landlord_core::ports::Clock;
use time::OffsetDateTime;

/// A clock that goes `scale` times as fast as the machine's from the moment it is made. Work is not hurried: see
/// [`Clock::work`].
#[derive(Debug)]
pub struct ScaledClock {
    start: OffsetDateTime,
    since: Instant,
    scale: u32,
}

impl ScaledClock {
    /// The machine's time for a scale of 1.
    pub fn new(scale: u32) -> Self {
        Self { start: OffsetDateTime::now_utc(), since: Instant::now(), scale: scale.max(1) }
    }

    /// When it was made: until then it went with the machine's.
    pub fn start(&self) -> OffsetDateTime {
        self.start
    }

    /// How many seconds pass in one of the machine's.
    pub fn scale(&self) -> u32 {
        self.scale
    }
}

#[async_trait]
impl Clock for ScaledClock {
    fn now(&self) -> OffsetDateTime {
        if self.scale == 1 {
            return OffsetDateTime::now_utc();
        }
        self.start + self.since.elapsed() * self.scale
    }

    fn work(&self, real: Duration) -> Duration {
        real * self.scale
    }

    /// Sleeps by pieces, so that a machine that was suspended or whose clock was set does not oversleep.
    async fn sleep_until(&self, at: OffsetDateTime) {
        const PIECE: Duration = Duration::from_secs(30);
        loop {
            let left = at - self.now();
            if !left.is_positive() {
                return;
            }
            tokio::time::sleep((left.unsigned_abs() / self.scale).min(PIECE)).await;
        }
    }
}
