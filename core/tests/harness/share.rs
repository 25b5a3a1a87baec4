//! Which crashes are tried: all of them where `LANDLORD_CHAOS=all`, else a share that is the same each time.
//!
//! The share holds all points of a course of few; of one of many, for each step its first point, the point between its effect
//! and its record, and its last point, and as many more as fit, drawn by a seed. Two crashes in one life are drawn by the
//! seed as well.

use std::collections::BTreeSet;

use landlord_core::event::Event;
use landlord_core::fakes::Edge;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::trial::Trial;

/// The seed, where `LANDLORD_CHAOS_SEED` names no other.
const SEED: u64 = 4;

/// How many points are all tried.
const FEW: usize = 100;

/// How many points of other courses are drawn besides those of their steps.
const DRAWN: usize = 25;

/// How often a course has two crashes in one life: in the share, and of all.
const TWICE: [usize; 2] = [8, 100];

/// Whether everything is tried.
pub(crate) fn all() -> bool {
    std::env::var("LANDLORD_CHAOS").is_ok_and(|value| value == "all")
}

fn draws() -> StdRng {
    let seed = std::env::var("LANDLORD_CHAOS_SEED").ok();
    let seed = seed.map_or(SEED, |seed| seed.parse().expect("LANDLORD_CHAOS_SEED should be a number"));
    StdRng::seed_from_u64(seed)
}

/// The points at which the course is cut once.
pub(crate) fn once(trial: &Trial<'_>) -> BTreeSet<usize> {
    let count = trial.points.len();
    if all() || count <= FEW {
        return (0..count).collect();
    }
    let mut chosen: BTreeSet<usize> = [0, count - 1].into();
    for (place, point) in trial.points.iter().enumerate() {
        let wanted = match &point.event {
            Some(Event::StepStarted { .. }) => point.edge == Edge::Before,
            event => matches!(event, Some(Event::StepDone { .. } | Event::StepUndone { .. })),
        };
        chosen.extend(wanted.then_some(place));
    }
    let mut draws = draws();
    chosen.extend((0..DRAWN).map(|_| draws.random_range(0..count)));
    chosen
}

/// The pairs of points at which the course is cut twice: the second is one of the life after the first.
pub(crate) fn twice(trial: &Trial<'_>) -> Vec<[usize; 2]> {
    let mut draws = draws();
    let count = trial.points.len();
    let pair = |_| {
        let first = draws.random_range(0..count);
        // What is left, after what a process reads at its start.
        [first, draws.random_range(0..count - first + 5)]
    };
    (0..TWICE[usize::from(all())]).map(pair).collect()
}
