//! A failure at each step, before and after its effect: it holds; then it is rolled back, or tried again.

use landlord_core::kind::Kind;
use landlord_core::operation::{Operation, State};
use landlord_core::tenant::Environment;

use crate::mishap::{SIDES, mails, makes, strikes};
use crate::stage::Stage;
use crate::{Combination, combinations, in_every_environment, revocable};

in_every_environment!(rolled_back_the_world_is_as_it_was);
in_every_environment!(tried_again_it_succeeds, and at once);
in_every_environment!(rolled_back_what_was_taken_over_stays);

async fn rolled_back_the_world_is_as_it_was(environment: Option<Environment>) {
    let (mut tried, mut implied) = (0, 0);
    for combination in revocable(environment) {
        implied += combination.spec.steps.len() * SIDES.len();
        let calm = Stage::set(&combination).await.comes_to(State::Succeeded).await.operation();
        for (place, step) in combination.spec.steps.iter().enumerate() {
            for side in SIDES {
                let stage = Stage::set(&combination).await;
                let before = stage.standing().await;
                strikes(&stage.world, &calm, place, side);
                let request = stage.comes_to(State::Holding).await;
                request.card().shows("Diagnosis").shows(step);
                stage.world.member(stage.person()).presses(&request, "Roll back").await;
                request.becomes(State::Unwound).await;
                assert_eq!(stage.standing().await, before, "{step} failed, {side:?}");
                tried += 1;
            }
        }
    }
    println!("{environment:?}: {tried} failures rolled back");
    assert_eq!(tried, implied);
}

async fn tried_again_it_succeeds(environment: Option<Environment>) {
    let (mut tried, mut implied) = (0, 0);
    for combination in combinations(environment) {
        let calm = Stage::set(&combination).await;
        let operation = calm.comes_to(State::Succeeded).await.operation();
        let standing = calm.standing().await;
        implied += expected_steps(&combination, &operation) * SIDES.len();
        for (place, planned) in operation.plan.steps.iter().enumerate() {
            let step = &planned.step;
            for side in SIDES {
                let stage = Stage::set(&combination).await;
                strikes(&stage.world, &operation, place, side);
                let request = stage.comes_to(State::Holding).await;
                let held = request.operation();
                let held_at = held.held_step.map(|held_at| held.plan.steps[held_at].clone());
                assert_eq!(held_at.as_ref().map(|held_at| &held_at.step), Some(step), "{side:?}");
                // Whole inventories are nobody's, and of mails only their number is known: whoever is first trips over it.
                let anyones = step == "certify absence" || mails(step);
                assert!(anyones || held_at.as_ref() == Some(planned), "{held_at:?}");
                request.card().shows("Diagnosis").shows(step);
                let buttons = request.card().buttons().join(" ");
                assert_eq!(buttons.contains("Roll back"), combination.unwinds(), "{buttons}");
                stage.world.member(stage.person()).presses(&request, "Retry").await;
                request.becomes(State::Succeeded).await;
                assert_eq!(stage.standing().await, standing, "{step} failed, {side:?}");
                assert!(!request.thread().contains("stood already"), "{}", request.thread());
                tried += 1;
            }
        }
    }
    println!("{environment:?}: {tried} failures tried again");
    assert_eq!(tried, implied);
}

/// How many steps the catalogue implies: its own at each site, but for those that a tenant needs once.
fn expected_steps(combination: &Combination, operation: &Operation) -> usize {
    let once = combination.spec.steps.iter().filter(|step| *step == "tell owner" || *step == "notify owner").count();
    let tenants = operation.plan.tenants.len();
    let sites = tenants * combination.scope.environments().count();
    assert_eq!(operation.plan.sites.len(), sites);
    (combination.spec.steps.len() - once) * sites + once * tenants
}

/// Whether the kind cannot stand without the other.
fn builds_on(kind: Kind, other: Kind) -> bool {
    kind.needs().iter().any(|needed| *needed == other || builds_on(*needed, other))
}

async fn rolled_back_what_was_taken_over_stays(environment: Option<Environment>) {
    let (mut tried, mut implied) = (0, 0);
    for combination in revocable(environment) {
        let calm = Stage::set(&combination).await.comes_to(State::Succeeded).await.operation();
        let kinds: Vec<_> = combination.spec.steps.iter().filter_map(|step| makes(step)).collect();
        let last = combination.spec.steps.last().unwrap();
        implied += kinds.len();
        for kind in kinds {
            let stage = Stage::set(&combination).await;
            // A resource stands only where what it needs stands.
            for planted in Kind::provisioning_order().filter(|other| *other == kind || builds_on(kind, *other)) {
                stage.world.cloud.plant(planted, &stage.blueprint()).unwrap();
            }
            let before = stage.standing().await;
            strikes(&stage.world, &calm, calm.steps.len() - 1, SIDES[0]);
            let request = stage.comes_to(State::Holding).await;
            request.card().shows(last).shows("stood already");
            stage.world.member(stage.person()).presses(&request, "Roll back").await;
            request.becomes(State::Unwound).await;
            assert_eq!(stage.standing().await, before, "{kind} was taken over");
            tried += 1;
        }
    }
    println!("{environment:?}: {tried} kinds taken over and left");
    assert_eq!(tried, implied);
}
