//! An address of a TPDU. TS 23.040 §9.1.2.5.
//!
//! ```text
//!   +-------------------+-------------------------+--------------------------+
//!   | length            | 1 | ton 3 bits | npi 4  | digits, two to an octet  |
//!   | in digits         |                         | or septets, if ton is 5  |
//!   +-------------------+-------------------------+--------------------------+
//! ```
//! The length counts digits (for an alphanumeric address the half-octets in use), not octets: what a filler
//! nibble says is not believed. The clause allows twelve octets in all; longer ones are read and told apart
//! by [`Address::is_overlong`], and every deviation by [`Address::is_unusual`].

use super::cursor::Cursor;
use super::gsm7;
use super::tables::Tables;
use crate::digits::Digits;
use crate::{Error, Layer, Reason};

/// Originating, destination or recipient address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Length as sent: digits, or half-octets.
    pub len: u8,
    kind: u8,
    unusual: bool,
    value: &'a [u8],
    raw: &'a [u8],
}

impl<'a> Address<'a> {
    #[inline(always)]
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Result<Self, Reason> {
        let before = cursor.rest();
        let [len, kind] = cursor.array()?;
        let value = cursor.take(usize::from(len).div_ceil(2))?;
        let raw = before.get(..2 + value.len()).unwrap_or(&[]);
        let unusual = is_unusual(len, kind, value, before);
        Ok(Self { len, kind, unusual, value, raw })
    }

    /// The address written into `room`: digits (`0` to `9`, `*`, `#`, `a`, `b`, `c`), or letters if `ton` is 5.
    ///
    /// # Errors
    /// `BadValue` for a character that neither has, or numbers beyond their bits; `BadLength` for more than twenty
    /// digits or eleven letters.
    pub fn of(ton: u8, npi: u8, text: &str, room: &'a mut [u8; ADDRESS_OCTETS_MAX]) -> Result<Self, Error> {
        let refuse = |reason| Error::new(Layer::Sms, 0, reason);
        if ton > 7 || npi > 15 {
            return Err(refuse(Reason::BadValue));
        }
        let kind = 0x80 | ton << 4 | npi;
        let [len_octet, kind_octet, value @ ..] = room;
        let len = if ton == 5 { put_letters(text, value) } else { put_digits(text, value) }.map_err(refuse)?;
        (*len_octet, *kind_octet) = (len, kind);
        let raw = room.get(..2 + usize::from(len).div_ceil(2)).unwrap_or(&[]);
        let value = raw.get(2..).unwrap_or(&[]);
        Ok(Self { len, kind, unusual: is_unusual(len, kind, value, raw), value, raw })
    }

    /// Length, type and ten octets of digits or letters.
    pub const OCTETS_MAX: usize = ADDRESS_OCTETS_MAX;

    /// Type of number: 0 unknown, 1 international, 2 national, 3 network, 4 subscriber, 5 alphanumeric, 6 abbreviated.
    #[inline]
    pub const fn ton(&self) -> u8 {
        self.kind >> 4 & 7
    }

    /// Numbering plan: 1 is E.164.
    #[inline]
    pub const fn npi(&self) -> u8 {
        self.kind & 15
    }

    /// Whether the value is text, not digits.
    #[inline]
    pub const fn is_alphanumeric(&self) -> bool {
        self.ton() == 5
    }

    /// Over the twenty digits that the clause allows.
    #[inline]
    pub const fn is_overlong(&self) -> bool {
        self.len > 20
    }

    /// Whether it deviates from the clause: too long, a length that no number of letters has, a reserved type or
    /// plan, no extension bit, filler among the digits, or none after an odd number of them.
    #[inline(always)]
    pub const fn is_unusual(&self) -> bool {
        self.unusual
    }

    /// Digits or letters.
    pub fn text(&self) -> Digits {
        let mut out = Digits::EMPTY;
        self.write(&mut out);
        out
    }

    /// [`Self::text`] over what `out` held.
    #[inline(always)]
    pub fn write(&self, out: &mut Digits) {
        if self.is_alphanumeric() {
            write_letters(self.value, self.len, out);
        } else {
            out.set_tbcd(self.value, usize::from(self.len));
        }
    }

    /// The octets after length and type.
    #[inline]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    /// Length, type and value as sent.
    #[inline]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

/// §9.1.2.5.
const ADDRESS_OCTETS_MAX: usize = 12;

/// `before` begins with the address; what follows it lets the value be looked at in one go.
#[inline(always)]
fn is_unusual(len: u8, kind: u8, value: &[u8], before: &[u8]) -> bool {
    // No extension bit, type 7, or a plan the clause keeps for later.
    let reserved = kind < 0x80 || kind & 0x70 == 0x70 || RESERVED_PLANS >> (kind & 15) & 1 != 0;
    if reserved || len > 20 {
        return true;
    }
    if kind & 0x70 == 0x50 {
        return LENGTHS_OF_LETTERS >> len & 1 == 0;
    }
    // Bit 0 of each nibble: whether it is filler. Up to fifteen digits, and what follows them, in one word.
    if let (0..=15, Some([_, _, eight @ ..])) = (len, before.first_chunk::<10>()) {
        let octets = u64::from_le_bytes(*eight);
        let filler = octets & octets >> 1 & octets >> 2 & octets >> 3 & 0x1111_1111_1111_1111;
        let (digits, odd) = (u32::from(len) * 4, u32::from(len) & 1);
        let looked_at = !(u64::MAX << digits << (4 * odd));
        return filler & looked_at != u64::from(odd) << digits;
    }
    has_filler_elsewhere(len, value)
}

/// The same, octet by octet.
#[cold]
fn has_filler_elsewhere(len: u8, value: &[u8]) -> bool {
    let nibbles = value.iter().flat_map(|octet| [octet & 15, octet >> 4]);
    nibbles.enumerate().any(|(place, nibble)| (nibble == 15) != (place >= usize::from(len)))
}

/// Bit n: plan n is reserved. §9.1.2.5.
const RESERVED_PLANS: u16 = 1 << 2 | 1 << 7 | 0b1_1111 << 11;

/// Bit n: n half-octets hold a whole number of septets and nothing that is not used. §9.1.2.5.
const LENGTHS_OF_LETTERS: u32 = {
    let (mut lengths, mut septets) = (0, 0_u32);
    while septets <= 11 {
        lengths |= 1 << (septets * 7).div_ceil(4);
        septets += 1;
    }
    lengths
};

fn put_digits(text: &str, value: &mut [u8]) -> Result<u8, Reason> {
    let mut len = 0_u8;
    value.fill(0xFF);
    for character in text.chars() {
        let nibble = match character {
            '0'..='9' => character as u8 & 15,
            '*' => 10,
            '#' => 11,
            'a'..='c' => character as u8 - b'a' + 12,
            _ => return Err(Reason::BadValue),
        };
        let octet = value.get_mut(usize::from(len / 2)).ok_or(Reason::BadLength)?;
        *octet = if len.is_multiple_of(2) { 0xF0 | nibble } else { *octet & 0x0F | nibble << 4 };
        len += 1;
    }
    Ok(len)
}

fn put_letters(text: &str, value: &mut [u8]) -> Result<u8, Reason> {
    value.fill(0);
    match gsm7::encode(text, 0, &Tables::DEFAULT, value) {
        Ok(septets) => Ok((septets * 7).div_ceil(4)),
        Err(Reason::Truncated) => Err(Reason::BadLength),
        Err(reason) => Err(reason),
    }
}

// Takes no view: one that is lent out has to be written to memory.
#[inline(never)]
fn write_letters(value: &[u8], len: u8, out: &mut Digits) {
    let septets = usize::from(len) * 4 / 7;
    *out = Digits::EMPTY;
    gsm7::characters(value, septets).for_each(|character| out.push_char(character));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(octets: &[u8]) -> Address<'_> {
        Address::parse(&mut Cursor::new(octets)).expect("parses")
    }

    #[test]
    fn reads_digits_and_leaves_what_follows() {
        let octets = [0x05, 0x81, 0x21, 0x43, 0xF5, 0xAA];
        let mut cursor = Cursor::new(&octets);
        let address = Address::parse(&mut cursor).unwrap();
        assert_eq!((address.ton(), address.npi(), address.text().as_str()), (0, 1, "12345"));
        assert_eq!((address.raw(), cursor.rest()), (&octets[..5], &octets[5..]));
    }

    #[test]
    fn believes_the_length_not_the_filler() {
        assert_eq!(address(&[0x03, 0x91, 0x05, 0x06]).text().as_str(), "506");
        assert_eq!(address(&[0x16, 0x91, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).text().len(), 22);
    }

    #[test]
    fn reads_letters_of_every_length() {
        assert_eq!(address(&[0x0D, 0xD0, 0xCD, 0xF2, 0x39, 0x6C, 0x7E, 0xBB, 0x01]).text().as_str(), "Megafon");
        assert_eq!(address(&[0x02, 0xD0, 0x41]).text().as_str(), "A");
        assert_eq!(address(&[0x06, 0xD0, 0x0B, 0x91, 0x13]).text().as_str(), "Ø\"N");
    }

    #[test]
    fn reads_an_address_without_digits() {
        assert!(address(&[0x00, 0x80]).text().is_empty());
        assert!(address(&[0x00, 0xD0]).text().is_empty());
    }

    #[test]
    fn refuses_an_address_that_ends_early() {
        for end in 0..5 {
            let octets = [0x05, 0x81, 0x21, 0x43, 0xF5];
            assert_eq!(Address::parse(&mut Cursor::new(&octets[..end])), Err(Reason::Truncated));
        }
    }
    #[test]
    fn tells_an_address_that_deviates() {
        for (octets, unusual) in [
            (&[0x05, 0x81, 0x21, 0x43, 0xF5][..], false),
            (&[0x04, 0x91, 0x21, 0xA3], false),
            (&[0x00, 0x80], false),
            (&[0x0D, 0xD0, 0xCD, 0xF2, 0x39, 0x6C, 0x7E, 0xBB, 0x01], false),
            (&[0x14, 0x91, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], false),
            (&[0x05, 0x81, 0x21, 0x43, 0x05], true),
            (&[0x04, 0x81, 0x2F, 0x43], true),
            (&[0x05, 0x81, 0x2F, 0x43, 0xF5], true),
            (&[0x04, 0x11, 0x21, 0x43], true),
            (&[0x04, 0xF1, 0x21, 0x43], true),
            (&[0x04, 0x92, 0x21, 0x43], true),
            (&[0x03, 0xD0, 0x41, 0x00], true),
            (&[0x0E, 0xD0, 0xCD, 0xF2, 0x39, 0x6C, 0x7E, 0xBB, 0x01], false),
            (&[0x15, 0x91, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0xF1], true),
        ] {
            assert_eq!(address(octets).is_unusual(), unusual, "{octets:x?}");
            let followed: Vec<u8> = octets.iter().copied().chain([0xFF; 20]).collect();
            assert_eq!(address(&followed).is_unusual(), unusual, "{octets:x?} and more");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for (ton, npi, text) in [
            (1, 1, "15550100"),
            (0, 1, "155501001"),
            (2, 8, "*#abc"),
            (5, 0, "Megafon"),
            (5, 0, "12345678901"),
            (5, 0, "{a}"),
            (1, 1, ""),
            (1, 1, "12345678901234567890"),
        ] {
            let mut room = [0; Address::OCTETS_MAX];
            let written = Address::of(ton, npi, text, &mut room).expect("fits");
            let octets = written.raw().to_vec();
            let read = address(&octets);
            assert_eq!((read, read.text().as_str(), read.is_unusual()), (written, text, false));
        }
    }

    #[test]
    fn refuses_to_write_what_an_address_cannot_have() {
        let of = |ton, npi, text| Address::of(ton, npi, text, &mut [0; Address::OCTETS_MAX]).err().map(|e| e.reason);
        assert_eq!(of(1, 1, "123456789012345678901"), Some(Reason::BadLength));
        assert_eq!(of(5, 0, "twelveletter"), Some(Reason::BadLength));
        assert_eq!(of(1, 1, "12d"), Some(Reason::BadValue));
        assert_eq!(of(8, 1, "12"), Some(Reason::BadValue));
    }
}
