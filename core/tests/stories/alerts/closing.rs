//! An incident is closed with what is to be said about it, and its record is kept.

use landlord_core::incident::State;
use landlord_core::ports::CloudError;
use time::Duration;

use super::{DOWN, fired, only};

#[tokio::test]
async fn its_record_tells_it_all() {
    let (world, incident) = fired().await;
    world.passes(Duration::minutes(2)).await;
    world.member("on-call").presses_on(&world.incident_card(&incident), "Acknowledge").await;
    let form = world.member("on-call").presses_on(&world.incident_card(&incident), "Shut down").await;
    let shut = world.member("on-call").submits(&form, &[("reason", "spam is sent from it")]).await;
    let thread = only(&world).thread.unwrap();
    world.chat.writes("operator", &thread, "the password | was guessed");
    world.passes(Duration::minutes(2)).await;
    world.is_well("1a30", &DOWN).await;
    let asked = world.member("operator").types(&format!("/incident close incident:{}", incident.id)).await;
    let closed =
        world.member("operator").submits(asked.answer(), &[("summary", "A guessed password.\nChanged.")]).await;
    closed.answer().shows("Closed").shows("security is told");
    assert_eq!(only(&world).state, State::Closed);
    world.incident_card(&incident).shows("📕").shows("**Closed** by @operator: A guessed password.");
    let mut files = world.incident_files(&incident);
    files.retain(|file| file.media_type == "text/markdown");
    let [file] = &files[..] else { panic!("one record: {files:?}") };
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    for said in [
        "A guessed password.",
        "fired: TenantDown",
        "on-call took it",
        "on-call chose /tenant shutdown",
        &format!("operation {} filed by on-call: Shut down acme in DEV", shut.id()),
        "cut off dev-acme-service and 1 rule",
        "operator wrote: the password \\| was guessed",
        "fires no longer",
        "operator closed it",
    ] {
        assert!(text.contains(said), "{said:?} should be in\n{text}");
    }
    assert_eq!(file.name, format!("incident-{}.md", incident.id));
    let thread = world.incident_thread(&incident);
    assert!(thread.contains("📕 @operator closed it") && thread.contains("(calls Security)"), "{thread}");
    assert!(thread.contains("🗄️ The logs in /ecs/dev-acme are kept for ever, and exported to s3\\://"), "{thread}");
    let mails = world.notifier.sent();
    let mail = mails.iter().find(|mail| mail.subject.contains("is closed")).expect("security is told");
    assert!(mail.to.to_string() == "security@kimmyai.example" && mail.text.contains("## Timeline"));
}

#[tokio::test]
async fn it_is_closed_once_and_with_words() {
    let (world, incident) = fired().await;
    let line = format!("/incident close incident:{}", incident.id);
    let forms = [world.member("operator").types(&line).await, world.member("on-call").types(&line).await];
    world
        .member("operator")
        .submits(forms[0].answer(), &[("summary", "  ")])
        .await
        .answer()
        .shows("The summary is empty");
    assert_eq!(only(&world).state, State::Firing);
    world.member("operator").submits(forms[0].answer(), &[("summary", "a leak")]).await;
    let second = world.member("on-call").submits(forms[1].answer(), &[("summary", "another")]).await;
    second.answer().shows("was closed by @operator already");
    world.member("operator").types(&line).await.answer().shows("was closed by @operator already");
    let refused = world.member("newcomer").types(&line).await;
    refused.answer().shows("This needs the role Operator");
}

#[tokio::test]
async fn which_one_must_be_said_or_seen() {
    let (world, incident) = fired().await;
    world.member("operator").types("/incident close").await.answer().shows("Say which `incident`");
    world
        .member("operator")
        .types("/incident close incident:zzzzzzzz")
        .await
        .answer()
        .shows("There is no incident `zzzzzzzz`");
    let mut invocation = world.member("operator").line("/incident close");
    invocation.channel = only(&world).thread.unwrap();
    let reply = world.house().desk.command(&invocation).await;
    assert!(
        matches!(reply, landlord_core::desk::Reply::Form(form) if form.title == format!("Close incident {}", incident.id))
    );
    let house = world.house();
    let offered = house.desk.complete(&invocation, "incident", "tenantdown").await;
    assert_eq!(offered.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>(), [incident.id.0.as_str()]);
}

#[tokio::test]
async fn they_are_listed() {
    let (world, incident) = fired().await;
    let list = world.member("operator").types("/incident list").await;
    list.answer().shows(&format!("`{}` ", incident.id)).shows("TenantDown · acme in DEV").shows("firing");
}

#[tokio::test]
async fn logs_and_mail_are_tried_again() {
    let (world, incident) = fired().await;
    world.notifier.fail_next(2, &CloudError::Transient("SES is away".into()));
    world.cloud.fail(
        landlord_core::fakes::Fault::new(landlord_core::fakes::FaultError::Unavailable)
            .on(landlord_core::fakes::Verb::PreserveLogs)
            .times(2),
    );
    let asked = world.member("operator").types(&format!("/incident close incident:{}", incident.id)).await;
    world.member("operator").submits(asked.answer(), &[("summary", "a leak")]).await;
    assert!(only(&world).kept.is_none());
    world.passes(Duration::minutes(5)).await;
    assert!(only(&world).kept.is_some() && only(&world).settled());
    assert_eq!(world.notifier.sent().len(), 1);
}
