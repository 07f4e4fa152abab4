//! What the user adaptations M3UA, M2UA and SUA have in common: a header, and parameters of tag, length and value.
//!
//! RFC 4666 §3.1, §3.2; RFC 3331 §3.1; RFC 3868 §3.1, §3.2. What tags and messages mean is the business of each.
//! Padding is stepped over unread, as the RFCs ask of a receiver.

use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// A common header that was checked, and the octets of the parameters after it.
///
/// ```text
///  0    1    2    3    4                   8         10        12                 + 4 n
/// +----+----+----+----+-------------------+---------+---------+-------+---------+---------
/// | 1  | 0  |clas|type| length            | tag     | length  | value | padding | ...
/// +----+----+----+----+-------------------+---------+---------+-------+---------+---------
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    /// Class in the high octet, type in the low.
    pub(crate) kind: u16,
    /// What follows the header.
    pub(crate) parameters: &'a [u8],
    /// Deviations of the header.
    pub(crate) anomalies: Anomalies,
}

impl<'a> Header<'a> {
    /// Reads a header. Octets after the length are ignored, and the padding of the last parameter may be counted in
    /// the length but not be there; either is noted.
    ///
    /// # Errors
    /// `BadVersion`, `BadLength` for less than the header, `Truncated`.
    #[inline]
    pub(crate) fn parse(layer: Layer, octets: &'a [u8]) -> Result<Self, Error> {
        let Some(&[version, reserved, class, kind, l0, l1, l2, l3]) = octets.first_chunk::<HEADER_OCTETS>() else {
            return Err(Error::new(layer, 0, Reason::Truncated));
        };
        if version != VERSION {
            return Err(Error::new(layer, 0, Reason::BadVersion));
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let missing_octets = length.saturating_sub(octets.len());
        let Some(parameters) = octets.get(HEADER_OCTETS..length.min(octets.len())) else {
            return Err(Error::new(layer, 4, Reason::BadLength));
        };
        if missing_octets > PADDING_OCTETS_MAX {
            return Err(Error::new(layer, 4, Reason::Truncated));
        }
        let mut anomalies = Anomalies::NONE;
        anomalies.note_if(reserved != 0, Anomaly::AdaptationValue);
        // RFC 4666 §3.1.4: the length includes the padding, though a receiver should bear that it does not.
        anomalies.note_if(length != octets.len() || !length.is_multiple_of(4), Anomaly::AdaptationLength);
        Ok(Self { kind: u16::from_be_bytes([class, kind]), parameters, anomalies })
    }

    /// What was tolerated in a message of which nothing more is read: of the header, a kind and parameters without a
    /// name, a broken parameter.
    pub(crate) fn anomalies_of_all(&self, layer: Layer, is_named: bool, tag_is_named: fn(u16) -> bool) -> Anomalies {
        let mut anomalies = self.anomalies;
        anomalies.note_if(!is_named, Anomaly::AdaptationValue);
        for parameter in Parameters::new(layer, self.parameters, HEADER_OCTETS) {
            match parameter {
                Ok(parameter) => anomalies.note_if(!tag_is_named(parameter.tag), Anomaly::AdaptationValue),
                Err(_) => anomalies.note(Anomaly::AdaptationLength),
            }
        }
        anomalies
    }
}

/// A parameter whose length was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    /// What it is, by number.
    pub(crate) tag: u16,
    /// Where it begins, in octets from the start of the message; 65,535 for anything beyond.
    pub(crate) offset: u16,
    /// What follows the length, without padding.
    pub(crate) value: &'a [u8],
}

impl Parameter<'_> {
    /// The first four octets of the value as a number. Notes any other length than these four.
    #[inline]
    pub(crate) fn word(&self, anomalies: &mut Anomalies) -> Option<u32> {
        anomalies.note_if(self.value.len() != 4, Anomaly::AdaptationLength);
        self.value.first_chunk().map(|octets| u32::from_be_bytes(*octets))
    }
}

/// The walk over parameters. Ends after the first error.
#[derive(Clone, Debug)]
pub(crate) struct Parameters<'a> {
    rest: &'a [u8],
    at: usize,
    left: u8,
    layer: Layer,
}

impl<'a> Parameters<'a> {
    /// Over `octets`, the first of which is the octet `at` of the message.
    #[inline]
    pub(crate) const fn new(layer: Layer, octets: &'a [u8], at: usize) -> Self {
        Self { rest: octets, at, left: PARAMETERS_MAX, layer }
    }

    #[inline]
    fn step(&mut self) -> Result<Parameter<'a>, Error> {
        let at = self.at;
        if self.left == 0 {
            return Err(Error::new(self.layer, at, Reason::TooDeep));
        }
        let Some(&[t0, t1, l0, l1]) = self.rest.first_chunk() else {
            return Err(Error::new(self.layer, at, Reason::Truncated));
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let Some(value) = self.rest.get(4..length) else {
            let reason = if length < 4 { Reason::BadLength } else { Reason::Truncated };
            return Err(Error::new(self.layer, at + 2, reason));
        };
        // The padding of the last parameter may be outside the message.
        let padded = length.next_multiple_of(4);
        self.rest = self.rest.get(padded..).unwrap_or_default();
        self.at = at + padded;
        self.left -= 1;
        let offset = u16::try_from(at).unwrap_or(u16::MAX);
        Ok(Parameter { tag: u16::from_be_bytes([t0, t1]), offset, value })
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let parameter = self.step();
        if parameter.is_err() {
            self.rest = &[];
        }
        Some(parameter)
    }
}

/// How many parameters a message may have; the largest the RFCs draw has a dozen.
pub(crate) const PARAMETERS_MAX: u8 = 64;
/// Octets of the common header.
pub(crate) const HEADER_OCTETS: usize = 8;
/// The only version there is.
pub(crate) const VERSION: u8 = 1;
const PADDING_OCTETS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::octets;
    use proptest::prelude::*;

    fn header(text: &str) -> Result<Anomalies, Reason> {
        Header::parse(Layer::Sua, &octets(text)).map(|header| header.anomalies).map_err(|error| error.reason)
    }

    #[test]
    fn a_header_says_what_deviates() {
        for (text, expected) in [
            ("0100030300000008", Ok(Anomalies::NONE)),
            ("0155030300000008", Ok(Anomalies::of(Anomaly::AdaptationValue))),
            // octets after the length; padding not counted; padding counted and not there
            ("0100030300000008 00", Ok(Anomalies::of(Anomaly::AdaptationLength))),
            ("010003030000000d 0009000561", Ok(Anomalies::of(Anomaly::AdaptationLength))),
            ("0100030300000010 0009000561", Ok(Anomalies::of(Anomaly::AdaptationLength))),
            ("0100030300000011 0009000561", Err(Reason::Truncated)),
            ("0100030300000007", Err(Reason::BadLength)),
            ("0200030300000008", Err(Reason::BadVersion)),
            ("01000303000000", Err(Reason::Truncated)),
        ] {
            assert_eq!(header(text), expected, "{text}");
        }
    }

    #[test]
    fn a_walk_ends_after_the_first_broken_parameter() {
        let two = octets("00090005 61000000 00090003 00090004");
        let found: Vec<_> =
            Parameters::new(Layer::Sua, &two, 8).map(|found| found.map(|p| (p.tag, p.offset))).collect();
        assert_eq!(found, [Ok((9, 8)), Err(Error::new(Layer::Sua, 18, Reason::BadLength))]);
    }

    #[test]
    fn a_number_of_other_than_four_octets_is_noted() {
        for (value, expected, noted) in
            [(&[0, 0, 0, 7][..], Some(7), false), (&[0, 0, 0, 7, 9], Some(7), true), (&[7], None, true)]
        {
            let mut anomalies = Anomalies::NONE;
            assert_eq!(Parameter { tag: 6, offset: 8, value }.word(&mut anomalies), expected);
            assert_eq!(anomalies.has(Anomaly::AdaptationLength), noted);
        }
    }

    proptest! {
        #[test]
        fn any_octets_do_not_panic(octets in proptest::collection::vec(prop_oneof![0u8..9, any::<u8>()], 0..80)) {
            let walk = Parameters::new(Layer::Sua, &octets, 0);
            let (good, bad): (Vec<_>, Vec<_>) = walk.partition(Result::is_ok);
            prop_assert!(bad.len() <= 1 && good.len() <= usize::from(PARAMETERS_MAX));
            let _ = Header::parse(Layer::Sua, &octets);
        }
    }
}
