//! The process ends at every point between two effects, one after the other; another begins and comes to the same end.

use std::collections::BTreeSet;

use landlord_core::fakes::Fuse;
use landlord_core::operation::State;
use landlord_core::plan::{Purpose, Scope};
use landlord_core::tenant::Environment;

use crate::stage::Stage;
use crate::{Combination, combinations, in_every_environment};

in_every_environment!(a_crash_at_every_point_comes_to_the_same_end, and at once);

async fn a_crash_at_every_point_comes_to_the_same_end(environment: Option<Environment>) {
    for combination in combinations(environment) {
        at_every_point(&combination).await;
    }
}

/// How far apart the points are that are tried. A deletion has the same steps wherever it is: every point of it is tried in
/// DEV; elsewhere, and where the steps come again for each tenant and environment, there are so many that each step is hit at
/// least once between its effect and its record, each environment at points of its own.
fn stride(combination: &Combination) -> usize {
    let once = combination.spec.purpose == Purpose::Delete && combination.scope == Scope::One(Environment::Dev);
    if once || !combination.deletes() { 1 } else { 4 }
}

/// How many steps a crash can hit between their effect and their record.
fn side_by_side(combination: &Combination) -> usize {
    if combination.spec.purpose == Purpose::BulkDelete { 3 } else { 1 }
}

async fn at_every_point(combination: &Combination) {
    let calm = Stage::set(combination).await;
    let request = calm.comes_to(State::Succeeded).await;
    let (seen, standing) = (calm.seen(&request), calm.standing().await);
    let steps = request.operation().steps.len();
    let stride = stride(combination);
    let turn = combination.scope.environments().next().map_or(0, |first| first as usize) % stride;
    let mut twice = BTreeSet::new();
    let (mut tried, mut points, mut repeated) = (0, turn, 0);
    loop {
        let stage = Stage::set(combination).await;
        let fuse = Fuse::after(points);
        stage.world.restarts_with(fuse.clone()).await;
        stage.asks_and_approves().await;
        if !fuse.is_blown() {
            break;
        }
        stage.world.restarts().await;
        let request = stage.comes_to(State::Succeeded).await;

        assert_eq!(stage.standing().await, standing, "point {points}");
        let operation = request.operation();
        for (place, step) in operation.steps.iter().enumerate() {
            assert!(step.attempts <= 2, "point {points}: {step:?}");
            if step.attempts == 2 {
                twice.insert(place);
            }
        }
        let after = stage.seen(&request);
        assert_eq!((after.cards, after.threads), (seen.cards, seen.threads), "point {points}");
        assert_eq!(after.card, seen.card, "point {points}");
        assert_eq!(after.backups, seen.backups, "point {points}");
        let told: BTreeSet<&String> = after.thread.iter().collect();
        for line in &seen.thread {
            assert!(told.contains(line), "point {points}: the thread misses {line:?}\n{:#?}", after.thread);
        }
        // A crash between a post and its record may repeat the post, once more has happened meanwhile; never more.
        repeated += usize::from(seen.thread.len() < after.thread.len());
        assert!(after.thread.len() <= 2 * seen.thread.len(), "point {points}: {:#?}", after.thread);
        let most = seen.mails + side_by_side(combination);
        assert!((seen.mails..=most).contains(&after.mails), "point {points}: {} mails", after.mails);
        tried += 1;
        points += stride;
    }
    println!(
        "{} in {}: {tried} crashes at {points} points, {} of {steps} steps run twice, {repeated} threads with a repeated line",
        combination.command.name,
        combination.scope.as_str(),
        twice.len()
    );
    assert_eq!(twice.len(), steps, "each step was run twice: {twice:?}");
    // Each step has at least its effect and two events, with a point on both sides of each.
    assert!(points > steps * 6, "only {points} points were tried");
}
