//! Trees of real servers: what we read there is what hwloc reads there.

mod common;

use common::trees;
use roxmltree::{Document, Node};
use sluice_platform::machine::Machine;
use sluice_platform::{CpuSet, Root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What hwloc reads: of each kind of object the processors, by its number where it has one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    online: CpuSet,
    packages: BTreeSet<String>,
    cores: BTreeSet<String>,
    caches: BTreeSet<(u8, String)>,
    nodes: BTreeMap<u32, String>,
    links: BTreeMap<String, String>,
}

fn by_hwloc(tree: &Path) -> Seen {
    let ran = Command::new("lstopo-no-graphics")
        .args(["--of", "xml", "--disallowed", "--filter", "io:all", "--filter", "cache:all", "-"])
        .env("HWLOC_FSROOT", tree)
        .env("HWLOC_COMPONENTS", "linux,linuxio,stop")
        .env("HWLOC_THISSYSTEM", "0")
        .output()
        .expect("hwloc is installed by scripts/setup");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8(ran.stdout).unwrap();
    let without_doctype: String = text.lines().filter(|line| !line.starts_with("<!DOCTYPE")).collect();
    let document = Document::parse(&without_doctype).unwrap();
    let mut seen = Seen::default();
    let objects = document.descendants().filter(|node| node.has_tag_name("object"));
    // Offline processors are among those of the whole machine, and of nothing that runs.
    seen.online =
        objects.clone().filter(|object| object.attribute("type") == Some("PU")).flat_map(|pu| cpus(&pu)).collect();
    for object in objects {
        let set: CpuSet = cpus(&object).into_iter().filter(|&cpu| seen.online.has(cpu)).collect();
        let number = |name: &str| object.attribute(name).and_then(|number| number.parse().ok());
        match object.attribute("type").unwrap_or_default() {
            "Package" => _ = seen.packages.insert(set.to_string()),
            "Core" => _ = seen.cores.insert(set.to_string()),
            "NUMANode" => _ = seen.nodes.insert(number("os_index").unwrap_or(0), set.to_string()),
            kind if kind.starts_with('L') && kind.ends_with("Cache") => {
                seen.caches.insert((number("depth").unwrap() as u8, set.to_string()));
            }
            "OSDev" if number("osdev_type") == Some(2) => {
                // InfiniBand is of another class, and nothing that SIGTRAN comes by.
                let is_network =
                    |card: &Node<'_, '_>| card.attribute("pci_type").is_some_and(|class| class.starts_with("02"));
                let card =
                    object.ancestors().find(|above| above.attribute("type") == Some("PCIDev")).filter(is_network);
                let address = card.and_then(|card| card.attribute("pci_busid")).map(str::to_owned);
                seen.links.extend(object.attribute("name").map(str::to_owned).zip(address));
            }
            _ => {}
        }
    }
    seen
}

fn cpus(object: &Node<'_, '_>) -> Vec<u32> {
    let mask = object.attribute("cpuset").unwrap_or_default().replace("0x", "");
    // An empty word stands for zeros.
    let words: Vec<&str> = mask.split(',').map(|word| if word.is_empty() { "0" } else { word }).collect();
    CpuSet::from_mask(&words.join(",")).expect("a mask").iter().collect()
}

fn by_us(machine: &Machine) -> Seen {
    let links =
        machine.cards.iter().flat_map(|card| card.links.iter().map(|link| (link.name.clone(), card.address.clone())));
    Seen {
        online: machine.online.clone(),
        packages: machine.sockets.iter().map(|socket| socket.cpus().to_string()).collect(),
        cores: machine.cores().map(|core| core.cpus.to_string()).collect(),
        caches: machine.caches.iter().map(|cache| (cache.level, cache.cpus.to_string())).collect(),
        nodes: machine.nodes.iter().map(|node| (node.number, node.cpus.to_string())).collect(),
        links: links.collect(),
    }
}

#[test]
fn every_tree_has_the_sockets_cores_caches_nodes_and_links_that_hwloc_sees() {
    let folder = tempfile::tempdir().unwrap();
    for tree in trees(folder.path()) {
        let machine = Machine::read(&Root::new(&tree)).unwrap_or_else(|fault| panic!("{fault}"));
        let [mut ours, mut theirs] = [by_us(&machine), by_hwloc(&tree)];
        if tree.file_name().is_some_and(|name| name == "64amd64-4s2n4ca2co") {
            // Two cores of a compute unit share these, and this old kernel does not say so: hwloc knows the processor.
            ours.caches.retain(|(level, _)| *level > 2);
            theirs.caches.retain(|(level, _)| *level > 2);
            assert_eq!(ours.caches.len(), 8);
        }
        assert_eq!(ours, theirs, "{}", tree.display());
        assert!(machine.to_string().lines().count() > 3);
    }
}

#[test]
fn this_machine_has_what_hwloc_sees() {
    let machine = Machine::read(&Root::new("/")).unwrap();
    assert_eq!(by_us(&machine), by_hwloc(Path::new("/")));
}

/// Processors by core, by socket and by node, as lscpu reads them; `None` where it cannot.
fn by_lscpu(tree: &Path) -> Option<[BTreeSet<String>; 3]> {
    let mut command = Command::new("lscpu");
    let ran = command.arg("--sysroot").arg(tree).args(["-p=CPU,CORE,SOCKET,NODE"]).output().unwrap();
    if !ran.status.success() {
        return None;
    }
    let text = String::from_utf8(ran.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    Some([1, 2, 3].map(|column| {
        let mut parts: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        // A processor whose node is not told has an empty cell.
        for row in rows.iter().filter(|row| !row[column].is_empty()) {
            parts.entry(row[column]).or_default().push(row[0].parse().unwrap());
        }
        parts.into_values().map(|cpus| cpus.into_iter().collect::<CpuSet>().to_string()).collect()
    }))
}

#[test]
fn every_tree_and_this_machine_have_the_cores_sockets_and_nodes_that_lscpu_sees() {
    let folder = tempfile::tempdir().unwrap();
    let trees = trees(folder.path());
    let mut unread = Vec::new();
    for tree in trees.iter().map(PathBuf::as_path).chain([Path::new("/")]) {
        let Some(mut theirs) = by_lscpu(tree) else {
            unread.push(tree.file_name().unwrap().to_str().unwrap());
            continue;
        };
        let Seen { mut cores, packages, nodes, .. } = by_us(&Machine::read(&Root::new(tree)).unwrap());
        // Of nodes without processors lscpu says nothing here.
        let nodes = nodes.into_values().filter(|cpus| !cpus.is_empty()).collect();
        if tree.file_name().is_some_and(|name| name == "64amd64-4s2n4ca2co") {
            // It takes a compute unit of two cores for a core of two threads; hwloc knows the processor, and so do we.
            assert_eq!((cores.len(), theirs[0].len()), (64, 32));
            cores.clear();
            theirs[0].clear();
        }
        assert_eq!([cores, packages, nodes], theirs, "{}", tree.display());
    }
    // Its kernel is older than the file in which lscpu looks for the number of processors.
    assert!(trees.is_empty() || unread == ["16em64t-4s2c2t-offlines"], "lscpu could not read {unread:?}");
}

#[test]
fn this_machine_has_the_nodes_and_distances_that_numactl_sees() {
    let ran = Command::new("numactl").arg("--hardware").output().expect("numactl is installed by scripts/setup");
    let text = String::from_utf8(ran.stdout).unwrap();
    let machine = Machine::read(&Root::new("/")).unwrap();
    if text.contains("No NUMA available") {
        eprintln!("SKIPPED: this kernel has no NUMA; nothing was compared");
        return;
    }
    let numbers = |text: &str| text.split_whitespace().map(|number| number.parse().unwrap()).collect::<Vec<u32>>();
    let mut nodes = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("node ")) {
        if let Some((number, cpus)) = line.split_once(" cpus:") {
            nodes.insert(number.parse().unwrap(), numbers(cpus).into_iter().collect::<CpuSet>().to_string());
        }
    }
    assert!(!nodes.is_empty(), "{text}");
    assert_eq!(by_us(&machine).nodes, nodes);
    let distances = text.split_once("node distances:").unwrap().1.lines().skip(2);
    let distances: Vec<Vec<u32>> = distances.map(|line| numbers(line.split_once(':').unwrap().1)).collect();
    let ours: Vec<Vec<u32>> = machine.nodes.iter().map(|node| node.distances.clone()).collect();
    assert_eq!(ours, distances, "{text}");
}

#[test]
fn a_folder_without_a_machine_in_it_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let fault = Machine::read(&Root::new(folder.path())).unwrap_err().to_string();
    assert!(fault.contains("sys/devices/system/cpu: there are no processors here; the root must be"), "{fault}");
}

#[test]
fn a_file_that_cannot_be_understood_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cpu = folder.path().join("sys/devices/system/cpu");
    std::fs::create_dir_all(cpu.join("cpu0/topology")).unwrap();
    std::fs::write(cpu.join("online"), "0-9999999\n").unwrap();
    let fault = Machine::read(&Root::new(folder.path())).unwrap_err().to_string();
    assert!(fault.ends_with("cpu/online: \"0-9999999\" is not a set of processors"), "{fault}");
}
