//! A store in memory: what the real ones do, without a disk, and failing when told to.
//!
//! It keeps events in their stored form, so what cannot be written down and read back shows here too.

mod incidents;
mod world;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use time::{Date, OffsetDateTime};

use crate::chain::{Anchor, ChainedEvent, Head};
use crate::event::{MessageRef, Recorded};
use crate::operation::{Operation, State};
use crate::plan::OperationId;
use crate::ports::{Listing, OperationFilter, RegistryChange, Store, StoreError, Tenant, TenantFilter};
use crate::tenant::{Subdomain, TenantId};
use world::World;

/// A store in memory. Clones are the same store, in the same process.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    world: Arc<Mutex<World>>,
    term: Arc<AtomicU64>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another process's way to the same log: it writes only after [`MemoryStore::claim`], and from then on this one no more.
    #[must_use]
    pub fn rival(&self) -> Self {
        Self { world: Arc::clone(&self.world), term: Arc::default() }
    }

    /// Takes over the log and answers the new term: whoever wrote under an older one gets [`StoreError::Conflict`].
    pub fn claim(&self) -> Result<u64, StoreError> {
        let mut world = self.call()?;
        world.term += 1;
        self.term.store(world.term, Ordering::SeqCst);
        Ok(world.term)
    }

    /// The next `calls` calls fail with [`StoreError::Unavailable`], and nothing is written.
    pub fn fail_next(&self, calls: u32) {
        self.fail_after(0, calls);
    }

    /// After the next `spared` calls, the `calls` that follow fail with [`StoreError::Unavailable`], and nothing is written.
    pub fn fail_after(&self, spared: u32, calls: u32) {
        let mut world = self.lock();
        (world.spared, world.failing) = (spared, calls);
    }

    /// Whether calls are still to fail.
    pub fn is_failing(&self) -> bool {
        self.lock().failing > 0
    }

    /// The next `calls` writes happen but are answered with [`StoreError::Unavailable`], as when a connection breaks
    /// while the database commits.
    pub fn lose_answers(&self, calls: u32) {
        self.lock().losing = calls;
    }

    /// The whole log, in its order.
    pub fn log(&self) -> Vec<ChainedEvent> {
        self.lock().log.clone()
    }

    /// The events of one operation.
    pub fn log_of(&self, operation: &OperationId) -> Vec<ChainedEvent> {
        self.lock().log.iter().filter(|event| event.operation == *operation).cloned().collect()
    }

    /// The events of one operation from a place in its log on.
    pub fn log_from(&self, operation: &OperationId, seq: u64) -> Vec<ChainedEvent> {
        let own = |event: &&ChainedEvent| event.operation == *operation && event.seq >= seq;
        self.lock().log.iter().filter(own).cloned().collect()
    }

    /// Forgets the last event of the log, which was answered as written: what a disk does that says too early that it has
    /// written, when the machine stops. Its locks are as before it; what it changed in the registry stays. Answers its kind.
    pub fn forget_last(&self) -> Option<String> {
        self.lock().forget_last()
    }

    /// The ids of all operations, in the order in which they were filed.
    pub fn filed(&self) -> Vec<OperationId> {
        self.lock().log.iter().filter(|event| event.seq == 1).map(|event| event.operation.clone()).collect()
    }

    /// Where the log ends.
    pub fn head(&self) -> Head {
        self.lock().head()
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, unless this call was told to fail.
    fn call(&self) -> Result<MutexGuard<'_, World>, StoreError> {
        let mut world = self.lock();
        if world.failing > 0 && world.spared > 0 {
            world.spared -= 1;
        } else if world.failing > 0 {
            world.failing -= 1;
            return Err(StoreError::Unavailable("told to fail".into()));
        }
        Ok(world)
    }

    fn write(&self, change: impl FnOnce(&mut World) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut world = self.call()?;
        if world.term != self.term.load(Ordering::SeqCst) {
            return Err(StoreError::Conflict);
        }
        change(&mut world)?;
        if world.losing > 0 {
            world.losing -= 1;
            return Err(StoreError::Unavailable("the answer was lost".into()));
        }
        Ok(())
    }
}

/// Lets everything that goes on beside this have a turn, as a disk would.
async fn others_go_first() {
    let mut went = false;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if std::mem::replace(&mut went, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[async_trait]
impl Store for MemoryStore {
    async fn file(
        &self,
        first: &Recorded,
        operation: &Operation,
        locks: &[String],
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        self.write(|world| world.file(first, operation, locks, changes))
    }

    async fn append(
        &self,
        next: &Recorded,
        operation: &Operation,
        changes: &[RegistryChange],
    ) -> Result<(), StoreError> {
        others_go_first().await;
        self.write(|world| world.append(next, operation, changes))
    }

    async fn writable(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(()))
    }

    async fn events(&self, operation: &OperationId, after: u64) -> Result<Vec<Recorded>, StoreError> {
        self.call()?.events(operation, after)
    }

    async fn hash(&self, operation: &OperationId, seq: u64) -> Result<Option<String>, StoreError> {
        Ok(self.call()?.hash(operation, seq))
    }

    async fn operations(
        &self,
        filter: &OperationFilter,
        page: u32,
        size: u32,
    ) -> Result<Listing<OperationId>, StoreError> {
        Ok(self.call()?.operations(filter, page, size))
    }

    async fn counts(&self) -> Result<BTreeMap<State, u64>, StoreError> {
        Ok(self.call()?.counts())
    }

    async fn operation_of_card(&self, card: &MessageRef) -> Result<Option<OperationId>, StoreError> {
        Ok(self.call()?.operation_of_card(card))
    }

    async fn holder(&self, key: &str) -> Result<Option<OperationId>, StoreError> {
        Ok(self.call()?.locks.get(key).cloned())
    }

    async fn tenant(&self, tenant: &TenantId) -> Result<Option<Tenant>, StoreError> {
        Ok(self.call()?.registry.tenant(tenant))
    }

    async fn tenant_of_subdomain(&self, subdomain: &Subdomain) -> Result<Option<TenantId>, StoreError> {
        Ok(self.call()?.registry.tenant_of_subdomain(subdomain))
    }

    async fn tenants(&self, filter: &TenantFilter, page: u32, size: u32) -> Result<Listing<Tenant>, StoreError> {
        Ok(self.call()?.registry.tenants(filter, page, size))
    }

    async fn seen(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        Ok(self.call()?.seen)
    }

    async fn see(&self, at: OffsetDateTime) -> Result<(), StoreError> {
        self.write(|world| {
            world.seen = Some(at);
            Ok(())
        })
    }

    async fn head_of(&self, day: Date) -> Result<Option<Head>, StoreError> {
        Ok(self.call()?.head_of(day))
    }

    async fn last_anchor(&self) -> Result<Option<Anchor>, StoreError> {
        Ok(self.call()?.anchors.last_key_value().map(|(_, anchor)| anchor.clone()))
    }

    async fn add_anchor(&self, anchor: &Anchor) -> Result<(), StoreError> {
        self.write(|world| world.add_anchor(anchor))
    }
}

#[cfg(test)]
mod tests;
