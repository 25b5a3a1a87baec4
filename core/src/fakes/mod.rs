//! Stateful worlds behind the ports: what tests and the sandbox run against instead of AWS and its databases.
//!
//! Architecture invariant: a fake is a world with rules of its own, never a list of expected calls. Nothing outside tests
//! and the sandbox may depend on this room.

mod cloud;
mod faults;
mod store;

pub use cloud::{Call, Pause, Place, Presence, Row, Settings, SimulatedCloud, Verb};
pub use faults::{Fault, FaultError, When};
pub use store::MemoryStore;
