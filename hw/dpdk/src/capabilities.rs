//! What the driver of an open device says that it can, and what became of it.

use sluice_dpdk_sys as sys;

use crate::device::driver_name;

/// What the driver says of itself and of the card below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The driver.
    pub driver: String,
    /// It can hash the pair of addresses.
    pub hashes_addresses: bool,
    /// It can hash more of SCTP than addresses.
    pub hashes_sctp: bool,
    /// It writes the checksum of SCTP into what is sent.
    pub writes_sctp_checksums: bool,
    /// It checks the checksum of SCTP in what comes.
    pub checks_sctp_checksums: bool,
    /// It writes the time into what comes.
    pub timestamps: bool,
    /// Queues to receive by, at most.
    pub rx_queues_max: u16,
    /// Queues to send by, at most.
    pub tx_queues_max: u16,
    /// Entries of the table in which the hash is looked up.
    pub hash_table: u16,
    /// Queues in use.
    pub queues: u16,
    /// What chooses among them.
    pub spread: Spread,
}

/// What chooses the queue of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Nothing that is ours: there is one queue, or the driver or the kernel below chooses by itself.
    #[default]
    No,
    /// The pair of addresses.
    Addresses,
    /// Of SCTP the ports too, of all else the addresses.
    Ports,
}

impl Capabilities {
    /// All but what became of it.
    pub(crate) fn told(info: &sys::rte_eth_dev_info) -> Self {
        let can = |all: u64, one: u64| all & one != 0;
        Self {
            driver: driver_name(info),
            hashes_addresses: can(info.flow_type_rss_offloads, sys::SLUICE_RSS_IP),
            hashes_sctp: can(info.flow_type_rss_offloads, sys::SLUICE_RSS_SCTP),
            writes_sctp_checksums: can(info.tx_offload_capa, sys::SLUICE_TX_OFFLOAD_SCTP_CKSUM),
            checks_sctp_checksums: can(info.rx_offload_capa, sys::SLUICE_RX_OFFLOAD_SCTP_CKSUM),
            timestamps: can(info.rx_offload_capa, sys::SLUICE_RX_OFFLOAD_TIMESTAMP),
            rx_queues_max: info.max_rx_queues,
            tx_queues_max: info.max_tx_queues,
            hash_table: info.reta_size,
            queues: 0,
            spread: Spread::No,
        }
    }
}
