//! The user data header: concatenation, ports and other elements. TS 23.040 §9.2.3.24.
//!
//! ```text
//!   +------+-----+-----+-----------+-----+-----+-----------+
//!   | UDHL | IEI | IEL | IEL octets| IEI | IEL | …         |
//!   +------+-----+-----+-----------+-----+-----+-----------+
//!     00 03 ref total seq             05 04 destination source (16 bits each)
//!     08 04 ref16 total seq           04 02 destination source (8 bits each)
//! ```
//! Of an element that comes twice the last counts, as the clause says. Elements of a wrong length are listed
//! but not read. The cost is bounded by the 255 octets a header can have.

/// The elements of a header, without UDHL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserDataHeader<'a> {
    elements: &'a [u8],
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InformationElement<'a> {
    /// Which element.
    pub iei: u8,
    /// Its octets.
    pub value: &'a [u8],
}

/// Which part of which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Concatenation {
    /// The same in all parts; 8 or 16 bits.
    pub reference: u16,
    /// How many parts.
    pub total: u8,
    /// Which part, from 1.
    pub sequence: u8,
    /// Whether the reference has 16 bits: a different message from one with the same 8-bit reference.
    pub wide: bool,
}

impl Concatenation {
    /// §9.2.3.24.1: with no parts, part 0 or a part beyond the last, a phone ignores the element.
    #[inline]
    pub const fn is_valid(self) -> bool {
        self.sequence >= 1 && self.sequence <= self.total
    }
}

/// Application ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ports {
    /// To.
    pub destination: u16,
    /// From.
    pub source: u16,
    /// Whether they have 16 bits.
    pub wide: bool,
}

impl<'a> UserDataHeader<'a> {
    /// `elements` is what UDHL counts, as far as it is there.
    #[inline]
    pub(super) const fn new(elements: &'a [u8]) -> Self {
        Self { elements }
    }

    /// The elements in order; ends before one that is cut off.
    #[inline]
    pub const fn elements(&self) -> Elements<'a> {
        Elements { rest: self.elements }
    }

    /// Whether every element ends within the header. A phone ignores a header where that is not so.
    #[inline]
    pub fn is_whole(&self) -> bool {
        let mut elements = self.elements();
        elements.by_ref().count();
        elements.rest.is_empty()
    }

    /// The part of a long message, if it is one.
    #[inline]
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

    /// The application it is for, if it names one.
    #[inline]
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
    fn reads_concatenation_and_ports_of_both_widths() {
        let narrow = UserDataHeader::new(&[0x00, 3, 7, 2, 1, 0x04, 2, 0xF0, 0xF1]);
        assert_eq!(narrow.concatenation().map(|c| (c.reference, c.total, c.sequence, c.wide)), Some((7, 2, 1, false)));
        assert_eq!(narrow.ports(), Some(Ports { destination: 240, source: 241, wide: false }));
        let wide = UserDataHeader::new(&[0x08, 4, 1, 2, 3, 3, 0x05, 4, 0x0B, 0x84, 0x23, 0xF0]);
        assert_eq!(wide.concatenation().map(|c| (c.reference, c.total, c.sequence, c.wide)), Some((258, 3, 3, true)));
        assert_eq!(wide.ports(), Some(Ports { destination: 2948, source: 9200, wide: true }));
    }

    #[test]
    fn takes_the_last_of_a_repeated_element() {
        let header = UserDataHeader::new(&[0x00, 3, 1, 2, 1, 0x00, 3, 2, 3, 2]);
        assert_eq!(header.concatenation().map(|c| c.reference), Some(2));
        assert_eq!(header.elements().map(|e| e.iei).collect::<Vec<_>>(), [0, 0]);
    }

    #[test]
    fn lists_but_does_not_read_an_element_of_wrong_length() {
        let header = UserDataHeader::new(&[0x00, 2, 1, 2, 0x70, 0]);
        assert_eq!((header.concatenation(), header.elements().count()), (None, 2));
        assert!(header.is_whole());
    }

    #[test]
    fn ends_before_an_element_that_is_cut_off() {
        let header = UserDataHeader::new(&[0x70, 0, 0x00, 9, 1, 2]);
        assert_eq!(header.elements().count(), 1);
        assert!(!header.is_whole());
    }

    #[test]
    fn tells_a_part_that_cannot_be() {
        let part = |total, sequence| Concatenation { reference: 1, total, sequence, wide: false };
        assert!(part(2, 2).is_valid());
        assert!(!part(2, 3).is_valid() && !part(2, 0).is_valid() && !part(0, 0).is_valid());
    }
}
