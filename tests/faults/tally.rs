//! What a suite counts, and which seeds it tries. Nothing is injected or judged here.

use serde_json::json;

use crate::long;

/// The figures of one suite.
pub(crate) struct Tally {
    suite: &'static str,
    /// Faults that hit something.
    pub(crate) faults: usize,
    /// Operations that were run.
    pub(crate) operations: usize,
    /// Operations that held and needed a person.
    pub(crate) held: usize,
    /// Operations that did not end, and effects that did not last.
    pub(crate) lost: usize,
    /// Effects that happened twice.
    pub(crate) doubled: usize,
    /// Mails that were sent again because their answer was lost: what no one can rule out, since e-mail knows no idempotency.
    pub(crate) mails_twice: usize,
}

impl Tally {
    /// Of a suite that has not run yet.
    pub(crate) fn of(suite: &'static str) -> Self {
        Self { suite, faults: 0, operations: 0, held: 0, lost: 0, doubled: 0, mails_twice: 0 }
    }

    /// Counts an operation, and whether it held.
    pub(crate) fn ended(&mut self, held: bool) {
        self.operations += 1;
        self.held += usize::from(held);
    }

    /// Tells the figures; the suite has failed where something was lost or doubled, or nothing was tried.
    pub(crate) fn report(self) {
        let Self { suite, faults, operations, held, lost, doubled, mails_twice } = self;
        let line = json!({
            "suite": suite, "faults": faults, "operations": operations, "held": held, "lost": lost, "doubled": doubled,
            "mails_twice": mails_twice,
        });
        long::report(&line);
        assert_eq!((lost, doubled), (0, 0), "{line}");
        assert!(faults > 0 && operations > 0, "nothing was tried: {line}");
    }
}

/// So many seeds, or new ones for `share` of the minutes; each is shown with a test that fails.
pub(crate) fn seeds(few: u64, share: f64) -> impl Iterator<Item = u64> {
    long::seeds(1, few, share).inspect(|seed| eprintln!("LANDLORD_SEED={seed}"))
}
