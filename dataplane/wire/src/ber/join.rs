//! A string in pieces, put together. X.690 §8.6.4 (BIT STRING), §8.7.3 (OCTET STRING), §8.23 (character strings).
//!
//! ```text
//!   A4 0B                          [4] IMPLICIT OCTET STRING, constructed
//!      04 02 91 79                 a piece
//!      24 80 04 01 79 00 00        pieces in pieces
//!   →  91 79 79
//! ```
//! Handles pieces of either kind of length, nested up to [`NESTING_MAX`](super::NESTING_MAX), none of them copied
//! but to where the caller says. A bit string in pieces becomes the value of a primitive one: unused bits, bits.

use super::walk::Walk;
use super::{Tag, Tlv};
use crate::{Error, Layer, Reason};

/// Writes the value of a string into `out` and says how many octets it has; a primitive one is copied. Refuses what is
/// clipped, longer than `out`, or has anything but pieces of one kind inside; the error counts from the element's value.
#[cold]
pub fn join(element: Tlv<'_>, out: &mut [u8]) -> Result<usize, Error> {
    let refuse = |(at, reason)| Error::new(Layer::Map, at, reason);
    let mut joined = Joined { out, len: 0, piece: piece_of(element.tag) };
    if element.form.clipped() {
        return Err(refuse((0, Reason::Truncated)));
    }
    if !element.tag.constructed() {
        joined.push(element.value).map_err(|reason| refuse((0, reason)))?;
        return Ok(joined.len);
    }
    let mut walk = Walk::new(element.value);
    while let Some(step) = walk.next().map_err(refuse)? {
        let outcome = if step.form.clipped() { Err(Reason::Truncated) } else { joined.step(step.tag, step.value) };
        outcome.map_err(|reason| refuse((step.at, reason)))?;
    }
    Ok(joined.len)
}

/// What the pieces of a string with this tag are; unknown where the tag is not universal.
const fn piece_of(tag: Tag) -> Option<Tag> {
    match tag {
        Tag::BIT_STRING_IN_PIECES => Some(Tag::BIT_STRING),
        Tag::OCTET_STRING_IN_PIECES => Some(Tag::OCTET_STRING),
        _ => None,
    }
}

struct Joined<'o> {
    out: &'o mut [u8],
    len: usize,
    /// What the pieces are, once it is known.
    piece: Option<Tag>,
}

impl Joined<'_> {
    fn step(&mut self, tag: Tag, value: Option<&[u8]>) -> Result<(), Reason> {
        let piece = match tag {
            Tag::BIT_STRING | Tag::OCTET_STRING => tag,
            _ => piece_of(tag).ok_or(Reason::UnexpectedTag)?,
        };
        if *self.piece.get_or_insert(piece) != piece {
            return Err(Reason::UnexpectedTag);
        }
        match value {
            None => Ok(()),
            Some(bits) if piece == Tag::BIT_STRING => self.push_bits(bits),
            Some(octets) => self.push(octets),
        }
    }

    /// Only the last piece may have unused bits: X.690 §8.6.4.1.
    fn push_bits(&mut self, piece: &[u8]) -> Result<(), Reason> {
        let (&unused, bits) = piece.split_first().ok_or(Reason::BadLength)?;
        if self.len == 0 {
            return self.push(piece);
        }
        let first = self.out.first_mut().ok_or(Reason::BadLength)?;
        if *first != 0 {
            return Err(Reason::BadValue);
        }
        *first = unused;
        self.push(bits)
    }

    fn push(&mut self, octets: &[u8]) -> Result<(), Reason> {
        let end = self.len.saturating_add(octets.len());
        self.out.get_mut(self.len..end).ok_or(Reason::BadLength)?.copy_from_slice(octets);
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ber::Reader;

    fn joined(octets: &[u8]) -> Result<Vec<u8>, (u16, Reason)> {
        let element = Reader::new(octets).next().unwrap().unwrap();
        let mut out = [0; 8];
        join(element, &mut out).map(|len| out[..len].to_vec()).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn puts_pieces_together_in_their_order_at_any_depth() {
        for octets in [
            &[0xA4, 0x0B, 0x04, 0x02, 0x91, 0x79, 0x24, 0x80, 0x04, 0x01, 0x79, 0x00, 0x00][..],
            &[0x24, 0x80, 0x24, 0x04, 0x04, 0x02, 0x91, 0x79, 0x04, 0x00, 0x04, 0x01, 0x79, 0x00, 0x00],
            &[0x84, 0x03, 0x91, 0x79, 0x79],
        ] {
            assert_eq!(joined(octets), Ok(vec![0x91, 0x79, 0x79]), "{octets:02X?}");
        }
        assert_eq!(joined(&[0x24, 0x00]), Ok(vec![]));
    }

    #[test]
    fn puts_bits_together_behind_the_unused_bits_of_the_last_piece() {
        let whole = [0x23, 0x80, 0x03, 0x03, 0x00, 0x0A, 0x3B, 0x03, 0x05, 0x04, 0x5F, 0x29, 0x1C, 0xD0, 0x00, 0x00];
        // X.690 §8.6.4.2, example.
        assert_eq!(joined(&whole), Ok(vec![0x04, 0x0A, 0x3B, 0x5F, 0x29, 0x1C, 0xD0]));
        assert_eq!(joined(&[0x23, 0x08, 0x03, 0x02, 0x04, 0xF0, 0x03, 0x02, 0x00, 0xFF]), Err((4, Reason::BadValue)));
        assert_eq!(joined(&[0x23, 0x02, 0x03, 0x00]), Err((0, Reason::BadLength)));
    }

    #[test]
    fn refuses_what_is_no_string_in_pieces() {
        assert_eq!(joined(&[0xA0, 0x03, 0x02, 0x01, 0x05]), Err((0, Reason::UnexpectedTag)));
        assert_eq!(joined(&[0x24, 0x04, 0x03, 0x02, 0x00, 0xFF]), Err((0, Reason::UnexpectedTag)));
        assert_eq!(joined(&[0xA0, 0x06, 0x04, 0x00, 0x03, 0x02, 0x00, 0xFF]), Err((2, Reason::UnexpectedTag)));
        assert_eq!(joined(&[0x24, 0x03, 0x04, 0x05, 7]), Err((0, Reason::Truncated)));
        assert_eq!(joined(&[0x24, 0x05, 0x04, 0x01, 7]), Err((0, Reason::Truncated)));
    }

    #[test]
    fn refuses_more_than_there_is_room_for_and_pieces_nested_too_deep() {
        let piece = [0x04, 0x05, 1, 2, 3, 4, 5];
        assert_eq!(joined(&[&[0x24, 0x0E][..], &piece, &piece].concat()), Err((7, Reason::BadLength)));
        let deep = (0..60_usize).fold(vec![], |inside, _| [&[0x24, inside.len() as u8][..], &inside].concat());
        assert_eq!(joined(&deep), Err((64, Reason::TooDeep)));
    }
}
