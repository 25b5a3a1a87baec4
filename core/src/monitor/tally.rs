//! What came of the jobs, counted by this process since it began or last said so.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::card::Count;
use crate::ports::Message;

/// What came of a job, once.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Whether something is to be done.
    pub(super) ill: bool,
    /// Whether something had no value.
    pub(super) silent: bool,
    /// What could not be seen, and why.
    pub(super) trouble: Vec<String>,
    /// What the channel is told.
    pub(super) post: Option<Message>,
}

#[derive(Debug)]
pub(super) struct Tally {
    pub(super) since: OffsetDateTime,
    counts: BTreeMap<String, Count>,
}

impl Tally {
    pub(super) fn since(since: OffsetDateTime) -> Self {
        Self { since, counts: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, job: &str, outcome: &Outcome) {
        let count = self.counts.entry(job.to_owned()).or_default();
        count.ran += 1;
        count.ill += u32::from(outcome.ill);
        count.silent += u32::from(outcome.silent);
        count.unseen += u32::from(!outcome.trouble.is_empty());
    }

    pub(super) fn of(&self, job: &str) -> Count {
        self.counts.get(job).cloned().unwrap_or_default()
    }
}
