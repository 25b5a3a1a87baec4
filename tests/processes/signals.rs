//! What one process does with each signal.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use crate::world::{Life, Setting, World};

/// A world whose bot is a process of its own.
async fn with_a_process() -> World {
    World::with(Setting { life: Life::Process, ..Setting::default() }).await
}

#[tokio::test]
async fn killed_while_it_works_it_goes_on_where_it_was_when_started_again() {
    let world = with_a_process().await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;
    world.bot_dies().await;
    world.bot_starts().await;
    request.succeeds().await;
    request.stands_once().await;
    world.end().await;
}

#[tokio::test]
async fn told_to_end_it_ends_well() {
    let world = with_a_process().await;
    let status = world
        .process(async |process| {
            process.is_told_to_end();
            process.ends().await
        })
        .await;
    assert_eq!(status.code(), Some(0));
    world.bot_starts().await;
    world.end().await;
}

#[tokio::test]
async fn stopped_it_answers_nobody_and_woken_it_goes_on() {
    let world = with_a_process().await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;
    world.process(async |process| process.stops()).await;
    {
        let mut asking = pin!(world.operations());
        assert!(timeout(Duration::from_millis(500), &mut asking).await.is_err(), "it is stopped");
        world.process(async |process| process.goes_on()).await;
        assert_eq!(asking.await.len(), 1);
    }
    request.succeeds().await;
    request.stands_once().await;
    world.end().await;
}
