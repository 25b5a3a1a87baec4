//! The adapters of landlord: one room per outside system. The domain is `landlord-core`; nothing here decides what may run.

pub mod aws;
pub mod cloud;
pub mod config;
pub mod mysql;
pub mod notify;
pub mod probe;
