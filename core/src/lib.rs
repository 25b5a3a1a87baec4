//! The domain of landlord: what a tenant is, what an operation is, who may say yes, and what happens next.
//!
//! Architecture invariant: nothing here knows Discord, AWS, SQL or HTTP. The outside world stands behind the traits of
//! [`ports`]; `core/Cargo.toml` keeps it that way by compilation.

pub mod alert;
pub mod anchor;
pub mod audit;
pub mod card;
pub mod chain;
#[cfg(feature = "fakes")]
pub mod contract;
pub mod desk;
pub mod diagnosis;
pub mod display;
pub mod engine;
pub mod event;
#[cfg(feature = "fakes")]
pub mod fakes;
pub mod incident;
pub mod inventory;
pub mod kind;
pub mod ledger;
pub mod monitor;
pub mod operation;
pub mod orphans;
pub mod plan;
pub mod policy;
pub mod ports;
pub mod registry;
pub mod role;
pub mod size;
pub mod spec;
pub mod steps;
pub mod tenant;
pub mod votes;
