//! The dataplane process: cores, rings, wiring. No logic: what is decided is decided in `sluice-engine`.
//!
//! A library beside the binary `sluice-dataplane`, so that `sluice replay` and the tests run the very same threads over
//! capture files and memory.
#![forbid(unsafe_code)]

#[cfg(feature = "dpdk")]
pub mod bypass;
#[cfg(feature = "dpdk")]
pub mod cards;
pub mod config;
pub mod cores;
pub mod disk;
#[cfg(feature = "dpdk")]
pub mod guardian;
#[cfg(feature = "dpdk")]
pub mod handover;
pub mod held;
pub mod home;
pub mod housekeeping;
pub mod lane;
#[cfg(feature = "dpdk")]
pub mod live;
#[cfg(feature = "dpdk")]
mod notify;
pub mod policy;
pub mod poll;
pub mod runtime;
pub mod signals;
pub mod spliced;
pub mod trace;
pub mod watchdog;
pub mod writer;
