//! DPDK's environment: started once, shut down when everything that needs it is gone.

use core::ffi::{c_char, c_int};
use core::sync::atomic::{AtomicBool, Ordering};
use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sluice_dpdk_sys as sys;

use crate::device;
use crate::thread::Affinity;
use crate::{
    Device, DeviceSpec, DpdkPort, Error, HugePages, Mempool, PciAddress, PortSpec, Problem, ThreadRegistration,
    free_huge_pages, timestamp,
};

/// Without huge pages all memory is taken at the start, this much for DPDK itself.
const OVERHEAD_MIB: usize = 96;

/// How the EAL is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EalConfig {
    /// Whether packet memory lies in huge pages.
    pub huge_pages: HugePages,
    /// The only PCI devices DPDK may touch. None: the bus is not even looked at.
    pub pci: Vec<PciAddress>,
    /// The CPU of the EAL's own thread number; the first allowed one if not given. Nothing stays pinned to it.
    pub main_cpu: Option<usize>,
    /// Frames of each memory node's mempool. All ports of the node share it.
    pub frames_per_node: u32,
    /// The longest frame a buffer holds.
    pub frame_octets: u16,
    /// Leave files for DPDK's own tools under this name; nothing is left behind if not given.
    pub file_prefix: Option<String>,
    /// What DPDK prints: 1 emergency to 8 debug.
    pub log_level: u8,
    /// Further arguments, as DPDK's EAL takes them.
    pub extra: Vec<String>,
}

impl Default for EalConfig {
    fn default() -> Self {
        Self {
            huge_pages: HugePages::Auto,
            pci: Vec::new(),
            main_cpu: None,
            frames_per_node: 16_383, // one less than a power of two, as mempools like it
            frame_octets: 2_048,
            file_prefix: None,
            log_level: 4,
            extra: Vec::new(),
        }
    }
}

impl EalConfig {
    /// The defaults, with the PCI devices of these ports.
    pub fn for_ports<'a>(ports: impl IntoIterator<Item = &'a PortSpec>) -> Self {
        let address = |port: &PortSpec| match port.device {
            DeviceSpec::Pci(address) => Some(address),
            DeviceSpec::Virtual { .. } => None,
        };
        Self { pci: ports.into_iter().filter_map(address).collect(), ..Self::default() }
    }

    /// Memory the mempool of one node takes.
    fn pool_octets(&self) -> u64 {
        const PER_FRAME: u64 = 128 + 128 + 128; // the mbuf, its head room, the mempool's own header
        u64::from(self.frames_per_node) * (u64::from(self.frame_octets) + PER_FRAME)
    }

    fn uses_huge_pages(&self) -> Result<bool, Error> {
        let enough = free_huge_pages() > self.pool_octets();
        match self.huge_pages {
            HugePages::On if !enough => Err(Error::missing(
                "EAL",
                format!("not enough free huge pages for {} MiB", self.pool_octets() >> 20),
                "set vm.nr_hugepages, or huge pages to auto or off",
            )),
            HugePages::Off => Ok(false),
            HugePages::On | HugePages::Auto => Ok(enough),
        }
    }

    fn arguments(&self, huge_pages: bool, main_cpu: usize) -> Vec<String> {
        let mut arguments = vec!["sluice".to_owned(), format!("--lcores=0@{main_cpu}")];
        match &self.file_prefix {
            Some(prefix) => arguments.push(format!("--file-prefix={prefix}")),
            None if huge_pages => arguments.extend(["--in-memory".to_owned(), "--no-telemetry".to_owned()]),
            // DPDK refuses --in-memory here, though this is what it comes down to.
            None => arguments.extend(["--no-shconf".to_owned(), "--no-telemetry".to_owned()]),
        }
        if !huge_pages {
            let mib = (self.pool_octets() >> 20) as usize * 5 / 4 + OVERHEAD_MIB;
            arguments.extend(["--no-huge".to_owned(), "-m".to_owned(), mib.to_string()]);
        }
        if self.pci.is_empty() {
            arguments.push("--no-pci".to_owned());
        }
        for address in &self.pci {
            arguments.extend(["-a".to_owned(), address.to_string()]);
        }
        arguments.push(format!("--log-level={}", self.log_level.clamp(1, 8)));
        arguments.extend(self.extra.iter().cloned());
        arguments
    }
}

/// The running EAL. Clones are handles to the same.
#[derive(Clone, Debug)]
pub struct Eal {
    running: Arc<Running>,
}

/// Shuts the EAL down when the last handle, device, mempool and thread is gone.
#[derive(Debug)]
pub(crate) struct Running {
    huge_pages: bool,
    frames_per_node: u32,
    frame_octets: u16,
    pools: Mutex<Vec<(i32, Weak<Mempool>)>>,
    /// Set when a mempool had to be left alone because somebody still holds an mbuf of it: its memory must
    /// then stay mapped until the process ends.
    pub(crate) mbufs_outlive: AtomicBool,
}

static STARTED: AtomicBool = AtomicBool::new(false);

impl Eal {
    /// Starts DPDK. Once per process, also after a failure: DPDK keeps what it has set up.
    pub fn init(config: &EalConfig) -> Result<Self, Error> {
        let huge_pages = config.uses_huge_pages()?;
        if !huge_pages && let Some(address) = config.pci.first() {
            let advice = "set vm.nr_hugepages: a network card needs memory that stays where it is";
            return Err(Error::missing(&address.to_string(), "no huge pages".to_owned(), advice));
        }
        let affinity = Affinity::current();
        let main_cpu = config.main_cpu.or(affinity.as_ref().and_then(Affinity::first)).unwrap_or(0);
        if STARTED.swap(true, Ordering::AcqRel) {
            return Err(Error::new("EAL", Problem::AlreadyInitialised));
        }
        let result = start(&config.arguments(huge_pages, main_cpu));
        if let Some(affinity) = affinity {
            affinity.restore();
        }
        result?;
        timestamp::register()?;
        let running = Running {
            huge_pages,
            frames_per_node: config.frames_per_node,
            frame_octets: config.frame_octets,
            pools: Mutex::new(Vec::new()),
            mbufs_outlive: AtomicBool::new(false),
        };
        Ok(Self { running: Arc::new(running) })
    }

    /// Whether packet memory lies in huge pages.
    pub fn huge_pages(&self) -> bool {
        self.running.huge_pages
    }

    /// The mempool of a memory node, made when it is first asked for. Negative: any node.
    pub fn mempool(&self, node: i32) -> Result<Arc<Mempool>, Error> {
        // Without huge pages DPDK knows one node only.
        let node = if self.running.huge_pages { node.max(-1) } else { -1 };
        let mut pools = self.running.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pools.iter().find(|(of, _)| *of == node).and_then(|(_, pool)| pool.upgrade());
        if let Some(pool) = known {
            return Ok(pool);
        }
        let running = &self.running;
        let pool = Mempool::create(Arc::clone(running), node, running.frames_per_node, running.frame_octets)?;
        let pool = Arc::new(pool);
        pools.retain(|(of, _)| *of != node);
        pools.push((node, Arc::downgrade(&pool)));
        Ok(pool)
    }

    /// Opens and starts a port: one [`DpdkPort`] per queue, and the device for what concerns all of them.
    pub fn open(&self, spec: &PortSpec) -> Result<(Device, Vec<DpdkPort>), Error> {
        device::open(self, spec)
    }

    /// Makes the calling thread known to DPDK for as long as the value lives.
    pub fn register_thread(&self) -> Result<ThreadRegistration, Error> {
        ThreadRegistration::new(Arc::clone(&self.running))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.mbufs_outlive.load(Ordering::Acquire) {
            // SAFETY: every device, mempool and registered thread held this value, so all are gone.
            unsafe { sys::rte_eal_cleanup() };
        }
    }
}

fn start(arguments: &[String]) -> Result<(), Error> {
    let words: Result<Vec<CString>, _> = arguments.iter().map(|word| CString::new(word.as_str())).collect();
    let words = words.map_err(|_| Error::bad_value("EAL", "an argument with a zero octet"))?;
    // DPDK keeps pointers into its arguments, so they are never freed. It happens once per process.
    let mut pointers: Vec<*mut c_char> = words.into_iter().map(CString::into_raw).collect();
    pointers.push(core::ptr::null_mut());
    let pointers = Vec::leak(pointers);
    // SAFETY: that many strings, then a null pointer, as in `main`; nobody else uses them.
    let result = unsafe { sys::rte_eal_init((pointers.len() - 1) as c_int, pointers.as_mut_ptr()) };
    if result < 0 {
        return Err(Error::last("EAL", "rte_eal_init", "DPDK's own message above says more"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_pci_ports_the_bus_is_not_looked_at_and_with_them_only_they_are_allowed() {
        let config = EalConfig::default();
        let arguments = config.arguments(false, 3);
        assert!(arguments.contains(&"--no-pci".to_owned()) && arguments.contains(&"--no-huge".to_owned()));
        assert!(arguments.contains(&"--lcores=0@3".to_owned()) && arguments.contains(&"--no-shconf".to_owned()));

        let spec = PortSpec::new("outside", "0000:3b:00.0").unwrap();
        let arguments = EalConfig::for_ports([&spec]).arguments(true, 0).join(" ");
        assert!(arguments.contains("-a 0000:3b:00.0") && arguments.contains("--in-memory"));
        assert!(!arguments.contains("--no-pci") && !arguments.contains("--no-huge"));
    }

    #[test]
    fn a_card_without_huge_pages_is_refused_before_anything_is_started() {
        let spec = PortSpec::new("outside", "0000:3b:00.0").unwrap();
        let config = EalConfig { huge_pages: HugePages::Off, ..EalConfig::for_ports([&spec]) };
        let error = Eal::init(&config).unwrap_err();
        assert!(error.to_string().starts_with("0000:3b:00.0: no huge pages;"), "{error}");
    }
}
