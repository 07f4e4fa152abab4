//! How a segment lies on the disk. All numbers are little-endian.
//!
//! ```text
//! octet 0      magic "SLUICEJ1"(8)  ABI version(4)  octets of the segment(4)  first sequence(8)  CRC32c of these(4)
//! octet 64     published(8)  sequence after the last published(8)  closed(8)
//! octet 128    synced(8)
//! octet 4096   frames:  length(4)  CRC32c(4)  sequence(8)  payload  zeros up to a multiple of 8
//! ```
//! `length` has the octets of the payload in its low half and their complement in its high half; `published` and `synced` have
//! an offset in the file and its complement likewise. Zeros, and a word seen half, are thus told from a number. The checksum
//! covers length, sequence and payload. Frames lie without gaps and their sequences count up by one.

use sluice_abi::ABI_VERSION;
use sluice_wire::crc32c::{Crc32c, crc32c};

use crate::Cause;

/// Sequence of the first record of a new journal.
pub const FIRST_SEQUENCE: u64 = 1;
/// No record has a higher sequence; a file that says so is damaged.
pub const SEQUENCE_MAX: u64 = 1 << 62;
/// The longest payload.
pub const PAYLOAD_OCTETS_MAX: usize = 0xFFFF;
/// Where the first frame of a segment begins.
pub const HEADER_OCTETS: u32 = 4096;

pub(super) const FRAME_HEAD_OCTETS: usize = 16;
/// The longest frame.
pub(super) const FRAME_OCTETS_MAX: usize = frame_octets(PAYLOAD_OCTETS_MAX);
pub(super) const STATE_AT: usize = 64;
pub(super) const NEXT_AT: usize = STATE_AT + 8;
pub(super) const CLOSED_AT: usize = STATE_AT + 16;
pub(super) const SYNCED_AT: usize = 128;
/// What `closed` says when it does.
pub(super) const CLOSED: u64 = u64::from_le_bytes(*b"CLOSED\r\n");

const MAGIC: [u8; 8] = *b"SLUICEJ1";
const IDENTITY_OCTETS: usize = 24;
/// The part of the header that is read and written as a whole.
pub(super) const HEAD_OCTETS: usize = SYNCED_AT + 8;

/// Octets of the frame around a payload.
pub(super) const fn frame_octets(payload: usize) -> usize {
    (FRAME_HEAD_OCTETS + payload).next_multiple_of(8)
}

/// An offset together with its complement.
pub(super) const fn checked(offset: u32) -> u64 {
    offset as u64 | (!offset as u64) << 32
}

/// The offset, if its complement agrees.
pub(super) const fn unchecked(word: u64) -> Option<u32> {
    if checked(word as u32) == word { Some(word as u32) } else { None }
}

/// What of a segment never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub octets: u32,
    pub first: u64,
}

/// What of a segment does change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Readers may read up to here; `None` when the word is damaged.
    pub published: Option<u32>,
    /// The sequence of the record that comes there.
    pub next: u64,
    /// Whether nothing comes there any more.
    pub closed: bool,
    /// Up to here a cut of power takes nothing; `None` when the word is damaged.
    pub synced: Option<u32>,
}

impl Identity {
    /// The head of a new segment: nothing published, nothing synced.
    pub(super) fn encode(self) -> [u8; HEAD_OCTETS] {
        let mut out = [0; HEAD_OCTETS];
        let identity = self.octets_of_identity();
        let mut put = |at: usize, octets: &[u8]| {
            out.iter_mut().skip(at).zip(octets).for_each(|(to, from)| *to = *from);
        };
        put(0, &identity);
        put(IDENTITY_OCTETS, &crc32c(&identity).to_le_bytes());
        put(STATE_AT, &checked(HEADER_OCTETS).to_le_bytes());
        put(NEXT_AT, &self.first.to_le_bytes());
        put(SYNCED_AT, &checked(HEADER_OCTETS).to_le_bytes());
        out
    }

    fn octets_of_identity(self) -> [u8; IDENTITY_OCTETS] {
        let mut out = [0; IDENTITY_OCTETS];
        let numbers = ABI_VERSION.to_le_bytes().into_iter().chain(self.octets.to_le_bytes());
        let octets = MAGIC.into_iter().chain(numbers).chain(self.first.to_le_bytes());
        out.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
        out
    }

    /// Reads a head. `named` is the sequence in the name of the file.
    pub(super) fn parse(head: &[u8; HEAD_OCTETS], named: u64) -> Result<(Self, State), Cause> {
        let word = |at: usize| head.get(at..at + 8).and_then(|o| o.first_chunk()).map_or(0, |o| u64::from_le_bytes(*o));
        let identity = Self { octets: (word(8) >> 32) as u32, first: word(16) };
        if word(0) != u64::from_le_bytes(MAGIC) {
            return Err(Cause::Magic);
        }
        if word(8) as u32 != ABI_VERSION {
            return Err(Cause::Version(word(8) as u32));
        }
        let stated = word(IDENTITY_OCTETS) as u32;
        if stated != crc32c(&identity.octets_of_identity()) || identity.first != named || named > SEQUENCE_MAX {
            return Err(Cause::Header);
        }
        let offset = |at| unchecked(word(at)).filter(|at| (HEADER_OCTETS..=identity.octets).contains(at));
        let (published, synced) = (offset(STATE_AT), offset(SYNCED_AT));
        Ok((identity, State { published, next: word(NEXT_AT), closed: word(CLOSED_AT) == CLOSED, synced }))
    }

    /// The highest sequence that can follow this segment.
    pub(super) fn next_max(self) -> u64 {
        next_max(self.first, u64::from(self.octets))
    }
}

/// The highest sequence that can follow a segment of so many octets.
pub(super) fn next_max(first: u64, octets: u64) -> u64 {
    first.saturating_add(octets / FRAME_HEAD_OCTETS as u64).min(SEQUENCE_MAX)
}

/// The head of a frame.
#[inline]
pub(super) fn frame_head(sequence: u64, payload: &[u8]) -> [u8; FRAME_HEAD_OCTETS] {
    let length = payload.len() as u32 & 0xFFFF;
    let length = length | (!length) << 16;
    let checksum = checksum(length, sequence, payload);
    let low = u64::from(length) | u64::from(checksum) << 32;
    (u128::from(low) | u128::from(sequence) << 64).to_le_bytes()
}

/// Why octets are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// The frame ends behind the end of what was published.
    Short,
    /// The length is damaged.
    Length,
    /// The checksum is wrong.
    Checksum,
    /// The sequence is not the one that comes here.
    Sequence,
}

/// A frame whose length and checksum are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'o> {
    pub sequence: u64,
    pub payload: &'o [u8],
    /// Octets to the next frame.
    pub octets: usize,
}

/// The length of the frame that begins here, its checksum not looked at.
#[inline]
pub(super) fn measure(octets: &[u8]) -> Result<usize, FrameFault> {
    let length = u32::from_le_bytes(*octets.first_chunk::<4>().ok_or(FrameFault::Short)?);
    if (length ^ length >> 16) & 0xFFFF != 0xFFFF {
        return Err(FrameFault::Length);
    }
    Ok(frame_octets((length & 0xFFFF) as usize))
}

/// The frame that begins here.
#[inline]
pub(super) fn parse_frame(octets: &[u8]) -> Result<Frame<'_>, FrameFault> {
    let frame = octets.get(..measure(octets)?).ok_or(FrameFault::Short)?;
    let (head, rest) = frame.split_first_chunk::<FRAME_HEAD_OCTETS>().ok_or(FrameFault::Short)?;
    let head = u128::from_le_bytes(*head);
    let (length, stated, sequence) = (head as u32, (head >> 32) as u32, (head >> 64) as u64);
    let payload = rest.get(..(length & 0xFFFF) as usize).ok_or(FrameFault::Short)?;
    if stated != checksum(length, sequence, payload) {
        return Err(FrameFault::Checksum);
    }
    Ok(Frame { sequence, payload, octets: frame.len() })
}

#[inline]
fn checksum(length: u32, sequence: u64, payload: &[u8]) -> u32 {
    Crc32c::new().update(&length.to_le_bytes()).update(&sequence.to_le_bytes()).update(payload).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(sequence: u64, payload: &[u8]) -> Vec<u8> {
        let mut octets = [&frame_head(sequence, payload)[..], payload].concat();
        octets.resize(frame_octets(payload.len()), 0);
        octets
    }

    #[test]
    fn a_frame_comes_back_at_every_length_near_the_limits() {
        for length in (0..40).chain([PAYLOAD_OCTETS_MAX - 1, PAYLOAD_OCTETS_MAX]) {
            let payload = vec![0xA5; length];
            let octets = frame(7, &payload);
            let expected = Frame { sequence: 7, payload: &payload, octets: octets.len() };
            assert_eq!(parse_frame(&octets), Ok(expected));
            assert!(octets.len() <= FRAME_OCTETS_MAX && octets.len().is_multiple_of(8));
        }
    }

    #[test]
    fn every_truncation_and_flipped_bit_of_a_frame_is_noticed() {
        let octets = frame(7, b"thirteen lett");
        for cut in 0..octets.len() {
            assert_eq!(parse_frame(&octets[..cut]), Err(FrameFault::Short));
        }
        for bit in 0..(FRAME_HEAD_OCTETS + 13) * 8 {
            let mut flipped = octets.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let fault = if bit < 32 { FrameFault::Length } else { FrameFault::Checksum };
            assert_eq!(parse_frame(&flipped), Err(fault), "bit {bit}");
        }
        assert_eq!(parse_frame(&[0; 64]), Err(FrameFault::Length));
    }

    #[test]
    fn a_head_comes_back_and_every_flipped_bit_of_it_is_noticed() {
        let identity = Identity { octets: 1 << 20, first: 42 };
        let head = identity.encode();
        let new = State { published: Some(HEADER_OCTETS), next: 42, closed: false, synced: Some(HEADER_OCTETS) };
        assert_eq!(Identity::parse(&head, 42), Ok((identity, new)));
        assert_eq!(Identity::parse(&head, 43), Err(Cause::Header));
        for bit in 0..(IDENTITY_OCTETS + 4) * 8 {
            let mut flipped = head;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Identity::parse(&flipped, 42).is_err(), "bit {bit}");
        }
        for bit in STATE_AT * 8..NEXT_AT * 8 {
            let mut flipped = head;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Identity::parse(&flipped, 42).map(|(_, state)| state.published), Ok(None), "bit {bit}");
        }
    }
}
