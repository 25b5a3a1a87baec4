//! Who moves which operation on, and when.

mod embedded;
pub mod incidents;
pub mod monitors;

pub use embedded::EmbeddedRunner;
