//! Cutting a tenant off: at once, both at once, and nothing of anybody else's.

use landlord_core::fakes::{Verb, World};
use landlord_core::operation::State;
use landlord_core::plan::Purpose;
use landlord_core::ports::Standing;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{SHUT, acme, acme_and_a_neighbour, acme_in, half_way, is_down, open, shut, standing};
use crate::deletion::client;

#[tokio::test]
async fn it_is_cut_off_and_keeps_all_it_has() {
    let world = acme_and_a_neighbour().await;
    let neighbour = world.subject(&client("acme-2"), Environment::Dev);
    let (before, theirs) = (world.standing(&[]).await, open(&world, &neighbour).await);
    let request = shut(&world).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert_eq!(standing(&world, Environment::Dev).await, Some(Standing::Shut));
    assert_eq!(open(&world, &neighbour).await, theirs, "the neighbour notices nothing");
    let after = world.standing(&[]).await;
    let gone: Vec<&str> = before.lines().filter(|line| !after.contains(line)).collect();
    assert_eq!(gone, ["dev listener rule acme.wpdev.kimmyai.io"], "all else is kept");
    assert_eq!(world.cloud.exports(), [format!("s3://dev-tenant-logs/acme/{}", request.id())]);
    assert_eq!(world.cloud.retention(&acme(&world)), None);
    assert_eq!(request.operation().plan.purpose, Purpose::Shutdown);
}

#[tokio::test]
async fn both_begin_at_once_and_wait_for_nobody() {
    let world = acme_and_a_neighbour().await;
    let asked = landlord_core::ports::Clock::now(&world.clock);
    let request = shut(&world).await;
    let begun = request.operation().steps[0].started.unwrap();
    assert!(begun - asked <= Duration::seconds(2), "it began {} after it was asked for", begun - asked);
    let log = request.log();
    let place = |kind: &str| log.iter().position(|event| *event == kind).unwrap();
    assert!(place("step-done") < place("card-posted"), "nothing waits for the card: {log:?}");
    let calls = world.cloud.journal();
    let of = |verb: Verb| calls.iter().position(|call| call.verb == verb && call.subject == "acme").unwrap();
    assert_eq!(of(Verb::Remove), of(Verb::Scale) + 1, "one after the other, with nothing between");
}

#[tokio::test]
async fn each_of_the_three_roles_may_order_it() {
    for name in ["on-call", "security", "devops-lead"] {
        let world = acme_in(&[Environment::Dev]).await;
        let request = world.member(name).types(SHUT).await;
        request.is(State::Succeeded);
        assert!(is_down(&world, &acme(&world)).await);
    }
}

#[tokio::test]
async fn prod_waits_for_nobody_either() {
    let world = acme_in(&Environment::ALL).await;
    let request = world.member("on-call").types(&SHUT.replace(":dev", ":prod")).await;
    request.is(State::Succeeded);
    assert!(is_down(&world, &world.subject(&client("acme"), Environment::Prod)).await);
    for elsewhere in [Environment::Dev, Environment::Sit] {
        assert!(!is_down(&world, &world.subject(&client("acme"), elsewhere)).await, "only where it was ordered");
        assert_eq!(standing(&world, elsewhere).await, Some(Standing::Validated));
    }
}

#[tokio::test]
async fn what_stands_half_way_is_cut_off_as_well() {
    let world = acme_in(&[Environment::Dev]).await;
    half_way(&world).await;
    let request = shut(&world).await;
    assert!(is_down(&world, &acme(&world)).await);
    let before = request.operation().plan.change.clone().unwrap().before;
    assert_eq!(before.standing, Standing::Incomplete);
}

#[tokio::test]
async fn without_a_service_the_rule_goes() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.vanish(landlord_core::kind::Kind::Service, &acme(&world));
    shut(&world).await;
    assert!(is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn tasks_that_do_not_stop_hold_it_until_they_do() {
    let world = World::start();
    world.stands(&client("acme"), &[Environment::Dev]).await;
    world.cloud.hold_tasks(&acme(&world).tenancy, true);
    let request = world.member("on-call").types(SHUT).await;
    request.becomes(State::Holding).await;
    request.card().shows("verify down").shows("1 task still runs");
    assert_eq!(request.card().buttons(), ["Retry", "Leave"], "a shutdown is not rolled back");
    world.cloud.hold_tasks(&acme(&world).tenancy, false);
    world.member("on-call").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}
