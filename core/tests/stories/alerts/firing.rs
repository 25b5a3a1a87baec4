//! An alert fires, is told again, recovers, and comes back.

use landlord_core::fakes::World;
use landlord_core::incident::State;
use time::Duration;

use super::{DOWN, PROD, cards, fired, only};

#[tokio::test]
async fn its_card_says_whom_it_hits_and_calls_who_is_on_call() {
    let (world, incident) = fired().await;
    let card = world.incident_card(&incident);
    card.shows("🔥 TenantDown · acme in DEV").shows("nobody answers").shows("3 (threshold \\> 1)");
    card.shows("`acme` in DEV · validated")
        .shows("https://acme.wpdev.kimmyai.io")
        .shows("TargetGroup: targetgroup/dev-acme-tg/0123");
    assert_eq!(card.buttons(), ["Shut down", "Diagnose", "Roll back", "Acknowledge", "Silence 1 h"]);
    let thread = world.incident_thread(&incident);
    assert!(thread.contains("🔥 It fires: TenantDown (calls On-call)"), "{thread}");
    insta::assert_snapshot!("card", card.text().replace(&incident.id.0, "INCIDENT"));
}

#[tokio::test]
async fn what_was_last_done_to_the_tenant_is_on_it() {
    let world = crate::deletion::acme_in(&[landlord_core::tenant::Environment::Dev]).await;
    let scaled = world.member("operator").types("/tenant scale tenant:acme environment:dev count:2").await;
    world.fires("1a30", &DOWN).await;
    let card = world.incident_card(&only(&world));
    card.shows("## Last operations on it").shows(&format!("`{}` Scale acme in DEV", scaled.id()));
}

#[tokio::test]
async fn what_is_told_again_changes_the_card() {
    let (world, incident) = fired().await;
    world.passes(Duration::MINUTE).await;
    world.fires("1a30", &DOWN).await;
    assert_eq!(cards(&world).len(), 1);
    world.incident_card(&incident).shows("fired 2 times");
    assert!(world.incident_thread(&incident).contains("🔁 It still fires, at 3"));
}

#[tokio::test]
async fn what_was_told_often_while_the_chat_was_away_is_one_line() {
    let (world, incident) = fired().await;
    let away = landlord_core::ports::ChatError::Transient("Discord is away".into());
    world.chat.break_call("say", Some(away));
    for _ in 0..3 {
        world.passes(Duration::MINUTE).await;
        world.fires("1a30", &DOWN).await;
    }
    world.chat.break_call("say", None);
    world.passes(Duration::MINUTE).await;
    let thread = world.incident_thread(&incident);
    assert_eq!(thread.matches("🔁").count(), 1, "{thread}");
    assert!(thread.contains("🔁 It still fires, at 3 (told 3 times)"), "{thread}");
}

#[tokio::test]
async fn since_when_and_at_which_value_it_fired_is_seen_to_the_end() {
    let (world, incident) = fired().await;
    let since = only(&world).alert.since;
    for _ in 0..2 {
        world.passes(Duration::minutes(5)).await;
        world.fires("1a30", &DOWN).await;
    }
    assert_eq!(only(&world).alert.since, since);
    world.passes(Duration::minutes(5)).await;
    world.is_well("1a30", &DOWN).await;
    let ended = only(&world).alert;
    assert_eq!((ended.since, ended.until.is_some()), (since, true));
    world.incident_card(&incident).shows("3 (threshold \\> 1)");
    world.passes(Duration::minutes(5)).await;
    world.fires("1a30", &DOWN).await;
    assert!(only(&world).alert.since > since, "it came back since");
}

#[tokio::test]
async fn the_same_message_is_taken_once() {
    let (world, incident) = fired().await;
    world.fires("1a30", &DOWN).await;
    assert_eq!(only(&world).fired, 1, "the clock has not moved, so it is the same message");
    world.incident_card(&incident).hides("fired 2 times");
}

#[tokio::test]
async fn recovery_closes_the_card() {
    let (world, incident) = fired().await;
    world.passes(Duration::minutes(5)).await;
    world.is_well("1a30", &DOWN).await;
    let card = world.incident_card(&incident);
    card.shows("✅ TenantDown · acme in DEV").shows("**Recovered**");
    assert!(card.buttons().is_empty());
    world.passes(Duration::minutes(15)).await;
    assert_eq!(only(&world).state, State::Over);
    assert!(world.incident_thread(&incident).contains("It stayed well for 15 minutes: over"));
}

#[tokio::test]
async fn what_comes_back_soon_goes_on_and_later_is_another() {
    let (world, incident) = fired().await;
    world.passes(Duration::MINUTE).await;
    world.is_well("1a30", &DOWN).await;
    world.passes(Duration::minutes(14)).await;
    world.fires("1a30", &DOWN).await;
    assert_eq!(only(&world).state, State::Firing);
    assert_eq!(world.incident_card(&incident).buttons().len(), 5);
    world.is_well("1a30", &[("alertname", "TenantDown"), ("again", "1")]).await;
    world.passes(Duration::minutes(16)).await;
    world.fires("1a30", &DOWN).await;
    assert_eq!(cards(&world).len(), 2);
}

#[tokio::test]
async fn what_nobody_was_told_of_recovers_silently() {
    let world = World::start();
    world.is_well("1a30", &DOWN).await;
    assert!(world.incidents().is_empty() && cards(&world).is_empty());
}

#[tokio::test]
async fn what_names_no_tenant_is_posted_as_such() {
    let world = World::start();
    for (place, (labels, said)) in [
        (&[("alertname", "DiskFull"), ("instance", "db-1")][..], "No known tenant (environment unknown)."),
        (&PROD[..], "No known tenant"),
    ]
    .into_iter()
    .enumerate()
    {
        world.fires(&format!("a{place}"), labels).await;
        let incident = world.incidents().pop().unwrap();
        let card = world.incident_card(&incident);
        card.shows(said);
        assert_eq!(card.buttons(), ["Acknowledge", "Silence 1 h"]);
        assert!(!world.incident_thread(&incident).contains("calls"), "nobody is woken by it");
    }
}

#[tokio::test]
async fn text_of_strangers_means_nothing_to_the_chat() {
    let world = World::start();
    world.fires("1a30", &[("alertname", "**bold** @everyone [a](https://evil.example)"), ("x", "<@1>\n# big")]).await;
    let incident = only(&world);
    world.incident_card(&incident).shows("\\*\\*bold\\*\\*").hides("[a](https://evil.example)").hides("\n# big");
    assert!(!world.incident_thread(&incident).contains("(calls"));
}
