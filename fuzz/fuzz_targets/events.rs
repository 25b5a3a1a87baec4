//! See [`landlord_fuzz::events`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| landlord_fuzz::events::run(data));
