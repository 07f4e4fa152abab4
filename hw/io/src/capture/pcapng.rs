//! Frames of a pcapng file (draft-ietf-opsawg-pcapng): blocks, of which some hold a frame.
//!
//! ```text
//! block   type 4 | total length 4 | body, padded to 4 | total length 4
//! ```
//! Each section sets its byte order and starts its list of interfaces anew. Timestamps are counted in the
//! interface's resolution (if_tsresol, a power of ten or of two, 10^-6 if not given) from 1970 plus
//! if_tsoffset seconds. A simple packet block has no time: it gets that of the frame before.

use pcap_parser::pcapng::{Block, EnhancedPacketBlock, InterfaceDescriptionBlock, OptionCode, SimplePacketBlock};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{EPB_MAGIC, IDB_MAGIC, SHB_MAGIC, SPB_MAGIC, parse_block_be, parse_block_le};

use super::{BLOCK_OCTETS_MAX, Fault, feed::Feed, reader::Span};
use crate::LinkType;

/// Interfaces a section may describe; a file with more is damaged or hostile.
const INTERFACES_MAX: usize = 4_096;
const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const BYTE_ORDER_BIG: [u8; 4] = [0x1a, 0x2b, 0x3c, 0x4d];
const BYTE_ORDER_LITTLE: [u8; 4] = [0x4d, 0x3c, 0x2b, 0x1a];

#[derive(Default)]
pub(super) struct PcapNg {
    big_endian: bool,
    interfaces: Vec<Interface>,
    last_ns: u64,
}

#[derive(Clone, Copy)]
struct Interface {
    link_type: LinkType,
    snap_octets: u32,
    resolution: u8,
    offset_s: i64,
}

impl PcapNg {
    /// Whether these are the first octets of a pcapng file.
    pub(super) fn open(feed: &mut Feed) -> Result<Option<Self>, Fault> {
        feed.fill(SECTION.len())?;
        Ok(feed.data().starts_with(&SECTION).then(Self::default))
    }

    /// The next frame's place in the feed; `None` at the end of the file.
    pub(super) fn next(&mut self, feed: &mut Feed, number: u64) -> Result<Option<Span>, Fault> {
        loop {
            if !feed.fill(12)? {
                let ended = feed.data().is_empty();
                let cut = Fault::Truncated { frame: number, octet: feed.end_offset() };
                return if ended { Ok(None) } else { Err(cut) };
            }
            let octet = feed.offset();
            let damaged = |what| Fault::Damaged { frame: number, octet, what };
            let block_octets = self.block_octets(feed.data(), number, octet)?;
            if !feed.fill(block_octets)? {
                return Err(Fault::Truncated { frame: number, octet: feed.end_offset() });
            }
            let block = feed.data().get(..block_octets).unwrap_or_default();
            if let Some(span) = self.take_block(block).map_err(damaged)? {
                return Ok(Some(Span { block_octets, ..span }));
            }
            feed.take(block_octets);
        }
    }

    /// Length of the block at the start of `data`, which is at least 12 octets.
    fn block_octets(&mut self, data: &[u8], frame: u64, octet: u64) -> Result<usize, Fault> {
        let word = |at: usize| data.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
        if word(0) == SECTION {
            self.big_endian = match word(8) {
                BYTE_ORDER_BIG => true,
                BYTE_ORDER_LITTLE => false,
                _ => return Err(Fault::Damaged { frame, octet, what: "a section without byte order" }),
            };
        }
        let claimed = if self.big_endian { u32::from_be_bytes(word(4)) } else { u32::from_le_bytes(word(4)) };
        if claimed as usize > BLOCK_OCTETS_MAX {
            return Err(Fault::TooLong { frame, octet, claimed_octets: claimed });
        }
        if claimed < 12 || !claimed.is_multiple_of(4) {
            return Err(Fault::Damaged { frame, octet, what: "a block length below 12 or not a multiple of 4" });
        }
        Ok(claimed as usize)
    }

    /// Takes in one whole block; a frame's place in it, if it holds one. Kinds without meaning here (names,
    /// statistics, secrets, whatever comes later) are passed over unread.
    fn take_block(&mut self, block: &[u8]) -> Result<Option<Span>, &'static str> {
        let kind = block.first_chunk::<4>().copied().unwrap_or_default();
        let kind = if self.big_endian { u32::from_be_bytes(kind) } else { u32::from_le_bytes(kind) };
        if ![SHB_MAGIC, IDB_MAGIC, EPB_MAGIC, SPB_MAGIC].contains(&kind) {
            return Ok(None);
        }
        let parse = if self.big_endian { parse_block_be } else { parse_block_le };
        let (_, parsed) = parse(block).map_err(|_| "a block whose contents do not fit its length")?;
        match parsed {
            Block::SectionHeader(_) => self.interfaces.clear(),
            Block::InterfaceDescription(interface) => self.add_interface(&interface)?,
            Block::EnhancedPacket(packet) => return self.enhanced(&packet).map(Some),
            Block::SimplePacket(packet) => return self.simple(&packet).map(Some),
            _ => {}
        }
        Ok(None)
    }

    fn add_interface(&mut self, block: &InterfaceDescriptionBlock<'_>) -> Result<(), &'static str> {
        if self.interfaces.len() >= INTERFACES_MAX {
            return Err("more interfaces than any capture has");
        }
        // The parser reads the offset as little-endian whatever the section says, hence by hand.
        let offset = block.options.iter().find(|option| option.code == OptionCode::IfTsoffset);
        let offset = offset.and_then(|option| option.value.first_chunk::<8>()).copied().unwrap_or_default();
        self.interfaces.push(Interface {
            link_type: LinkType((block.linktype.0 & 0xffff) as u16),
            snap_octets: block.snaplen,
            resolution: block.if_tsresol,
            offset_s: if self.big_endian { i64::from_be_bytes(offset) } else { i64::from_le_bytes(offset) },
        });
        Ok(())
    }

    fn enhanced(&mut self, packet: &EnhancedPacketBlock<'_>) -> Result<Span, &'static str> {
        const HEADER_OCTETS: usize = 28;
        let interface = self.interfaces.get(packet.if_id as usize).copied();
        let interface = interface.ok_or("a frame of an interface that was not described")?;
        let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
        self.last_ns = interface.nanoseconds(ticks);
        Ok(Span {
            block_octets: 0,
            start: HEADER_OCTETS,
            len: packet.packet_data().len(),
            original_octets: packet.origlen,
            timestamp_ns: self.last_ns,
            link_type: interface.link_type,
            interface: packet.if_id,
        })
    }

    fn simple(&self, packet: &SimplePacketBlock<'_>) -> Result<Span, &'static str> {
        const HEADER_OCTETS: usize = 12;
        let interface = self.interfaces.first().ok_or("a simple frame before any interface was described")?;
        let snap = if interface.snap_octets == 0 { usize::MAX } else { interface.snap_octets as usize };
        Ok(Span {
            block_octets: 0,
            start: HEADER_OCTETS,
            len: packet.packet_data().len().min(snap),
            original_octets: packet.origlen,
            timestamp_ns: self.last_ns,
            link_type: interface.link_type,
            interface: 0,
        })
    }
}

impl Interface {
    /// Ticks of this interface in nanoseconds since 1970; what does not fit is the nearest that does.
    fn nanoseconds(&self, ticks: u64) -> u64 {
        const SECOND_NS: u128 = 1_000_000_000;
        let exponent = u32::from(self.resolution & 0x7f);
        let base: u128 = if self.resolution & 0x80 == 0 { 10 } else { 2 };
        // A resolution finer than 10^-38 or 2^-127 leaves no nanosecond of any 64-bit count.
        let units = base.checked_pow(exponent).unwrap_or(u128::MAX);
        let since_offset = u128::from(ticks) * SECOND_NS / units;
        let offset = i128::from(self.offset_s) * SECOND_NS as i128;
        let total = i128::try_from(since_offset).unwrap_or(i128::MAX).saturating_add(offset);
        u64::try_from(total.max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(resolution: u8, offset_s: i64, ticks: u64) -> u64 {
        Interface { link_type: LinkType::ETHERNET, snap_octets: 0, resolution, offset_s }.nanoseconds(ticks)
    }

    #[test]
    fn ticks_become_nanoseconds_in_any_resolution() {
        assert_eq!(at(6, 0, 1_500_000), 1_500_000_000);
        assert_eq!(at(9, 0, 1_500_000_000), 1_500_000_000);
        assert_eq!(at(0, 0, 3), 3_000_000_000);
        assert_eq!(at(0x80 | 1, 0, 3), 1_500_000_000);
        assert_eq!(at(6, -1, 1_500_000), 500_000_000);
        assert_eq!(at(6, 2, 0), 2_000_000_000);
    }

    #[test]
    fn absurd_ticks_resolutions_and_offsets_give_the_nearest_time_there_is() {
        assert_eq!(at(0, 0, u64::MAX), u64::MAX);
        assert_eq!(at(127, 0, u64::MAX), 0);
        assert_eq!(at(0xff, 0, u64::MAX), 0);
        assert_eq!(at(6, i64::MIN, 5), 0);
        assert_eq!(at(6, i64::MAX, u64::MAX), u64::MAX);
    }
}
