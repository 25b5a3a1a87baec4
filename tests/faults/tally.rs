//! What a suite counts, and which seeds it tries. Nothing is injected or judged here.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

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
        eprintln!("{line}");
        if let Ok(file) = std::env::var("LANDLORD_CHAOS_REPORT") {
            let file = OpenOptions::new().create(true).append(true).open(file);
            writeln!(file.expect("the report's file"), "{line}").expect("the report can be written");
        }
        assert_eq!((lost, doubled), (0, 0), "{line}");
        assert!(faults > 0 && operations > 0, "nothing was tried: {line}");
    }
}

/// Which seeds are tried, and for how long.
pub(crate) struct Seeds {
    next: u64,
    left: u64,
    until: Option<Instant>,
}

/// So many seeds, always the same; one alone where `LANDLORD_SEED` names it; new ones for `share` of the minutes where
/// `LANDLORD_CHAOS` wants all.
pub(crate) fn seeds(few: u64, share: f64) -> Seeds {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(seed) = variable("LANDLORD_SEED") {
        return Seeds { next: seed.parse().expect("LANDLORD_SEED is a number"), left: 1, until: None };
    }
    if variable("LANDLORD_CHAOS").is_some_and(|which| which == "all") {
        let minutes = variable("LANDLORD_CHAOS_MINUTES").map_or(8.0, |text| text.parse::<f64>().expect("minutes"));
        let until = Instant::now() + Duration::from_secs_f64(minutes * 60.0 * share);
        return Seeds { next: u64::from(rand::random::<u32>()), left: u64::MAX, until: Some(until) };
    }
    Seeds { next: 1, left: few, until: None }
}

impl Iterator for Seeds {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.left == 0 || self.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        let seed = self.next;
        self.left -= 1;
        self.next += 1;
        // Shown with a test that fails.
        eprintln!("LANDLORD_SEED={seed}");
        Some(seed)
    }
}
