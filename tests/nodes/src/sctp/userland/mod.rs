//! An association over libusrsctp, its packets carried by a [`Link`].
//!
//! The binding has what the nodes need and no more. Layouts are those of `usrsctp.h` 0.9.5 on Linux.
#![allow(unsafe_code)]

mod binding;

use super::{Association, PPID_M3UA, STREAMS, Statistics};
use crate::link::Link;
use anyhow::{Result, anyhow};
use binding::*;
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
use std::ffi::{c_int, c_void};
use std::io;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// An association, open or being opened.
pub struct Userland {
    socket: *mut c_void,
    /// Associations lost or restarted, as usrsctp has told.
    upsets: AtomicU32,
    is_fragmenting: AtomicBool,
    is_bundling: AtomicBool,
}

// SAFETY: usrsctp locks its sockets; they may be used from any thread (its manual, "Usage").
unsafe impl Send for Userland {}
// SAFETY: as above.
unsafe impl Sync for Userland {}

impl Userland {
    /// Opens an association from this side.
    pub fn connect(link: &'static Link, port: u16) -> Result<Self> {
        let socket = open(link, port)?;
        // SAFETY: the socket is open, the address lives during the call.
        let code = unsafe { usrsctp_connect(socket, &mut address(link, port), size_of::<Address>() as u32) };
        if code < 0 {
            return Err(last_error("no association"));
        }
        Ok(Self::of(socket))
    }

    /// Waits for one from the other side; says when it does.
    pub fn accept(link: &'static Link, port: u16, listening: impl FnOnce()) -> Result<Self> {
        let socket = open(link, port)?;
        // SAFETY: the socket is open.
        if unsafe { usrsctp_listen(socket, 1) } < 0 {
            return Err(last_error("cannot listen"));
        }
        listening();
        // SAFETY: the socket is open; nobody asks for the address.
        let accepted = unsafe { usrsctp_accept(socket, null_mut(), null_mut()) };
        if accepted.is_null() {
            return Err(last_error("no association"));
        }
        Ok(Self::of(accepted))
    }

    fn of(socket: *mut c_void) -> Self {
        let (is_fragmenting, is_bundling) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { socket, upsets: AtomicU32::new(0), is_fragmenting, is_bundling }
    }

    fn notified(&self, notification: &[u8]) {
        let word = |at: usize| notification.get(at..at + 2).map(|o| u16::from_ne_bytes([o[0], o[1]]));
        let is_upset = word(0) == Some(ASSOC_CHANGE) && matches!(word(8), Some(COMM_LOST | RESTART));
        self.upsets.fetch_add(u32::from(is_upset), Ordering::Relaxed);
    }
}

impl Association for Userland {
    fn send(&self, stream: u16, message: &[u8]) -> Result<()> {
        let info = SendInfo { sid: stream, flags: 0, ppid: PPID_M3UA.to_be(), context: 0, association: 0 };
        loop {
            // SAFETY: message and info live during the call and have the lengths that are given.
            let sent = unsafe {
                let (info, len) = ((&raw const info).cast_mut().cast(), size_of::<SendInfo>() as u32);
                usrsctp_sendv(self.socket, message.as_ptr().cast(), message.len(), null_mut(), 0, info, len, SNDINFO, 0)
            };
            if sent >= 0 {
                return Ok(());
            }
            let error = io::Error::last_os_error();
            if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) {
                return Err(anyhow!("sending failed: {error}"));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            let (mut info, mut info_len) = (ReceiveInfo::default(), size_of::<ReceiveInfo>() as u32);
            let (mut from, mut from_len) = ([0u64; 16], size_of::<[u64; 16]>() as u32);
            let (mut kind, mut flags) = (0, 0);
            // SAFETY: all of them live during the call and have the lengths that are given.
            let len = unsafe {
                let (from, info) = ((&raw mut from).cast(), (&raw mut info).cast());
                let (data, room) = (buffer.as_mut_ptr().cast(), buffer.len());
                usrsctp_recvv(self.socket, data, room, from, &mut from_len, info, &mut info_len, &mut kind, &mut flags)
            };
            match usize::try_from(len) {
                Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                Err(_) | Ok(0) => return None,
                Ok(len) if flags & MSG_NOTIFICATION != 0 => self.notified(&buffer[..len]),
                Ok(len) => return Some(len),
            }
        }
    }

    fn fragment(&self, is_fragmented: bool) -> Result<()> {
        if self.is_fragmenting.swap(is_fragmented, Ordering::Relaxed) == is_fragmented {
            return Ok(());
        }
        set(self.socket, SCTP_MAXSEG, &[0u32, if is_fragmented { FRAGMENT_OCTETS } else { 0 }])
    }

    fn bundle(&self, is_bundled: bool) -> Result<()> {
        if self.is_bundling.swap(is_bundled, Ordering::Relaxed) == is_bundled {
            return Ok(());
        }
        set(self.socket, SCTP_NODELAY, &[u32::from(!is_bundled)])
    }

    fn shut_down(&self) {
        // SAFETY: the socket is open.
        unsafe { usrsctp_shutdown(self.socket, SHUT_WR) };
    }

    fn upsets(&self) -> u32 {
        self.upsets.load(Ordering::Relaxed)
    }

    fn statistics(&self) -> Statistics {
        // `struct sctpstat` has 166 words; those wanted here by their place.
        let mut words = [0u32; 256];
        // SAFETY: the structure is shorter than the room given.
        unsafe { usrsctp_get_stat(words.as_mut_ptr().cast()) };
        Statistics {
            aborted: words[7],
            restarted: words[4],
            packets_received: words[21],
            data_sent: words[42],
            data_sent_again: words[43],
            fast: words[44],
            timeouts: words[68],
            data_received: words[25],
            duplicates: words[26],
            bad_checksums: words[98],
            out_of_the_blue: words[9],
        }
    }
}

/// Starts usrsctp above a link, with threads that carry packets both ways.
pub fn start(link: &'static Link) -> Result<()> {
    forbid_raw_sockets()?;
    // SAFETY: called once, before any socket is opened; `carry_out` has the type that is asked for.
    unsafe {
        usrsctp_init(0, carry_out, None);
        usrsctp_register_address(key(link));
    }
    let take_in = move |packet: &[u8]| {
        // SAFETY: the packet lives during the call; the address is registered.
        unsafe { usrsctp_conninput(key(link), packet.as_ptr().cast(), packet.len(), 0) };
    };
    thread::spawn(move || link.receive(take_in));
    thread::spawn(move || link.let_late_ones_go(take_in));
    Ok(())
}

/// The link has its socket. usrsctp would open one too if it could, and answer every packet there with ABORT.
fn forbid_raw_sockets() -> Result<()> {
    let mut mine = capabilities(None)?;
    mine.effective.remove(CapabilitySet::NET_RAW);
    Ok(set_capabilities(None, mine)?)
}

extern "C" fn carry_out(at: *mut c_void, packet: *mut c_void, len: usize, _tos: u8, _df: u8) -> c_int {
    // SAFETY: `at` is the link that `start` registered, which lives as long as the process; usrsctp lends the packet
    // for the call.
    let (link, packet) = unsafe { (&*at.cast::<Link>(), std::slice::from_raw_parts(packet.cast::<u8>(), len)) };
    link.send(packet);
    0
}

fn open(link: &'static Link, port: u16) -> Result<*mut c_void> {
    // SAFETY: no callbacks are given.
    let socket = unsafe { usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, None, None, 0, null_mut()) };
    if socket.is_null() {
        return Err(last_error("no SCTP socket"));
    }
    set_up(socket, link.mtu())?;
    // SAFETY: the socket is open, the address lives during the call.
    let code = unsafe { usrsctp_bind(socket, &mut address(link, port), size_of::<Address>() as u32) };
    if code < 0 { Err(last_error("cannot bind")) } else { Ok(socket) }
}

/// Longest payload of a chunk of a message that is sent in several.
const FRAGMENT_OCTETS: u32 = 100;
/// Headers of IP and SCTP, which usrsctp does not count here.
const HEADER_OCTETS: u32 = 32;

/// Timers as signalling networks set them (RFC 4166 §4.1), and packets no longer than the link takes.
fn set_up(socket: *mut c_void, mtu: u16) -> Result<()> {
    let buffer = 4u32 << 20;
    set_at(socket, SOL_SOCKET, SO_SNDBUF, &[buffer])?;
    set_at(socket, SOL_SOCKET, SO_RCVBUF, &[buffer])?;
    set(socket, SCTP_INITMSG, &[STREAMS, STREAMS, 0, 0u16])?;
    // Association, initial, longest, shortest.
    set(socket, SCTP_RTOINFO, &[0u32, 200, 1000, 200])?;
    // Association, delay, packets.
    set(socket, SCTP_DELAYED_SACK, &[0u32, 20, 2])?;
    // Association, two windows, cookie's life, and two halves: repetitions and destinations.
    set(socket, SCTP_ASSOCINFO, &[0u32, 0, 0, 0, 20])?;
    set(socket, SCTP_RECVRCVINFO, &[1u32])?;
    set(socket, SCTP_NODELAY, &[1u32])?;
    let mut path = [0u8; 152];
    path[136..140].copy_from_slice(&(u32::from(mtu) - HEADER_OCTETS).to_ne_bytes());
    path[140..144].copy_from_slice(&SPP_PMTUD_DISABLE.to_ne_bytes());
    set(socket, SCTP_PEER_ADDR_PARAMS, &path)?;
    // Association in two halves, kind of event, on.
    set(socket, SCTP_EVENT, &[0, 0, ASSOC_CHANGE, 1u16.to_le()])
}

fn set<const N: usize, T: Copy>(socket: *mut c_void, option: c_int, value: &[T; N]) -> Result<()> {
    set_at(socket, IPPROTO_SCTP, option, value)
}

fn set_at<const N: usize, T: Copy>(socket: *mut c_void, level: c_int, option: c_int, value: &[T; N]) -> Result<()> {
    // SAFETY: the value lives during the call and has the length that is given.
    let code = unsafe { usrsctp_setsockopt(socket, level, option, value.as_ptr().cast(), size_of_val(value) as u32) };
    if code < 0 { Err(last_error(&format!("socket option {option}"))) } else { Ok(()) }
}

fn address(link: &'static Link, port: u16) -> Address {
    Address { family: AF_CONN as u16, port: port.to_be(), at: key(link) }
}

fn key(link: &'static Link) -> *mut c_void {
    (link as *const Link).cast_mut().cast()
}

fn last_error(what: &str) -> anyhow::Error {
    anyhow!("{what}: {}", io::Error::last_os_error())
}
