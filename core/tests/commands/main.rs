//! What the files of `commands/` say of themselves: their checklists against the playbook's, and the handbook that is written
//! out of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod checklists;
mod handbook;
mod words;
