//! The chat fails: what it missed is caught up, and what it never takes does not stop the work.

use landlord_core::fakes::{Content, World};
use landlord_core::operation::State;
use landlord_core::ports::ChatError;
use time::Duration;

use crate::{DEV, resources, waits_in_sit};

const CALLS: [&str; 7] = ["post_card", "edit_card", "offer_votes", "open_thread", "say", "votes", "member"];

fn transient() -> ChatError {
    ChatError::Transient("500 Internal Server Error".into())
}

fn permanent() -> ChatError {
    ChatError::Permanent("403 Missing Permissions".into())
}

/// How many cards and threads stand.
fn cards(world: &World) -> (usize, usize) {
    let all = world.chat.all_messages();
    (all.iter().filter(|posted| matches!(posted.content, Content::Card(_))).count(), world.chat.threads().len())
}

#[tokio::test]
async fn what_the_chat_missed_is_caught_up() {
    for call in CALLS {
        let world = World::start();
        world.chat.break_call(call, Some(transient()));
        let request = world.member("operator").types(DEV).await;
        world.passes(Duration::MINUTE).await;
        world.chat.break_call(call, None);
        request.becomes(State::Succeeded).await;
        world.passes(Duration::MINUTE).await;
        request.card().shows("https://golden.wpdev.kimmyai.io stands");
        assert!(request.thread().contains("🎉 Done"), "{call}: {}", request.thread());
        assert_eq!(request.thread().matches("asked for it").count(), 1, "{call}");
        assert_eq!(cards(&world), (1, 1), "{call}");
    }
}

#[tokio::test]
async fn an_outage_in_the_middle_of_an_approval_is_caught_up() {
    for call in CALLS {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.chat.break_call(call, Some(transient()));
        world.member("team-lead").reacts(&request, "✅").await;
        world.passes(Duration::MINUTE).await;
        world.chat.break_call(call, None);
        world.passes(Duration::MINUTE).await;
        request.is(State::Succeeded);
        request.card().shows("https://golden.wpsit.kimmyai.io stands");
        assert!(request.thread().contains("🎉 Done"), "{call}: {}", request.thread());
    }
}

#[tokio::test]
async fn roles_that_cannot_be_read_keep_it_from_running() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.chat.break_call("member", Some(transient()));
    world.member("team-lead").reacts(&request, "✅").await;
    world.passes(Duration::hours(1)).await;
    request.is(State::AwaitingApproval);
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_does_not_stand_twice() {
    let world = World::start();
    world.chat.lose_answers(3);
    let request = world.member("operator").types(DEV).await;
    world.passes(Duration::minutes(2)).await;
    request.is(State::Succeeded);
    assert_eq!(cards(&world), (1, 1));
    assert_eq!(request.thread().matches("asked for it").count(), 1);
}

#[tokio::test]
async fn what_the_chat_never_takes_does_not_stop_the_work() {
    for call in ["edit_card", "offer_votes", "open_thread", "say"] {
        let world = World::start();
        world.chat.break_call(call, Some(permanent()));
        let request = waits_in_sit(&world).await;
        world.member("team-lead").reacts(&request, "✅").await;
        world.passes(Duration::MINUTE).await;
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn a_card_that_somebody_deletes_in_the_middle_does_not_stop_the_work() {
    let world = World::start();
    world.cloud.fail(
        landlord_core::fakes::Fault::new(landlord_core::fakes::FaultError::Throttled)
            .of_kind(landlord_core::kind::Kind::Service)
            .on(landlord_core::fakes::Verb::Ensure),
    );
    let request = world.member("operator").types(DEV).await;
    request.is(State::Running);
    world.chat.delete(&request.message());
    world.passes(Duration::MINUTE).await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn a_request_that_nobody_can_see_never_runs() {
    let world = World::start();
    world.chat.break_call("post_card", Some(permanent()));
    let request = world.member("operator").types(DEV).await;
    world.passes(Duration::hours(1)).await;
    request.is(State::AwaitingApproval);
    world.passes(Duration::hours(24)).await;
    request.is(State::Expired);
    assert_eq!(resources(&world).await, 0);
}

#[tokio::test]
async fn a_card_that_cannot_be_read_after_an_outage_is_read_when_it_can_be() {
    for failing in [1, 2, 5] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.member("team-lead").reacts_unheard(&request, "✅");
        world.chat.fail_next(failing, &transient());
        world.reads_again().await;
        // Said every few seconds while it is so: what could not be read is read then.
        for _ in 0..failing {
            world.is_connected().await;
        }
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn a_call_that_fails_or_whose_answer_is_lost_changes_nothing_in_the_end() {
    for lost in [false, true] {
        let mut tried = 0;
        loop {
            let world = World::start();
            let request = waits_in_sit(&world).await;
            if lost {
                world.chat.lose_answers(2);
            } else {
                world.chat.fail_next(2, &transient());
            }
            world.chat.spare(tried);
            world.member("team-lead").reacts(&request, "✅").await;
            world.passes(Duration::MINUTE).await;
            let struck = !world.chat.is_failing();
            request.is(State::Succeeded);
            request.card().shows("https://golden.wpsit.kimmyai.io stands");
            assert_eq!(cards(&world), (2, 2), "after {tried} calls");
            let thread = request.thread();
            for line in ["asked for it", "Approved by @team-lead", "ensure service", "🎉 Done"] {
                assert_eq!(thread.matches(line).count(), 1, "{line} after {tried} calls:\n{thread}");
            }
            if !struck {
                break;
            }
            tried += 1;
        }
        assert!(tried >= 4, "only {tried} calls were tried");
    }
}
