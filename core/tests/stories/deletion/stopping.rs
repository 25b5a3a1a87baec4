//! Taking a deletion back: until the first removal, and not after.

use landlord_core::fakes::{BackupFault, Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use time::Duration;

use super::{Dev, FROM_DEV, FROM_PROD, FROM_SIT, Prod, Sit, acme_in, approved, asks, runs, tenancy};

/// The ways in which the requester takes it back.
const WAYS: [&str; 3] = ["❌", "button", "command"];

async fn takes_back(world: &World, request: &Request<'_>, way: &str) {
    let operator = world.member("operator");
    match way {
        "❌" => operator.reacts(request, "❌").await,
        "button" => drop(operator.sends(&format!("cancel:{}", request.id())).await),
        _ => drop(operator.types(&format!("/operation cancel operation:{}", request.id())).await),
    }
}

#[tokio::test]
async fn during_the_notice() {
    for way in WAYS {
        let world = acme_in(&[Dev]).await;
        let before = world.standing(&[]).await;
        let request = asks(&world, FROM_DEV).await;
        world.passes(Duration::hours(23)).await;
        takes_back(&world, &request, way).await;
        request.is(State::Cancelled);
        request.card().shows("Nothing was done.");
        world.passes(Duration::days(2)).await;
        assert_eq!(world.standing(&[]).await, before, "{way}");
    }
}

#[tokio::test]
async fn while_the_backup_runs() {
    for way in WAYS {
        let world = acme_in(&[Dev]).await;
        let before = world.standing(&[]).await;
        let request = asks(&world, FROM_DEV).await;
        // The first look at the backup is lost, so that people have a moment.
        world.cloud.fail(Fault::new(FaultError::Credentials).on(Verb::BackUp));
        world.passes(Duration::hours(24)).await;
        request.is(State::Holding);
        request.card().shows("On hold** · Nothing was removed; a backup may have been made.");
        takes_back(&world, &request, way).await;
        request.is(State::Cancelled);
        request.card().shows("Nothing was removed; a backup may have been made.");
        world.passes(Duration::days(2)).await;
        assert_eq!(world.standing(&[]).await, before, "{way}");
    }
}

#[tokio::test]
async fn while_the_backup_is_under_way_and_the_process_has_just_stopped() {
    let world = acme_in(&[Dev]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_DEV).await;
    world.cloud.spoil_backups(&tenancy("acme", Dev), Some(BackupFault::Hangs));
    let mut points = 0;
    while request.operation().state != State::Running || !request.operation().busy() {
        world.restarts_with(landlord_core::fakes::Fuse::after(points)).await;
        world.passes(Duration::DAY).await;
        points += 1;
        assert!(points < 300, "the backup is never under way");
    }
    world.member("operator").reacts_unheard(&request, "❌");
    world.restarts().await;
    request.is(State::Cancelled);
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn after_the_first_removal_it_is_refused_and_said_so() {
    let world = acme_in(&[Dev]).await;
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Database).on(Verb::Remove));
    let request = runs(&world, FROM_DEV).await;
    request.is(State::Holding);
    world.member("operator").reacts(&request, "❌").await;
    let told = "@operator, your ❌ came too late: the first removal has begun.";
    assert!(request.thread().contains(told), "{}", request.thread());
    let cancel = format!("/operation cancel operation:{}", request.id());
    world.member("operator").types(&cancel).await.answer().shows("Delete acme in DEV cannot be taken back.");
    world.member("devops-lead").sends(&format!("cancel:{}", request.id())).await.shows("It is on hold");
    request.is(State::Holding);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn who_may_approve_stops_it_on_hold_too_and_nobody_else() {
    let world = acme_in(&[Sit]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, FROM_SIT).await;
    world.cloud.answer_as(Sit, Some("123456789012"));
    world.passes(Duration::DAY).await;
    request.is(State::Holding);
    world.member("security").reacts(&request, "❌").await;
    request.is(State::Holding);
    assert!(request.thread().contains("@security, your ❌ does not count"), "{}", request.thread());
    world.member("team-lead").reacts(&request, "❌").await;
    request.is(State::Refused);
    request.card().shows("Rejected** by @team-lead. Nothing was done.");
    world.cloud.answer_as(Sit, None);
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn a_lead_stops_what_another_has_approved() {
    let world = acme_in(&[Prod]).await;
    let request = approved(&world, FROM_PROD).await;
    request.is(State::Waiting);
    world.member("devops-lead-2").reacts(&request, "❌").await;
    request.is(State::Refused);
}

#[tokio::test]
async fn what_can_be_taken_back_is_offered_while_one_types() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    request.is(State::Waiting);
    let invocation = world.member("operator").line("/operation cancel");
    let offered = world.house().desk.complete(&invocation, "operation", "").await;
    assert_eq!(offered.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>(), [request.id().to_string()]);
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
    assert!(world.house().desk.complete(&invocation, "operation", "").await.is_empty());
}
