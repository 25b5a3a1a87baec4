//! What is measured: names, kinds, labels and buckets, and what each means. docs/running.md, the dashboard and the alert rules
//! are held against this table.
//!
//! No value of a label is a tenant, an id, or what somebody wrote: a metric has a bounded number of series.

/// What a metric is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is at the moment.
    Gauge,
    /// How often since the process began.
    Counter,
    /// How often, by how much.
    Histogram,
}

impl Kind {
    /// In Prometheus' words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
            Self::Histogram => "histogram",
        }
    }
}

/// A metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its name in a query; a histogram's without `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says, without a full stop.
    pub help: &'static str,
}

pub(super) const ACTIVE: Declared =
    gauge("landlord_active", &[], "1 where this process is the active one, 0 where it stands by");
pub(super) const CONNECTED: Declared =
    gauge("landlord_connected", &[], "1 where Discord is connected and the commands are registered");
pub(super) const WRITABLE: Declared = gauge(
    "landlord_store_writable",
    &[],
    "1 where the log can be read and written; the metrics that are read from it are left out where it cannot be read",
);
pub(super) const OPERATIONS: Declared = gauge("landlord_operations", &["state"], "Operations by state");
pub(super) const INCIDENTS: Declared = gauge(
    "landlord_incidents",
    &["state"],
    "Incidents: `open`, `ending` (over, with something left to be done or shown), `settled`",
);
pub(super) const OLDEST_DUE: Declared = gauge(
    "landlord_oldest_due_seconds",
    &[],
    "How long the oldest open operation has been due for something that is not begun; 0 where none is",
);
pub(super) const STEPS: Declared = counter(
    "landlord_steps_total",
    &["step", "outcome"],
    "Steps that ended: `created`, `existed`, `done`, `failed` (to be tried again), `held`, `turned back`, `undone`, `left`, `skipped`",
);
pub(super) const STEP_SECONDS: Declared = Declared {
    name: "landlord_step_seconds",
    kind: Kind::Histogram,
    labels: &["step"],
    help: "How long steps took that were done, from the first attempt on, in seconds",
};
pub(super) const VOTES: Declared = counter(
    "landlord_votes_total",
    &["kind", "counts"],
    "Votes by kind (`approve`, `withdraw`, `reject`) and whether they counted (`yes`, `no`)",
);
pub(super) const AWS_CALLS: Declared = counter(
    "landlord_aws_calls_total",
    &["service", "operation", "outcome"],
    "Calls of AWS: `ok`, `refused`, `throttled`, `failed` (AWS's own failure), `unanswered`",
);
pub(super) const AWS_THROTTLES: Declared =
    counter("landlord_aws_throttles_total", &["service"], "Calls that AWS refused because there were too many");
pub(super) const DISCORD_CALLS: Declared = counter(
    "landlord_discord_calls_total",
    &["method", "route", "status"],
    "Calls of Discord's HTTP API: `ok`, the status that refused, or `none` where nothing answered",
);
pub(super) const DISCORD_LIMITS: Declared = counter(
    "landlord_discord_rate_limits_total",
    &["route"],
    "Calls that had to wait for one of Discord's rate limits",
);
pub(super) const ALERTS: Declared = counter(
    "landlord_alerts_total",
    &["source", "result"],
    "Alerts that came in, by source and result: `taken`, `again`, or `refused` and why",
);

/// All of them.
pub const ALL: [&Declared; 14] = [
    &ACTIVE,
    &CONNECTED,
    &WRITABLE,
    &OPERATIONS,
    &INCIDENTS,
    &OLDEST_DUE,
    &STEPS,
    &STEP_SECONDS,
    &VOTES,
    &AWS_CALLS,
    &AWS_THROTTLES,
    &DISCORD_CALLS,
    &DISCORD_LIMITS,
    &ALERTS,
];

/// The buckets of what steps take, in seconds: a call takes moments, a backup an hour.
pub(super) const SECONDS: [f64; 12] = [0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 1_800.0, 3_600.0];

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Declared {
    Declared { name, kind: Kind::Gauge, labels, help }
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Declared {
    Declared { name, kind: Kind::Counter, labels, help }
}
