//! The dataplane's side.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::socket_peercred;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen, socket_with,
};
use sluice_abi::command::{Code, REQUEST_OCTETS, Reply, Request};

use super::packet;
use crate::{Cause, Error, durable};

/// So many peers at a time; the one silent for longest gives way to a new one.
pub const PEERS_MAX: usize = 16;
const BACKLOG: i32 = 16;
const SOCKET_MODE: u32 = 0o660;
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// Listens at a path and answers.
#[derive(Debug)]
pub struct Server {
    path: PathBuf,
    identity: (u64, u64),
    listener: OwnedFd,
    peers: Vec<Peer>,
    last: u64,
}

#[derive(Debug)]
struct Peer {
    id: PeerId,
    uid: u32,
    socket: OwnedFd,
}

/// To whom a reply goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerId(u64);

/// A request that has come in.
#[derive(Debug)]
pub struct Incoming {
    /// Who waits for the reply.
    pub peer: PeerId,
    /// User of the process that connected, from the kernel.
    pub uid: u32,
    /// What it asks.
    pub request: Request,
    /// What came along: with a push, the image.
    pub descriptor: Option<OwnedFd>,
}

impl Server {
    /// Listens at `path`, for the owner and the group. A socket that a dead process has left is replaced; one that
    /// somebody listens on is [`Cause::InUse`], and anything else there [`Cause::NotASocket`].
    pub fn bind(path: &Path) -> Result<Self, Error> {
        let bound = check_free(path).and_then(|()| listen_at(path));
        let (listener, identity) = bound.map_err(|cause| Error::new(path, cause))?;
        Ok(Self { path: path.to_owned(), identity, listener, peers: Vec::new(), last: 0 })
    }

    /// The next request, waiting for one up to `timeout`; zero does not wait. It may return early with `None`.
    pub fn next(&mut self, timeout: Duration) -> Result<Option<Incoming>, Error> {
        let ready = self.poll(timeout).map_err(|e| Error::new(&self.path, e))?;
        if ready.first() == Some(&true) {
            self.accept();
        }
        let ids: Vec<_> = self.peers.iter().zip(ready.iter().skip(1)).filter(|(_, r)| **r).map(|(p, _)| p.id).collect();
        Ok(ids.into_iter().find_map(|id| self.receive(id)))
    }

    /// Answers. A peer that has gone, or does not take the answer at once, is let go; `false` then.
    pub fn reply(&mut self, peer: PeerId, reply: &Reply) -> bool {
        let Some(found) = self.peers.iter().find(|p| p.id == peer) else { return false };
        let sent = packet::send(found.socket.as_fd(), &reply.encode(), None).is_ok();
        if !sent {
            self.let_go(peer);
        }
        sent
    }

    /// Whether the listener, then each peer, has something.
    fn poll(&self, timeout: Duration) -> Result<Vec<bool>, Errno> {
        let sockets = std::iter::once(&self.listener).chain(self.peers.iter().map(|peer| &peer.socket));
        let mut polled: Vec<_> = sockets.map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
        let timeout = Timespec::try_from(timeout).ok();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) => Ok(polled.iter().map(|p| !p.revents().is_empty()).collect()),
            Err(Errno::INTR) => Ok(Vec::new()),
            Err(errno) => Err(errno),
        }
    }

    /// Lets one more peer in. A connection that breaks meanwhile is nothing to speak of.
    fn accept(&mut self) {
        let Ok(socket) = accept_with(&self.listener, FLAGS) else { return };
        let Ok(credentials) = socket_peercred(&socket) else { return };
        if self.peers.len() >= PEERS_MAX {
            self.peers.remove(0);
        }
        self.last += 1;
        self.peers.push(Peer { id: PeerId(self.last), uid: credentials.uid.as_raw(), socket });
    }

    fn receive(&mut self, id: PeerId) -> Option<Incoming> {
        let peer = self.peers.iter().find(|peer| peer.id == id)?;
        let uid = peer.uid;
        let mut octets = [0; REQUEST_OCTETS + 1];
        let (length, descriptor) = match packet::receive(peer.socket.as_fd(), &mut octets) {
            Ok((length @ 1.., descriptor)) => (length, descriptor),
            Err(Errno::AGAIN | Errno::INTR) => return None,
            Ok(_) | Err(_) => {
                self.let_go(id);
                return None;
            }
        };
        match Request::decode(octets.get(..length).unwrap_or_default()) {
            Ok(request) => {
                self.put_last(id);
                Some(Incoming { peer: id, uid, request, descriptor })
            }
            Err(error) => {
                self.reply(id, &Reply { code: Code::Refused, version: 0, text: error.to_string() });
                self.let_go(id);
                None
            }
        }
    }

    /// So that a peer that never stops asking does not keep the others from being heard.
    fn put_last(&mut self, id: PeerId) {
        self.peers.sort_by_key(|peer| peer.id == id);
    }

    fn let_go(&mut self, id: PeerId) {
        self.peers.retain(|peer| peer.id != id);
    }
}

impl Drop for Server {
    /// Takes its own socket away, and no other that has come in its place.
    fn drop(&mut self) {
        if identity_of(&self.path).is_ok_and(|found| found == self.identity) {
            drop(fs::remove_file(&self.path));
        }
    }
}

fn check_free(path: &Path) -> Result<(), Cause> {
    let metadata = match fs::symlink_metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !metadata.file_type().is_socket() {
        return Err(Cause::NotASocket);
    }
    let probe = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, FLAGS, None)?;
    match connect(&probe, &SocketAddrUnix::new(path)?) {
        Err(Errno::CONNREFUSED) => Ok(()),
        // A full queue of connections, or a socket of another type: somebody is there.
        Ok(()) | Err(Errno::AGAIN | Errno::PROTOTYPE) => Err(Cause::InUse),
        Err(errno) => Err(errno.into()),
    }
}

/// The socket gets its permissions and listens before it has its name, and takes the place of a dead one at once.
fn listen_at(path: &Path) -> Result<(OwnedFd, (u64, u64)), Cause> {
    let beside = durable::beside(path);
    let listener = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, FLAGS, None)?;
    drop(fs::remove_file(&beside));
    bind(&listener, &SocketAddrUnix::new(&beside)?)?;
    let placed = fs::set_permissions(&beside, fs::Permissions::from_mode(SOCKET_MODE))
        .and_then(|()| Ok(listen(&listener, BACKLOG)?))
        .and_then(|()| durable::rename(&beside, path))
        .and_then(|()| identity_of(path));
    let identity = placed.inspect_err(|_| drop(fs::remove_file(&beside)))?;
    Ok((listener, identity))
}

fn identity_of(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}
