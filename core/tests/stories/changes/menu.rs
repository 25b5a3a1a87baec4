//! Without a revision a menu offers those that there are, and choosing one files the request with what was asked for.

use landlord_core::fakes::{Shown, World};
use landlord_core::operation::State;
use landlord_core::ports::Clock as _;
use landlord_core::tenant::Environment::Dev;
use time::Duration;

use super::{BACK, SCALE, acme, rolls_back, ships, updated};

const ASK: &str = "/tenant rollback tenant:acme environment:dev reason:the update broke the login";

async fn menu(world: &World) -> Shown {
    let asked = rolls_back(world, ASK).await;
    assert!(!asked.is_filed());
    asked.answer().clone()
}

fn choices(shown: &Shown) -> Vec<String> {
    shown.card.menu.iter().flat_map(|menu| menu.choices.iter().map(|(label, _)| label.clone())).collect()
}

#[tokio::test]
async fn it_marks_what_runs_and_what_was_stable() {
    let world = updated().await;
    let subject = acme(&world, Dev);
    world.cloud.register(&subject, "536580886816.dkr.ecr.eu-west-1.amazonaws.com/acme/wordpress:never-ran", None);
    ships(&world, Dev, "wordpress:6.10").await;
    let shown = menu(&world).await;
    let date = world.clock.now().date();
    shown.shows("▶️ 4 · runs now").shows("✅ 2 · last that was stable").shows("▫️ 3 · ").shows("size not known");
    assert_eq!(choices(&shown).len(), 3, "what runs is not offered");
    assert!(choices(&shown)[0].contains("wordpress:never-ran") && !choices(&shown)[0].contains("amazonaws"));
    assert!(choices(&shown)[1].contains(&format!("2 · last that was stable · {date}")), "{:?}", choices(&shown));
    assert!(choices(&shown).iter().all(|label| label.chars().count() <= 100));
}

#[tokio::test]
async fn choosing_files_it_with_the_reason_that_was_given() {
    let world = updated().await;
    let shown = menu(&world).await;
    let filed = world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await;
    filed.shows("Filed: Roll back acme in DEV");
    let request = world.requests().into_iter().next().unwrap();
    request.is(State::Succeeded).card().shows("the update broke the login").shows("revision 1 runs with 1 task");
    // The menu is done with.
    let again = world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await;
    again.shows("This menu has lapsed, and nothing was done");
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test]
async fn it_lapses_after_a_quarter_of_an_hour_and_with_the_process() {
    let world = updated().await;
    let shown = menu(&world).await;
    world.passes(Duration::minutes(16)).await;
    world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await.shows("Use the command again");
    let shown = menu(&world).await;
    world.restarts().await;
    world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await.shows("Use the command again");
    world.member("on-call").sends("revision:").await.shows("Use the command again");
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn only_who_asked_chooses_and_only_while_they_may() {
    let world = updated().await;
    let shown = menu(&world).await;
    world.member("security").chooses_on(&shown, &choices(&shown)[0]).await.shows("Somebody else asked for this menu");
    world.member("on-call").holds(&[]);
    world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await.shows("This needs the role");
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn what_has_changed_since_is_looked_at_again() {
    let world = updated().await;
    let shown = menu(&world).await;
    world.cloud.deregister(&acme(&world, Dev), 1);
    let refused = world.member("on-call").chooses_on(&shown, &choices(&shown)[0]).await;
    refused.shows("Revision 1 of `acme` in DEV cannot be deployed: it is deregistered");
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn what_the_log_has_seen_come_up_is_stable_too() {
    let world = updated().await;
    world.member("operator").types(SCALE).await.is(State::Succeeded);
    ships(&world, Dev, "wordpress:broken").await;
    menu(&world).await.shows("✅ 3 · last that was stable");
    rolls_back(&world, &BACK.replace("revision:1", "revision:3")).await.is(State::Succeeded);
}

#[tokio::test]
async fn while_somebody_types_the_revisions_are_offered() {
    let world = updated().await;
    let typing = |line: &str| world.member("on-call").line(line);
    let house = world.house();
    let given = "/tenant rollback tenant:acme environment:dev";
    let offered = world.lives(house.desk.complete(&typing(given), "revision", "")).await.unwrap();
    assert_eq!(offered.len(), 1);
    assert_eq!(offered[0].value, "1");
    assert!(offered[0].label.starts_with("1 · last that was stable · "), "{}", offered[0].label);
    for (line, typed) in
        [(given, "2"), ("/tenant rollback tenant:acme", ""), ("/tenant rollback tenant:nobody environment:dev", "")]
    {
        let offered = world.lives(house.desk.complete(&typing(line), "revision", typed)).await.unwrap();
        assert!(offered.is_empty(), "{line} {typed}: {offered:?}");
    }
}
