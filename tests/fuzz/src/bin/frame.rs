//! See `targets/frame.rs`. The policy is read from the file that `SLUICE_FUZZ_POLICY` names.
#![no_main]

#[path = "../../../../benches/src/allocations.rs"]
#[allow(dead_code, reason = "the counting allocator of the benches, of which only the count is wanted")]
mod allocations;

use sluice_fuzz::targets::frame;
use std::sync::OnceLock;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

static POLICY: OnceLock<Vec<u8>> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let policy = POLICY.get_or_init(|| {
        assert!(allocations::is_counting());
        let path = std::env::var_os("SLUICE_FUZZ_POLICY").expect("SLUICE_FUZZ_POLICY names the image of a policy");
        std::fs::read(path).expect("the image of a policy")
    });
    frame::run(input, policy, |work| allocations::during(work).0);
});
