//! See [`landlord_fuzz::alerts`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| landlord_fuzz::alerts::run(data));
