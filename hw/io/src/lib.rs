//! Ports, frames and clocks: how frames enter and leave the dataplane.
//!
//! A [`Port`] takes in and gives out frames by the [`Burst`]; a [`Frame`] is owned by whoever holds it and
//! is freed exactly once, when it is dropped or sent. The poll loop is written once over `P: Port` and runs
//! over every backend by static dispatch:
//!
//! - [`memory`]: pairs of queues, preloaded frames, a pool of buffers; for tests, benches and replay.
//! - [`capture`]: a capture file (pcap, pcapng, gzip) as a port, as an iterator, and as an output.
//! - [`chaos`]: any other port, with loss, reordering, duplication, cut and chained frames and full rings.
//! - `sluice-dpdk`: real and virtual network devices.
//!
//! Nothing here allocates between two bursts; queues, pools and buffers are sized when they are made.
#![forbid(unsafe_code)]

mod burst;
pub mod capture;
pub mod chaos;
mod clock;
mod frame;
pub mod memory;
mod port;

pub use burst::{BURST_FRAMES, Burst};
pub use clock::{Clock, ManualClock, WallClock};
pub use frame::{Frame, FrameMeta, LinkType, NoRoom};
pub use port::{Port, PortStats};
