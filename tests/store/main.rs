//! The store over SQL: the contract on SQLite and PostgreSQL, and what only a real database can go wrong with.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod backup;
mod lease;
mod migrations;
mod postgres;
mod shared;
mod sqlite;
mod tampering;
mod written;
