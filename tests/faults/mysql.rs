//! MySQL is restarted while databases and users are made and removed: waited for, or held with a reason.

use landlord_core::kind::Kind;
use landlord_core::tenant::Environment::Dev;
use serde_json::json;

use crate::outcome::comes_through;
use crate::tally::Tally;
use crate::world::{Life, Reach, Request, Setting, World};

/// The server of DEV.
const SERVER: &str = "mariadb-dev";

/// Nobody else's server is restarted, and the bot waits long enough between two tries to be met between them.
const SETTING: Setting =
    Setting { alone: true, haste: 4, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false };

/// A step comes to have been tried so often, or the operation to hold.
async fn is_tried(world: &World, request: &Request<'_>, step: &str, times: u64) {
    let tried = async || {
        let (row, state) = (request.step(step).await, request.operation().await["state"].clone());
        if row["attempts"].as_u64() >= Some(times) || state == "holding" { Ok(()) } else { Err(row.to_string()) }
    };
    crate::until::until(format!("{step} to be tried {times} times"), tried).await;
    assert!(world.operations().await.iter().all(|row| row["state"] != "succeeded" || row["id"] != request.id()));
}

/// The server is down when the run comes to its steps: `before` is the AWS call of the step before, which is held back until
/// the server is down. Answers whether the operation held.
async fn while_it_is_down(world: &World, line: &str, before: [&str; 2], step: &str) -> bool {
    let [call, earlier] = before;
    world.services.breaks("throttle", json!({ "operation": call })).await;
    let request = world.member("operator").types(line).await;
    is_tried(world, &request, earlier, 1).await;
    let restart = world.services.starts_at_last(SERVER);
    world.services.turn("stop", SERVER).await;
    world.services.mends().await;
    is_tried(world, &request, step, 2).await;
    drop(restart);
    comes_through(world, &request, async || {}).await
}

#[tokio::test]
async fn mysql_is_down_when_its_steps_come() {
    let mut tally = Tally::of("mysql away");
    let world = World::with(SETTING).await;
    let golden = world.tenant();
    let line = format!("{} kind:poc", golden.provision("dev"));
    let held = while_it_is_down(&world, &line, ["CreateSecret", "ensure secret"], "ensure database").await;
    tally.ended(held);
    let all = Kind::DELETION_ORDER.len();
    assert_eq!(world.remains(&golden, Dev).await.len(), all);
    world.audit(&golden, &[Dev]).await;

    let line = format!("/tenant delete tenant:{} environment:dev reason:poc backup:no logs:delete", golden.id);
    let before = ["DeleteAccessPoint", "remove access point"];
    let held = while_it_is_down(&world, &line, before, "remove database user").await;
    tally.ended(held);
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    tally.faults += 2;
    tally.report();
    world.end().await;
}

#[tokio::test]
async fn mysql_is_restarted_again_and_again_while_an_operation_runs() {
    let mut tally = Tally::of("mysql restarts");
    let world = World::with(SETTING).await;
    let golden = world.tenant();
    let mut restarted = async |request: &Request<'_>| {
        let restart = world.services.starts_at_last(SERVER);
        let settled = async || {
            let state = request.operation().await["state"].clone();
            state == "succeeded" || state == "holding"
        };
        while !settled().await {
            world.services.turn("stop", SERVER).await;
            world.services.turn("start", SERVER).await;
            tally.faults += 1;
        }
        drop(restart);
        let held = comes_through(&world, request, async || {}).await;
        tally.ended(held);
    };
    let request = world.member("operator").types(&format!("{} kind:poc", golden.provision("dev"))).await;
    restarted(&request).await;
    assert_eq!(world.remains(&golden, Dev).await.len(), Kind::DELETION_ORDER.len());
    let line = format!("/tenant delete tenant:{} environment:dev reason:poc backup:yes logs:delete", golden.id);
    let request = world.member("operator").types(&line).await;
    restarted(&request).await;
    request.is_certified().await;
    assert_eq!(world.remains(&golden, Dev).await, Vec::<&str>::new());
    tally.report();
    world.end().await;
}
