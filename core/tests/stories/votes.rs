//! Votes: who counts, as what, and who does not.

use futures::FutureExt as _;
use landlord_core::event::Event;
use landlord_core::fakes::{Fuse, World};
use landlord_core::operation::State;
use landlord_core::role::Role;
use time::Duration;

use crate::{resources, waits_in_prod, waits_in_sit};

#[tokio::test]
async fn prod_needs_both_leads_and_not_the_same_person() {
    let world = World::start();
    let request = waits_in_prod(&world).await;

    world.member("double-hat").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a Product Owner; @double-hat already counts as DevOps Lead");

    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn who_could_be_either_moves_to_make_room() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("double-hat").reacts(&request, "✅").await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Succeeded);
    request.card().shows("✅ Product Owner · @double-hat").shows("✅ DevOps Lead · @devops-lead");
}

#[tokio::test]
async fn the_requester_does_not_count() {
    let world = World::start();
    world.member("operator").holds(&[Role::Operator, Role::TeamLead]);
    let request = waits_in_sit(&world).await;
    world.member("operator").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("@operator asked for it, and nobody approves their own request").shows("needs a Team Lead");
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn who_holds_no_role_does_not_count() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("newcomer").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("@newcomer holds none of the roles that approve");

    world.member("newcomer").reacts(&request, "❌").await;
    request.is(State::AwaitingApproval);
    assert!(request.thread().contains("@newcomer, your ❌ does not count"), "{}", request.thread());
    assert!(request.thread().contains("(calls @newcomer)"));
}

#[tokio::test]
async fn a_reaction_taken_back_is_a_vote_withdrawn() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.card().shows("needs a Product Owner;");
    world.member("devops-lead").unreacts(&request, "✅").await;
    request.card().shows("needs a DevOps Lead and a Product Owner");
    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
}

#[tokio::test]
async fn a_role_lost_between_vote_and_start_voids_the_vote() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.member("devops-lead").holds(&[Role::Operator]);
    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a DevOps Lead; @product-owner").shows("@devops-lead holds none of the roles");
    assert!(request.thread().contains("The roles of @devops-lead have changed; the votes were judged again."));

    world.member("devops-lead-2").reacts(&request, "✅").await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn who_left_the_server_does_not_count() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.chat.leaves("devops-lead");
    world.member("product-owner").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
}

#[tokio::test]
async fn a_vote_before_the_card_is_known_is_read_again_and_counts() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    let id = request.id().clone();
    world.member("team-lead").reacts(&request, "❌").await;
    request.is(State::Refused);
    drop(request);

    // The bot stops right after the card stands, before it can write that down; the Team Lead is quick.
    let operator = world.member("operator");
    let mut length = 0;
    let request = loop {
        world.restarts_with(Fuse::after(length)).await;
        let request = operator.types("/tenant promote tenant:goldencrust").await;
        if request.is_filed() && request.operation().card.is_none() && request.posted().is_some() {
            break request;
        }
        if request.is_filed() {
            world.restarts().await;
            operator.types(&format!("/operation cancel operation:{}", request.id())).await;
        }
        length += 1;
        assert!(length < 200, "the bot never stops between card and log");
    };
    assert_ne!(*request.id(), id);
    world.member("team-lead").reacts(&request, "✅").await;
    assert!(request.operation().votes.is_empty(), "nobody was there to hear it");

    world.restarts().await;
    request.is(State::Succeeded);
    assert_eq!(request.operation().approvals.len(), 1);
}

#[tokio::test]
async fn an_early_vote_counts_although_the_chat_fails_when_it_is_read() {
    let world = World::start();
    // The vote is there as soon as the card is, but the first reading of the votes fails.
    let sit = waits_in_sit(&world).await;
    world.member("operator").types(&format!("/operation cancel operation:{}", sit.id())).await;
    world.chat.break_call("votes", Some(landlord_core::ports::ChatError::Transient("503".into())));
    let request = world.member("operator").types("/tenant promote tenant:goldencrust").await;
    world.member("team-lead").reacts_unheard(&request, "✅");
    world.chat.break_call("votes", None);
    world.passes(Duration::MINUTE).await;
    request.is(State::Succeeded);
}

#[tokio::test]
async fn a_vote_after_expiry_is_answered_and_does_not_count() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.passes(Duration::hours(25)).await;
    request.is(State::Expired);
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Expired);
    let late = "@team-lead, your ✅ came too late and does not count: the request has expired. File it anew.";
    assert!(request.thread().contains(late), "{}", request.thread());
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn a_vote_that_comes_in_the_very_moment_of_expiry_does_not_count() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    // The clock strikes, and the reaction is heard before the bot has looked.
    world.clock.advance(Duration::hours(24));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Expired);
}

#[tokio::test]
async fn the_requester_may_say_no() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("operator").reacts(&request, "❌").await;
    request.is(State::Cancelled);
    request.card().shows("Cancelled** by @operator").shows("Nothing was done");
}

#[tokio::test]
async fn who_may_approve_may_say_no_and_so_may_a_devops_lead() {
    for name in ["team-lead", "devops-lead"] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.member(name).reacts(&request, "❌").await;
        request.is(State::Refused);
        request.card().shows(&format!("Rejected** by @{name}")).shows("Nothing was done");
        assert_eq!(resources(&world).await, 10);
    }
}

#[tokio::test]
async fn a_stranger_may_not_say_no() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.member("security").reacts(&request, "❌").await;
    request.is(State::AwaitingApproval);
    assert!(request.thread().contains("@security, your ❌ does not count: only those who may approve"));
}

#[tokio::test]
async fn a_vote_withdrawn_while_the_request_is_on_hold_is_withdrawn() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.cloud.answer_as(landlord_core::tenant::Environment::Sit, Some("123456789012"));
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    world.member("team-lead").unreacts(&request, "✅").await;
    world.cloud.answer_as(landlord_core::tenant::Environment::Sit, None);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::AwaitingApproval);
    request.card().shows("needs a Team Lead");
}

#[tokio::test]
async fn nobody_may_react_for_a_devs_request_to_run() {
    let world = World::start();
    let request = world.member("operator").types(crate::DEV).await;
    let place = request.message();
    let posted = world.chat.messages(&place.channel).into_iter().find(|posted| posted.place == place);
    assert_eq!(posted.map(|posted| posted.offers_votes), Some(false));
}

#[tokio::test]
async fn what_is_recorded_while_the_operation_is_let_go_of_is_not_forgotten() {
    let world = World::start();
    let request = world.member("operator").types(crate::DEV).await;
    request.is(State::Succeeded);
    let house = world.house();
    let ledger = &house.engine.ledger;
    let person = request.operation().requester;
    let recorded = ledger.record(request.id(), |_| {
        // The runner is done with it at this very moment, and somebody asks how it stands.
        ledger.release(request.id());
        let _ = ledger.get(request.id()).now_or_never();
        Some(Event::Validated { person })
    });
    recorded.await.unwrap();
    assert!(ledger.get(request.id()).await.unwrap().validated_by.is_some());
}
