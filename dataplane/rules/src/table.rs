//! Lists as they stand in an image: open-addressing hash tables of 16-octet slots.
//!
//! ```text
//!  octet   0        1 … 15
//!        ┌────────┬──────────────────────────────────────────────┐
//!        │ length │ the text, padded with zeros                  │  up to 15 octets, all within the slot
//!        ├────────┼─────┬────────────┬───────────┬───┬───────────┤
//!        │  255   │  0  │ offset u32 │ length u16│ 0 │ check u32 │  longer: in the string table
//!        └────────┴─────┴────────────┴───────────┴───┴───────────┘
//!          length 0: empty            4            8   10  12
//! ```
//! A prefix list is the same table with a set of the lengths that occur: each is tried, so the cost depends on the
//! number of different lengths and not on the number of entries. Entries below another entry are left out.
//!
//! The number of slots is a power of two and at least twice the number of entries; a probe walks on to the next
//! slot, at most [`Table::probes`] times. The hash is part of the image format.

use crate::model::ListKind;

/// Octets of a slot.
pub const SLOT_OCTETS: usize = 16;
/// Texts up to this length stand in the slot.
pub const INLINE_OCTETS: usize = SLOT_OCTETS - 1;
/// An entry is never longer.
pub const ENTRY_OCTETS_MAX: usize = 63;
/// A table is built so that no look-up walks further.
pub const PROBES_MAX: u32 = 1024;

const LONG: u8 = 255;

/// A slot as it stands in the image.
pub type Slot = [u8; SLOT_OCTETS];

/// A table to ask.
#[derive(Clone, Copy, Debug)]
pub struct Table<'i> {
    /// How entries are matched.
    pub kind: ListKind,
    /// A power of two of slots, or none.
    pub slots: &'i [Slot],
    /// The string table.
    pub strings: &'i [u8],
    /// Bit `n` set: there are entries of `n` octets. Only for prefixes.
    pub lengths: u64,
    /// How many slots a look-up may have to see.
    pub probes: u32,
}

impl Table<'_> {
    /// Whether the list has this text, a beginning of it, or a domain above it.
    #[inline]
    pub fn contains(&self, text: &[u8]) -> bool {
        match self.kind {
            ListKind::Exact => self.has(text),
            ListKind::Prefix => self.has_beginning_of(text),
            ListKind::Domain => self.has_domain_of(text),
            _ => false,
        }
    }

    #[inline]
    fn has_beginning_of(&self, text: &[u8]) -> bool {
        let mut lengths = self.lengths;
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            match text.get(..length) {
                Some(beginning) if self.has(beginning) => return true,
                Some(_) => {}
                None => return false,
            }
        }
        false
    }

    /// A domain, or one that it is below: all of it, and what stands behind each dot.
    fn has_domain_of(&self, text: &[u8]) -> bool {
        let mut dots = text.iter().enumerate().filter(|(_, octet)| **octet == b'.');
        self.has(text) || dots.any(|(at, _)| text.get(at + 1..).is_some_and(|domain| self.has(domain)))
    }

    #[inline]
    fn has(&self, text: &[u8]) -> bool {
        if text.is_empty() {
            return false;
        }
        match inline_slot(text) {
            Some(wanted) => self.find(hash_slot(wanted), |slot| *slot == wanted),
            None => {
                let hash = hash_long(text);
                self.find(hash, |slot| is_long(slot, text, hash, self.strings))
            }
        }
    }

    #[inline(always)]
    fn find(&self, hash: u64, is_it: impl Fn(&Slot) -> bool) -> bool {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        for _ in 0..self.probes {
            match self.slots.get(at) {
                Some(slot) if is_it(slot) => return true,
                Some([0, ..]) | None => return false,
                Some(_) => at = (at + 1) & mask,
            }
        }
        false
    }
}

#[inline(always)]
fn inline_slot(text: &[u8]) -> Option<Slot> {
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

fn is_long(slot: &Slot, text: &[u8], hash: u64, strings: &[u8]) -> bool {
    let Some((offset, len)) = long_entry(slot) else { return false };
    let [.., a, b, c, d] = *slot;
    u32::from_le_bytes([a, b, c, d]) == check_of(hash) && strings.get(offset..offset + len) == Some(text)
}

/// Where in the string table a long entry stands.
pub(crate) fn long_entry(slot: &Slot) -> Option<(usize, usize)> {
    let [LONG, _, _, _, a, b, c, d, e, f, ..] = *slot else { return None };
    Some((u32::from_le_bytes([a, b, c, d]) as usize, usize::from(u16::from_le_bytes([e, f]))))
}

/// Whether a slot is one that [`build`] could have written over this string table.
pub(crate) fn is_well_formed(slot: &Slot, strings_octets: usize) -> bool {
    match slot[0] {
        0 => *slot == [0; SLOT_OCTETS],
        length if usize::from(length) <= INLINE_OCTETS => slot.iter().skip(1 + usize::from(length)).all(|&o| o == 0),
        _ => long_entry(slot).is_some_and(|(offset, len)| {
            len > INLINE_OCTETS
                && len <= ENTRY_OCTETS_MAX
                && offset.checked_add(len).is_some_and(|e| e <= strings_octets)
        }),
    }
}

const fn check_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[inline(always)]
fn hash_slot(slot: Slot) -> u64 {
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

/// A table as [`build`] made it.
#[derive(Debug, Default)]
pub struct Built {
    /// Its slots.
    pub slots: Vec<Slot>,
    /// See [`Table::lengths`].
    pub lengths: u64,
    /// See [`Table::probes`].
    pub probes: u32,
    /// How many entries are left of those given.
    pub entries: u32,
}

/// Builds a table; long entries are added to the string table. `None` if an entry is empty or too long, or if the
/// entries cluster beyond [`PROBES_MAX`].
pub fn build(kind: ListKind, entries: &[String], strings: &mut Vec<u8>) -> Option<Built> {
    let lower: Vec<String>;
    let mut entries = entries;
    if kind == ListKind::Domain {
        // Hosts are in small letters in facts.
        lower = entries.iter().map(|e| e.to_ascii_lowercase()).collect();
        entries = &lower;
    }
    let kept = kept_entries(kind, entries);
    if kept.iter().any(|e| e.is_empty() || e.len() > ENTRY_OCTETS_MAX) {
        return None;
    }
    if kept.is_empty() {
        return Some(Built::default());
    }
    let mut built = Built {
        slots: vec![[0; SLOT_OCTETS]; (kept.len() * 2).next_power_of_two()],
        entries: u32::try_from(kept.len()).ok()?,
        ..Built::default()
    };
    for entry in kept {
        built.lengths |= 1 << entry.len();
        let (slot, hash) = new_slot(entry.as_bytes(), strings)?;
        insert(&mut built, slot, hash)?;
    }
    Some(built)
}

fn kept_entries(kind: ListKind, entries: &[String]) -> Vec<&str> {
    let mut kept: Vec<&str> = entries.iter().map(String::as_str).collect();
    kept.sort_unstable();
    kept.dedup();
    if kind == ListKind::Prefix {
        // Sorted, an entry stands behind its own beginnings, and nothing but other continuations between them.
        kept.dedup_by(|longer, shorter| longer.starts_with(&**shorter));
    }
    kept
}

fn new_slot(entry: &[u8], strings: &mut Vec<u8>) -> Option<(Slot, u64)> {
    if let Some(slot) = inline_slot(entry) {
        return Some((slot, hash_slot(slot)));
    }
    let [a, b, c, d] = u32::try_from(strings.len()).ok()?.to_le_bytes();
    let [e, f] = u16::try_from(entry.len()).ok()?.to_le_bytes();
    let hash = hash_long(entry);
    let [g, h, i, j] = check_of(hash).to_le_bytes();
    strings.extend_from_slice(entry);
    Some(([LONG, 0, 0, 0, a, b, c, d, e, f, 0, 0, g, h, i, j], hash))
}

fn insert(built: &mut Built, slot: Slot, hash: u64) -> Option<()> {
    let mask = built.slots.len() - 1;
    let start = hash as usize & mask;
    for walked in 0..PROBES_MAX {
        let free = built.slots.get_mut((start + walked as usize) & mask).filter(|s| s[0] == 0);
        if let Some(free) = free {
            *free = slot;
            built.probes = built.probes.max(walked + 1);
            return Some(());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(kind: ListKind, entries: &[&str], ask: impl Fn(&Table<'_>) -> T) -> T {
        let entries: Vec<String> = entries.iter().map(|&e| e.to_owned()).collect();
        let mut strings = b"something else".to_vec();
        let built = build(kind, &entries, &mut strings).unwrap();
        let Built { slots, lengths, probes, .. } = &built;
        assert!(slots.iter().all(|s| is_well_formed(s, strings.len())));
        ask(&Table { kind, slots, strings: &strings, lengths: *lengths, probes: *probes })
    }

    #[test]
    fn a_domain_list_has_what_is_below_its_entries_and_no_other_end() {
        with(ListKind::Domain, &["Bad.example", "a-name-longer-than-a-slot.example"], |table| {
            let has = |host: &str| table.contains(host.as_bytes());
            assert!(["bad.example", "a.b.bad.example", "x.a-name-longer-than-a-slot.example"].into_iter().all(has));
            assert!(!["notbad.example", "bad.example.net", "example", "", "..", "bad.example."].into_iter().any(has));
        });
    }

    #[test]
    fn an_exact_list_has_its_entries_and_nothing_else() {
        with(ListKind::Exact, &["15550100", "Bank", "a name of more than fifteen letters"], |t| {
            assert!(t.contains(b"15550100") && t.contains(b"Bank"));
            assert!(t.contains(b"a name of more than fifteen letters"));
            for other in ["1555010", "155501000", "bank", "", "a name of more than fifteen letterz"] {
                assert!(!t.contains(other.as_bytes()), "{other}");
            }
        });
    }

    #[test]
    fn a_prefix_list_has_every_continuation_of_its_entries() {
        let entries = ["99970", "999812", "9", "a beginning of sixteen and more"];
        with(ListKind::Prefix, &entries[..2], |t| {
            assert!(t.contains(b"99970") && t.contains(b"999701234567890123456789") && t.contains(b"9998123"));
            assert!(!t.contains(b"9997") && !t.contains(b"99981") && !t.contains(b""));
        });
        with(ListKind::Prefix, &entries, |t| {
            assert!(t.contains(b"91") && t.contains(b"a beginning of sixteen and more and more"));
            assert!(!t.contains(b"a beginning of sixteen and mor"));
            assert_eq!(t.lengths.count_ones(), 2, "entries below another one are left out");
        });
    }

    #[test]
    fn an_empty_list_has_nothing() {
        for kind in ListKind::ALL {
            assert!(!with(kind, &[], |t| t.contains(b"") || t.contains(b"1")));
        }
    }

    #[test]
    fn a_hundred_thousand_numbers_are_all_found_within_few_probes() {
        let entries: Vec<String> = (0..100_000).map(|n| format!("1555{n:07}")).collect();
        let mut strings = Vec::new();
        let built = build(ListKind::Exact, &entries, &mut strings).unwrap();
        assert!(built.probes < 100, "{} probes", built.probes);
        let t =
            Table { kind: ListKind::Exact, slots: &built.slots, strings: &strings, lengths: 0, probes: built.probes };
        assert!(entries.iter().all(|e| t.contains(e.as_bytes())));
        assert!(!(0..1000).any(|n| t.contains(format!("1556{n:07}").as_bytes())));
    }

    #[test]
    fn entries_that_are_empty_or_too_long_are_refused() {
        let mut strings = Vec::new();
        assert!(build(ListKind::Exact, &[String::new()], &mut strings).is_none());
        assert!(build(ListKind::Exact, &["1".repeat(ENTRY_OCTETS_MAX + 1)], &mut strings).is_none());
        assert!(build(ListKind::Prefix, &["1".repeat(ENTRY_OCTETS_MAX)], &mut strings).is_some());
    }
}
