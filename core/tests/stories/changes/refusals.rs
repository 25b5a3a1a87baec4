//! What cannot be, or would change nothing, is refused with what to do, and nothing is filed.

use landlord_core::fakes::{Fault, FaultError, Verb, World};
use landlord_core::ports::{RegistryChange, Standing, Workload as _};
use landlord_core::tenant::Environment::{Dev, Sit};

use super::{BACK, SCALE, acme, rolls_back, updated};
use crate::deletion::{acme_in, client, id};

async fn refused(world: &World, line: &str, because: &str) {
    let who = if line.starts_with("/tenant rollback") { "on-call" } else { "operator" };
    let request = world.member(who).types(line).await;
    request.answer().shows(because);
    assert!(!request.is_filed(), "{line}");
}

#[tokio::test]
async fn a_size_that_fargate_does_not_know() {
    let world = acme_in(&[Dev]).await;
    for (given, because) in [
        ("cpu:512 memory:512", "512 cpu with 512 MiB. The nearest that it knows are"),
        ("cpu:300 memory:512", "no size of 300 cpu with 512 MiB. The nearest that it knows are 256 cpu with 512 MiB"),
        ("cpu:256 memory:4096", "256 cpu with 2048 MiB, 512 cpu with 3072 MiB and 512 cpu with 4096 MiB"),
        ("memory:500", "256 cpu with 512 MiB"),
        ("cpu:0", "The nearest that it knows are 256 cpu with 512 MiB"),
        ("memory:4294967295", "The nearest that it knows are 256 cpu with 2048 MiB"),
        ("cpu:many", "`cpu`: it must be a whole number"),
        ("count:-1", "`count`: it must be a whole number"),
    ] {
        refused(&world, &format!("/tenant scale tenant:acme environment:dev {given}"), because).await;
    }
}

#[tokio::test]
async fn a_count_that_is_none_or_too_high_and_what_changes_nothing() {
    let world = acme_in(&[Dev]).await;
    for (given, because) in [
        (" count:0", "`/tenant shutdown` takes a tenant off the net"),
        (" count:11", "a tenant has at most 10 tasks, and 11 were asked for"),
        ("", "Say what is to change: give `cpu`, `memory` or `count`."),
        (" count:1", "That would change nothing: `acme` runs in DEV with 256 cpu · 512 MiB · 20 GiB · 1 task."),
        (" cpu:256 memory:512 count:1", "That would change nothing"),
    ] {
        refused(&world, &format!("/tenant scale tenant:acme environment:dev{given}"), because).await;
    }
}

#[tokio::test]
async fn who_does_not_stand_there_or_not_wholly() {
    let world = acme_in(&[Dev]).await;
    refused(&world, &SCALE.replace("dev", "sit"), "`acme` does not stand in SIT").await;
    refused(&world, &SCALE.replace("acme", "nobody"), "There is no tenant `nobody`").await;
    let incomplete = RegistryChange::Stand(id("half"), Sit, Standing::Incomplete);
    let registered = RegistryChange::Register(Box::new(client("half")));
    world.remembers(&client("half"), &[registered, incomplete]).await;
    refused(&world, "/tenant scale tenant:half environment:sit count:2", "`half` stands half-way in SIT").await;
    // In an emergency that is no matter; that there is nothing is.
    let back = "/tenant rollback tenant:half environment:sit revision:1 reason:it is down";
    refused(&world, back, "`half` has no service in SIT, so there is nothing to change").await;
}

#[tokio::test]
async fn what_is_shut_down() {
    let world = updated().await;
    world.cloud.scale(&acme(&world, Dev), 0).await.unwrap();
    for line in ["/tenant scale tenant:acme environment:dev cpu:512 memory:2048", BACK] {
        refused(&world, line, "somebody scaled it by hand. `/tenant scale` with `count: 1` lets it run again").await;
    }
    let shut = client("shut");
    let changes =
        [RegistryChange::Register(Box::new(shut.clone())), RegistryChange::Stand(id("shut"), Dev, Standing::Shut)];
    world.remembers(&shut, &changes).await;
    refused(&world, &SCALE.replace("acme", "shut"), "`/tenant reopen` puts it back first").await;
}

#[tokio::test]
async fn a_revision_that_is_not_there_or_runs() {
    let world = updated().await;
    let there = "There is:\n▶️ 2 · runs now";
    refused(&world, &BACK.replace("revision:1", "revision:2"), "Revision 2 is what `acme` runs in DEV already.").await;
    refused(&world, &BACK.replace("revision:1", "revision:2"), there).await;
    for never in ["revision:7", "revision:0"] {
        refused(&world, &BACK.replace("revision:1", never), "`acme` never had a revision").await;
    }
    assert!(world.cloud.deregister(&acme(&world, Dev), 1));
    refused(&world, BACK, "Revision 1 of `acme` in DEV cannot be deployed: it is deregistered").await;
    refused(&world, &BACK.replace(" revision:1", ""), "it runs: there is none to go back to").await;
}

#[tokio::test]
async fn who_may_and_why() {
    let world = updated().await;
    let operator = world.member("operator").types(BACK).await;
    operator.answer().shows("This needs the role");
    assert!(!operator.is_filed());
    let unsaid = rolls_back(&world, "/tenant rollback tenant:acme environment:dev revision:1").await;
    unsaid.answer().shows("`reason`: it is missing.");
    assert!(!unsaid.is_filed());
    world.member("newcomer").types(SCALE).await.answer().shows("This needs the role");
}

#[tokio::test]
async fn while_something_else_works_there_it_is_refused_with_a_link() {
    let world = acme_in(&[Sit]).await;
    let open = world.member("operator").types(&SCALE.replace("dev", "sit")).await;
    let back = rolls_back(&world, &BACK.replace("dev", "sit")).await;
    let link = format!("`{}` (awaiting approval): ", open.id());
    back.answer().shows("is being worked on in SIT by operation").shows(&link);
    assert!(!back.is_filed());
}

#[tokio::test]
async fn an_environment_that_cannot_be_looked_at() {
    let world = updated().await;
    for verb in [Verb::Tasks, Verb::Revisions] {
        world.cloud.fail(Fault::new(FaultError::Unavailable).on(verb));
        refused(&world, SCALE, "DEV does not answer, so nothing was planned and nothing was done").await;
    }
    world.cloud.fail(Fault::new(FaultError::Credentials).on(Verb::Revisions));
    refused(&world, BACK, "DEV cannot be used with these credentials").await;
    world.cloud.answer_as(Dev, Some("123456789012"));
    refused(&world, SCALE, "The account seal does not match").await;
}
