//! Many alerts at once: the channel stays calm, and none is lost.

use landlord_core::alert::Status;
use landlord_core::fakes::World;
use landlord_core::incident::{Incident, State};
use time::Duration;

use super::cards;

/// So many alerts of different hosts fire now.
async fn rages(world: &World, from: usize, to: usize) {
    for number in from..to {
        let host = format!("host-{number}");
        world.fires(&format!("f{number}"), &[("alertname", "HostDown"), ("instance", &host)]).await;
    }
}

fn storm(world: &World) -> Incident {
    world.incidents().into_iter().find(Incident::is_storm).expect("a storm")
}

#[tokio::test]
async fn what_comes_beyond_twenty_a_minute_is_one_card() {
    let world = World::start();
    rages(&world, 0, 100).await;
    assert_eq!(cards(&world).len(), 21);
    let card = world.incident_card(&storm(&world));
    card.shows("🔥 Alert storm").shows("80 of 80 alerts fire").shows("HostDown: 80 of 80 fire");
    let own: usize = world.incidents().iter().filter(|incident| !incident.is_storm()).count();
    assert_eq!(own + storm(&world).storm.len(), 100, "none is lost");
    world.passes(Duration::minutes(2)).await;
    rages(&world, 100, 101).await;
    assert_eq!(cards(&world).len(), 22, "afterwards each has its card again");
}

#[tokio::test]
async fn what_recovers_in_it_is_counted_until_it_is_over() {
    let world = World::start();
    rages(&world, 0, 23).await;
    world.passes(Duration::MINUTE).await;
    world.is_well("f22", &[("alertname", "HostDown")]).await;
    world.incident_card(&storm(&world)).shows("2 of 3 alerts fire");
    world.fires("f22", &[("alertname", "HostDown")]).await;
    assert_eq!(storm(&world).storm["alertmanager f22"].alert.status, Status::Firing, "it goes on in the storm");
    world.passes(Duration::MINUTE).await;
    for number in 20..23 {
        world.is_well(&format!("f{number}"), &[("alertname", "HostDown")]).await;
    }
    assert_eq!(storm(&world).state, State::Recovered);
    world.passes(Duration::minutes(16)).await;
    assert_eq!(storm(&world).state, State::Over);
}

#[tokio::test]
async fn one_message_may_tell_of_many() {
    let world = World::start();
    let alerts: Vec<_> = (0..60)
        .map(|number| {
            let mut alert = landlord_core::alert::Alert::published(
                &serde_json::json!({ "detail-type": "ECS Task State Change", "source": "aws.ecs", "account": "536580886816",
                                     "time": "2026-03-02T09:00:00Z", "resources": [format!("arn:{number}")] })
                .to_string(),
            )
            .unwrap();
            alert.key = format!("{} {number}", alert.key);
            alert
        })
        .collect();
    let taken = world.is_alerted("m", alerts.clone()).await.unwrap().unwrap();
    assert_eq!((taken.raised, taken.folded), (20, 40));
    assert_eq!(cards(&world).len(), 21);
    let again = world.is_alerted("m", alerts).await.unwrap().unwrap();
    assert!(again.again);
    assert_eq!(storm(&world).fired, 41);
}

#[tokio::test]
async fn who_is_to_hear_of_an_alert_hears_of_it_in_a_storm_too() {
    let world = World::start();
    rages(&world, 0, 30).await;
    world.fires("pay", &[("alertname", "CheckoutFails"), ("category", "payment")]).await;
    assert!(storm(&world).storm.contains_key("alertmanager pay"));
    let mails: Vec<String> = world.notifier.sent().iter().map(|mail| mail.to.to_string()).collect();
    assert_eq!(mails, ["finance@kimmyai.example"]);
    world.fires("pay2", &[("alertname", "RefundFails"), ("category", "payment")]).await;
    assert_eq!(world.notifier.sent().len(), 1, "once per incident, and a storm is one");
}
