//! The adapters of landlord: one room per outside system, and the wiring. The domain is `landlord-core`; nothing here
//! decides what may run.

pub mod app;
pub mod clock;
pub mod config;
pub mod discord;
pub mod health;
pub mod http;
pub mod runner;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod store;
