//! One chunk, and the walk over the chunks of a packet.
//!
//! RFC 9260 §3.2. Lengths are checked against the packet, padding is skipped and may be missing after the last
//! chunk. What is in a chunk is for the file named after it.

use crate::numbered::numbered;
use crate::{Error, Layer, Reason};

numbered! {
    /// What a chunk is (RFC 9260 §3.2, and the extensions in the registry).
    ChunkKind: u8 {
        /// User data.
        Data = 0 "DATA",
        /// Opens an association.
        Init = 1 "INIT",
        /// Answers an INIT.
        InitAck = 2 "INIT_ACK",
        /// Acknowledges DATA.
        Sack = 3 "SACK",
        /// Asks whether an address is alive.
        Heartbeat = 4 "HEARTBEAT",
        /// Says that it is.
        HeartbeatAck = 5 "HEARTBEAT_ACK",
        /// Ends an association at once.
        Abort = 6 "ABORT",
        /// Asks to end an association.
        Shutdown = 7 "SHUTDOWN",
        /// Agrees to end it.
        ShutdownAck = 8 "SHUTDOWN_ACK",
        /// Reports a fault.
        Error = 9 "ERROR",
        /// Returns the cookie of an INIT ACK.
        CookieEcho = 10 "COOKIE_ECHO",
        /// Completes the opening.
        CookieAck = 11 "COOKIE_ACK",
        /// Explicit congestion notification echo.
        Ecne = 12 "ECNE",
        /// Congestion window reduced.
        Cwr = 13 "CWR",
        /// Completes the ending.
        ShutdownComplete = 14 "SHUTDOWN_COMPLETE",
        /// Authenticates the chunks after it (RFC 4895).
        Auth = 15 "AUTH",
        /// User data that may be interleaved (RFC 8260).
        IData = 0x40 "I_DATA",
        /// Answers an ASCONF (RFC 5061).
        AsconfAck = 0x80 "ASCONF_ACK",
        /// Resets or adds streams (RFC 6525).
        ReConfig = 0x82 "RE_CONFIG",
        /// Fills a packet (RFC 4820).
        Pad = 0x84 "PAD",
        /// Abandons DATA (RFC 3758).
        ForwardTsn = 0xc0 "FORWARD_TSN",
        /// Changes addresses (RFC 5061).
        Asconf = 0xc1 "ASCONF",
        /// Abandons I-DATA (RFC 8260).
        IForwardTsn = 0xc2 "I_FORWARD_TSN",
    }
}

/// A chunk whose length was checked.
///
/// ```text
///  0    1    2         4            length   + 0..3
/// +----+----+---------+------------+---------+
/// |kind|flag| length  | value      | padding |        the length counts itself, kind, flags and value
/// +----+----+---------+------------+---------+
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    number: u8,
    /// The flags octet.
    pub flags: u8,
    /// Where the chunk begins, in octets from the start of the packet.
    pub offset: u16,
    /// What follows the length, without padding.
    pub value: &'a [u8],
}

impl Chunk<'_> {
    /// What it is.
    #[inline]
    pub const fn kind(&self) -> ChunkKind {
        ChunkKind::from_number(self.number)
    }

    /// Its length as sent: header and value, no padding.
    #[inline]
    pub const fn len_octets(&self) -> usize {
        HEADER_OCTETS + self.value.len()
    }

    /// `value`, if the chunk is of this kind.
    ///
    /// # Errors
    /// `UnexpectedTag`.
    #[inline]
    pub(super) fn expect(&self, kinds: &[ChunkKind]) -> Result<(), Error> {
        if kinds.contains(&self.kind()) { Ok(()) } else { Err(self.error(0, Reason::UnexpectedTag)) }
    }

    /// An error `at` octets into this chunk.
    #[inline]
    pub(super) const fn error(&self, at: usize, reason: Reason) -> Error {
        Error::new(Layer::Sctp, self.offset as usize + at, reason)
    }
}

/// The walk over the chunks of a packet. Ends after the first error.
#[derive(Clone, Debug)]
pub struct Chunks<'a> {
    rest: &'a [u8],
    at: u16,
    left: u16,
}

impl<'a> Chunks<'a> {
    /// Over `octets`, which begin at `at` in their packet.
    #[inline]
    pub(super) const fn new(octets: &'a [u8], at: u16) -> Self {
        Self { rest: octets, at, left: CHUNKS_MAX }
    }

    #[inline(always)]
    fn step(&mut self) -> Result<Chunk<'a>, Error> {
        let at = usize::from(self.at);
        if self.left == 0 {
            return Err(Error::new(Layer::Sctp, at, Reason::TooDeep));
        }
        let Some(&[number, flags, high, low]) = self.rest.first_chunk() else {
            return Err(Error::new(Layer::Sctp, at, Reason::Truncated));
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(value) = self.rest.get(HEADER_OCTETS..length) else {
            let reason = if length < HEADER_OCTETS { Reason::BadLength } else { Reason::Truncated };
            return Err(Error::new(Layer::Sctp, at + 2, reason));
        };
        let chunk = Chunk { number, flags, offset: self.at, value };
        let padded = length.wrapping_add(3) & !3;
        self.rest = self.rest.get(padded..).unwrap_or_default();
        // Only a packet longer than IP allows wraps here, and of such an offset means nothing.
        self.at = self.at.wrapping_add(padded as u16);
        self.left -= 1;
        Ok(chunk)
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let chunk = self.step();
        if chunk.is_err() {
            self.rest = &[];
        }
        Some(chunk)
    }
}

/// How many chunks a packet may hold: an Ethernet packet of empty ones has 370.
pub const CHUNKS_MAX: u16 = 512;
const HEADER_OCTETS: usize = 4;

/// The only chunk of `octets`, for the tests of each kind.
#[cfg(test)]
pub(super) fn sole_chunk(octets: &[u8]) -> Chunk<'_> {
    Chunks::new(octets, 0).next().expect("a chunk").expect("well-formed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walk(octets: &[u8]) -> Vec<Result<Chunk<'_>, Error>> {
        Chunks::new(octets, 12).collect()
    }

    #[test]
    fn walks_a_bundle_and_skips_the_padding() {
        let bundle = [11, 0, 0, 4, 4, 1, 0, 5, 0xaa, 0, 0, 0, 14, 0, 0, 4];
        let chunks: Vec<_> = walk(&bundle).into_iter().map(|chunk| chunk.expect("well-formed")).collect();
        let kinds: Vec<_> = chunks.iter().map(Chunk::kind).collect();
        assert_eq!(kinds, [ChunkKind::CookieAck, ChunkKind::Heartbeat, ChunkKind::ShutdownComplete]);
        assert_eq!((chunks[1].value, chunks[1].flags, chunks[1].offset), (&[0xaa][..], 1, 16));
        assert_eq!((chunks[1].len_octets(), chunks[2].offset), (5, 24));
    }

    #[test]
    fn lets_the_last_padding_be_missing() {
        let chunks = walk(&[4, 0, 0, 5, 0xaa]);
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks[0].map(|chunk| chunk.value), Ok(&[0xaa][..]));
    }

    #[test]
    fn gives_the_chunks_before_a_truncated_one() {
        let bundle = [11, 0, 0, 4, 4, 0, 0, 8, 1, 2, 3, 4];
        for length in 5..bundle.len() {
            let chunks = walk(&bundle[..length]);
            assert_eq!(chunks.len(), 2, "{length}");
            assert_eq!(chunks[0].map(|chunk| chunk.kind()), Ok(ChunkKind::CookieAck));
            assert_eq!(chunks[1].expect_err("cut").reason, Reason::Truncated);
        }
    }

    #[test]
    fn ends_at_a_length_less_than_the_header() {
        for length in 0..4 {
            let bundle = [11, 0, 0, length, 11, 0, 0, 4];
            assert_eq!(walk(&bundle), [Err(Error::new(Layer::Sctp, 14, Reason::BadLength))]);
        }
    }

    #[test]
    fn refuses_more_chunks_than_the_limit() {
        let bundle = [11, 0, 0, 4].repeat(usize::from(CHUNKS_MAX) + 2);
        let chunks = walk(&bundle);
        assert_eq!(chunks.len(), usize::from(CHUNKS_MAX) + 1);
        assert_eq!(chunks.last().map(|last| last.map_err(|error| error.reason)), Some(Err(Reason::TooDeep)));
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(prop_oneof![Just(0u8), 1u8..12, any::<u8>()], 0..120)) {
            let chunks = walk(&octets);
            prop_assert!(chunks.iter().rev().skip(1).all(Result::is_ok));
            prop_assert_eq!(chunks.is_empty(), octets.is_empty());
        }
    }
}
