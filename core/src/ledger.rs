//! The one way to write the log: looks at the fold, decides, appends, and only then believes it.
//!
//! Whoever wants to say something about an operation (a step, a vote, a button, a posted card) does it here, one after the
//! other for each operation, so that nobody decides on what is no longer so.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;
use tokio::sync::{Mutex as AsyncMutex, watch};

use crate::event::{Event, Recorded};
use crate::operation::{Illegal, Operation};
use crate::plan::OperationId;
use crate::ports::{Clock, OperationFilter, Store, StoreError};
use crate::registry;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event may not happen in the operation's state.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// There is no such operation.
    #[error("there is no operation {0}")]
    Unknown(OperationId),
}

/// Is told what was written, after it was: it counts, and decides nothing. It must not wait.
pub trait Observer: Send + Sync + fmt::Debug {
    /// An event was written. `before` is what the operation was until then, and none for one that was filed.
    fn written(&self, before: Option<&Operation>, after: &Operation, event: &Event);
}

/// Looks away.
#[derive(Debug)]
struct Nobody;

impl Observer for Nobody {
    fn written(&self, _before: Option<&Operation>, _after: &Operation, _event: &Event) {}
}

/// The operations in memory, each behind its own lock, over the store.
#[derive(Debug)]
pub struct Ledger {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    entries: Mutex<HashMap<OperationId, Arc<Entry>>>,
}

#[derive(Debug)]
struct Entry {
    /// None where the store has to be read: at first, and after a write whose outcome is not known.
    operation: AsyncMutex<Option<Operation>>,
    changed: watch::Sender<u64>,
    /// Whether an emergency took precedence over it while this was here.
    overruled: watch::Sender<bool>,
}

impl Ledger {
    /// A ledger over a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, observer: Arc::new(Nobody), entries: Mutex::default() }
    }

    /// The same ledger, which tells somebody what it has written.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// Now, by the clock that events are dated with.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The store itself, for reading lists.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    fn entry(&self, id: &OperationId) -> Arc<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(entries.entry(id.clone()).or_insert_with(|| {
            Arc::new(Entry {
                operation: AsyncMutex::default(),
                changed: watch::Sender::new(0),
                overruled: watch::Sender::new(false),
            })
        }))
    }

    /// Lets go of an operation that is over; it is read from the store when somebody asks for it again.
    pub fn release(&self, id: &OperationId) {
        self.let_go(id, 0);
    }

    /// Lets go of an entry that nobody but `holders` holds: who holds it may be about to write, and an entry made beside it
    /// would never hear of that.
    fn let_go(&self, id: &OperationId, holders: usize) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.get(id).is_some_and(|entry| Arc::strong_count(entry) <= holders + 1) {
            entries.remove(id);
        }
    }

    /// Files an operation: its first event, which takes its locks.
    pub async fn file(&self, id: &OperationId, event: Event) -> Result<Operation, LedgerError> {
        let first = Recorded { operation: id.clone(), seq: 1, at: self.clock.now(), event };
        let illegal = Illegal { state: crate::operation::State::AwaitingApproval, event: first.event.kind() };
        let operation = Operation::filed(&first).ok_or(illegal)?;
        let changes = registry::changes(&operation, &first.event);
        if let Err(error) = self.store.file(&first, &operation, &operation.plan.locks(), &changes).await
            && !self.is_written(&first, &error).await
        {
            return Err(error.into());
        }
        self.observer.written(None, &operation, &first.event);
        let entry = self.entry(id);
        *entry.operation.lock().await = Some(operation.clone());
        entry.changed.send_replace(1);
        Ok(operation)
    }

    /// The operation as it stands.
    pub async fn get(&self, id: &OperationId) -> Result<Operation, LedgerError> {
        let entry = self.entry(id);
        let mut guard = entry.operation.lock().await;
        self.read(id, &mut guard).await.cloned()
    }

    /// The operations that more can happen to.
    pub async fn open(&self) -> Result<Vec<OperationId>, StoreError> {
        const PAGE: u32 = 200;
        let filter = OperationFilter { open: true, ..OperationFilter::default() };
        let mut open = Vec::new();
        for page in 0.. {
            let rows = self.store.operations(&filter, page, PAGE).await?.rows;
            let last = rows.len() < PAGE as usize;
            open.extend(rows);
            if last {
                break;
            }
        }
        Ok(open)
    }

    /// The operation's events as they are written: the number of the last one.
    pub fn watch(&self, id: &OperationId) -> watch::Receiver<u64> {
        self.entry(id).changed.subscribe()
    }

    /// Answers when an emergency takes precedence over the operation, without waiting for the operation's turn: whoever does its
    /// work waits for this beside it.
    pub async fn overruled(&self, id: &OperationId) {
        let mut overruled = self.entry(id).overruled.subscribe();
        if overruled.wait_for(|is| *is).await.is_err() {
            // Whoever let go of the entry had seen it end otherwise.
            std::future::pending::<()>().await;
        }
    }

    /// Decides on the operation as it stands and appends what was decided. While `decide` looks, nobody else writes.
    ///
    /// The event is dated now, and never before the one that it follows.
    ///
    /// Answers the operation after the event; where `decide` wants none, the operation as it stands.
    pub async fn record<F>(&self, id: &OperationId, decide: F) -> Result<Operation, LedgerError>
    where
        F: FnOnce(&Operation) -> Option<Event> + Send,
    {
        let entry = self.entry(id);
        let mut guard = entry.operation.lock().await;
        let operation = self.read(id, &mut guard).await?;
        let Some(event) = decide(operation) else { return Ok(operation.clone()) };
        // A clock that was set back must not make a log that runs backwards.
        let at = self.clock.now().max(operation.changed_at);
        let next = Recorded { operation: id.clone(), seq: operation.seq + 1, at, event };
        let mut after = operation.clone();
        after.apply(&next)?;
        let changes = registry::changes(&after, &next.event);
        if let Err(error) = self.store.append(&next, &after, &changes).await
            && !self.is_written(&next, &error).await
        {
            // Whether it was written is not known: the log is read again before anything else is decided.
            *guard = None;
            return Err(error.into());
        }
        tracing::debug!(operation = %id, seq = next.seq, event = next.event.kind(), "recorded");
        self.observer.written(guard.as_ref(), &after, &next.event);
        *guard = Some(after.clone());
        entry.changed.send_replace(next.seq);
        entry.overruled.send_if_modified(|is| !std::mem::replace(is, after.overruled_by.is_some()) && *is);
        Ok(after)
    }

    /// Whether a write that failed has happened all the same: its answer may have been lost on the way.
    async fn is_written(&self, recorded: &Recorded, error: &StoreError) -> bool {
        if !matches!(error, StoreError::Unavailable(_)) {
            return false;
        }
        let events = self.store.events(&recorded.operation, recorded.seq - 1).await.unwrap_or_default();
        events.first().is_some_and(|written| written.seq == recorded.seq && written.event == recorded.event)
    }

    async fn read<'a>(&self, id: &OperationId, slot: &'a mut Option<Operation>) -> Result<&'a Operation, LedgerError> {
        if slot.is_none() {
            let events = self.store.events(id, 0).await?;
            if events.is_empty() {
                self.let_go(id, 1);
                return Err(LedgerError::Unknown(id.clone()));
            }
            *slot =
                Some(Operation::fold(&events).map_err(|bad| StoreError::Corrupt(format!("operation {id}: {bad}")))?);
        }
        slot.as_ref().ok_or_else(|| LedgerError::Unknown(id.clone()))
    }
}
