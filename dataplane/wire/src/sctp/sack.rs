//! SACK, which says what DATA has arrived.
//!
//! RFC 9260 §3.3.4. Handles the cumulative acknowledgement, gap blocks and duplicates.

use super::{Chunk, ChunkKind, Tsn};
use crate::{Error, Reason};

/// A run of TSNs that arrived beyond a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GapBlock {
    /// The first of them.
    pub first: Tsn,
    /// The last of them.
    pub last: Tsn,
}

/// A SACK chunk.
///
/// ```text
///  0         4                   8                   12        14        16              + 4 a block
/// +---------+-------------------+-------------------+---------+---------+-----------+-----------------
/// | header  | cumulative TSN    | receiver window   | blocks  | dupl.   | gap blocks ...| duplicates ...
/// +---------+-------------------+-------------------+---------+---------+-----------+-----------------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sack<'a> {
    /// Everything up to here has arrived.
    pub cumulative_tsn: Tsn,
    /// How many octets the receiver can take.
    pub receiver_window_octets: u32,
    gaps: &'a [[u8; 4]],
    duplicates: &'a [[u8; 4]],
}

impl<'a> Sack<'a> {
    /// Reads a SACK.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk, `BadLength` where its counts do not fit its length.
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::Sack])?;
        let Some((header, lists)) = chunk.value.split_first_chunk::<12>() else {
            return Err(chunk.error(2, Reason::BadLength));
        };
        let [t0, t1, t2, t3, w0, w1, w2, w3, g0, g1, d0, d1] = *header;
        let gap_count = usize::from(u16::from_be_bytes([g0, g1]));
        let duplicate_count = usize::from(u16::from_be_bytes([d0, d1]));
        let (entries, _) = lists.as_chunks::<4>();
        let Some((gaps, rest)) = entries.split_at_checked(gap_count) else {
            return Err(chunk.error(12, Reason::BadLength));
        };
        let Some(duplicates) = rest.get(..duplicate_count) else {
            return Err(chunk.error(14, Reason::BadLength));
        };
        Ok(Self {
            cumulative_tsn: Tsn(u32::from_be_bytes([t0, t1, t2, t3])),
            receiver_window_octets: u32::from_be_bytes([w0, w1, w2, w3]),
            gaps,
            duplicates,
        })
    }

    /// What arrived beyond the cumulative acknowledgement.
    pub fn gaps(&self) -> impl Iterator<Item = GapBlock> + use<'a> {
        let base = self.cumulative_tsn;
        self.gaps.iter().map(move |[f0, f1, l0, l1]| GapBlock {
            first: base.plus(u32::from(u16::from_be_bytes([*f0, *f1]))),
            last: base.plus(u32::from(u16::from_be_bytes([*l0, *l1]))),
        })
    }

    /// What arrived more than once.
    pub fn duplicates(&self) -> impl Iterator<Item = Tsn> + use<'a> {
        self.duplicates.iter().map(|octets| Tsn(u32::from_be_bytes(*octets)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::{self, octets};
    use crate::sctp::Packet;
    use crate::sctp::chunk::sole_chunk;

    #[test]
    fn reads_a_chunk_from_a_capture() {
        let frame = octets(samples::SACK_FRAME);
        let packet = Packet::parse(&frame[34..]).expect("well-formed");
        let sack = Sack::parse(&packet.chunks().next().expect("a chunk").expect("well-formed")).expect("well-formed");
        assert_eq!((sack.cumulative_tsn, sack.receiver_window_octets), (Tsn(0x8f4d_3e28), 65_536));
        assert_eq!((sack.gaps().count(), sack.duplicates().count()), (0, 0));
    }

    #[test]
    fn reads_gap_blocks_across_the_wrap_and_duplicates() {
        let octets = octets("03000018fffffffe00010000000100010002000400000007");
        let sack = Sack::parse(&sole_chunk(&octets)).expect("well-formed");
        assert_eq!(sack.gaps().collect::<Vec<_>>(), [GapBlock { first: Tsn(0), last: Tsn(2) }]);
        assert_eq!(sack.duplicates().collect::<Vec<_>>(), [Tsn(7)]);
    }

    #[test]
    fn refuses_every_truncation_and_another_chunk() {
        let whole = octets("03000018fffffffe00010000000100010002000400000007");
        for length in 4..24u8 {
            let mut cut = whole[..usize::from(length)].to_vec();
            cut[3] = length;
            assert_eq!(Sack::parse(&sole_chunk(&cut)).map_err(|error| error.reason), Err(Reason::BadLength));
        }
        assert_eq!(Sack::parse(&sole_chunk(&[11, 0, 0, 4])), Err(Error::new(Layer::Sctp, 0, Reason::UnexpectedTag)));
    }
}
