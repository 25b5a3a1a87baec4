//! A local Discord server with its page, and a simulated cloud.

pub mod cloud;
