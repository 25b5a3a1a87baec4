//! Whether the bot can work: what `/readyz` answers.

use std::sync::atomic::{AtomicBool, Ordering};

/// What is known of the connections that the bot needs.
#[derive(Debug, Default)]
pub struct Health {
    connected: AtomicBool,
}

impl Health {
    /// Says whether the chat is connected.
    pub fn connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
    }

    /// Whether people can be heard and answered.
    pub fn ready(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }
}
