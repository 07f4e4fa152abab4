//! Associations, over one stack or another.
//!
//! | stack | where | faults |
//! |---|---|---|
//! | [`Userland`]: libusrsctp | anywhere | drawn from a seed, below SCTP |
//! | [`Kernel`]: Linux | where the kernel has SCTP | those of the network |

mod kernel;
mod userland;

pub use kernel::Kernel;
pub use userland::{Userland, start};

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// An association that is open.
pub trait Association: Send + Sync {
    /// Sends a user message by a stream; waits while there is no room.
    fn send(&self, stream: u16, message: &[u8]) -> Result<()>;
    /// Waits for a user message; gives its length, or nothing when the association is over.
    fn receive(&self, buffer: &mut [u8]) -> Option<usize>;
    /// Sends the next messages in several chunks, or whole.
    fn fragment(&self, is_fragmented: bool) -> Result<()>;
    /// Lets the next messages wait for others (Nagle), or not.
    fn bundle(&self, is_bundled: bool) -> Result<()>;
    /// No more is sent; what has been is delivered first.
    fn shut_down(&self);
    /// How often the association was lost or restarted.
    fn upsets(&self) -> u32;
    /// What has been counted.
    fn statistics(&self) -> Statistics;
}

/// What a stack has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Associations that were aborted.
    pub aborted: u32,
    /// Associations that were restarted.
    pub restarted: u32,
    /// Packets received.
    pub packets_received: u32,
    /// DATA chunks sent, repetitions not counted.
    pub data_sent: u32,
    /// DATA chunks sent again.
    pub data_sent_again: u32,
    /// Of them, those sent again before a timer ended.
    pub fast: u32,
    /// Ends of the timer T3.
    pub timeouts: u32,
    /// DATA chunks received.
    pub data_received: u32,
    /// DATA chunks received again.
    pub duplicates: u32,
    /// Packets with a wrong checksum.
    pub bad_checksums: u32,
    /// Packets for no association.
    pub out_of_the_blue: u32,
}

/// Streams of both directions: 16 lanes and the one of management.
const STREAMS: u16 = 17;
const PPID_M3UA: u32 = 3;
