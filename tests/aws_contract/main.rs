//! The real adapters keep the contract of the `Cloud` port: the AWS SDK and MySQL against `dev/services`.
//!
//! Source `dev/services env` before. Without it these tests say that they skip, unless `LANDLORD_SERVICES=required`.

#![allow(clippy::unwrap_used)]

mod draining;
mod gauges;
mod promises;
mod removal;
mod revisions;
mod services;
mod session;
mod strangers;
mod symptoms;
mod tasks;
mod traffic;
mod traps;
#[path = "../support/until.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod until;
mod world;

use landlord_core::contract;
use services::{ROOM, Services};
use world::Real;

#[tokio::test]
async fn the_real_adapters_keep_the_contract() {
    let Some(services) = Services::running() else { return };
    let _alone = ROOM.lock().await;
    let world = Box::pin(Real::open(&services)).await;
    let report = contract::run(&world).await;
    println!("{report}");
    assert!(report.held(), "{report}");
    let partly = "somebody else's is neither adopted nor removed";
    assert!(report.skipped().iter().all(|case| case.ends_with(partly)), "{report}");
}
