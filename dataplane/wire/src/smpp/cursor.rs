//! Reading the mandatory parameters of a PDU from its first octet to its last. SMPP 3.4 §3.1.
//!
//! ```text
//!  integer           1 octet
//!  C-octet string    octets, then one of zero; at most so many together
//!  octet string      so many as the octet before it says
//! ```
//! A string longer than it may be is taken as it is; one without its end is all that is left. Both are noted.

use crate::{Anomalies, Anomaly, Reason};

/// What is left of a PDU.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    pub(super) anomalies: Anomalies,
}

impl<'a> Cursor<'a> {
    #[inline(always)]
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, anomalies: Anomalies::NONE }
    }

    #[inline(always)]
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline(always)]
    pub(super) fn octet(&mut self) -> Result<u8, Reason> {
        let (first, rest) = self.rest.split_first().ok_or(Reason::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// Four octets as a number.
    #[inline]
    pub(super) fn word(&mut self) -> Result<u32, Reason> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Reason::Truncated)?;
        self.rest = rest;
        Ok(u32::from_be_bytes(*taken))
    }

    /// A C-octet string that takes at most `octets_max` with its end.
    #[inline]
    pub(super) fn string(&mut self, octets_max: usize) -> Result<&'a [u8], Reason> {
        if self.rest.is_empty() {
            return Err(Reason::Truncated);
        }
        let end = self.rest.iter().position(|octet| *octet == 0);
        let (string, after) = self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or((self.rest, &[]));
        self.anomalies.note_if(end.is_none() || string.len() >= octets_max, Anomaly::SmppString);
        self.rest = after.get(1..).unwrap_or(&[]);
        Ok(string)
    }

    /// A time: absolute or relative in 16 digits, or nothing. SMPP 3.4 §7.1.1.
    #[inline]
    pub(super) fn time(&mut self) -> Result<&'a [u8], Reason> {
        let time = self.string(TIME_OCTETS_MAX)?;
        self.anomalies.note_if(!time.is_empty() && time.len() != TIME_OCTETS_MAX - 1, Anomaly::SmppString);
        Ok(time)
    }

    /// An octet string after its length. One longer than what is left is what is left.
    #[inline]
    pub(super) fn counted(&mut self) -> Result<(u8, &'a [u8]), Reason> {
        let length = self.octet()?;
        let whole = self.rest.split_at_checked(usize::from(length));
        self.anomalies.note_if(whole.is_none(), Anomaly::SmppLength);
        let (string, rest) = whole.unwrap_or((self.rest, &[]));
        self.rest = rest;
        Ok((length, string))
    }
}

const TIME_OCTETS_MAX: usize = 17;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_strings_up_to_their_end() {
        let mut cursor = Cursor::new(b"abc\0\0x\0");
        assert_eq!([cursor.string(4), cursor.string(1), cursor.string(2)], [Ok(&b"abc"[..]), Ok(b""), Ok(b"x")]);
        assert_eq!((cursor.string(2), cursor.anomalies), (Err(Reason::Truncated), Anomalies::NONE));
    }

    #[test]
    fn notes_a_string_too_long_and_one_without_its_end() {
        for (octets, max) in [(&b"abcd\0"[..], 4), (b"abc", 9)] {
            let mut cursor = Cursor::new(octets);
            assert!(cursor.string(max).is_ok_and(|string| string.starts_with(b"abc")));
            assert_eq!(cursor.anomalies, Anomalies::of(Anomaly::SmppString));
        }
    }

    #[test]
    fn notes_a_time_of_another_length() {
        for (octets, odd) in [(&b"\0"[..], false), (b"000001000000000R\0", false), (b"0\0", true)] {
            let mut cursor = Cursor::new(octets);
            assert!(cursor.time().is_ok());
            assert_eq!(cursor.anomalies.has(Anomaly::SmppString), odd);
        }
    }

    #[test]
    fn a_counted_string_longer_than_what_is_left_is_what_is_left() {
        let mut cursor = Cursor::new(&[2, b'o', b'k', 3, b'x']);
        assert_eq!((cursor.counted(), cursor.anomalies), (Ok((2, &b"ok"[..])), Anomalies::NONE));
        assert_eq!(cursor.counted(), Ok((3, &b"x"[..])));
        assert_eq!(cursor.anomalies, Anomalies::of(Anomaly::SmppLength));
    }
}
