//! A storm of alerts: all are kept, and the channel is calm.

use futures::future::{join, join_all};
use landlord_core::incident::{Incident, State};
use serde_json::Value;
use tokio::sync::watch;

use super::watched;
use crate::until::until;
use crate::world::{Life, Setting, World, alert};

/// How many alerts come at once, and from how many Alertmanagers.
const ALERTS: usize = 1_000;
const TASKS: usize = 8;
/// How many of them have a card of their own.
const OWN: usize = 20;

fn one(status: &str, number: usize) -> Value {
    alert(status, &[("alertname", "TargetDown"), ("instance", &format!("node-{number}:9100"))])
}

/// The incidents of single alerts, and the one of all others.
async fn kept(world: &World) -> (Vec<Incident>, Incident) {
    let (mut storm, single): (Vec<_>, Vec<_>) = world.incidents().await.into_iter().partition(Incident::is_storm);
    assert_eq!(storm.len(), 1, "one storm");
    (single, storm.remove(0))
}

#[tokio::test]
async fn of_a_thousand_none_is_lost_and_the_channel_is_calm() {
    let world = watched().await;
    let posting = (0..TASKS).map(|task| {
        let world = &world;
        async move {
            for number in (task..ALERTS).step_by(TASKS) {
                world.notifies(&[one("firing", number)]).await;
            }
        }
    });
    join_all(posting).await;
    let (single, storm) = kept(&world).await;
    assert_eq!((single.len(), storm.storm.len(), storm.firing()), (OWN, ALERTS - OWN, ALERTS - OWN));
    assert_eq!(world.counted("alertmanager", "taken").await, 1_000);

    let numbers: Vec<usize> = (0..ALERTS).collect();
    for group in numbers.chunks(250) {
        world.notifies(&group.iter().map(|number| one("resolved", *number)).collect::<Vec<_>>()).await;
    }
    let (single, storm) = kept(&world).await;
    assert!(single.iter().all(|one| one.state == State::Recovered), "{single:?}");
    assert_eq!((storm.firing(), storm.state, storm.storm.len()), (0, State::Recovered, ALERTS - OWN));
    // Discord takes a few cards at a time. Each of them is posted, and then says so.
    let card = world.incident("Alert storm").await;
    card.comes_to_show(&format!("TargetDown: 0 of {} fire", ALERTS - OWN)).await;
    world
        .until("every card to say so", async || {
            let cards = world.incident_cards().await;
            let well = cards.iter().filter(|card| card.to_string().contains("**Recovered**")).count();
            if well == OWN + 1 { Ok(()) } else { Err(format!("{well} of {} cards", cards.len())) }
        })
        .await;
    world.passes_minutes(16);
    until("all of them to be over", async || {
        let open = world.incidents().await.iter().filter(|one| one.state != State::Over).count();
        if open == 0 { Ok(()) } else { Err(open) }
    })
    .await;
    assert_eq!(world.messages(&world.channel_named("incidents")).await.len(), OWN + 1, "nothing else until the end");
    world.end().await;
}

#[tokio::test]
async fn killed_in_the_middle_of_it_what_was_answered_is_kept_and_nothing_is_counted_twice() {
    const ALERTS: usize = 200;
    const ANSWERED: usize = 60;
    let world = World::with(Setting { alerts: true, life: Life::Process, ..Setting::default() }).await;
    let alerts: Vec<Value> = (0..ALERTS).map(|number| one("firing", number)).collect();
    let answered = watch::Sender::new(0);
    let posting = join_all((0..TASKS).map(|task| {
        let (world, alerts, answered) = (&world, &alerts, &answered);
        async move {
            let mut lost = Vec::new();
            for alert in alerts.iter().skip(task).step_by(TASKS) {
                if world.tries_to_notify(alert).await {
                    answered.send_modify(|count| *count += 1);
                } else {
                    lost.push(alert);
                }
            }
            lost
        }
    }));
    let killing = async {
        answered.subscribe().wait_for(|count| *count >= ANSWERED).await.unwrap();
        world.bot_dies().await;
    };
    let (lost, ()) = join(posting, killing).await;
    let lost = lost.concat();
    assert!((1..=ALERTS - ANSWERED).contains(&lost.len()), "{} were not answered", lost.len());

    world.bot_starts().await;
    // Nobody answered these, so Alertmanager tells of them again; the bot may have kept some.
    for alert in lost {
        assert!(world.tries_to_notify(alert).await);
    }
    let (single, storm) = kept(&world).await;
    assert_eq!(single.len() + storm.storm.len(), ALERTS);
    assert!(single.len() <= 2 * OWN, "{} cards of their own in two lives", single.len());
    let twice = |one: &Incident| one.fired != 1;
    assert!(!single.iter().any(twice) && storm.storm.values().all(|one| one.fired == 1), "{single:?} {storm:?}");
    world.end().await;
}
