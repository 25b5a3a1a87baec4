//! What strangers can send, and what must hold whatever they send. One module for each target of `fuzz_targets/`, whose names
//! they bear; each has one function that takes an input and panics where a promise is broken.
//!
//! Inputs are texts that people can read, because the seeds are written by hand and what is found has to be understood.
//! Architecture invariant: nothing here knows AWS or SQL, so that it is built in a minute.

#![forbid(unsafe_code)]

pub mod alerts;
pub mod buttons;
pub mod catalogue;
#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::missing_errors_doc,
    reason = "the bot's own room; it has its own lints"
)]
#[path = "../../src/config/mod.rs"]
mod config;
pub mod configuration;
pub mod events;
pub mod frames;
pub mod options;
pub mod requests;

mod guild;
mod seen;
mod stage;
