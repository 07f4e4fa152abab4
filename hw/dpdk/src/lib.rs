//! DPDK 22.11 behind [`sluice_io::Port`]: EAL, mempools, mbufs, ports, threads.
//!
//! ```no_run
//! use sluice_dpdk::{Eal, EalConfig, PortSpec};
//!
//! # fn main() -> Result<(), sluice_dpdk::Error> {
//! let spec = PortSpec::new("outside", "net_af_packet:iface=veth0")?;
//! let eal = Eal::init(&EalConfig::for_ports([&spec]))?;
//! let (device, queues) = eal.open(&spec)?; // one queue per poll core, the device for link and counters
//! # drop((device, queues));
//! # Ok(())
//! # }
//! ```
//!
//! Ownership is what makes it safe: an [`Mbuf`] is freed once, by `Drop` or by the driver it was sent to;
//! queues keep their device open, devices keep their mempool and the EAL. Whatever order things are dropped
//! in, a device is stopped and closed after its last queue, a mempool is freed after its last mbuf (or never,
//! if one is still held), and the EAL is shut down last.
//!
//! `unsafe` is confined to this crate and the bindings.
#![allow(unsafe_code, reason = "calls into DPDK; every block says why it holds")]

mod capabilities;
mod device;
mod eal;
mod error;
mod ethdev;
mod hugepages;
mod interface;
mod mbuf;
mod mempool;
mod port;
mod preflight;
mod rss;
mod spec;
mod thread;
mod timestamp;
mod vdev;
mod xsk;

pub use capabilities::{Capabilities, Spread};
pub use device::{Device, Features, Link};
pub use eal::{Eal, EalConfig};
pub use error::{Error, Problem};
pub use hugepages::{HugePages, free_huge_pages};
pub use interface::Interface;
pub use mbuf::Mbuf;
pub use mempool::Mempool;
pub use port::DpdkPort;
pub use spec::{DeviceSpec, PciAddress, PortSpec, Rss};
pub use thread::{ThreadRegistration, pin_current_thread};
pub use xsk::{XskEntry, XskPlace};
