//! Which seeds are tried, and for how long. What a seed means is the round's.

use std::time::Duration;

use tokio::time::Instant;

/// How many minutes are tried where nothing else is said.
const MINUTES: f64 = 8.0;

/// Seeds, one after the other, until time or number is used up.
pub(super) struct Seeds {
    next: u64,
    left: u64,
    until: Option<Instant>,
}

/// So many seeds, always the same; one alone where `LANDLORD_SEED` names it; new ones for `LANDLORD_CHAOS_MINUTES` where
/// `LANDLORD_CHAOS` wants all.
pub(super) fn seeds(few: u64) -> Seeds {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(seed) = variable("LANDLORD_SEED") {
        return Seeds { next: seed.parse().expect("LANDLORD_SEED is a number"), left: 1, until: None };
    }
    if variable("LANDLORD_CHAOS").is_some_and(|which| which == "all") {
        let minutes = variable("LANDLORD_CHAOS_MINUTES");
        let minutes = minutes.map_or(MINUTES, |text| text.parse().expect("LANDLORD_CHAOS_MINUTES is a number"));
        let until = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
        return Seeds { next: u64::from(rand::random::<u32>()), left: u64::MAX, until: Some(until) };
    }
    Seeds { next: 0, left: few, until: None }
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
