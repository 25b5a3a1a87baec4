//! From what is seen of a tenant that does not work to why it does not (playbook 3.1, 3.2): a table of causes, and how what was
//! seen is matched with it.
//!
//! Architecture invariant: values and functions only. Nobody is asked here and nothing is worded for a chat: looking is the desk's
//! and the steps', cards are `card`'s.

mod cause;
mod database;
mod health;
mod matching;
mod missing;
mod removal;
mod start;
mod whole;

pub use cause::{Cause, Clue, Mend, Reach, Section, When};
pub use matching::{Diagnosis, Findings, Known, Likely, diagnose};

/// All causes, the likelier before those that may follow from them.
pub fn causes() -> impl Iterator<Item = &'static Cause> {
    [whole::CAUSES, database::CAUSES, missing::CAUSES, start::CAUSES, health::CAUSES, removal::CAUSES]
        .into_iter()
        .flatten()
}
