//! Numbers of ours that stand for nodes.

use sluice_splice::home::{Nodes, Words, octets_for_nodes};
use std::collections::BTreeSet;

/// The AddressString of a node: +9997 and a number of eight digits.
fn node(number: u32) -> Vec<u8> {
    let digits: Vec<u8> = format!("9997{number:08}").bytes().map(|digit| digit & 0xF).collect();
    [0x91].into_iter().chain(digits.chunks(2).map(|pair| pair[0] | pair[1] << 4)).collect()
}

#[test]
fn every_node_has_one_place_which_every_core_knows() {
    let words = Words::new(octets_for_nodes(3));
    let [first, second] = [(); 2].map(|()| Nodes::new(words.clone(), 3).unwrap());
    let places: BTreeSet<_> = (0..300).map(|number| first.place_of(&node(number))).collect();
    assert_eq!(places.len(), 300);
    assert!(places.iter().all(|place| (1..1000).contains(place)));
    for number in 0..300 {
        let place = second.place_of(&node(number));
        assert_eq!(place, first.place_of(&node(number)));
        let found = second.node_at(place).unwrap();
        assert_eq!((&found[..6], found[6..] == [0xFF; 2]), (&node(number)[1..], true));
    }
}

#[test]
fn what_has_no_place_any_more_stands_for_no_node() {
    let nodes = Nodes::new(Words::new(octets_for_nodes(1)), 1).unwrap();
    let places: Vec<_> = (0..100).map(|number| nodes.place_of(&node(number))).collect();
    assert_eq!(places.iter().filter(|place| **place != 0).count(), 9);
    assert!(nodes.node_at(0).is_none() && nodes.node_at(10).is_none());
    for number in [&[][..], &[0x91], &[0x91, 1, 2, 3, 4, 5, 6, 7, 8, 9], &[0x91, 0, 0, 0, 0, 0, 0, 0, 0]] {
        assert_eq!(nodes.place_of(number), 0);
    }
}

#[test]
fn there_are_places_for_every_number_of_digits_or_none() {
    assert!(Nodes::new(Words::new(octets_for_nodes(2)), 3).is_none());
    assert!(Nodes::new(Words::new(octets_for_nodes(4)), 5).is_none());
    let none = Nodes::new(Words::new(octets_for_nodes(0)), 0).unwrap();
    assert_eq!((none.place_of(&node(1)), none.node_at(0)), (0, None));
}
