//! Many at once: how they run, and what stops them.

use std::collections::BTreeSet;

use landlord_core::event::{Event, Recorded};
use landlord_core::fakes::{BackupFault, Fault, FaultError, Fuse, Request, Settings, Verb, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::ports::Store as _;
use landlord_core::tenant::Environment;
use time::Duration;

use super::{Dev, Prod, Sit, client, id, poc, tenancy};

pub(crate) const ALL_POC: &str = "/tenant bulk-delete environment:dev kind:poc backup:no logs:delete";

/// A world with so many proofs of concept in DEV, `poc-10` and on, and a client.
pub(crate) async fn pocs(count: usize, environments: &[Environment]) -> World {
    let world = World::with(Settings { capacity: 200, ..Settings::default() });
    for number in 0..count {
        world.stands(&poc(&format!("poc-{}", number + 10)), environments).await;
    }
    world.stands(&client("acme"), environments).await;
    world
}

/// All proofs of concept are asked to be deleted, and the DevOps Lead says yes.
pub(crate) async fn approved<'w>(world: &'w World, line: &str) -> Request<'w> {
    let request = world.member("operator").types(line).await;
    request.is(State::AwaitingApproval);
    world.member("devops-lead").reacts(&request, "✅").await;
    request
}

/// What was changed, in its order: whose.
fn changed(world: &World) -> Vec<String> {
    let changes = [Verb::Remove, Verb::Scale, Verb::ForceRemove, Verb::RetainLogs, Verb::BackUp];
    world.cloud.journal().into_iter().filter(|call| changes.contains(&call.verb)).map(|call| call.subject).collect()
}

#[tokio::test]
async fn all_proofs_of_concept_go_without_notice_and_clients_stay() {
    let world = pocs(5, &[Dev, Sit]).await;
    let request = approved(&world, &ALL_POC.replace("environment:dev", "environment:all")).await;
    request.becomes(State::Succeeded).await;
    let standing = world.standing(&[]).await;
    assert_eq!(standing.lines().count(), 20, "the client's");
    assert!(standing.lines().all(|line| line.contains("acme")), "{standing}");
    for number in 10..15 {
        let gone = world.store.tenant(&id(&format!("poc-{number}"))).await.unwrap().unwrap();
        assert!(gone.deleted.is_some() && gone.standings.is_empty());
    }
    let told: Vec<String> = world.notifier.sent().iter().map(|mail| mail.to.to_string()).collect();
    assert_eq!(told.len(), 5, "each owner is told when all is gone: {told:?}");
    let asked = world.cloud.journal();
    assert!(asked.iter().all(|call| call.environment != Prod || call.verb == Verb::Inventory));
}

#[tokio::test]
async fn the_first_goes_alone_and_then_at_most_three_at_a_time() {
    let world = pocs(8, &[Dev]).await;
    let request = approved(&world, ALL_POC).await;
    request.becomes(State::Succeeded).await;
    let order = changed(&world);
    let pilot = order.iter().take_while(|subject| *subject == "poc-10").count();
    assert!(order[pilot..].iter().all(|subject| subject != "poc-10"), "{order:?}");
    // Whoever has begun and not ended is under way.
    let mut together = 0;
    for place in pilot..order.len() {
        let begun: BTreeSet<&String> = order[pilot..=place].iter().collect();
        let to_come: BTreeSet<&String> = order[place..].iter().collect();
        together = together.max(begun.intersection(&to_come).count());
    }
    assert_eq!(together, 3, "{order:?}");
    let in_order: Vec<&String> = order.iter().fold(Vec::new(), |mut seen, subject| {
        if !seen.contains(&subject) {
            seen.push(subject);
        }
        seen
    });
    assert_eq!(in_order.len(), 8);
    assert!(in_order.is_sorted());
}

#[tokio::test]
async fn a_pilot_that_fails_leaves_all_others_alone() {
    let world = pocs(4, &[Dev]).await;
    let others = |standing: String| -> Vec<String> {
        standing.lines().filter(|line| !line.contains("poc-10") && !line.contains("poc_10")).map(String::from).collect()
    };
    let before = others(world.standing(&[]).await);
    world.cloud.fail(Fault::new(FaultError::Denied).of_kind(Kind::Secret).on(Verb::Remove));
    let request = approved(&world, ALL_POC).await;
    request.is(State::Holding);
    request.card().shows("remove secret (dev/poc-10)").shows("0 of 4 tenants gone");
    assert_eq!(others(world.standing(&[]).await), before);
    assert!(changed(&world).iter().all(|subject| subject == "poc-10"));
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn the_first_failure_stops_the_rest_and_retry_goes_on() {
    let world = pocs(9, &[Dev]).await;
    world.cloud.spoil_backups(&tenancy("poc-12", Dev), Some(BackupFault::Fails));
    let request = approved(&world, &ALL_POC.replace("backup:no", "backup:yes")).await;
    request.becomes(State::Holding).await;
    assert!(!request.operation().busy());
    request.card().shows("back up (dev/poc-12)").shows("1 of 9 tenants gone");
    assert_eq!(request.card().buttons(), ["Retry", "Leave"]);
    // What was under way in the other lanes has ended its step; what waited has not begun.
    let begun: BTreeSet<String> = changed(&world).into_iter().collect();
    assert_eq!(begun, ["poc-10", "poc-11", "poc-12", "poc-13"].map(String::from).into());
    let events = world.store.events(request.id(), 0).await.unwrap();
    let held = events.iter().position(|recorded| matches!(recorded.event, Event::Held { .. })).unwrap();
    let begins = |recorded: &Recorded| matches!(recorded.event, Event::StepStarted { .. });
    assert!(!events[held..].iter().any(begins));
    let seq = request.operation().seq;
    world.passes(Duration::hours(3)).await;
    assert_eq!(request.operation().seq, seq, "nothing begins while it holds");

    world.cloud.spoil_backups(&tenancy("poc-12", Dev), None);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.standing(&[]).await.lines().count(), 10, "the client's");
    assert_eq!(world.cloud.backups().len(), 9);
}

#[tokio::test]
async fn force_is_for_the_one_that_holds() {
    let world = pocs(3, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    for name in ["poc-11", "poc-12"] {
        world.cloud.hold_tasks(&tenancy(name, Dev), true);
    }
    world.member("devops-lead").reacts(&request, "✅").await;
    request.becomes(State::Holding).await;
    world.member("operator").presses(&request, "Force").await;
    request.becomes(State::Holding).await;
    let forced =
        world.cloud.journal().into_iter().filter(|call| call.verb == Verb::ForceRemove).map(|call| call.subject);
    assert!(forced.collect::<Vec<_>>().len() <= 1, "the other waits for its own");
    world.member("operator").presses(&request, "Force").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn every_site_of_a_tenant_is_backed_up_before_it_goes() {
    let world = pocs(3, &[Dev, Sit]).await;
    world.cloud.spoil_backups(&tenancy("poc-11", Sit), Some(BackupFault::Empty));
    let line = "/tenant bulk-delete environment:all kind:poc backup:yes logs:keep";
    let request = approved(&world, line).await;
    request.becomes(State::Holding).await;
    request.card().shows("back up (sit/poc-11)");
    let left = world.standing(&[]).await;
    assert_eq!(left.lines().filter(|line| line.contains("poc-11") || line.contains("poc_11")).count(), 20, "{left}");
    world.cloud.spoil_backups(&tenancy("poc-11", Sit), None);
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    let mut made = world.cloud.backups();
    made.sort();
    assert_eq!(made.len(), 6, "{made:?}");
    assert!(made.contains(&format!("s3://sit-tenant-backups/poc-11/{}-1-sit-1", request.id())), "{made:?}");
}

#[tokio::test]
async fn lanes_that_a_crash_interrupts_go_on() {
    let mut crashed = 0;
    for points in (40..900).step_by(61) {
        let world = pocs(4, &[Dev]).await;
        let request = world.member("operator").types(ALL_POC).await;
        let fuse = Fuse::after(points);
        world.restarts_with(fuse.clone()).await;
        world.member("devops-lead").reacts(&request, "✅").await;
        crashed += usize::from(fuse.is_blown());
        world.restarts().await;
        request.becomes(State::Succeeded).await;
        assert_eq!(world.standing(&[]).await.lines().count(), 10, "point {points}");
        let operation = request.operation();
        assert!(operation.steps.iter().all(|step| step.attempts <= 2), "point {points}");
    }
    assert!(crashed > 8, "only {crashed} crashes");
}

#[tokio::test]
async fn what_appeared_since_the_plan_holds_all_of_it_until_that_tenant_is_taken_off() {
    let world = pocs(3, &[Dev]).await;
    let request = world.member("operator").types(ALL_POC).await;
    world.cloud.plant_access_point(&tenancy("poc-11", Dev), "made-by-hand");
    let before = world.standing(&[]).await;
    world.member("devops-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    assert_eq!(world.standing(&[]).await, before);
    let list = world.member("on-call").presses(&request, "Take a tenant off").await;
    world.member("on-call").chooses_on(&list, "poc-11 · Golden Crust Bäckerei & Søn").await.shows("Taken off");
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    let standing = world.standing(&[]).await;
    assert_eq!(
        standing
            .lines()
            .filter(|line| line.contains("poc-11") || line.contains("poc_11") || line.contains("by-hand"))
            .count(),
        11
    );
    assert!(world.store.tenant(&id("poc-11")).await.unwrap().unwrap().deleted.is_none());
}

#[tokio::test]
async fn left_half_way_the_rest_stands_and_is_known() {
    let world = pocs(5, &[Dev]).await;
    world.cloud.spoil_backups(&tenancy("poc-11", Dev), Some(BackupFault::Fails));
    let request = approved(&world, &ALL_POC.replace("backup:no", "backup:yes")).await;
    request.becomes(State::Holding).await;
    world.member("operator").presses(&request, "Leave").await;
    let gone = world.store.tenant(&id("poc-10")).await.unwrap().unwrap();
    assert!(gone.deleted.is_some(), "what is certified is gone for ever");
    let waits = world.store.tenant(&id("poc-14")).await.unwrap().unwrap();
    assert!(waits.deleted.is_none() && waits.standing(Dev).is_some());
    let again = approved(&world, ALL_POC).await;
    assert_eq!(again.operation().plan.tenants.len(), 4);
    again.becomes(State::Succeeded).await;
}
