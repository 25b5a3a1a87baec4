//! The domain of landlord: what a tenant is, what an operation is, who may say yes, and what happens next.
//!
//! Architecture invariant: nothing here knows Discord, AWS, SQL or HTTP. The outside world stands behind the traits of
//! [`ports`]; `core/Cargo.toml` keeps it that way by compilation.

pub mod card;
pub mod chain;
#[cfg(any(test, feature = "fakes"))]
pub mod contract;
pub mod event;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
pub mod kind;
pub mod operation;
pub mod plan;
pub mod policy;
pub mod ports;
pub mod role;
pub mod size;
pub mod tenant;
