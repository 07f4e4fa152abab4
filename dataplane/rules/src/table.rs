//! Lists as they stand in an image: hash tables of 16-octet slots behind a filter.
//!
//! ```text
//!  octet   0        1 … 15
//!        ┌────────┬──────────────────────────────────────────────┐
//!        │ length │ the text, padded with zeros                  │  up to 15 octets, all within the slot
//!        ├────────┼─────┬────────────┬───────────┬───┬───────────┤
//!        │  255   │ end │ offset u32 │ length u16│ 0 │ check u32 │  longer, or with an end: in the string table,
//!        └────────┴─────┴────────────┴───────────┴───┴───────────┘  behind the text (if `end` is 1) a second, u64
//!          length 0: empty            4            8   10  12
//! ```
//! **Table.** The home of a text is its hash times the number of homes, so that the entries stand in the order of their
//! hashes and an image is built and read from front to back. Three of four homes are taken; behind the last home are so
//! many slots more as a look-up walks, [`Slots::probes`].
//!
//! **Filter.** In front of a larger table stand lines of 64 octets, three of four octets for every two entries. A text
//! that is not in the list costs one look at a line, which the caches hold where they cannot hold the table; one in some
//! hundred of these also asks the table. The smallest have none.
//!
//! **Kinds.** A prefix list also has the set of the lengths that occur: each is tried, so the cost depends on the number
//! of different lengths and not on the number of entries. A domain list is asked with the text and with what stands
//! behind each of its dots. Wildcards and words are the matcher's.
//!
//! The hash is part of the image format.

use crate::model::ListKind;
use safe_arch::prefetch_t0;

/// Octets of a slot.
pub const SLOT_OCTETS: usize = 16;
/// Texts up to this length stand in the slot.
pub const INLINE_OCTETS: usize = SLOT_OCTETS - 1;
/// An entry of a prefix list is never longer: the lengths are bits of 64.
pub const PREFIX_OCTETS_MAX: usize = 63;
/// An entry is never longer.
pub const ENTRY_OCTETS_MAX: usize = 255;
/// A table is built so that no look-up walks further.
pub const PROBES_MAX: u32 = 1024;
/// Slots in a line of the filter.
pub const LINE_SLOTS: usize = 4;
/// The end of an entry that has none.
pub const FOREVER: u64 = u64::MAX;

pub(crate) const ELSEWHERE: u8 = 255;

/// A slot as it stands in the image.
pub type Slot = [u8; SLOT_OCTETS];

/// The longest entry of a list of this kind.
pub const fn entry_octets_max(kind: ListKind) -> usize {
    if matches!(kind, ListKind::Prefix) { PREFIX_OCTETS_MAX } else { ENTRY_OCTETS_MAX }
}

/// A list to ask.
#[derive(Clone, Copy, Debug)]
pub struct Table<'i> {
    /// How entries are matched.
    pub kind: ListKind,
    /// The entries of the policy.
    pub slots: Slots<'i>,
    /// What came and went since; asked first.
    pub changes: Option<Slots<'i>>,
}

impl Table<'_> {
    /// Whether the list has this text (or a beginning of it, or a domain above it) at this second.
    #[inline]
    pub fn contains(&self, text: &[u8], now_s: u64) -> bool {
        match self.kind {
            ListKind::Exact => self.has(text, now_s),
            ListKind::Prefix => self.has_beginning_of(text, now_s),
            ListKind::Domain => self.has_domain_of(text, now_s),
            ListKind::Wildcard | ListKind::Words | ListKind::Squeezed => false,
        }
    }

    /// Has the processor fetch what [`Table::contains`] will look at, for texts that will be asked for soon.
    #[inline]
    pub fn prefetch(&self, text: &[u8]) {
        if matches!(self.kind, ListKind::Exact)
            && let Some(key) = Key::of(text)
        {
            self.slots.prefetch(key.hash);
        }
    }

    #[inline]
    fn has_beginning_of(&self, text: &[u8], now_s: u64) -> bool {
        let mut lengths = self.slots.lengths | self.changes.map_or(0, |c| c.lengths);
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            match text.get(..length) {
                Some(beginning) if self.has(beginning, now_s) => return true,
                Some(_) => {}
                None => return false,
            }
        }
        false
    }

    #[inline]
    fn has_domain_of(&self, text: &[u8], now_s: u64) -> bool {
        let mut lower = [0; ENTRY_OCTETS_MAX];
        let start = text.len().saturating_sub(ENTRY_OCTETS_MAX);
        let end = text.get(start..).unwrap_or(&[]);
        lower.iter_mut().zip(end).for_each(|(to, from)| *to = from.to_ascii_lowercase());
        let host = lower.get(..end.len()).unwrap_or(&[]);
        // What is left of a longer name begins in the middle of a label.
        let whole = if start == 0 { Some(host) } else { None };
        let behind_dots = (1..host.len()).filter(|&at| host.get(at - 1) == Some(&b'.')).filter_map(|at| host.get(at..));
        whole.into_iter().chain(behind_dots).any(|domain| self.has(domain, now_s))
    }

    #[inline]
    fn has(&self, text: &[u8], now_s: u64) -> bool {
        let Some(key) = Key::of(text) else { return false };
        let changed = self.changes.and_then(|c| c.until(&key));
        changed.or_else(|| self.slots.until(&key)).is_some_and(|until_s| now_s < until_s)
    }
}

/// One table with its filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots<'i> {
    filter: &'i [[Slot; LINE_SLOTS]],
    slots: &'i [Slot],
    strings: &'i [u8],
    /// Bit `n` set: there are entries of `n` octets. Only for prefixes.
    lengths: u64,
    /// How many slots a look-up may have to see.
    probes: u32,
}

impl<'i> Slots<'i> {
    /// A table of `part` of an image's slots, of which the first `lines` lines are the filter.
    #[inline(always)]
    pub fn new(part: &'i [Slot], lines: u32, strings: &'i [u8], lengths: u64, probes: u32) -> Self {
        let (filter, slots) = part.split_at_checked(lines as usize * LINE_SLOTS).unwrap_or((&[], &[]));
        Self { filter: filter.as_chunks().0, slots, strings, lengths, probes }
    }

    /// Whether [`crate::compile`] could have written it: looked at once, when an image is taken in.
    pub fn is_well_formed(&self) -> bool {
        let walk = if self.slots.is_empty() { 0..=0 } else { 1..=PROBES_MAX.min(self.slots.len() as u32) };
        walk.contains(&self.probes)
            && self.lengths & 1 == 0
            && self.slots.iter().all(|slot| is_well_formed(slot, self.strings))
    }

    /// How many slots are taken.
    pub fn entries(&self) -> usize {
        self.slots.iter().filter(|slot| slot[0] != 0).count()
    }

    /// The end of an entry; `None` where there is no such entry.
    #[inline(always)]
    fn until(&self, key: &Key<'_>) -> Option<u64> {
        if !self.may_have(key.hash) {
            return None;
        }
        let home = self.home(key.hash);
        for slot in self.slots.get(home..home + self.probes as usize)? {
            if *slot == key.slot {
                return Some(FOREVER);
            }
            match slot[0] {
                0 => return None,
                ELSEWHERE if check_in(slot) == check_of(key.hash) => match entry_elsewhere(slot, self.strings) {
                    Some((text, until_s)) if text == key.text => return Some(until_s),
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }

    #[inline(always)]
    fn home(&self, hash: u64) -> usize {
        home(hash, (self.slots.len() + 1).saturating_sub(self.probes as usize))
    }

    #[inline(always)]
    fn may_have(&self, hash: u64) -> bool {
        let Some(line) = self.filter.get(home(hash, self.filter.len())) else { return true };
        filter_bits(hash).iter().all(|&(word, bits)| word_of(line, word) & bits == bits)
    }

    #[inline(always)]
    fn prefetch(&self, hash: u64) {
        if let Some(line) = self.filter.get(home(hash, self.filter.len())) {
            prefetch_t0(line);
        }
        if let Some(slot) = self.slots.get(self.home(hash)) {
            prefetch_t0(slot);
        }
    }
}

/// A text to look for.
struct Key<'t> {
    text: &'t [u8],
    /// Equal to no slot where the text does not fit into one.
    slot: Slot,
    hash: u64,
}

impl<'t> Key<'t> {
    #[inline(always)]
    fn of(text: &'t [u8]) -> Option<Self> {
        const NO_SLOT: Slot = [INLINE_OCTETS as u8 + 1; SLOT_OCTETS];
        match inline_slot(text) {
            _ if text.is_empty() || text.len() > ENTRY_OCTETS_MAX => None,
            Some(slot) => Some(Self { text, slot, hash: hash_slot(slot) }),
            None => Some(Self { text, slot: NO_SLOT, hash: hash_long(text) }),
        }
    }
}

/// The slot of a text that fits into one.
#[inline(always)]
pub(crate) fn inline_slot(text: &[u8]) -> Option<Slot> {
    if text.len() > INLINE_OCTETS {
        return None;
    }
    // Two overlapping loads rather than a loop: addresses have 8 to 15 digits.
    let packed = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let shift = (text.len() - 8) * 8;
            u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << shift
        }
        _ => {
            let mut short = [0; 8];
            short.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
            u128::from(u64::from_le_bytes(short))
        }
    };
    Some((packed << 8 | text.len() as u128).to_le_bytes())
}

/// A text that stands in the string table, and its end.
fn entry_elsewhere<'i>(slot: &Slot, strings: &'i [u8]) -> Option<(&'i [u8], u64)> {
    let &[ELSEWHERE, ends, _, _, a, b, c, d, e, f, ..] = slot else { return None };
    let (offset, len) = (u32::from_le_bytes([a, b, c, d]) as usize, usize::from(u16::from_le_bytes([e, f])));
    let (text, behind) = strings.get(offset..)?.split_at_checked(len)?;
    let until_s = if ends == 0 { FOREVER } else { u64::from_le_bytes(*behind.first_chunk()?) };
    Some((text, until_s))
}

fn is_well_formed(slot: &Slot, strings: &[u8]) -> bool {
    match slot[0] {
        0 => *slot == [0; SLOT_OCTETS],
        length if usize::from(length) <= INLINE_OCTETS => slot.iter().skip(1 + usize::from(length)).all(|&o| o == 0),
        _ => entry_elsewhere(slot, strings).is_some_and(|(text, _)| {
            slot[1] <= 1
                && !text.is_empty()
                && text.len() <= ENTRY_OCTETS_MAX
                && (slot[1] == 1 || text.len() > INLINE_OCTETS)
        }),
    }
}

#[inline(always)]
fn check_in(slot: &Slot) -> u32 {
    let [.., a, b, c, d] = *slot;
    u32::from_le_bytes([a, b, c, d])
}

/// The upper half says where, so the lower half says what.
#[inline(always)]
pub(crate) const fn check_of(hash: u64) -> u32 {
    hash as u32
}

/// One of `homes` places, ascending with the hash.
#[inline(always)]
pub(crate) const fn home(hash: u64, homes: usize) -> usize {
    (((hash >> 32) * homes as u64) >> 32) as usize
}

/// Three bits in each of two words of a line.
#[inline(always)]
pub(crate) fn filter_bits(hash: u64) -> [(usize, u64); 2] {
    let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let word = (mixed >> 61) as usize;
    // Another one: the two differ in an odd number.
    let other = word ^ (1 | (mixed >> 58) as usize & 0b110);
    let bits = |at: u64| 1 << (at & 63) | 1 << (at >> 6 & 63) | 1 << (at >> 12 & 63);
    [(word, bits(mixed >> 40)), (other, bits(mixed >> 22))]
}

#[inline(always)]
fn word_of(line: &[Slot; LINE_SLOTS], word: usize) -> u64 {
    line.as_flattened().as_chunks().0.get(word).map_or(0, |o| u64::from_le_bytes(*o))
}

/// The hash of a text as a table has it.
#[inline(always)]
pub(crate) fn hash(text: &[u8]) -> u64 {
    inline_slot(text).map_or_else(|| hash_long(text), hash_slot)
}

#[inline(always)]
pub(crate) fn hash_slot(slot: Slot) -> u64 {
    let both = u128::from_le_bytes(slot);
    fold(both as u64 ^ 0xA076_1D64_78BD_642F, (both >> 64) as u64 ^ 0xE703_7ED1_A0B4_28DB)
}

fn hash_long(text: &[u8]) -> u64 {
    let (whole, last) = text.as_chunks::<8>();
    let mut padded = [0; 8];
    for (to, from) in padded.iter_mut().zip(last) {
        *to = *from;
    }
    let mut hash = text.len() as u64;
    for chunk in whole.iter().chain([&padded]) {
        hash = fold(hash ^ 0xA076_1D64_78BD_642F, u64::from_le_bytes(*chunk) ^ 0xE703_7ED1_A0B4_28DB);
    }
    hash
}

/// Both halves of the product, mixed.
#[inline(always)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// Texts in the order of the upper halves of their hashes: that half, and below it the place.
pub(crate) fn in_order<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u64> {
    let key = |(place, text): (u32, &str)| hash(text.as_bytes()) >> 32 << 32 | u64::from(place);
    let mut order: Vec<u64> = (0..).zip(texts).map(key).collect();
    order.sort_unstable();
    order
}

/// A number as lists have it: in decimal digits. Gives the part of `room` that they fill.
#[inline]
pub fn decimal(mut number: u64, room: &mut [u8; 20]) -> &[u8] {
    let mut start = room.len();
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start -= 1;
        if number == 0 {
            break;
        }
    }
    room.get(start..).unwrap_or(&[])
}
