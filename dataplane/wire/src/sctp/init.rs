//! INIT and INIT ACK, which open an association.
//!
//! RFC 9260 §3.3.2, §3.3.3. Handles the fixed part (tags, streams, first TSN) and, of the parameters, the addresses
//! and what says which extensions the sender understands. The others are walked by [`Init::list`] and named.

use super::{Chunk, ChunkKind, ParameterKind, Parameters, Tsn, VerificationTag};
use crate::ip::Address;
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
    /// Where they begin, in octets from the start of the packet.
    pub parameters_offset: u16,
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
            parameters_offset: chunk.offset.wrapping_add(FIXED_OCTETS),
        })
    }

    /// The parameters, one by one.
    pub const fn list(&self) -> Parameters<'a> {
        Parameters::new(self.parameters, self.parameters_offset)
    }

    /// The chunks of extensions that the sender understands (RFC 5061 §4.2.7).
    pub fn supported_extensions(&self) -> impl Iterator<Item = ChunkKind> + use<'a> {
        let found = self.list().find(ParameterKind::SupportedExtensions);
        found.map(|found| found.value()).unwrap_or_default().iter().map(|number| ChunkKind::from_number(*number))
    }

    /// Whether the sender understands FORWARD TSN (RFC 3758 §3.1; or RFC 5061 §4.2.7).
    pub fn supports_forward_tsn(&self) -> bool {
        self.list().find(ParameterKind::ForwardTsnSupported).is_some()
            || self.supported_extensions().any(|kind| kind == ChunkKind::ForwardTsn)
    }

    /// Whether the sender can interleave messages, with I-DATA instead of DATA (RFC 8260 §2.2.1).
    pub fn supports_i_data(&self) -> bool {
        self.supported_extensions().any(|kind| kind == ChunkKind::IData)
    }

    /// What the sender says the layer above is (RFC 5061 §4.2.6).
    pub fn adaptation(&self) -> Option<u32> {
        self.number_in(ParameterKind::AdaptationIndication)
    }

    /// The method of error detection under which the sender takes packets whose checksum is zero (RFC 9653 §4).
    pub fn zero_checksum_method(&self) -> Option<u32> {
        self.number_in(ParameterKind::ZeroChecksumAcceptable)
    }

    /// The addresses of the sender besides the one of the packet.
    pub fn addresses(&self) -> impl Iterator<Item = Address> + use<'a> {
        self.list().flatten().filter_map(|parameter| parameter.address())
    }

    fn number_in(&self, kind: ParameterKind) -> Option<u32> {
        self.list().find(kind).and_then(|found| found.value().try_into().ok()).map(u32::from_be_bytes)
    }
}

/// Header of the chunk and the fixed part.
const FIXED_OCTETS: u16 = 20;

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
            parameters_offset: 32,
        };
        assert_eq!(Init::parse(&chunk), Ok(expected));
        assert_eq!(packet.verification_tag(), VerificationTag(0));
        assert_eq!((expected.supports_forward_tsn(), expected.adaptation()), (false, None));
    }

    #[test]
    fn reads_what_the_sender_understands_and_its_addresses() {
        let chunk = octets(
            "01000050 00000001 00010000 00100010 00000009 000500080a020001 000500080a020002 c0000004 \
             8008000782c04000 c006000800000003 8001000800000001 000c00060005 0000 00070008 01020304",
        );
        let chunk = [&chunk[..3], &[u8::try_from(chunk.len()).expect("short")], &chunk[4..]].concat();
        let chunk = Chunks::new(&chunk, 12).next().expect("a chunk").expect("well-formed");
        let init = Init::parse(&chunk).expect("well-formed");
        assert_eq!(init.addresses().map(|a| a.to_string()).collect::<Vec<_>>(), ["10.2.0.1", "10.2.0.2"]);
        let kinds: Vec<_> = init.supported_extensions().collect();
        assert_eq!(kinds, [ChunkKind::ReConfig, ChunkKind::ForwardTsn, ChunkKind::IData]);
        assert!(init.supports_forward_tsn() && init.supports_i_data());
        assert_eq!((init.adaptation(), init.zero_checksum_method()), (Some(3), Some(1)));
        let cookie = init.list().find(ParameterKind::StateCookie).expect("a cookie");
        assert_eq!((cookie.value(), usize::from(cookie.offset())), (&[1, 2, 3, 4][..], 12 + chunk.len_octets() - 8));
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
