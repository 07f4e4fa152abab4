//! The command socket: requests and replies of [`sluice_abi::command`], one per packet, over a Unix socket of type
//! `SOCK_SEQPACKET`, with at most one descriptor beside a request.
//!
//! The [`Server`] never waits longer than it is told to, so that the housekeeping loop decides its own rhythm; a peer
//! that sends nonsense, or does not take its answers, is let go. The [`Client`] waits, up to a time given to it. Who
//! the peer is says the kernel (`SO_PEERCRED`); what it may ask is the caller's business.
//!
//! Not handled: descriptors in a reply, more than one request of a peer at a time.

mod client;
mod packet;
mod server;

pub use client::{CallError, Client};
pub use server::{Incoming, PEERS_MAX, PeerId, Server};

#[cfg(test)]
mod tests;
