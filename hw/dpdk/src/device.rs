//! What concerns a port as a whole: opening it, its link, its counters.

use core::mem::MaybeUninit;
use std::ffi::CStr;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_dpdk_sys as sys;
use sluice_io::PortStats;

use crate::ethdev::{EthDev, Setup};
use crate::rss::Hash;
use crate::xsk::{Descriptors, Xsk};
use crate::{Capabilities, DpdkPort, Eal, Error, Interface, Mempool, PortSpec, XskPlace, timestamp, vdev};

/// The control side of an open port. May live on another core than the queues.
#[derive(Debug)]
pub struct Device {
    opened: Arc<Opened>,
    features: Features,
    capabilities: Capabilities,
}

/// Held by the device and all its queues; the last of them closes it. The order of the fields is the order
/// they go: first the devices, then the pool their rings were filled from.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) devices: Vec<EthDev>,
    pub(crate) pool: Arc<Mempool>,
    /// Frames all queues together will receive, if that is known.
    pub(crate) frames: Option<u64>,
    /// The kernel's interface below, if there is one: its drivers do not know the line.
    interface: Option<Interface>,
    /// The sockets of AF_XDP, by queue.
    sockets: Vec<Xsk>,
    /// Changes of the link come from several places and must not overlap.
    link: Mutex<()>,
}

/// What the device does for us, of what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Frames have the time the driver saw them.
    pub timestamps: bool,
    /// The card checks SCTP checksums: see [`Mbuf::checksum_is_bad`](crate::Mbuf::checksum_is_bad).
    pub sctp_checksum: bool,
    /// Memory node; negative if the device has none.
    pub node: i32,
}

/// The state of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Whether there is one.
    pub is_up: bool,
    /// In megabits per second; 0 if there is none, `u32::MAX` if unknown.
    pub speed_mbps: u32,
}

pub(crate) fn open(eal: &Eal, spec: &PortSpec) -> Result<(Device, Vec<DpdkPort>), Error> {
    let plan = vdev::plan(spec)?;
    let (mut features, mut capabilities) = (Features::default(), Capabilities::default());
    // Before the devices: if one of them fails, those before it are closed while their pool still stands.
    let mut pool = None;
    let (mut devices, mut sockets) = (Vec::new(), Vec::new());
    for (number, part) in plan.parts.iter().enumerate() {
        let mut device = EthDev::add(spec, part)?;
        let info = device.info(&spec.name)?;
        let node = device.node();
        let shared = pool.get_or_insert(eal.mempool(node)?);
        let setup = Setup {
            spec,
            offloads: info.rx_offload_capa & sys::SLUICE_RX_OFFLOAD_SCTP_CKSUM,
            hash: Hash::of(spec.rss, info.flow_type_rss_offloads),
            info,
        };
        let descriptors = Descriptors::now();
        let spread = device.start(&setup, part.queues, shared)?;
        features = Features {
            timestamps: plan.microseconds,
            sctp_checksum: setup.offloads & sys::SLUICE_RX_OFFLOAD_SCTP_CKSUM != 0,
            node,
        };
        capabilities = Capabilities { queues: spec.queues, spread, ..Capabilities::told(&info) };
        if spec.device.driver() == "net_af_xdp" {
            sockets.extend(descriptors.brought_since(number as u32));
        }
        timestamp::set_link_type(device.id, plan.link_type);
        devices.push(device);
    }
    let pool = pool.ok_or_else(|| Error::bad_value(&spec.name, "no device"))?;
    let frames = (!plan.frames.is_empty()).then(|| plan.frames.iter().sum());
    let interface = match spec.device.driver() {
        "net_af_packet" | "net_af_xdp" => spec.device.arguments("iface").next().map(Interface::find).transpose()?,
        _ => None,
    };
    let (name, link) = (spec.name.clone(), Mutex::new(()));
    let opened = Arc::new(Opened { name, devices, pool, frames, interface, sockets, link });
    let queues = queues_of(&opened, &plan);
    Ok((Device { opened, features, capabilities }, queues))
}

fn queues_of(opened: &Arc<Opened>, plan: &vdev::Plan) -> Vec<DpdkPort> {
    let places = opened.devices.iter().zip(&plan.parts);
    let places = places.flat_map(|(device, part)| (0..part.queues).map(move |queue| (device, queue)));
    let queue = |(number, (device, queue)): (usize, (&EthDev, u16))| {
        let frames = plan.frames.get(number).copied();
        DpdkPort::new(Arc::clone(opened), number, device, queue, frames, plan.microseconds)
    };
    places.enumerate().map(queue).collect()
}

pub(crate) fn driver_name(info: &sys::rte_eth_dev_info) -> String {
    if info.driver_name.is_null() {
        return String::new();
    }
    // SAFETY: drivers give their name as a constant string.
    unsafe { CStr::from_ptr(info.driver_name) }.to_string_lossy().into_owned()
}

impl Opened {
    pub(crate) fn stats(&self) -> PortStats {
        self.devices.iter().map(EthDev::stats).fold(PortStats::default(), |sum, one| PortStats {
            rx_frames: sum.rx_frames + one.rx_frames,
            rx_octets: sum.rx_octets + one.rx_octets,
            rx_missed: sum.rx_missed + one.rx_missed,
            rx_no_buffer: sum.rx_no_buffer + one.rx_no_buffer,
            rx_errors: sum.rx_errors + one.rx_errors,
            tx_frames: sum.tx_frames + one.tx_frames,
            tx_octets: sum.tx_octets + one.tx_octets,
            tx_refused: 0,
            tx_errors: sum.tx_errors + one.tx_errors,
        })
    }
}

impl Device {
    /// The name the configuration gave it.
    pub fn name(&self) -> &str {
        &self.opened.name
    }

    /// What the device does for us.
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// What its driver says that it can.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The mempool its frames come from.
    pub fn mempool(&self) -> &Arc<Mempool> {
        &self.opened.pool
    }

    /// What the device counts, all queues together, as it counts it. `tx_refused` is known to the queues only.
    pub fn stats(&self) -> PortStats {
        self.opened.stats()
    }

    /// The line, without waiting for it.
    pub fn link(&self) -> Link {
        if let Some(interface) = &self.opened.interface {
            return Link { is_up: interface.is_running(), speed_mbps: u32::MAX };
        }
        let Some(first) = self.opened.devices.first() else { return Link::default() };
        let mut raw = MaybeUninit::<sys::rte_eth_link>::zeroed();
        // SAFETY: the structure outlives the call.
        unsafe { sys::rte_eth_link_get_nowait(first.id, raw.as_mut_ptr()) };
        // SAFETY: integers only; where the call failed they are zero, which is a link that is down.
        let raw = unsafe { raw.assume_init() };
        Link { is_up: u32::from(raw.link_status()) == sys::RTE_ETH_LINK_UP, speed_mbps: raw.link_speed }
    }

    /// The kernel's interface below, for drivers that have one.
    pub fn interface(&self) -> Option<&str> {
        self.opened.interface.as_ref().map(Interface::name)
    }

    /// Where the kernel hands frames to the sockets of AF_XDP: one place a queue, in order. Fewer than there are queues
    /// where they could not be told apart.
    pub fn xsk_places(&self) -> Vec<XskPlace> {
        self.opened.sockets.iter().map(Xsk::place).collect()
    }

    /// Hands the frames of a queue of AF_XDP to this process, or lets them go by it into the kernel. May be asked for
    /// what is so already.
    pub fn redirect(&self, queue: usize, on: bool) -> Result<(), Error> {
        let no_entry = || Error::bad_value(&self.opened.name, format!("queue {queue} has no socket of AF_XDP"));
        let done = self.opened.sockets.get(queue).ok_or_else(no_entry)?.redirect(on);
        let refused = |error: std::io::Error| {
            Error::refused(&self.opened.name, "bpf", error.raw_os_error().unwrap_or(libc::EIO), "")
        };
        done.map_err(refused)
    }

    /// Takes the line up or down, to pass on what happened on the other side of a wire. Virtual devices other than those
    /// over an interface of the kernel mostly cannot.
    pub fn set_link(&self, up: bool) -> Result<(), Error> {
        let _alone = self.opened.link.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(interface) = &self.opened.interface {
            return interface.set_up(up);
        }
        for device in &self.opened.devices {
            let (call, set): (_, unsafe extern "C" fn(u16) -> i32) = match up {
                true => ("rte_eth_dev_set_link_up", sys::rte_eth_dev_set_link_up),
                false => ("rte_eth_dev_set_link_down", sys::rte_eth_dev_set_link_down),
            };
            // SAFETY: both take a number.
            let result = unsafe { set(device.id) };
            Error::check(&self.opened.name, call, result)?;
        }
        Ok(())
    }

    /// The hardware address; zeros if there is none.
    pub fn mac(&self) -> [u8; 6] {
        let mut raw = sys::rte_ether_addr { addr_bytes: [0; 6] };
        if let Some(first) = self.opened.devices.first() {
            // SAFETY: the structure outlives the call.
            unsafe { sys::rte_eth_macaddr_get(first.id, &mut raw) };
        }
        raw.addr_bytes
    }
}
