//! A failure at each step, before and after its effect: it holds; then it is rolled back, or tried again.

use landlord_core::kind::Kind;
use landlord_core::operation::State;
use landlord_core::tenant::Environment;

use crate::mishap::{SIDES, makes, strikes};
use crate::stage::Stage;
use crate::{combinations, in_every_environment};

in_every_environment!(rolled_back_the_world_is_as_it_was);
in_every_environment!(tried_again_it_succeeds);
in_every_environment!(rolled_back_what_was_taken_over_stays);

async fn rolled_back_the_world_is_as_it_was(environment: Environment) {
    let (mut tried, mut implied) = (0, 0);
    for combination in combinations(environment) {
        implied += combination.spec.steps.len() * SIDES.len();
        for step in &combination.spec.steps {
            for side in SIDES {
                let stage = Stage::set(&combination).await;
                let before = stage.standing().await;
                strikes(&stage.world, step, side);
                let request = stage.comes_to(State::Holding).await;
                request.card().shows("Diagnosis").shows(step);
                stage.world.member("operator").presses(&request, "Roll back").await;
                request.becomes(State::Unwound).await;
                assert_eq!(stage.standing().await, before, "{step} failed, {side:?}");
                tried += 1;
            }
        }
    }
    println!("{environment}: {tried} failures rolled back");
    assert_eq!(tried, implied);
}

async fn tried_again_it_succeeds(environment: Environment) {
    let (mut tried, mut implied) = (0, 0);
    for combination in combinations(environment) {
        implied += combination.spec.steps.len() * SIDES.len();
        let calm = Stage::set(&combination).await;
        calm.comes_to(State::Succeeded).await;
        let standing = calm.standing().await;
        for (place, step) in combination.spec.steps.iter().enumerate() {
            for side in SIDES {
                let stage = Stage::set(&combination).await;
                strikes(&stage.world, step, side);
                let request = stage.comes_to(State::Holding).await;
                assert_eq!(request.operation().current_step(), Some(place));
                stage.world.member("operator").presses(&request, "Retry").await;
                request.becomes(State::Succeeded).await;
                assert_eq!(stage.standing().await, standing, "{step} failed, {side:?}");
                assert!(!request.thread().contains("stood already"), "{}", request.thread());
                tried += 1;
            }
        }
    }
    println!("{environment}: {tried} failures tried again");
    assert_eq!(tried, implied);
}

/// Whether the kind cannot stand without the other.
fn builds_on(kind: Kind, other: Kind) -> bool {
    kind.needs().iter().any(|needed| *needed == other || builds_on(*needed, other))
}

async fn rolled_back_what_was_taken_over_stays(environment: Environment) {
    let (mut tried, mut implied) = (0, 0);
    for combination in combinations(environment) {
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
            strikes(&stage.world, last, SIDES[0]);
            let request = stage.comes_to(State::Holding).await;
            request.card().shows(last).shows("stood already");
            stage.world.member("operator").presses(&request, "Roll back").await;
            request.becomes(State::Unwound).await;
            assert_eq!(stage.standing().await, before, "{kind} was taken over");
            tried += 1;
        }
    }
    println!("{environment}: {tried} kinds taken over and left");
    assert_eq!(tried, implied);
}
