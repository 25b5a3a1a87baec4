//! What the bot counts of itself, in the `OpenMetrics` text that Prometheus reads.
//!
//! Architecture invariant: only this room knows Prometheus' library, and it knows no outside system. Whoever measures holds a
//! [`Metrics`] and says what happened; whoever is asked reads a [`now::Now`].

mod declared;
pub mod now;
mod observed;

use std::borrow::Cow;
use std::sync::Arc;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use declared::{ALERTS, AWS_CALLS, AWS_THROTTLES, DISCORD_CALLS, DISCORD_LIMITS, STEP_SECONDS, STEPS, VOTES};
pub use declared::{ALL, Declared, Kind};
use now::Now;

/// What the text is, for a header.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Labels with their values.
type Labels = Vec<(&'static str, Cow<'static, str>)>;

/// What was counted since the process began. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    steps: Family<Labels, Counter>,
    step_seconds: Family<Labels, Histogram>,
    votes: Family<Labels, Counter>,
    aws_calls: Family<Labels, Counter>,
    aws_throttles: Family<Labels, Counter>,
    discord_calls: Family<Labels, Counter>,
    discord_limits: Family<Labels, Counter>,
    alerts: Family<Labels, Counter>,
}

impl Default for Counted {
    fn default() -> Self {
        Self {
            steps: Family::default(),
            step_seconds: Family::new_with_constructor(|| Histogram::new(declared::SECONDS)),
            votes: Family::default(),
            aws_calls: Family::default(),
            aws_throttles: Family::default(),
            discord_calls: Family::default(),
            discord_limits: Family::default(),
            alerts: Family::default(),
        }
    }
}

/// How a call of AWS came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// AWS said no.
    Refused,
    /// AWS said that there are too many.
    Throttled,
    /// AWS failed.
    Failed,
    /// There was no answer, or nothing was sent.
    Unanswered,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
        }
    }
}

/// What Discord answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// This status, which is none of success.
    Refused(u16),
    /// Nothing that could be read, or nothing at all.
    Nothing,
}

impl Metrics {
    /// A call of AWS came to its end. `service` and `operation` are the SDK's own names, such as `ECS` and `UpdateService`.
    pub fn aws(&self, service: &str, operation: &str, outcome: Outcome) {
        let values = [owned(service), owned(operation), outcome.as_str().into()];
        self.0.aws_calls.get_or_create(&labels(&AWS_CALLS, values)).inc();
        if outcome == Outcome::Throttled {
            self.0.aws_throttles.get_or_create(&labels(&AWS_THROTTLES, [owned(service)])).inc();
        }
    }

    /// A call of Discord came to its end. `route` says what it is about, such as `messages`.
    pub fn discord(&self, method: &'static str, route: &'static str, answer: Answer) {
        let status = match answer {
            Answer::Done => "ok".into(),
            Answer::Refused(status) => Cow::Owned(status.to_string()),
            Answer::Nothing => "none".into(),
        };
        self.0.discord_calls.get_or_create(&labels(&DISCORD_CALLS, [method.into(), route.into(), status])).inc();
    }

    /// A call of Discord had to wait for a rate limit.
    pub fn discord_limited(&self, route: &'static str) {
        self.0.discord_limits.get_or_create(&labels(&DISCORD_LIMITS, [route.into()])).inc();
    }

    /// An alert came in: from where, and what became of it (`taken`, `again`, or as [`Self::alert_refused`] says it).
    pub fn alert(&self, source: &'static str, result: &'static str) {
        self.0.alerts.get_or_create(&labels(&ALERTS, [source.into(), result.into()])).inc();
    }

    /// Something that came in as an alert was turned away: from where, and a word for why.
    pub fn alert_refused(&self, source: &'static str, why: &'static str) {
        let result = Cow::Owned(format!("refused: {why}"));
        self.0.alerts.get_or_create(&labels(&ALERTS, [source.into(), result])).inc();
    }

    fn vote(&self, kind: &'static str, counts: bool) {
        let counts = if counts { "yes" } else { "no" };
        self.0.votes.get_or_create(&labels(&VOTES, [kind.into(), counts.into()])).inc();
    }

    fn step(&self, step: Cow<'static, str>, outcome: &'static str) {
        self.0.steps.get_or_create(&labels(&STEPS, [step, outcome.into()])).inc();
    }

    fn step_took(&self, step: Cow<'static, str>, seconds: f64) {
        self.0.step_seconds.get_or_create(&labels(&STEP_SECONDS, [step])).observe(seconds);
    }

    /// All that was counted, and what is so now, as text.
    pub fn text(&self, now: &Now) -> String {
        let mut registry = Registry::default();
        now.register(&mut registry);
        let counted = &self.0;
        register(&mut registry, &STEPS, counted.steps.clone());
        register(&mut registry, &STEP_SECONDS, counted.step_seconds.clone());
        register(&mut registry, &VOTES, counted.votes.clone());
        register(&mut registry, &AWS_CALLS, counted.aws_calls.clone());
        register(&mut registry, &AWS_THROTTLES, counted.aws_throttles.clone());
        register(&mut registry, &DISCORD_CALLS, counted.discord_calls.clone());
        register(&mut registry, &DISCORD_LIMITS, counted.discord_limits.clone());
        register(&mut registry, &ALERTS, counted.alerts.clone());
        let mut written = String::new();
        // A String takes all that is written to it.
        text::encode(&mut written, &registry).unwrap_or_else(|error| tracing::error!(%error, "metrics"));
        written
    }
}

fn register(registry: &mut Registry, declared: &Declared, metric: impl Metric) {
    // The library writes a counter's ending itself.
    registry.register(declared.name.trim_end_matches("_total"), declared.help, metric);
}

fn labels<const N: usize>(declared: &Declared, values: [Cow<'static, str>; N]) -> Labels {
    declared.labels.iter().copied().zip(values).collect()
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

#[cfg(test)]
mod tests;
