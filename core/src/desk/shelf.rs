//! What a button's or menu's id is too short to say: the pages that people turn, the requests that wait for a choice. Kept while
//! the chat lets its private answer be changed.
//!
//! In memory only. After a restart, and when its time is over, the command is to be used again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::plan::OperationId;
use crate::ports::Clock;

/// How long something is kept: as long as the chat lets a private answer be changed.
const KEPT_FOR: Duration = Duration::from_mins(15);

/// How many are kept: the oldest goes for the newest.
const MOST: usize = 50;

/// A few things of a sort, by short ids that cannot be guessed.
#[derive(Debug)]
pub struct Shelf<T> {
    kept: Mutex<VecDeque<(String, OffsetDateTime, Arc<T>)>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<T> Shelf<T> {
    /// Keeps it; answers under which id, and what is kept.
    pub(super) fn keep(&self, thing: T, clock: &dyn Clock) -> (String, Arc<T>) {
        let (id, now, thing) = (OperationId::generate(&mut rand::rng()).0, clock.now(), Arc::new(thing));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, until, _)| *until > now);
        kept.truncate(MOST - 1);
        kept.push_front((id.clone(), now + clock.work(KEPT_FOR), Arc::clone(&thing)));
        (id, thing)
    }

    /// What is kept under the id; none where its time is over.
    pub(super) fn find(&self, id: &str, clock: &dyn Clock) -> Option<Arc<T>> {
        let now = clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(one, until, _)| one == id && *until > now).map(|(.., thing)| Arc::clone(thing))
    }

    /// It is done with.
    pub(super) fn forget(&self, id: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|(one, ..)| one != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::TestClock;

    #[test]
    fn what_is_kept_is_found_for_a_quarter_of_an_hour() {
        let (shelf, clock) = (Shelf::default(), TestClock::default());
        let (id, thing) = shelf.keep("first", &clock);
        assert_eq!(*thing, "first");
        clock.advance(time::Duration::minutes(15) - time::Duration::SECOND);
        assert_eq!(shelf.find(&id, &clock).as_deref(), Some(&"first"));
        assert_eq!(shelf.find("nothing", &clock), None);
        shelf.forget("nothing");
        clock.advance(time::Duration::SECOND);
        assert_eq!(shelf.find(&id, &clock), None);
    }

    #[test]
    fn what_is_done_with_is_gone() {
        let (shelf, clock) = (Shelf::default(), TestClock::default());
        let ids = ["first", "second"].map(|thing| shelf.keep(thing, &clock).0);
        shelf.forget(&ids[0]);
        assert_eq!(shelf.find(&ids[0], &clock), None);
        assert_eq!(shelf.find(&ids[1], &clock).as_deref(), Some(&"second"));
    }

    #[test]
    fn of_too_many_the_oldest_goes() {
        let (shelf, clock) = (Shelf::default(), TestClock::default());
        let ids: Vec<String> = (0..=MOST).map(|number| shelf.keep(number, &clock).0).collect();
        assert_eq!(shelf.find(&ids[0], &clock), None);
        let left = ids[1..].iter().filter_map(|id| shelf.find(id, &clock)).map(|number| *number);
        assert!(left.eq(1..=MOST));
    }
}
