//! What the approvers have not seen is not touched: it holds, at the start or at its step. What has vanished is fine.

use landlord_core::fakes::{Fault, FaultError, Request, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use time::Duration;

use super::{CANCELLATION, Dev, FROM_DEV, Prod, Sit, acme_in, approved, asks, blueprint, client, tenancy};

/// The deletion from DEV runs, and waits in the middle for its next try at removing a listener rule.
async fn in_the_middle(world: &World) -> Request<'_> {
    let request = approved(world, &FROM_DEV.replace("backup:yes", "backup:no")).await;
    world.cloud.fail(Fault::new(FaultError::Throttled).of_kind(Kind::ListenerRule).on(Verb::Remove));
    // The notice ends while nobody is there; then the process does what is due at once, and no more.
    world.stops();
    world.passes(Duration::DAY).await;
    world.restarts().await;
    request.is(State::Running);
    request
}

#[tokio::test]
async fn what_came_between_plan_and_run_holds_at_the_start() {
    for kind in [Kind::AccessPoint, Kind::Secret, Kind::DatabaseUser, Kind::LogGroup] {
        let world = acme_in(&[Dev]).await;
        if kind != Kind::AccessPoint {
            world.cloud.vanish(kind, &world.subject(&client("acme"), Dev));
        }
        let request = asks(&world, FROM_DEV).await;
        world.passes(Duration::hours(3)).await;
        let planted = world.cloud.plant(kind, &blueprint(&world, Dev)).unwrap();
        let before = world.standing(&[]).await;
        world.passes(Duration::DAY).await;
        request.is(State::Holding);
        request
            .card()
            .shows(&format!("{kind} {} stands in DEV and is not in the approved plan", planted.id.replace('_', "\\_")));
        request.card().shows("Nothing was touched.").shows("On hold** · Nothing was done.");
        assert_eq!(world.standing(&[]).await, before, "{kind}");

        // Filed anew, the approvers see it.
        world.member("operator").presses(&request, "Leave").await;
        request.card().shows("Left as it stands** by @operator. Nothing was done.");
        let again = super::runs(&world, FROM_DEV).await;
        again.becomes(State::Succeeded).await;
    }
}

#[tokio::test]
async fn what_was_made_anew_under_the_same_name_is_not_what_was_approved() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.cloud.vanish(Kind::Secret, &world.subject(&client("acme"), Dev));
    world.cloud.plant(Kind::Secret, &blueprint(&world, Dev)).unwrap();
    world.passes(Duration::DAY).await;
    request.is(State::Holding);
    request.card().shows("is not in the approved plan");
}

#[tokio::test]
async fn what_comes_while_it_runs_holds_at_its_step() {
    let world = acme_in(&[Dev]).await;
    let request = in_the_middle(&world).await;
    let planted = world.cloud.plant(Kind::AccessPoint, &blueprint(&world, Dev)).unwrap();
    request.becomes(State::Holding).await;
    request
        .card()
        .shows("remove access point")
        .shows(&format!("{} stands in DEV", planted.id))
        .shows("nothing of this kind was touched");
    let standing = world.standing(&[]).await;
    assert_eq!(standing.matches("access point").count(), 2, "{standing}");
    assert!(
        standing.contains("database") && standing.contains("secret"),
        "what comes after it is not touched: {standing}"
    );
    assert_eq!(request.card().buttons(), ["Retry", "Leave"]);

    world.cloud.vanish(Kind::AccessPoint, &world.subject(&client("acme"), Dev));
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn what_comes_behind_its_step_holds_the_certificate() {
    let world = acme_in(&[Dev]).await;
    let request = in_the_middle(&world).await;
    // The service is gone already.
    world.cloud.plant(Kind::Service, &blueprint(&world, Dev)).unwrap();
    request.becomes(State::Holding).await;
    request.card().shows("certify absence").shows("service is still there");
    assert!(request.files().is_empty(), "no certificate");
    assert_eq!(world.standing(&[]).await.matches("dev service ").count(), 1);
}

#[tokio::test]
async fn somebody_elses_that_comes_in_between_is_left_alone() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.cloud.plant_foreign(Kind::DnsRecord, Dev, "acme.wpdev.kimmyai.io", "it points elsewhere");
    let before = world.standing(&[]).await;
    world.passes(Duration::DAY).await;
    request.is(State::Holding);
    request.card().shows("dns record acme.wpdev.kimmyai.io in DEV is not this tenant's: it points elsewhere");
    assert_eq!(world.standing(&[]).await, before);
}

#[tokio::test]
async fn what_vanished_is_fine() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    for kind in Kind::DELETION_ORDER {
        world.cloud.vanish(kind, &world.subject(&client("acme"), Dev));
    }
    world.passes(Duration::DAY).await;
    request.becomes(State::Succeeded).await;
    assert!(
        request.thread().contains("remove database · had vanished since the plan: acme\\_db"),
        "{}",
        request.thread()
    );
}

#[tokio::test]
async fn where_nothing_was_found_nothing_may_have_come() {
    for environment in [Sit, Prod] {
        let world = acme_in(&[Dev]).await;
        let request = asks(&world, CANCELLATION).await;
        request.is(State::Waiting);
        request.card().shows("## Nothing found in\nSIT and PROD");
        let planted = world.cloud.plant(Kind::Database, &blueprint(&world, environment)).unwrap();
        let before = world.standing(&[]).await;
        world.passes(Duration::days(7)).await;
        request.is(State::Holding);
        let id = planted.id.replace('_', "\\_");
        request.card().shows(&format!(
            "database {id} stands in {}, where nothing was when this was approved",
            environment.title()
        ));
        assert_eq!(world.standing(&[]).await, before);
        let tenant = landlord_core::ports::Store::tenant(&world.store, &super::id("acme")).await.unwrap().unwrap();
        assert!(tenant.deleted.is_none());
    }
}

#[tokio::test]
async fn the_wrong_account_after_the_notice_holds() {
    let world = acme_in(&[Dev, Sit, Prod]).await;
    let before = world.standing(&[]).await;
    let request = approved(&world, CANCELLATION).await;
    world.passes(Duration::days(6)).await;
    world.cloud.answer_as(Sit, Some("123456789012"));
    world.passes(Duration::days(2)).await;
    request.is(State::Holding);
    request.card().shows("123456789012 answers for SIT, the plan was made for 815856636111").shows("Playbook 3.3");
    assert_eq!(request.card().buttons(), ["Retry", "Leave"]);
    world.cloud.answer_as(Sit, None);
    assert_eq!(world.standing(&[]).await, before, "nothing goes in DEV and PROD either");
}

#[tokio::test]
async fn the_wrong_account_in_the_middle_holds() {
    let world = acme_in(&[Dev]).await;
    let request = in_the_middle(&world).await;
    let before = world.standing(&[]).await;
    world.cloud.answer_as(Dev, Some("123456789012"));
    request.becomes(State::Holding).await;
    request.card().shows("answers as account 123456789012");
    world.cloud.answer_as(Dev, None);
    assert_eq!(world.standing(&[]).await, before);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn a_cloud_that_cannot_be_looked_at_delays_the_start() {
    let world = acme_in(&[Dev]).await;
    let before = world.standing(&[]).await;
    let request = asks(&world, FROM_DEV).await;
    world.cloud.fail(Fault::new(FaultError::Unavailable).of_kind(Kind::LogGroup).on(Verb::Find).times(1000));
    world.passes(Duration::DAY + Duration::MINUTE).await;
    request.is(State::Waiting);
    request.card().shows("Nothing runs yet: DEV cannot be looked at: 503");
    world.cloud.clear_faults();
    assert_eq!(world.standing(&[]).await, before);
    world.passes(Duration::MINUTE).await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn an_access_point_with_the_tenants_tag_is_found_under_any_name() {
    let world = acme_in(&[Dev]).await;
    let request = asks(&world, FROM_DEV).await;
    world.cloud.plant_access_point(&tenancy("acme", Dev), "made-by-hand");
    world.passes(Duration::DAY).await;
    request.is(State::Holding);
    assert_eq!(world.standing(&[]).await.matches("access point").count(), 2);
}
