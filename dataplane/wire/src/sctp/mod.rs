//! SCTP packets and the chunks in them.
//!
//! RFC 9260 §3. Handles the common header, CRC32c, any bundle of chunks, and the chunks a firewall reads:
//! DATA, INIT, INIT ACK, SACK. All other kinds are named, their values left alone. Does not handle I-DATA
//! (RFC 8260), AUTH (RFC 4895) and DTLS beyond naming them, nor the alternate checksum of RFC 9653.

mod chunk;
mod data;
mod init;
mod number;
mod sack;

pub use chunk::{CHUNKS_MAX, Chunk, ChunkKind, Chunks};
pub use data::{Data, DataFlags};
pub use init::Init;
pub use number::{Ppid, StreamId, StreamSeq, Tsn, VerificationTag};
pub use sack::{GapBlock, Sack};

use crate::crc32c::Crc32c;
use crate::{Error, Layer, Reason};

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

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(packet) = Packet::parse(&octets) {
                let _ = packet.verify_crc();
                for chunk in packet.chunks().flatten() {
                    let _ = (Data::parse(&chunk), Init::parse(&chunk), Sack::parse(&chunk));
                    prop_assert!(usize::from(chunk.offset) + chunk.len_octets() <= octets.len());
                }
            }
        }
    }
}
