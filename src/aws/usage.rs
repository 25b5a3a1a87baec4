//! How much of its size a tenant's service uses: CloudWatch, namespace `ECS/ContainerInsights`, with start, end and period,
//! which the playbook's own line (2.4) leaves out.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Datapoint, StandardUnit};
use aws_sdk_ecs::types::ClusterField;
use landlord_core::kind::Kind;
use landlord_core::ports::{CloudError, Gauge, Metric, Statistic, Usage};
use landlord_core::tenant::Tenancy;
use time::OffsetDateTime;

use super::accounts::Account;
use super::quota::Quota;
use super::{gauge, service_work};

/// Where Container Insights writes.
const NAMESPACE: &str = "ECS/ContainerInsights";

/// The name that Container Insights gives the metric.
fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::Cpu => "CpuUtilized",
        Metric::Memory => "MemoryUtilized",
    }
}

/// The use of one task on average, point by point. The first point begins with a whole minute, as CloudWatch counts.
pub(crate) async fn read(
    account: &Account,
    tenancy: &Tenancy,
    metric: Metric,
    from: OffsetDateTime,
    period: u32,
    points: u32,
) -> Result<Usage, CloudError> {
    service_work::own(account, tenancy).await?;
    let gauge = used(account, &tenancy.name(Kind::Service), metric, period);
    let start = from.unix_timestamp() - from.unix_timestamp().rem_euclid(60);
    let mut read = Vec::new();
    for (begins, count) in gauge::calls(start, period, points) {
        let part = gauge::datapoints(account, &gauge, begins, count).await?;
        read.extend(placed(metric, &part, begins, period, count));
    }
    let from = OffsetDateTime::from_unix_timestamp(start)
        .map_err(|error| CloudError::Permanent(format!("Reading the use of a service: {error}.")))?;
    Ok(Usage { metric, from, period, points: read })
}

/// The use of one task on average, in the cluster.
fn used(account: &Account, service: &str, metric: Metric, seconds: u32) -> Gauge {
    let dimensions = [("ClusterName", cluster(account)), ("ServiceName", service)];
    Gauge {
        namespace: NAMESPACE.to_owned(),
        name: name(metric).to_owned(),
        dimensions: BTreeMap::from(dimensions.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        statistic: Statistic::Average,
        seconds,
    }
}

/// The cluster's name; the configuration may give its ARN.
fn cluster(account: &Account) -> &str {
    account.config.cluster.rsplit('/').next().unwrap_or_default()
}

/// The points in their places. CloudWatch answers them in no order, and none where nothing was measured.
fn placed(metric: Metric, points: &[Datapoint], begins: i64, period: u32, count: u32) -> Vec<Option<u32>> {
    let mut slots: Vec<Option<u32>> = vec![None; count as usize];
    for point in points {
        let slot = gauge::place(point, begins, period).and_then(|place| slots.get_mut(place));
        if let (Some(slot), Some(average)) = (slot, point.average()) {
            *slot = rounded(average * scale(metric, point.unit()));
        }
    }
    slots
}

/// What a value in this unit is multiplied by to be in the metric's own.
fn scale(metric: Metric, unit: Option<&StandardUnit>) -> f64 {
    match (metric, unit) {
        (Metric::Memory, Some(StandardUnit::Bytes)) => 1.0 / 1_048_576.0,
        (Metric::Memory, Some(StandardUnit::Kilobytes)) => 1.0 / 1_024.0,
        (Metric::Memory, Some(StandardUnit::Gigabytes)) => 1_024.0,
        _ => 1.0,
    }
}

fn rounded(value: f64) -> Option<u32> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bounds that are looked at")]
    (0.0..=f64::from(u32::MAX)).contains(&value.round()).then(|| value.round() as u32)
}

/// Whether the metrics may be read, and whether the cluster measures them.
pub(crate) async fn ready(account: &Account) -> Result<String, CloudError> {
    let name = cluster(account);
    // Of a service that nobody has: what counts is that the question is allowed.
    gauge::read(account, &used(account, "landlord-doctor", Metric::Cpu, 3_600)).await?;
    let client = account.ecs(Quota::EcsRead).await;
    let call =
        client.describe_clusters().clusters(&account.config.cluster).include(ClusterField::Settings).send().await;
    let answer = call.map_err(|error| account.failed(&format!("Looking at the cluster {name}"), &error))?;
    let Some(found) = answer.clusters().first() else {
        return Err(CloudError::Permanent(format!("The cluster {name} is not there. Correct `cluster`.")));
    };
    let insights =
        found.settings().iter().find(|setting| setting.name().is_some_and(|n| n.as_str() == "containerInsights"));
    Ok(match insights.and_then(|setting| setting.value()) {
        Some("enabled" | "enhanced") => format!("Container Insights measures {name}"),
        _ => format!(
            "can be read, but Container Insights is off in {name}, so nothing is measured. Turn it on with `aws ecs \
             update-cluster-settings --cluster {name} --settings name=containerInsights,value=enabled`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Datapoint, StandardUnit};
    use aws_smithy_types::DateTime;
    use landlord_core::ports::Metric;

    use super::placed;

    fn point(at: i64, average: f64, unit: StandardUnit) -> Datapoint {
        Datapoint::builder().timestamp(DateTime::from_secs(at)).average(average).unit(unit).build()
    }

    #[test]
    fn points_stand_in_their_places_with_gaps_between() {
        let points = [
            point(1_000 + 180, 200.4, StandardUnit::None),
            point(1_000, 99.5, StandardUnit::None),
            point(940, 7.0, StandardUnit::None),
            point(1_000 + 240, 7.0, StandardUnit::None),
        ];
        assert_eq!(placed(Metric::Cpu, &points, 1_000, 60, 4), [Some(100), None, None, Some(200)]);
        assert_eq!(placed(Metric::Cpu, &[], 1_000, 60, 2), [None, None]);
    }

    #[test]
    fn memory_is_in_mebibytes_whatever_it_is_answered_in() {
        for (value, unit) in [
            (300.0, StandardUnit::Megabytes),
            (300.0, StandardUnit::None),
            (314_572_800.0, StandardUnit::Bytes),
            (307_200.0, StandardUnit::Kilobytes),
        ] {
            assert_eq!(placed(Metric::Memory, &[point(0, value, unit)], 0, 60, 1), [Some(300)]);
        }
    }

    #[test]
    fn what_is_no_number_of_units_is_a_gap() {
        for value in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(placed(Metric::Cpu, &[point(0, value, StandardUnit::None)], 0, 60, 1), [None]);
        }
    }
}
