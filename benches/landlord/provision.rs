//! How long a tenant takes in the sandbox, from the typed command to *succeeded*: local Discord, gateway, desk, log, engine
//! and cards, all as in production; the simulated cloud takes its usual time for each change.

use std::time::{Duration, Instant};

use crate::people::{LOOK, People, at_work};
use crate::table::Table;

/// How many tenants are made one after the other.
const TENANTS: usize = 5;
/// How many tenants are made side by side.
const AT_ONCE: usize = 8;

/// Adds the median of one after the other, and the whole of many side by side.
pub(crate) async fn measure(table: &mut Table) {
    at_work(async |people| {
        let mut single = Vec::new();
        for n in 0..TENANTS {
            single.push(provision(&people, n..n + 1).await.as_secs_f64());
        }
        single.sort_by(f64::total_cmp);
        let median = single[TENANTS / 2];
        let many = provision(&people, TENANTS..TENANTS + AT_ONCE).await.as_secs_f64();
        table.add("provision: one tenant in DEV, median of 5", median, "s");
        table.add(format!("provision: {AT_ONCE} tenants in DEV at once"), many, "s");
        table.add(format!("provision: {AT_ONCE} at once to one"), many / median, "×");
    })
    .await;
}

/// Types the command for each, and waits until all have succeeded.
async fn provision(people: &People, tenants: std::ops::Range<usize>) -> Duration {
    let begun = Instant::now();
    let all = tenants.end;
    futures::future::join_all(tenants.map(|n| types(people, n))).await;
    let mut looks = tokio::time::interval(LOOK);
    while people.operations("state=succeeded").await.0 < all {
        looks.tick().await;
    }
    begun.elapsed()
}

/// Asks for the tenant `bench-N` in DEV.
pub(crate) async fn types(people: &People, n: usize) {
    types_as(people, &format!("bench-{n}")).await;
}

/// Asks for a tenant in DEV.
pub(crate) async fn types_as(people: &People, id: &str) {
    let subdomain = id.replace('-', "");
    let given = [
        ("environment", "dev"),
        ("tenant", id),
        ("company", "Golden Crust"),
        ("subdomain", &subdomain),
        ("email", "owner@golden.example"),
    ];
    people.types("operator", "provision", &given).await;
}
