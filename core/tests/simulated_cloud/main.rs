//! The simulated cloud keeps the contract of its port, and its own promises: faults, pages, rules, looks.

#![allow(clippy::unwrap_used)]

mod drift;
mod faults;
mod rules;
mod work;
mod worlds;

use std::sync::Arc;

use landlord_core::contract;
use landlord_core::fakes::SimulatedCloud;
use worlds::Simulated;

#[tokio::test]
async fn the_simulated_cloud_keeps_the_contract() {
    let report = contract::run(&Simulated::default()).await;
    println!("{report}");
    assert!(report.held(), "{report}");
    assert_eq!(report.skipped(), Vec::<&str>::new(), "the simulated cloud can play everything");
}

#[tokio::test]
async fn the_contract_holds_when_calls_take_turns() {
    let cloud = SimulatedCloud::default().with_pause(Arc::new(|_verb| Box::pin(tokio::task::yield_now())));
    let report = contract::run(&Simulated { cloud }).await;
    assert!(report.held(), "{report}");
}

#[tokio::test]
async fn the_contract_leaves_nothing_behind() {
    let world = Simulated::default();
    contract::run(&world).await;
    let left: Vec<_> = world.cloud.matrix().into_iter().filter(worlds::has_something).collect();
    assert_eq!(left, []);
}
