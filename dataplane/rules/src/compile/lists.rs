//! Lists to the sections of lists and slots.

use super::write::{Writer, push};
use crate::entries::Entries;
use crate::image::Section;
use crate::model::{List, ListKind};
use crate::table::{
    ELSEWHERE, FOREVER, LINE_SLOTS, PROBES_MAX, SLOT_OCTETS, Slot, Slots, check_of, entry_octets_max, filter_bits,
    hash, home, in_order, inline_slot,
};

impl Writer<'_> {
    /// Adds a list's slots and record.
    pub(super) fn list(&mut self, list: &List) -> Option<()> {
        let built = Built::of(list.kind, &list.entries, &mut self.operands.strings)?;
        let name = self.operands.string(list.name.as_bytes())?;
        // A line of the filter is a line of the cache.
        self.slots.resize(self.slots.len().next_multiple_of(LINE_SLOTS), [0; SLOT_OCTETS]);
        let first = u32::try_from(self.slots.len()).ok()?;
        let lengths = if list.kind == ListKind::Prefix { built.lengths } else { 0 };
        let mut record = Vec::new();
        push(&mut record, [name.0, name.1, first, u32::try_from(built.slots.len()).ok()?]);
        record.extend_from_slice(&lengths.to_le_bytes());
        push(&mut record, [built.probes, built.entries, list.kind as u32, built.lines]);
        record.resize(Section::Lists.entry_octets(), 0);
        self.lists.append(&mut record);
        self.slots.extend_from_slice(&built.slots);
        Some(())
    }
}

/// A table as it is built.
#[derive(Debug, Default)]
pub struct Built {
    /// The filter, then the table.
    pub slots: Vec<Slot>,
    /// Lines of the filter.
    pub lines: u32,
    /// Bit `n` set: there are entries of `n` octets.
    pub lengths: u64,
    /// How many slots a look-up may have to see.
    pub probes: u32,
    /// How many different entries there are.
    pub entries: u32,
}

/// With fewer entries a look at the filter saves nothing.
const FILTERED_ENTRIES_MIN: usize = 64;
/// Octets of the filter for every two entries.
const FILTER_OCTETS_PER_PAIR: usize = 3;

impl Built {
    /// Builds a table; what does not fit into slots is added to the string table. `None` if an entry is empty, too long
    /// or not of this kind, or if the entries cluster beyond [`PROBES_MAX`]. Of repeated entries the last to end stays.
    ///
    /// Entries that the matcher looks for are counted only.
    pub fn of(kind: ListKind, entries: &Entries, strings: &mut Vec<u8>) -> Option<Self> {
        let entries = entries.normal(kind)?;
        if entries.iter().any(|e| e.is_empty() || e.len() > entry_octets_max(kind)) {
            return None;
        }
        match kind {
            ListKind::Exact | ListKind::Prefix | ListKind::Domain => Self::table(&entries, strings, false),
            _ => Some(Self { entries: u32::try_from(entries.len()).ok()?, ..Self::default() }),
        }
    }

    /// A table without a filter in which every entry has a second of its own, also [`FOREVER`] and 0.
    pub(crate) fn of_changes(entries: &Entries, strings: &mut Vec<u8>) -> Option<Self> {
        Self::table(entries, strings, true)
    }

    fn table(entries: &Entries, strings: &mut Vec<u8>, each_ends: bool) -> Option<Self> {
        if entries.is_empty() {
            return Some(Self::default());
        }
        let order = in_order(entries.iter());
        let lines = match entries.len() {
            n if each_ends || n < FILTERED_ENTRIES_MIN => 0,
            n => (n * FILTER_OCTETS_PER_PAIR / 2).div_ceil(LINE_SLOTS * SLOT_OCTETS),
        };
        let homes = entries.len() + entries.len() / 3 + 1;
        let filter = lines * LINE_SLOTS;
        let mut built = Self {
            slots: vec![[0; SLOT_OCTETS]; filter + homes + PROBES_MAX as usize],
            lines: u32::try_from(lines).ok()?,
            ..Self::default()
        };
        let (mut free, mut ahead) = (0, Ahead::of(&order, entries));
        for run in order.chunk_by(|a, b| a >> 32 == b >> 32) {
            ahead.fetch(run.len());
            for place in last_to_end(run, entries) {
                let (entry, until_s) = (entries.get(place)?.as_bytes(), entries.until(place));
                let hash = hash(entry);
                let home = home(hash, homes);
                let at = home.max(free);
                *built.slots.get_mut(filter + at)? = slot(entry, hash, until_s, each_ends, strings)?;
                built.pass(hash, lines);
                built.probes = built.probes.max((at - home + 1) as u32);
                built.lengths |= 1_u64.checked_shl(entry.len() as u32).unwrap_or(0);
                built.entries += 1;
                free = at + 1;
            }
        }
        built.slots.truncate(filter + homes + built.probes as usize - 1);
        (built.probes <= PROBES_MAX).then_some(built)
    }

    /// Has the filter let this hash pass.
    fn pass(&mut self, hash: u64, lines: usize) {
        let first = home(hash, lines) * LINE_SLOTS * SLOT_OCTETS;
        let octets = self.slots.as_flattened_mut().get_mut(first..).unwrap_or_default();
        for (word, bits) in filter_bits(hash).into_iter().filter(|_| lines > 0) {
            if let Some(octets) = octets.as_chunks_mut::<8>().0.get_mut(word) {
                *octets = (u64::from_le_bytes(*octets) | bits).to_le_bytes();
            }
        }
    }

    /// The table to ask.
    pub fn slots<'b>(&'b self, strings: &'b [u8]) -> Slots<'b> {
        Slots::new(&self.slots, self.lines, strings, self.lengths, self.probes)
    }
}

/// In the order of hashes the texts are read from all over the memory: it is asked for them some entries ahead.
struct Ahead<'e> {
    order: &'e [u64],
    entries: &'e Entries,
}

impl<'e> Ahead<'e> {
    const OFFSETS: usize = 48;
    const TEXTS: usize = 24;

    const fn of(order: &'e [u64], entries: &'e Entries) -> Self {
        Self { order, entries }
    }

    fn fetch(&mut self, taken: usize) {
        let place = |ahead: usize| self.order.get(ahead).map(|&n| n as u32 as usize);
        for step in 0..taken {
            place(Self::OFFSETS + step).into_iter().for_each(|at| self.entries.fetch_offset(at));
            place(Self::TEXTS + step).into_iter().for_each(|at| self.entries.fetch_text(at));
        }
        self.order = self.order.get(taken..).unwrap_or(&[]);
    }
}

/// Of those with the same text the last to end, of these the first.
fn last_to_end<'r>(run: &'r [u64], entries: &'r Entries) -> impl Iterator<Item = usize> + 'r {
    let place = |n: &u64| *n as u32 as usize;
    let places = run.iter().map(place);
    places.filter(move |&one| {
        run.len() == 1
            || run.iter().map(place).filter(|&other| other != one && entries.get(other) == entries.get(one)).all(
                |other| {
                    let (until, of_other) = (entries.until(one), entries.until(other));
                    until > of_other || until == of_other && one < other
                },
            )
    })
}

fn slot(entry: &[u8], hash: u64, until_s: u64, each_ends: bool, strings: &mut Vec<u8>) -> Option<Slot> {
    let ends = each_ends || until_s != FOREVER;
    if let Some(slot) = inline_slot(entry).filter(|_| !ends) {
        return Some(slot);
    }
    let [a, b, c, d] = u32::try_from(strings.len()).ok()?.to_le_bytes();
    let [e, f] = u16::try_from(entry.len()).ok()?.to_le_bytes();
    let [g, h, i, j] = check_of(hash).to_le_bytes();
    strings.extend_from_slice(entry);
    if ends {
        strings.extend_from_slice(&until_s.to_le_bytes());
    }
    Some([ELSEWHERE, u8::from(ends), 0, 0, a, b, c, d, e, f, 0, 0, g, h, i, j])
}
