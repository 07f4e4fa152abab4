//! What the tests share. DPDK starts once per process: run them with `cargo nextest`, which gives each its own.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unsafe_code, reason = "network namespaces")]

use std::fs::File;
use std::os::fd::{AsRawFd, RawFd};
use std::process::Command;
use std::time::{Duration, Instant};

use sluice_dpdk::{Device, DpdkPort, Eal, EalConfig, HugePages, Mbuf, PortSpec};
use sluice_io::{Burst, Frame, FrameMeta, Port};

/// The EAL without huge pages. AF_XDP keeps 2048 frames per queue for what is to come.
pub fn eal() -> Eal {
    let config = EalConfig { huge_pages: HugePages::Off, frames_per_node: 8_191, ..EalConfig::default() };
    Eal::init(&config).expect("one EAL per process: run with cargo nextest")
}

pub fn open(eal: &Eal, name: &str, device: &str) -> (Device, DpdkPort) {
    let (device, mut queues) = eal.open(&PortSpec::new(name, device).unwrap()).unwrap();
    assert_eq!(queues.len(), 1);
    (device, queues.pop().unwrap())
}

/// A frame for nobody: broadcast, an ethertype for experiments (IEEE 802), and a number.
pub fn numbered(number: u32, len_octets: usize) -> Vec<u8> {
    let mut octets = [&[0xff; 6][..], &[2, 0, 0, 0, 0, 1], &[0x88, 0xb5], &number.to_be_bytes()].concat();
    octets.resize(len_octets, 0xa5);
    octets
}

/// The number of such a frame; `None` for what the kernel itself sends.
pub fn number_of(frame: &Mbuf) -> Option<u32> {
    let octets = frame.octets();
    let number = octets.get(14..18)?.first_chunk()?;
    (octets.get(12..14)? == [0x88, 0xb5]).then(|| u32::from_be_bytes(*number))
}

/// Sends `count` numbered frames from one port and gives those that reach the other, for as long as needed
/// and at most ten seconds.
pub fn cross(from: &mut DpdkPort, to: &mut DpdkPort, count: u32) -> Vec<u32> {
    let deadline = Instant::now() + Duration::from_secs(10);
    let (mut out, mut back, mut seen) = (Burst::new(), Burst::new(), Vec::new());
    let mut next = 0;
    while seen.len() < count as usize && Instant::now() < deadline {
        while next < count && out.len() < 32 {
            out.push(from.make(&numbered(next, 120), FrameMeta::default()).unwrap()).unwrap();
            next += 1;
        }
        from.send(&mut out);
        to.receive(&mut back);
        seen.extend(back.iter().filter_map(number_of));
        to.release(&mut back);
    }
    seen
}

/// Two network namespaces of this process's own, joined by `va` in the first and `vb` in the second. They
/// vanish with the process. `None`, loudly, where that is not permitted.
pub struct TwoNamespaces {
    first: File,
    second: File,
}

impl TwoNamespaces {
    pub fn new() -> Option<Self> {
        Self::with_queues(1)
    }

    /// The same, each end of the cable with so many queues.
    pub fn with_queues(queues: u16) -> Option<Self> {
        let (Some(first), Some(second)) = (fresh_namespace(), fresh_namespace()) else {
            eprintln!("SKIPPED: network namespaces need root; nothing was tested");
            return None;
        };
        let both = Self { first, second };
        both.enter_first();
        let second = format!("/proc/self/fd/{}", both.second.as_raw_fd());
        let (n, rx, tx) = (queues.to_string(), "numrxqueues", "numtxqueues");
        let va = ["link", "add", "va", rx, &n, tx, &n, "type", "veth"];
        let vb = ["peer", "name", "vb", rx, &n, tx, &n, "netns", &second];
        ip(&[&va[..], &vb].concat());
        ip(&["link", "set", "va", "up"]);
        both.enter_second();
        ip(&["link", "set", "vb", "up"]);
        Some(both)
    }

    pub fn enter_first(&self) {
        enter(self.first.as_raw_fd());
    }

    pub fn enter_second(&self) {
        enter(self.second.as_raw_fd());
    }
}

fn fresh_namespace() -> Option<File> {
    // SAFETY: takes flags; concerns the calling thread only.
    let made = unsafe { libc::unshare(libc::CLONE_NEWNET) } == 0;
    made.then(|| File::open("/proc/thread-self/ns/net").unwrap())
}

fn enter(namespace: RawFd) {
    // SAFETY: an open file descriptor; concerns the calling thread only.
    assert_eq!(unsafe { libc::setns(namespace, libc::CLONE_NEWNET) }, 0);
    assert!(File::open("/proc/thread-self/ns/net").is_ok());
}

/// The descriptor of the other namespace is passed on, so it must survive the start of `ip`.
fn ip(arguments: &[&str]) {
    if let Some(fd) = arguments.last().and_then(|last| last.strip_prefix("/proc/self/fd/")) {
        // SAFETY: an open file descriptor of ours.
        unsafe { libc::fcntl(fd.parse().unwrap(), libc::F_SETFD, 0) };
    }
    let status = Command::new("ip").args(arguments).status().expect("iproute2 is installed");
    assert!(status.success(), "ip {arguments:?}");
}
