//! Faults over the real wires: AWS, MySQL, Discord, the disk and names fail while operations run. Each operation ends in the
//! right state or holds with a reason that the chat shows, and ends after Retry once all is well; nothing happens twice.
//!
//! Source `dev/services env` before. `LANDLORD_SEED` replays one seed; with `LANDLORD_CHAOS=all` seeds are tried for
//! `LANDLORD_CHAOS_MINUTES` (default 8); `LANDLORD_CHAOS_REPORT` names a file that gets a JSON line for each suite.

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
#[allow(dead_code, unused_imports, reason = "the stories use the rest")]
#[path = "../support/world/mod.rs"]
mod world;

mod aws;
mod discord;
mod disk;
mod mysql;
mod names;
mod outcome;
mod tally;
