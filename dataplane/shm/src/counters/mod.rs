//! The file of counters: one block per thread that counts, written by that thread alone, read by anyone.
//!
//! ```text
//! octet 0     magic "SLUICEC1"(8)  ABI version(4 LE)  blocks(4 LE)  stride(4 LE)  slots(4 LE)  buckets(4 LE)
//!             CRC32c of all before and of the generation(4 LE)  generation(8 LE)
//! octet 4096  block 0: label(64, UTF-8, zeros behind)  slots × u64  buckets × u64  beats(8)  zeros up to the stride
//!             block 1: …
//! ```
//! Words are in the order of the machine. A block begins on a page of its own, so that no two cores share a line and the page
//! lies in the memory of the core that first counts in it. A value has one writer: it is loaded and stored back, both
//! relaxed, with no locked instruction. A reader sees every value whole, and each at a slightly different moment.
//!
//! A new dataplane puts a new file in the place of the old one, with a generation one higher; a reader that holds the
//! old one sees it with [`CounterReader::reopen_if_replaced`]. Not handled: two writers of one path at a time.

mod file;
mod reader;

pub use file::{Block, CounterFile, Unplaced};
pub use reader::{BlockSnapshot, CounterReader, Snapshot};

use sluice_abi::ABI_VERSION;
use sluice_abi::counters::SLOTS;
use sluice_abi::histogram::BUCKETS;
use sluice_wire::crc32c::crc32c;

use crate::Cause;

/// A file never has more blocks than this.
pub const BLOCKS_MAX: usize = 1024;
/// A label is cut to this length.
pub const LABEL_OCTETS_MAX: usize = 64;

const MAGIC: [u8; 8] = *b"SLUICEC1";
const PAGE: usize = 4096;
/// Where the slots begin in a block; the buckets follow them.
const SLOTS_AT: usize = LABEL_OCTETS_MAX;
const BUCKETS_AT: usize = SLOTS_AT + SLOTS * 8;
/// Behind the buckets: how often the thread has come round.
const BEATS_AT: usize = BUCKETS_AT + BUCKETS * 8;
const STRIDE: usize = (BEATS_AT + 8).next_multiple_of(PAGE);
const HEADER_OCTETS: usize = 40;

/// What the header says that is not the same in every file of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    blocks: usize,
    generation: u64,
}

impl Header {
    fn encode(self) -> [u8; HEADER_OCTETS] {
        let mut out = [0; HEADER_OCTETS];
        let numbers = [ABI_VERSION, self.blocks as u32, STRIDE as u32, SLOTS as u32, BUCKETS as u32];
        let checksum = checksum(&numbers, self.generation);
        let octets = MAGIC.into_iter().chain(numbers.into_iter().chain([checksum]).flat_map(u32::to_le_bytes));
        for (to, from) in out.iter_mut().zip(octets.chain(self.generation.to_le_bytes())) {
            *to = from;
        }
        out
    }

    fn parse(octets: &[u8; HEADER_OCTETS]) -> Result<Self, Cause> {
        let (magic, rest) = octets.split_first_chunk::<8>().ok_or(Cause::Short)?;
        let (numbers, generation) = rest.split_first_chunk::<24>().ok_or(Cause::Short)?;
        let generation = u64::from_le_bytes(generation.try_into().map_err(|_| Cause::Short)?);
        let word = |i: usize| numbers.as_chunks::<4>().0.get(i).map_or(0, |w| u32::from_le_bytes(*w));
        let said = [word(0), word(1), word(2), word(3), word(4)];
        let [version, blocks, layout @ ..] = said;
        if *magic != MAGIC {
            return Err(Cause::Magic);
        }
        if version != ABI_VERSION {
            return Err(Cause::Version(version));
        }
        let ours = layout == [STRIDE as u32, SLOTS as u32, BUCKETS as u32];
        if !ours || blocks as usize > BLOCKS_MAX || word(5) != checksum(&said, generation) {
            return Err(Cause::Header);
        }
        Ok(Self { blocks: blocks as usize, generation })
    }

    /// Length of a file with this header.
    fn file_octets(self) -> usize {
        PAGE + self.blocks * STRIDE
    }
}

fn checksum(numbers: &[u32; 5], generation: u64) -> u32 {
    let mut octets = [0; 28];
    let from = numbers.iter().flat_map(|n| n.to_le_bytes()).chain(generation.to_le_bytes());
    octets.iter_mut().zip(from).for_each(|(to, from)| *to = from);
    crc32c(&octets)
}

const fn block_at(index: usize) -> usize {
    PAGE + index * STRIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back_and_every_flipped_bit_is_noticed() {
        let header = Header { blocks: 3, generation: 9 };
        let octets = header.encode();
        assert_eq!(Header::parse(&octets), Ok(header));
        for bit in 0..HEADER_OCTETS * 8 {
            let mut flipped = octets;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::parse(&flipped).is_err(), "bit {bit}");
        }
        let mut other = octets;
        other[8] ^= 2;
        assert_eq!(Header::parse(&other), Err(Cause::Version(ABI_VERSION ^ 2)));
    }
}
