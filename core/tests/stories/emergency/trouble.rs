//! An emergency is no fair weather: the cloud fails, the chat is away, the store is away, the process ends.

use landlord_core::fakes::{Fault, FaultError, Fuse, Verb};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::{ChatError, Cloud as _, Workload as _};
use landlord_core::tenant::Environment;
use time::Duration;

use super::{SHUT, acme, acme_and_a_neighbour, acme_in, is_down, reopened, shut};

#[tokio::test]
async fn each_call_that_fails_once_is_made_again() {
    for error in [FaultError::Throttled, FaultError::Unavailable, FaultError::Timeout] {
        for verb in [
            Verb::Account,
            Verb::Tasks,
            Verb::Rules,
            Verb::Revisions,
            Verb::Retention,
            Verb::Scale,
            Verb::Remove,
            Verb::PreserveLogs,
            Verb::Find,
        ] {
            let world = acme_in(&[Environment::Dev]).await;
            world.cloud.fail(Fault::new(error).on(verb).times(2));
            let request = world.member("on-call").types(SHUT).await;
            request.becomes(State::Succeeded).await;
            assert!(is_down(&world, &acme(&world)).await, "{verb} {error:?}");
        }
    }
}

#[tokio::test]
async fn every_second_call_fails() {
    let world = acme_in(&[Environment::Dev]).await;
    for verb in [Verb::Account, Verb::Tasks, Verb::Rules, Verb::Scale, Verb::Remove, Verb::PreserveLogs, Verb::Find] {
        world.cloud.fail(Fault::new(FaultError::Throttled).on(verb).times(3));
    }
    let request = world.member("on-call").types(SHUT).await;
    request.becomes(State::Succeeded).await;
    assert!(is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn one_that_fails_for_good_does_not_keep_the_other_from_being_done() {
    for verb in [Verb::Scale, Verb::Remove] {
        let world = acme_in(&[Environment::Dev]).await;
        world.cloud.fail(Fault::new(FaultError::Denied).on(verb));
        let request = world.member("on-call").types(SHUT).await;
        request.is(State::Holding);
        let tasks = world.cloud.tasks(&acme(&world)).await.unwrap().unwrap();
        let leads = !world.cloud.find(Kind::ListenerRule, &acme(&world)).await.unwrap().is_empty();
        assert_eq!((tasks.desired == 0, leads), (verb == Verb::Remove, verb == Verb::Remove), "{verb}");
        request.card().shows("at the console");
        world.member("on-call").presses(&request, "Retry").await;
        request.becomes(State::Succeeded).await;
        assert!(is_down(&world, &acme(&world)).await);
    }
}

#[tokio::test]
async fn while_one_may_pass_the_other_is_tried_again_as_well() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).on(Verb::Scale));
    world.cloud.fail(Fault::new(FaultError::Throttled).on(Verb::Remove).times(8));
    let request = world.member("on-call").types(SHUT).await;
    request.becomes(State::Succeeded).await;
    assert!(is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn nothing_answers_and_nothing_is_filed() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Unavailable).times(1_000));
    let request = world.member("on-call").types(SHUT).await;
    assert!(!request.is_filed());
    request.answer().shows("DEV does not answer");
}

#[tokio::test]
async fn the_chat_is_away() {
    let away = ChatError::Transient("500 Internal Server Error".into());
    let world = acme_in(&[Environment::Dev]).await;
    let calls = ["post_card", "edit_card", "offer_votes", "open_thread", "say", "votes", "member"];
    for call in calls {
        world.chat.break_call(call, Some(away.clone()));
    }
    let request = world.member("on-call").types(SHUT).await;
    request.is(State::Succeeded);
    assert!(is_down(&world, &acme(&world)).await);
    for call in calls {
        world.chat.break_call(call, None);
    }
    world.passes(Duration::MINUTE).await;
    request.card().shows("Shut down**");
    assert!(request.thread().contains("🚨"), "{}", request.thread());
}

#[tokio::test]
async fn the_channel_of_incidents_takes_no_card() {
    let world = acme_in(&[Environment::Dev]).await;
    world.chat.break_call("post_card", Some(ChatError::Permanent("403 Missing Access".into())));
    let request = world.member("on-call").types(SHUT).await;
    request.is(State::Succeeded);
    assert!(is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn the_store_is_away() {
    let world = acme_in(&[Environment::Dev]).await;
    world.store.fail_next(1_000);
    let request = world.member("on-call").types(SHUT).await;
    assert!(!request.is_filed());
    request.answer().shows("The bot cannot reach its own database, so nothing was done");
    assert!(!is_down(&world, &acme(&world)).await);
    world.store.fail_next(0);
}

#[tokio::test]
async fn the_process_ends_right_after_the_order() {
    let world = acme_in(&[Environment::Dev]).await;
    world.restarts_with(Fuse::after(12)).await;
    world.member("on-call").types(SHUT).await;
    world.restarts().await;
    for request in world.requests() {
        request.becomes(State::Succeeded).await;
    }
    if world.requests().is_empty() {
        shut(&world).await;
    }
    assert!(is_down(&world, &acme(&world)).await);
}

#[tokio::test]
async fn a_rule_that_could_not_be_put_back_is_left() {
    let world = acme_and_a_neighbour().await;
    let here = acme(&world);
    world.cloud.renew_rule(Environment::Dev, &world.settings.host(&here));
    let before = super::open(&world, &here).await;
    let request = shut(&world).await;
    let tasks = world.cloud.tasks(&here).await.unwrap().unwrap();
    assert_eq!((tasks.desired, tasks.running), (0, 0), "what can be done is done");
    assert_eq!(super::open(&world, &here).await.rules, before.rules, "and nothing that could not be taken back");
    let why = "that of priority 7 could not be put back";
    request.card().shows(why).shows("its condition 'visitor-mood' is not known here");
    assert!(request.thread().contains("the rules were left"), "{}", request.thread());
    assert!(request.thread().contains("the rules, which were left, lead to nothing"), "{}", request.thread());
    let mails = world.notifier.sent();
    assert!(mails[0].text.contains("could not all be put back and were left"), "{}", mails[0].text);
    let again = world.member("on-call").types(SHUT).await;
    again.answer().shows("what leads there cannot be put back, and is left").shows(&request.id().to_string());
    reopened(&world).await.becomes(State::Succeeded).await;
    assert_eq!(super::open(&world, &here).await, before);
}

#[tokio::test]
async fn a_reopening_waits_out_trouble() {
    for verb in [Verb::PutBack, Verb::Rules, Verb::Scale, Verb::Check, Verb::RetainLogs] {
        let world = acme_in(&[Environment::Dev]).await;
        world.cloud.retain_logs(&acme(&world), 30).await.unwrap();
        let before = super::open(&world, &acme(&world)).await;
        shut(&world).await;
        world.cloud.fail(Fault::new(FaultError::Timeout).on(verb).times(2));
        reopened(&world).await.becomes(State::Succeeded).await;
        assert_eq!(super::open(&world, &acme(&world)).await, before, "{verb}");
    }
}
