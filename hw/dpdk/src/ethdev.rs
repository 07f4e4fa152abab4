//! One DPDK ethernet device: added, configured, started; stopped and removed when dropped.

use core::mem::MaybeUninit;
use core::ptr;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};

use sluice_dpdk_sys as sys;
use sluice_io::PortStats;

use crate::rss::{self, Hash};
use crate::vdev::Part;
use crate::{Error, Mempool, PortSpec, Spread};

/// Octets around the MTU: Ethernet header and two VLAN tags.
const LINK_OCTETS: u16 = 14 + 8;

/// Numbers of the devices that are open: a second value for one of them would be a second user of its queues.
/// Held while devices come and go, which DPDK wants one at a time.
static OPEN: Mutex<Vec<u16>> = Mutex::new(Vec::new());

/// A device of ours. The only value with its number.
#[derive(Debug)]
pub(crate) struct EthDev {
    pub(crate) id: u16,
    pub(crate) tx_queues: u16,
    bus: &'static str,
    name: CString,
}

/// What a device is configured with.
pub(crate) struct Setup<'a> {
    pub(crate) spec: &'a PortSpec,
    pub(crate) info: sys::rte_eth_dev_info,
    pub(crate) offloads: u64,
    pub(crate) hash: Hash,
}

impl EthDev {
    /// Adds the device, or takes it over if the EAL has already found it on the bus.
    pub(crate) fn add(spec: &PortSpec, part: &Part) -> Result<Self, Error> {
        let text = |text: &str| CString::new(text).map_err(|_| Error::bad_value(&spec.name, "a zero octet"));
        let (bus, name, arguments) = (text(part.bus)?, text(&part.name)?, text(&part.arguments)?);
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = number_of(&name) {
            if open.contains(&id) {
                return Err(Error::bad_value(&spec.name, format!("{} is open already", part.name)));
            }
            return Ok(Self::claim(&mut open, id, part.bus, name));
        }
        // SAFETY: three strings that outlive the call.
        let result = unsafe { sys::rte_eal_hotplug_add(bus.as_ptr(), name.as_ptr(), arguments.as_ptr()) };
        let advice = "DPDK's own message above says more; is the driver installed, and the process privileged?";
        if result < 0 {
            return Err(Error::refused(&spec.name, "adding the device", -result, advice));
        }
        match number_of(&name) {
            Some(id) => Ok(Self::claim(&mut open, id, part.bus, name)),
            None => Err(Error::refused(&spec.name, "finding the device", libc::ENODEV, advice)),
        }
    }

    fn claim(open: &mut Vec<u16>, id: u16, bus: &'static str, name: CString) -> Self {
        open.push(id);
        Self { id, tx_queues: 0, bus, name }
    }

    /// What the driver says of itself.
    pub(crate) fn info(&self, port: &str) -> Result<sys::rte_eth_dev_info, Error> {
        let mut info = MaybeUninit::zeroed();
        // SAFETY: the structure outlives the call.
        let result = unsafe { sys::rte_eth_dev_info_get(self.id, info.as_mut_ptr()) };
        Error::check(port, "rte_eth_dev_info_get", result)?;
        // SAFETY: integers and pointers, for all of which zero is a value; the call has filled it.
        Ok(unsafe { info.assume_init() })
    }

    /// The memory node the device is attached to; negative if it has none.
    pub(crate) fn node(&self) -> i32 {
        // SAFETY: takes and returns a number.
        unsafe { sys::rte_eth_dev_socket_id(self.id) }
    }

    /// Sets up `queues` queues over `pool` and lets frames flow; says what chooses their queue.
    pub(crate) fn start(&mut self, setup: &Setup<'_>, queues: u16, pool: &Mempool) -> Result<Spread, Error> {
        let spec = setup.spec;
        if queues > setup.info.max_rx_queues {
            let why = format!("{queues} queues, but the device has {}", setup.info.max_rx_queues);
            return Err(Error::bad_value(&spec.name, why));
        }
        if spec.mtu.is_some_and(|mtu| mtu.saturating_add(LINK_OCTETS) > pool.frame_octets()) {
            let why = format!("an MTU of {} needs buffers longer than {}", spec.mtu.unwrap_or(0), pool.frame_octets());
            return Err(Error::bad_value(&spec.name, why));
        }
        self.tx_queues = queues.min(setup.info.max_tx_queues);
        self.configure(setup, queues)?;
        self.queues(setup, queues, pool)?;
        // SAFETY: takes a number.
        Error::check(&spec.name, "rte_eth_dev_start", unsafe { sys::rte_eth_dev_start(self.id) })?;
        let is_spread = queues > 1 && (!setup.hash.by_rules || rss::make_rules(self.id, spec.rss));
        if spec.promiscuous {
            // Virtual devices that see everything anyway say "not supported", which is fine.
            // SAFETY: takes a number.
            unsafe { sys::rte_eth_promiscuous_enable(self.id) };
        }
        Ok(if is_spread { setup.hash.spread } else { Spread::No })
    }

    fn configure(&self, setup: &Setup<'_>, queues: u16) -> Result<(), Error> {
        // SAFETY: integers and pointers, for all of which zero is a value, and means "as usual".
        let mut config: sys::rte_eth_conf = unsafe { MaybeUninit::zeroed().assume_init() };
        config.rxmode.offloads = setup.offloads;
        config.rxmode.mtu = setup.spec.mtu.map_or(0, u32::from);
        if queues > 1 && setup.hash.fields != 0 {
            let key = rss::symmetric_key(setup.info.hash_key_size);
            config.rxmode.mq_mode = sys::RTE_ETH_MQ_RX_RSS;
            config.rx_adv_conf.rss_conf.rss_hf = setup.hash.fields;
            config.rx_adv_conf.rss_conf.rss_key_len = key.len() as u8;
            // DPDK reads the key and never writes it.
            config.rx_adv_conf.rss_conf.rss_key =
                if key.is_empty() { ptr::null_mut() } else { key.as_ptr().cast_mut() };
        }
        // SAFETY: the structure and the key outlive the call, which copies what it keeps.
        let result = unsafe { sys::rte_eth_dev_configure(self.id, queues, self.tx_queues, &config) };
        Error::check(&setup.spec.name, "rte_eth_dev_configure", result)
    }

    fn queues(&self, setup: &Setup<'_>, queues: u16, pool: &Mempool) -> Result<(), Error> {
        let (mut rx, mut tx) = (setup.spec.rx_descriptors, setup.spec.tx_descriptors);
        // SAFETY: two variables that outlive the call.
        let result = unsafe { sys::rte_eth_dev_adjust_nb_rx_tx_desc(self.id, &mut rx, &mut tx) };
        Error::check(&setup.spec.name, "rte_eth_dev_adjust_nb_rx_tx_desc", result)?;
        let node = self.node().cast_unsigned();
        for queue in 0..queues {
            // SAFETY: no configuration means the driver's own; the pool outlives the device (see `Opened`).
            let result = unsafe { sys::rte_eth_rx_queue_setup(self.id, queue, rx, node, ptr::null(), pool.as_ptr()) };
            if result < 0 {
                let advice = "are there frames enough (frames_per_node) for what each queue keeps ready?";
                return Err(Error::refused(&setup.spec.name, "rte_eth_rx_queue_setup", -result, advice));
            }
        }
        for queue in 0..self.tx_queues {
            // SAFETY: as above.
            let result = unsafe { sys::rte_eth_tx_queue_setup(self.id, queue, tx, node, ptr::null()) };
            Error::check(&setup.spec.name, "rte_eth_tx_queue_setup", result)?;
        }
        Ok(())
    }

    /// What the device counts, all queues together.
    pub(crate) fn stats(&self) -> PortStats {
        let mut raw = MaybeUninit::<sys::rte_eth_stats>::zeroed();
        // SAFETY: the structure outlives the call.
        unsafe { sys::rte_eth_stats_get(self.id, raw.as_mut_ptr()) };
        // SAFETY: integers only; where the call failed they are zero.
        let raw = unsafe { raw.assume_init() };
        PortStats {
            rx_frames: raw.ipackets,
            rx_octets: raw.ibytes,
            rx_missed: raw.imissed,
            rx_no_buffer: raw.rx_nombuf,
            rx_errors: raw.ierrors,
            tx_frames: raw.opackets,
            tx_octets: raw.obytes,
            tx_refused: 0,
            tx_errors: raw.oerrors,
        }
    }
}

impl Drop for EthDev {
    fn drop(&mut self) {
        let bus = CString::new(self.bus).unwrap_or_default();
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: no queue of the device is in use (see `Opened`); the strings outlive the calls. The removal
        // closes the device; where a bus cannot remove, it is closed by hand.
        unsafe {
            sys::rte_eth_dev_stop(self.id);
            if sys::rte_eal_hotplug_remove(bus.as_ptr(), self.name.as_ptr()) < 0 {
                sys::rte_eth_dev_close(self.id);
            }
        }
        open.retain(|&id| id != self.id);
    }
}

fn number_of(name: &CString) -> Option<u16> {
    let mut id = 0;
    // SAFETY: a string and a variable that outlive the call.
    let result = unsafe { sys::rte_eth_dev_get_port_by_name(name.as_ptr(), &mut id) };
    (result == 0).then_some(id)
}
