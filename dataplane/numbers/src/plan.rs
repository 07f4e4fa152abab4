//! A verified image, ready to be asked.

use crate::image::{HEAD_DIGITS, HEADED, HEADS, LEAF, LEAF_OCTETS, NODE_OCTETS, OWN};
use crate::{Space, whole};
use sluice_abi::Relation;

/// A numbering plan over the octets of its image.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'i> {
    pub(crate) nodes: &'i [[u8; NODE_OCTETS]],
    pub(crate) leaves: &'i [[u8; LEAF_OCTETS]],
    pub(crate) operators: &'i [[u8; 8]],
    pub(crate) countries: &'i [[u8; 2]],
    pub(crate) distances: &'i [[u8; 2]],
    pub(crate) strings: &'i [u8],
    pub(crate) heads: &'i [[u8; 4]],
    pub(crate) home: [u8; 2],
}

/// What is known of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The operator's number in this plan; 0 where only the country is known.
    pub operator: u32,
    /// ISO 3166 alpha-2, or [`crate::NO_COUNTRY`].
    pub country: [u8; 2],
    /// By agreement.
    pub relation: Relation,
    /// When the source of the operator (or without one, of the country) was looked at, in days since 1970; 0 unknown.
    pub as_of_days: u32,
}

impl<'i> Plan<'i> {
    /// What is known of a number, given as ASCII digits. An octet that is no digit ends the number; a point code
    /// with one is none.
    #[inline]
    pub fn find(&self, space: Space, digits: &[u8]) -> Option<Found> {
        match space {
            Space::PointCode => self.walk(space, &whole(digits)?),
            Space::E164 | Space::Imsi => self.walk(space, digits),
        }
    }

    /// Country of the home network, if a range is the home network's.
    #[inline]
    pub fn home_country(&self) -> Option<[u8; 2]> {
        (self.home != [0, 0]).then_some(self.home)
    }

    /// The operator with this number; empty where there is none.
    pub fn operator_name(&self, number: u32) -> &'i str {
        let place = (number as usize).checked_sub(1);
        place.and_then(|p| self.operators.get(p)).and_then(|o| self.text(*o)).unwrap_or("")
    }

    /// How many operators have numbers, which are 1 to this.
    pub const fn operators(&self) -> usize {
        self.operators.len()
    }

    /// Kilometres between the capitals of two countries, rounded; `None` if one of them is not known.
    #[inline]
    pub fn distance_km(&self, a: [u8; 2], b: [u8; 2]) -> Option<u32> {
        let row = self.countries.binary_search(&a).ok()?;
        let column = self.countries.binary_search(&b).ok()?;
        let distance = self.distances.get(row * self.countries.len() + column)?;
        Some(u32::from(u16::from_le_bytes(*distance)))
    }

    #[inline]
    fn walk(&self, space: Space, digits: &[u8]) -> Option<Found> {
        let (start, rest) = match self.head(space, digits) {
            Some(head) => (head, digits.get(HEAD_DIGITS..)?),
            None => (space as u32, digits),
        };
        let mut node = self.nodes.get(start as usize)?;
        for &digit in rest {
            match slot(node, digit.wrapping_sub(b'0').min(OWN as u8)) {
                0 => break,
                leaf if leaf & LEAF != 0 => return self.leaf(leaf),
                next => node = self.nodes.get(next as usize)?,
            }
        }
        self.leaf(slot(node, OWN as u8))
    }

    /// The node behind the first digits, where more than one step leads on.
    #[inline]
    fn head(&self, space: Space, digits: &[u8]) -> Option<u32> {
        let &[a, b, c] = digits.first_chunk::<HEAD_DIGITS>()?;
        let [a, b, c] = [a, b, c].map(|d| usize::from(d.wrapping_sub(b'0')));
        let is_headed = (space as usize) < HEADED && a < 10 && b < 10 && c < 10;
        let place = space as usize * HEADS + a * 100 + b * 10 + c;
        let head = self.heads.get(place).filter(|_| is_headed)?;
        Some(u32::from_le_bytes(*head)).filter(|&node| node != 0)
    }

    /// The node that these digits lead to step by step; 0 for none.
    pub(crate) fn steps(&self, space: usize, digits: usize) -> u32 {
        let mut at = space as u32;
        for digit in [digits / 100, digits / 10 % 10, digits % 10] {
            at = self.nodes.get(at as usize).map_or(0, |node| slot(node, digit as u8));
            if at == 0 || at & LEAF != 0 {
                return 0;
            }
        }
        at
    }

    #[inline]
    fn leaf(&self, slot: u32) -> Option<Found> {
        // Without the mark it is 0, for nothing, which with the mark taken off leads to no leaf.
        let octets = self.leaves.get((slot ^ LEAF) as usize)?;
        let [a, b, c, d, e, f, g, h, country @ .., relation, _] = *octets;
        Some(Found {
            operator: u32::from_le_bytes([a, b, c, d]),
            country,
            relation: Relation::from_number(relation).unwrap_or(Relation::Unknown),
            as_of_days: u32::from_le_bytes([e, f, g, h]),
        })
    }

    fn text(&self, extent: [u8; 8]) -> Option<&'i str> {
        let [a, b, c, d, e, f, g, h] = extent;
        let start = u32::from_le_bytes([a, b, c, d]) as usize;
        let len = u32::from_le_bytes([e, f, g, h]) as usize;
        std::str::from_utf8(self.strings.get(start..start.checked_add(len)?)?).ok()
    }

    /// Whether this operator's name can be read.
    pub(crate) fn has_name(&self, number: u32) -> bool {
        !self.operator_name(number).is_empty()
    }
}

/// One of a node's eleven slots. The last one is either 0 or a leaf, so that an octet which is no digit, taken for
/// it, ends the walk with what is known so far.
#[inline(always)]
pub(crate) fn slot(node: &[u8; NODE_OCTETS], number: u8) -> u32 {
    node.as_chunks().0.get(usize::from(number)).map_or(0, |o| u32::from_le_bytes(*o))
}
