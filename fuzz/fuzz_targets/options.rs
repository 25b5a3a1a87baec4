//! See [`landlord_fuzz::options`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| landlord_fuzz::options::run(data));
