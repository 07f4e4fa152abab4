//! Where a subscriber was last seen: the serving node (MSC, VLR, SGSN) of an IMSI or an MSISDN, as MAP that passes tells
//! it, and the other identity of the same subscriber.
//!
//! An entry has 24 octets, with its share of places kept free for it [`LOCATION_COST_OCTETS`]; a subscriber known by
//! both identities has two. The whole key is kept, none of it as a hash:
//!
//! ```text
//! mark    31 bits of the key, lowest │ seconds since 1970
//! words   11 bits of the key │ node 51      11 bits of the key │ other identity 51
//! ```
//! A key is 1 to 15 decimal digits (E.212 §6, E.164 §6); with none, with 16 or more, or with `*#abc` it is refused, as
//! is such a node. What was told last holds, with its time, also if that is an earlier one: a clock that jumped does not
//! hold on to what it brought. A full table sheds the oldest that stand where the new one may ([`crate::table`]).

use crate::hash::mix;
use crate::number::Number;
use crate::table::{Home, Table, age, cost_octets};

/// Which identity a subscriber is looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Identity {
    /// E.212.
    Imsi = 1,
    /// E.164.
    Msisdn = 2,
}

/// Where and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// The serving node.
    pub node: Number,
    /// The MSISDN of an IMSI, the IMSI of an MSISDN; [`Number::NONE`] if it is not known.
    pub other: Number,
    /// How long ago; 0 if that is still to come.
    pub age_s: u32,
}

/// What came of being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// The subscriber was not known.
    New,
    /// At the same node as before.
    Same,
    /// At another node than before: this is what was known, its age that at the time of the move.
    Moved(LastSeen),
    /// The key or the node is no number of 1 to 15 digits.
    Refused,
}

#[derive(Clone, Copy)]
struct Location([u64; 2]);

/// What a subscriber's entry costs: five places with their marks for every four.
pub const LOCATION_COST_OCTETS: usize = cost_octets::<Location>();

const _: () = assert!(LOCATION_COST_OCTETS == 30);

/// The table.
pub struct Locations {
    table: Table<Location>,
    key: u64,
}

impl Locations {
    /// Room for `capacity` entries, hashed under `key`.
    pub fn new(capacity: usize, key: u64) -> Self {
        Self { table: Table::new(capacity, Location([0; 2])), key }
    }

    /// Learns where a subscriber is at `time_s` seconds since 1970. Digits are in ASCII. An `other` identity that is not
    /// told, or is no number, leaves the one that is known.
    #[inline]
    pub fn learn(&mut self, kind: Identity, digits: &[u8], node: &[u8], other: Option<&[u8]>, time_s: u32) -> Learned {
        let (Some(key), Some(node)) = (key_of(kind, digits), fifteen(node)) else { return Learned::Refused };
        let other = other.and_then(fifteen).unwrap_or(Number::NONE);
        let home = self.home(key);
        let Some(slot) = self.slot_of(home, key) else {
            self.table.enter(home, Location::new(key, node, other), time_s);
            return Learned::New;
        };
        let before = self.seen(slot, time_s);
        self.table.touch(slot, time_s);
        let Some((location, before)) = self.table.at_mut(slot).zip(before) else { return Learned::New };
        *location = Location::new(key, node, other.known().unwrap_or(before.other));
        if before.node == node { Learned::Same } else { Learned::Moved(before) }
    }

    /// Has the processor fetch what is known of a subscriber.
    #[inline]
    pub fn fetch(&self, kind: Identity, digits: &[u8]) {
        if let Some(key) = key_of(kind, digits) {
            self.table.fetch(self.home(key));
        }
    }

    /// Where a subscriber was last seen.
    #[inline]
    pub fn find(&self, kind: Identity, digits: &[u8], time_s: u32) -> Option<LastSeen> {
        let key = key_of(kind, digits)?;
        self.seen(self.slot_of(self.home(key), key)?, time_s)
    }

    #[inline(always)]
    fn seen(&self, slot: u32, time_s: u32) -> Option<LastSeen> {
        let location = self.table.at(slot)?;
        Some(LastSeen { node: location.node(), other: location.other(), age_s: age(time_s, self.table.stamp(slot)) })
    }

    #[inline(always)]
    fn home(&self, key: u64) -> Home {
        self.table.home_tagged(mix(self.key, key, 0), key as u32)
    }

    #[inline(always)]
    fn slot_of(&self, home: Home, key: u64) -> Option<u32> {
        self.table.find(home, |location| location.key_above_tag() == key >> TAG_BITS)
    }

    /// Entries held.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entries that gave way to others.
    pub fn shed(&self) -> u64 {
        self.table.shed()
    }

    /// What was allocated.
    pub fn octets(&self) -> usize {
        self.table.octets()
    }

    /// What was allocated for each entry of the capacity, rounded up.
    pub fn octets_per_entry(&self) -> usize {
        self.table.octets_per_entry()
    }

    /// Forgets every subscriber.
    pub fn clear(&mut self) {
        self.table.clear();
    }
}

impl Location {
    #[inline(always)]
    fn new(key: u64, node: Number, other: Number) -> Self {
        let above = key >> TAG_BITS;
        let (lower, upper) = (above & HALF_MASK, above >> HALF_BITS);
        Self([node.word() | lower << NUMBER_BITS, other.word() | upper << NUMBER_BITS])
    }

    #[inline(always)]
    const fn key_above_tag(&self) -> u64 {
        let Self([node, other]) = *self;
        node >> NUMBER_BITS | other >> NUMBER_BITS << HALF_BITS
    }

    #[inline(always)]
    const fn node(&self) -> Number {
        Number::from_word(self.0[0] & NUMBER_MASK)
    }

    #[inline(always)]
    const fn other(&self) -> Number {
        Number::from_word(self.0[1] & NUMBER_MASK)
    }
}

/// Most digits of a key and of a node.
const DIGITS_MAX: usize = 15;
/// Fifteen digits, and the 1 before them.
const NUMBER_BITS: u32 = 51;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
/// Of the key, the mark has the lowest bits; each of two words has half of the 22 others.
const TAG_BITS: u32 = 31;
const HALF_BITS: u32 = 11;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;

const _: () = assert!(1_999_999_999_999_999 <= NUMBER_MASK);

#[inline(always)]
fn key_of(kind: Identity, digits: &[u8]) -> Option<u64> {
    Some(fifteen(digits)?.word() | (kind as u64) << NUMBER_BITS)
}

#[inline(always)]
fn fifteen(digits: &[u8]) -> Option<Number> {
    (digits.len() <= DIGITS_MAX).then(|| Number::new(digits)).flatten()
}
