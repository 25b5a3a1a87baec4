//! The local Discord as its clients meet it: raw HTTP and raw WebSocket against a running server. Stories only; what
//! every story needs is in `harness`.

#![allow(clippy::unwrap_used)] // a story that cannot go on has failed

mod harness;

mod commands;
mod faults;
mod gateway;
mod interactions;
mod limits;
mod messages;
mod page;
mod permissions;
mod state;
mod threads;
