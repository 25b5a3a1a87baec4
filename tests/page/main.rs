//! The page of the sandbox, driven in a real Chromium: what a newcomer sees and does, from the welcome to PROD.
//!
//! Each story has a sandbox and a browser of its own and begins with nothing. With `LANDLORD_PICTURES=1` the stories also
//! take the pictures of `docs/pictures/`.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod support;

mod alerting;
mod auditing;
mod bad_input;
mod bulk_deletion;
mod by_keyboard;
mod by_mouse;
mod cards;
mod cloud_fails;
mod deletion;
mod diagnosing;
mod emergency;
mod help;
mod lists;
mod notice;
mod on_a_phone;
mod scaling;
