//! Alerts come when everything else fails: the chat is away, the store is away, the process ends.

use landlord_core::fakes::Fuse;
use landlord_core::incident::State;
use landlord_core::ports::ChatError;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{ABUSED, DOWN, acme, cards, fired, only};
use crate::deletion::acme_in;
use crate::emergency::is_down;

#[tokio::test]
async fn while_the_chat_is_away_nothing_is_lost_and_rules_act() {
    let world = acme_in(&[Environment::Dev]).await;
    let calls = ["post_card", "open_thread", "say", "edit_card"];
    for call in calls {
        world.chat.break_call(call, Some(ChatError::Transient("Discord is away".into())));
    }
    world.fires("1a30", &ABUSED).await;
    assert!(is_down(&world, &acme(&world)).await);
    assert!(cards(&world).is_empty());
    for call in calls {
        world.chat.break_call(call, None);
    }
    world.passes(Duration::MINUTE).await;
    let incident = only(&world);
    world.incident_card(&incident).shows("Defaced · acme in DEV");
    assert!(world.incident_thread(&incident).contains("The rule chose `/tenant shutdown`"));
}

#[tokio::test]
async fn what_the_store_did_not_keep_was_not_taken() {
    let world = acme_in(&[Environment::Dev]).await;
    world.store.fail_next(100);
    world.fires("1a30", &DOWN).await;
    world.store.fail_next(0);
    assert!(world.incidents().is_empty());
    world.fires("1a30", &DOWN).await;
    assert_eq!(only(&world).fired, 1);
}

#[tokio::test]
async fn what_was_kept_and_answered_as_lost_is_taken_once() {
    let world = acme_in(&[Environment::Dev]).await;
    world.store.lose_answers(1);
    world.fires("1a30", &DOWN).await;
    assert_eq!((only(&world).fired, cards(&world).len()), (1, 1));
}

/// Wherever the process ends after the alert was kept, one card stands in the end, and the tenant is cut off once.
#[tokio::test]
async fn the_process_ends_at_any_call() {
    let mut ended = 0;
    for calls in 0..60 {
        let world = acme_in(&[Environment::Dev]).await;
        world.restarts_with(Fuse::after(calls)).await;
        let alerts = |world: &landlord_core::fakes::World| world.incidents().len();
        world.fires("1a30", &ABUSED).await;
        let kept = alerts(&world) == 1;
        if !world.house().fuse.is_blown() {
            break;
        }
        ended += 1;
        world.restarts().await;
        if !kept {
            // It was not answered, so it is sent again.
            world.fires("1a30", &ABUSED).await;
        }
        world.passes(Duration::minutes(10)).await;
        assert!(is_down(&world, &acme(&world)).await, "after {calls} calls");
        let shutdowns =
            world.requests().into_iter().filter(|request| request.operation().plan.command == "tenant shutdown");
        assert_eq!(shutdowns.count(), 1, "after {calls} calls");
        let incident = only(&world);
        world.incident_card(&incident).shows("Defaced · acme in DEV");
        let alerts: Vec<String> = cards(&world).into_iter().filter(|title| title.contains("Defaced")).collect();
        assert_eq!(alerts.len(), 1, "after {calls} calls");
        assert_eq!(incident.state, State::Firing);
        let thread = world.incident_thread(&incident);
        assert!(thread.contains("The rule chose `/tenant shutdown`: operation"), "after {calls} calls: {thread}");
    }
    assert!(ended > 10, "the process ended only {ended} times");
}

/// Wherever the process ends while an incident is closed, it is closed in the end, with one record in its thread, one e-mail and its
/// logs kept.
#[tokio::test]
async fn the_process_ends_while_it_is_closed() {
    let mut ended = 0;
    for calls in 0..60 {
        let (world, incident) = fired().await;
        let form = world.member("operator").types(&format!("/incident close incident:{}", incident.id)).await;
        let form = form.answer().form().id.clone();
        world.restarts_with(Fuse::after(calls)).await;
        world.member("operator").hands_in(&form, &[("summary", "a leak")]).await;
        let blown = world.house().fuse.is_blown();
        ended += usize::from(blown);
        world.restarts().await;
        if only(&world).state != State::Closed {
            world.member("operator").hands_in(&form, &[("summary", "a leak")]).await;
        }
        world.passes(Duration::minutes(10)).await;
        let after = only(&world);
        assert!(after.state == State::Closed && after.settled(), "after {calls} calls: {after:?}");
        assert_eq!(world.incident_files(&incident).len(), 1, "after {calls} calls");
        let mails = world.notifier.sent().into_iter().filter(|mail| mail.subject.contains("is closed")).count();
        assert!((1..=2).contains(&mails), "after {calls} calls: {mails}");
        if !blown {
            break;
        }
    }
    assert!(ended > 8, "the process ended only {ended} times");
}

#[tokio::test]
async fn a_new_process_goes_on_where_the_old_one_was() {
    let (world, incident) = fired().await;
    world.stops();
    world.passes(Duration::MINUTE).await;
    world.restarts().await;
    world.passes(Duration::HOUR).await;
    assert_eq!(world.escalation.said().len(), 1, "who is on call was woken");
    world.is_well("1a30", &DOWN).await;
    world.incident_card(&incident).shows("**Recovered**");
    assert_eq!(cards(&world).len(), 1);
}
