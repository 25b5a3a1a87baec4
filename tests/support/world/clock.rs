//! The bot's time in a story: the machine's, but hours pass when the story says so, and the bot's own waiting can be short.

use std::time::Duration;

use async_trait::async_trait;
use landlord_core::ports::Clock;
use time::OffsetDateTime;
use tokio::sync::watch;

/// The time that all bots of a story live by.
#[derive(Debug)]
pub(crate) struct StoryClock {
    ahead: watch::Sender<Duration>,
    haste: u32,
}

impl StoryClock {
    /// The machine's time, in which the bot's own waiting is `haste` times shorter.
    pub(crate) fn new(haste: u32) -> Self {
        Self { ahead: watch::Sender::new(Duration::ZERO), haste }
    }

    /// So much time passes at once.
    pub(crate) fn passes(&self, time: Duration) {
        self.ahead.send_modify(|ahead| *ahead += time);
    }
}

#[async_trait]
impl Clock for StoryClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + *self.ahead.borrow()
    }

    fn work(&self, real: Duration) -> Duration {
        real / self.haste
    }

    async fn sleep_until(&self, at: OffsetDateTime) {
        let mut ahead = self.ahead.subscribe();
        loop {
            ahead.borrow_and_update();
            let left = at - self.now();
            if !left.is_positive() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left.unsigned_abs()) => {}
                _ = ahead.changed() => {}
            }
        }
    }
}
