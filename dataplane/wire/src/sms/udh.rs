//! The user data header: concatenation, ports and other elements. TS 23.040 §9.2.3.24.
//!
//! ```text
//!   +------+-----+-----+-----------+-----+-----+-----------+
//!   | UDHL | IEI | IEL | IEL octets| IEI | IEL | …         |
//!   +------+-----+-----+-----------+-----+-----+-----------+
//!     00 03 ref total seq             05 04 destination source (16 bits each)
//!     08 04 ref16 total seq           04 02 destination source (8 bits each)
//!     24 01 single shift              25 01 locking shift
//! ```
//! Of an element that comes twice, and of two that exclude each other, the last counts, as the clause says. Elements
//! of a wrong length are listed but not read. Enhanced messages and (U)SIM security are listed, their content is not
//! read. The cost is bounded by the 255 octets a header can have.

use super::element::ElementKind;
use super::tables::{Language, Shift};
use crate::{Anomalies, Anomaly};

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

impl InformationElement<'_> {
    /// The element by name.
    #[inline]
    pub const fn kind(&self) -> ElementKind {
        ElementKind::from_number(self.iei)
    }
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
    pub(crate) const fn new(elements: &'a [u8]) -> Self {
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

    /// The deviations. §9.2.3.24: an element that is cut off, a length its kind does not have, one twice that may
    /// come once, a part that cannot be, a language without a table.
    #[inline]
    pub(crate) fn anomalies(&self) -> Anomalies {
        match self.elements {
            // Nearly every header there is.
            [0x00, 3, _, total, sequence] | [0x08, 4, _, _, total, sequence] if *sequence >= 1 && sequence <= total => {
                Anomalies::NONE
            }
            _ => self.anomalies_of_each(),
        }
    }

    fn anomalies_of_each(&self) -> Anomalies {
        let (mut found, mut seen) = (Anomalies::NONE, 0_u64);
        let mut elements = self.elements();
        for element in elements.by_ref() {
            let kind = element.kind();
            found.note_if(!kind.may_have(element.value.len()), Anomaly::SmsHeader);
            // The two widths of a reference, and of ports, exclude each other.
            let place = 1
                << match element.iei {
                    0x08 => 0x00,
                    0x05 => 0x04,
                    other => other & 63,
                };
            found.note_if(kind.is_single() && seen & place != 0, Anomaly::SmsElementTwice);
            seen |= if kind.is_single() { place } else { 0 };
            found.note_if(part_of(element).is_some_and(|part| !part.is_valid()), Anomaly::SmsConcatenation);
            found.note_if(has_reserved_language(element), Anomaly::SmsLanguage);
        }
        found.note_if(!elements.rest.is_empty(), Anomaly::SmsHeader);
        found
    }

    /// The part of a long message, if it is one.
    #[inline]
    pub fn concatenation(&self) -> Option<Concatenation> {
        self.elements().filter_map(part_of).last()
    }

    /// The application it is for, if it names one.
    #[inline]
    pub fn ports(&self) -> Option<Ports> {
        self.elements().filter_map(ports_of).last()
    }

    /// The national languages of the text; the default ones where it names none, or one that is reserved.
    #[inline]
    pub fn shift(&self) -> Shift {
        let mut shift = Shift::DEFAULT;
        // Nearly every header there is.
        if let [0x00, 3, _, _, _] | [0x08, 4, _, _, _, _] = self.elements {
            return shift;
        }
        for element in self.elements() {
            let language = |octet: u8| Language::from_number(octet);
            match (element.kind(), element.value) {
                (ElementKind::SingleShift, &[octet]) if language(octet).has_single() => shift.single = language(octet),
                (ElementKind::SingleShift, &[_]) => shift.single = Language::Default,
                (ElementKind::LockingShift, &[octet]) if language(octet).has_locking() => {
                    shift.locking = language(octet);
                }
                (ElementKind::LockingShift, &[_]) => shift.locking = Language::Default,
                _ => {}
            }
        }
        shift
    }
}

#[inline]
fn part_of(element: InformationElement<'_>) -> Option<Concatenation> {
    match (element.kind(), element.value) {
        (ElementKind::Concatenation8, &[reference, total, sequence]) => {
            Some(Concatenation { reference: u16::from(reference), total, sequence, wide: false })
        }
        (ElementKind::Concatenation16, &[high, low, total, sequence]) => {
            Some(Concatenation { reference: u16::from_be_bytes([high, low]), total, sequence, wide: true })
        }
        _ => None,
    }
}

#[inline]
fn ports_of(element: InformationElement<'_>) -> Option<Ports> {
    match (element.kind(), element.value) {
        (ElementKind::Ports8, &[to, from]) => {
            Some(Ports { destination: u16::from(to), source: u16::from(from), wide: false })
        }
        (ElementKind::Ports16, &[a, b, c, d]) => {
            Some(Ports { destination: u16::from_be_bytes([a, b]), source: u16::from_be_bytes([c, d]), wide: true })
        }
        _ => None,
    }
}

fn has_reserved_language(element: InformationElement<'_>) -> bool {
    match (element.kind(), element.value) {
        (ElementKind::SingleShift, &[octet]) => !Language::from_number(octet).has_single(),
        (ElementKind::LockingShift, &[octet]) => !Language::from_number(octet).has_locking(),
        _ => false,
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
    fn names_each_deviation_and_only_that() {
        for (elements, anomaly) in [
            (&[0x00, 3, 7, 2, 1][..], None),
            (&[0x08, 4, 0, 7, 2, 1, 0x05, 4, 0, 1, 0, 2], None),
            (&[0x01, 2, 0x80, 1, 0x01, 2, 0x81, 1, 0x70, 0], None),
            (&[0x24, 1, 2, 0x25, 1, 13], None),
            (&[0x00, 3, 7, 2, 0], Some(Anomaly::SmsConcatenation)),
            (&[0x08, 4, 0, 7, 2, 3], Some(Anomaly::SmsConcatenation)),
            (&[0x00, 3, 7, 0, 0], Some(Anomaly::SmsConcatenation)),
            (&[0x00, 3, 7, 2, 1, 0x00, 3, 7, 2, 1], Some(Anomaly::SmsElementTwice)),
            (&[0x00, 3, 7, 2, 1, 0x08, 4, 0, 7, 2, 1], Some(Anomaly::SmsElementTwice)),
            (&[0x05, 4, 0, 1, 0, 2, 0x04, 2, 1, 2], Some(Anomaly::SmsElementTwice)),
            (&[0x24, 1, 0], Some(Anomaly::SmsLanguage)),
            (&[0x25, 1, 2], Some(Anomaly::SmsLanguage)),
            (&[0x24, 1, 14], Some(Anomaly::SmsLanguage)),
            (&[0x00, 2, 1, 2], Some(Anomaly::SmsHeader)),
            (&[0x70, 0, 0x00, 9, 1, 2], Some(Anomaly::SmsHeader)),
            (&[0x70], Some(Anomaly::SmsHeader)),
        ] {
            let found: Vec<_> = UserDataHeader::new(elements).anomalies().iter().collect();
            assert_eq!(found, Vec::from_iter(anomaly), "{elements:x?}");
        }
    }

    #[test]
    fn reads_languages_and_leaves_reserved_ones_at_the_default() {
        let shift = |elements| UserDataHeader::new(elements).shift();
        let both = Shift { locking: Language::Hindi, single: Language::Urdu };
        assert_eq!(shift(&[0x25, 1, 6, 0x24, 1, 13]), both);
        assert_eq!(shift(&[0x25, 1, 2, 0x24, 1, 2]), Shift { single: Language::Spanish, ..Shift::DEFAULT });
        assert_eq!(shift(&[0x24, 1, 1, 0x24, 1, 14, 0x25, 2, 1, 1]), Shift::DEFAULT);
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
