//! Removing: what a deletion may trip over, how it holds, and by what it goes on (playbook 3.2).

use landlord_core::fakes::{Fault, FaultError, Settings, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::{Operation, State, StepState};
use landlord_core::ports::Clock as _;
use time::Duration;

use super::{Dev, FROM_DEV, acme_in, blueprint, client, id, runs, tenancy};

/// What the step of this name came to.
fn note(operation: &Operation, step: &str) -> String {
    let place = operation.plan.steps.iter().position(|planned| planned.step == step).unwrap();
    operation.steps[place].note.clone()
}

#[tokio::test]
async fn two_hundred_and_fifty_access_points() {
    let world = World::with(Settings { page_size: 100, ..Settings::default() });
    for name in ["acme", "acme-2"] {
        world.stands(&client(name), &[Dev]).await;
    }
    for _ in 1..250 {
        world.cloud.plant(Kind::AccessPoint, &blueprint(&world, Dev)).unwrap();
    }
    world.cloud.plant_access_point(&tenancy("acme", Dev), "of-another-make");
    let request = runs(&world, FROM_DEV).await;
    let planned = request.operation().plan;
    assert_eq!(planned.sites[0].going(Kind::AccessPoint).count(), 251);
    request.becomes(State::Succeeded).await;
    assert!(note(&request.operation(), "remove access point").starts_with("removed 251 of them"));
    assert!(request.thread().contains("EFS access point deleted · all 251 gone"), "{}", request.thread());
    let left: Vec<String> =
        world.standing(&[]).await.lines().filter(|line| line.contains("access point")).map(String::from).collect();
    assert_eq!(left, ["dev access point dev-acme-2-ap"]);
    let file = String::from_utf8(request.card().card.files.remove(0).bytes).unwrap();
    assert_eq!(file.matches("access point").count(), 251, "the file names each");
}

#[tokio::test]
async fn a_secret_that_is_scheduled_for_deletion() {
    let world = acme_in(&[Dev]).await;
    assert!(world.cloud.schedule_secret(&world.subject(&client("acme"), Dev)));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme");
}

#[tokio::test]
async fn a_user_without_grants_and_a_database_without_a_user() {
    let world = acme_in(&[Dev]).await;
    world.cloud.plant_user(&tenancy("acme", Dev), "10.%");
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    assert!(note(&request.operation(), "remove database user").starts_with("removed 2 of them"));

    let world = acme_in(&[Dev]).await;
    assert!(world.cloud.vanish(Kind::DatabaseUser, &world.subject(&client("acme"), Dev)));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    assert_eq!(note(&request.operation(), "remove database user"), "was not there");
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme");
}

#[tokio::test]
async fn all_of_its_own_rules_go_and_the_target_group_after_them() {
    let world = acme_in(&[Dev]).await;
    world.cloud.plant_rule(Dev, "www.acme.example", &[&id("acme")], None);
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Succeeded).await;
    assert!(note(&request.operation(), "remove listener rule").starts_with("removed 2 of them"));
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme");
}

#[tokio::test]
async fn a_rule_of_somebody_else_that_leads_to_the_target_group_holds() {
    let world = acme_in(&[Dev]).await;
    world.cloud.plant_rule(Dev, "their.example", &[&id("acme")], Some("it has no tags of landlord's"));
    let before = world.standing(&[]).await;
    let request = runs(&world, FROM_DEV).await;
    request.card().shows("In the way").shows("it has no tags of landlord's");
    request.is(State::Holding);
    assert_eq!(world.standing(&[]).await, before);
    // Its owner has moved it; the rest goes.
    assert!(world.cloud.clear(Kind::ListenerRule, Dev, "their.example"));
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn tasks_that_never_drain_hold_after_five_minutes_and_force_deletes() {
    let world = acme_in(&[Dev]).await;
    world.cloud.hold_tasks(&tenancy("acme", Dev), true);
    let request = runs(&world, &FROM_DEV.replace("backup:yes", "backup:no")).await;
    let began = request.operation().notice_until.unwrap();
    request.is(State::Holding);
    let waited = world.clock.now() - began;
    assert!(waited > Duration::minutes(4) && waited <= Duration::minutes(5), "{waited}");
    request.card().shows("drain service: given up after 300 s: 1 task still runs").shows("Playbook 3.2");
    assert_eq!(request.card().buttons(), ["Retry", "Force", "Leave"]);
    assert!(world.cloud.journal().iter().all(|call| call.verb != Verb::Remove && call.verb != Verb::ForceRemove));

    let force = request.card().button("Force");
    world.member("newcomer").sends(&force).await.shows("This needs the role Operator");
    request.is(State::Holding);
    world.member("on-call").sends(&force).await;
    request.becomes(State::Succeeded).await;
    assert!(request.thread().contains("❗ @on-call ordered drain service by force."), "{}", request.thread());
    assert_eq!(world.cloud.journal().iter().filter(|call| call.verb == Verb::ForceRemove).count(), 1);
    assert_eq!(world.standing(&[]).await, "dev log group /ecs/dev-acme");
    world.member("on-call").sends(&force).await.shows("is not on hold any more: it is done");
}

#[tokio::test]
async fn tasks_that_drain_after_all_need_no_force() {
    let world = acme_in(&[Dev]).await;
    world.cloud.hold_tasks(&tenancy("acme", Dev), true);
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    world.cloud.hold_tasks(&tenancy("acme", Dev), false);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert!(world.cloud.journal().iter().all(|call| call.verb != Verb::ForceRemove));
}

#[tokio::test]
async fn buttons_that_are_not_offered_do_nothing() {
    for kind in [Kind::ListenerRule, Kind::Database, Kind::Secret] {
        let world = acme_in(&[Dev]).await;
        world.cloud.fail(Fault::new(FaultError::Denied).of_kind(kind).on(Verb::Remove));
        let request = runs(&world, FROM_DEV).await;
        request.is(State::Holding);
        assert_eq!(request.card().buttons(), ["Retry", "Leave"], "{kind}");
        let (before, seq) = (world.standing(&[]).await, request.operation().seq);
        for verb in ["force", "skip", "unwind", "told", "start", ""] {
            let answer = world.member("operator").sends(&format!("{verb}:{}", request.id())).await;
            answer.shows("Not possible").shows("offers no such choice. Its card shows those there are.");
        }
        let taken = world.member("operator").sends(&format!("off:{}:acme", request.id())).await;
        taken.shows("Not possible");
        assert_eq!(request.operation().seq, seq, "{kind}");
        assert_eq!(world.standing(&[]).await, before);
    }
    // Before it runs there is nothing to decide either.
    let world = acme_in(&[Dev]).await;
    let request = super::asks(&world, FROM_DEV).await;
    let seq = request.operation().seq;
    for verb in ["force", "skip", "unwind", "told", "retry", "leave"] {
        world.member("operator").sends(&format!("{verb}:{}", request.id())).await.shows("it is waiting");
    }
    assert_eq!(request.operation().seq, seq);
}

#[tokio::test]
async fn the_last_mail_may_be_left_out_and_nothing_else() {
    let world = acme_in(&[Dev]).await;
    world.notifier.spare(1);
    world.notifier.fail_next(1, &landlord_core::ports::CloudError::Permanent("MessageRejected".into()));
    let request = runs(&world, FROM_DEV).await;
    request.becomes(State::Holding).await;
    request.card().shows("All is gone: tell owner@acme.example by hand");
    assert_eq!(request.card().buttons(), ["Retry", "Skip", "Leave"]);
    world.member("operator").presses(&request, "Skip").await;
    request.is(State::Succeeded);
    assert_eq!(request.operation().steps.last().unwrap().state, StepState::Skipped);
}

#[tokio::test]
async fn what_is_transient_is_tried_again() {
    let world = acme_in(&[Dev]).await;
    for kind in Kind::DELETION_ORDER {
        world.cloud.fail(Fault::new(FaultError::Throttled).of_kind(kind).on(Verb::Remove).times(2));
        world.cloud.fail(Fault::new(FaultError::Timeout).of_kind(kind).on(Verb::Remove));
    }
    let request = runs(&world, &FROM_DEV.replace("logs:keep", "logs:delete")).await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await, "");
}
