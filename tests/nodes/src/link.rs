//! The wire below SCTP: a raw IP socket, with faults on the way out and on the way in.
//!
//! SCTP stands above it as it would above IP, but hands its packets to this link (usrsctp's AF_CONN), so what is lost
//! is lost before the appliance on the way out and behind it on the way in.

use crate::faults::{Faults, Rates};
use anyhow::{Context, Result};
use rustix::net::sockopt::set_socket_recv_buffer_size_force;
use socket2::{Domain, Protocol, Socket, Type};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Where the packets of SCTP go out and come in.
pub struct Link {
    socket: Socket,
    out: Mutex<Faults>,
    into: Mutex<Faults>,
    late: Mutex<Late>,
    wake: Condvar,
    mtu: u16,
}

/// When, the how many-th that was put off, which way, and the packet.
type Due = (Instant, u64, Way, Vec<u8>);

#[derive(Default)]
struct Late {
    packets: BinaryHeap<Reverse<Due>>,
    count: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Out,
    In,
}

impl Link {
    /// A link between two addresses.
    pub fn open(local: Ipv4Addr, remote: Ipv4Addr, mtu: u16, rates: Rates, seed: u64) -> Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(IPPROTO_SCTP)))
            .context("no raw socket (it needs CAP_NET_RAW)")?;
        // More than the system's limit: at that a burst is lost.
        set_socket_recv_buffer_size_force(&socket, BUFFER_OCTETS)?;
        socket.bind(&SocketAddrV4::new(local, 0).into())?;
        socket.connect(&SocketAddrV4::new(remote, 0).into())?;
        // Half of the faults before the appliance, half behind it.
        let half = |n: u16| n.div_ceil(2);
        let rates =
            Rates { loss: half(rates.loss), duplicate: half(rates.duplicate), delay: half(rates.delay), ..rates };
        Ok(Self {
            socket,
            out: Mutex::new(Faults::new(rates, seed, 0)),
            into: Mutex::new(Faults::new(rates, seed, 1)),
            late: Mutex::default(),
            wake: Condvar::new(),
            mtu,
        })
    }

    /// The longest IP packet, in octets.
    pub const fn mtu(&self) -> u16 {
        self.mtu
    }

    /// Sends a packet of SCTP, unless the draw says otherwise.
    pub fn send(&self, packet: &[u8]) {
        let copies = locked(&self.out).fate(packet);
        for due in copies.into_iter().flatten() {
            if due.is_zero() { self.send_now(packet) } else { self.put_off(Instant::now() + due, Way::Out, packet) }
        }
    }

    /// Receives packets until the process ends; gives each to SCTP, unless the draw says otherwise.
    pub fn receive(&self, to: impl Fn(&[u8])) -> Result<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let len = (&self.socket).read(&mut buffer)?;
            let Some(packet) = sctp_of(&buffer[..len]) else { continue };
            let copies = locked(&self.into).fate(packet);
            for due in copies.into_iter().flatten() {
                if due.is_zero() { to(packet) } else { self.put_off(Instant::now() + due, Way::In, packet) }
            }
        }
    }

    /// Lets late packets go on when they are due, until the process ends.
    pub fn let_late_ones_go(&self, to: impl Fn(&[u8])) {
        loop {
            let (way, packet) = self.next_due();
            match way {
                Way::Out => self.send_now(&packet),
                Way::In => to(&packet),
            }
        }
    }

    fn send_now(&self, packet: &[u8]) {
        // What the kernel has no room for is lost, as it would be on a wire.
        let _full = self.socket.send(packet);
    }

    fn put_off(&self, due: Instant, way: Way, packet: &[u8]) {
        let mut late = locked(&self.late);
        late.count += 1;
        let number = late.count;
        late.packets.push(Reverse((due, number, way, packet.to_vec())));
        self.wake.notify_one();
    }

    fn next_due(&self) -> (Way, Vec<u8>) {
        let mut late = locked(&self.late);
        loop {
            let now = Instant::now();
            match late.packets.peek().map(|first| first.0.0) {
                None => late = self.wake.wait(late).unwrap_or_else(PoisonError::into_inner),
                Some(due) if due > now => {
                    late = self.wake.wait_timeout(late, due - now).unwrap_or_else(PoisonError::into_inner).0;
                }
                Some(_) => {
                    if let Some(Reverse((_, _, way, packet))) = late.packets.pop() {
                        return (way, packet);
                    }
                }
            }
        }
    }
}

const IPPROTO_SCTP: i32 = 132;
const BUFFER_OCTETS: usize = 8 << 20;

/// What follows the IPv4 header, which a raw socket gives with the packet.
fn sctp_of(packet: &[u8]) -> Option<&[u8]> {
    let header = usize::from(packet.first()? & 15) * 4;
    packet.get(header..)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
