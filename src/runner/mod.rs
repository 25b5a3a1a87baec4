//! Who moves which operation on, and when.

mod embedded;

pub use embedded::EmbeddedRunner;
