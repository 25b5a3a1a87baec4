//! Until when this process may change the world: a permission that ends by itself, judged by the process's own clocks.
//!
//! Whoever is stopped in the middle of something, and woken when another has long taken over, finds its gate closed at the
//! very next request, without asking anybody.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use landlord_core::ports::CloudError;

/// What stands between this process and each change of the world. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate(Option<Arc<Mutex<Option<Until>>>>);

/// An end by two clocks: the steady one is not fooled by a clock that is set, the other not by a machine that sleeps.
#[derive(Debug, Clone, Copy)]
struct Until {
    steady: Instant,
    wall: SystemTime,
}

/// A moment by both clocks, from which a permission runs.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    steady: Instant,
    wall: SystemTime,
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }
}

impl Gate {
    /// A gate that is always open: of a process beside which there can be no other.
    pub fn open() -> Self {
        Self(None)
    }

    /// A gate that is closed until a permission is given.
    pub fn closed() -> Self {
        Self(Some(Arc::default()))
    }

    /// Permits for so long from a moment on.
    pub fn permit(&self, from: Moment, long: Duration) {
        self.set(Some(Until { steady: from.steady + long, wall: from.wall + long }));
    }

    /// Ends the permission.
    pub fn close(&self) {
        self.set(None);
    }

    fn set(&self, until: Option<Until>) {
        if let Some(gate) = &self.0 {
            *gate.lock().unwrap_or_else(PoisonError::into_inner) = until;
        }
    }

    /// Whether the permission lasts.
    pub fn is_open(&self) -> bool {
        let Some(gate) = &self.0 else { return true };
        let until = *gate.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until.steady && SystemTime::now() < until.wall)
    }

    /// Lets through whoever still may.
    ///
    /// # Errors
    /// [`CloudError::Transient`] where the permission has ended: whoever has taken over does it.
    pub fn pass(&self) -> Result<(), CloudError> {
        if self.is_open() { Ok(()) } else { Err(CloudError::Transient(TAKEN_OVER.to_owned())) }
    }
}

/// Why nothing is changed any more.
pub(crate) const TAKEN_OVER: &str = "this process is no longer the active one; it changes nothing";

#[cfg(test)]
mod tests {
    use super::{Duration, Gate, Moment};

    #[test]
    fn a_permission_ends_by_itself_and_counts_from_its_moment() {
        let gate = Gate::closed();
        assert!(!gate.is_open(), "nobody has given one");
        let asked = Moment::now();
        gate.permit(asked, Duration::from_hours(1));
        assert!(gate.clone().is_open(), "a clone is the same gate");
        gate.permit(asked, Duration::ZERO);
        assert!(gate.pass().is_err(), "it counts from when it was asked for");
    }

    #[test]
    fn a_permission_can_be_ended_and_a_lone_process_needs_none() {
        let gate = Gate::closed();
        gate.permit(Moment::now(), Duration::from_hours(1));
        gate.close();
        assert!(!gate.is_open());
        let alone = Gate::open();
        alone.close();
        assert!(alone.is_open());
    }

    #[test]
    fn a_machine_that_slept_finds_its_permission_ended() {
        let gate = Gate::closed();
        let mut before_the_sleep = Moment::now();
        before_the_sleep.wall -= Duration::from_mins(10);
        gate.permit(before_the_sleep, Duration::from_secs(5));
        assert!(!gate.is_open(), "the steady clock stood still, the other did not");
    }
}
