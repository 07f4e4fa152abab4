//! FORWARD TSN and I-FORWARD-TSN: DATA given up by its sender.
//!
//! RFC 3758 §3.2, RFC 8260 §2.3.1.

use super::{Chunk, ChunkKind, MessageId, StreamId, StreamSeq, Tsn};
use crate::{Error, Reason};

/// A FORWARD TSN chunk.
///
/// ```text
///  0         4                   8         10        12
/// +---------+-------------------+---------+---------+-------
/// | header  | new cumulative TSN| stream  | sequence| ...
/// +---------+-------------------+---------+---------+-------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForwardTsn<'a> {
    /// Nothing up to here will be sent any more.
    pub new_cumulative_tsn: Tsn,
    streams: &'a [[u8; 4]],
}

/// What an ordered stream skips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The stream.
    pub sid: StreamId,
    /// The last message that is skipped.
    pub ssn: StreamSeq,
}

impl<'a> ForwardTsn<'a> {
    /// Reads a FORWARD TSN.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk, `BadLength` within the fixed part or a stream.
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::ForwardTsn])?;
        let (new_cumulative_tsn, streams) = cumulative_and_entries(chunk)?;
        Ok(Self { new_cumulative_tsn, streams })
    }

    /// What is skipped in each ordered stream.
    pub fn streams(&self) -> impl Iterator<Item = Skipped> + use<'a> {
        self.streams.iter().map(|&[s0, s1, n0, n1]| Skipped {
            sid: StreamId(u16::from_be_bytes([s0, s1])),
            ssn: StreamSeq(u16::from_be_bytes([n0, n1])),
        })
    }
}

/// An I-FORWARD-TSN chunk.
///
/// ```text
///  0         4                   8         10        12                  16
/// +---------+-------------------+---------+---------+-------------------+-------
/// | header  | new cumulative TSN| stream  |        U| message id        | ...
/// +---------+-------------------+---------+---------+-------------------+-------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IForwardTsn<'a> {
    /// Nothing up to here will be sent any more.
    pub new_cumulative_tsn: Tsn,
    streams: &'a [[u8; 8]],
}

/// What a stream of I-DATA skips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ISkipped {
    /// The stream.
    pub sid: StreamId,
    /// Whether the messages are outside the order of the stream.
    pub is_unordered: bool,
    /// The last message that is skipped.
    pub mid: MessageId,
}

impl<'a> IForwardTsn<'a> {
    /// Reads an I-FORWARD-TSN.
    ///
    /// # Errors
    /// `UnexpectedTag` for another chunk, `BadLength` within the fixed part or a stream.
    pub fn parse(chunk: &Chunk<'a>) -> Result<Self, Error> {
        chunk.expect(&[ChunkKind::IForwardTsn])?;
        let (new_cumulative_tsn, streams) = cumulative_and_entries(chunk)?;
        Ok(Self { new_cumulative_tsn, streams })
    }

    /// What is skipped in each stream.
    pub fn streams(&self) -> impl Iterator<Item = ISkipped> + use<'a> {
        self.streams.iter().map(|&[s0, s1, _, flags, m0, m1, m2, m3]| ISkipped {
            sid: StreamId(u16::from_be_bytes([s0, s1])),
            is_unordered: flags & 1 != 0,
            mid: MessageId(u32::from_be_bytes([m0, m1, m2, m3])),
        })
    }
}

/// The TSN and the entries of so many octets after it.
fn cumulative_and_entries<'a, const OCTETS: usize>(chunk: &Chunk<'a>) -> Result<(Tsn, &'a [[u8; OCTETS]]), Error> {
    let Some((tsn, list)) = chunk.value.split_first_chunk() else {
        return Err(chunk.error(2, Reason::BadLength));
    };
    let (entries, []) = list.as_chunks() else {
        return Err(chunk.error(2, Reason::BadLength));
    };
    Ok((Tsn(u32::from_be_bytes(*tsn)), entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layer;
    use crate::samples::octets;
    use crate::sctp::chunk::sole_chunk;

    #[test]
    fn reads_what_each_ordered_stream_skips() {
        let octets = octets("c0000010 fffffffe 00010007 0002ffff");
        let forward = ForwardTsn::parse(&sole_chunk(&octets)).expect("well-formed");
        assert_eq!(forward.new_cumulative_tsn, Tsn(0xffff_fffe));
        let expected = [(1, 7), (2, 0xffff)].map(|(sid, ssn)| Skipped { sid: StreamId(sid), ssn: StreamSeq(ssn) });
        assert_eq!(forward.streams().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn reads_what_each_stream_of_i_data_skips() {
        let octets = octets("c2000018 00000005 00010000 00000007 00020001 ffffffff");
        let forward = IForwardTsn::parse(&sole_chunk(&octets)).expect("well-formed");
        assert_eq!(forward.new_cumulative_tsn, Tsn(5));
        let expected = [
            ISkipped { sid: StreamId(1), is_unordered: false, mid: MessageId(7) },
            ISkipped { sid: StreamId(2), is_unordered: true, mid: MessageId(u32::MAX) },
        ];
        assert_eq!(forward.streams().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn refuses_every_truncation_and_another_chunk() {
        let whole = octets("c0000018 00000005 00010000 00000007 00020001 ffffffff");
        for length in 4..24u8 {
            let mut cut = whole.clone();
            cut[3] = length;
            let read = ForwardTsn::parse(&sole_chunk(&cut)).map(|forward| forward.streams().count());
            let whole_streams = length >= 8 && length.is_multiple_of(4);
            assert_eq!(read.ok(), whole_streams.then(|| usize::from(length / 4 - 2)), "{length}");
            cut[0] = 0xc2;
            let read = IForwardTsn::parse(&sole_chunk(&cut)).map(|forward| forward.streams().count());
            let whole_streams = length >= 8 && length.is_multiple_of(8);
            assert_eq!(read.ok(), whole_streams.then(|| usize::from(length / 8 - 1)), "{length}");
        }
        let other = [14, 0, 0, 4];
        let error = Error::new(Layer::Sctp, 0, Reason::UnexpectedTag);
        assert_eq!(ForwardTsn::parse(&sole_chunk(&other)), Err(error));
        assert_eq!(IForwardTsn::parse(&sole_chunk(&other)), Err(error));
    }
}
