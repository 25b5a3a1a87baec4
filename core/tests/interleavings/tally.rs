//! What came of the stories: that they were about something.

use std::ops::AddAssign;

/// What came of stories.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) stories: usize,
    pub(crate) operations: usize,
    /// Began, by what they are: a tenant in SIT, in PROD, a deletion, many deletions, a shutdown, a reopening.
    pub(crate) started: [usize; 6],
    /// Ended for an emergency.
    pub(crate) overruled: usize,
    pub(crate) notices: usize,
    /// Ended before they ran.
    pub(crate) unrun: usize,
    /// Lost, in their notice, a vote that had sufficed.
    pub(crate) lost: usize,
    pub(crate) caught_up: usize,
    /// Calls that changed the cloud.
    pub(crate) changes: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.stories += other.stories;
        self.operations += other.operations;
        for (started, others) in self.started.iter_mut().zip(other.started) {
            *started += others;
        }
        self.overruled += other.overruled;
        self.notices += other.notices;
        self.unrun += other.unrun;
        self.lost += other.lost;
        self.caught_up += other.caught_up;
        self.changes += other.changes;
    }
}
