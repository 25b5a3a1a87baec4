//! What was measured around an alert stands in its card as a picture, and where nothing was, the card stands without one.

use std::collections::BTreeMap;

use landlord_core::alert::Alert;
use landlord_core::fakes::World;
use landlord_core::ports::{Clock as _, CloudError, Gauge, Statistic};
use landlord_core::tenant::Environment;
use serde_json::json;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::{DOWN, fired, only};
use crate::deletion::acme_in;

const METRIC: &str = "HTTPCode_Target_5XX_Count";

/// An alarm of CloudWatch that watches `acme`'s target group in DEV.
fn alarm(world: &World, state: &str) -> Alert {
    let at = world.clock.now();
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000+0000");
    let account = landlord_core::fakes::Settings::default().place(Environment::Dev).account.clone();
    let message = json!({
        "AlarmName": "dev-acme-5xx", "AWSAccountId": account, "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [12.0 (02/03/26 09:00:00)] was greater than the threshold (10.0).",
        "StateChangeTime": at.format(form).unwrap(), "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:{account}:alarm:dev-acme-5xx"),
        "Trigger": { "MetricName": METRIC, "Namespace": "AWS/ApplicationELB", "Statistic": "SUM",
                     "Dimensions": [{ "value": "targetgroup/dev-acme-tg/0123", "name": "TargetGroup" }],
                     "Period": 60, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 10.0 },
    });
    Alert::published(&message.to_string()).unwrap()
}

async fn alarmed(world: &World, state: &str) {
    world.is_alerted(state, vec![alarm(world, state)]).await.unwrap().unwrap();
}

/// The picture in the only incident's card.
fn picture(world: &World) -> Option<Vec<u8>> {
    let files = world.incident_card(&only(world)).card.files.clone();
    assert!(files.iter().all(|file| file.media_type == "image/png"), "{files:?}");
    files.into_iter().next().map(|file| file.bytes)
}

fn minutes(world: &World, ago: impl IntoIterator<Item = i64>) -> Vec<(OffsetDateTime, f64)> {
    ago.into_iter().map(|ago| (world.clock.now() - Duration::minutes(ago), 12.0)).collect()
}

#[tokio::test]
async fn the_metric_of_the_alarm_is_in_its_card_and_stays_there() {
    let world = acme_in(&[Environment::Dev]).await;
    let dimensions = BTreeMap::from([("TargetGroup".to_owned(), "targetgroup/dev-acme-tg/0123".to_owned())]);
    let watched = Gauge {
        namespace: "AWS/ApplicationELB".into(),
        name: METRIC.into(),
        dimensions,
        statistic: Statistic::Sum,
        seconds: 60,
    };
    world.gauges.measure(Environment::Dev, &watched, &minutes(&world, 0..40));
    alarmed(&world, "ALARM").await;
    let posted = picture(&world).expect("a picture");
    assert!(posted.starts_with(b"\x89PNG"));
    assert_eq!(world.gauges.read(), [(Environment::Dev, watched)]);
    world.passes(Duration::minutes(5)).await;
    alarmed(&world, "OK").await;
    world.incident_card(&only(&world)).shows("**Recovered**");
    assert_eq!(picture(&world).as_ref(), Some(&posted), "an edit leaves it as it was posted");
    let told = world.incident_files(&only(&world));
    assert!(told.iter().any(|file| file.name == "measured.png"), "its whole course is in the thread: {told:?}");
}

#[tokio::test]
async fn without_a_metric_the_use_of_the_service_is_shown() {
    let (world, _) = fired().await;
    assert!(world.gauges.read().is_empty(), "Alertmanager names no metric of CloudWatch");
    assert!(picture(&world).is_some_and(|bytes| bytes.starts_with(b"\x89PNG")));
}

#[tokio::test]
async fn what_cannot_be_read_keeps_no_card_back() {
    let world = acme_in(&[]).await;
    world.gauges.fail(Environment::Dev, Some(CloudError::Transient("Throttling".into())));
    alarmed(&world, "ALARM").await;
    assert_eq!(world.gauges.read().len(), 1);
    assert_eq!(picture(&world), None);
    world.incident_card(&only(&world)).shows("🔥 dev-acme-5xx");
}

#[tokio::test]
async fn a_metric_that_measured_nothing_is_no_picture() {
    let world = acme_in(&[]).await;
    world.fires("1a30", &DOWN).await;
    assert_eq!(picture(&world), None);
    world.incident_card(&only(&world)).shows("🔥 TenantDown");
}
