//! What is so at the moment of asking: read anew each time, so that nothing old is ever told.

use std::collections::BTreeMap;

use landlord_core::operation::State;
use landlord_core::ports::IncidentCounts;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use time::Duration;

use super::declared::{ACTIVE, CONNECTED, Declared, INCIDENTS, OLDEST_DUE, OPERATIONS, WRITABLE};
use super::{Labels, labels, register};

/// What is so now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Now {
    /// Whether people can be heard and answered.
    pub connected: bool,
    /// What the log says; none where this process stands by.
    pub log: Option<Log>,
}

/// What the log says now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Whether it can be written, and was read.
    pub writable: bool,
    /// What was read of it.
    pub read: Option<Read>,
}

/// What was read of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Operations by state.
    pub operations: BTreeMap<State, u64>,
    /// Incidents.
    pub incidents: IncidentCounts,
    /// How long the oldest operation has been due for something that is not begun; none where none is.
    pub oldest_due: Option<Duration>,
}

impl Now {
    pub(super) fn register(&self, registry: &mut Registry) {
        flag(registry, &ACTIVE, self.log.is_some());
        flag(registry, &CONNECTED, self.connected);
        let Some(log) = &self.log else { return };
        flag(registry, &WRITABLE, log.writable);
        let Some(read) = &log.read else { return };
        let states = read.operations.iter().map(|(state, count)| (state.as_str(), *count));
        by_state(registry, &OPERATIONS, states);
        let IncidentCounts { open, ending, settled } = read.incidents;
        by_state(registry, &INCIDENTS, [("open", open), ("ending", ending), ("settled", settled)]);
        let oldest: Gauge<f64, std::sync::atomic::AtomicU64> = Gauge::default();
        oldest.set(read.oldest_due.map_or(0.0, Duration::as_seconds_f64));
        register(registry, &OLDEST_DUE, oldest);
    }
}

fn flag(registry: &mut Registry, declared: &Declared, is: bool) {
    let gauge: Gauge = Gauge::default();
    gauge.set(i64::from(is));
    register(registry, declared, gauge);
}

fn by_state(registry: &mut Registry, declared: &Declared, counts: impl IntoIterator<Item = (&'static str, u64)>) {
    let gauges: Family<Labels, Gauge> = Family::default();
    for (state, count) in counts {
        gauges.get_or_create(&labels(declared, [state.into()])).set(count.try_into().unwrap_or(i64::MAX));
    }
    register(registry, declared, gauges);
}
