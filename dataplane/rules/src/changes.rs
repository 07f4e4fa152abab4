//! Entries that came into lists or went out of them since the policy was compiled: a small flat image of its own, so
//! that one entry changes without compiling the rest. Little-endian, offsets and no pointers.
//!
//! ```text
//!   0  magic "SLUICELC"          8 octets
//!   8  format version            u32
//!  12  CRC32c of all octets, these four taken as 0
//!  16  version of the policy it belongs to   u64
//!  24  lists · slots · octets of strings · changes, u32 each
//!  40  8 octets of zero
//!  48  lists, 32 octets each, by name:
//!        name (offset u32, length u32) · first slot u32 · slots u32 · lengths u64 · probes u32 · kind · 3 of zero
//!      slots, 16 octets each, as in [`crate::table`]
//!      strings
//! ```
//! Every entry has an end: 0 for one that went, [`FOREVER`] for one that came to stay. It is asked before the policy's
//! own list, and what it knows counts.
//!
//! Only lists that are looked up can change in this way; wildcards and words are compiled into the matcher.

use crate::compile::lists::Built;
use crate::entries::Entries;
use crate::image::{Image, u32_at, u64_at};
use crate::model::ListKind;
use crate::table::{FOREVER, SLOT_OCTETS, Slot, Slots};
use sluice_wire::crc32c::Crc32c;
use std::collections::BTreeMap;
use std::fmt;

/// First octets of every image of changes.
pub const MAGIC: [u8; 8] = *b"SLUICELC";
/// Its format. A reader refuses another one.
pub const FORMAT: u32 = 1;
/// So many changes at most; beyond, the policy is to be compiled anew.
pub const CHANGES_MAX: usize = 65_536;
/// It is never longer.
pub const OCTETS_MAX: usize = 64 << 20;

const HEADER_OCTETS: usize = 48;
const RECORD_OCTETS: usize = 32;
const CRC_AT: usize = 12;

/// One entry that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the list.
    pub list: String,
    /// How its entries are matched.
    pub kind: ListKind,
    /// The entry.
    pub entry: String,
    /// The second from which on it is not in the list: [`FOREVER`] for one that stays, 0 for one that is removed.
    pub until_s: u64,
}

impl Change {
    /// The entry is removed.
    pub const REMOVED: u64 = 0;
    /// The entry comes to stay.
    pub const STAYS: u64 = FOREVER;
}

/// Why changes cannot be made an image, or octets are not one for this policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangesError {
    /// More than [`CHANGES_MAX`].
    TooMany,
    /// Entries of this list are compiled into the matcher.
    NeedsCompile(String),
    /// The entry of this list is empty, too long or not of its kind.
    Entry(String, String),
    /// The length is impossible, or not the stated one.
    Length,
    /// It begins otherwise.
    Magic,
    /// A format this program does not know.
    Format(u32),
    /// The checksum is another.
    Checksum,
    /// It belongs to another policy than this one.
    Version(u64),
    /// The policy has no such list, or one of another kind.
    NoList(String),
    /// A record means nothing.
    List(u32),
}

impl fmt::Display for ChangesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "more than {CHANGES_MAX} changed entries: push the policy anew"),
            Self::NeedsCompile(list) => write!(
                f,
                "the list `{list}` is of a kind whose entries are compiled into the matcher: change it in the policy's \
                 files and push the policy"
            ),
            Self::Entry(list, entry) => write!(f, "{entry:?} cannot be an entry of the list `{list}`"),
            Self::Length => write!(f, "not an image of list changes: its length is impossible"),
            Self::Magic => write!(f, "not an image of list changes: it begins otherwise"),
            Self::Format(n) => write!(f, "list changes of format {n}, expected {FORMAT}"),
            Self::Checksum => write!(f, "the list changes are damaged: their checksum is another"),
            Self::Version(n) => write!(f, "the list changes belong to policy {n}, which is not the one in force"),
            Self::NoList(list) => write!(f, "the policy has no list `{list}` of this kind"),
            Self::List(n) => write!(f, "list changes: list {n} means nothing"),
        }
    }
}

impl std::error::Error for ChangesError {}

/// The image of changes to the lists of a policy. Of two changes of one entry the later counts.
///
/// # Errors
/// Too many, or one that cannot be.
pub fn build(version: u64, changes: &[Change]) -> Result<Vec<u8>, ChangesError> {
    if changes.len() > CHANGES_MAX {
        return Err(ChangesError::TooMany);
    }
    let mut lists: BTreeMap<&str, (ListKind, BTreeMap<String, u64>)> = BTreeMap::new();
    for change in changes {
        let (_, list) = lists.entry(&change.list).or_insert_with(|| (change.kind, BTreeMap::new()));
        list.extend(normal(change)?.into_iter().map(|entry| (entry, change.until_s)));
    }
    // One range can be many entries.
    let count: usize = lists.values().map(|(_, entries)| entries.len()).sum();
    if count > CHANGES_MAX {
        return Err(ChangesError::TooMany);
    }
    let (mut records, mut slots, mut strings) = (Vec::new(), Vec::new(), Vec::new());
    for (name, (kind, entries)) in &lists {
        let mut all = Entries::default();
        entries.iter().for_each(|(entry, &until_s)| _ = all.push_until(entry, until_s));
        let at = strings.len();
        strings.extend_from_slice(name.as_bytes());
        let built = Built::of_changes(&all, &mut strings).ok_or(ChangesError::TooMany)?;
        let numbers = [at, name.len(), slots.len(), built.slots.len()].map(|n| (n as u32).to_le_bytes());
        records.extend_from_slice(numbers.as_flattened());
        records.extend_from_slice(&(if *kind == ListKind::Prefix { built.lengths } else { 0 }).to_le_bytes());
        records.extend_from_slice(&built.probes.to_le_bytes());
        records.extend_from_slice(&[*kind as u8, 0, 0, 0]);
        slots.extend_from_slice(&built.slots);
    }
    let mut image = Vec::with_capacity(HEADER_OCTETS + records.len() + slots.len() * SLOT_OCTETS + strings.len());
    image.extend_from_slice(&MAGIC);
    image.extend_from_slice(&FORMAT.to_le_bytes());
    image.extend_from_slice(&[0; 4]);
    image.extend_from_slice(&version.to_le_bytes());
    let counts = [lists.len(), slots.len(), strings.len(), count].map(|n| (n as u32).to_le_bytes());
    image.extend_from_slice(counts.as_flattened());
    image.extend_from_slice(&[0; 8]);
    image.extend_from_slice(&records);
    image.extend_from_slice(slots.as_flattened());
    image.extend_from_slice(&strings);
    let crc = checksum(&image);
    if let Some(place) = image.get_mut(CRC_AT..CRC_AT + 4) {
        place.copy_from_slice(&crc.to_le_bytes());
    }
    Ok(image)
}

/// The entries a change means, as they are looked up.
fn normal(change: &Change) -> Result<Vec<String>, ChangesError> {
    if !is_looked_up(change.kind) {
        return Err(ChangesError::NeedsCompile(change.list.clone()));
    }
    let refused = || ChangesError::Entry(change.list.clone(), change.entry.clone());
    let one = Entries::from_iter([&change.entry]);
    let normal = one.normal(change.kind).ok_or_else(refused)?;
    let fits = |e: &str| !e.is_empty() && e.len() <= crate::table::entry_octets_max(change.kind);
    if !normal.iter().all(fits) || normal.is_empty() {
        return Err(refused());
    }
    Ok(normal.iter().map(str::to_owned).collect())
}

/// Whether entries of a list of this kind can change without compiling.
pub const fn is_looked_up(kind: ListKind) -> bool {
    matches!(kind, ListKind::Exact | ListKind::Prefix | ListKind::Domain)
}

fn checksum(octets: &[u8]) -> u32 {
    let before = octets.get(..CRC_AT).unwrap_or(&[]);
    let after = octets.get(CRC_AT + 4..).unwrap_or(&[]);
    Crc32c::new().update(before).update(&[0; 4]).update(after).finish()
}

/// Where everything in a verified image of changes lies, and which lists of the policy it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangesLayout {
    lists: Vec<Changed>,
    slots: (usize, usize),
    strings: usize,
    entries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Changed {
    list: u32,
    first: usize,
    slots: usize,
    lengths: u64,
    probes: u32,
}

impl ChangesLayout {
    /// Looks at every octet, and finds the lists in the policy.
    ///
    /// # Errors
    /// What is wrong.
    pub fn verify(octets: &[u8], policy: &Image<'_>) -> Result<Self, ChangesError> {
        let [lists, slots, strings, entries] = read_header(octets, policy.version())?;
        let records_end = HEADER_OCTETS + lists * RECORD_OCTETS;
        let slots_end = records_end + slots * SLOT_OCTETS;
        if slots_end + strings != octets.len() || entries > CHANGES_MAX {
            return Err(ChangesError::Length);
        }
        let mut layout =
            Self { lists: Vec::new(), slots: (records_end, slots_end), strings: slots_end, entries: entries as u32 };
        let records = octets.get(HEADER_OCTETS..records_end).unwrap_or(&[]).as_chunks::<RECORD_OCTETS>().0;
        for (number, record) in (0..).zip(records) {
            let changed = layout.read(octets, policy, record, number)?;
            layout.lists.push(changed);
        }
        layout.lists.sort_unstable_by_key(|changed| changed.list);
        let held: usize = layout.lists.iter().map(|c| layout.changes(octets).slots_of(c).entries()).sum();
        let once = layout.lists.windows(2).all(|two| two[0].list != two[1].list);
        if once && held == entries { Ok(layout) } else { Err(ChangesError::List(0)) }
    }

    fn read(
        &self,
        octets: &[u8],
        policy: &Image<'_>,
        record: &[u8; RECORD_OCTETS],
        number: u32,
    ) -> Result<Changed, ChangesError> {
        let error = ChangesError::List(number);
        let word = |at: usize| u32_at(record, at).map_or(0, |n| n as usize);
        let view = self.changes(octets);
        let name = view.strings.get(word(0)..).and_then(|rest| rest.get(..word(4))).ok_or(error.clone())?;
        let name = std::str::from_utf8(name).map_err(|_| error.clone())?;
        let kind = ListKind::ALL.into_iter().find(|k| *k as u8 == record[28] && is_looked_up(*k));
        let changed = Changed {
            list: 0,
            first: word(8),
            slots: word(12),
            lengths: u64_at(record, 16).unwrap_or(0),
            probes: u32_at(record, 24).unwrap_or(0),
        };
        let within = view.slots.get(changed.first..).is_some_and(|rest| changed.slots <= rest.len());
        if kind.is_none() || !within || record[29..] != [0; 3] || !view.slots_of(&changed).is_well_formed() {
            return Err(error);
        }
        let found = (0..).zip(policy.lists()).find(|(_, (other, list))| *other == name && Some(list.kind()) == kind);
        let (list, _) = found.ok_or_else(|| ChangesError::NoList(name.to_owned()))?;
        Ok(Changed { list, ..changed })
    }

    /// How many entries are changed.
    pub const fn entries(&self) -> u32 {
        self.entries
    }

    /// The changes, over the octets that were verified. Over others they answer something, but never fail or loop.
    #[inline]
    pub fn changes<'i>(&'i self, octets: &'i [u8]) -> Changes<'i> {
        let slots = octets.get(self.slots.0..self.slots.1).unwrap_or(&[]);
        let strings = octets.get(self.strings..).unwrap_or(&[]);
        Changes { lists: &self.lists, slots: slots.as_chunks().0, strings }
    }
}

fn read_header(octets: &[u8], policy: u64) -> Result<[usize; 4], ChangesError> {
    let header: &[u8; HEADER_OCTETS] = octets.first_chunk().ok_or(ChangesError::Length)?;
    if octets.len() > OCTETS_MAX {
        return Err(ChangesError::Length);
    }
    if header[..8] != MAGIC {
        return Err(ChangesError::Magic);
    }
    let format = u32_at(header, 8).unwrap_or(0);
    if format != FORMAT {
        return Err(ChangesError::Format(format));
    }
    if u32_at(header, CRC_AT) != Some(checksum(octets)) || header[40..] != [0; 8] {
        return Err(ChangesError::Checksum);
    }
    let version = u64_at(header, 16).unwrap_or(0);
    if version != policy {
        return Err(ChangesError::Version(version));
    }
    Ok([24, 28, 32, 36].map(|at| u32_at(header, at).map_or(0, |n| n as usize)))
}

/// Changes ready to be asked; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'i> {
    lists: &'i [Changed],
    slots: &'i [Slot],
    strings: &'i [u8],
}

impl<'i> Changes<'i> {
    /// Those of one list of the policy.
    #[inline]
    pub fn of(&self, list: u32) -> Option<Slots<'i>> {
        if self.lists.is_empty() {
            return None;
        }
        let at = self.lists.binary_search_by_key(&list, |changed| changed.list).ok()?;
        self.lists.get(at).map(|changed| self.slots_of(changed))
    }

    fn slots_of(&self, changed: &Changed) -> Slots<'i> {
        let part = self.slots.get(changed.first..).and_then(|rest| rest.get(..changed.slots)).unwrap_or(&[]);
        Slots::new(part, 0, self.strings, changed.lengths, changed.probes)
    }
}
