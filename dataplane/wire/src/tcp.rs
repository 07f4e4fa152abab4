//! TCP segments: ports, numbers, flags, and the octets of the stream they carry.
//!
//! RFC 9293 §3.1. Handles the fixed header; options are skipped by the data offset. Does not handle the checksum
//! (it covers addresses, which are not here), urgent data, or putting the stream together.

use crate::sctp::number::serial;
use crate::{Error, Layer, Reason};

serial! {
    /// The number of an octet in a stream of TCP.
    SequenceNumber(u32, i32)
}

/// The control bits of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// The sender has no more octets.
    pub const FIN: u8 = 1;
    /// The sender says with which number its stream begins.
    pub const SYN: u8 = 2;
    /// The connection is given up.
    pub const RST: u8 = 4;
    /// The acknowledgement number counts.
    pub const ACK: u8 = 16;

    /// Whether the stream ends here.
    #[inline]
    pub const fn fin(self) -> bool {
        self.0 & Self::FIN != 0
    }

    /// Whether the stream begins here.
    #[inline]
    pub const fn syn(self) -> bool {
        self.0 & Self::SYN != 0
    }

    /// Whether the connection is given up.
    #[inline]
    pub const fn rst(self) -> bool {
        self.0 & Self::RST != 0
    }

    /// Whether the acknowledgement number counts.
    #[inline]
    pub const fn ack(self) -> bool {
        self.0 & Self::ACK != 0
    }
}

/// A TCP segment.
///
/// ```text
///  0         2         4                   8                   12   13   14        16        18        20
/// +---------+---------+-------------------+-------------------+----+----+---------+---------+---------+------------
/// | source  | dest.   | sequence          | acknowledgement   |DO  |flag| window  | checksum| urgent  | options ...
/// +---------+---------+-------------------+-------------------+----+----+---------+---------+---------+------------
/// ```
/// DO, four bits: where the payload begins, in words of four octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The port it comes from.
    pub source_port: u16,
    /// The port it goes to.
    pub destination_port: u16,
    /// The number of the first octet; of a SYN, the one before it.
    pub sequence: SequenceNumber,
    /// The number of the octet that is expected next, where the flags have ACK.
    pub acknowledgement: SequenceNumber,
    /// The control bits.
    pub flags: Flags,
    /// How many octets the sender can take, before scaling.
    pub window: u16,
    /// Octets of the stream.
    pub payload: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment: the payload of an IP packet.
    ///
    /// # Errors
    /// `Truncated` within the header, `BadLength` where the data offset says less than the fixed part.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        let Some(header) = octets.first_chunk::<20>() else {
            return Err(Error::new(Layer::Tcp, 0, Reason::Truncated));
        };
        let [s0, s1, d0, d1, n0, n1, n2, n3, a0, a1, a2, a3, offset, flags, w0, w1, ..] = *header;
        let header_octets = usize::from(offset >> 4) * 4;
        if header_octets < header.len() {
            return Err(Error::new(Layer::Tcp, 12, Reason::BadLength));
        }
        let Some(payload) = octets.get(header_octets..) else {
            return Err(Error::new(Layer::Tcp, 12, Reason::Truncated));
        };
        Ok(Self {
            source_port: u16::from_be_bytes([s0, s1]),
            destination_port: u16::from_be_bytes([d0, d1]),
            sequence: SequenceNumber(u32::from_be_bytes([n0, n1, n2, n3])),
            acknowledgement: SequenceNumber(u32::from_be_bytes([a0, a1, a2, a3])),
            flags: Flags(flags),
            window: u16::from_be_bytes([w0, w1]),
            payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use proptest::prelude::*;

    /// A SYN with the options maximum segment size and window scale, and a segment with two octets after a timestamp.
    const SYN: &str = "0ad7c350 fffffffe 00000000 7002 ffff 0000 0000 020405b4 01030307";
    const TEXT: &str = "c3500ad7 00000001 ffffffff 8018 0100 0000 0000 0101080a0000000100000002 abcd";

    #[test]
    fn reads_a_segment_and_skips_its_options() {
        let octets = octets(TEXT);
        let expected = Segment {
            source_port: 50_000,
            destination_port: 2775,
            sequence: SequenceNumber(1),
            acknowledgement: SequenceNumber(u32::MAX),
            flags: Flags(0x18),
            window: 256,
            payload: &[0xab, 0xcd],
        };
        assert_eq!(Segment::parse(&octets), Ok(expected));
        assert!(expected.flags.ack() && !expected.flags.syn() && !expected.flags.fin() && !expected.flags.rst());
    }

    #[test]
    fn tells_the_beginning_of_a_stream_and_its_ends() {
        let mut octets = octets(SYN);
        let syn = Segment::parse(&octets).expect("well-formed");
        assert!(syn.flags.syn() && !syn.flags.ack() && syn.payload.is_empty());
        assert_eq!(syn.sequence.plus(2), SequenceNumber(0));
        assert!(syn.sequence.is_before(SequenceNumber(0)));
        octets[13] = 0x05;
        let flags = Segment::parse(&octets).expect("well-formed").flags;
        assert!(flags.fin() && flags.rst());
    }

    #[test]
    fn refuses_every_truncation_of_its_header() {
        let whole = octets(TEXT);
        for length in 0..32 {
            let at = if length < 20 { 0 } else { 12 };
            let error = Error::new(Layer::Tcp, at, Reason::Truncated);
            assert_eq!(Segment::parse(&whole[..length]), Err(error), "{length}");
        }
        assert!(Segment::parse(&whole[..32]).is_ok_and(|segment| segment.payload.is_empty()));
    }

    #[test]
    fn refuses_a_data_offset_within_the_fixed_part() {
        let mut octets = octets(TEXT);
        for words in 0..5u8 {
            octets[12] = words << 4;
            assert_eq!(Segment::parse(&octets), Err(Error::new(Layer::Tcp, 12, Reason::BadLength)), "{words}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(segment) = Segment::parse(&octets) {
                prop_assert!(octets.ends_with(segment.payload));
            }
        }
    }
}
