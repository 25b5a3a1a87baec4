//! The adapters of landlord: one room per outside system, and the wiring. The domain is `landlord-core`; nothing here
//! decides what may run.

pub mod app;
pub mod audit;
pub mod aws;
pub mod clock;
pub mod cloud;
pub mod config;
pub mod discord;
pub mod doctor;
pub mod gate;
pub mod health;
pub mod http;
pub mod import;
pub mod metrics;
pub mod mysql;
pub mod notify;
pub mod probe;
pub mod runner;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod serve;
pub mod sns;
pub mod store;
