//! The process is told to end: what has begun ends, nothing new begins, and the next process goes on.

use landlord_core::fakes::World;
use landlord_core::operation::{State, StepState};

use crate::{DEV, resources, waits_in_sit};

#[tokio::test]
async fn the_step_that_runs_ends_and_no_other_begins() {
    let world = World::start();
    let brake = world.house().engine.brake.clone();
    let mut changes = world.cloud.changes();
    let operator = world.member("operator");
    let pulls = async {
        changes.changed().await.unwrap();
        brake.pull();
    };
    let (request, ()) = tokio::join!(operator.types(DEV), pulls);
    let operation = request.operation();
    assert_eq!(operation.state, State::Running);
    let states: Vec<StepState> = operation.steps.iter().map(|step| step.state).collect();
    assert!(states.contains(&StepState::Done), "{states:?}");
    assert!(!states.contains(&StepState::Running), "nothing is left in the middle: {states:?}");
    assert!(states.contains(&StepState::Pending), "{states:?}");
    let told = request.log();

    world.passes(time::Duration::HOUR).await;
    assert_eq!(request.log(), told, "nothing begins later either");

    world.restarts().await;
    request.is(State::Succeeded);
    assert_eq!(resources(&world).await, 10);
}

#[tokio::test]
async fn what_is_approved_while_it_ends_starts_with_the_next_process() {
    let world = World::start();
    let request = waits_in_sit(&world).await;
    world.house().engine.brake.pull();
    world.member("team-lead").reacts(&request, "✅").await;
    request.is(State::AwaitingApproval);
    world.restarts().await;
    request.is(State::Succeeded);
}
