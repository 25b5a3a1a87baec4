//! The traits behind which the outside world stands.

mod cloud;

pub use cloud::{Blueprint, Check, Cloud, CloudError, Ensured, Found, InventoryPage, Owner, Room, Subject, Verdict};
