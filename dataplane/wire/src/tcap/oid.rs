//! An object identifier as dotted numbers. X.690 §8.19.
//!
//! ```text
//!   04 00 00 01 00 19 03   →   0.4.0.0.1.0.25.3
//! ```

/// The subidentifiers of an identifier with these content octets; ends at one that is cut off or over 32 bits. The first
/// is two arcs, X.690 §8.19.4.
pub(super) struct Subidentifiers<'a>(pub(super) &'a [u8]);

impl Iterator for Subidentifiers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        while let Some((octet, rest)) = self.0.split_first() {
            if value > u32::MAX >> 7 {
                break;
            }
            self.0 = rest;
            value = value << 7 | u32::from(octet & 0x7F);
            if octet & 0x80 == 0 {
                return Some(value);
            }
        }
        self.0 = &[];
        None
    }
}

/// Whether there is an identifier, none of its subidentifiers cut off or with octets it does not need. X.690 §8.19.2.
pub(super) fn is_well_formed(content: &[u8]) -> bool {
    let padded = |(octet, before): (&u8, u8)| *octet == 0x80 && before < 0x80;
    let before = core::iter::once(0).chain(content.iter().copied());
    content.last().is_some_and(|last| *last < 0x80) && !content.iter().zip(before).any(padded)
}

/// Dotted text held in place.
#[derive(Clone, Copy)]
pub struct OidText {
    text: [u8; Self::CAPACITY_OCTETS],
    len: usize,
}

impl OidText {
    /// Room for the text; arcs that would not fit are left out.
    pub const CAPACITY_OCTETS: usize = 64;

    /// Writes the identifier with these content octets; stops at an arc that is cut off or over 32 bits.
    pub fn of(content: &[u8]) -> Self {
        let mut out = Self { text: [0; Self::CAPACITY_OCTETS], len: 0 };
        Subidentifiers(content).for_each(|value| out.push_subidentifier(value));
        out
    }

    /// The first subidentifier holds two arcs, X.690 §8.19.4.
    fn push_subidentifier(&mut self, value: u32) {
        if self.len > 0 {
            return self.push_arc(value);
        }
        let top = (value / 40).min(2);
        self.push_arc(top);
        self.push_arc(value - top * 40);
    }

    fn push_arc(&mut self, arc: u32) {
        let mut digits = [0; 11];
        let (mut at, mut left) = (digits.len(), arc);
        loop {
            at -= 1;
            if let Some(digit) = digits.get_mut(at) {
                *digit = b'0' + (left % 10) as u8;
            }
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if self.len > 0 {
            at -= 1;
            if let Some(dot) = digits.get_mut(at) {
                *dot = b'.';
            }
        }
        let written = digits.get(at..).unwrap_or(&[]);
        if let Some(room) = self.text.get_mut(self.len..self.len + written.len()) {
            room.copy_from_slice(written);
            self.len += written.len();
        }
    }

    /// The dotted text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.text.get(..self.len).unwrap_or(&[])).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_an_application_context() {
        assert_eq!(OidText::of(&[4, 0, 0, 1, 0, 0x19, 3]).as_str(), "0.4.0.0.1.0.25.3");
    }

    #[test]
    fn writes_arcs_of_several_octets() {
        assert_eq!(OidText::of(&[0x00, 0x11, 0x86, 0x05, 1, 1, 1]).as_str(), "0.0.17.773.1.1.1");
        assert_eq!(OidText::of(&[0x88, 0x37, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F]).as_str(), "2.999.4294967295");
    }

    #[test]
    fn leaves_out_what_is_cut_off_too_big_or_too_much() {
        assert_eq!(OidText::of(&[0x2A, 0x86]).as_str(), "1.2");
        assert_eq!(OidText::of(&[0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x01]).as_str(), "1.2");
        assert_eq!(OidText::of(&[0xFF; 3]).as_str(), "");
        assert!(OidText::of(&[0x7F; 200]).as_str().len() <= OidText::CAPACITY_OCTETS);
    }

    #[test]
    fn tells_which_identifiers_are_cut_off_or_padded() {
        for whole in [&[4, 0, 0, 1, 0, 0x19, 3][..], &[0x00, 0x11, 0x86, 0x05, 1], &[0x81, 0x80, 0x00]] {
            assert!(is_well_formed(whole), "{whole:02X?}");
        }
        for other in [&[][..], &[4, 0x86], &[0x80, 4], &[4, 0, 0, 1, 0x80, 0, 0x19, 3]] {
            assert!(!is_well_formed(other), "{other:02X?}");
        }
    }
}
