//! The adapters of landlord: one room per outside system. The domain is `landlord-core`; nothing here decides what may run.

pub mod store;
