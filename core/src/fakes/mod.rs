//! Stateful worlds behind the ports, for tests.

mod store;

pub use store::MemoryStore;
