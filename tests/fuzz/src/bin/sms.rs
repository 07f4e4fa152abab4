//! See `targets/sms.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sluice_fuzz::targets::sms::run(input));
