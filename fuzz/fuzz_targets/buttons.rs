//! See [`landlord_fuzz::buttons`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| landlord_fuzz::buttons::run(data));
