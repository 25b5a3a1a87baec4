//! The bot was away, and says on each card what has become of its votes meanwhile; where nothing has, nothing.

use landlord_core::contract::store::samples::details;
use landlord_core::fakes::{Fuse, Request, World};
use landlord_core::operation::State;
use landlord_core::ports::{ChatError, Clock as _};
use landlord_core::role::Role;
use landlord_core::tenant::Environment;
use time::Duration;

use crate::{waits_in_prod, waits_in_sit};

/// The process ends, and another begins seven minutes later.
async fn restarts_after(world: &World, meanwhile: impl FnOnce()) -> String {
    world.is_connected().await;
    let since = world.clock.now().unix_timestamp();
    world.stops();
    world.clock.advance(Duration::minutes(3));
    meanwhile();
    world.clock.advance(Duration::minutes(4));
    world.restarts().await;
    format!("🔎 Away <t:{since}:t>–<t:{}:t>; ", since + 7 * 60)
}

/// The gateway is away for seven minutes, and the process stays.
async fn reconnects_after(world: &World, meanwhile: impl FnOnce()) -> String {
    world.is_connected().await;
    let since = world.clock.now().unix_timestamp();
    world.passes(Duration::minutes(3)).await;
    meanwhile();
    world.passes(Duration::minutes(4)).await;
    world.reads_again().await;
    format!("🔎 Away <t:{since}:t>–<t:{}:t>; ", since + 7 * 60)
}

/// Either of both.
async fn away_for_a_while(restart: bool, world: &World, meanwhile: impl FnOnce()) -> String {
    if restart { restarts_after(world, meanwhile).await } else { reconnects_after(world, meanwhile).await }
}

/// How often the thread says that the bot was away.
fn said(request: &Request<'_>) -> usize {
    request.thread().matches("🔎").count()
}

#[track_caller]
fn says(request: &Request<'_>, line: &str) {
    let thread = request.thread();
    assert!(thread.lines().any(|said| said == line), "{line}\nis not in\n{thread}");
    assert_eq!(said(request), 1, "{thread}");
}

#[tokio::test]
async fn a_vote_withdrawn_while_away() {
    for restart in [true, false] {
        let world = World::start();
        let request = waits_in_prod(&world).await;
        world.restarts().await;
        world.member("devops-lead").reacts(&request, "✅").await;
        let lead = world.member("devops-lead");
        let meanwhile = || lead.unreacts_unheard(&request, "✅");
        let away = away_for_a_while(restart, &world, meanwhile).await;
        says(&request, &format!("{away}1 vote read again, 1 no longer valid"));
        request.is(State::AwaitingApproval).card().shows("needs a DevOps Lead and a Product Owner");
    }
}

#[tokio::test]
async fn a_role_lost_while_away() {
    for restart in [true, false] {
        let world = World::start();
        let request = waits_in_prod(&world).await;
        world.restarts().await;
        world.member("devops-lead").reacts(&request, "✅").await;
        let lead = world.member("devops-lead");
        let meanwhile = || lead.holds(&[Role::Operator]);
        let away = away_for_a_while(restart, &world, meanwhile).await;
        says(&request, &format!("{away}1 vote read again, 1 no longer valid"));
        request.is(State::AwaitingApproval).card().shows("@devops-lead holds none of the roles");
    }
}

#[tokio::test]
async fn a_role_given_while_away() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.member("newcomer").reacts(&request, "✅").await;
    let newcomer = world.member("newcomer");
    let away = restarts_after(&world, || newcomer.holds(&[Role::ProductOwner])).await;
    says(&request, &format!("{away}1 vote read again, 1 now valid"));
    request.card().shows("✅ Product Owner · @newcomer");
}

#[tokio::test]
async fn a_new_vote_while_away() {
    for restart in [true, false] {
        let world = World::start();
        let request = waits_in_sit(&world).await;
        world.restarts().await;
        let lead = world.member("team-lead");
        let meanwhile = || lead.reacts_unheard(&request, "✅");
        let away = away_for_a_while(restart, &world, meanwhile).await;
        says(&request, &format!("{away}1 vote read again, 1 new"));
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn all_that_can_change_in_one_line() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    for name in ["newcomer", "devops-lead", "security"] {
        world.member(name).reacts(&request, "✅").await;
    }
    let away = restarts_after(&world, || {
        world.member("devops-lead").unreacts_unheard(&request, "✅");
        world.member("on-call").reacts_unheard(&request, "✅");
    })
    .await;
    says(&request, &format!("{away}4 votes read again, 1 new, 1 no longer valid"));
}

#[tokio::test]
async fn nothing_changed() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.restarts().await;
    world.member("devops-lead").reacts(&request, "✅").await;
    let log = request.log();
    let lead = world.member("devops-lead");
    restarts_after(&world, || {}).await;
    reconnects_after(&world, || {}).await;
    // What was taken back and put there again is as it was.
    reconnects_after(&world, || {
        lead.unreacts_unheard(&request, "✅");
        lead.reacts_unheard(&request, "✅");
    })
    .await;
    assert_eq!(request.log(), log);
    // A role that has no say in it says nothing either.
    restarts_after(&world, || lead.holds(&[Role::DevopsLead])).await;
    assert_eq!(said(&request), 0, "{}", request.thread());
}

#[tokio::test]
async fn a_vote_heard_just_before_the_end_is_not_new() {
    for restart in [true, false] {
        let world = World::start();
        let request = waits_in_prod(&world).await;
        world.restarts().await;
        world.is_connected().await;
        // Heard after the last time that it was written that the bot is in the chat.
        world.clock.advance(Duration::seconds(3));
        world.member("devops-lead").reacts(&request, "✅").await;
        world.clock.advance(Duration::seconds(1));
        if restart {
            world.stops();
            world.restarts().await;
        } else {
            world.reads_again().await;
        }
        assert_eq!(said(&request), 0, "{}", request.thread());
    }
}

#[tokio::test]
async fn a_role_lost_in_the_notice_while_away() {
    for restart in [true, false] {
        let world = World::start();
        world.stands(&details("acme"), &[Environment::Prod]).await;
        let operator = world.member("operator");
        let form =
            operator.types("/tenant delete tenant:acme environment:prod reason:other backup:no logs:delete").await;
        let request = operator.submits(form.answer(), &[("name", "acme")]).await;
        world.restarts().await;
        world.member("devops-lead").reacts(&request, "✅").await;
        request.is(State::Waiting);
        world.passes(Duration::hours(2)).await;
        world.restarts().await;
        let lead = world.member("devops-lead");
        let meanwhile = || lead.holds(&[Role::Operator]);
        let away = away_for_a_while(restart, &world, meanwhile).await;
        says(&request, &format!("{away}1 vote read again, 1 no longer valid"));
        request.is(State::AwaitingApproval).card().shows("needs a DevOps Lead");
    }
}

#[tokio::test]
async fn a_vote_that_comes_after_its_time_while_away_does_not_resume_the_notice() {
    let world = World::start();
    world.stands(&details("acme"), &[Environment::Prod]).await;
    let before = world.standing(&[]).await;
    let operator = world.member("operator");
    let form = operator.types("/tenant delete tenant:acme environment:prod reason:other backup:no logs:delete").await;
    let request = operator.submits(form.answer(), &[("name", "acme")]).await;
    let lead = world.member("devops-lead");
    lead.reacts(&request, "✅").await;
    lead.unreacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.stops();
    world.clock.advance(Duration::hours(25));
    lead.reacts_unheard(&request, "✅");
    world.restarts().await;
    request.is(State::Expired);
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn what_the_engine_reads_first_is_said_all_the_same() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.restarts().await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.is_connected().await;
    let since = world.clock.now().unix_timestamp();
    world.stops();
    world.clock.advance(Duration::minutes(7));
    world.member("devops-lead").unreacts_unheard(&request, "✅");
    world.restarts_unaware(Fuse::never());
    world.clock.advance(Duration::SECOND);
    // The runner shows the card, and reads its votes, before the gateway is connected.
    world.wakes(request.id()).await;
    assert!(request.operation().votes.is_empty());
    world.clock.advance(Duration::SECOND);
    world.reads_again().await;
    says(&request, &format!("🔎 Away <t:{since}:t>–<t:{}:t>; 1 vote read again, 1 no longer valid", since + 422));
}

#[tokio::test]
async fn what_cannot_be_read_at_once_is_read_while_the_gateway_stands() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.restarts().await;
    world.member("devops-lead").reacts(&request, "✅").await;
    world.chat.break_call("votes", Some(ChatError::Transient("503".into())));
    let lead = world.member("devops-lead");
    let away = restarts_after(&world, || lead.unreacts_unheard(&request, "✅")).await;
    assert_eq!(said(&request), 0);
    world.chat.break_call("votes", None);
    world.is_connected().await;
    says(&request, &format!("{away}1 vote read again, 1 no longer valid"));
    // Once.
    world.is_connected().await;
    world.reads_again().await;
    assert_eq!(said(&request), 1);
}

#[tokio::test]
async fn a_process_that_stood_still_reads_again() {
    let world = World::start();
    let request = waits_in_prod(&world).await;
    world.restarts().await;
    world.member("devops-lead").reacts(&request, "✅").await;
    let since = world.clock.now().unix_timestamp();
    world.member("devops-lead").unreacts_unheard(&request, "✅");
    world.clock.advance(Duration::minutes(20));
    world.is_connected().await;
    says(&request, &format!("🔎 Away <t:{since}:t>–<t:{}:t>; 1 vote read again, 1 no longer valid", since + 1_200));
}
