//! See `targets/link_ip.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sluice_fuzz::targets::link_ip::run(input));
