//! Raw bindings to DPDK 22.11: generated from its headers, allow-listed, plus a shim for its inline functions.
//!
//! Names, units and ownership are DPDK's own (see its API reference); `sluice_*` are the shim's, described
//! in `shim.h`. Why not one of the published bindings: `hw/dpdk/README.md`.
#![allow(unsafe_code, reason = "declarations of C functions")]
#![allow(missing_docs, reason = "generated; DPDK documents them")]
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals, reason = "C's names")]
#![allow(clippy::all, clippy::undocumented_unsafe_blocks, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_that_is_loaded_is_the_release_the_bindings_were_made_from() {
        // SAFETY: takes nothing, returns a pointer to a constant string.
        let version = unsafe { std::ffi::CStr::from_ptr(rte_version()) };
        assert!(version.to_str().unwrap().starts_with("DPDK 22.11"));
    }

    #[test]
    fn a_thread_that_dpdk_does_not_know_has_no_lcore_number() {
        // SAFETY: reads a thread-local variable.
        assert_eq!(unsafe { sluice_lcore_id() }, u32::MAX);
    }
}
