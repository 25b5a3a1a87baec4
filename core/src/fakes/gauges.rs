//! A board of gauges: each shows what it was set to or what was measured, and fails when told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::ports::{CloudError, Gauge, Gauges, Statistic};
use crate::tenant::Environment;

/// What makes a metric itself: namespace, name and dimensions.
type Metric = (String, String, BTreeMap<String, String>);
/// When something was measured, and what.
type Sample = (OffsetDateTime, f64);

/// Gauges on a board. Clones are the same board.
#[derive(Debug, Clone, Default)]
pub struct FakeGauges {
    board: Arc<Mutex<Board>>,
}

#[derive(Debug, Default)]
struct Board {
    /// By environment, and by the metric's name.
    shown: BTreeMap<(Environment, String), f64>,
    measured: BTreeMap<(Environment, Metric), Vec<Sample>>,
    broken: BTreeMap<Environment, CloudError>,
    read: Vec<(Environment, Gauge)>,
}

impl FakeGauges {
    /// From now on every gauge of this name shows this in the environment, over whatever while.
    pub fn show(&self, environment: Environment, metric: &str, value: f64) {
        self.board().shown.insert((environment, metric.to_owned()), value);
    }

    /// From now on nothing is measured by the metric in the environment.
    pub fn fall_silent(&self, environment: Environment, metric: &str) {
        self.board().shown.remove(&(environment, metric.to_owned()));
    }

    /// The gauge's metric measured these in the environment, at these times.
    pub fn measure(&self, environment: Environment, gauge: &Gauge, samples: &[Sample]) {
        self.board().measured.insert((environment, metric(gauge)), samples.to_vec());
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

impl Board {
    fn look(&mut self, environment: Environment, gauge: &Gauge) -> Result<(), CloudError> {
        self.read.push((environment, gauge.clone()));
        if gauge.seconds == 0 || !gauge.seconds.is_multiple_of(60) {
            return Err(CloudError::Permanent(format!("There is no period of {} s.", gauge.seconds)));
        }
        self.broken.get(&environment).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The values of whiles from a second on.
    fn whiles(&self, environment: Environment, gauge: &Gauge, first: i64, points: u32) -> Vec<Option<f64>> {
        let mut slots = vec![Vec::new(); points as usize];
        for (at, value) in self.measured.get(&(environment, metric(gauge))).into_iter().flatten() {
            let place = (at.unix_timestamp() - first).div_euclid(i64::from(gauge.seconds));
            if let Some(slot) = usize::try_from(place).ok().and_then(|place| slots.get_mut(place)) {
                slot.push(*value);
            }
        }
        slots.into_iter().map(|slot| one(slot, &gauge.statistic)).collect()
    }
}

#[async_trait]
impl Gauges for FakeGauges {
    async fn read(&self, environment: Environment, gauge: &Gauge) -> Result<Option<f64>, CloudError> {
        let mut board = self.board();
        board.look(environment, gauge)?;
        if let Some(shown) = board.shown.get(&(environment, gauge.name.clone())) {
            return Ok(Some(*shown));
        }
        let ends = minute(OffsetDateTime::now_utc());
        Ok(board.whiles(environment, gauge, ends - i64::from(gauge.seconds), 1).remove(0))
    }

    async fn series(
        &self,
        environment: Environment,
        gauge: &Gauge,
        from: OffsetDateTime,
        points: u32,
    ) -> Result<Vec<Option<f64>>, CloudError> {
        let mut board = self.board();
        board.look(environment, gauge)?;
        Ok(board.whiles(environment, gauge, minute(from), points))
    }
}

fn metric(gauge: &Gauge) -> Metric {
    (gauge.namespace.clone(), gauge.name.clone(), gauge.dimensions.clone())
}

fn minute(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() - at.unix_timestamp().rem_euclid(60)
}

#[allow(clippy::cast_precision_loss, reason = "a board has few samples")]
fn one(mut samples: Vec<f64>, statistic: &Statistic) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    let (least, most) = (samples.first().copied()?, samples.last().copied()?);
    let (sum, count) = (samples.iter().sum::<f64>(), samples.len() as f64);
    Some(match statistic {
        Statistic::Sum => sum,
        Statistic::Maximum => most,
        Statistic::Minimum => least,
        Statistic::Average => sum / count,
        Statistic::SampleCount => count,
        Statistic::Percentile(words) => {
            let share: f64 = words.strip_prefix('p').and_then(|share| share.parse().ok())?;
            samples
                .into_iter()
                .enumerate()
                .find(|(place, _)| (*place + 1) as f64 * 100.0 > share * count)
                .map_or(most, |one| one.1)
        }
    })
}
