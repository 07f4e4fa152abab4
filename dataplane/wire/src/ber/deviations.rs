//! Every deviation of a tree of elements from the shortest form it could have, at any depth. X.690 §8.
//!
//! ```text
//!   30 81 05            length in more octets than needed
//!      BF 01 00         tag of the long form for a number under 31
//!   24 80               string in pieces, indefinite length
//!      04 01 xx  00 00
//!   02 02 00 05         integer with an octet to spare
//!   00 00               end of nothing
//! ```
//! Handles what tags tell without their schema: an integer or string whose tag is not universal looks like any
//! other octets. Does not look into primitive values.

use super::walk::{Step, Walk};
use super::{Tag, is_minimal, ordinary};
use crate::{Anomalies, Anomaly, Error, Layer, Reason};

/// The deviations of some octets, up to where [`scan`] has to stop.
#[inline(never)]
pub fn deviations(octets: &[u8]) -> Anomalies {
    if is_plain(octets) { Anomalies::NONE } else { scan(octets).anomalies }
}

/// Whether every element is as practically every stack writes it, none deeper than [`PLAIN_NESTING_MAX`]: then nothing
/// deviates. One look at each header.
#[inline(always)]
fn is_plain(octets: &[u8]) -> bool {
    let (mut after, mut depth) = ([&[][..]; PLAIN_NESTING_MAX], 0_usize);
    let mut rest = octets;
    loop {
        while let Some((tlv, behind)) = ordinary(rest) {
            rest = match tlv.tag {
                Tag::END_OF_CONTENTS => return false,
                Tag::INTEGER | Tag::ENUMERATED if !is_minimal(tlv.value) => return false,
                tag if tag.0 & CONSTRUCTED == 0 => behind,
                tag if tag.is_string_in_pieces() => return false,
                _ => {
                    let Some(place) = after.get_mut(depth) else { return false };
                    (*place, depth) = (behind, depth + 1);
                    tlv.value
                }
            };
        }
        if !rest.is_empty() {
            return false;
        }
        let Some(outer) = depth.checked_sub(1) else { return true };
        (rest, depth) = (after.get(outer).copied().unwrap_or_default(), outer);
    }
}

/// Constructed elements inside one another that [`is_plain`] follows.
const PLAIN_NESTING_MAX: usize = 8;
/// X.690 §8.1.2.5.
const CONSTRUCTED: u32 = 0x20;

/// What a scan found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The deviations, up to where the scan had to stop.
    pub anomalies: Anomalies,
    /// The first octets that are no element, or are nested too deep; counted from the start of what was scanned.
    pub fault: Option<Error>,
}

/// Looks at every element of some octets and at those inside them, at most [`NESTING_MAX`](super::NESTING_MAX) deep.
#[cold]
pub fn scan(octets: &[u8]) -> Scan {
    let mut found = Scan::default();
    let mut walk = Walk::new(octets);
    loop {
        match walk.next() {
            Ok(Some(step)) => {
                found.anomalies.add(of_step(&step));
                if step.form.clipped() {
                    found.note(step.at, Reason::Truncated);
                }
            }
            Ok(None) => return found,
            Err((at, reason)) => found.note(at, reason),
        }
    }
}

impl Scan {
    fn note(&mut self, at: usize, reason: Reason) {
        self.fault = self.fault.or(Some(Error::new(Layer::Tcap, at, reason)));
    }
}

fn of_step(step: &Step<'_>) -> Anomalies {
    let mut found = step.form.anomalies();
    let number = matches!(step.tag, Tag::INTEGER | Tag::ENUMERATED);
    found.note_if(number && !step.value.is_some_and(is_minimal), Anomaly::BerInteger);
    found.note_if(step.tag.is_string_in_pieces(), Anomaly::BerConstructed);
    found.note_if(step.ends_nothing(), Anomaly::BerTrailing);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(octets: &[u8]) -> Vec<&'static str> {
        deviations(octets).iter().map(Anomaly::name).collect()
    }

    #[test]
    fn names_every_deviation_where_it_stands_alone() {
        for (octets, name) in [
            (&[0x04, 0x81, 0x01, 7][..], "ber_nonminimal"),
            (&[0x04, 0x84, 0, 0, 0, 1, 7], "ber_nonminimal"),
            (&[0x30, 0x80, 0x05, 0x00, 0, 0], "ber_indefinite"),
            (&[0x9F, 0x04, 0x00], "ber_long_tag"),
            (&[0x9F, 0x80, 0x5A, 0x00], "ber_long_tag"),
            (&[0x24, 0x03, 0x04, 0x01, 7], "ber_constructed"),
            (&[0x23, 0x04, 0x03, 0x02, 0, 7], "ber_constructed"),
            (&[0x36, 0x03, 0x04, 0x01, 7], "ber_constructed"),
            (&[0x05, 0x00, 0x00, 0x00], "ber_trailing"),
            (&[0x02, 0x02, 0x00, 0x05], "ber_integer"),
            (&[0x0A, 0x00], "ber_integer"),
        ] {
            assert_eq!(names(octets), [name], "{octets:02X?}");
            let inside = [&[0x30, octets.len() as u8][..], octets].concat();
            assert_eq!((names(&inside), scan(&inside).fault), (vec![name], None), "{inside:02X?}");
        }
    }

    #[test]
    fn finds_nothing_in_the_forms_that_should_be_sent() {
        let long = [&[0x04, 0x81, 0x80][..], &[7; 128]].concat();
        for octets in [&[0x30, 0x05, 0x02, 0x01, 0x05, 0x05, 0x00][..], &[0x9F, 0x5A, 0x00], &[0x28, 0x00], &long, &[]]
        {
            assert_eq!(scan(octets), Scan::default(), "{octets:02X?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_has_no_deviation(
            elements in prop::collection::vec((prop_oneof![Just(0x30_u8), Just(0xA1), Just(2), any::<u8>()], 0_u8..6), 0..12)
        ) {
            let octets: Vec<u8> = elements.into_iter().flat_map(|(tag, length)| [tag, length, 1, 0x81]).collect();
            for from in 0..octets.len() {
                prop_assert!(!is_plain(&octets[from..]) || scan(&octets[from..]) == Scan::default());
            }
        }
    }

    #[test]
    fn what_nobody_deviates_in_is_plain_unless_it_is_nested_deep() {
        let nested =
            |depth| (0..depth).fold(vec![5, 0], |inside, _| [&[0x30, inside.len() as u8][..], &inside].concat());
        for depth in 0..12 {
            assert_eq!(scan(&nested(depth)), Scan::default());
            assert_eq!(is_plain(&nested(depth)), depth <= PLAIN_NESTING_MAX, "{depth}");
        }
    }

    #[test]
    fn says_where_an_element_is_longer_than_what_holds_it() {
        let found = scan(&[0x30, 0x03, 0x04, 0x05, 7, 0x0A, 0x00]);
        assert_eq!(found.fault, Some(Error::new(Layer::Tcap, 2, Reason::Truncated)));
        assert!(found.anomalies.has(Anomaly::BerInteger), "what stands behind it is still looked at");
    }

    #[test]
    fn refuses_64_elements_inside_one_another_of_either_length() {
        let indefinite = [0x30, 0x80].repeat(64);
        assert_eq!(scan(&indefinite).fault, Some(Error::new(Layer::Tcap, 64, Reason::TooDeep)));
        let definite = (0..64_usize).rev().fold(vec![], |inside, _| {
            let length = inside.len() as u16;
            [&[0x30, 0x82][..], &length.to_be_bytes(), &inside].concat()
        });
        assert_eq!(scan(&definite).fault, Some(Error::new(Layer::Tcap, 128, Reason::TooDeep)));
    }
}
