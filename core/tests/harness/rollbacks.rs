//! A roll back that fails at each step: in the end nothing is left.

use std::collections::BTreeSet;

use landlord_core::fakes::{Fault, FaultError, Request, Verb, When};
use landlord_core::kind::Kind;
use landlord_core::operation::{Operation, State};
use landlord_core::tenant::Environment;

use crate::mishap::{SIDES, Side, strikes, undoes};
use crate::stage::Stage;
use crate::{Combination, in_every_environment, revocable};

in_every_environment!(a_failure_at_each_step_of_a_roll_back);

/// What undoing the operation asks of the world.
fn undoing(combination: &Combination) -> BTreeSet<(Verb, Kind)> {
    combination.spec.steps.iter().filter_map(|step| undoes(step)).collect()
}

/// Everything is made, and the last step fails.
async fn made_and_held<'a>(stage: &'a Stage<'_>, calm: &Operation) -> Request<'a> {
    strikes(&stage.world, calm, calm.steps.len() - 1, Side::Before);
    stage.comes_to(State::Holding).await
}

async fn a_failure_at_each_step_of_a_roll_back(environment: Option<Environment>) {
    let (mut tried, mut implied) = (0, 0);
    for combination in revocable(environment) {
        implied += undoing(&combination).len() * SIDES.len();
        let calm = Stage::set(&combination).await.comes_to(State::Succeeded).await.operation();
        for (verb, kind) in undoing(&combination) {
            for when in [When::Before, When::After] {
                let stage = Stage::set(&combination).await;
                let before = stage.standing().await;
                let request = made_and_held(&stage, &calm).await;
                stage.world.cloud.fail(Fault::new(FaultError::Denied).of_kind(kind).on(verb).when(when));
                let operator = stage.world.member(stage.person());
                operator.presses(&request, "Roll back").await;
                request.becomes(State::Holding).await;
                // The only button that a second pair of hands needs: it orders the same again.
                operator.presses(&request, "Roll back").await;
                request.becomes(State::Unwound).await;
                assert_eq!(stage.standing().await, before, "{verb} of the {kind} failed, {when:?}");
                tried += 1;
            }
        }
    }
    println!("{environment:?}: {tried} failures of a roll back");
    assert_eq!(tried, implied);
}
