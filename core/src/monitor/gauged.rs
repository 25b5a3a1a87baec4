//! The jobs that read a gauge: what is too high becomes an alert, and what is well again ends it.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{Halt, Job, Look, Monitors, Outcome, Threshold, Watch};
use crate::alert::{Alert, Labels, Source, Status, Text, Watched};
use crate::card;
use crate::ports::{CloudError, Gauge, Statistic};
use crate::tenant::Environment;

/// How much of a text is kept in an alert.
const TEXT: usize = 500;

/// What was measured in an environment.
struct Reading {
    environment: Environment,
    /// The dimension, and its value: what was looked at.
    about: (&'static str, String),
    /// The metric that is shown with it.
    gauge: Gauge,
    /// The value, with its unit after a blank; none where nothing can be said.
    value: Option<(f64, String)>,
    /// Whether nothing was measured.
    silent: bool,
}

impl Monitors {
    pub(super) async fn lambda_errors(
        &self,
        job: &Job,
        threshold: Threshold,
        at: OffsetDateTime,
    ) -> Result<Outcome, Halt> {
        let mut outcome = Outcome::default();
        for (environment, function) in self.watched(&job.look) {
            let of = |name: &str| of_function(name, &function, threshold.over);
            let (calls, errors) = (of("Invocations"), of("Errors"));
            let read = futures::join!(self.gauges.read(environment, &calls), self.gauges.read(environment, &errors));
            let (calls, failed) = match read {
                (Ok(calls), Ok(failed)) => (calls, failed.unwrap_or(0.0)),
                (Err(error), _) | (_, Err(error)) => {
                    outcome.trouble.push(unread(environment, &function, &error));
                    continue;
                }
            };
            // Where nothing was called, nothing has failed.
            let called = calls.unwrap_or(0.0);
            let share = if called > 0.0 { failed / called } else { 0.0 };
            let value = Some((share, format!("{} % ({failed} of {called} calls)", percent(share))));
            let about = ("FunctionName", function);
            let reading = Reading { environment, about, gauge: errors, value, silent: calls.is_none() };
            self.judge(job, threshold, at, &reading, &mut outcome).await?;
        }
        Ok(outcome)
    }

    pub(super) async fn queue_depth(
        &self,
        job: &Job,
        threshold: Threshold,
        at: OffsetDateTime,
    ) -> Result<Outcome, Halt> {
        let mut outcome = Outcome::default();
        for (environment, queue) in self.watched(&job.look) {
            let gauge = of_queue(&queue, threshold.over);
            let depth = match self.gauges.read(environment, &gauge).await {
                Ok(depth) => depth,
                Err(error) => {
                    outcome.trouble.push(unread(environment, &queue, &error));
                    continue;
                }
            };
            // A queue that nobody touches falls silent after some hours, whether messages are in it or not.
            let value = depth
                .map(|depth| (depth, format!("{depth} message{}", if (depth - 1.0).abs() < 0.5 { "" } else { "s" })));
            let (silent, about) = (value.is_none(), ("QueueName", queue));
            let reading = Reading { environment, about, gauge, value, silent };
            self.judge(job, threshold, at, &reading, &mut outcome).await?;
        }
        Ok(outcome)
    }

    /// What is looked at by name, in each environment where the configuration names it.
    fn watched(&self, look: &Look) -> Vec<(Environment, String)> {
        let name = |watch: &Watch| match look {
            Look::LambdaErrors(_) => watch.provisioning_function.clone(),
            Look::QueueDepth(_) => watch.dead_letter_queue.clone(),
            Look::FailedProvisionings | Look::AuditAll => None,
        };
        self.watch.iter().filter_map(|(environment, watch)| Some((*environment, name(watch)?))).collect()
    }

    /// Why a job looks at nothing; none where it looks at something.
    pub(super) fn idle(&self, look: &Look) -> Option<&'static str> {
        let why = match look {
            Look::LambdaErrors(_) => "no environment's configuration names its function",
            Look::QueueDepth(_) => "no environment's configuration names its queue",
            Look::FailedProvisionings | Look::AuditAll => return None,
        };
        self.watched(look).is_empty().then_some(why)
    }

    /// Tells of what is not well when it begins, whenever it is worse than it was told, and when it ends.
    async fn judge(
        &self,
        job: &Job,
        threshold: Threshold,
        at: OffsetDateTime,
        reading: &Reading,
        outcome: &mut Outcome,
    ) -> Result<(), Halt> {
        outcome.silent |= reading.silent;
        let Some((value, shown)) = &reading.value else { return Ok(()) };
        let ill = *value > threshold.above;
        outcome.ill |= ill;
        let environment = reading.environment;
        let key = format!("monitor {} {environment}", job.name);
        let known = self.desk.book.alert(&key).await?;
        let fires = known.as_ref().filter(|alert| alert.status == Status::Firing);
        let told = fires.and_then(|alert| number(alert.value.as_ref()?.raw()));
        let is_news = match (ill, fires) {
            (true, Some(_)) => told.is_none_or(|told| number(shown).is_some_and(|now| now > told)),
            (true, None) => true,
            (false, fires) => fires.is_some(),
        };
        if !is_news {
            return Ok(());
        }
        let limit = match job.look {
            Look::LambdaErrors(_) => format!("> {} %", percent(threshold.above)),
            _ => format!("> {}", threshold.above),
        };
        let (dimension, name) = &reading.about;
        let text = |text: &str| Text::cut(text, TEXT);
        let labels = [("environment", environment.as_str()), ("monitor", &job.name), (dimension, name)];
        let alert = Alert {
            since: fires.map_or(at, |alert| alert.since),
            source: Source::Monitor,
            name: text(&job.title),
            status: if ill { Status::Firing } else { Status::Resolved },
            until: (!ill).then_some(at),
            summary: Some(text(&card::monitor_alert_sum(&job.look, name, environment))),
            value: Some(text(shown)),
            threshold: Some(text(&limit)),
            labels: labels.into_iter().map(|(label, value)| (label.to_owned(), text(value))).collect::<Labels>(),
            metric: Some(Watched {
                namespace: text(&reading.gauge.namespace),
                name: text(&reading.gauge.name),
                period: reading.gauge.seconds,
                statistic: text(reading.gauge.statistic.as_str()),
                dimensions: reading.gauge.dimensions.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            }),
            account: self.desk.ground.get(&environment).map(|ground| ground.account.clone()),
            key: key.clone(),
        };
        // One for each time of the job: whoever does it again tells it again, and it is taken once.
        let message = format!("{key} {}", at.unix_timestamp());
        self.desk.alerted(&message, vec![alert]).await?;
        Ok(())
    }
}

impl Watch {
    /// What is read of it, by what is watched; over an hour.
    pub fn gauges(&self) -> Vec<(&'static str, Gauge)> {
        const HOUR: u32 = 3_600;
        let function = self.provisioning_function.iter();
        let queue = self.dead_letter_queue.iter();
        function
            .map(|function| ("calls of the provisioning function", of_function("Invocations", function, HOUR)))
            .chain(queue.map(|queue| ("dead-letter queue", of_queue(queue, HOUR))))
            .collect()
    }
}

fn of_function(name: &str, function: &str, seconds: u32) -> Gauge {
    gauge("AWS/Lambda", name, ("FunctionName", function), Statistic::Sum, seconds)
}

fn of_queue(queue: &str, seconds: u32) -> Gauge {
    let name = "ApproximateNumberOfMessagesVisible";
    gauge("AWS/SQS", name, ("QueueName", queue), Statistic::Maximum, seconds)
}

fn gauge(namespace: &str, name: &str, about: (&str, &str), statistic: Statistic, seconds: u32) -> Gauge {
    let dimensions = BTreeMap::from([(about.0.to_owned(), about.1.to_owned())]);
    Gauge { namespace: namespace.to_owned(), name: name.to_owned(), dimensions, statistic, seconds }
}

/// A share in per cent, to a tenth.
fn percent(share: f64) -> f64 {
    (share * 1_000.0).round() / 10.0
}

/// The number at the head of a value.
fn number(value: &str) -> Option<f64> {
    value.split(' ').next()?.parse().ok()
}

fn unread(environment: Environment, what: &str, error: &CloudError) -> String {
    format!("{}: {what}: {error}", environment.title())
}
