//! Which interactions were taken already. The gateway may tell an event again, when a connection is resumed for one, and a
//! request must not be filed twice for it. Remembers; answers nothing.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use serenity::all::InteractionId;

/// How many are remembered: more than can come within the 15 minutes for which an interaction can be answered.
const REMEMBERED: usize = 4_096;

/// The interactions that were taken of late.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    all: HashSet<InteractionId>,
    order: VecDeque<InteractionId>,
}

impl Seen {
    /// Takes an interaction; whether it comes for the first time.
    pub(super) fn first(&self, id: InteractionId) -> bool {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !recent.all.insert(id) {
            return false;
        }
        recent.order.push_back(id);
        if recent.order.len() > REMEMBERED
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.all.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use serenity::all::InteractionId;

    use super::{REMEMBERED, Seen};

    #[test]
    fn each_comes_once_and_only_the_latest_are_remembered() {
        let seen = Seen::default();
        let ids = || (1..=REMEMBERED as u64 + 1).map(InteractionId::new);
        assert!(ids().all(|id| seen.first(id)), "each is new");
        assert!(ids().skip(1).all(|id| !seen.first(id)), "none is new again");
        assert!(seen.first(InteractionId::new(1)), "the oldest was forgotten");
    }
}
