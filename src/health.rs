//! Whether the bot can work: what `/readyz` answers.

use std::sync::atomic::{AtomicBool, Ordering};

/// What is known of the connections that the bot needs.
#[derive(Debug, Default)]
pub struct Health {
    registered: AtomicBool,
    connected: AtomicBool,
}

impl Health {
    /// Says whether the commands are registered.
    pub fn registered(&self, registered: bool) {
        self.registered.store(registered, Ordering::Relaxed);
    }

    /// Says whether the chat is connected.
    pub fn connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
    }

    /// Whether people can be heard and answered.
    pub fn ready(&self) -> bool {
        self.registered.load(Ordering::Relaxed) && self.connected.load(Ordering::Relaxed)
    }
}
