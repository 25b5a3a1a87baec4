//! An operation that holds names the cause out of the same table.

use landlord_core::fakes::{Ailment, World};
use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::tenant::Environment;

use super::{blueprint, is_left_half_way, stands, subject};
use crate::DEV;

#[tokio::test]
async fn a_provisioning_whose_task_does_not_start_names_the_cause() {
    for (ailment, cause) in [
        (Ailment::ImageNotFound, "Likely: image cannot be pulled (playbook 3.1, service won't start)"),
        (Ailment::NoRegistry, "Likely: no way from the tasks to AWS"),
        (Ailment::RoleDenied, "Likely: execution role lacks a permission"),
        (Ailment::SecretWithoutKey, "Likely: secret without a key"),
        (Ailment::OutOfMemory, "Likely: out of memory"),
        (Ailment::HealthTimeout, "Likely: health check times out (playbook 3.1, health check failing)"),
        (Ailment::PathNotFound, "Likely: health path not found"),
    ] {
        let world = World::start();
        world.cloud.ail(&subject(Environment::Dev), ailment);
        let request = world.member("operator").types(DEV).await;
        request.is(State::Holding);
        let card = request.card();
        card.shows(cause).shows("Mend it and press Retry.");
        assert_eq!(card.text().matches("Likely: ").count(), 1, "{ailment:?}: {card}");

        world.cloud.recover(&subject(Environment::Dev));
        world.member("operator").presses(&request, "Retry").await;
        request.is(State::Succeeded);
    }
}

#[tokio::test]
async fn a_database_that_another_secret_made_is_named() {
    let world = World::start();
    is_left_half_way(&world).await;
    let left = subject(Environment::Dev);
    assert!(world.cloud.vanish(Kind::Secret, &left));
    world.cloud.plant(Kind::Secret, &blueprint(Environment::Dev)).unwrap();
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request.card().shows("User already exists").shows("Likely: database or user exists already");
}

#[tokio::test]
async fn a_deletion_whose_database_task_cannot_read_its_secret_says_so() {
    let world = World::start();
    stands(&world).await;
    world.cloud.ail(&subject(Environment::Dev), Ailment::CleanUpFails);
    let line = "/tenant delete tenant:goldencrust environment:dev reason:other backup:no logs:delete";
    let request = world.member("operator").types(line).await;
    world.passes(time::Duration::hours(25)).await;
    request.becomes(State::Holding).await;
    let card = request.card();
    card.shows("ResourceInitializationError: unable to pull secrets");
    card.shows("Likely: database clean-up cannot read its secret (playbook 3.2, database clean-up)");
    world.cloud.recover(&subject(Environment::Dev));
    world.member("operator").presses(&request, "Retry").await;
    request.becomes(State::Succeeded).await;
}

#[tokio::test]
async fn what_cannot_be_looked_at_leaves_the_playbooks_hint() {
    let world = World::start();
    let reason = "something that nobody has heard of";
    world.cloud.hinder_tasks(&subject(Environment::Dev).tenancy, Some(reason));
    let request = world.member("operator").types(DEV).await;
    request.is(State::Holding);
    request.card().shows(reason).shows("Playbook 3.1, service won't start: the secret must exist").hides("Likely: ");
}
