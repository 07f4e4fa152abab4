//! What the chunks of a packet say together, read in one walk.

use sluice_wire::sctp::{ChunkKind, Init, Packet};

/// The chunks of a packet, up to the first broken one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contents {
    /// One bit for each kind of RFC 9260, by number, and one for I-DATA.
    kinds: u32,
    count: u16,
    /// The tag that a well-formed INIT or INIT ACK gives; zero, which no tag is, for one that is not.
    pub(super) initiate_tag: u32,
    /// Whether an ABORT or SHUTDOWN COMPLETE has the tag of the other direction (RFC 9260 §8.5.1).
    pub(super) is_reflected: bool,
    /// Whether a chunk is of a forbidden kind.
    pub(super) is_forbidden: bool,
}

impl Contents {
    #[inline(always)]
    pub(super) fn of(packet: &Packet<'_>, forbidden: &KindSet) -> Self {
        let mut contents = Self { kinds: 0, count: 0, initiate_tag: 0, is_reflected: false, is_forbidden: false };
        for chunk in packet.chunks().map_while(Result::ok) {
            contents.count += 1;
            contents.kinds |= bit(chunk.kind());
            contents.is_forbidden |= forbidden.has(chunk.kind());
            match chunk.kind() {
                ChunkKind::Init | ChunkKind::InitAck => contents.initiate_tag = Init::parse(&chunk).map_or(0, tag_of),
                ChunkKind::Abort | ChunkKind::ShutdownComplete => contents.is_reflected |= chunk.flags & REFLECTED != 0,
                _ => {}
            }
        }
        contents
    }

    /// Whether there is a chunk of this kind, which is one of RFC 9260.
    #[inline]
    pub(super) const fn has(&self, kind: ChunkKind) -> bool {
        self.kinds & bit(kind) != 0
    }

    /// Whether there is one of the kinds that are alone in their packet, and is not (RFC 9260 §6.10).
    pub(super) const fn is_bundled_wrongly(&self) -> bool {
        let alone = bit(ChunkKind::Init) | bit(ChunkKind::InitAck) | bit(ChunkKind::ShutdownComplete);
        self.count > 1 && self.kinds & alone != 0
    }

    /// Whether there is DATA or I-DATA.
    pub(super) const fn has_data(&self) -> bool {
        self.kinds & (bit(ChunkKind::Data) | bit(ChunkKind::IData)) != 0
    }

    /// Whether it ends an association.
    #[inline]
    pub(super) const fn is_reset(&self) -> bool {
        self.kinds & (bit(ChunkKind::Abort) | bit(ChunkKind::ShutdownComplete)) != 0
    }

    /// Whether there is no chunk.
    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// RFC 9260 §3.3.2: no tag is zero, and there is a stream each way.
const fn tag_of(init: Init<'_>) -> u32 {
    if init.outbound_streams == 0 || init.inbound_streams == 0 { 0 } else { init.initiate_tag.0 }
}

const fn bit(kind: ChunkKind) -> u32 {
    match kind.number() {
        0x40 => 1 << 31,
        number @ 0..=15 => 1 << number,
        _ => 0,
    }
}

/// Whether chunks of a kind may be forbidden: those of RFC 9260 and those that carry, authenticate or give up data may not, for
/// no association would outlive it.
pub fn may_be_forbidden(kind: ChunkKind) -> bool {
    let needed = [ChunkKind::IData, ChunkKind::ForwardTsn, ChunkKind::IForwardTsn];
    kind.number() > ChunkKind::Auth.number() && !needed.contains(&kind)
}

/// Kinds of chunks.
pub(super) struct KindSet([u64; 4]);

impl KindSet {
    pub(super) fn new(numbers: &[u8]) -> Self {
        let mut words = [0; 4];
        for number in numbers {
            words[usize::from(number >> 6)] |= 1 << (number & 63);
        }
        Self(words)
    }

    #[inline(always)]
    const fn has(&self, kind: ChunkKind) -> bool {
        let number = kind.number();
        self.0[(number >> 6) as usize] >> (number & 63) & 1 != 0
    }
}

/// The T bit of ABORT and SHUTDOWN COMPLETE.
const REFLECTED: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chunks: &[u8]) -> Contents {
        let octets = [&[0; 12], chunks].concat();
        Contents::of(&Packet::parse(&octets).expect("a header"), &KindSet::new(&[0x80, 0xc1]))
    }

    #[test]
    fn tells_what_stands_alone_and_what_does_not() {
        assert!(!of(&[14, 0, 0, 4]).is_bundled_wrongly());
        assert!(of(&[14, 0, 0, 4, 11, 0, 0, 4]).is_bundled_wrongly());
        assert!(!of(&[10, 0, 0, 4, 11, 0, 0, 4]).is_bundled_wrongly());
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn an_init_without_streams_or_tag_gives_no_tag() {
        let init =
            |tag, streams| of(&[1, 0, 0, 20, 0, 0, 0, tag, 0, 1, 0, 0, 0, streams, 0, 9, 0, 0, 0, 1]).initiate_tag;
        assert_eq!((init(7, 1), init(7, 0), init(0, 1)), (7, 0, 0));
        assert_eq!(of(&[1, 0, 0, 8, 0, 0, 0, 7]).initiate_tag, 0, "cut short");
    }

    #[test]
    fn what_every_association_needs_may_not_be_forbidden() {
        let free = ChunkKind::ALL.iter().filter(|kind| may_be_forbidden(**kind)).map(|kind| kind.name());
        assert_eq!(free.collect::<Vec<_>>(), ["ASCONF_ACK", "RE_CONFIG", "PAD", "ASCONF"]);
    }

    #[test]
    fn finds_a_reset_and_a_forbidden_chunk_wherever_they_stand() {
        let contents = of(&[0x80, 0, 0, 4, 6, 1, 0, 4]);
        assert!(contents.is_forbidden && contents.is_reset() && contents.is_reflected && !contents.has_data());
        assert!(!of(&[0x81, 0, 0, 4]).is_forbidden);
        assert!(of(&[0x40, 0, 0, 4]).has_data());
        assert!(!of(&[6, 0, 0, 9]).is_reset(), "broken");
    }
}
