//! A local Discord server with its page, and a simulated cloud: what a newcomer tries and what tests drive.

pub mod cloud;
pub mod discord;
mod outbox;
mod page;

pub use outbox::Outbox;
