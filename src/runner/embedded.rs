//! The runner of one process: a task for each operation makes it serial by construction. It stores nothing: when an operation
//! is due is the fold's to say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use landlord_core::display::Display;
use landlord_core::engine::Engine;
use landlord_core::ledger::LedgerError;
use landlord_core::operation::Operation;
use landlord_core::plan::OperationId;
use landlord_core::ports::Runner;

/// A card is edited at most once in this time.
const CALM: Duration = Duration::from_secs(1);

/// The longest wait before the store or the chat is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs operations in this process.
#[derive(Debug)]
pub struct EmbeddedRunner {
    tended: Arc<Tended>,
}

#[derive(Debug)]
struct Tended {
    engine: Arc<Engine>,
    display: Arc<Display>,
    /// The operations that have a task; true where one was woken since it last looked.
    woken: Mutex<HashMap<OperationId, bool>>,
}

impl EmbeddedRunner {
    /// A runner that moves operations on with this engine and shows them with this display.
    pub fn new(engine: Arc<Engine>, display: Arc<Display>) -> Self {
        Self { tended: Arc::new(Tended { engine, display, woken: Mutex::default() }) }
    }
}

impl Runner for EmbeddedRunner {
    fn wake(&self, operation: &OperationId) {
        let mut woken = self.tended.woken.lock().unwrap_or_else(PoisonError::into_inner);
        if woken.insert(operation.clone(), true).is_none() {
            tokio::spawn(tend(Arc::clone(&self.tended), operation.clone()));
        }
    }
}

/// Moves an operation on and shows it, until it is over and shown.
async fn tend(tended: Arc<Tended>, id: OperationId) {
    loop {
        if let Some(woken) = tended.woken.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id) {
            *woken = false;
        }
        let (worked, ()) = tokio::join!(work(&tended.engine, &id), show(&tended, &id));
        if let Err(error) = worked {
            tracing::error!(operation = %id, %error, "operation {id} cannot be run");
        }
        let mut woken = tended.woken.lock().unwrap_or_else(PoisonError::into_inner);
        if woken.get(&id) != Some(&true) {
            woken.remove(&id);
            tended.engine.ledger.release(&id);
            return;
        }
    }
}

/// Whether trying again cannot help.
fn hopeless(error: &LedgerError) -> bool {
    use landlord_core::ports::StoreError;
    matches!(error, LedgerError::Unknown(_) | LedgerError::Store(StoreError::Corrupt(_) | StoreError::Buried { .. }))
}

/// Advances until the operation is over. Trouble with the store is waited out.
async fn work(engine: &Engine, id: &OperationId) -> Result<(), LedgerError> {
    let mut changed = engine.ledger.watch(id);
    let mut pause = Duration::from_millis(200);
    loop {
        changed.borrow_and_update();
        let due = match engine.advance(id).await {
            Ok(due) => {
                pause = Duration::from_millis(200);
                if !engine.ledger.get(id).await.is_ok_and(|operation| operation.state.open()) {
                    return Ok(());
                }
                due
            }
            Err(error) if hopeless(&error) => return Err(error),
            Err(error) => {
                tracing::warn!(operation = %id, %error, "operation {id} waits for the store");
                pause = (pause * 2).min(LONGEST_PAUSE);
                Some(engine.clock.now() + engine.clock.work(pause))
            }
        };
        tokio::select! {
            _ = changed.changed() => {}
            () = async { match due {
                Some(at) => engine.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }} => {}
        }
    }
}

/// Shows each change until the operation is over and all of it is shown. Trouble with the chat is waited out.
async fn show(tended: &Tended, id: &OperationId) {
    let mut changed = tended.engine.ledger.watch(id);
    let mut shown = None;
    let mut pause = CALM;
    loop {
        let seen = *changed.borrow_and_update();
        match tended.display.refresh(id, &mut shown).await {
            Ok(operation) => {
                pause = CALM;
                if over(&operation, seen, *changed.borrow()) {
                    return;
                }
                tokio::time::sleep(CALM).await;
                if changed.has_changed().unwrap_or(false) {
                    continue;
                }
                if changed.changed().await.is_err() {
                    return;
                }
            }
            Err(landlord_core::display::DisplayError::Ledger(error)) if hopeless(&error) => return,
            Err(error) => {
                pause = (pause * 2).min(LONGEST_PAUSE);
                tracing::warn!(operation = %id, %error, "operation {id} is not shown yet");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// Whether nothing can come after what was just shown.
fn over(operation: &Operation, seen: u64, now: u64) -> bool {
    !operation.state.open() && (seen == now || operation.seq == now)
}
