//! `landlord serve` as a process of its own, over the real wires: killed, stopped, woken and told to end while it works. What
//! a bot does that lives on is in the stories.
//!
//! Source `dev/services env` before.

#![allow(clippy::unwrap_used)]

#[path = "../support/long.rs"]
mod long;
#[path = "../support/openapi/mod.rs"]
mod openapi;
#[path = "../support/receiver.rs"]
#[allow(dead_code, reason = "shared with the tests of alerts, which need other parts of it")]
mod receiver;
#[path = "../support/sns/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with the tests of alerts, which need other parts of it")]
mod sns;
#[path = "../support/until.rs"]
mod until;
#[path = "../support/world/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with the stories, which need other parts of it")]
mod world;

mod chaos;
mod signals;
mod standby;
