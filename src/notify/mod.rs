//! How people outside the chat are told.

pub mod ses;
