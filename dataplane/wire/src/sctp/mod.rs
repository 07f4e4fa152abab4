//! SCTP packets and the chunks in them.
//!
//! RFC 9260 §3. Handles the common header, CRC32c, any bundle of chunks, every parameter and error cause by name,
//! and the chunks a firewall reads: DATA, I-DATA, INIT, INIT ACK, SACK, SHUTDOWN, ABORT, ERROR, FORWARD TSN,
//! I-FORWARD-TSN, RE-CONFIG, ASCONF. The others are named, their values left alone: HEARTBEAT has parameters, AUTH
//! (RFC 4895) and PAD (RFC 4820) are not looked into. That both sides accept a checksum of zero (RFC 9653) is read
//! from INIT and INIT ACK, but [`Packet::verify_crc`] does not know of it: it needs the protection of DTLS, under
//! which there is nothing to read here.

mod asconf;
#[cfg(test)]
mod captures;
mod cause;
mod chunk;
mod data;
mod forward_tsn;
mod i_data;
mod init;
pub(crate) mod number;
mod parameter;
mod re_config;
mod sack;
mod shutdown;
mod tlv;

pub use asconf::{AddressChange, Asconf};
pub use cause::{Cause, CauseKind, Causes};
pub use chunk::{CHUNKS_MAX, Chunk, ChunkKind, Chunks};
pub use data::{Data, DataFlags};
pub use forward_tsn::{ForwardTsn, IForwardTsn, ISkipped, Skipped};
pub use i_data::IData;
pub use init::Init;
pub use number::{Fsn, MessageId, Ppid, StreamId, StreamSeq, Tsn, VerificationTag};
pub use parameter::{Parameter, ParameterKind, Parameters};
pub use re_config::{ReConfig, ReConfigResult, Streams};
pub use sack::{GapBlock, Sack};
pub use shutdown::Shutdown;
pub use tlv::PARAMETERS_MAX;

use crate::crc32c::Crc32c;
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// A packet whose common header is there; its chunks are checked as they are walked.
///
/// ```text
///  0         2         4                   8                   12
/// +---------+---------+-------------------+-------------------+---------
/// | source  | dest.   | verification tag  | CRC32c (LSB first)| chunks ...
/// +---------+---------+-------------------+-------------------+---------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    header: &'a [u8; 12],
    chunks: &'a [u8],
}

impl<'a> Packet<'a> {
    /// The packet these octets are.
    ///
    /// # Errors
    /// `Truncated` within the common header.
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, Error> {
        match octets.split_first_chunk() {
            Some((header, chunks)) => Ok(Self { header, chunks }),
            None => Err(Error::new(Layer::Sctp, 0, Reason::Truncated)),
        }
    }

    /// Its length in octets.
    #[inline]
    pub const fn len_octets(&self) -> usize {
        self.header.len() + self.chunks.len()
    }

    /// The port it comes from.
    #[inline]
    pub const fn source_port(&self) -> u16 {
        u16::from_be_bytes([self.header[0], self.header[1]])
    }

    /// The port it goes to.
    #[inline]
    pub const fn destination_port(&self) -> u16 {
        u16::from_be_bytes([self.header[2], self.header[3]])
    }

    /// The tag the receiver chose for this association; zero only with an INIT.
    #[inline]
    pub const fn verification_tag(&self) -> VerificationTag {
        let h = self.header;
        VerificationTag(u32::from_be_bytes([h[4], h[5], h[6], h[7]]))
    }

    /// The checksum as sent: its least significant octet first (RFC 9260 Appendix A).
    #[inline]
    pub const fn checksum(&self) -> u32 {
        let h = self.header;
        u32::from_le_bytes([h[8], h[9], h[10], h[11]])
    }

    /// Whether the packet is what was sent.
    ///
    /// # Errors
    /// `BadChecksum`.
    #[inline]
    pub fn verify_crc(&self) -> Result<(), Error> {
        if self.checksum() == checksum_of(self.header, self.chunks) {
            Ok(())
        } else {
            Err(Error::new(Layer::Sctp, 8, Reason::BadChecksum))
        }
    }

    /// The chunks, in order. A broken one ends the walk; those before it have been given.
    #[inline]
    pub const fn chunks(&self) -> Chunks<'a> {
        Chunks::new(self.chunks, COMMON_HEADER_OCTETS)
    }

    /// What its form deviates in: padding that is not zero, or octets after the last chunk that are none
    /// (RFC 9260 §3.2). Missing padding after the last chunk is none, as receivers do not need it.
    ///
    /// The time it takes grows with the number of chunks; what follows a broken chunk is not looked at.
    #[inline(always)]
    pub fn anomalies(&self) -> Anomalies {
        if self.is_one_chunk() { Anomalies::NONE } else { self.anomalies_of_each() }
    }

    /// Whether it is one chunk with padding of zeros, as nearly every packet.
    #[inline(always)]
    fn is_one_chunk(&self) -> bool {
        let (Some(&[_, _, high, low]), Some(end)) = (self.chunks.first_chunk(), self.chunks.last_chunk()) else {
            return false;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let padding_octets = length.wrapping_neg() & 3;
        let padding = u32::from_be_bytes(*end) & !(u32::MAX << (8 * padding_octets));
        length.wrapping_add(padding_octets) == self.chunks.len() && padding == 0
    }

    #[inline(never)]
    fn anomalies_of_each(&self) -> Anomalies {
        let mut anomalies = Anomalies::NONE;
        let mut rest = self.chunks;
        for chunk in self.chunks().map_while(Result::ok) {
            let after = rest.get(chunk.len_octets()..).unwrap_or_default();
            let padding_octets = (chunk.len_octets().wrapping_neg() & 3).min(after.len());
            let (padding, next) = after.split_at_checked(padding_octets).unwrap_or_default();
            anomalies.note_if(padding.iter().any(|octet| *octet != 0), Anomaly::SctpPadding);
            rest = next;
        }
        anomalies.note_if((1..CHUNK_HEADER_OCTETS).contains(&rest.len()), Anomaly::SctpPadding);
        anomalies
    }
}

/// The checksum of a packet, its checksum field counting as zero (RFC 9260 §6.8). To be stored least significant
/// octet first, at [`CHECKSUM_OFFSET`].
///
/// # Errors
/// `Truncated` within the common header.
#[inline]
pub fn checksum(packet: &[u8]) -> Result<u32, Error> {
    Packet::parse(packet).map(|packet| checksum_of(packet.header, packet.chunks))
}

#[inline]
fn checksum_of(header: &[u8; 12], chunks: &[u8]) -> u32 {
    let [s0, s1, d0, d1, v0, v1, v2, v3, ..] = *header;
    Crc32c::new().update(&[s0, s1, d0, d1, v0, v1, v2, v3]).update(&[0; 4]).update(chunks).finish()
}

/// Where the chunks begin.
pub const COMMON_HEADER_OCTETS: u16 = 12;
/// Kind, flags and length of a chunk: fewer octets are none.
const CHUNK_HEADER_OCTETS: usize = 4;
/// Where the checksum lies.
pub const CHECKSUM_OFFSET: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, octets};
    use proptest::prelude::*;

    #[test]
    fn reads_a_packet_from_a_capture() {
        let frame = octets(samples::SACK_FRAME);
        let packet = Packet::parse(&frame[34..]).expect("well-formed");
        assert_eq!((packet.source_port(), packet.destination_port()), (2905, 2905));
        assert_eq!(packet.verification_tag(), VerificationTag(0x73cf_256d));
        assert_eq!((packet.verify_crc(), packet.len_octets()), (Ok(()), frame.len() - 34));
        assert_eq!(checksum(&frame[34..]), Ok(packet.checksum()));
        let kinds: Vec<_> = packet.chunks().map(|chunk| chunk.map(|chunk| chunk.kind())).collect();
        assert_eq!(kinds, [Ok(ChunkKind::Sack)]);
    }

    #[test]
    fn sees_any_changed_octet() {
        let whole = octets(samples::INIT_PACKET);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            let verdict = Packet::parse(&changed).expect("well-formed").verify_crc();
            assert_eq!(verdict, Err(Error::new(Layer::Sctp, 8, Reason::BadChecksum)), "{at}");
        }
    }

    #[test]
    fn refuses_every_truncation_of_its_header() {
        let whole = octets(samples::INIT_PACKET);
        let error = Error::new(Layer::Sctp, 0, Reason::Truncated);
        for length in 0..12 {
            assert_eq!(Packet::parse(&whole[..length]), Err(error));
            assert_eq!(checksum(&whole[..length]), Err(error));
        }
        assert_eq!(Packet::parse(&whole[..12]).expect("no chunks").chunks().count(), 0);
    }

    #[test]
    fn notes_padding_that_is_not_zero_and_octets_that_are_no_chunk() {
        let anomalies = |chunks: &[u8]| {
            let whole = [&[0; 12], chunks].concat();
            Packet::parse(&whole).expect("well-formed").anomalies()
        };
        let tidy: [&[u8]; 4] =
            [&[], &[11, 0, 0, 4], &[4, 0, 0, 5, 9, 0, 0, 0, 11, 0, 0, 4], &[11, 0, 0, 4, 4, 0, 0, 6, 9, 9]];
        for chunks in tidy {
            assert_eq!(anomalies(chunks), Anomalies::NONE, "{chunks:?}");
        }
        let untidy: [&[u8]; 5] = [
            &[4, 0, 0, 5, 9, 0, 0, 1, 11, 0, 0, 4],
            &[4, 0, 0, 6, 9, 9, 1],
            &[11, 0, 0, 4, 0],
            &[4, 0, 0, 5, 9, 0, 0, 0, 0, 0, 0],
            &[0],
        ];
        for chunks in untidy {
            assert_eq!(anomalies(chunks), Anomalies::of(Anomaly::SctpPadding), "{chunks:?}");
        }
        assert_eq!(anomalies(&[11, 0, 0, 4, 4, 0, 0, 9, 1]), Anomalies::NONE, "a chunk cut short is an error instead");
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(packet) = Packet::parse(&octets) {
                let _ = (packet.verify_crc(), packet.anomalies());
                for chunk in packet.chunks().flatten() {
                    let _ = (Data::parse(&chunk), Init::parse(&chunk), Sack::parse(&chunk));
                    prop_assert!(usize::from(chunk.offset) + chunk.len_octets() <= octets.len());
                }
            }
        }

        /// Whatever a chunk of any kind holds, every view of it is walked to its end.
        #[test]
        fn any_value_of_any_chunk_does_not_panic(
            kind in proptest::sample::select(ChunkKind::ALL),
            flags: u8,
            value in proptest::collection::vec(prop_oneof![Just(0u8), 1u8..24, 0x80u8..0x90, 0xc0u8..0xc8, any::<u8>()], 0..120),
        ) {
            let mut octets = vec![0; 12];
            octets.extend([kind.number(), flags, 0, 4 + value.len() as u8]);
            octets.extend(&value);
            let chunk = Packet::parse(&octets).expect("a header").chunks().next().expect("a chunk").expect("well-formed");
            let walked = [
                IData::parse(&chunk).map(|data| data.payload.len()),
                ForwardTsn::parse(&chunk).map(|forward| forward.streams().count()),
                IForwardTsn::parse(&chunk).map(|forward| forward.streams().count()),
                ReConfig::all(&chunk).map(Iterator::count),
                Asconf::parse(&chunk).map(|asconf| asconf.changes().count()),
                Init::parse(&chunk).map(|init| init.list().count() + init.supported_extensions().count() + init.addresses().count()),
                Parameters::of(&chunk).map(Iterator::count),
                Causes::of(&chunk).map(Iterator::count),
                Shutdown::parse(&chunk).map(|_| 0),
            ];
            prop_assert!(walked.iter().flatten().all(|count| *count <= value.len()));
            prop_assert!(walked.iter().flatten().count() <= 2, "one view a kind, and its parameters");
        }
    }
}
