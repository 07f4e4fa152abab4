//! A network interface of the kernel: whether its line is up, and taking it up and down.
//!
//! By `ioctl` on a socket, which keeps the network namespace it was made in; what lies under `/sys` would be that of
//! whoever mounted it.

use std::io;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::Error;

/// An interface, by name.
#[derive(Debug)]
pub struct Interface {
    name: String,
    socket: OwnedFd,
}

impl Interface {
    /// # Errors
    /// There is no such interface in the network namespace of this thread.
    pub fn find(name: &str) -> Result<Self, Error> {
        // SAFETY: takes numbers.
        let fd = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
        if fd < 0 {
            return Err(refused(name, "socket"));
        }
        // SAFETY: the kernel has just made this descriptor for us.
        let found = Self { name: name.to_owned(), socket: unsafe { OwnedFd::from_raw_fd(fd) } };
        found
            .flags()
            .map(|_| found)
            .map_err(|_| Error::missing(name, format!("there is no interface {name}"), "ip link lists those there are"))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is taken up and its line is there.
    pub fn is_running(&self) -> bool {
        const BOTH: libc::c_int = libc::IFF_UP | libc::IFF_RUNNING;
        self.flags().is_ok_and(|flags| libc::c_int::from(flags) & BOTH == BOTH)
    }

    /// Takes it up or down. Down, the other end of the cable sees its line go.
    ///
    /// # Errors
    /// Not allowed, or the interface has gone.
    pub fn set_up(&self, up: bool) -> Result<(), Error> {
        let flags = self.flags().map_err(|_| refused(&self.name, "SIOCGIFFLAGS"))?;
        let bit = libc::IFF_UP as libc::c_short;
        let wanted = if up { flags | bit } else { flags & !bit };
        if wanted == flags {
            return Ok(());
        }
        let mut request = self.request();
        request.ifr_ifru.ifru_flags = wanted;
        self.call(libc::SIOCSIFFLAGS, &mut request).map_err(|_| refused(&self.name, "SIOCSIFFLAGS"))
    }

    fn flags(&self) -> io::Result<libc::c_short> {
        let mut request = self.request();
        self.call(libc::SIOCGIFFLAGS, &mut request)?;
        // SAFETY: the call has filled in the flags.
        Ok(unsafe { request.ifr_ifru.ifru_flags })
    }

    /// The name is cut to what the kernel has room for, with a zero behind.
    fn request(&self) -> libc::ifreq {
        // SAFETY: octets, integers and pointers, for all of which zero is a value.
        let mut request: libc::ifreq = unsafe { zeroed() };
        let room = libc::IFNAMSIZ - 1;
        for (to, from) in request.ifr_name.iter_mut().zip(self.name.bytes().take(room)) {
            *to = from as libc::c_char;
        }
        request
    }

    fn call(&self, call: libc::Ioctl, request: &mut libc::ifreq) -> io::Result<()> {
        // SAFETY: both calls read and write an `ifreq`, which outlives them.
        let result = unsafe { libc::ioctl(self.socket.as_raw_fd(), call, &raw mut *request) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

fn refused(name: &str, call: &'static str) -> Error {
    let errno = io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
    Error::refused(name, call, errno, "has the process the right to administer the network?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_found_and_what_is_not_there_is_named() {
        assert_eq!(Interface::find("lo").unwrap().name(), "lo");
        let error = Interface::find("nosuch0").unwrap_err().to_string();
        assert!(error.starts_with("nosuch0: there is no interface"), "{error}");
    }
}
