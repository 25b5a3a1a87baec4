//! Several processes on one PostgreSQL store: one is active, and whatever becomes of it, another goes on.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;

use crate::long;
use crate::world::{Life, Process, Setting, Tenant, World};

/// What a process says when it has taken over.
const ACTIVE: &str = "this process is the active one";

/// Tells how long it was until another worked, also to the file that `LANDLORD_CHAOS_REPORT` names.
fn took_over(since: Instant) {
    let millis = since.elapsed().as_millis();
    println!("taken over after {millis} ms");
    long::report(&json!({ "suite": "standby", "operations": 1, "lost": 0, "doubled": 0, "takeover_ms": [millis] }));
}

/// A world with a bot on PostgreSQL and two that stand by.
async fn three(alone: bool) -> (World, [Process; 2]) {
    let world = World::with(Setting { life: Life::Process, postgres: true, alone, ..Setting::default() }).await;
    let standbys = [world.another_process(None), world.another_process(None)];
    for standby in &standbys {
        standby.listens().await;
    }
    (world, standbys)
}

/// The one that takes over, and the other.
async fn successor([one, other]: [Process; 2]) -> (Process, Process) {
    let first = tokio::select! {
        _ = one.comes_to_say(ACTIVE) => true,
        _ = other.comes_to_say(ACTIVE) => false,
    };
    let (successor, rest) = if first { (one, other) } else { (other, one) };
    successor.works().await;
    (successor, rest)
}

/// Everything of the tenant that stands, to the byte.
async fn everything(world: &World, tenant: &Tenant) -> String {
    format!("{:?}", world.services.dump(&["--only", &tenant.id]).await)
}

#[tokio::test]
async fn killed_in_the_middle_of_steps_it_is_followed_and_nothing_is_lost_or_done_twice() {
    let (world, standbys) = three(false).await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;

    let killed = Instant::now();
    world.bot_dies().await;
    let (successor, rest) = successor(standbys).await;
    took_over(killed);
    world.follows(successor).await;
    request.succeeds().await;
    request.stands_once().await;

    // And once more, with the last of the three.
    let silver = world.tenant();
    let second = world.member("operator").types(&silver.provision("dev")).await;
    second.thread_comes_to_say("▶️").await;
    let killed = Instant::now();
    world.bot_dies().await;
    rest.works().await;
    took_over(killed);
    world.follows(rest).await;
    second.succeeds().await;
    second.stands_once().await;
    assert_eq!(world.operations().await.len(), 2);
    world.end().await;
}

#[tokio::test]
async fn stopped_until_another_has_taken_over_and_woken_it_changes_nothing() {
    let (world, standbys) = three(false).await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;

    let stopped = Instant::now();
    world.process(async |process| process.stops()).await;
    let (successor, rest) = successor(standbys).await;
    took_over(stopped);
    let sleeper = world.follows(successor).await.expect("it is only stopped");
    let sleeper = sleeper.into_process();
    request.succeeds().await;
    let before = (everything(&world, &golden).await, world.operations().await, request.thread().await);

    let mark = sleeper.said().len();
    sleeper.goes_on();
    sleeper.comes_to_say_after(mark, "standing by again").await;
    assert_eq!((everything(&world, &golden).await, world.operations().await, request.thread().await), before);
    request.stands_once().await;

    // It is as good as any other: the last two go, and it takes over.
    drop(rest);
    world.bot_dies().await;
    sleeper.works_after(mark).await;
    world.follows(sleeper).await;
    assert_eq!(world.operations().await, before.1);
    world.end().await;
}

#[tokio::test]
async fn told_to_end_it_lets_another_take_over_at_once() {
    let (world, standbys) = three(false).await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;
    let status = world
        .process(async |process| {
            process.is_told_to_end();
            process.ends().await
        })
        .await;
    assert_eq!(status.code(), Some(0));
    let (successor, _rest) = successor(standbys).await;
    world.follows(successor).await;
    request.succeeds().await;
    request.stands_once().await;
    world.end().await;
}

/// Who becomes the active one after the lines that each had written: the bot, or one of the others, which then is the bot.
async fn active_again(world: &World, mut standbys: Vec<Process>, marks: &[usize]) -> Vec<Process> {
    let new = tokio::select! {
        () = world.process(async |bot| bot.works_after(marks[0]).await) => None,
        () = standbys[0].works_after(marks[1]) => Some(0),
        () = standbys[1].works_after(marks[2]) => Some(1),
    };
    if let Some(place) = new {
        let bot = world.follows(standbys.remove(place)).await.expect("it lives");
        standbys.push(bot.into_process());
    }
    standbys
}

/// How much each has said so far.
async fn marks(world: &World, standbys: &[Process]) -> Vec<usize> {
    let bot = world.process(async |bot| bot.said().len()).await;
    std::iter::once(bot).chain(standbys.iter().map(|standby| standby.said().len())).collect()
}

#[tokio::test]
async fn all_three_survive_a_restart_and_an_outage_of_the_database() {
    let (world, standbys) = three(true).await;
    let golden = world.tenant();
    let request = world.member("operator").types(&golden.provision("dev")).await;
    request.thread_comes_to_say("▶️").await;

    let said = marks(&world, &standbys).await;
    world.services.turn("stop", "postgres").await;
    world.services.turn("start", "postgres").await;
    let mut standbys = active_again(&world, standbys.into(), &said).await;
    request.succeeds().await;
    request.stands_once().await;

    let said = marks(&world, &standbys).await;
    let again = world.services.starts_at_last("postgres");
    world.services.turn("stop", "postgres").await;
    for standby in &mut standbys {
        let outage = timeout(Duration::from_secs(3), standby.ends()).await;
        assert!(outage.is_err(), "an outage is waited out");
    }
    drop(again);
    let standbys = active_again(&world, standbys, &said).await;
    let silver = world.tenant();
    let request = world.member("operator").types(&silver.provision("dev")).await;
    request.succeeds().await;
    request.stands_once().await;
    assert!(standbys.iter().all(|standby| standby.ended().is_none()), "all three live");
    world.end().await;
}

#[tokio::test]
async fn a_second_process_on_a_file_is_refused_with_a_clear_line() {
    let world = World::with(Setting { life: Life::Process, ..Setting::default() }).await;
    let mut second = world.another_process(None);
    assert_eq!(second.ends().await.code(), Some(2));
    let said = second.said().join("\n");
    assert!(
        said.contains("is in use by another landlord process; one process at a time can work on a SQLite file"),
        "{said}"
    );
    let golden = world.tenant();
    world.member("operator").types(&golden.provision("dev")).await.succeeds().await;
    world.end().await;
}
