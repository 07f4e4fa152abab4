//! The entry by which the kernel hands a queue's frames to a socket of AF_XDP.
//!
//! ```text
//!  frame ─▶ XDP program: has the map an entry for this queue? ─ yes ─▶ our socket
//!                                                             └ no ──▶ on, as if there were no program: a bridge
//! ```
//! The kernel removes the entry by itself when the socket goes, also with a killed process. A socket whose process
//! stands still keeps it, and frames pile up there: so it can be taken out and put back. The driver tells neither map nor
//! socket; they are found among the descriptors that opening the device has brought. Linux only, one socket a queue.

use std::fs;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::path::Path;

/// `BPF_MAP_TYPE_XSKMAP`.
const XSKMAP: u32 = 17;
const MAP_UPDATE_ELEM: libc::c_long = 2;
const MAP_DELETE_ELEM: libc::c_long = 3;
const MAP_GET_FD_BY_ID: libc::c_long = 14;

/// A map of sockets and a place in it.
#[derive(Debug)]
pub struct XskEntry {
    map: OwnedFd,
    place: XskPlace,
}

/// Which entry of which map, as another process can find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XskPlace {
    /// The kernel's number of the map.
    pub map: u32,
    /// The queue.
    pub queue: u32,
}

impl XskEntry {
    /// Needs the right to administer the system.
    ///
    /// # Errors
    /// There is no such map, or it is not allowed.
    pub fn open(place: XskPlace) -> io::Result<Self> {
        let attributes = ById { id: place.map, next: 0, flags: 0 };
        let fd = bpf(MAP_GET_FD_BY_ID, &attributes)?;
        // SAFETY: the kernel has just made this descriptor for us.
        let map = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { map, place })
    }

    /// Frames of the queue go on as if there were no program. Also good where they do already.
    ///
    /// # Errors
    /// The kernel refused.
    pub fn take_out(&self) -> io::Result<()> {
        match self.change(MAP_DELETE_ELEM, 0) {
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(()),
            done => done,
        }
    }

    fn put_in(&self, socket: RawFd) -> io::Result<()> {
        self.change(MAP_UPDATE_ELEM, &raw const socket as u64)
    }

    fn change(&self, command: libc::c_long, value: u64) -> io::Result<()> {
        let key = &raw const self.place.queue as u64;
        let map = self.map.as_raw_fd().cast_unsigned();
        bpf(command, &Element { map, _space: 0, key, value, flags: 0 }).map(drop)
    }
}

/// The socket of one queue and its entry. Good while its device is open.
#[derive(Debug)]
pub(crate) struct Xsk {
    entry: XskEntry,
    socket: RawFd,
}

impl Xsk {
    pub(crate) fn place(&self) -> XskPlace {
        self.entry.place
    }

    /// Hands the frames of the queue to the socket, or lets them go by.
    pub(crate) fn redirect(&self, on: bool) -> io::Result<()> {
        if on { self.entry.put_in(self.socket) } else { self.entry.take_out() }
    }
}

/// The descriptors of this process, to see which ones come.
pub(crate) struct Descriptors(Vec<RawFd>);

impl Descriptors {
    pub(crate) fn now() -> Self {
        let names = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut all: Vec<RawFd> = names.filter_map(|name| name.to_str()?.parse().ok()).collect();
        // The one the folder was read by is among them, and its number will be the next one's.
        // SAFETY: takes numbers.
        all.retain(|&fd| unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0);
        Self(all)
    }

    /// What a device of one queue has brought; `None` if it is not one socket and one map of sockets.
    pub(crate) fn brought_since(self, queue: u32) -> Option<Xsk> {
        let new: Vec<RawFd> = Self::now().0.into_iter().filter(|fd| !self.0.contains(fd)).collect();
        let only = |mut found: Vec<RawFd>| if found.len() == 1 { found.pop() } else { None };
        let socket = only(new.iter().copied().filter(|&fd| is_xdp_socket(fd)).collect())?;
        let mut maps: Vec<u32> = new.iter().filter_map(|&fd| number_of_xskmap(fd)).collect();
        maps.dedup();
        let &[map] = maps.as_slice() else { return None };
        Some(Xsk { entry: XskEntry::open(XskPlace { map, queue }).ok()?, socket })
    }
}

fn is_xdp_socket(fd: RawFd) -> bool {
    let (mut domain, mut length) = (0 as libc::c_int, size_of::<libc::c_int>() as libc::socklen_t);
    let into = (&raw mut domain).cast();
    // SAFETY: a number and two variables that outlive the call.
    let result = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_DOMAIN, into, &mut length) };
    result == 0 && domain == libc::AF_XDP
}

fn number_of_xskmap(fd: RawFd) -> Option<u32> {
    let text = fs::read_to_string(Path::new("/proc/self/fdinfo").join(fd.to_string())).ok()?;
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u32>().ok());
    (value("map_type:") == Some(XSKMAP)).then(|| value("map_id:")).flatten()
}

/// `union bpf_attr` for commands on an element.
#[repr(C)]
struct Element {
    map: u32,
    _space: u32,
    key: u64,
    value: u64,
    flags: u64,
}

/// `union bpf_attr` for a descriptor by number.
#[repr(C)]
struct ById {
    id: u32,
    next: u32,
    flags: u32,
}

fn bpf<A>(command: libc::c_long, attributes: &A) -> io::Result<RawFd> {
    // SAFETY: the kernel reads as many octets as said, and where they point: to a key and a value that live in the
    // callers' frames and are as long as the map's.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, &raw const *attributes, size_of::<A>()) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result as RawFd) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_that_are_neither_socket_nor_map_bring_nothing() {
        let before = Descriptors::now();
        assert!(before.0.contains(&0) || before.0.contains(&1));
        let _file = fs::File::open("/proc/self/status").unwrap();
        assert!(before.brought_since(0).is_none());
    }

    #[test]
    fn a_map_that_is_not_there_is_refused() {
        assert!(XskEntry::open(XskPlace { map: u32::MAX, queue: 0 }).is_err());
    }
}
