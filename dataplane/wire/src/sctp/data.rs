//! DATA, the chunk that carries everything else.
//!
//! RFC 9260 §3.3.1. Handles complete messages and fragments (told, not put together); I-DATA is another chunk.

use super::{Chunk, ChunkKind, Ppid, StreamId, StreamSeq, Tsn};
use crate::octets::Sink;
use crate::{Error, Layer, Reason};

/// The flags of a DATA chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DataFlags(pub u8);

impl DataFlags {
    /// The last fragment of a message, or all of it.
    pub const END: u8 = 1;
    /// The first fragment of a message, or all of it.
    pub const BEGIN: u8 = 2;
    /// Delivered without regard to the stream sequence number.
    pub const UNORDERED: u8 = 4;
    /// To be acknowledged at once (RFC 7053).
    pub const IMMEDIATE: u8 = 8;

    /// Whether a message begins here.
    #[inline]
    pub const fn begins(self) -> bool {
        self.0 & Self::BEGIN != 0
    }

    /// Whether a message ends here.
    #[inline]
    pub const fn ends(self) -> bool {
        self.0 & Self::END != 0
    }

    /// Whether this is a whole message.
    #[inline]
    pub const fn is_whole(self) -> bool {
        self.0 & (Self::BEGIN | Self::END) == Self::BEGIN | Self::END
    }

    /// Whether the message is outside the order of its stream.
    #[inline]
    pub const fn is_unordered(self) -> bool {
        self.0 & Self::UNORDERED != 0
    }

    /// Whether the sender wants its acknowledgement at once.
    #[inline]
    pub const fn is_immediate(self) -> bool {
        self.0 & Self::IMMEDIATE != 0
    }
}

/// A DATA chunk.
///
/// ```text
///  0    1    2         4                   8         10        12                  16
/// +----+----+---------+-------------------+---------+---------+-------------------+---------
/// | 0  |IUBE| length  | TSN               | stream  | seq.    | payload protocol  | payload ...
/// +----+----+---------+-------------------+---------+---------+-------------------+---------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<'a> {
    /// Its place in the association.
    pub tsn: Tsn,
    /// Its stream.
    pub sid: StreamId,
    /// Its place in the stream.
    pub ssn: StreamSeq,
    /// What the payload is.
    pub ppid: Ppid,
    /// Fragmentation and order.
    pub flags: DataFlags,
    /// Where the payload begins, in octets from the start of the packet.
    pub payload_offset: u16,
    /// The message, or a fragment of it; never empty.
    pub payload: &'a [u8],
}

impl<'a> Data<'a> {
    /// Reads a DATA chunk.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk; `BadLength` without a payload (RFC 9260 §3.3.1: at least 17 octets).
    #[inline(always)]
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        if chunk.kind() != ChunkKind::Data {
            return Err(chunk.error(0, Reason::UnexpectedTag));
        }
        let Some((header, payload)) = chunk.value.split_first_chunk::<12>() else {
            return Err(chunk.error(2, Reason::BadLength));
        };
        if payload.is_empty() {
            return Err(chunk.error(2, Reason::BadLength));
        }
        let [t0, t1, t2, t3, i0, i1, s0, s1, p0, p1, p2, p3] = *header;
        Ok(Self {
            tsn: Tsn(u32::from_be_bytes([t0, t1, t2, t3])),
            sid: StreamId(u16::from_be_bytes([i0, i1])),
            ssn: StreamSeq(u16::from_be_bytes([s0, s1])),
            ppid: Ppid(u32::from_be_bytes([p0, p1, p2, p3])),
            flags: DataFlags(chunk.flags),
            payload_offset: chunk.offset.wrapping_add(HEADER_OCTETS),
            payload,
        })
    }

    /// Writes the chunk with its padding to the start of `out` and returns how many octets that took.
    ///
    /// # Errors
    /// `Truncated` where `out` is too small, `BadLength` where the payload is empty or beyond 65,519 octets.
    pub fn emit(&self, out: &mut [u8]) -> Result<usize, Error> {
        let bad_length = Error::new(Layer::Sctp, 2, Reason::BadLength);
        let length = u16::try_from(self.payload.len()).ok().and_then(|octets| octets.checked_add(HEADER_OCTETS));
        let length = length.filter(|_| !self.payload.is_empty()).ok_or(bad_length)?;
        let mut sink = Sink::new(Layer::Sctp, out);
        sink.put(&[ChunkKind::Data.number(), self.flags.0])?;
        sink.put(&length.to_be_bytes())?;
        sink.put(&self.tsn.0.to_be_bytes())?;
        sink.put(&self.sid.0.to_be_bytes())?;
        sink.put(&self.ssn.0.to_be_bytes())?;
        sink.put(&self.ppid.0.to_be_bytes())?;
        sink.put(self.payload)?;
        sink.pad_to_4()?;
        Ok(sink.len_octets())
    }
}

/// Header of the chunk and of DATA.
const HEADER_OCTETS: u16 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use crate::sctp::Packet;
    use crate::sctp::chunk::sole_chunk;
    use proptest::prelude::*;

    #[test]
    fn reads_a_chunk_from_a_capture() {
        let frame = octets(samples::M2PA_SLL_FRAME);
        let packet = Packet::parse(&frame[36..]).expect("well-formed");
        let chunk = packet.chunks().next().expect("a chunk").expect("well-formed");
        let data = Data::parse(&chunk).expect("well-formed");
        assert_eq!((data.tsn, data.sid, data.ssn), (Tsn(0x8f4d_3e27), StreamId(1), StreamSeq(0)));
        assert_eq!((data.ppid, data.payload_offset), (Ppid::M2PA, 28));
        assert!(data.flags.is_whole() && !data.flags.is_unordered() && !data.flags.is_immediate());
        assert_eq!(data.payload, &frame[64..]);
    }

    #[test]
    fn tells_fragments_apart() {
        let flags = [DataFlags(DataFlags::BEGIN), DataFlags(0), DataFlags(DataFlags::END)];
        assert_eq!(flags.map(DataFlags::begins), [true, false, false]);
        assert_eq!(flags.map(DataFlags::ends), [false, false, true]);
        assert_eq!(flags.map(DataFlags::is_whole), [false; 3]);
        assert!(DataFlags(12).is_unordered() && DataFlags(12).is_immediate());
    }

    #[test]
    fn refuses_every_truncation_and_an_empty_payload() {
        let whole = octets("0003001100000001000200030000000399000000");
        assert!(Data::parse(&sole_chunk(&whole)).is_ok());
        for length in 4..17u8 {
            let mut cut = whole[..usize::from(length)].to_vec();
            cut[3] = length;
            assert_eq!(Data::parse(&sole_chunk(&cut)), Err(Error::new(Layer::Sctp, 2, Reason::BadLength)));
        }
    }

    #[test]
    fn refuses_another_chunk() {
        let other = octets("4003001100000001000200030000000399000000");
        assert_eq!(Data::parse(&sole_chunk(&other)), Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
    }

    #[test]
    fn refuses_to_write_an_empty_payload_one_too_long_and_beyond_the_place() {
        let whole = octets("0003001100000001000200030000000399000000");
        let data = Data::parse(&sole_chunk(&whole)).expect("well-formed");
        let refused =
            |payload: &[u8], place: &mut [u8]| Data { payload, ..data }.emit(place).map_err(|error| error.reason);
        assert_eq!(refused(&[], &mut [0; 32]), Err(Reason::BadLength));
        assert_eq!(refused(&vec![0; 65_520], &mut [0; 32]), Err(Reason::BadLength));
        assert_eq!(refused(&[1], &mut [0; 19]), Err(Reason::Truncated));
        assert_eq!(refused(&[1], &mut [0; 20]), Ok(20));
    }

    proptest! {
        #[test]
        fn what_was_written_reads_the_same(tsn: u32, sid: u16, ssn: u16, ppid: u32, flags in 0u8..16, payload in proptest::collection::vec(any::<u8>(), 1..60)) {
            let data = Data { tsn: Tsn(tsn), sid: StreamId(sid), ssn: StreamSeq(ssn), ppid: Ppid(ppid), flags: DataFlags(flags), payload_offset: 16, payload: &payload };
            let mut out = [0xff; 80];
            let written = data.emit(&mut out).expect("fits");
            prop_assert_eq!(written % 4, 0);
            prop_assert_eq!(Data::parse(&sole_chunk(&out[..written])), Ok(data));
        }
    }
}
