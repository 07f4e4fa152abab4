//! The user data header at the start of a message whose `esm_class` announces one. TS 23.040 §9.2.3.24,
//! SMPP 3.4 §5.2.12.
//!
//! The octets are those of a TPDU's header; the text after it is not packed, so there are no fill bits. Of an element
//! that comes twice the last counts.

use crate::sms::{Concatenation, InformationElement, Ports};

/// The elements of a header, without its length octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    elements: &'a [u8],
}

impl<'a> Header<'a> {
    /// Divides a message into its header and what follows; the flag says whether the header is all there and its
    /// elements end where it does. One longer than the message is all of the message.
    pub(super) fn split(message: &'a [u8]) -> (Option<Self>, &'a [u8], bool) {
        let Some((length, rest)) = message.split_first() else { return (None, message, false) };
        let there = rest.split_at_checked(usize::from(*length));
        let (elements, payload) = there.unwrap_or((rest, &[]));
        let header = Self { elements };
        let mut walk = header.elements();
        walk.by_ref().for_each(drop);
        (Some(header), payload, there.is_some() && walk.rest.is_empty())
    }

    /// The elements in order; ends before one that is cut off.
    #[inline]
    pub const fn elements(&self) -> Elements<'a> {
        Elements { rest: self.elements }
    }

    /// The part of a long message, if it is one. TS 23.040 §9.2.3.24.1, §9.2.3.24.8.
    pub fn concatenation(&self) -> Option<Concatenation> {
        let read = |element: InformationElement<'_>| match (element.iei, element.value) {
            (0x00, &[reference, total, sequence]) => {
                Some(Concatenation { reference: u16::from(reference), total, sequence, wide: false })
            }
            (0x08, &[high, low, total, sequence]) => {
                Some(Concatenation { reference: u16::from_be_bytes([high, low]), total, sequence, wide: true })
            }
            _ => None,
        };
        self.elements().filter_map(read).last()
    }

    /// The application it is for, if it names one. TS 23.040 §9.2.3.24.3, §9.2.3.24.4.
    pub fn ports(&self) -> Option<Ports> {
        let read = |element: InformationElement<'_>| match (element.iei, element.value) {
            (0x04, &[to, from]) => Some(Ports { destination: u16::from(to), source: u16::from(from), wide: false }),
            (0x05, &[a, b, c, d]) => {
                Some(Ports { destination: u16::from_be_bytes([a, b]), source: u16::from_be_bytes([c, d]), wide: true })
            }
            _ => None,
        };
        self.elements().filter_map(read).last()
    }
}

/// The elements of a header, in order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = InformationElement<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&[iei, length], after) = self.rest.split_first_chunk()?;
        let (value, rest) = after.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some(InformationElement { iei, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_a_message_into_header_and_text() {
        let (header, text, whole) = Header::split(&[5, 0, 3, 7, 2, 1, b'o', b'k']);
        let part = Concatenation { reference: 7, total: 2, sequence: 1, wide: false };
        assert_eq!((header.and_then(|h| h.concatenation()), text, whole), (Some(part), &b"ok"[..], true));
    }

    #[test]
    fn reads_the_last_of_each_and_both_widths() {
        let octets = [19, 0, 3, 1, 2, 1, 8, 4, 1, 2, 3, 3, 5, 4, 0x0b, 0x84, 0x23, 0xf0, 0x70, 0];
        let (header, text, whole) = Header::split(&octets);
        let header = header.expect("there");
        assert_eq!(header.concatenation().map(|c| (c.reference, c.wide)), Some((258, true)));
        assert_eq!(header.ports(), Some(Ports { destination: 2948, source: 9200, wide: true }));
        assert_eq!((header.elements().count(), text, whole), (4, &[][..], true));
    }

    #[test]
    fn tells_a_header_that_is_not_whole() {
        for (message, elements) in [(&[][..], None), (&[9, 0, 3, 1, 2, 1], Some(1)), (&[2, 0, 3, 1], Some(0))] {
            let (header, _, whole) = Header::split(message);
            assert_eq!((header.map(|h| h.elements().count()), whole), (elements, false), "{message:?}");
        }
    }
}
