//! Trees of machines: real ones, unpacked, and made-up ones.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The trees of real servers, unpacked; none, and it says so, where they are missing.
pub fn trees(to: &Path) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/sysfs");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: ../shared is not beside the repository; no tree was read");
        return Vec::new();
    };
    let archives =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "bz2"));
    for archive in archives {
        let done = Command::new("tar").arg("xjf").arg(&archive).arg("-C").arg(to).status().unwrap();
        assert!(done.success(), "{}", archive.display());
    }
    let mut trees: Vec<PathBuf> = std::fs::read_dir(to).unwrap().map(|entry| entry.unwrap().path()).collect();
    trees.sort();
    assert!(trees.len() >= 6, "{trees:?}");
    trees
}

/// A made-up machine, written as its kernel would tell of it.
pub struct Server {
    pub root: PathBuf,
    pub sockets: u32,
    /// Of each socket.
    pub cores: u32,
    pub threads: u32,
}

impl Server {
    /// Processors are numbered as on a ProLiant: first threads of socket 0, of socket 1, then the second threads.
    pub fn write(self) -> Self {
        let Self { sockets, cores, threads, .. } = self;
        let count = sockets * cores * threads;
        self.file("sys/devices/system/cpu/online", &format!("0-{}", count - 1));
        self.file("proc/cmdline", "BOOT_IMAGE=/vmlinuz ro");
        self.file("proc/sys/kernel/random/boot_id", "5f3c1f4e-0000-4000-8000-000000000001");
        self.file("proc/sys/kernel/numa_balancing", "1");
        self.file("proc/irq/default_smp_affinity", "ffff");
        self.file("proc/cpuinfo", "model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz");
        self.folder("sys/class/iommu/dmar0");
        for cpu in 0..count {
            let core = cpu % (sockets * cores);
            let siblings: Vec<String> =
                (0..threads).map(|thread| (core + thread * sockets * cores).to_string()).collect();
            let socket = core / cores;
            let folder = format!("sys/devices/system/cpu/cpu{cpu}");
            self.file(&format!("{folder}/topology/core_id"), &(core % cores).to_string());
            self.file(&format!("{folder}/topology/physical_package_id"), &socket.to_string());
            self.file(&format!("{folder}/topology/thread_siblings_list"), &siblings.join(","));
            self.file(&format!("{folder}/topology/core_siblings_list"), &self.of_socket(socket));
            self.file(&format!("{folder}/cpufreq/scaling_governor"), "powersave");
            self.file(&format!("{folder}/cpufreq/scaling_available_governors"), "performance powersave");
        }
        for socket in 0..sockets {
            let folder = format!("sys/devices/system/node/node{socket}");
            let distances: Vec<&str> = (0..sockets).map(|other| if other == socket { "10" } else { "21" }).collect();
            self.file(&format!("{folder}/cpulist"), &self.of_socket(socket));
            self.file(&format!("{folder}/distance"), &distances.join(" "));
            self.file(
                &format!("{folder}/meminfo"),
                &format!("Node {socket} MemTotal: 98566144 kB\nNode {socket} MemFree: 90000000 kB"),
            );
            for size in ["2048", "1048576"] {
                self.file(&format!("{folder}/hugepages/hugepages-{size}kB/nr_hugepages"), "0");
            }
        }
        self
    }

    fn of_socket(&self, socket: u32) -> String {
        let all = self.sockets * self.cores;
        let first = socket * self.cores;
        let threads = (0..self.threads).map(|thread| thread * all + first);
        threads.map(|first| format!("{first}-{}", first + self.cores - 1)).collect::<Vec<_>>().join(",")
    }

    /// A port of an E810 in a slot of a socket.
    pub fn card(&self, address: &str, socket: u32) -> &Self {
        let folder = format!("sys/bus/pci/devices/{address}");
        for (name, text) in
            [("class", "0x020000"), ("vendor", "0x8086"), ("device", "0x159b"), ("driver_override", "(null)")]
        {
            self.file(&format!("{folder}/{name}"), text);
        }
        self.file(&format!("{folder}/numa_node"), &socket.to_string());
        self.file(&format!("{folder}/local_cpulist"), &self.of_socket(socket));
        for which in ["current", "max"] {
            self.file(&format!("{folder}/{which}_link_speed"), "16.0 GT/s PCIe");
            self.file(&format!("{folder}/{which}_link_width"), "8");
        }
        self
    }

    /// An interrupt and where it goes.
    pub fn interrupt(&self, number: u32, cpus: &str) -> &Self {
        self.file(&format!("proc/irq/{number}/smp_affinity_list"), cpus);
        self
    }

    pub fn file(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{text}\n")).unwrap();
    }

    pub fn folder(&self, path: &str) {
        std::fs::create_dir_all(self.root.join(path)).unwrap();
    }

    pub fn says(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap().trim().to_owned()
    }
}

/// A DL380 Gen10 with sixteen cores of two threads in each socket and an E810 with two ports at each.
pub fn dl380(root: &Path) -> Server {
    let server = Server { root: root.to_owned(), sockets: 2, cores: 16, threads: 2 }.write();
    server.file("sys/class/dmi/id/sys_vendor", "HPE");
    server.file("sys/class/dmi/id/product_name", "ProLiant DL380 Gen10");
    server.card("0000:12:00.0", 0).card("0000:12:00.1", 0).card("0000:d8:00.0", 1).card("0000:d8:00.1", 1);
    server
}
