//! A fifth of all AWS calls goes wrong, by seed: throttled, answered with 500, cut before the effect or after it.

use std::collections::BTreeMap;

use landlord_core::tenant::Environment::{Dev, Sit};
use serde_json::json;

use crate::outcome::comes_through;
use crate::tally::{Tally, seeds};
use crate::world::{Life, Reach, Setting, Tenant, World};

/// How many seeds the usual share tries.
const FEW: u64 = 2;

/// How much of the calls goes wrong.
const SHARE: f64 = 0.2;

/// The bot's own waiting is short, and nobody else is hit.
const SETTING: Setting =
    Setting { alone: true, haste: 20, postgres: false, dev: Reach::Usual, life: Life::InProcess, alerts: false };

/// How many of each kind stand.
type Counts = BTreeMap<(String, String), usize>;

/// What AWS and MySQL hold of a tenant.
async fn counts(world: &World, tenant: &Tenant) -> Counts {
    let mut counts = Counts::new();
    for (environment, kind, _) in world.services.dump(&["--only", &tenant.id]).await.entries() {
        *counts.entry((environment, kind)).or_default() += 1;
    }
    counts
}

/// How many stand beyond what stands after an undisturbed run, and how many are missing.
fn compared(calm: &Counts, stormy: &Counts) -> (usize, usize) {
    let over = |one: &Counts, other: &Counts| {
        one.iter().map(|(key, count)| count.saturating_sub(other.get(key).copied().unwrap_or_default())).sum()
    };
    (over(stormy, calm), over(calm, stormy))
}

/// From here on AWS is flaky.
async fn storm(world: &World, seed: u64) {
    world.services.breaks("flaky", json!({ "share": SHARE, "seed": seed })).await;
}

/// A proof of concept is asked for in DEV; `then` happens as soon as it is filed.
async fn provisioned(world: &World, tenant: &Tenant, then: impl AsyncFnOnce()) -> bool {
    let request = world.member("operator").types(&format!("{} kind:poc", tenant.provision("dev"))).await;
    then().await;
    comes_through(world, &request, async || world.services.mends().await).await
}

/// It is promoted to SIT; `then` happens before the approval.
async fn promoted(world: &World, tenant: &Tenant, then: impl AsyncFnOnce()) -> bool {
    let operator = world.member("operator");
    operator.types(&format!("/tenant validate tenant:{} environment:dev", tenant.id)).await;
    let request = operator.types(&format!("/tenant promote tenant:{}", tenant.id)).await;
    request.becomes("awaiting_approval").await;
    then().await;
    world.member("team-lead").reacts(&request, "✅").await;
    comes_through(world, &request, async || world.services.mends().await).await
}

/// It is deleted from SIT, after a backup; `then` happens before the approval.
async fn deleted(world: &World, tenant: &Tenant, then: impl AsyncFnOnce()) -> bool {
    let line = format!("/tenant delete tenant:{} environment:sit reason:poc backup:yes logs:delete", tenant.id);
    let request = world.member("operator").types(&line).await;
    request.becomes("awaiting_approval").await;
    then().await;
    world.member("team-lead").reacts(&request, "✅").await;
    let held = comes_through(world, &request, async || world.services.mends().await).await;
    request.is_certified().await;
    held
}

/// What stands after each of the three when nothing goes wrong.
async fn undisturbed() -> [Counts; 3] {
    let world = World::with(SETTING).await;
    let golden = world.tenant();
    assert!(!provisioned(&world, &golden, async || {}).await, "nothing goes wrong");
    let dev = counts(&world, &golden).await;
    assert!(!promoted(&world, &golden, async || {}).await, "nothing goes wrong");
    let both = counts(&world, &golden).await;
    assert!(!deleted(&world, &golden, async || {}).await, "nothing goes wrong");
    let left = counts(&world, &golden).await;
    world.end().await;
    [dev, both, left]
}

/// One tenant's way through three storms. After the first the playbook's own audit is asked as well; it takes long.
async fn goes_through(seed: u64, calm: &[Counts; 3], first: bool, tally: &mut Tally) {
    let world = World::with(SETTING).await;
    let golden = world.tenant();
    let since = world.services.now().await;
    let mut check = async |calm: &Counts, held: bool| {
        let stormy = counts(&world, &golden).await;
        let (doubled, lost) = compared(calm, &stormy);
        if doubled + lost > 0 {
            eprintln!("seed {seed}: {stormy:?} instead of {calm:?}");
        }
        tally.ended(held);
        tally.doubled += doubled;
        tally.lost += lost;
    };

    let held = provisioned(&world, &golden, async || storm(&world, seed).await).await;
    check(&calm[0], held).await;
    let held = promoted(&world, &golden, async || storm(&world, seed.wrapping_add(1 << 40)).await).await;
    check(&calm[1], held).await;
    let held = deleted(&world, &golden, async || storm(&world, seed.wrapping_add(1 << 41)).await).await;
    check(&calm[2], held).await;
    assert_eq!(world.remains(&golden, Sit).await, Vec::<&str>::new());
    if first {
        world.audit(&golden, &[Dev]).await;
    }

    let hit = world.services.hit(since).await;
    // Mail cannot be sent exactly once: each answer that was lost is a mail more, and no other.
    let again = hit.iter().filter(|(operation, fault)| operation == "SendEmail" && fault == "flaky: cut-after").count();
    let mails = world.services.mails(&golden.email()).await;
    assert_eq!(mails.len(), 3 + again, "{mails:?}");
    tally.mails_twice += again;
    tally.faults += hit.len();
    world.end().await;
}

#[tokio::test]
async fn each_operation_comes_through_while_a_fifth_of_all_calls_goes_wrong() {
    let mut tally = Tally::of("aws faults");
    let calm = undisturbed().await;
    for seed in seeds(FEW, 0.6) {
        let first = tally.operations == 0;
        goes_through(seed, &calm, first, &mut tally).await;
    }
    tally.report();
}
