//! I-DATA, user data whose fragments may be interleaved with those of other messages.
//!
//! RFC 8260 §2.1. Handles complete messages and fragments (told, not put together).

use super::{Chunk, ChunkKind, DataFlags, Fsn, MessageId, Ppid, StreamId, Tsn};
use crate::{Error, Reason};

/// An I-DATA chunk.
///
/// ```text
///  0    1    2         4                   8         10        12                  16                  20
/// +----+----+---------+-------------------+---------+---------+-------------------+-------------------+---------
/// |0x40|IUBE| length  | TSN               | stream  | reserved| message id        | protocol or number| payload ...
/// +----+----+---------+-------------------+---------+---------+-------------------+-------------------+---------
/// ```
/// The first fragment has the payload protocol identifier, the others their number in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IData<'a> {
    /// Its place in the association.
    pub tsn: Tsn,
    /// Its stream.
    pub sid: StreamId,
    /// The message in the stream; ordered and unordered ones are counted apart.
    pub mid: MessageId,
    /// What the payload is; in the first fragment.
    pub ppid: Option<Ppid>,
    /// Its place in the message; zero in the first fragment.
    pub fsn: Fsn,
    /// Fragmentation and order.
    pub flags: DataFlags,
    /// Where the payload begins, in octets from the start of the packet.
    pub payload_offset: u16,
    /// The message, or a fragment of it; never empty.
    pub payload: &'a [u8],
}

impl<'a> IData<'a> {
    /// Reads an I-DATA chunk.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk; `BadLength` without a payload (RFC 8260 §2.1, as RFC 9260 §3.3.1).
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::IData])?;
        let Some((header, payload)) = chunk.value.split_first_chunk::<16>() else {
            return Err(chunk.error(2, Reason::BadLength));
        };
        if payload.is_empty() {
            return Err(chunk.error(2, Reason::BadLength));
        }
        let [t0, t1, t2, t3, i0, i1, _, _, m0, m1, m2, m3, p0, p1, p2, p3] = *header;
        let flags = DataFlags(chunk.flags);
        let either = u32::from_be_bytes([p0, p1, p2, p3]);
        let (ppid, fsn) = if flags.begins() { (Some(Ppid(either)), Fsn(0)) } else { (None, Fsn(either)) };
        Ok(Self {
            tsn: Tsn(u32::from_be_bytes([t0, t1, t2, t3])),
            sid: StreamId(u16::from_be_bytes([i0, i1])),
            mid: MessageId(u32::from_be_bytes([m0, m1, m2, m3])),
            ppid,
            fsn,
            flags,
            payload_offset: chunk.offset.wrapping_add(HEADER_OCTETS),
            payload,
        })
    }
}

/// Header of the chunk and of I-DATA.
const HEADER_OCTETS: u16 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::octets;
    use crate::sctp::Chunks;

    fn parse(octets: &[u8]) -> Result<IData<'_>, Error> {
        IData::parse(&Chunks::new(octets, 12).next().expect("a chunk").expect("well-formed"))
    }

    #[test]
    fn the_first_fragment_names_the_protocol_and_the_others_their_place() {
        let mut octets = octets("40020016 00000009 00030000 00000004 00000003 99880000");
        let first = parse(&octets).expect("well-formed");
        assert_eq!((first.tsn, first.sid, first.mid), (Tsn(9), StreamId(3), MessageId(4)));
        assert_eq!((first.ppid, first.fsn, first.payload), (Some(Ppid::M3UA), Fsn(0), &[0x99, 0x88][..]));
        assert_eq!(first.payload_offset, 32);
        octets[1] = DataFlags::END;
        let last = parse(&octets).expect("well-formed");
        assert_eq!((last.ppid, last.fsn), (None, Fsn(3)));
        assert!(last.flags.ends() && !last.flags.begins());
    }

    #[test]
    fn refuses_every_truncation_an_empty_payload_and_another_chunk() {
        let whole = octets("40030015 00000009 00030000 00000004 00000003 99000000");
        assert!(parse(&whole).is_ok());
        for length in 4..21u8 {
            let mut cut = whole[..usize::from(length)].to_vec();
            cut[3] = length;
            assert_eq!(parse(&cut), Err(Error::new(Layer::Sctp, 14, Reason::BadLength)), "{length}");
        }
        let mut other = whole;
        other[0] = 0;
        assert_eq!(parse(&other), Err(Error::new(Layer::Sctp, 12, Reason::UnexpectedTag)));
    }
}
