//! Which node stands behind which of our numbers: a few digits after ours say so.
//!
//! ```text
//!   9997000001 │ 042     our number; the place of the node it stands for: a word, TBCD with fillers
//! ```
//! A long message opens its dialogue without naming its receiver (TS 29.002 §23.3): the number alone tells where the
//! dialogue goes. Place 0 stands for no node: only the id tells. A node has one place as long as the table lives; all
//! cores write the same one, and another process takes it up. Not handled: nodes that go away.

use super::Words;
use super::table::mixed;
use std::sync::atomic::Ordering;

/// Digits of a place.
pub const NODE_DIGITS_MAX: usize = 4;
/// Places a node may have.
const TRIES: u64 = 32;
const FREE: u64 = 0;

/// The nodes.
pub struct Nodes {
    words: Words,
    places: usize,
}

/// Octets of a table of so many digits.
pub const fn octets_for_nodes(digits: usize) -> usize {
    10_usize.pow(if digits > NODE_DIGITS_MAX { NODE_DIGITS_MAX } else { digits } as u32) * size_of::<u64>()
}

impl Nodes {
    /// None where there are too few words for so many digits.
    pub fn new(words: Words, digits: usize) -> Option<Self> {
        let places = octets_for_nodes(digits) / size_of::<u64>();
        (digits <= NODE_DIGITS_MAX && words.words().len() >= places).then_some(Self { words, places })
    }

    /// The place of a node, by its number, an AddressString; 0 where all that it could have are taken.
    pub fn place_of(&self, number: &[u8]) -> usize {
        let Some(node) = packed(number) else { return 0 };
        (0..TRIES).map(|attempt| self.nth(node, attempt)).find(|&place| self.takes(place, node)).unwrap_or(0)
    }

    /// The digits of the node at a place, as TBCD.
    pub fn node_at(&self, place: usize) -> Option<[u8; 8]> {
        let word = self.words.words().get(..self.places)?.get(place)?.load(Ordering::Relaxed);
        (word != FREE).then(|| word.to_le_bytes())
    }

    fn nth(&self, node: u64, attempt: u64) -> usize {
        (mixed(node.wrapping_add(attempt)) % self.places as u64) as usize
    }

    /// Whether the place is the node's, now if not before.
    fn takes(&self, place: usize, node: u64) -> bool {
        let Some(word) = self.words.words().get(place).filter(|_| place != 0) else { return false };
        let taken = word.compare_exchange(FREE, node, Ordering::Relaxed, Ordering::Relaxed);
        taken.is_ok() || taken == Err(node)
    }
}

/// What follows the type of an AddressString, eight octets at most. All digits 0 in a word would be free: no node has
/// that number.
fn packed(number: &[u8]) -> Option<u64> {
    let digits = number.get(1..).filter(|digits| (1..=8).contains(&digits.len()))?;
    let mut octets = [0xFF; 8];
    octets.iter_mut().zip(digits).for_each(|(to, from)| *to = *from);
    Some(u64::from_le_bytes(octets)).filter(|word| *word != FREE)
}
