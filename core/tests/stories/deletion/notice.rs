//! The owner's notice: who is told, when, once, and what happens where that is not possible.

use landlord_core::operation::State;
use landlord_core::ports::CloudError;
use time::Duration;

use super::{CANCELLATION, Dev, FROM_DEV, FROM_PROD, Prod, Sit, acme_in, approved, asks, client, poc};

fn permanent() -> CloudError {
    CloudError::Permanent("MessageRejected: Email address is not verified".into())
}

#[tokio::test]
async fn the_owner_is_told_with_the_date_and_again_when_all_is_gone() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.passes(Duration::hours(24)).await;
    request.becomes(State::Succeeded).await;
    let sent = world.notifier.sent();
    let mails: Vec<String> = sent
        .iter()
        .map(|mail| format!("From {} to {}\n{}\n\n{}", mail.environment, mail.to, mail.subject, mail.text))
        .collect();
    insta::assert_snapshot!(mails.join("\n---\n"));
}

#[tokio::test]
async fn the_notice_goes_by_the_reason() {
    for (details, reason, notice) in [
        (client("acme"), "other", Some(Duration::DAY)),
        (client("acme"), "cancellation", Some(Duration::days(7))),
        (poc("acme"), "other", Some(Duration::DAY)),
        (poc("acme"), "poc", None),
    ] {
        let world = landlord_core::fakes::World::start();
        world.stands(&details, &[Dev]).await;
        let request = asks(&world, &FROM_DEV.replace("other", reason)).await;
        let operation = request.operation();
        assert_eq!(operation.notice_until.map(|until| until - operation.filed_at), notice, "{reason}");
        if notice.is_none() {
            request.is(State::Succeeded);
            assert_eq!(world.notifier.sent().len(), 1, "told only when all is gone");
        }
    }
}

#[tokio::test]
async fn nobody_is_told_before_it_is_approved() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    let request = asks(&world, CANCELLATION).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    assert!(world.notifier.sent().is_empty());
    world.member("team-lead").reacts(&request, "✅").await;
    assert_eq!(world.notifier.sent().len(), 1);
    assert_eq!(world.notifier.sent()[0].environment, Prod, "from the highest environment");
}

#[tokio::test]
async fn no_notice_no_deletion_unless_somebody_told_the_owner_by_hand() {
    let world = acme_in(&[Prod]).await;
    let before = world.standing(&[]).await;
    world.notifier.fail_next(1, &permanent());
    let request = approved(&world, FROM_PROD).await;
    request.is(State::Holding);
    request.card().shows("owner@acme.example could not be told: MessageRejected").shows("Nothing was done.");
    assert_eq!(request.card().buttons(), ["Retry", "Told by hand", "Leave"]);
    world.passes(Duration::hours(5)).await;
    let told_at = landlord_core::ports::Clock::now(&world.clock);
    world.member("operator").presses(&request, "Told by hand").await;
    request.is(State::Waiting);
    assert_eq!(request.operation().notice_until, Some(told_at + Duration::DAY), "the notice runs from then");
    assert!(
        request.thread().contains("✉️ @operator told owner@acme.example by hand. Nothing is touched before"),
        "{}",
        request.thread()
    );
    assert_eq!(world.standing(&[]).await, before);
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn told_by_hand_is_taken_only_where_it_is_offered_and_by_an_operator() {
    let world = acme_in(&[Prod]).await;
    world.notifier.fail_next(1, &permanent());
    let request = approved(&world, FROM_PROD).await;
    let told = request.card().button("Told by hand");
    world.member("newcomer").sends(&told).await.shows("This needs the role Operator");
    request.is(State::Holding);
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Waiting);
    assert_eq!(world.notifier.sent().len(), 1);
    world.member("operator").sends(&told).await.shows("is not on hold any more: it is waiting");
    assert_eq!(request.operation().owners_told.len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_does_not_answer_delays_the_notice() {
    let world = acme_in(&[Dev]).await;
    world.notifier.fail_next(3, &CloudError::Transient("503 Service Unavailable".into()));
    let request = asks(&world, FROM_DEV).await;
    request.is(State::AwaitingApproval);
    request.card().shows("nothing runs yet: owner@acme.example cannot be told: 503");
    world.passes(Duration::MINUTE).await;
    request.is(State::Waiting);
    assert_eq!(world.notifier.sent().len(), 1);
    let operation = request.operation();
    assert!(operation.notice_until.unwrap() > operation.filed_at + Duration::DAY, "it runs from when it was told");
}

#[tokio::test]
async fn each_owner_is_told_once_although_one_of_them_cannot_be_for_a_while() {
    let world = landlord_core::fakes::World::start();
    let names = ["acme", "bolt", "crumb", "dough"];
    for name in names {
        world.stands(&client(name), &[Dev]).await;
    }
    let line = "/tenant bulk-delete environment:dev tenants:acme, bolt, crumb, dough backup:no logs:delete";
    let request = world.member("operator").types(line).await;
    let to = |world: &landlord_core::fakes::World| -> Vec<String> {
        world.notifier.sent().iter().map(|mail| mail.to.to_string()).collect()
    };
    // The second owner's mail is refused for minutes, then for good.
    let transient = CloudError::Transient("503".into());
    world.notifier.spare(1);
    world.notifier.fail_next(20, &transient);
    world.notifier.fail_next(1, &permanent());
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Holding).await;
    assert_eq!(to(&world), ["owner@acme.example"]);
    request.card().shows("owner@bolt.example could not be told");
    world.stops();
    world.restarts().await;
    world.member("operator").presses(&request, "Told by hand").await;
    request.is(State::Waiting);
    assert_eq!(to(&world), ["owner@acme.example", "owner@crumb.example", "owner@dough.example"]);
    assert!(request.thread().contains("@operator told owner@bolt.example by hand"), "{}", request.thread());
}

#[tokio::test]
async fn who_is_taken_off_the_list_need_not_be_told() {
    let world = landlord_core::fakes::World::start();
    for name in ["acme", "bolt"] {
        world.stands(&client(name), &[Dev]).await;
    }
    world.notifier.fail_next(1, &permanent());
    let line = "/tenant bulk-delete environment:dev tenants:acme,bolt backup:no logs:delete";
    let request = world.member("operator").types(line).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request.card().shows("owner@acme.example could not be told");
    let list = world.member("on-call").presses(&request, "Take a tenant off").await;
    world.member("on-call").chooses_on(&list, "acme · Golden Crust Bäckerei & Søn").await.shows("`acme` is taken off");
    world.member("operator").presses(&request, "Retry").await;
    request.is(State::Waiting);
    assert_eq!(world.notifier.sent().len(), 1);
    assert_eq!(world.notifier.sent()[0].to.to_string(), "owner@bolt.example");
}
