//! The ids of one core that are good, in octets that its caller gives: they may outlive the process.
//!
//! ```text
//!   0  magic "SLUICEHR" · 8 format u32 · 12 entries u32 · 16 numbering, 8 octets · 24 zero · 60 CRC32c of all before
//!  64  entries of 64 octets; an id stands in one of eight places that its number says
//! ```
//! All of it is read as if a stranger had written it: an entry that means nothing is none. Whose core an id is,
//! [`Numbering::core_of`] says: only that core's table knows it. A place is used again once its id is no longer good;
//! where all eight are taken another number is tried, and with none of four there is no id. Until three quarters are
//! taken, that is so for fewer than one in three hundred; a test counts them.

use super::record::{ENTRY_OCTETS, Entry, Route};
use super::{CorrelationId, Numbering, Words};
use sluice_wire::crc32c::Crc32c;
use std::fmt;
use std::ops::Range;

/// Octets before the first entry.
pub const HEADER_OCTETS: usize = 64;
const MAGIC: [u8; 8] = *b"SLUICEHR";
const FORMAT: u32 = 1;
const CRC_AT: usize = 60;
/// Places an id may stand in.
const WAYS: usize = 8;
/// Numbers that are tried.
const TRIES: u64 = 4;

/// How many octets a table of so many ids takes, with a quarter left free.
pub const fn octets_for(ids: usize) -> usize {
    HEADER_OCTETS + (ids + ids / 3).div_ceil(WAYS).next_power_of_two() * WAYS * ENTRY_OCTETS
}

/// The octets do not hold eight entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall;

impl fmt::Display for TooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a table of correlation ids has at least {} octets", octets_for(1))
    }
}

impl std::error::Error for TooSmall {}

/// What was found in the octets of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    /// Whether a table of this numbering was there. If not, all was cleared.
    pub was_there: bool,
    /// Ids that are good.
    pub ids: usize,
    /// Entries that meant nothing and were cleared.
    pub damaged: usize,
}

/// Why an id is not redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// This core has not given it, or long ago.
    Unknown,
    /// It is no longer good.
    Expired,
    /// Another asked for it.
    Stolen,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the correlation id is not known",
            Self::Expired => "the correlation id is no longer good",
            Self::Stolen => "the correlation id was given to another",
        })
    }
}

/// Who asks: the service centre and the calling party of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Requester(pub u64);

impl Requester {
    /// A fingerprint of both. `secret` is the installation's: without it nobody finds two with one fingerprint.
    pub fn of(secret: u64, service_centre: &[u8], calling: &[u8]) -> Self {
        let lengths = [service_centre.len() as u64];
        let words = [service_centre, calling]
            .into_iter()
            .flat_map(|octets| octets.chunks(8))
            .map(|chunk| chunk.iter().rev().fold(0, |word, octet| word << 8 | u64::from(*octet)));
        Self(lengths.into_iter().chain(words).fold(mixed(secret), |sum, word| mixed(sum ^ word)))
    }
}

/// The ids of one core. Another core may look at them while this one gives more.
pub struct Routes {
    words: Words,
    sets: usize,
    numbering: Numbering,
    life_ns: u64,
}

impl Routes {
    /// Takes up a table of this numbering, or begins one where there is none. How many ids it holds, its octets say; those
    /// beyond a power of two are left alone.
    ///
    /// # Errors
    /// Where the octets are too few.
    pub fn open(words: Words, numbering: Numbering, life_ns: u64, now_ns: u64) -> Result<(Self, TakenUp), TooSmall> {
        let routes = Self::look_at(words, numbering, life_ns)?;
        let was_there = routes.is_begun();
        if !was_there {
            (0..routes.places()).for_each(|place| routes.put(place, &[0; ENTRY_OCTETS]));
            routes.words.store(0, &routes.header());
        }
        let found = routes.look_through(now_ns);
        Ok((routes, TakenUp { was_there, ..found }))
    }

    /// The table of another core, of which nothing is changed.
    ///
    /// # Errors
    /// Where the octets are too few.
    pub fn look_at(words: Words, numbering: Numbering, life_ns: u64) -> Result<Self, TooSmall> {
        let sets = words.blocks().checked_sub(1).map_or(0, |entries| entries / WAYS);
        let sets = sets.checked_ilog2().map(|log| 1 << log).ok_or(TooSmall)?;
        Ok(Self { words, sets, numbering, life_ns })
    }

    fn is_begun(&self) -> bool {
        self.words.load(0) == self.header()
    }

    fn header(&self) -> [u8; HEADER_OCTETS] {
        header_of(self.numbering, self.places())
    }

    fn places(&self) -> usize {
        self.sets * WAYS
    }

    fn look_through(&self, now_ns: u64) -> TakenUp {
        let mut found = TakenUp::default();
        for place in 0..self.places() {
            let octets = self.octets(place);
            match Entry::decode(&octets) {
                Some(entry) => found.ids += usize::from(is_good(&entry, self.life_ns, now_ns)),
                None if octets != [0; ENTRY_OCTETS] => {
                    found.damaged += 1;
                    self.put(place, &[0; ENTRY_OCTETS]);
                }
                None => {}
            }
        }
        found
    }

    /// How its ids are numbered.
    pub const fn numbering(&self) -> &Numbering {
        &self.numbering
    }

    /// Gives an id for a route to who asked. `random` is not to be foreseen. None where the table is too full.
    pub fn issue(&mut self, route: &Route, requester: Requester, now_ns: u64, random: u64) -> Option<CorrelationId> {
        let until_ns = now_ns.saturating_add(self.life_ns);
        (0..TRIES).find_map(|attempt| {
            let number = mixed(random.wrapping_add(attempt)) % self.numbering.numbers();
            let place = self.free_place(number, now_ns)?;
            self.put(place, &Entry { number, until_ns, requester: requester.0, route: *route }.encode());
            Some(self.numbering.id(number))
        })
    }

    /// What an id stands for that stood in the IMSI's place, as often as it is asked while it is good: a long message has
    /// several parts, and a delivery may fail.
    ///
    /// # Errors
    /// Where it is not known, no longer good, or another's.
    pub fn redeem(&self, id: &[u8], requester: Requester, now_ns: u64) -> Result<Route, Refused> {
        let number = self.numbering.number(id).filter(|_| self.is_begun()).ok_or(Refused::Unknown)?;
        let mut known = self.entries(self.set(number)).filter(|entry| entry.number == number);
        // One that is good, if there is one: the number may have been given before.
        let entry = known.clone().find(|entry| is_good(entry, self.life_ns, now_ns)).or_else(|| known.next());
        match entry.ok_or(Refused::Unknown)? {
            entry if entry.requester != requester.0 => Err(Refused::Stolen),
            entry if is_good(&entry, self.life_ns, now_ns) => Ok(entry.route),
            _ => Err(Refused::Expired),
        }
    }

    /// Ids that are good, and how many could be.
    pub fn fill(&self, now_ns: u64) -> (usize, usize) {
        let good = self.entries(0..self.places()).filter(|entry| is_good(entry, self.life_ns, now_ns));
        (good.count(), self.places())
    }

    /// The places in which an id may stand.
    fn set(&self, number: u64) -> Range<usize> {
        let first = (mixed(number) as usize & (self.sets - 1)) * WAYS;
        first..first + WAYS
    }

    fn entries(&self, places: Range<usize>) -> impl Iterator<Item = Entry> + Clone {
        places.filter_map(|place| Entry::decode(&self.octets(place)))
    }

    /// The first place that is free; none where there is none, or the number is given and good.
    fn free_place(&self, number: u64, now_ns: u64) -> Option<usize> {
        let good =
            |place: usize| Entry::decode(&self.octets(place)).filter(|entry| is_good(entry, self.life_ns, now_ns));
        if self.set(number).filter_map(good).any(|entry| entry.number == number) {
            return None;
        }
        self.set(number).find(|&place| good(place).is_none())
    }

    fn octets(&self, place: usize) -> [u8; ENTRY_OCTETS] {
        self.words.load(1 + place)
    }

    fn put(&self, place: usize, octets: &[u8; ENTRY_OCTETS]) {
        self.words.store(1 + place, octets);
    }
}

/// An id from a time to come, which a clock that was set back leaves behind, is not good either.
const fn is_good(entry: &Entry, life_ns: u64, now_ns: u64) -> bool {
    match entry.until_ns.checked_sub(now_ns) {
        Some(left_ns) => left_ns > 0 && left_ns <= life_ns,
        None => false,
    }
}

fn header_of(numbering: Numbering, entries: usize) -> [u8; HEADER_OCTETS] {
    let mut header = [0; HEADER_OCTETS];
    let (format, entries) = (FORMAT.to_le_bytes(), (entries as u32).to_le_bytes());
    let parts = [&MAGIC[..], &format, &entries, &numbering.octets()];
    header.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
    let crc = Crc32c::new().update(header.get(..CRC_AT).unwrap_or_default()).finish().to_le_bytes();
    header.iter_mut().skip(CRC_AT).zip(crc).for_each(|(to, from)| *to = from);
    header
}

/// Spreads a number over all bits (the finaliser of `splitmix64`).
pub(super) const fn mixed(number: u64) -> u64 {
    let x = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
