//! Who moves which operation on, and when.

mod embedded;
pub mod incidents;

pub use embedded::EmbeddedRunner;
