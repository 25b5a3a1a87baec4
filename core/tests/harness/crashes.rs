//! The process ends at every point between two effects, one after the other; another begins and comes to the same end.

use std::collections::BTreeSet;

use landlord_core::fakes::Fuse;
use landlord_core::operation::State;
use landlord_core::tenant::Environment;

use crate::stage::Stage;
use crate::{combinations, in_every_environment};

in_every_environment!(a_crash_at_every_point_comes_to_the_same_end);

async fn a_crash_at_every_point_comes_to_the_same_end(environment: Environment) {
    for combination in combinations(environment) {
        let calm = Stage::set(&combination).await;
        let request = calm.comes_to(State::Succeeded).await;
        let (seen, standing) = (calm.seen(&request), calm.standing().await);
        let mut twice = BTreeSet::new();
        let (mut points, mut repeated) = (0, 0);
        loop {
            let stage = Stage::set(&combination).await;
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
            let told: BTreeSet<&String> = after.thread.iter().collect();
            for line in &seen.thread {
                assert!(told.contains(line), "point {points}: the thread misses {line:?}\n{:#?}", after.thread);
            }
            // A crash between a post and its record may repeat the post, once more has happened meanwhile; never more.
            repeated += usize::from(told.len() < after.thread.len());
            assert!(after.thread.len() <= 2 * seen.thread.len(), "point {points}: {:#?}", after.thread);
            let mails = stage.world.notifier.sent().len();
            assert!((1..=2).contains(&mails), "point {points}: {mails} mails");
            points += 1;
        }
        let steps = combination.spec.steps.len();
        println!(
            "{} in {environment}: {points} crashes, {} of {steps} steps run twice, {repeated} threads with a repeated line",
            combination.command.name,
            twice.len()
        );
        assert_eq!(twice.len(), steps, "each step was run twice: {twice:?}");
        // Each step has at least its effect and two events, with a point on both sides of each.
        assert!(points > steps * 6, "only {points} points were tried");
    }
}
