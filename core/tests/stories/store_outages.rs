//! The store fails: people are told, nothing is lost, and it goes on when the store is back.

use landlord_core::fakes::World;
use landlord_core::operation::State;
use time::Duration;

use crate::{DEV, resources, waits_in_sit};

#[tokio::test]
async fn a_command_is_refused_and_nothing_happens() {
    let world = World::start();
    world.store.fail_next(50);
    let request = world.member("operator").types(DEV).await;
    request.answer().shows("The bot cannot reach its own database, so nothing was done. Try again in a minute.");
    assert!(world.store.log().is_empty());
    assert!(world.chat.all_messages().is_empty());
    assert_eq!(resources(&world).await, 0);
}

#[tokio::test]
async fn a_filing_whose_answer_was_lost_is_filed() {
    let world = World::start();
    world.store.lose_answers(1);
    let request = world.member("operator").types(DEV).await;
    request.answer().shows("Filed");
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn a_run_goes_on_when_the_store_is_back_at_each_turn() {
    let mut turns = 0;
    for calls_before in 0..200 {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.store.fail_after(calls_before, 3);
        world.member("team-lead").reacts(&request, "✅").await;
        let struck = !world.store.is_failing();
        request.becomes(State::Succeeded).await;
        assert_eq!(resources(&world).await, 20, "after {calls_before} calls");
        if !struck {
            break;
        }
        turns += 1;
    }
    assert!(turns > 36, "only {turns} turns were tried");
}

#[tokio::test]
async fn a_filing_happens_wholly_or_not_at_all_whenever_the_store_fails() {
    let (mut refused, mut filed) = (0, 0);
    for calls_before in 0.. {
        let world = World::start();
        world.store.fail_after(calls_before, 1);
        let request = world.member("operator").types(DEV).await;
        let struck = !world.store.is_failing();
        world.passes(Duration::MINUTE).await;
        if request.is_filed() {
            request.answer().shows("Filed");
            request.is(State::Succeeded);
            filed += 1;
        } else {
            request.answer().shows("nothing was done");
            assert!(world.store.log().is_empty() && world.chat.all_messages().is_empty());
            world.store.fail_next(0);
            world.member("operator").types(DEV).await.becomes(State::Succeeded).await;
            refused += 1;
        }
        assert_eq!(resources(&world).await, 10);
        if !struck {
            break;
        }
    }
    assert!(refused >= 4 && filed > 36, "{refused} refused, {filed} filed");
}

#[tokio::test]
async fn answers_that_are_lost_are_read_again() {
    for lost in [1, 2, 5] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.store.lose_answers(lost);
        world.member("team-lead").reacts(&request, "✅").await;
        request.becomes(State::Succeeded).await;
        assert_eq!(request.log().iter().filter(|kind| **kind == "started").count(), 1);
    }
}

#[tokio::test]
async fn a_reaction_is_taken_however_long_the_store_was_away() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.store.fail_next(60);
    world.member("team-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(request.log().iter().filter(|kind| **kind == "vote-cast").count(), 1);
}

#[tokio::test]
async fn a_button_is_refused_and_can_be_pressed_again() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.store.fail_next(1);
    let answer = world.member("operator").presses(&request, "Cancel request").await;
    answer.shows("cannot reach its own database");
    request.is(State::AwaitingApproval);
    world.passes(Duration::MINUTE).await;
    world.member("operator").presses(&request, "Cancel request").await;
    request.is(State::Cancelled);
}
