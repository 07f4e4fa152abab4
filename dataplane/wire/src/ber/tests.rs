//! Random trees of elements in random forms, against a second decoder that is as plain as can be.

use super::*;
use crate::{Anomaly, Error, Reason};
use proptest::prelude::*;

/// An element as it is meant.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Leaf(u32, Vec<u8>),
    Branch(u32, Vec<Node>),
}

/// How an element is written.
#[derive(Clone, Copy, Debug)]
struct Written {
    /// Octets of its length that are not needed.
    padding: u8,
    indefinite: bool,
    /// Octets of its tag that are not needed.
    tag_padding: u8,
}

fn written() -> impl Strategy<Value = Written> {
    let some_padding = || prop_oneof![4 => Just(0_u8), 1 => 1..5_u8];
    (some_padding(), prop::bool::weighted(0.3), some_padding()).prop_map(|(padding, indefinite, tag_padding)| Written {
        padding,
        indefinite,
        tag_padding,
    })
}

/// Tags that are neither numbers nor strings nor an end-of-contents, so that only their form is to be noted.
fn tag(constructed: bool) -> impl Strategy<Value = u32> {
    let bit = if constructed { 0x20 } else { 0 };
    prop_oneof![
        (0x80..0x9F_u32).prop_map(move |tag| (tag & !0x20) | bit),
        (0x40..0x5F_u32).prop_map(move |tag| (tag & !0x20) | bit),
        (31..0x80_u32).prop_map(move |number| (0x9F | bit) << 8 | number),
        (1..0x80_u32, 0..0x80_u32).prop_map(move |(high, low)| (0x9F | bit) << 16 | (0x80 | high) << 8 | low),
    ]
}

fn tree() -> impl Strategy<Value = Node> {
    let leaf = (tag(false), prop::collection::vec(any::<u8>(), 0..160)).prop_map(|(tag, value)| Node::Leaf(tag, value));
    leaf.prop_recursive(5, 24, 4, |inner| {
        (tag(true), prop::collection::vec(inner, 0..4)).prop_map(|(tag, inside)| Node::Branch(tag, inside))
    })
}

fn octets_of_tag(tag: u32, padding: u8) -> Vec<u8> {
    let whole: Vec<u8> = tag.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    match (whole.as_slice(), padding) {
        (_, 0) => whole,
        ([short], _) => [&[short & 0xE0 | 0x1F][..], &vec![0x80; usize::from(padding) - 1], &[short & 0x1F]].concat(),
        ([first, rest @ ..], _) => [&[*first][..], &vec![0x80; usize::from(padding)], rest].concat(),
        ([], _) => unreachable!("no tag is zero"),
    }
}

fn octets_of_length(length: usize, padding: u8) -> Vec<u8> {
    let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    if padding == 0 && length < 0x80 {
        return vec![length as u8];
    }
    let padding = usize::from(padding) - usize::from(length < 0x80 && padding > 0);
    let digits = if digits.is_empty() { vec![0] } else { digits };
    [&[0x80 | (padding + digits.len()) as u8][..], &vec![0; padding], &digits].concat()
}

/// Writes the tree, element after element in the next of the forms; says what is to be noted.
fn write(node: &Node, forms: &mut impl Iterator<Item = Written>, expected: &mut Anomalies) -> Vec<u8> {
    let form = forms.next().expect("cycles for ever");
    let (tag, value) = match node {
        Node::Leaf(tag, value) => (*tag, value.clone()),
        Node::Branch(tag, inside) => (*tag, inside.iter().flat_map(|node| write(node, forms, expected)).collect()),
    };
    let indefinite = form.indefinite && matches!(node, Node::Branch(..));
    expected.note_if(form.tag_padding > 0, Anomaly::BerLongTag);
    expected.note_if(indefinite, Anomaly::BerIndefinite);
    expected.note_if(!indefinite && form.padding > 0, Anomaly::BerNonminimal);
    let head = octets_of_tag(tag, form.tag_padding);
    match indefinite {
        true => [&head[..], &[0x80], &value, &[0, 0]].concat(),
        false => [&head[..], &octets_of_length(value.len(), form.padding), &value].concat(),
    }
}

/// What [`Reader`] makes of well-formed octets.
fn read(octets: &[u8]) -> Vec<Node> {
    let mut reader = Reader::new(octets);
    let mut found = vec![];
    while let Some(tlv) = reader.next().expect("well-formed") {
        assert!(!tlv.form.clipped());
        found.push(match tlv.tag.constructed() {
            true => Node::Branch(tlv.tag.0, read(tlv.value)),
            false => Node::Leaf(tlv.tag.0, tlv.value.to_vec()),
        });
    }
    found
}

/// The second decoder: recursive descent, one octet after the other, and nothing in common with the first.
fn decode(octets: &mut std::iter::Copied<std::slice::Iter<'_, u8>>, until_end: bool) -> Option<Vec<Node>> {
    let mut found = vec![];
    while octets.len() > 0 {
        if until_end && octets.clone().take(2).eq([0, 0]) {
            octets.nth(1);
            return Some(found);
        }
        let first = octets.next()?;
        let mut number = u32::from(first & 0x1F);
        if number == 31 {
            number = 0;
            loop {
                let more = octets.next()?;
                number = number.checked_mul(128)? + u32::from(more & 0x7F);
                if more < 0x80 {
                    break;
                }
            }
        }
        let tag = match number {
            0..31 => u32::from(first & 0xE0) | number,
            31..0x80 => u32::from(first) << 8 | number,
            0x80..0x4000 => u32::from(first) << 16 | (number >> 7 | 0x80) << 8 | number & 0x7F,
            _ => {
                u32::from(first) << 24 | (number >> 14 | 0x80) << 16 | (number >> 7 & 0x7F | 0x80) << 8 | number & 0x7F
            }
        };
        let length = match octets.next()? {
            0x80 => None,
            short @ 0..0x80 => Some(usize::from(short)),
            long => Some((0..long & 0x7F).try_fold(0_usize, |sum, _| {
                Some(sum.saturating_mul(256).saturating_add(usize::from(octets.next()?)))
            })?),
        };
        if length.is_some_and(|length| length > octets.len()) {
            return None;
        }
        found.push(match (first & 0x20 != 0, length) {
            (true, None) => Node::Branch(tag, decode(octets, true)?),
            (true, Some(length)) => {
                let inside: Vec<u8> = octets.take(length).collect();
                Node::Branch(tag, decode(&mut inside.iter().copied(), false)?)
            }
            (false, Some(length)) => Node::Leaf(tag, octets.take(length).collect()),
            (false, None) => return None,
        });
    }
    (!until_end).then_some(found)
}

/// Cuts a string into pieces at some of its octets, some of the pieces in pieces themselves.
fn cut(value: &[u8], at: &[usize], indefinite: bool) -> Vec<u8> {
    let (mut out, mut from) = (vec![], 0);
    for end in at.iter().copied().chain([value.len()]) {
        let piece = value.get(from..end).unwrap_or(&[]);
        out.extend([0x24, 0x80, 0x04, piece.len() as u8]);
        out.extend(piece);
        out.extend([0, 0]);
        from = from.max(end).min(value.len());
    }
    let length = if indefinite { vec![0x80] } else { octets_of_length(out.len(), 0) };
    [&[0xA4][..], &length, &out, if indefinite { &[0, 0] } else { &[] }].concat()
}

proptest! {
    #[test]
    fn a_tree_is_read_the_same_from_every_form_and_by_both_decoders(
        tree in tree(), forms in prop::collection::vec(written(), 1..12),
    ) {
        let mut expected = Anomalies::NONE;
        let octets = write(&tree, &mut forms.iter().copied().cycle(), &mut expected);
        let whole = vec![tree];
        prop_assert_eq!(&read(&octets), &whole);
        prop_assert_eq!(decode(&mut octets.iter().copied(), false), Some(whole));
        prop_assert_eq!(scan(&octets), Scan { anomalies: expected, fault: None });
    }

    #[test]
    fn every_truncation_of_a_tree_is_a_fault(
        tree in tree(), forms in prop::collection::vec(written(), 1..12), at in any::<prop::sample::Index>(),
    ) {
        let octets = write(&tree, &mut forms.iter().copied().cycle(), &mut Anomalies::default());
        let cut = octets.get(..at.index(octets.len())).unwrap_or(&[]);
        prop_assert!(cut.is_empty() || scan(cut).fault.is_some(), "{:02X?}", cut);
    }

    #[test]
    fn a_string_in_pieces_joins_to_what_it_was(
        value in prop::collection::vec(any::<u8>(), 0..100),
        mut at in prop::collection::vec(0..100_usize, 0..6), indefinite in any::<bool>(),
    ) {
        at.iter_mut().for_each(|at| *at = (*at).min(value.len()));
        at.sort_unstable();
        let octets = cut(&value, &at, indefinite);
        let element = Reader::new(&octets).next().unwrap().unwrap();
        let mut out = [0; 100];
        let len = join(element, &mut out).unwrap();
        prop_assert_eq!(&out[..len], &value[..]);
        prop_assert_eq!(join(element, &mut out[..value.len().saturating_sub(1)]).is_err(), !value.is_empty());
    }

    #[test]
    fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut reader = Reader::new(&octets);
        let mut out = [0; 64];
        while let Ok(Some(tlv)) = reader.next() {
            prop_assert!(join(tlv, &mut out).is_ok_and(|len| len <= out.len()) || tlv.tag.constructed() || tlv.form.clipped() || tlv.value.len() > out.len());
        }
        let fault = scan(&octets).fault;
        prop_assert!(fault.is_none_or(|fault| usize::from(fault.at) < octets.len() && fault.reason != Reason::Missing));
    }

    #[test]
    fn a_damaged_tree_is_read_the_same_by_both_decoders_or_by_neither(
        tree in tree(), forms in prop::collection::vec(written(), 1..12), at in any::<prop::sample::Index>(), octet in any::<u8>(),
    ) {
        let mut octets = write(&tree, &mut forms.iter().copied().cycle(), &mut Anomalies::default());
        let at = at.index(octets.len());
        octets[at] = octet;
        let whole = decode(&mut octets.iter().copied(), false);
        match scan(&octets).fault {
            None => prop_assert_eq!(Some(read(&octets)), whole),
            // The limits that only the first decoder has: depth, and tags and lengths of that many octets.
            Some(Error { reason: Reason::TooDeep | Reason::BadValue | Reason::BadLength, .. }) => {}
            Some(_) => prop_assert_eq!(whole, None),
        }
    }
}
