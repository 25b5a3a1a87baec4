//! The way of alerts in and out, over real wires: Amazon SNS's signatures over TLS, Slack and PagerDuty over HTTP. Everything answers on this
//! machine, and no service need be started before.

#![allow(clippy::unwrap_used)]

#[path = "../support/receiver.rs"]
#[allow(dead_code, reason = "shared with the stories, which need other parts of it")]
mod receiver;
#[path = "../support/sns/mod.rs"]
mod sns;

mod certificates;
mod escalation;
mod signatures;
mod subscriptions;
