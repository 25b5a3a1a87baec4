//! The contract of the [`Gauges`] port: one promise after another, on whichever implementation, with the hands to measure.

use std::collections::BTreeMap;

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use crate::ports::{CloudError, Gauge, Gauges, Statistic};
use crate::tenant::Environment;

/// Where the contract can be tried.
#[async_trait]
pub trait Meter: Send + Sync {
    /// The implementation on trial.
    fn gauges(&self) -> &dyn Gauges;

    /// The gauge's metric measures these in DEV, a minute apart from a whole minute on; nothing where there is none.
    async fn measure(&self, gauge: &Gauge, from: OffsetDateTime, values: &[Option<f64>]);
}

/// Plays all of it.
///
/// # Panics
/// Where the contract is broken, with what was promised.
pub async fn keeps(meter: &dyn Meter) {
    each_value_is_in_its_place(meter).await;
    a_while_is_one_value_by_its_statistic(meter).await;
    a_metric_is_another_one_with_other_dimensions(meter).await;
    more_than_a_call_gives(meter).await;
    the_while_that_ends_now(meter).await;
    only_whole_minutes(meter).await;
}

/// A gauge that nobody has used.
fn gauge(statistic: Statistic, seconds: u32) -> Gauge {
    let function = format!("provision-{:08x}", rand::random::<u32>());
    Gauge {
        namespace: "AWS/Lambda".to_owned(),
        name: "Errors".to_owned(),
        dimensions: BTreeMap::from([("FunctionName".to_owned(), function)]),
        statistic,
        seconds,
    }
}

/// A whole minute some time ago.
fn ago(minutes: i64) -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    let into = Duration::seconds(i64::from(now.second())) + Duration::nanoseconds(i64::from(now.nanosecond()));
    now - into - Duration::minutes(minutes)
}

async fn series(meter: &dyn Meter, gauge: &Gauge, from: OffsetDateTime, points: u32) -> Vec<Option<f64>> {
    let read = meter.gauges().series(Environment::Dev, gauge, from, points).await;
    read.unwrap_or_else(|error| panic!("a series can be read: {error}"))
}

async fn each_value_is_in_its_place(meter: &dyn Meter) {
    let (gauge, from) = (gauge(Statistic::Sum, 60), ago(30));
    meter.measure(&gauge, from, &[Some(3.0), None, Some(0.25), None]).await;
    let within = from + Duration::seconds(20);
    assert_eq!(
        series(meter, &gauge, within, 4).await,
        [Some(3.0), None, Some(0.25), None],
        "it begins with the minute"
    );
    assert_eq!(series(meter, &gauge, from - Duration::minutes(2), 4).await, [None, None, Some(3.0), None]);
    assert_eq!(series(meter, &gauge, from, 0).await, []);
}

async fn a_while_is_one_value_by_its_statistic(meter: &dyn Meter) {
    let (gauge, from) = (gauge(Statistic::Sum, 300), ago(30));
    meter.measure(&gauge, from, &[Some(4.0), Some(1.0), None, Some(7.0), None]).await;
    for (statistic, value) in [
        (Statistic::Sum, 12.0),
        (Statistic::Maximum, 7.0),
        (Statistic::Minimum, 1.0),
        (Statistic::Average, 4.0),
        (Statistic::SampleCount, 3.0),
        (Statistic::Percentile("p50".to_owned()), 4.0),
    ] {
        let gauge = Gauge { statistic: statistic.clone(), ..gauge.clone() };
        assert_eq!(series(meter, &gauge, from, 2).await, [Some(value), None], "{statistic:?}");
    }
}

async fn a_metric_is_another_one_with_other_dimensions(meter: &dyn Meter) {
    let (whole, from) = (gauge(Statistic::Sum, 60), ago(30));
    meter.measure(&whole, from, &[Some(3.0)]).await;
    let (mut fewer, mut more) = (whole.clone(), whole.clone());
    fewer.dimensions.clear();
    more.dimensions.insert("Resource".to_owned(), "live".to_owned());
    let other = Gauge { name: "Throttles".to_owned(), ..whole.clone() };
    for gauge in [&fewer, &more, &other] {
        assert_eq!(series(meter, gauge, from, 1).await, [None], "{gauge:?}");
    }
    assert_eq!(series(meter, &whole, from, 1).await, [Some(3.0)]);
}

async fn more_than_a_call_gives(meter: &dyn Meter) {
    let (gauge, from) = (gauge(Statistic::Maximum, 60), ago(2_000));
    let values: Vec<Option<f64>> = (0..2_000).map(|at| (at % 500 == 250).then(|| f64::from(at))).collect();
    meter.measure(&gauge, from, &values).await;
    assert_eq!(series(meter, &gauge, from, 2_000).await, values);
}

async fn the_while_that_ends_now(meter: &dyn Meter) {
    let gauge = gauge(Statistic::Sum, 900);
    let read = || async { meter.gauges().read(Environment::Dev, &gauge).await };
    assert_eq!(read().await, Ok(None), "what was never measured is not zero");
    // In the middle of it, whichever minute it is by now; and long before it.
    meter.measure(&gauge, ago(9), &[Some(2.0), Some(3.0)]).await;
    assert_eq!(read().await, Ok(Some(5.0)));
    meter.measure(&gauge, ago(40), &[Some(2.0)]).await;
    assert_eq!(read().await, Ok(None));
}

async fn only_whole_minutes(meter: &dyn Meter) {
    for seconds in [0, 90] {
        let gauge = gauge(Statistic::Sum, seconds);
        let read = meter.gauges().read(Environment::Dev, &gauge).await;
        assert!(matches!(read, Err(CloudError::Permanent(_))), "{seconds} s: {read:?}");
    }
}
