//! The store over SQL: the contract on SQLite and PostgreSQL, and what only a real database can go wrong with.

mod postgres;
mod shared;
mod sqlite;
