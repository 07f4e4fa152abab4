//! Two ends of a wire and the middle, each in a network namespace, and numbered datagrams from one end to the other.
//!
//! ```text
//!  a: va0 ═══ va1 :m: vb1 ═══ vb0 :b      va1 and vb1 are members of the bridge `wire`
//! ```
#![allow(dead_code, reason = "every test program uses a part of it")]

use super::common::{Appliance, Process, wait_for};
use rustix::net::{AddressFamily, SocketType, socket};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::collections::BTreeMap;
use std::fs::File;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Three namespaces; they go with it.
pub struct Lab {
    a: String,
    b: String,
    m: String,
}

impl Lab {
    /// `None`, loudly, where that is not permitted.
    pub fn new() -> Option<Self> {
        let name = |which: &str| format!("sluice-{which}-{}", std::process::id());
        let lab = Self { a: name("a"), b: name("b"), m: name("m") };
        if !(run("ip", &["netns", "add", &lab.a])
            && run("ip", &["netns", "add", &lab.b])
            && run("ip", &["netns", "add", &lab.m]))
        {
            eprintln!("SKIPPED: network namespaces need root; nothing was tested");
            return None;
        }
        for namespace in [&lab.a, &lab.b, &lab.m] {
            lab.in_namespace(
                namespace,
                "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1",
            );
        }
        lab.cable(&lab.a, "va0", "va1", "02:00:00:00:00:0a");
        lab.cable(&lab.b, "vb0", "vb1", "02:00:00:00:00:0b");
        lab.in_namespace(&lab.m, "ip link add wire type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        lab.in_namespace(&lab.m, "ip link set va1 master wire");
        lab.in_namespace(&lab.m, "ip link set vb1 master wire");
        lab.in_namespace(&lab.m, "ip link set wire up");
        // Known beforehand, so that the first datagram needs no other frames.
        lab.in_namespace(&lab.a, "ip addr add 10.90.0.1/24 dev va0");
        lab.in_namespace(&lab.b, "ip addr add 10.90.0.2/24 dev vb0");
        lab.in_namespace(&lab.a, "ip neigh add 10.90.0.2 lladdr 02:00:00:00:00:0b dev va0");
        Some(lab)
    }

    /// The same for ports of a driver; `None`, loudly, where the kernel does not have it.
    pub fn for_driver(driver: &str) -> Option<Self> {
        let has_it = driver != "af_xdp" || socket(AddressFamily::from_raw(AF_XDP), SocketType::RAW, None).is_ok();
        if !has_it {
            eprintln!("SKIPPED: this kernel has no {driver}; nothing was tested");
            return None;
        }
        Self::new()
    }

    /// Frames cross it whole and with their checksums.
    fn cable(&self, namespace: &str, end: &str, middle: &str, address: &str) {
        let text = format!("ip link add {end} address {address} type veth peer name {middle} netns {}", self.m);
        self.in_namespace(namespace, &text);
        for (namespace, end) in [(namespace, end), (self.m.as_str(), middle)] {
            self.in_namespace(namespace, &format!("ethtool -K {end} tx off rx off gro off gso off tso off sg off"));
            self.in_namespace(namespace, &format!("ip link set {end} txqueuelen 10000 up"));
        }
    }

    fn in_namespace(&self, namespace: &str, words: &str) {
        let words: Vec<&str> = ["netns", "exec", namespace].into_iter().chain(words.split(' ')).collect();
        assert!(run("ip", &words), "{words:?}");
    }

    /// A command at the end outside.
    pub fn outside(&self, words: &str) {
        self.in_namespace(&self.a, words);
    }

    /// Whether the end inside has its line.
    pub fn inside_has_line(&self) -> bool {
        let words = ["netns", "exec", &self.b, "cat", "/sys/class/net/vb0/carrier"];
        Command::new("ip").args(words).output().is_ok_and(|output| output.stdout == b"1\n")
    }

    /// An appliance with one wire over a driver, and what more its `[[wire]]` says.
    pub fn appliance(&self, driver: &str, wire: &str) -> Appliance {
        let port =
            |name: &str, link: &str| format!("[[port]]\nname = {name:?}\ndevice = \"net_{driver}:iface={link}\"\n\n");
        let wire = format!("[[wire]]\nname = \"lab\"\noutside = \"outside\"\ninside = \"inside\"\n{wire}\n");
        Appliance::new(&[0], &[port("outside", "va1"), port("inside", "vb1"), wire].concat())
    }

    /// Starts the dataplane in the middle.
    pub fn start(&self, appliance: &Appliance, more: &[&str], ready: &str) -> Process {
        let mut command = self.within(&appliance.command("sluice-dataplane"));
        command.args(more);
        Process::start(command, ready)
    }

    /// The same command in the middle.
    pub fn within(&self, command: &Command) -> Command {
        let mut there = Command::new("ip");
        there.args(["netns", "exec", &self.m]).arg(command.get_program()).args(command.get_args());
        there
    }

    /// Datagrams from outside to inside, about one a millisecond.
    pub fn traffic(&self) -> Traffic {
        let (stop, sent) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let receiver = self.socket(&self.b, "10.90.0.2:9999");
        receiver.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let sender = self.socket(&self.a, "10.90.0.1:0");
        let last = Arc::<AtomicU32>::default();
        let sending = std::thread::spawn({
            let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
            move || send(&sender, &stop, &sent)
        });
        let receiving = std::thread::spawn({
            let (stop, last) = (Arc::clone(&stop), Arc::clone(&last));
            move || receive(&receiver, &stop, &last)
        });
        Traffic { stop, sent, last, sending, receiving }
    }

    /// A socket stays in the namespace it was made in; the thread that makes it is done with after that.
    fn socket(&self, namespace: &str, address: &'static str) -> UdpSocket {
        let namespace = File::open(format!("/run/netns/{namespace}")).unwrap();
        let make = move || {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            UdpSocket::bind(address).unwrap()
        };
        std::thread::spawn(make).join().unwrap()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for namespace in [&self.a, &self.b, &self.m] {
            run("ip", &["netns", "del", namespace]);
        }
    }
}

/// Of Linux's `socket.h`.
const AF_XDP: u16 = 44;

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn send(socket: &UdpSocket, stop: &AtomicBool, sent: &AtomicU32) {
    while !stop.load(Ordering::Relaxed) {
        let number = sent.fetch_add(1, Ordering::Relaxed);
        // A link that is down refuses: such a datagram is lost like one on the way.
        let _gone = socket.send_to(&number.to_be_bytes(), "10.90.0.2:9999");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

fn receive(socket: &UdpSocket, stop: &AtomicBool, last: &AtomicU32) -> Vec<(u32, Instant)> {
    let (mut seen, mut octets) = (Vec::new(), [0; 64]);
    loop {
        match socket.recv(&mut octets) {
            Ok(4) => {
                let number = octets.first_chunk().map_or(0, |n| u32::from_be_bytes(*n));
                seen.push((number, Instant::now()));
                last.store(number, Ordering::Relaxed);
            }
            Ok(_) => {}
            // Silence after the last one was sent.
            Err(_) if stop.load(Ordering::Relaxed) => return seen,
            Err(_) => {}
        }
    }
}

/// Datagrams on their way.
pub struct Traffic {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU32>,
    last: Arc<AtomicU32>,
    sending: JoinHandle<()>,
    receiving: JoinHandle<Vec<(u32, Instant)>>,
}

impl Traffic {
    /// Waits until so many that were sent from now on could have come, and the last of them has.
    pub fn goes_on(&self, what: &str, datagrams: u32) {
        let from = self.sent.load(Ordering::Relaxed);
        wait_for(what, || self.last.load(Ordering::Relaxed) >= from + datagrams);
    }

    /// Ends it, and tells what became of every datagram.
    pub fn end(self) -> Account {
        self.stop.store(true, Ordering::Relaxed);
        self.sending.join().unwrap();
        let seen = self.receiving.join().unwrap();
        let (mut times, mut longest) = (BTreeMap::<u32, u32>::new(), Duration::ZERO);
        seen.iter().for_each(|(number, _)| *times.entry(*number).or_default() += 1);
        for (one, next) in seen.iter().zip(seen.iter().skip(1)) {
            longest = longest.max(next.1.duration_since(one.1));
        }
        let sent = self.sent.load(Ordering::Relaxed);
        let lost: Vec<u32> = (0..sent).filter(|number| !times.contains_key(number)).collect();
        let twice = times.values().filter(|&&times| times > 1).count();
        Account { sent, lost, twice, longest }
    }
}

/// What became of the datagrams.
#[derive(Debug)]
pub struct Account {
    pub sent: u32,
    pub lost: Vec<u32>,
    pub twice: usize,
    /// The longest time between two that came.
    pub longest: Duration,
}

impl Account {
    /// How many times in a row something was lost.
    pub fn gaps(&self) -> usize {
        let begins = |at: usize| at == 0 || self.lost[at] != self.lost[at - 1] + 1;
        (0..self.lost.len()).filter(|&at| begins(at)).count()
    }

    pub fn print(&self, what: &str) {
        eprintln!(
            "{what}: {} sent, {} lost in {} gaps, {} came twice, longest silence {:?}",
            self.sent,
            self.lost.len(),
            self.gaps(),
            self.twice,
            self.longest
        );
    }
}
