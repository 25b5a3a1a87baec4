//! The process is killed with -9 at instants that nobody has chosen, while it provisions and deletes, and started again. In the
//! end nothing is lost, nothing was done twice, and what stands is what stands when nobody interferes.
//!
//! `LANDLORD_SEED` replays one round; with `LANDLORD_CHAOS=all` new seeds are tried for `LANDLORD_CHAOS_MINUTES`.

mod round;
mod shape;
mod tally;
mod work;

use std::time::Instant;

use futures::{StreamExt as _, stream};
use landlord_core::tenant::Environment::{Dev, Sit};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use crate::long::seeds;
use crate::world::{Life, Setting, World};
use shape::Shape;
use tally::Tally;
use work::Work;

/// How many rounds are played in the short form.
const FEW: u64 = 8;

/// How many rounds are played side by side.
const AT_ONCE: usize = 3;

/// What an uninterrupted tenant has in DEV and in SIT.
static STANDARD: OnceCell<[Shape; 2]> = OnceCell::const_new();

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_instant_nothing_is_lost_and_nothing_is_done_twice() {
    let begun = Instant::now();
    // Before any round: who waits for a second world while others wait to be alone would wait for ever.
    STANDARD.get_or_init(undisturbed).await;
    let rounds = seeds(0, FEW, 1.0).map(|seed| async move { (seed, played(seed).await) });
    let mut rounds = stream::iter(rounds).buffer_unordered(AT_ONCE);
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    while let Some((seed, round)) = rounds.next().await {
        match round {
            Some(round) => tally = tally.and(round),
            None => failed.push(seed),
        }
    }
    tally.lost += failed.len();
    let figures = tally.report("processes");
    eprintln!("{:?} in all", begun.elapsed());
    assert!(failed.is_empty(), "these rounds failed; replay one with LANDLORD_SEED: {failed:?}");
    assert_eq!((tally.lost, tally.doubled), (0, 0), "{figures}");
    assert!(tally.cuts > 0, "nothing was cut: {figures}");
}

/// Plays a round on a thread of its own; nothing where it failed. The thread has told why.
async fn played(seed: u64) -> Option<Tally> {
    let here = Handle::current();
    tokio::task::spawn_blocking(move || here.block_on(round::play(seed, standard))).await.ok()
}

/// What is left where nobody interferes.
async fn standard(work: Work) -> &'static Shape {
    let [dev, sit] = STANDARD.get_or_init(undisturbed).await;
    if work.environment() == Sit { sit } else { dev }
}

async fn undisturbed() -> [Shape; 2] {
    let world = World::with(Setting { life: Life::Process, ..Setting::default() }).await;
    let tenant = world.tenant();
    let operator = world.member("operator");
    operator.types(&tenant.provision("dev")).await.succeeds().await;
    operator.types(&format!("/tenant validate tenant:{} environment:dev", tenant.id)).await;
    let promotion = operator.types(&format!("/tenant promote tenant:{}", tenant.id)).await;
    world.member("team-lead").reacts(&promotion, "✅").await;
    promotion.succeeds().await;
    let dump = world.services.dump_of(&tenant).await;
    let shapes = [Dev, Sit].map(|environment| Shape::of(&dump, &tenant, environment.as_str()));
    for shape in &shapes {
        assert_eq!((shape.kinds(), shape.doubled()), (10, 0), "{shape:?}");
    }
    world.end().await;
    shapes
}
