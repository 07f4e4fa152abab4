//! The control side's side.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use sluice_abi::command::{CommandError, REPLY_OCTETS_MAX, Reply, Request};

use super::packet;
use crate::{Cause, Error};

/// A connection to a dataplane.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    socket: OwnedFd,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The socket failed: no dataplane listens, it has gone, or it has not answered in time.
    Socket(Error),
    /// The answer is not understood.
    Answer(CommandError),
}

impl Client {
    /// Connects. No call, nor this one, waits longer than `timeout`, which must not be zero.
    pub fn connect(path: &Path, timeout: Duration) -> Result<Self, Error> {
        let connected = open(path, timeout).map_err(|errno| Error::new(path, errno))?;
        Ok(Self { path: path.to_owned(), socket: connected })
    }

    /// Asks, with a descriptor beside it or without, and waits for the answer.
    ///
    /// After an error the connection is of no use any more: a late answer would be taken for that to another request.
    pub fn ask(&mut self, request: &Request, descriptor: Option<BorrowedFd<'_>>) -> Result<Reply, CallError> {
        let failed = |errno: Errno| CallError::Socket(Error::new(&self.path, timed_out(errno)));
        packet::send(self.socket.as_fd(), &request.encode(), descriptor).map_err(failed)?;
        let mut octets = vec![0; REPLY_OCTETS_MAX];
        let (length, _closed) = packet::receive(self.socket.as_fd(), &mut octets).map_err(failed)?;
        match octets.get(..length) {
            Some([]) | None => Err(failed(Errno::CONNRESET)),
            Some(reply) => Reply::decode(reply).map_err(CallError::Answer),
        }
    }

    /// Waits until the other side has closed the connection, as it does at its end. What it still says is not heard.
    pub fn wait_for_end(self) -> Result<(), Error> {
        let mut octets = vec![0; REPLY_OCTETS_MAX];
        loop {
            match packet::receive(self.socket.as_fd(), &mut octets) {
                Ok((0, _)) | Err(Errno::CONNRESET) => return Ok(()),
                Ok(_) => {}
                Err(errno) => return Err(Error::new(&self.path, timed_out(errno))),
            }
        }
    }
}

fn open(path: &Path, timeout: Duration) -> Result<OwnedFd, Errno> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    set_socket_timeout(&socket, Timeout::Send, Some(timeout))?;
    set_socket_timeout(&socket, Timeout::Recv, Some(timeout))?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

/// The kernel says "try again" when the time of a waiting call has passed.
fn timed_out(errno: Errno) -> Cause {
    if errno == Errno::AGAIN { Errno::TIMEDOUT.into() } else { errno.into() }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Socket(error) => error.fmt(f),
            Self::Answer(error) => write!(f, "the answer is not understood: {error}"),
        }
    }
}

impl std::error::Error for CallError {}
