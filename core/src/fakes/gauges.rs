//! A board of gauges: each shows what it was set to, and fails when told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::ports::{CloudError, Gauge, Gauges};
use crate::tenant::Environment;

/// Gauges on a board. Clones are the same board.
#[derive(Debug, Clone, Default)]
pub struct FakeGauges {
    board: Arc<Mutex<Board>>,
}

#[derive(Debug, Default)]
struct Board {
    /// By environment, and by the metric's name.
    values: BTreeMap<(Environment, String), f64>,
    broken: BTreeMap<Environment, CloudError>,
    read: Vec<(Environment, Gauge)>,
}

impl FakeGauges {
    /// From now on the metric shows this in the environment.
    pub fn show(&self, environment: Environment, metric: &str, value: f64) {
        self.board().values.insert((environment, metric.to_owned()), value);
    }

    /// From now on nothing is measured by the metric in the environment.
    pub fn fall_silent(&self, environment: Environment, metric: &str) {
        self.board().values.remove(&(environment, metric.to_owned()));
    }

    /// From now on no gauge of the environment can be read, with this error; without one, all can.
    pub fn fail(&self, environment: Environment, error: Option<CloudError>) {
        let mut board = self.board();
        match error {
            Some(error) => board.broken.insert(environment, error),
            None => board.broken.remove(&environment),
        };
    }

    /// What was read so far, in its order.
    pub fn read(&self) -> Vec<(Environment, Gauge)> {
        self.board().read.clone()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Gauges for FakeGauges {
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError> {
        let mut board = self.board();
        board.read.push((environment, gauge.clone()));
        if let Some(error) = board.broken.get(&environment) {
            return Err(error.clone());
        }
        Ok(board.values.get(&(environment, gauge.name.clone())).copied())
    }
}
