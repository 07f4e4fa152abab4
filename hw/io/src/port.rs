//! A port: burst in, burst out. One value per receive queue, owned by one poll core.

use crate::{Burst, Frame, FrameMeta};

/// What a port has done since it was opened. Numbers only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortStats {
    /// Frames given to the caller.
    pub rx_frames: u64,
    /// Octets of those frames.
    pub rx_octets: u64,
    /// Frames the port has lost before the caller could take them: ring full, queue full.
    pub rx_missed: u64,
    /// Frames the port could not take for want of a buffer.
    pub rx_no_buffer: u64,
    /// Frames that came damaged or longer than a buffer.
    pub rx_errors: u64,
    /// Frames sent.
    pub tx_frames: u64,
    /// Octets of those frames.
    pub tx_octets: u64,
    /// Frames given back to the caller because the port could not take them now. A frame offered twice is
    /// counted twice.
    pub tx_refused: u64,
    /// Frames the port took and could not send.
    pub tx_errors: u64,
}

/// One queue of frames in and one out. Nothing here waits or allocates.
pub trait Port: Send {
    /// What this port's frames are. Two ports of one wire have the same.
    type Frame: Frame;

    /// The name the configuration gave it.
    fn name(&self) -> &str;

    /// Adds frames that have arrived to the end of `into`, no more than it has room for. Says how many.
    fn receive(&mut self, into: &mut Burst<Self::Frame>) -> usize;

    /// Sends frames from the start of `frames` and says how many. Those it could not take stay in the
    /// burst, in order: the caller tries again, or drops and counts them.
    fn send(&mut self, frames: &mut Burst<Self::Frame>) -> usize;

    /// A frame of our own with these octets, in a buffer this port can send; `None` if there is no buffer
    /// left or the octets do not fit into one.
    fn make(&mut self, octets: &[u8], meta: FrameMeta) -> Option<Self::Frame>;

    /// Frees every frame of the burst at once.
    fn release(&mut self, frames: &mut Burst<Self::Frame>) {
        frames.clear();
    }

    /// Whether nothing will ever come again: the end of a file. Ask after an empty `receive`.
    fn is_exhausted(&self) -> bool {
        false
    }

    /// What this queue has done.
    fn stats(&self) -> PortStats;
}
