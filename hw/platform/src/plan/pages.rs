//! Packet buffers and the huge pages they lie in, on each node that has a port.

use super::{Pages, Wanted};
use crate::Machine;
use crate::draw::octets;
use crate::machine::Node;

const MEBIBYTE: u64 = 1 << 20;
/// A buffer with the mbuf, its head room and the mempool's own header.
const FRAME_OCTETS: u64 = 2_048 + 3 * 128;
/// What DPDK needs beside buffers: rings, queues, tables of its own.
const OF_DPDK: u64 = 128 * MEBIBYTE;

/// What a queue may hold at once: its ring for receiving is full of empty buffers, its ring for sending of full ones.
const FRAMES_OF_QUEUE: u32 = 2 * 1_024;
/// Frames in the caches of poll cores and between them.
const FRAMES_ON_THE_WAY: u32 = 2 * 1_024;

/// As many as were wanted, or as the busiest node needs to keep every ring of its cards full.
pub(super) fn frames(machine: &Machine, wanted: &Wanted) -> u32 {
    let of_node = |node: u32| {
        let ports = wanted.lines.iter().flat_map(|line| line.cards.iter().map(|card| (card, line.queues)));
        let here = ports.filter(|(card, _)| machine.node_of_card(card).unwrap_or(node) == node);
        here.map(|(_, queues)| u32::from(queues) * FRAMES_OF_QUEUE).sum::<u32>()
    };
    let need = wanted.nodes(machine).into_iter().map(of_node).max().unwrap_or_default() + FRAMES_ON_THE_WAY;
    // A mempool wastes nothing where it has one less than a power of two.
    if need <= wanted.frames { wanted.frames } else { (need + 1).next_power_of_two() - 1 }
}

pub(super) fn of(machine: &Machine, wanted: &Wanted, frames: u32) -> (Vec<Pages>, Vec<String>) {
    let need = u64::from(frames) * FRAME_OCTETS + OF_DPDK;
    let nodes = wanted.nodes(machine);
    let nodes = machine.nodes.iter().filter(|node| nodes.contains(&node.number));
    let pages: Vec<Pages> = nodes.filter_map(|node| on(node, need)).collect();
    let why = pages.first().map(|pages| {
        format!(
            "each node with a port has {} MiB for {} frames and {} MiB for DPDK, in pages of {}: its cards write there",
            (need - OF_DPDK).div_ceil(MEBIBYTE),
            frames,
            OF_DPDK / MEBIBYTE,
            octets(pages.octets),
        )
    });
    (pages, why.into_iter().collect())
}

/// The largest pages of which no more than half of one is left over. None where the kernel has no huge pages.
fn on(node: &Node, need: u64) -> Option<Pages> {
    let sizes = node.huge_pages.iter().map(|pages| pages.octets).filter(|octets| *octets > 0);
    let fits = |octets: &u64| need.div_ceil(*octets) * octets <= need + octets / 2;
    let octets = sizes.clone().filter(fits).max().or_else(|| sizes.min())?;
    Some(Pages { node: node.number, octets, count: need.div_ceil(octets) })
}

impl Pages {
    /// All of them together.
    pub(super) const fn all(&self) -> u64 {
        self.octets.saturating_mul(self.count)
    }
}
