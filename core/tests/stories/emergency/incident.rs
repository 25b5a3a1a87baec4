//! The incident: its card, its timeline, whom it calls, what it tells.

use landlord_core::fakes::OPERATIONS;
use landlord_core::operation::State;
use landlord_core::ports::CloudError;
use landlord_core::tenant::Environment;

use super::{SHUT, acme, acme_and_a_neighbour, acme_in, reopened, shut};
use crate::deletion::steady;

/// Without what differs from run to run, and without the times.
fn timeless(text: &str) -> String {
    let mut parts = text.split("<t:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}<TIME{}", part.trim_start_matches(|c: char| c.is_ascii_digit())))
}

#[tokio::test]
async fn its_card_and_its_timeline() {
    let world = acme_and_a_neighbour().await;
    let request = shut(&world).await;
    assert_eq!(request.message().channel, "incidents", "whatever channel it was asked in");
    assert_ne!("incidents", OPERATIONS);
    request.answer().shows("Under way: Shut down acme in DEV").shows("<#incidents>").shows(&request.id().to_string());
    let seen = format!("{}\n\n{}", request.card().text(), request.thread());
    insta::assert_snapshot!("shut_down", steady(&request, &timeless(&seen)));
    for line in request.thread().lines().filter(|line| !line.starts_with('☑')) {
        assert!(line.starts_with("<t:"), "a timeline has times: {line}");
    }
    assert_eq!(request.thread().matches("(calls Security)").count(), 1, "{}", request.thread());
}

#[tokio::test]
async fn who_holds_the_role_and_ordered_it_does_not_keep_the_others_from_being_called() {
    let world = acme_in(&[Environment::Dev]).await;
    let request = world.member("security").types(SHUT).await;
    assert!(request.thread().contains("(calls Security)"), "{}", request.thread());
}

#[tokio::test]
async fn security_is_told_by_e_mail() {
    let world = acme_and_a_neighbour().await;
    let request = shut(&world).await;
    let sent = world.notifier.sent();
    let [mail] = sent.as_slice() else { panic!("one e-mail: {sent:?}") };
    assert_eq!(mail.to.to_string(), "security@kimmyai.example");
    insta::assert_snapshot!("incident_mail", steady(&request, &format!("{}\n\n{}", mail.subject, mail.text)));
}

#[tokio::test]
async fn an_e_mail_that_cannot_be_sent_is_skipped_by_a_person() {
    let world = acme_in(&[Environment::Dev]).await;
    world.notifier.fail_next(20, &CloudError::Permanent("MessageRejected".into()));
    let request = world.member("on-call").types(SHUT).await;
    request.is(State::Holding);
    request.card().shows("The tenant is cut off already");
    world.member("on-call").presses(&request, "Skip").await;
    request.becomes(State::Succeeded).await;
    assert!(request.thread().contains("left out tell security"), "{}", request.thread());
}

#[tokio::test]
async fn without_a_bucket_it_says_that_nothing_was_exported() {
    let world = acme_in(&[Environment::Dev]).await;
    world.cloud.archives_logs(false);
    let request = shut(&world).await;
    assert!(request.thread().contains("NOT exported, since no bucket is configured"), "{}", request.thread());
}

#[tokio::test]
async fn the_card_of_a_reopening() {
    let world = acme_and_a_neighbour().await;
    let first = shut(&world).await;
    let request = world.member("operator").types(super::REOPEN).await;
    let text = |request: &landlord_core::fakes::Request<'_>| {
        steady(request, &timeless(&request.card().text())).replace(&first.id().0, "SHUTDOWN")
    };
    let asked = text(&request);
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Succeeded).await;
    insta::assert_snapshot!("reopened", format!("{asked}\n\n{}\n\n{}", text(&request), request.thread()));
    assert_eq!(request.message().channel, OPERATIONS);
}

#[tokio::test]
async fn a_reaction_on_a_finished_card_validates_nothing() {
    let world = acme_in(&[Environment::Dev]).await;
    shut(&world).await;
    let request = reopened(&world).await;
    request.becomes(State::Succeeded).await;
    world.member("operator").reacts(&request, "✅").await;
    assert!(!request.log().contains(&"validated"));
    assert!(!super::is_down(&world, &acme(&world)).await);
}
