//! An association over the kernel's SCTP, by its socket interface (RFC 6458).
#![allow(unsafe_code)]

use super::{Association, PPID_M3UA, STREAMS, Statistics};
use anyhow::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddrV4};
use std::os::fd::AsRawFd;
use std::sync::{Mutex, PoisonError};

/// An association.
pub struct Kernel {
    socket: Socket,
    /// The stream is set before each message: one at a time.
    sending: Mutex<()>,
}

impl Kernel {
    /// Opens an association from this side. Where the port is one of its own, the other side knows it by that.
    pub fn connect(local: SocketAddrV4, remote: SocketAddrV4) -> Result<Self> {
        let protocol = Protocol::from(libc::IPPROTO_SCTP);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(protocol)).context("no SCTP in this kernel")?;
        set(&socket, SCTP_INITMSG, &[STREAMS, STREAMS, 0, 0])?;
        // Association, initial, longest, shortest.
        set(&socket, SCTP_RTOINFO, &[0u32, 200, 1000, 200])?;
        set(&socket, SCTP_NODELAY, &[1u32])?;
        socket.bind(&local.into())?;
        socket.connect(&remote.into()).context("no association")?;
        Ok(Self { socket, sending: Mutex::new(()) })
    }
}

impl Association for Kernel {
    fn send(&self, stream: u16, message: &[u8]) -> Result<()> {
        let _one_at_a_time = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        // Stream and flags, payload protocol, context, association.
        set(&self.socket, SCTP_DEFAULT_SNDINFO, &[u32::from(stream).to_le(), PPID_M3UA.to_be(), 0, 0])?;
        self.socket.send(message).context("sending failed")?;
        Ok(())
    }

    fn receive(&self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            match (&self.socket).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) | Ok(0) => return None,
                Ok(len) => return Some(len),
            }
        }
    }

    /// The kernel makes no chunks as short as that (its least is 512 octets), and no message is longer.
    fn fragment(&self, _is_fragmented: bool) -> Result<()> {
        Ok(())
    }

    fn bundle(&self, is_bundled: bool) -> Result<()> {
        set(&self.socket, SCTP_NODELAY, &[u32::from(!is_bundled)])
    }

    fn shut_down(&self) {
        // One that is over already needs none.
        let _over = self.socket.shutdown(Shutdown::Write);
    }

    fn upsets(&self) -> u32 {
        0
    }

    fn statistics(&self) -> Statistics {
        // `struct sctp_assoc_stats`: the association, an address, then words.
        let mut words = [0u64; 32];
        let mut len = size_of_val(&words) as u32;
        // SAFETY: the words live during the call and are as long as is said.
        let code = unsafe {
            let (fd, at) = (self.socket.as_raw_fd(), words.as_mut_ptr().cast());
            libc::getsockopt(fd, libc::IPPROTO_SCTP, SCTP_GET_ASSOC_STATS, at, &mut len)
        };
        if code < 0 {
            return Statistics::default();
        }
        let word = |at: usize| words[at] as u32;
        Statistics {
            packets_received: word(21),
            data_sent: word(26) + word(28),
            data_sent_again: word(22),
            data_received: word(27) + word(29),
            duplicates: word(24),
            ..Statistics::default()
        }
    }
}

const SCTP_RTOINFO: i32 = 0;
const SCTP_INITMSG: i32 = 2;
const SCTP_NODELAY: i32 = 3;
const SCTP_DEFAULT_SNDINFO: i32 = 34;
const SCTP_GET_ASSOC_STATS: i32 = 112;

fn set<const N: usize, T: Copy>(socket: &Socket, option: i32, value: &[T; N]) -> Result<()> {
    // SAFETY: the value lives during the call and is as long as is said.
    let code = unsafe {
        let (fd, len) = (socket.as_raw_fd(), size_of_val(value) as u32);
        libc::setsockopt(fd, libc::IPPROTO_SCTP, option, value.as_ptr().cast(), len)
    };
    if code < 0 { Err(io::Error::last_os_error()).context(format!("socket option {option}")) } else { Ok(()) }
}
