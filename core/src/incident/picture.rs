//! What was measured around an alert, as a picture: its own metric where it names one, else how much of its size the tenant's
//! service used.
//!
//! Nobody waits for it long: what cannot be read in a moment is left out, and the incident is shown without it.

use std::time::Duration;

use futures::future::join_all;
use time::OffsetDateTime;

use super::{Incident, Notice};
use crate::alert::Alert;
use crate::card::chart::Series;
use crate::card::{self, File};
use crate::ports::{Gauge, Metric, Statistic, Subject, Tenant};
use crate::tenant::Environment;

/// How long it may take to read what was measured.
const PATIENCE: Duration = Duration::from_secs(3);
/// How many whiles before the alert are shown, and at most altogether.
const BEFORE: u32 = 45;
const MOST: i64 = 120;
/// How long the use of a tenant's service is shown: points of a minute.
const USE: u32 = 60;

impl Notice {
    /// The picture; none where nothing was measured, or it cannot be read now.
    pub(super) async fn picture(&self, incident: &Incident, tenant: Option<&Tenant>) -> Option<File> {
        let clock = &self.desk.clock;
        tokio::select! {
            picture = self.measured(incident, tenant) => picture,
            () = clock.sleep_until(clock.now() + clock.work(PATIENCE)) => {
                tracing::warn!(incident = %incident.id, "what was measured around incident {} is not read in time", incident.id);
                None
            }
        }
    }

    async fn measured(&self, incident: &Incident, tenant: Option<&Tenant>) -> Option<File> {
        if incident.is_storm() {
            return None;
        }
        let environment = incident.about.environment?;
        if let Some(picture) = self.of_metric(environment, &incident.alert).await {
            return Some(picture);
        }
        self.of_use(incident, tenant?).await
    }

    async fn of_metric(&self, environment: Environment, alert: &Alert) -> Option<File> {
        let watched = alert.metric.as_ref()?;
        let (from, seconds, points) = span(alert.since, self.desk.clock.now(), watched.period);
        let gauge = Gauge {
            namespace: watched.namespace.raw().to_owned(),
            name: watched.name.raw().to_owned(),
            dimensions: watched.dimensions.iter().map(|(name, value)| (name.clone(), value.raw().to_owned())).collect(),
            statistic: Statistic::read(watched.statistic.raw())?,
            seconds,
        };
        match self.gauges.series(environment, &gauge, from, points).await {
            Ok(points) => {
                let period = time::Duration::seconds(i64::from(seconds));
                card::metric_picture(alert, &gauge, Series { from, period, points })
            }
            Err(error) => {
                tracing::warn!(%environment, metric = gauge.name, %error, "a metric cannot be read");
                None
            }
        }
    }

    async fn of_use(&self, incident: &Incident, tenant: &Tenant) -> Option<File> {
        let tenancy = incident.about.tenancy.clone()?;
        let subject = Subject { tenancy, subdomain: tenant.details.subdomain.clone() };
        let from = minute(self.desk.clock.now()) - time::Duration::minutes(i64::from(USE));
        let read =
            [Metric::Cpu, Metric::Memory].map(|metric| self.desk.workload.usage(&subject, metric, from, 60, USE));
        let read: Vec<_> = join_all(read).await.into_iter().flatten().collect();
        card::use_picture(&read)
    }
}

/// From when on, how many seconds a while is, and how many there are: from some before the alert until now.
fn span(since: OffsetDateTime, now: OffsetDateTime, period: u32) -> (OffsetDateTime, u32, u32) {
    let period = i64::from(period.max(60).next_multiple_of(60));
    let from = minute(since.min(now)) - time::Duration::seconds(period * i64::from(BEFORE));
    let all = (now - from).whole_seconds().max(period);
    // Of what fires for long, each while is longer, and not more of them are shown.
    let seconds = period * (all / period / MOST + 1);
    let points = u32::try_from((all + seconds - 1) / seconds).unwrap_or(u32::MAX);
    (from, u32::try_from(seconds).unwrap_or(u32::MAX), points)
}

fn minute(at: OffsetDateTime) -> OffsetDateTime {
    let into = at.unix_timestamp().rem_euclid(60);
    at - time::Duration::seconds(into) - time::Duration::nanoseconds(i64::from(at.nanosecond()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn it_reaches_from_before_the_alert_until_now() {
        let since = datetime!(2026-03-02 09:00:30 UTC);
        let (from, seconds, points) = span(since, since + time::Duration::minutes(5), 60);
        assert_eq!((from, seconds, points), (datetime!(2026-03-02 08:15 UTC), 60, 51));
        let (from, seconds, points) = span(since, since, 300);
        assert_eq!((from, seconds, points), (datetime!(2026-03-02 05:15 UTC), 300, 46));
    }

    #[test]
    fn of_what_fires_for_long_the_points_are_fewer_and_longer() {
        let since = datetime!(2026-03-02 09:00 UTC);
        for (days, period) in [(3, 60), (400, 60), (1, 86_400), (0, u32::MAX / 100)] {
            let now = since + time::Duration::days(days);
            let (from, seconds, points) = span(since, now, period);
            assert!(points <= 120 && seconds >= period && seconds % 60 == 0, "{seconds} × {points}");
            let ends = from + time::Duration::seconds(i64::from(seconds) * i64::from(points));
            assert!(from < since && ends >= now, "{from} to {ends}");
        }
        // A clock that is behind the one of whoever told it.
        let (from, _, points) = span(since, since - time::Duration::HOUR, 60);
        assert!(from < since && points == 45, "{from} {points}");
    }
}
