//! Sockets, cores, caches (Documentation/admin-guide/cputopology.rst, ABI/stable/sysfs-devices-system-cpu).

use crate::{CpuSet, Fault, Root};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const CPUS: &str = "sys/devices/system/cpu";

/// A package in a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Socket {
    /// The firmware's number for it.
    pub number: Option<i32>,
    /// By their first processor.
    pub cores: Vec<Core>,
}

impl Socket {
    /// Its processors.
    pub fn cpus(&self) -> CpuSet {
        self.cores.iter().flat_map(|core| core.cpus.iter()).collect()
    }
}

/// A core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Core {
    /// The firmware's number for it in its socket.
    pub number: Option<i32>,
    /// Its threads.
    pub cpus: CpuSet,
}

/// A cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cache {
    /// From 1 on.
    pub level: u8,
    /// Of what: `Data`, `Instruction`, `Unified`.
    pub kind: String,
    /// Those that share it.
    pub cpus: CpuSet,
    /// Its size.
    pub octets: Option<u64>,
}

pub(super) struct Cores {
    pub sockets: Vec<Socket>,
    pub caches: Vec<Cache>,
    pub online: CpuSet,
    pub offline: CpuSet,
}

pub(super) fn read(root: &Root) -> Result<Cores, Fault> {
    let all = root.numbered(CPUS, "cpu")?;
    let present = root.set(CPUS, &["present"])?.unwrap_or_else(|| all.iter().copied().collect());
    let online = online(root, &all)?;
    if online.is_empty() {
        return Err(root.fault(CPUS, "there are no processors here; the root must be a folder with sys and proc in it"));
    }
    let mut sockets = BTreeMap::<u32, Socket>::new();
    for cpu in online.iter() {
        let topology = format!("{CPUS}/cpu{cpu}/topology");
        let together = |names: &[&str]| -> Result<CpuSet, Fault> {
            let set = root.set(&topology, names)?.map(|set| set.and(&online)).filter(|set| set.has(cpu));
            Ok(set.unwrap_or_else(|| [cpu].into_iter().collect()))
        };
        let number = |cpu, name| root.number(&format!("{CPUS}/cpu{cpu}/topology/{name}"));
        let core_id = number(cpu, "core_id")?;
        let mut threads = BTreeSet::new();
        for sibling in together(&["core_cpus_list", "thread_siblings_list", "thread_siblings"])?.iter() {
            // Two cores of an AMD compute unit are told as siblings, under numbers of their own.
            if sibling == cpu || number(sibling, "core_id")? == core_id {
                threads.insert(sibling);
            }
        }
        let threads: CpuSet = threads.into_iter().collect();
        if threads.first() != Some(cpu) {
            continue;
        }
        let package = together(&["package_cpus_list", "core_siblings_list", "core_siblings"])?;
        let first = package.first().unwrap_or(cpu);
        let core = Core { number: core_id, cpus: threads };
        match sockets.get_mut(&first) {
            Some(socket) => socket.cores.push(core),
            None => {
                let number = number(cpu, "physical_package_id")?;
                sockets.insert(first, Socket { number, cores: vec![core] });
            }
        }
    }
    let offline = present.iter().filter(|&cpu| !online.has(cpu)).collect();
    Ok(Cores { sockets: sockets.into_values().collect(), caches: caches(root, &online)?, online, offline })
}

/// Those that run: the kernel says so of all of them together, or of each.
fn online(root: &Root, all: &[u32]) -> Result<CpuSet, Fault> {
    if let Some(online) = root.set(CPUS, &["online"])? {
        return Ok(online);
    }
    let mut online = BTreeSet::new();
    for &cpu in all {
        // The first cannot be taken offline everywhere, and then has no such file.
        if root.number(&format!("{CPUS}/cpu{cpu}/online"))? != Some(0) {
            online.insert(cpu);
        }
    }
    Ok(online.into_iter().collect())
}

fn caches(root: &Root, online: &CpuSet) -> Result<Vec<Cache>, Fault> {
    let mut caches = BTreeSet::new();
    for cpu in online.iter() {
        let folder = format!("{CPUS}/cpu{cpu}/cache");
        for index in root.numbered(&folder, "index")? {
            let one = format!("{folder}/index{index}");
            let Some(level) = root.number(&format!("{one}/level"))? else { continue };
            let cpus = root.set(&one, &["shared_cpu_list", "shared_cpu_map"])?.map(|set| set.and(online));
            let cpus = cpus.filter(|set| set.has(cpu)).unwrap_or_else(|| [cpu].into_iter().collect());
            let kind = root.text(&format!("{one}/type"))?.unwrap_or_default();
            let octets = root.parsed(&format!("{one}/size"), "a size as 32K", octets)?;
            caches.insert(Cache { level, kind, cpus, octets });
        }
    }
    Ok(caches.into_iter().collect())
}

/// A size as the kernel writes it, in kibibytes.
fn octets(text: &str) -> Option<u64> {
    text.strip_suffix('K')?.parse::<u64>().ok()?.checked_mul(1024)
}
