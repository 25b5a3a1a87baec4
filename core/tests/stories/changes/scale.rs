//! Size and number of tasks become what was asked for, and nothing else changes.

use landlord_core::fakes::{Verb, World};
use landlord_core::operation::State;
use landlord_core::ports::{Revisions as _, Store as _, Workload as _};
use landlord_core::tenant::Environment::{self, Dev, Prod, Sit};

use super::{SCALE, acme, revisions, ships};
use crate::deletion::{acme_in, id, steady};

async fn registered_size(world: &World) -> String {
    world.store.tenant(&id("acme")).await.unwrap().unwrap().details.size.to_string()
}

async fn running_size(world: &World, at: Environment) -> String {
    let all = world.cloud.revisions(&acme(world, at)).await.unwrap();
    all.into_iter().find(|revision| revision.runs).unwrap().size.unwrap().to_string()
}

#[tokio::test]
async fn dev_is_scaled_at_once_and_says_what_runs() {
    let world = acme_in(&[Dev]).await;
    ships(&world, Dev, "wordpress:6.9-acme").await;
    let request = world.member("operator").types(SCALE).await;
    request.is(State::Succeeded);
    request.card().shows("# Scale acme in DEV").shows("revision 2\n256 cpu · 512 MiB · 20 GiB · 1 task");
    request.card().shows("a new revision\n512 cpu · 2048 MiB · 20 GiB · 2 tasks");
    request.card().shows("**Stable** · revision 3 runs with 2 tasks").hides("validate");
    assert!(request.thread().contains("🎉 **Stable** · revision 3 runs with 2 tasks"), "{}", request.thread());
    assert!(request.thread().contains("register revision · revision 3 is registered"), "{}", request.thread());
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((3, 2)));
    let all = world.cloud.revisions(&acme(&world, Dev)).await.unwrap();
    let scaled = all.iter().find(|revision| revision.runs).unwrap();
    assert_eq!(scaled.image, "wordpress:6.9-acme", "what ran is what it was made from");
    assert_eq!(scaled.size.unwrap().to_string(), "512 cpu · 2048 MiB · 20 GiB");
    assert!(scaled.proven);
}

#[tokio::test]
async fn what_somebody_scaled_to_zero_by_hand_runs_again() {
    let world = acme_in(&[Dev]).await;
    world.cloud.scale(&acme(&world, Dev), 0).await.unwrap();
    let request = world.member("operator").types("/tenant scale tenant:acme environment:dev count:1").await;
    request.becomes(State::Succeeded).await;
    request.card().shows("0 tasks").shows("**Stable** · revision 1 runs with 1 task");
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 1)));
}

#[tokio::test]
async fn a_tick_under_a_scaling_that_is_done_validates_nothing() {
    let world = acme_in(&[Dev]).await;
    let request = world.member("operator").types(SCALE).await;
    world.member("operator").reacts(&request, "✅").await;
    assert_eq!(request.operation().validated_by, None);
    assert!(!request.log().contains(&"validated"));
}

#[tokio::test]
async fn a_change_of_the_count_alone_registers_nothing() {
    let world = acme_in(&[Dev]).await;
    let request = world.member("operator").types("/tenant scale tenant:acme environment:dev count:3").await;
    request.is(State::Succeeded);
    let steps: Vec<String> = request.operation().plan.steps.iter().map(|step| step.step.clone()).collect();
    assert_eq!(steps, ["deploy revision", "await stable or turn back"]);
    assert_eq!(revisions(&world, Dev).await, [(1, true)]);
    assert_eq!(world.cloud.serving(&acme(&world, Dev)), Some((1, 3)));
    assert_eq!(registered_size(&world).await, "256 cpu · 512 MiB · 20 GiB");
    assert!(world.cloud.journal().iter().all(|call| call.verb != Verb::Resize));
}

#[tokio::test]
async fn what_is_left_out_stays_or_becomes_the_least_that_goes_with_it() {
    for (given, size) in [
        ("cpu:512", "512 cpu · 1024 MiB"),
        ("memory:2048", "256 cpu · 2048 MiB"),
        ("memory:8192", "1024 cpu · 8192 MiB"),
        ("memory:1024", "256 cpu · 1024 MiB"),
    ] {
        let world = acme_in(&[Dev]).await;
        let line = format!("/tenant scale tenant:acme environment:dev {given}");
        let request = world.member("operator").types(&line).await;
        request.is(State::Succeeded).card().shows(&format!("a new revision\n{size} · 20 GiB · 1 task"));
        assert_eq!(running_size(&world, Dev).await, format!("{size} · 20 GiB"));
    }
}

#[tokio::test]
async fn sit_and_prod_wait_for_their_leads() {
    for (at, role) in [(Sit, "team-lead"), (Prod, "devops-lead")] {
        let world = acme_in(&[Dev, Sit, Prod]).await;
        let line = SCALE.replace("dev", at.as_str());
        let request = world.member("operator").types(&line).await;
        request.is(State::AwaitingApproval);
        world.member("security").reacts(&request, "✅").await;
        request.is(State::AwaitingApproval);
        assert_eq!(revisions(&world, at).await, [(1, true)], "nothing is touched before");
        world.member(role).reacts(&request, "✅").await;
        request.is(State::Succeeded);
        assert_eq!(revisions(&world, at).await, [(2, true), (1, false)]);
    }
}

#[tokio::test]
async fn the_cards_say_what_is_and_what_will_be() {
    let world = acme_in(&[Prod]).await;
    let request = world.member("operator").types(&SCALE.replace("dev", "prod")).await;
    insta::assert_snapshot!("asked_for_in_prod", steady(&request, &request.card().text()));
    world.member("devops-lead").reacts(&request, "✅").await;
    let seen = format!("{}\n\n{}", request.card().text(), request.thread());
    insta::assert_snapshot!("scaled_in_prod", steady(&request, &seen));
}

#[tokio::test]
async fn a_rejected_scaling_does_nothing() {
    let world = acme_in(&[Sit]).await;
    let request = world.member("operator").types(&SCALE.replace("dev", "sit")).await;
    world.member("team-lead").reacts(&request, "❌").await;
    request.is(State::Refused).card().shows("Nothing was done.");
    assert_eq!(revisions(&world, Sit).await, [(1, true)]);
}

#[tokio::test]
async fn the_next_environment_gets_the_size_of_the_highest() {
    let world = acme_in(&[Dev]).await;
    world.member("operator").types(SCALE).await.is(State::Succeeded);
    assert_eq!(registered_size(&world).await, "512 cpu · 2048 MiB · 20 GiB");
    let promoted = world.member("operator").types("/tenant promote tenant:acme").await;
    assert_eq!(promoted.operation().plan.details().size.to_string(), "512 cpu · 2048 MiB · 20 GiB");
}

#[tokio::test]
async fn an_environment_below_the_highest_has_a_size_of_its_own() {
    let world = acme_in(&[Dev, Sit]).await;
    world.member("operator").types(SCALE).await.is(State::Succeeded);
    assert_eq!(running_size(&world, Dev).await, "512 cpu · 2048 MiB · 20 GiB");
    assert_eq!(running_size(&world, Sit).await, "256 cpu · 512 MiB · 20 GiB");
    assert_eq!(registered_size(&world).await, "256 cpu · 512 MiB · 20 GiB");
}

#[tokio::test]
async fn what_has_no_size_that_fargate_knows_is_scaled_by_its_count_or_by_both() {
    let world = acme_in(&[Dev]).await;
    let subject = acme(&world, Dev);
    let odd = world.cloud.register(&subject, "wordpress:odd", None);
    world.cloud.deploy(&subject, odd, 1).await.unwrap();
    let operator = world.member("operator");
    let half = operator.types("/tenant scale tenant:acme environment:dev cpu:512").await;
    half.answer().shows("has a size that Fargate does not know").shows("give both `cpu` and `memory`");
    assert!(!half.is_filed());
    operator.types("/tenant scale tenant:acme environment:dev count:2").await.is(State::Succeeded);
    assert_eq!(world.cloud.serving(&subject), Some((odd, 2)));
    let both = operator.types("/tenant scale tenant:acme environment:dev cpu:512 memory:1024").await;
    both.is(State::Succeeded).card().shows("a size that Fargate does not know · 2 tasks");
    assert_eq!(running_size(&world, Dev).await, "512 cpu · 1024 MiB · 20 GiB");
}

#[tokio::test]
async fn another_hand_in_between_is_not_overwritten() {
    let world = acme_in(&[Sit]).await;
    let request = world.member("operator").types(&SCALE.replace("dev", "sit")).await;
    ships(&world, Sit, "wordpress:hotfix").await;
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding);
    request
        .card()
        .shows("Another hand has changed the service since this was planned")
        .shows("revision 2 with 1 task now, and wanted revision 1 with 1 task then")
        .shows("Nothing was touched");
    assert_eq!(revisions(&world, Sit).await, [(2, true), (1, false)]);

    // Put right by hand, it goes on as it was approved.
    world.cloud.deploy(&acme(&world, Sit), 1, 1).await.unwrap();
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
    assert_eq!(world.cloud.serving(&acme(&world, Sit)), Some((3, 2)));
}

#[tokio::test]
async fn a_count_that_another_hand_changed_holds_too() {
    let world = acme_in(&[Sit]).await;
    let request = world.member("operator").types(&SCALE.replace("dev", "sit")).await;
    world.cloud.deploy(&acme(&world, Sit), 1, 4).await.unwrap();
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::Holding).card().shows("revision 1 with 4 tasks now");
}
