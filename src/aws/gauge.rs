//! Metrics of CloudWatch, whichever they are: read by all of their dimensions, since a metric is another one with fewer.
//!
//! What is measured, and what it means, is for whoever asks.

use aws_sdk_cloudwatch::types::{Datapoint, Dimension, Statistic as Known};
use aws_smithy_types::DateTime;
use landlord_core::ports::{CloudError, Gauge, Statistic};
use time::OffsetDateTime;

use super::accounts::Account;

/// The most points that one call may ask for (CloudWatch: `GetMetricStatistics`).
const POINTS_MAX: u32 = 1_440;

/// The value over the while that ends with the minute before this one, as far as it was measured by now.
pub(crate) async fn read(account: &Account, gauge: &Gauge) -> Result<Option<f64>, CloudError> {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let ends = now - now.rem_euclid(60);
    let read = placed(account, gauge, ends - i64::from(gauge.seconds), 1).await?;
    Ok(read.into_iter().next().flatten())
}

/// The values from a time on. The first while begins with a whole minute, as CloudWatch counts.
pub(crate) async fn series(
    account: &Account,
    gauge: &Gauge,
    from: OffsetDateTime,
    points: u32,
) -> Result<Vec<Option<f64>>, CloudError> {
    let from = from.unix_timestamp();
    placed(account, gauge, from - from.rem_euclid(60), points).await
}

/// The values in their places. CloudWatch answers them in no order, and none where nothing was measured.
async fn placed(account: &Account, gauge: &Gauge, start: i64, points: u32) -> Result<Vec<Option<f64>>, CloudError> {
    let mut slots = Vec::new();
    for (begins, count) in calls(start, gauge.seconds, points) {
        let read = datapoints(account, gauge, begins, count).await?;
        let mut part = vec![None; count as usize];
        for point in &read {
            if let Some(slot) = place(point, begins, gauge.seconds).and_then(|place| part.get_mut(place)) {
                *slot = value(point, &gauge.statistic);
            }
        }
        slots.extend(part);
    }
    Ok(slots)
}

/// What each call asks for: when it begins, and how many points.
pub(super) fn calls(start: i64, period: u32, points: u32) -> impl Iterator<Item = (i64, u32)> {
    let firsts = (0..points).step_by(POINTS_MAX as usize);
    firsts.map(move |first| (start + i64::from(first) * i64::from(period), POINTS_MAX.min(points - first)))
}

/// Which point it is; none before the first.
pub(super) fn place(point: &Datapoint, begins: i64, period: u32) -> Option<usize> {
    let after = point.timestamp()?.secs() - begins;
    usize::try_from(after.div_euclid(i64::from(period))).ok()
}

/// The points of one call, as CloudWatch answers them.
pub(super) async fn datapoints(
    account: &Account,
    gauge: &Gauge,
    begins: i64,
    points: u32,
) -> Result<Vec<Datapoint>, CloudError> {
    let Gauge { namespace, name, dimensions, statistic, seconds } = gauge;
    if *seconds == 0 || !seconds.is_multiple_of(60) {
        return Err(CloudError::Permanent(format!("CloudWatch knows no period of {seconds} s, only whole minutes.")));
    }
    let dimensions = dimensions.iter().map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let asked = account
        .cloudwatch()
        .await
        .get_metric_statistics()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(dimensions.collect()))
        .start_time(DateTime::from_secs(begins))
        .end_time(DateTime::from_secs(begins + i64::from(*seconds) * i64::from(points)))
        .period(i32::try_from(*seconds).unwrap_or(i32::MAX));
    let asked = match known(statistic) {
        Some(known) => asked.statistics(known),
        None => asked.extended_statistics(statistic.as_str()),
    };
    let answer = asked.send().await;
    let doing = format!("Reading the metric {name} of {namespace}");
    Ok(answer.map_err(|error| account.failed(&doing, &error))?.datapoints.unwrap_or_default())
}

fn known(statistic: &Statistic) -> Option<Known> {
    Some(match statistic {
        Statistic::Sum => Known::Sum,
        Statistic::Maximum => Known::Maximum,
        Statistic::Minimum => Known::Minimum,
        Statistic::Average => Known::Average,
        Statistic::SampleCount => Known::SampleCount,
        Statistic::Percentile(_) => return None,
    })
}

fn value(point: &Datapoint, statistic: &Statistic) -> Option<f64> {
    match statistic {
        Statistic::Sum => point.sum(),
        Statistic::Maximum => point.maximum(),
        Statistic::Minimum => point.minimum(),
        Statistic::Average => point.average(),
        Statistic::SampleCount => point.sample_count(),
        Statistic::Percentile(words) => point.extended_statistics()?.get(words).copied(),
    }
}

/// Whether the metric was measured on the last day, in words. Errors: [`CloudError`], with what to do.
pub(crate) async fn ready(account: &Account, gauge: &Gauge) -> Result<bool, CloudError> {
    let day = Gauge { seconds: 86_400, ..gauge.clone() };
    Ok(read(account, &day).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn more_points_than_a_call_gives_are_several_calls() {
        assert_eq!(calls(600, 60, 2_000).collect::<Vec<_>>(), [(600, 1_440), (600 + 1_440 * 60, 560)]);
        assert_eq!(calls(600, 60, 1_440).collect::<Vec<_>>(), [(600, 1_440)]);
        assert_eq!(calls(600, 60, 0).count(), 0);
    }
}
