//! What every adapter of a port must do, as tests that run on the fakes and on the real thing alike.

pub mod store;
