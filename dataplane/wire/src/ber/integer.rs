//! INTEGER, ENUMERATED and BOOLEAN. X.690 §8.2, §8.3, §8.4.
//!
//! ```text
//!   05          5          two's complement, the most significant octet first
//!   FD 66    −666
//!   00 00 05    5          with octets that X.690 §8.3.2 forbids
//! ```
//! Reads what fits 64 bits, however many octets it does not need stand before it.

/// The number, where 64 bits hold it; none of no octets.
#[inline]
pub fn integer(value: &[u8]) -> Option<i64> {
    if let [octet] = *value {
        return Some(i64::from(octet as i8));
    }
    let value = if value.len() > 8 { without_padding(value) } else { value };
    if value.is_empty() || value.len() > 8 {
        return None;
    }
    let sign = if value.first().is_some_and(|octet| octet & 0x80 != 0) { -1 } else { 0 };
    Some(value.iter().fold(sign, |sum, octet| sum << 8 | i64::from(*octet)))
}

/// Whether it has at least one octet and none it does not need: X.690 §8.3.1, §8.3.2.
#[inline]
pub(crate) const fn is_minimal(value: &[u8]) -> bool {
    match value {
        [] | [0x00, 0..0x80, ..] | [0xFF, 0x80..=0xFF, ..] => false,
        [..] => true,
    }
}

#[cold]
fn without_padding(mut value: &[u8]) -> &[u8] {
    while let ([0x00, 0..0x80, ..] | [0xFF, 0x80..=0xFF, ..], Some((_, rest))) = (value, value.split_first()) {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers_with_their_sign() {
        assert_eq!(integer(&[0x80]), Some(-128));
        assert_eq!(integer(&[0xFD, 0x66]), Some(-666));
        assert_eq!(integer(&[0x00, 0xFF]), Some(255));
        assert_eq!(integer(&[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), Some(i64::MAX));
        assert_eq!(integer(&[]), None);
    }

    #[test]
    fn reads_a_number_behind_any_count_of_octets_it_does_not_need() {
        for octets in 0..40 {
            assert_eq!(integer(&[&vec![0x00; octets][..], &[0x2C]].concat()), Some(44));
            assert_eq!(integer(&[&vec![0xFF; octets][..], &[0x9C]].concat()), Some(-100));
        }
        assert_eq!(integer(&[1; 9]), None);
        assert_eq!(integer(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0]), None);
    }

    #[test]
    fn tells_which_integers_have_octets_to_spare() {
        for whole in [&[0x00][..], &[0xFF], &[0x00, 0x80], &[0xFF, 0x7F], &[0x01, 0x00]] {
            assert!(is_minimal(whole), "{whole:?}");
        }
        for padded in [&[][..], &[0x00, 0x7F], &[0xFF, 0x80], &[0, 0, 0]] {
            assert!(!is_minimal(padded), "{padded:?}");
        }
    }
}
