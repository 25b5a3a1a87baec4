//! What people read of a deletion in the states that matter.

use landlord_core::fakes::{BackupFault, Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::tenant::Environment;
use time::Duration;

use super::bulk::{ALL_POC, pocs};
use super::{
    CANCELLATION, Dev, FROM_DEV, FROM_PROD, Prod, Sit, acme_in, approved, asks, blueprint, runs, steady, tenancy,
};

/// The card's text, without what differs from run to run, and without what no text should have.
#[track_caller]
fn text(request: &Request<'_>) -> String {
    let text = request.card().text();
    for slip in ["  ", " .", " ,", "..", "()", "None", "Some(", "1 tenants", "1 steps"] {
        assert!(!text.contains(slip), "{slip:?} in {text}");
    }
    steady(request, &text)
}

/// The process does what is due when the notice ends, until a step has to wait for its next try.
async fn stops_at_a_try(world: &World, request: &Request<'_>, fault: Fault, notice: Duration) {
    world.cloud.fail(fault);
    world.stops();
    world.passes(notice).await;
    world.restarts().await;
    request.is(State::Running);
}

#[tokio::test]
async fn a_notice_before_prod() {
    let world = acme_in(&[Prod]).await;
    let request = approved(&world, FROM_PROD).await;
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn in_the_middle_of_prod() {
    let world = acme_in(&Environment::ALL).await;
    let request = approved(&world, CANCELLATION).await;
    let fault = Fault::new(FaultError::Throttled).in_environment(Prod).of_kind(Kind::AccessPoint).on(Verb::Remove);
    stops_at_a_try(&world, &request, fault, Duration::days(7)).await;
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn on_hold_where_force_helps() {
    let world = acme_in(&[Dev]).await;
    world.cloud.hold_tasks(&tenancy("acme", Dev), true);
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn on_hold_before_anything_went() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.cloud.plant(Kind::AccessPoint, &blueprint(&world, Dev)).unwrap();
    world.passes(Duration::DAY).await;
    insta::assert_snapshot!("on_hold_before_the_run", text(&request));
    world.member("operator").reacts(&request, "❌").await;
    insta::assert_snapshot!("taken_back_on_hold", text(&request));
}

#[tokio::test]
async fn on_hold_without_a_backup() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    world.cloud.spoil_backups(&tenancy("acme", Sit), Some(BackupFault::Empty));
    let request = runs(&world, CANCELLATION).await;
    request.becomes(State::Holding).await;
    insta::assert_snapshot!(text(&request));
}

#[tokio::test]
async fn many_from_asking_to_the_end() {
    let world = pocs(6, &[Dev, Sit]).await;
    let line = ALL_POC.replace("environment:dev", "environment:all");
    let request = world.member("operator").types(&line).await;
    insta::assert_snapshot!("bulk_asked_for", text(&request));
    insta::assert_snapshot!("bulk_filed", steady(&request, &request.answer().text()));
    let list = world.member("operator").presses(&request, "Take a tenant off").await;
    world.member("operator").chooses_on(&list, "poc-12 · Golden Crust Bäckerei & Søn").await;
    let one = super::id("poc-13");
    world
        .cloud
        .fail(Fault::new(FaultError::Denied).about(&one).in_environment(Sit).of_kind(Kind::Database).on(Verb::Remove));
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Holding).await;
    insta::assert_snapshot!("bulk_on_hold", text(&request));
    // Each lane that goes comes to a step that has to wait for its next try.
    world
        .cloud
        .fail(Fault::new(FaultError::Throttled).in_environment(Sit).of_kind(Kind::Secret).on(Verb::Remove).times(3));
    let retry = request.card().button("Retry");
    world.member("operator").sends(&retry).await;
    request.is(State::Running);
    insta::assert_snapshot!("bulk_half_way", text(&request));
    request.becomes(State::Succeeded).await;
    let seen = format!("{}\n\n{}", text(&request), steady(&request, &request.thread()));
    insta::assert_snapshot!("bulk_done", seen);
}

#[tokio::test]
async fn what_a_person_is_asked_and_answered() {
    let world = acme_in(&[Prod]).await;
    let operator = world.member("operator");
    let form = operator.types(FROM_PROD).await;
    let wrong = operator.submits(form.answer(), &[("name", "Acme ")]).await;
    let filed = operator.submits(form.answer(), &[("name", "acme")]).await;
    let seen = format!("{}\n{}\n{}", form.answer(), wrong.answer(), filed.answer());
    insta::assert_snapshot!(steady(&filed, &seen));
}
