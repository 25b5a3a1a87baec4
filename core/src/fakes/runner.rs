//! A runner that runs nothing: it remembers who was woken, and the test decides when they work.

use std::sync::{Arc, Mutex, PoisonError};

use crate::plan::OperationId;
use crate::ports::Runner;

/// Remembers wakes. Clones are the same runner.
#[derive(Debug, Clone, Default)]
pub struct ManualRunner {
    woken: Arc<Mutex<Vec<OperationId>>>,
}

impl ManualRunner {
    /// Those who were woken since the last time, each once, in the order of their first wake.
    pub fn take(&self) -> Vec<OperationId> {
        std::mem::take(&mut self.woken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Runner for ManualRunner {
    fn wake(&self, operation: &OperationId) {
        let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        if !woken.contains(operation) {
            woken.push(operation.clone());
        }
    }
}
