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
//! by [`Address::is_overlong`].

use super::cursor::Cursor;
use super::gsm7;
use crate::Reason;
use crate::digits::Digits;

/// Originating, destination or recipient address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Length as sent: digits, or half-octets.
    pub len: u8,
    kind: u8,
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
        Ok(Self { len, kind, value, raw })
    }

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
}
