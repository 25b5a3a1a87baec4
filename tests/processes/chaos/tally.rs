//! What the rounds count.

use serde_json::{Value, json};

use crate::long;

/// The figures of one round, or of all.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    /// How often the process was killed before its operation had ended.
    pub(super) cuts: usize,
    /// Operations that were asked for.
    pub(super) operations: usize,
    /// Operations that held and needed a person.
    pub(super) held: usize,
    /// Operations that did not end, or whose effect is missing.
    pub(super) lost: usize,
    /// Resources of which there are two, requests that came to two operations, cards, threads and lines that stand twice.
    pub(super) doubled: usize,
    /// Owners who were written to twice: what no one can rule out, since e-mail knows no idempotency.
    pub(super) mails_twice: usize,
}

impl Tally {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            cuts: self.cuts + other.cuts,
            operations: self.operations + other.operations,
            held: self.held + other.held,
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            mails_twice: self.mails_twice + other.mails_twice,
        }
    }

    /// Tells the figures, also to the file that `LANDLORD_CHAOS_REPORT` names.
    pub(super) fn report(&self, suite: &str) -> Value {
        let line = json!({
            "suite": suite, "cuts": self.cuts, "operations": self.operations, "held": self.held, "lost": self.lost,
            "doubled": self.doubled, "mails_twice": self.mails_twice,
        });
        long::report(&line);
        line
    }
}
