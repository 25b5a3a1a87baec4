//! The process ends and another begins: it goes on where the log ends, and says what has changed.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use time::Duration;

use crate::{waits_in_prod, waits_in_sit};

#[tokio::test]
async fn votes_of_the_night_are_read_in_the_morning() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.stops();
    world.member("devops-lead").unreacts_unheard(&request, "✅");
    world.member("product-owner").reacts_unheard(&request, "✅");
    world.clock.advance(Duration::hours(2));
    world.restarts().await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a DevOps Lead; @product-owner already counts as Product Owner");
    let said = "🔎 The bot was away; 2 votes read again, 1 new, 1 no longer valid";
    assert!(request.thread().contains(said), "{}", request.thread());
}

#[tokio::test]
async fn one_vote_of_the_night_is_enough() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.stops();
    world.member("team-lead").reacts_unheard(&request, "✅");
    world.restarts().await;
    request.is(State::Succeeded);
    assert!(request.thread().contains("The bot was away; 1 vote read again, 1 new"));
}

#[tokio::test]
async fn a_no_of_the_night_stops_it() {
    for (name, state) in [("team-lead", State::Refused), ("operator", State::Cancelled)] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.stops();
        world.member(name).reacts_unheard(&request, "❌");
        world.restarts().await;
        request.is(state);
    }
}

#[tokio::test]
async fn a_no_and_a_yes_of_the_same_night_are_a_no() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.stops();
    world.member("team-lead").reacts_unheard(&request, "✅");
    world.member("devops-lead").reacts_unheard(&request, "❌");
    world.restarts().await;
    request.is(State::Refused);
}

#[tokio::test]
async fn where_nothing_changed_nothing_is_said() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    let (log, thread) = (request.log(), request.thread());
    for _ in 0..3 {
        world.stops();
        world.restarts().await;
    }
    assert_eq!(request.log(), log);
    assert_eq!(request.thread(), thread);
}

#[tokio::test]
async fn a_request_that_expired_in_the_night_is_expired_in_the_morning() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.stops();
    world.member("team-lead").reacts_unheard(&request, "✅");
    world.clock.advance(Duration::hours(30));
    world.restarts().await;
    request.is(State::Expired);
}

#[tokio::test]
async fn a_gateway_that_was_away_reads_again_without_a_restart() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("team-lead").reacts_unheard(&request, "✅");
    world.reads_again().await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn a_voter_who_renames_themselves_is_the_same_voter() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    let log = request.log();
    world.chat.renames("devops-lead", "boss");
    world.stops();
    world.restarts().await;
    assert_eq!(request.log(), log, "nothing has changed");
    world.member("devops-lead").unreacts(&request, "✅").await;
    assert!(request.operation().votes.is_empty());
}

#[tokio::test]
async fn an_end_that_nobody_was_told_is_told_in_the_morning() {
    let world = World::start();
    world.chat.break_call("edit_card", Some(landlord_core::ports::ChatError::Transient("503".into())));
    let request = world.member("operator").types(crate::DEV).await;
    world.passes(Duration::MINUTE).await;
    request.is(State::Succeeded);
    world.stops();
    world.chat.break_call("edit_card", None);
    world.restarts().await;
    request.card().shows("https://golden.wpdev.kimmyai.io stands");
    assert_eq!(request.thread().matches("🎉 Done").count(), 1);
}
