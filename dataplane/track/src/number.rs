//! Numbers of subscribers and nodes as one word: decimal digits with a 1 in front of them, so that leading zeros count.
//!
//! ```text
//! digits   0 0 1 2   →   1 0012   none   →   0
//! ```
//! Fifteen digits (E.164 §6, E.212 §6) take 51 bits, eighteen take 61. The digits `*#abc` of TBCD are refused.

use core::fmt;

/// Up to [`Number::DIGITS_MAX`] decimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u64);

impl Number {
    /// Most digits.
    pub const DIGITS_MAX: usize = 18;

    /// No digits: it is not known.
    pub const NONE: Self = Self(0);

    /// From 1 to [`Self::DIGITS_MAX`] decimal digits in ASCII; `None` for anything else.
    #[inline]
    pub fn new(ascii: &[u8]) -> Option<Self> {
        if ascii.is_empty() || ascii.len() > Self::DIGITS_MAX {
            return None;
        }
        let (words, rest) = ascii.as_chunks::<8>();
        let mut number = 1;
        for word in words {
            number = number * 100_000_000 + eight(*word)?;
        }
        for digit in rest {
            number = number * 10 + u64::from(digit.is_ascii_digit().then_some(digit & 15)?);
        }
        Some(Self(number))
    }

    /// The first [`Self::DIGITS_MAX`] digits: longer addresses are told apart by these. [`Self::NONE`] if there are none
    /// or one is not decimal.
    #[inline]
    pub fn leading(ascii: &[u8]) -> Self {
        Self::new(ascii.get(..Self::DIGITS_MAX).unwrap_or(ascii)).unwrap_or(Self::NONE)
    }

    /// Whether it is not known.
    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The number unless it is not known.
    #[inline]
    pub fn known(self) -> Option<Self> {
        (!self.is_none()).then_some(self)
    }

    /// How many digits.
    #[inline]
    pub const fn digits(self) -> usize {
        match self.0.checked_ilog10() {
            Some(len) => len as usize,
            None => 0,
        }
    }

    /// The word: the digits with a 1 before them, or 0.
    #[inline]
    pub const fn word(self) -> u64 {
        self.0
    }

    /// What [`Self::word`] gave; it must have come from there.
    #[inline]
    pub(crate) const fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// Nibbles as TBCD has them: the first digit lowest, filler `F` above the last. `None` for more than 16 digits.
    pub fn packed(self) -> Option<u64> {
        let mut ascii = [0; Self::DIGITS_MAX];
        let digits = self.ascii(&mut ascii);
        (digits.len() <= 16).then(|| digits.iter().rev().fold(u64::MAX, |n, digit| n << 4 | u64::from(digit & 15)))
    }

    /// Writes the digits in ASCII, unmasked.
    pub fn ascii(self, out: &mut [u8; Self::DIGITS_MAX]) -> &[u8] {
        let len = self.digits().min(Self::DIGITS_MAX);
        let digits = out.get_mut(..len).unwrap_or_default();
        let mut left = self.0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
        }
        digits
    }
}

/// Masked: the last digits are those of a person.
impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ascii = [0; Self::DIGITS_MAX];
        for (at, digit) in self.ascii(&mut ascii).iter().enumerate() {
            fmt::Write::write_char(f, if at < SHOWN_DIGITS { char::from(*digit) } else { 'x' })?;
        }
        Ok(())
    }
}

/// Country and network: what is shown of a masked number.
const SHOWN_DIGITS: usize = 5;

/// Eight decimal digits at once: first pairs, then fours, then all.
#[inline(always)]
fn eight(ascii: [u8; 8]) -> Option<u64> {
    let digits = u64::from_le_bytes(ascii) ^ 0x3030_3030_3030_3030;
    if (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    Some((fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_is_refused() {
        for ascii in ["", "1234567890123456789", "12a4", "12345678*", "1234567:", "/2345678", "+99955512"] {
            assert_eq!(Number::new(ascii.as_bytes()), None, "{ascii}");
        }
        assert_eq!(Number::new(&[0xB1; 8]), None);
    }

    #[test]
    fn a_number_is_masked_unless_asked_otherwise() {
        let number = Number::new(b"001019999999999").unwrap();
        assert_eq!(format!("{number:?}"), "00101xxxxxxxxxx");
        assert_eq!(number.ascii(&mut [0; 18]), b"001019999999999");
    }

    #[test]
    fn the_packed_form_has_the_first_digit_lowest() {
        assert_eq!(Number::new(b"0123").unwrap().packed(), Some(0xFFFF_FFFF_FFFF_3210));
        assert_eq!(Number::NONE.packed(), Some(u64::MAX));
        assert_eq!(Number::new(b"12345678901234567").unwrap().packed(), None);
    }

    #[test]
    fn a_longer_address_is_known_by_its_first_digits() {
        assert_eq!(Number::leading(b"99955501001234567890"), Number::new(b"999555010012345678").unwrap());
        assert_eq!(Number::leading(b"99a"), Number::NONE);
    }

    proptest! {
        #[test]
        fn digits_come_back_as_they_were(digits in "[0-9]{1,18}") {
            let number = Number::new(digits.as_bytes()).unwrap();
            let mut ascii = [0; Number::DIGITS_MAX];
            prop_assert_eq!(number.ascii(&mut ascii), digits.as_bytes());
            prop_assert_eq!(number.digits(), digits.len());
            prop_assert_eq!(number.word().to_string(), format!("1{digits}"));
        }

        #[test]
        fn any_octets_are_a_number_just_when_they_are_digits(octets in prop::collection::vec(any::<u8>(), 0..20)) {
            let is_number = (1..=18).contains(&octets.len()) && octets.iter().all(u8::is_ascii_digit);
            prop_assert_eq!(Number::new(&octets).is_some(), is_number);
        }

        #[test]
        fn one_octet_that_is_no_digit_is_found_wherever_it_stands(at in 0..15_usize, octet in any::<u8>()) {
            let mut digits = *b"001019999999999";
            digits[at] = octet;
            prop_assert_eq!(Number::new(&digits).is_some(), octet.is_ascii_digit());
        }
    }
}
