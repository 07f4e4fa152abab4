//! Ranges as a tree of digits, and the tree laid flat with everything known brought down to where a walk ends.

use crate::image::{HEADED, HEADS, LEAF, LEAF_OCTETS, OWN, ROOTS};
use crate::{NO_COUNTRY, Space};
use sluice_abi::Relation;
use std::collections::{BTreeMap, VecDeque};

/// What ranges say of numbers; what they do not say is left open.
#[derive(Clone, Copy)]
pub(super) struct Told {
    /// Its number, and the date of the source.
    pub(super) operator: Option<(u32, u32)>,
    pub(super) country: Option<([u8; 2], u32)>,
    pub(super) relation: Relation,
}

impl Told {
    /// This, completed by what a range around it says.
    fn or(self, outer: Option<Self>) -> Self {
        let Some(outer) = outer else { return self };
        let relation = if self.relation == Relation::Unknown { outer.relation } else { self.relation };
        Self { operator: self.operator.or(outer.operator), country: self.country.or(outer.country), relation }
    }

    fn octets(self) -> [u8; LEAF_OCTETS] {
        let [a, b, c, d] = self.operator.map_or(0, |o| o.0).to_le_bytes();
        let [e, f, g, h] = self.operator.map(|o| o.1).or(self.country.map(|c| c.1)).unwrap_or(0).to_le_bytes();
        let [i, j] = self.country.map_or(NO_COUNTRY, |c| c.0);
        [a, b, c, d, e, f, g, h, i, j, self.relation as u8, 0]
    }
}

/// A node's slots as they stand in the image.
pub(super) type Slots = [u32; OWN + 1];

#[derive(Clone, Copy, Default)]
struct Node {
    /// Places of the nodes behind each digit; 0 for none, as a root is behind no digit.
    children: [u32; 10],
    told: Option<Told>,
}

pub(super) struct Trie {
    nodes: Vec<Node>,
}

impl Trie {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::default(); ROOTS] }
    }

    /// Adds a range; the digits have been checked.
    pub(super) fn add(&mut self, space: Space, digits: &[u8], told: Told) {
        let mut at = space as usize;
        for digit in digits.iter().map(|d| usize::from(d - b'0')) {
            let next = self.nodes.len() as u32;
            let child = &mut self.nodes[at].children[digit];
            if *child == 0 {
                *child = next;
                self.nodes.push(Node::default());
            }
            at = self.nodes[at].children[digit] as usize;
        }
        let node = &mut self.nodes[at];
        node.told = Some(told.or(node.told));
    }

    /// Nodes level by level, so that each leads only to later ones, and the leaves they name.
    pub(super) fn flatten(&self) -> (Vec<Slots>, Vec<[u8; LEAF_OCTETS]>) {
        let mut leaves = Leaves::default();
        let mut flat: Vec<Slots> = Vec::new();
        let mut waiting: VecDeque<(usize, Option<Told>)> = (0..ROOTS).map(|root| (root, None)).collect();
        while let Some((at, outer)) = waiting.pop_front() {
            let node = self.nodes[at];
            let own = node.told.map(|t| t.or(outer)).or(outer);
            let mut slots = [0; OWN + 1];
            slots[OWN] = leaves.slot(own);
            for (slot, child) in slots.iter_mut().zip(node.children).filter(|(_, child)| *child != 0) {
                let inner = self.nodes[child as usize];
                *slot = if inner.children == [0; 10] {
                    leaves.slot(inner.told.map(|t| t.or(own)).or(own))
                } else {
                    waiting.push_back((child as usize, own));
                    (flat.len() + waiting.len()) as u32
                };
            }
            flat.push(slots);
        }
        (flat, leaves.records)
    }
}

/// For every three digits of the spaces that have heads, the node they lead to, or 0.
pub(super) fn heads(nodes: &[Slots]) -> Vec<u32> {
    let step = |at: u32, digit: usize| match nodes[at as usize][digit] {
        next if next & LEAF == 0 => next,
        _ => 0,
    };
    let lead = |root: u32, digits: usize| {
        [digits / 100, digits / 10 % 10, digits % 10]
            .into_iter()
            .try_fold(root, |at, digit| Some(step(at, digit)).filter(|&next| next != 0))
            .unwrap_or(0)
    };
    (0..HEADED as u32).flat_map(|root| (0..HEADS).map(move |digits| (root, digits))).map(|(r, d)| lead(r, d)).collect()
}

/// Every different leaf once.
#[derive(Default)]
struct Leaves {
    numbers: BTreeMap<[u8; LEAF_OCTETS], u32>,
    records: Vec<[u8; LEAF_OCTETS]>,
}

impl Leaves {
    fn slot(&mut self, told: Option<Told>) -> u32 {
        let Some(octets) = told.map(Told::octets) else { return 0 };
        let next = self.records.len() as u32;
        let number = *self.numbers.entry(octets).or_insert(next);
        if number == next {
            self.records.push(octets);
        }
        number | LEAF
    }
}
