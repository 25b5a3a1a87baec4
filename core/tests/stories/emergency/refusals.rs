//! Who and what is refused, and that nothing is done then.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use landlord_core::ports::{Traffic as _, Workload as _};
use landlord_core::tenant::Environment;

use super::{SHUT, acme, acme_in, is_down, shut};
use crate::deletion::client;

#[tokio::test]
async fn roles_that_may_not() {
    for name in ["operator", "team-lead", "product-owner", "newcomer"] {
        let world = acme_in(&[Environment::Dev]).await;
        let request = world.member(name).types(SHUT).await;
        assert!(!request.is_filed());
        request.answer().shows("This needs the role On-call, Security or DevOps Lead");
        assert!(!is_down(&world, &acme(&world)).await);
    }
}

#[tokio::test]
async fn without_a_reason() {
    let world = acme_in(&[Environment::Dev]).await;
    for options in [
        &[("tenant", "acme"), ("environment", "dev")][..],
        &[("tenant", "acme"), ("environment", "dev"), ("reason", " ")],
    ] {
        let request = world.member("on-call").uses("tenant shutdown", options).await;
        assert!(!request.is_filed(), "{options:?}");
        request.answer().shows("`reason`");
    }
    assert!(!is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn twice() {
    let world = acme_in(&[Environment::Dev]).await;
    let first = shut(&world).await;
    let again = world.member("security").types(SHUT).await;
    assert!(!again.is_filed());
    let link = format!("https://chat.example/incidents/{}", first.message().message);
    again.answer().shows("No task of `acme` is wanted in DEV").shows(&first.id().to_string()).shows(&link);
}

#[tokio::test]
async fn a_part_that_stands_again_is_cut_off_again_and_nothing_is_forgotten() {
    let world = super::acme_and_a_neighbour().await;
    let before = super::open(&world, &acme(&world)).await;
    shut(&world).await;
    world.cloud.scale(&acme(&world), 1).await.unwrap();
    let again = world.member("security").types(SHUT).await;
    again.is(State::Succeeded);
    assert!(is_down(&world, &acme(&world)).await);
    let reopened = super::reopened(&world).await;
    reopened.becomes(State::Succeeded).await;
    assert_eq!(super::open(&world, &acme(&world)).await, before, "the rule of the first shutdown is not lost");
}

#[tokio::test]
async fn both_who_shut_it_down_are_barred() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    world.cloud.scale(&acme(&world), 1).await.unwrap();
    world.member("security").types(SHUT).await.is(State::Succeeded);
    for name in ["on-call", "security"] {
        let refused = world.member(name).types(super::REOPEN).await;
        assert!(!refused.is_filed(), "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there() {
    let world = acme_in(&[Environment::Dev]).await;
    let nowhere = world.member("on-call").types(&SHUT.replace(":dev", ":sit")).await;
    nowhere.answer().shows("`acme` does not stand in SIT");
    let nobody = world.member("on-call").types(&SHUT.replace("acme", "nobody")).await;
    nobody.answer().shows("There is no tenant `nobody`");
    assert!(!nowhere.is_filed() && !nobody.is_filed());
}

#[tokio::test]
async fn what_stands_and_is_not_known_is_to_be_adopted() {
    let world = World::start();
    let stranger = world.subject(&client("acme"), Environment::Dev);
    let blueprint = super::blueprint(&world, Environment::Dev);
    world.cloud.plant(landlord_core::kind::Kind::Service, &blueprint).unwrap();
    let request = world.member("on-call").types(SHUT).await;
    assert!(!request.is_filed());
    request.answer().shows("`/tenant adopt`").shows("dev-acme-service");
    assert!(world.cloud.tasks(&stranger).await.unwrap().is_some_and(|tasks| tasks.desired == 1));
    assert!(world.cloud.rules(&stranger).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_account_answers() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.answer_as(Environment::Dev, Some("093646564004"));
    let request = world.member("on-call").types(SHUT).await;
    assert!(!request.is_filed());
    world.cloud.answer_as(Environment::Dev, None);
    assert!(!is_down(&world, &acme(&world)).await);
}
