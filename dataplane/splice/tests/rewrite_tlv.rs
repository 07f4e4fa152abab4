//! Trees of BER with other contents, against the same trees encoded anew.

use proptest::prelude::*;
use sluice_splice::tlv::{CHANGES_MAX, Change, rewrite};
use sluice_wire::Reason;
use std::ops::Range;

/// An element to be encoded; constructed ones hold others.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(u8, Vec<u8>),
    Node { tag: &'static [u8], is_indefinite: bool, inside: Vec<Tree> },
}

fn length(octets: usize) -> Vec<u8> {
    match octets {
        0..0x80 => vec![octets as u8],
        0x80..0x100 => vec![0x81, octets as u8],
        _ => vec![0x82, (octets >> 8) as u8, octets as u8],
    }
}

impl Tree {
    /// The octets, and where the contents of each leaf and each whole leaf stand in them.
    fn encode(&self, out: &mut Vec<u8>, leaves: &mut Vec<[Range<usize>; 2]>) {
        match self {
            Self::Leaf(tag, contents) => {
                let start = out.len();
                out.push(*tag);
                out.extend(length(contents.len()));
                leaves.push([out.len()..out.len() + contents.len(), start..out.len() + contents.len()]);
                out.extend(contents);
            }
            Self::Node { tag, is_indefinite, inside } => {
                let (mut contents, mut places) = (vec![], vec![]);
                inside.iter().for_each(|tree| tree.encode(&mut contents, &mut places));
                out.extend(*tag);
                out.extend(if *is_indefinite { vec![0x80] } else { length(contents.len()) });
                let moved = |place: Range<usize>| place.start + out.len()..place.end + out.len();
                leaves.extend(places.into_iter().map(|pair| pair.map(moved)));
                out.extend(contents);
                out.extend(if *is_indefinite { &[0, 0][..] } else { &[] });
            }
        }
    }

    fn octets(&self) -> (Vec<u8>, Vec<[Range<usize>; 2]>) {
        let (mut out, mut leaves) = (vec![], vec![]);
        self.encode(&mut out, &mut leaves);
        (out, leaves)
    }

    /// The tree where leaves have other contents, or are left out.
    fn changed(&self, number: &mut usize, change: &impl Fn(usize) -> Option<Option<Vec<u8>>>) -> Option<Self> {
        match self {
            Self::Leaf(tag, contents) => {
                let changed = change(*number);
                *number += 1;
                match changed {
                    Some(contents) => Some(Self::Leaf(*tag, contents?)),
                    None => Some(Self::Leaf(*tag, contents.clone())),
                }
            }
            Self::Node { tag, is_indefinite, inside } => {
                let inside = inside.iter().filter_map(|tree| tree.changed(number, change)).collect();
                Some(Self::Node { tag, is_indefinite: *is_indefinite, inside })
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let contents = prop_oneof![prop::collection::vec(any::<u8>(), 0..6), prop::collection::vec(any::<u8>(), 110..140)];
    let leaf = (prop::sample::select(&[0x02, 0x04, 0x80, 0x85][..]), contents).prop_map(|(t, c)| Tree::Leaf(t, c));
    let tags: &'static [&'static [u8]] = &[&[0x30], &[0x6C], &[0xA1], &[0xBF, 0x81, 0x05]];
    let node = move |inside: BoxedStrategy<Tree>| {
        (prop::sample::select(tags), any::<bool>(), prop::collection::vec(inside, 0..4))
            .prop_map(|(tag, is_indefinite, inside)| Tree::Node { tag, is_indefinite, inside })
    };
    leaf.prop_recursive(6, 24, 4, move |inside| node(inside.boxed()))
}

proptest! {
    #[test]
    fn leaves_changed_in_place_give_the_octets_of_the_changed_tree(
        tree in tree(),
        changes in prop::collection::vec(prop::option::of(prop::option::of(prop::collection::vec(any::<u8>(), 0..150))), 24),
    ) {
        let (octets, leaves) = tree.octets();
        let wanted = |leaf: usize| changes.get(leaf).cloned().flatten();
        let Some(after) = tree.changed(&mut 0, &wanted) else { return Ok(()) };
        let made: Vec<Change<'_>> = leaves
            .iter()
            .zip(&changes)
            .filter_map(|([contents, whole], change)| {
                let change = change.as_ref()?;
                let place = if change.is_some() { contents.clone() } else { whole.clone() };
                Some(Change { place, octets: change.as_deref().unwrap_or(&[]) })
            })
            .rev()
            .collect();
        let mut out = vec![0; 8192];
        let len = rewrite(&octets, &made, &mut out).unwrap();
        prop_assert_eq!(&out[..len], after.octets().0);
        let refused = rewrite(&octets, &made, &mut out[..len.saturating_sub(1)]).map_err(|error| error.reason);
        prop_assert!(len == 0 || refused == Err(Reason::Truncated));
    }

    #[test]
    fn any_octets_and_any_places_are_refused_or_written_without_harm(
        octets in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&[0x30, 0x80, 0x00, 0xA0, 0x04][..])], 0..120),
        places in prop::collection::vec((0..130_usize, 0..130_usize), 0..5),
        contents in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let changes: Vec<Change<'_>> =
            places.iter().map(|&(start, end)| Change { place: start..end, octets: &contents }).collect();
        let mut out = [0; 400];
        if let Ok(len) = rewrite(&octets, &changes, &mut out) {
            let replaced: usize = changes.iter().map(|change| change.place.len()).sum();
            // Lengths of what holds a change may shrink to the shortest form, and grow by an octet or two.
            prop_assert!(len <= octets.len() - replaced + contents.len() * changes.len() + 128);
        }
    }
}

fn refused(octets: &[u8], places: &[Range<usize>]) -> Option<Reason> {
    let changes: Vec<Change<'_>> = places.iter().map(|place| Change { place: place.clone(), octets: &[7] }).collect();
    rewrite(octets, &changes, &mut [0; 512]).err().map(|error| error.reason)
}

fn refused_at(octets: &[u8], place: Range<usize>) -> Option<Reason> {
    refused(octets, &[place])
}

#[test]
fn a_change_of_anything_but_contents_or_a_whole_element_is_refused() {
    let octets = [0x30, 0x07, 0x04, 0x02, 1, 2, 0x02, 0x01, 9];
    for place in [2..6, 4..6, 6..9, 8..9, 0..9, 2..9] {
        assert_eq!(refused_at(&octets, place.clone()), None, "{place:?}");
    }
    for place in [0..1, 1..2, 3..6, 4..5, 5..7, 4..9, 9..10, 4..40, 4..4] {
        assert_eq!(refused_at(&octets, place.clone()), Some(Reason::BadValue), "{place:?}");
    }
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    let turned = 6..4;
    assert_eq!(refused_at(&octets, turned), Some(Reason::BadValue));
}

#[test]
fn changes_that_overlap_or_are_too_many_are_refused() {
    let octets = [0x30, 0x07, 0x04, 0x02, 1, 2, 0x02, 0x01, 9];
    assert_eq!(refused(&octets, &[8..9, 4..6]), None);
    assert_eq!(refused(&octets, &[4..6, 4..6]), Some(Reason::BadValue));
    assert_eq!(refused(&octets, &[2..6, 4..6]), Some(Reason::BadValue));
    let many = [0x30, 0x5A].into_iter().chain([0x02, 0x01, 9].repeat(30)).collect::<Vec<u8>>();
    let places: Vec<_> = (0..=CHANGES_MAX).map(|n| 4 + 3 * n..5 + 3 * n).collect();
    assert_eq!(refused(&many, &places), Some(Reason::BadValue));
    assert_eq!(refused(&many, &places[1..]), None);
}

#[test]
fn what_is_nested_too_deep_or_cut_is_refused_where_a_change_is_inside() {
    let deep = (0..40).fold(vec![0x04, 0x01, 5], |inside, _| [&[0x30, inside.len() as u8][..], &inside].concat());
    assert_eq!(refused_at(&deep, deep.len() - 1..deep.len()), Some(Reason::TooDeep));
    let bomb = [0x30, 0x80].repeat(200);
    assert!(refused_at(&bomb, 398..400).is_some());
    assert_eq!(refused_at(&[0x30, 0x09, 0x04, 0x01, 5], 4..5), Some(Reason::Truncated));
    assert_eq!(refused_at(&[0x30, 0x05, 0x04, 0x01, 5, 0x04, 0x09], 4..5), None, "what is behind it is not looked at");
}

#[test]
fn lengths_longer_than_needed_become_short_where_a_change_is_inside_and_stay_elsewhere() {
    let octets = [0x30, 0x82, 0, 9, 0x04, 0x81, 1, 5, 0x02, 0x82, 0, 1, 9];
    let mut out = [0; 20];
    let len = rewrite(&octets, &[Change { place: 7..8, octets: &[6, 6] }], &mut out).unwrap();
    assert_eq!(out[..len], [0x30, 9, 0x04, 2, 6, 6, 0x02, 0x82, 0, 1, 9]);
}

#[test]
fn a_part_is_found_in_its_message_and_nowhere_else() {
    let message = [0x04, 0x02, 1, 2];
    assert_eq!(Change::of(&message, &message[2..], &[]).map(|change| change.place), Some(2..4));
    assert_eq!(Change::of(&message[..3], &message[2..], &[]), None);
    assert_eq!(Change::of(&message[3..], &message[2..], &[]), None);
}
