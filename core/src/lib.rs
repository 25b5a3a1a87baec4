//! The domain of landlord: what a tenant is, what an operation is, who may say yes, and what happens next.
//!
//! Architecture invariant: nothing here knows Discord, AWS, SQL or HTTP. The outside world stands behind the traits of
//! [`ports`]; `core/Cargo.toml` keeps it that way by compilation.

#[cfg(feature = "fakes")]
pub mod fakes;
pub mod kind;
pub mod ports;
pub mod size;
pub mod tenant;
