//! Memory by node (ABI/stable/sysfs-devices-node).

use crate::{CpuSet, Fault, Root};
use serde::Serialize;

const NODES: &str = "sys/devices/system/node";

/// A NUMA node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its number.
    pub number: u32,
    /// Its processors.
    pub cpus: CpuSet,
    /// Its memory.
    pub memory_octets: Option<u64>,
    /// What is not in use.
    pub free_octets: Option<u64>,
    /// How far it is to each node, in the order of their numbers; 10 is the way to itself.
    pub distances: Vec<u32>,
    /// By their size.
    pub huge_pages: Vec<HugePages>,
}

/// Huge pages of a size on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HugePages {
    /// Of one.
    pub octets: u64,
    /// How many there are.
    pub count: u64,
    /// How many are not in use.
    pub free: u64,
}

pub(super) fn read(root: &Root, online: &CpuSet) -> Result<Vec<Node>, Fault> {
    let numbers = root.numbered(NODES, "node")?;
    if numbers.is_empty() {
        return Ok(vec![all_in_one(root, online)?]);
    }
    let node = |number| {
        let folder = format!("{NODES}/node{number}");
        let cpus = root.set(&folder, &["cpulist", "cpumap"])?.unwrap_or_default().and(online);
        let distances = root.parsed(&format!("{folder}/distance"), "a list of distances", distances)?;
        let [memory_octets, free_octets] = memory(root, &format!("{folder}/meminfo"))?;
        let huge_pages = huge_pages(root, &format!("{folder}/hugepages"))?;
        Ok(Node { number, cpus, memory_octets, free_octets, distances: distances.unwrap_or_default(), huge_pages })
    };
    numbers.into_iter().map(node).collect()
}

/// A kernel that knows nothing of nodes.
fn all_in_one(root: &Root, online: &CpuSet) -> Result<Node, Fault> {
    let [memory_octets, free_octets] = memory(root, "proc/meminfo")?;
    let huge_pages = huge_pages(root, "sys/kernel/mm/hugepages")?;
    Ok(Node { number: 0, cpus: online.clone(), memory_octets, free_octets, distances: vec![10], huge_pages })
}

fn distances(text: &str) -> Option<Vec<u32>> {
    text.split_whitespace().map(|distance| distance.parse().ok()).collect()
}

/// What there is and what is free.
fn memory(root: &Root, path: &str) -> Result<[Option<u64>; 2], Fault> {
    let text = root.text(path)?.unwrap_or_default();
    // `Node 0 MemTotal:  123 kB`, or without the node.
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.split_once(name))?.1;
        line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    };
    Ok([of("MemTotal:"), of("MemFree:")])
}

fn huge_pages(root: &Root, folder: &str) -> Result<Vec<HugePages>, Fault> {
    let mut pages = Vec::new();
    for name in root.names(folder)? {
        let size = name.strip_prefix("hugepages-").and_then(|size| size.strip_suffix("kB")?.parse::<u64>().ok());
        let Some(octets) = size.and_then(|kibibytes| kibibytes.checked_mul(1024)) else { continue };
        let number = |file| Ok(root.number(&format!("{folder}/{name}/{file}"))?.unwrap_or(0));
        pages.push(HugePages { octets, count: number("nr_hugepages")?, free: number("free_hugepages")? });
    }
    pages.sort_unstable();
    Ok(pages)
}
