//! What the bot is told before it starts.

pub mod environment;
pub mod secret;
