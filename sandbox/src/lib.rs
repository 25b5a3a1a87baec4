//! A local Discord server with its page, a simulated cloud and a local Alertmanager: what a newcomer tries and what tests drive.

pub mod alerts;
pub mod cloud;
pub mod discord;
mod outbox;
mod page;

pub use outbox::Outbox;
