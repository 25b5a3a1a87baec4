//! The runner of one process: a task for each operation makes it serial by construction. It stores nothing: when an operation
//! is due is the fold's to say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use landlord_core::display::Display;
use landlord_core::engine::Engine;
use landlord_core::ledger::LedgerError;
use landlord_core::plan::OperationId;
use landlord_core::ports::Runner;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A card is edited at most once in this time.
const CALM: Duration = Duration::from_secs(1);

/// The longest wait before the store or the chat is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs operations in this process.
#[derive(Debug)]
pub struct EmbeddedRunner {
    tended: Arc<Tended>,
    /// The operations' tasks; none once the runner has ended.
    tasks: Mutex<Option<JoinSet<()>>>,
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
        let tended = Arc::new(Tended { engine, display, woken: Mutex::default() });
        Self { tended, tasks: Mutex::new(Some(JoinSet::new())) }
    }

    /// Begins nothing new, lets what has begun end and be shown, and cuts off after `patience` what has not: that goes on
    /// where the log ends when the bot is started again.
    pub async fn finish(&self, patience: Duration) {
        self.tended.engine.brake.pull();
        let Some(mut tasks) = self.take() else { return };
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!(
                operations = tasks.len(),
                "operations are cut off in the middle of a step; they go on at the next start"
            );
        }
        tasks.shutdown().await;
    }

    /// Cuts everything off, wherever it is.
    pub async fn halt(&self) {
        self.tended.engine.brake.pull();
        if let Some(mut tasks) = self.take() {
            tasks.shutdown().await;
        }
    }

    fn take(&self) -> Option<JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Runner for EmbeddedRunner {
    fn wake(&self, operation: &OperationId) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(tasks) = &mut *tasks else { return };
        while tasks.try_join_next().is_some() {}
        let mut woken = self.tended.woken.lock().unwrap_or_else(PoisonError::into_inner);
        if woken.insert(operation.clone(), true).is_none() {
            tasks.spawn(tend(Arc::clone(&self.tended), operation.clone()));
        }
    }
}

/// Moves an operation on and shows it, until it is over and shown, or the runner is to end.
async fn tend(tended: Arc<Tended>, id: OperationId) {
    loop {
        if let Some(woken) = tended.woken.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id) {
            *woken = false;
        }
        let (rest, resting) = watch::channel(false);
        let work = async {
            if let Err(error) = work(&tended.engine, &id).await {
                tracing::error!(operation = %id, %error, "operation {id} cannot be run");
            }
            rest.send_replace(true);
        };
        tokio::join!(work, show(&tended, &id, resting));
        if tended.engine.brake.is_on() {
            return;
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

/// Advances until the operation is over or the brake is pulled. Trouble with the store is waited out.
async fn work(engine: &Engine, id: &OperationId) -> Result<(), LedgerError> {
    let mut changed = engine.ledger.watch(id);
    let mut pause = Duration::from_millis(200);
    loop {
        changed.borrow_and_update();
        let due = match engine.advance(id).await {
            Ok(_) if engine.brake.is_on() => return Ok(()),
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
            () = engine.brake.pulled() => return Ok(()),
        }
    }
}

/// Shows each change until nobody works on the operation any more and all of it is shown. Trouble with the chat is waited out.
async fn show(tended: &Tended, id: &OperationId, mut resting: watch::Receiver<bool>) {
    let mut changed = tended.engine.ledger.watch(id);
    let mut shown = None;
    let mut pause = CALM;
    loop {
        let seen = *changed.borrow_and_update();
        match tended.display.refresh(id, &mut shown).await {
            Ok(operation) => {
                pause = CALM;
                let shown = seen == *changed.borrow() || operation.seq == *changed.borrow();
                if *resting.borrow_and_update() && shown {
                    return;
                }
                tokio::time::sleep(CALM).await;
                tokio::select! {
                    heard = changed.changed() => if heard.is_err() { return },
                    // There may be a last thing to show, or none.
                    rests = resting.changed() => if rests.is_err() { return },
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
