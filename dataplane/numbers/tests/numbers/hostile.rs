//! Octets that are not what `build` made.

use crate::bare;
use proptest::prelude::*;
use sluice_numbers::{Country, HEADER_OCTETS, ImageError, Layout, Plan, Range, Relation, Space, build};
use sluice_wire::crc32c::Crc32c;

fn image() -> Vec<u8> {
    let ranges = [
        Range { operator: "Demo Mobile", country: *b"ZZ", relation: Relation::Home, ..bare(Space::E164, "99970") },
        Range { operator: "Foreign", country: *b"XX", ..bare(Space::E164, "99981") },
        Range { operator: "Foreign", country: *b"XX", ..bare(Space::PointCode, "4001") },
    ];
    let at = |code, longitude| Country { code, latitude: 0, longitude };
    build(&ranges, &[at(*b"XX", 0), at(*b"ZZ", 100)]).unwrap()
}

/// The checksum made right again, so that what lies behind it is looked at.
fn sealed(mut octets: Vec<u8>) -> Vec<u8> {
    octets[12..16].fill(0);
    let crc = Crc32c::new().update(&octets).finish();
    octets[12..16].copy_from_slice(&crc.to_le_bytes());
    octets
}

fn ask_everything(plan: &Plan<'_>) {
    for (space, digits) in Space::ALL.into_iter().flat_map(|s| [&b"99970"[..], b"9998100000", b"4001"].map(|d| (s, d)))
    {
        if let Some(found) = plan.find(space, digits) {
            plan.operator_name(found.operator);
            plan.distance_km(found.country, *b"ZZ");
        }
    }
}

fn section(octets: &[u8], number: usize) -> usize {
    u32::from_le_bytes(octets[24 + number * 8..][..4].try_into().unwrap()) as usize
}

/// The refusal of an image with one octet changed and the checksum right.
fn refusal(change: impl Fn(&mut Vec<u8>)) -> ImageError {
    let mut octets = image();
    change(&mut octets);
    Layout::verify(&sealed(octets)).unwrap_err()
}

#[test]
fn every_truncation_and_every_tail_is_refused() {
    let whole = image();
    for len in 0..whole.len() {
        assert!(Layout::verify(&whole[..len]).is_err(), "{len}");
    }
    let mut longer = whole;
    longer.push(0);
    assert_eq!(Layout::verify(&longer), Err(ImageError::StatedLength));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let whole = image();
    for bit in 0..whole.len() * 8 {
        let mut octets = whole.clone();
        octets[bit / 8] ^= 1 << (bit % 8);
        assert!(Layout::verify(&octets).is_err(), "bit {bit}");
    }
}

#[test]
fn what_means_nothing_is_named() {
    let start = |number| section(&image(), number);
    let set = |at: usize, octet: u8| refusal(|o| o[at] = octet);
    assert_eq!(set(0, b'X'), ImageError::Magic);
    assert_eq!(set(8, 9), ImageError::Format(9));
    assert_eq!(set(HEADER_OCTETS - 1, 1), ImageError::Header);
    assert!(matches!(set(24, 1), ImageError::Section(_)));
    // A root that leads to itself, a leaf that is not there, a node that is not there.
    assert_eq!(refusal(|o| o[start(0) + 44..][..4].copy_from_slice(&1_u32.to_le_bytes())), ImageError::Node(1));
    assert_eq!(refusal(|o| o[start(0)..][..4].copy_from_slice(&[99, 0, 0, 0x80])), ImageError::Node(0));
    assert_eq!(refusal(|o| o[start(0)..][..4].copy_from_slice(&[0xFF, 0xFF, 0, 0])), ImageError::Node(0));
    // A node where only a leaf can be.
    assert_eq!(refusal(|o| o[start(0) + 40] = 3), ImageError::Node(0));
    assert_eq!(set(start(1), 9), ImageError::Leaf(0));
    assert_eq!(set(start(1) + 8, b'x'), ImageError::Leaf(0));
    assert_eq!(set(start(1) + 10, 6), ImageError::Leaf(0));
    assert_eq!(set(start(1) + 11, 1), ImageError::Leaf(0));
    assert_eq!(set(start(2) + 3, 0xFF), ImageError::Operator(1));
    assert_eq!(set(start(3), b'z'), ImageError::Country(0));
    assert_eq!(refusal(|o| o[start(3)..][..2].copy_from_slice(b"ZZ")), ImageError::Country(1));
    assert_eq!(set(start(5), 0xFF), ImageError::Operator(1));
    // The first of the heads that leads on: 999 of E.164.
    assert_eq!(set(start(6) + 999 * 4, 2), ImageError::Head(999));
    assert_eq!(set(start(6), 3), ImageError::Head(0));
}

#[test]
fn an_untouched_image_is_one_and_sealing_changes_nothing() {
    assert_eq!(sealed(image()), image());
    ask_everything(&Plan::open(&image()).unwrap());
}

proptest! {
    /// With the checksum right, damage is either refused or harmless.
    #[test]
    fn damage_behind_a_right_checksum_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut octets = image();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        let octets = sealed(octets);
        if let Ok(plan) = Plan::open(&octets) {
            ask_everything(&plan);
        }
    }

    #[test]
    fn any_octets_do_not_panic(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Layout::verify(&octets).is_err());
    }

    /// A layout over octets it does not belong to answers something and comes back.
    #[test]
    fn a_layout_over_other_octets_neither_fails_nor_loops(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        ask_everything(&Layout::verify(&image()).unwrap().plan(&octets));
    }
}
