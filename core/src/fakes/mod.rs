//! Stateful worlds behind the ports: what tests and the sandbox run against instead of AWS and its databases.
//!
//! Architecture invariant: a fake is a world with rules of its own, never a list of expected calls. Nothing outside tests
//! and the sandbox may depend on this room.

mod chat;
mod clock;
mod cloud;
mod escalation;
mod faults;
mod fuse;
mod gauges;
mod notifier;
mod runner;
mod store;
mod world;

pub use chat::{Content, FakeChat, Posted};
pub use clock::TestClock;
pub use cloud::{
    Ailment, BackupFault, ByHand, Call, Now, Pause, Place, Presence, RolloutFault, Row, Settings, SimulatedCloud,
    Trouble, Verb,
};
pub use escalation::{FakeEscalation, Said};
pub use faults::{Fault, FaultError, When};
pub use fuse::{Edge, Fuse, Fused, Point};
pub use gauges::FakeGauges;
pub use notifier::{FakeNotifier, Mail};
pub use runner::ManualRunner;
pub use store::MemoryStore;
pub use world::{Actor, House, OPERATIONS, Request, Shown, World};
