//! Ending without haste: what has begun is finished, nothing new begins.

use std::sync::Arc;

use tokio::sync::watch;

/// Keeps new work from beginning once it is pulled. Clones are the same brake.
#[derive(Debug, Clone)]
pub struct Brake(Arc<watch::Sender<bool>>);

impl Default for Brake {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Brake {
    /// From now on no step, no retry and no start begins; a step that is under way ends as it would.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }

    /// Whether it is pulled.
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is pulled.
    pub async fn pulled(&self) {
        // The sender lives as long as this.
        self.0.subscribe().wait_for(|on| *on).await.ok();
    }
}
