//! The provisioning function and the dead-letter queue, every five minutes.

use landlord_core::alert::Source;
use landlord_core::incident::State;
use landlord_core::ports::{CloudError, Statistic};
use landlord_core::tenant::Environment::{Dev, Sit};
use time::Duration;

use super::{LOOK, begun, only, said};

const DEPTH: &str = "ApproximateNumberOfMessagesVisible";

#[tokio::test]
async fn what_is_configured_is_read_and_nothing_else() {
    let world = begun().await;
    world.gauges.show(Dev, "Invocations", 40.0);
    world.gauges.show(Dev, "Errors", 2.0);
    world.gauges.show(Dev, DEPTH, 0.0);
    world.gauges.show(Sit, DEPTH, 0.0);
    world.monitors_for(LOOK).await;
    let read = world.gauges.read().into_iter().map(|(at, gauge)| {
        let about: Vec<String> = gauge.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (at, format!("{}/{} {}", gauge.namespace, gauge.name, about.concat()), gauge.statistic, gauge.seconds)
    });
    let function = "FunctionName=site-builder-dev-provisioning";
    let queue = |at: &str| format!("AWS/SQS/{DEPTH} QueueName=provisioning-dlq-{at}");
    assert_eq!(
        read.collect::<Vec<_>>(),
        [
            (Dev, format!("AWS/Lambda/Invocations {function}"), Statistic::Sum, 900),
            (Dev, format!("AWS/Lambda/Errors {function}"), Statistic::Sum, 900),
            (Dev, queue("dev"), Statistic::Maximum, 300),
            (Sit, queue("sit"), Statistic::Maximum, 300),
        ]
    );
    assert!(world.incidents().is_empty() && said(&world).is_empty(), "5 % and an empty queue are well");
}

#[tokio::test]
async fn messages_in_the_queue_are_one_incident_until_it_is_empty() {
    let world = begun().await;
    world.gauges.show(Sit, DEPTH, 1.0);
    world.monitors_for(LOOK * 6).await;
    let incident = only(&world);
    assert_eq!((incident.alert.source, incident.state, incident.fired), (Source::Monitor, State::Firing, 1));
    let card = world.incident_card(&incident);
    card.shows("Messages in the dead-letter queue").shows("1 message (threshold \\> 0)").shows("provisioning-dlq-sit");
    card.shows("in SIT");

    world.gauges.show(Sit, DEPTH, 3.0);
    world.monitors_for(LOOK * 6).await;
    assert_eq!(only(&world).fired, 2, "it is told again when it is worse, and only then");
    world.gauges.show(Sit, DEPTH, 2.0);
    world.monitors_for(LOOK).await;
    assert_eq!(only(&world).fired, 2);

    world.gauges.show(Sit, DEPTH, 0.0);
    world.monitors_for(LOOK).await;
    assert_eq!(only(&world).state, State::Recovered);
    world.monitors_for(Duration::minutes(20)).await;
    assert_eq!(only(&world).state, State::Over);
    assert!(said(&world).is_empty(), "the card says it all");
}

#[tokio::test]
async fn calls_that_fail_are_an_incident_above_the_threshold() {
    let world = begun().await;
    world.gauges.show(Dev, "Invocations", 40.0);
    world.gauges.show(Dev, "Errors", 3.0);
    world.monitors_for(LOOK).await;
    let incident = only(&world);
    world
        .incident_card(&incident)
        .shows("7\\.5 % (3 of 40 calls) (threshold \\> 5 %)")
        .shows("Calls of site-builder-dev-provisioning fail in DEV");
    world.gauges.fall_silent(Dev, "Invocations");
    world.gauges.fall_silent(Dev, "Errors");
    world.monitors_for(LOOK).await;
    assert_eq!(only(&world).state, State::Recovered, "where nothing is called, nothing fails");
}

#[tokio::test]
async fn each_environment_has_an_incident_of_its_own() {
    let world = begun().await;
    world.gauges.show(Dev, DEPTH, 1.0);
    world.gauges.show(Sit, DEPTH, 1.0);
    world.monitors_for(LOOK).await;
    assert_eq!(world.incidents().len(), 2);
    world.gauges.show(Dev, DEPTH, 0.0);
    world.monitors_for(LOOK).await;
    let states: Vec<State> = world.incidents().iter().map(|incident| incident.state).collect();
    assert_eq!(states, [State::Recovered, State::Firing]);
}

#[tokio::test]
async fn what_has_no_value_neither_fires_nor_is_well() {
    let world = begun().await;
    world.gauges.show(Dev, DEPTH, 4.0);
    world.monitors_for(LOOK).await;
    world.gauges.fall_silent(Dev, DEPTH);
    world.monitors_for(Duration::HOUR).await;
    let incident = only(&world);
    assert_eq!((incident.state, incident.fired), (State::Firing, 1));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_once_a_day_and_ends_no_incident() {
    let world = begun().await;
    world.gauges.show(Dev, DEPTH, 1.0);
    world.monitors_for(LOOK).await;
    let why = CloudError::Permanent("**AccessDenied**: grant cloudwatch:GetMetricData".into());
    world.gauges.fail(Dev, Some(why));
    world.gauges.show(Sit, DEPTH, 1.0);
    world.monitors_for(Duration::hours(23)).await;
    let told = said(&world);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("⚠️ **Errors of the provisioning function**: not everything could be seen"), "{told:?}");
    assert!(told[1].contains("DEV: provisioning-dlq-dev: \\*\\*AccessDenied\\*\\*"), "{told:?}");
    let firing = world.incidents().iter().filter(|incident| incident.state == State::Firing).count();
    assert_eq!(firing, 2, "SIT is looked at all the same, and DEV is not well for not being seen");

    world.monitors_for(Duration::hours(2)).await;
    assert_eq!(said(&world).len(), 4, "the next day it is said again");
    world.gauges.fail(Dev, None);
    world.gauges.show(Dev, DEPTH, 0.0);
    world.monitors_for(LOOK).await;
    assert_eq!(world.incidents()[0].state, State::Recovered);
}
