//! Stories over the real wires: people in a local Discord, the bot with serenity, the AWS SDK, MariaDB. Each request that the
//! bot sends is held against Discord's own description of its API.
//!
//! Source `dev/services env` before.

#![allow(clippy::unwrap_used)]

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
#[allow(dead_code, unused_imports, reason = "shared with the processes, which need other parts of it")]
mod world;

mod adopting;
mod alerts;
mod anchoring;
mod auditing;
mod bad_input;
mod bulk_deletion;
mod cloud_outages;
mod deletion;
mod deletion_held;
mod diagnosing;
mod discord_outages;
mod emergency;
mod forms;
mod help;
mod lists;
mod neighbours;
mod orphans;
mod promotion;
mod provisioning;
mod reopening;
mod restarts;
mod rolling_back;
mod scaling;
mod session;
mod strangers;
