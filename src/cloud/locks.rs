//! One change at a time: most of AWS's creating calls make a second resource when they are called twice at once.

use std::hash::{BuildHasher, RandomState};

use landlord_core::kind::Kind;
use landlord_core::tenant::Tenancy;
use tokio::sync::{Mutex, MutexGuard};

/// How many locks stand for all tenants and kinds.
const LOCKS: usize = 256;

/// A lock for each kind of each tenant's resources. Several may share one, which only makes them wait.
#[derive(Debug)]
pub(super) struct Locks {
    hasher: RandomState,
    locks: [Mutex<()>; LOCKS],
}

impl Locks {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), locks: std::array::from_fn(|_| Mutex::new(())) }
    }

    pub(super) async fn of(&self, kind: Kind, tenancy: &Tenancy) -> MutexGuard<'_, ()> {
        let place = self.hasher.hash_one((kind, tenancy)) % LOCKS as u64;
        self.locks[usize::try_from(place).unwrap_or_default()].lock().await
    }
}
