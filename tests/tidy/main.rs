//! The house's own rules, as plain tests over its files: sizes, words, rooms, and pages that say what is true.
//!
//! What a rule forbids stands here in two halves, so that the rule does not find itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deploy;
mod metrics;
mod pages;
mod playbook;
mod rooms;
mod sizes;
mod snapshots;
mod statements;
mod tree;
mod words;
