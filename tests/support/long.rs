//! What the suites with a long form share: which seeds are tried, for how long, and where the figures go.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

/// How many minutes are tried where nothing else is said.
const MINUTES: f64 = 8.0;

/// Seeds, one after the other, until time or number is used up.
pub(crate) struct Seeds {
    next: u64,
    left: u64,
    until: Option<Instant>,
}

/// So many seeds from the first on, always the same; one alone where `LANDLORD_SEED` names it; new ones for `share` of
/// `LANDLORD_CHAOS_MINUTES` where `LANDLORD_CHAOS` wants all.
pub(crate) fn seeds(first: u64, few: u64, share: f64) -> Seeds {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(seed) = variable("LANDLORD_SEED") {
        return Seeds { next: seed.parse().expect("LANDLORD_SEED is a number"), left: 1, until: None };
    }
    if variable("LANDLORD_CHAOS").is_some_and(|which| which == "all") {
        let minutes = variable("LANDLORD_CHAOS_MINUTES");
        let minutes = minutes.map_or(MINUTES, |text| text.parse().expect("LANDLORD_CHAOS_MINUTES is a number"));
        let until = Instant::now() + Duration::from_secs_f64(minutes * 60.0 * share);
        return Seeds { next: u64::from(rand::random::<u32>()), left: u64::MAX, until: Some(until) };
    }
    Seeds { next: first, left: few, until: None }
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
        Some(seed)
    }
}

/// Tells a suite's figures, also to the file that `LANDLORD_CHAOS_REPORT` names.
pub(crate) fn report(line: &Value) {
    eprintln!("{line}");
    if let Ok(file) = std::env::var("LANDLORD_CHAOS_REPORT") {
        let file = OpenOptions::new().create(true).append(true).open(file);
        writeln!(file.expect("the report's file"), "{line}").expect("the report can be written");
    }
}
