//! How much of its size a simulated service uses: what a test says, else a curve that looks like days of visitors.

use std::f64::consts::TAU;

use time::{Duration, OffsetDateTime};

use super::SimulatedCloud;
use super::world::World;
use crate::kind::Kind;
use crate::ports::{Metric, Subject, Usage};
use crate::size::Size;
use crate::tenant::Tenancy;

const DAY: f64 = 86_400.0;

impl SimulatedCloud {
    /// From now on this was measured of the tenant's service, the last point being the latest of whatever is asked for; none
    /// brings the curve back.
    pub fn measures(&self, tenancy: &Tenancy, metric: Metric, points: Option<Vec<Option<u32>>>) {
        let key = (tenancy.clone(), metric);
        self.change(|world| match points {
            Some(points) => world.families.measured.insert(key, points),
            None => world.families.measured.remove(&key),
        });
    }
}

impl World {
    pub(super) fn usage(
        &self,
        subject: &Subject,
        metric: Metric,
        from: OffsetDateTime,
        period: u32,
        points: u32,
    ) -> Usage {
        let told = self.families.measured.get(&(subject.tenancy.clone(), metric));
        let runs = self.own(Kind::Service, subject).is_some();
        let size = self.running_size(subject);
        let point = |place: u32| match told {
            Some(told) => {
                let back = (points - place) as usize;
                told.len().checked_sub(back).and_then(|at| told[at])
            }
            None => runs.then(|| curve(metric, size, from + Duration::seconds(i64::from(period) * i64::from(place)))),
        };
        Usage { metric, from, period, points: (0..points).map(point).collect() }
    }
}

/// Quiet nights and busy afternoons, a little different each day.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a curve")]
fn curve(metric: Metric, size: Size, at: OffsetDateTime) -> u32 {
    let seconds = at.unix_timestamp() as f64;
    let day = (TAU * (seconds / DAY - 0.6)).cos();
    let week = (TAU * seconds / (5.3 * DAY)).sin();
    let share = match metric {
        Metric::Cpu => 0.34 + 0.22 * day + 0.08 * week,
        Metric::Memory => 0.58 + 0.06 * day + 0.05 * week,
    };
    let of = match metric {
        Metric::Cpu => size.cpu(),
        Metric::Memory => size.memory(),
    };
    (f64::from(of) * share) as u32
}
