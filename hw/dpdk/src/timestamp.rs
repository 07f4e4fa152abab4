//! The time a driver writes into an mbuf, and the link type of the port it came from.
//!
//! DPDK leaves the unit of an rx timestamp to the driver. Only where it is known does this crate ask for it:
//! net_pcap writes microseconds since 1970 (turned into nanoseconds as the burst comes in). Other drivers'
//! mbufs have no timestamp, and the poll loop uses its clock.

use core::sync::atomic::{AtomicU16, Ordering};
use std::sync::OnceLock;

use sluice_dpdk_sys as sys;
use sluice_io::LinkType;

use crate::Error;

/// Where in an mbuf the timestamp lies, and the flag that says it is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) offset: usize,
    pub(crate) flag: u64,
}

static FIELD: OnceLock<Field> = OnceLock::new();

/// Makes room for timestamps in every mbuf. After the EAL's start, before the first device.
pub(crate) fn register() -> Result<(), Error> {
    let (mut offset, mut flag) = (0, 0);
    // SAFETY: both point to variables that outlive the call.
    let result = unsafe { sys::rte_mbuf_dyn_rx_timestamp_register(&mut offset, &mut flag) };
    if result < 0 {
        return Err(Error::last("EAL", "rte_mbuf_dyn_rx_timestamp_register", ""));
    }
    FIELD.get_or_init(|| Field { offset: offset as usize, flag });
    Ok(())
}

/// The field, once registered.
#[inline]
pub(crate) fn field() -> Option<Field> {
    FIELD.get().copied()
}

/// Link type by number of the port: an mbuf says which port it came from.
static LINK_TYPES: [AtomicU16; sys::RTE_MAX_ETHPORTS as usize] =
    [const { AtomicU16::new(LinkType::ETHERNET.0) }; sys::RTE_MAX_ETHPORTS as usize];

pub(crate) fn set_link_type(port: u16, link_type: LinkType) {
    if let Some(entry) = LINK_TYPES.get(usize::from(port)) {
        entry.store(link_type.0, Ordering::Relaxed);
    }
}

/// The link type of what a port receives; Ethernet for ports nobody set.
#[inline]
pub(crate) fn link_type(port: u16) -> LinkType {
    LINK_TYPES.get(usize::from(port)).map_or(LinkType::ETHERNET, |entry| LinkType(entry.load(Ordering::Relaxed)))
}
