//! INIT and INIT ACK, which open an association.
//!
//! RFC 9260 §3.3.2, §3.3.3. Handles the fixed part: tags, streams, first TSN. Does not handle the parameters
//! (addresses, cookie, supported extensions).

use super::{Chunk, ChunkKind, Tsn, VerificationTag};
use crate::{Error, Reason};

/// The fixed part of an INIT or INIT ACK.
///
/// ```text
///  0         4                   8                   12        14        16                  20
/// +---------+-------------------+-------------------+---------+---------+-------------------+------------
/// | header  | initiate tag      | receiver window   | out     | in      | first TSN         | parameters ...
/// +---------+-------------------+-------------------+---------+---------+-------------------+------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Init<'a> {
    /// The verification tag of every packet to the sender of this.
    pub initiate_tag: VerificationTag,
    /// How many octets the sender of this can take.
    pub receiver_window_octets: u32,
    /// How many streams it wants to send on.
    pub outbound_streams: u16,
    /// How many it can receive on.
    pub inbound_streams: u16,
    /// The TSN of its first DATA.
    pub initial_tsn: Tsn,
    /// The parameters, unread.
    pub parameters: &'a [u8],
}

impl<'a> Init<'a> {
    /// Reads an INIT or INIT ACK.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk, `BadLength` within the fixed part.
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Init, ChunkKind::InitAck])?;
        let Some((header, parameters)) = chunk.value.split_first_chunk::<16>() else {
            return Err(chunk.error(2, Reason::BadLength));
        };
        let [g0, g1, g2, g3, w0, w1, w2, w3, o0, o1, i0, i1, t0, t1, t2, t3] = *header;
        Ok(Self {
            initiate_tag: VerificationTag(u32::from_be_bytes([g0, g1, g2, g3])),
            receiver_window_octets: u32::from_be_bytes([w0, w1, w2, w3]),
            outbound_streams: u16::from_be_bytes([o0, o1]),
            inbound_streams: u16::from_be_bytes([i0, i1]),
            initial_tsn: Tsn(u32::from_be_bytes([t0, t1, t2, t3])),
            parameters,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::{self, octets};
    use crate::sctp::{Chunks, Packet};

    #[test]
    fn reads_a_chunk_from_a_capture() {
        let whole = octets(samples::INIT_PACKET);
        let packet = Packet::parse(&whole).expect("well-formed");
        let chunk = packet.chunks().next().expect("a chunk").expect("well-formed");
        let expected = Init {
            initiate_tag: VerificationTag(0x73cf_256d),
            receiver_window_octets: 65_536,
            outbound_streams: 16,
            inbound_streams: 16,
            initial_tsn: Tsn(0x8f4d_3e27),
            parameters: &[],
        };
        assert_eq!(Init::parse(&chunk), Ok(expected));
        assert_eq!(packet.verification_tag(), VerificationTag(0));
    }

    #[test]
    fn refuses_every_truncation_and_another_chunk() {
        let whole = octets(samples::INIT_PACKET)[12..].to_vec();
        for length in 4..20u8 {
            let mut cut = whole[..usize::from(length)].to_vec();
            cut[3] = length;
            let chunk = Chunks::new(&cut, 12).next().expect("a chunk").expect("well-formed");
            assert_eq!(Init::parse(&chunk), Err(Error::new(Layer::Sctp, 14, Reason::BadLength)));
        }
        let chunk = Chunks::new(&[11, 0, 0, 4], 12).next().expect("a chunk").expect("well-formed");
        assert_eq!(Init::parse(&chunk), Err(Error::new(Layer::Sctp, 12, Reason::UnexpectedTag)));
    }
}
