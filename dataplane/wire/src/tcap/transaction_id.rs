//! A transaction identifier. Q.773 §3.1.3.
//!
//! ```text
//!   48 04 7D 99 C1 FA     originating, four octets; one to four may come
//! ```

/// A transaction identifier: one to four octets, whose number matters. Q.773 §3.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId<'a>(&'a [u8]);

impl<'a> TransactionId<'a> {
    /// None of no octets or more than four.
    pub(super) const fn of(octets: &'a [u8]) -> Option<Self> {
        if matches!(octets.len(), 1..=4) { Some(Self(octets)) } else { None }
    }

    #[inline(always)]
    pub(super) const fn of_four(octets: &'a [u8; 4]) -> Self {
        Self(octets)
    }

    /// As sent.
    #[inline]
    pub const fn octets(self) -> &'a [u8] {
        self.0
    }

    /// Length and value in one number: equal exactly where the octets are.
    #[inline]
    pub fn key(self) -> u64 {
        let value = match *self.0 {
            [a, b, c, d] => u64::from(u32::from_be_bytes([a, b, c, d])),
            _ => self.0.iter().fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet)),
        };
        (self.0.len() as u64) << 32 | value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_of_another_length_is_another_transaction() {
        let keys =
            [&[5][..], &[0, 5], &[0, 0, 5], &[0, 0, 0, 5]].map(|octets| TransactionId::of(octets).unwrap().key());
        assert_eq!(keys, [0x1_0000_0005, 0x2_0000_0005, 0x3_0000_0005, 0x4_0000_0005]);
    }

    #[test]
    fn has_one_to_four_octets() {
        assert_eq!((TransactionId::of(&[]), TransactionId::of(&[0; 5])), (None, None));
        assert_eq!(TransactionId::of(&[9]).map(TransactionId::octets), Some(&[9][..]));
    }
}
