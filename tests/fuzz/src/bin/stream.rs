//! See `targets/stream.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sluice_fuzz::targets::stream::run(input));
