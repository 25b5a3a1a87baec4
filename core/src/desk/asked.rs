//! What people asked for and have still to choose something for: a menu's id is too short to say all of it.
//!
//! In memory only: after a restart the menu answers that the command is to be used again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::Invocation;
use crate::plan::OperationId;
use crate::ports::Clock;

/// How long a menu can be chosen from: as long as the chat lets its private answer be changed.
const LASTS: Duration = Duration::from_mins(15);

/// The requests that wait for a choice.
#[derive(Debug, Default)]
pub struct Asked {
    rows: Mutex<BTreeMap<String, (OffsetDateTime, Invocation)>>,
}

impl Asked {
    /// Keeps a request; answers the id under which it is found.
    pub(super) fn keep(&self, invocation: &Invocation, clock: &dyn Clock) -> String {
        let id = OperationId::generate(&mut rand::rng()).0;
        let now = clock.now();
        let mut rows = self.rows();
        rows.retain(|_, (until, _)| *until > now);
        rows.insert(id.clone(), (now + clock.work(LASTS), invocation.clone()));
        id
    }

    /// The request of that id; none where there is none any more.
    pub(super) fn find(&self, id: &str, clock: &dyn Clock) -> Option<Invocation> {
        let now = clock.now();
        self.rows().get(id).filter(|(until, _)| *until > now).map(|(_, invocation)| invocation.clone())
    }

    /// What was chosen is filed: the menu is done with.
    pub(super) fn forget(&self, id: &str) {
        self.rows().remove(id);
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, (OffsetDateTime, Invocation)>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
