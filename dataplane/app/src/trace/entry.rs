//! What a poll core tells of a frame, as octets in a ring and on a socket.
//!
//! ```text
//! entry   = length(4) version(1) core(1) became(1) point codes(1) link(2) port(2) records(4) before(4) after(4)
//!           number(8) time(8)  records  port  before  after         little-endian; the length is without itself
//! records = (length(2) octets)*, as in the journal, with every field
//! after   = (length(2) octets)*, the frames in the place of the one before
//! ```

use sluice_engine::{PointCodes, Written};

/// Version of the layout of entries.
pub const TRACE_VERSION: u8 = 1;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Became {
    /// It went on as it came.
    AsItCame = 0,
    /// Other octets went on.
    Changed = 1,
    /// Other octets should have gone on; it went on as it came.
    NotChanged = 2,
    /// Nothing went on.
    Dropped = 3,
    /// It waits for others; another entry will tell.
    Waits = 4,
    /// No frame: so many entries were left out, `number` for want of room in the ring and `time_ns` by the rate.
    LeftOut = 5,
}

impl Became {
    /// What is to become of a frame, before it is tried.
    pub const fn of(written: &Written<'_>) -> Self {
        match written {
            Written::AsItCame => Self::AsItCame,
            Written::Changed(_) => Self::Changed,
            Written::Later(_) => Self::Waits,
            Written::Nothing => Self::Dropped,
            Written::Impossible => Self::NotChanged,
        }
    }

    const fn from_number(n: u8) -> Option<Self> {
        Some(match n {
            0 => Self::AsItCame,
            1 => Self::Changed,
            2 => Self::NotChanged,
            3 => Self::Dropped,
            4 => Self::Waits,
            5 => Self::LeftOut,
            _ => return None,
        })
    }
}

/// An entry, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Which poll core told it.
    pub core: u8,
    /// What became of the frame.
    pub became: Became,
    /// Form of the point codes.
    pub point_codes: PointCodes,
    /// Its first header.
    pub link: u16,
    /// Its number on its port.
    pub number: u64,
    /// When it came.
    pub time_ns: u64,
    /// Name of its port.
    pub port: &'e [u8],
    /// As it came.
    pub before: &'e [u8],
    after: &'e [u8],
    records: &'e [u8],
}

impl<'e> Entry<'e> {
    /// How long the entry is that begins here, with its length in front; none while that cannot be told.
    pub fn octets(stream: &[u8]) -> Option<usize> {
        stream.first_chunk().map(|length| u32::from_le_bytes(*length) as usize + LENGTH_OCTETS)
    }

    /// Reads a whole entry; none where it is not one of this version.
    pub fn parse(octets: &'e [u8]) -> Option<Self> {
        let (head, rest) = octets.split_first_chunk::<HEAD_OCTETS>()?;
        let head = Head::read(head)?;
        let (records, rest) = rest.split_at_checked(head.records)?;
        let (port, rest) = rest.split_at_checked(head.port)?;
        let (before, after) = rest.split_at_checked(head.before)?;
        let Head { core, became, point_codes, link, number, time_ns, .. } = head;
        (after.len() == head.after).then_some(Self {
            core,
            became,
            point_codes,
            link,
            number,
            time_ns,
            port,
            before,
            after,
            records,
        })
    }

    /// The records of the messages that were judged.
    pub fn records(&self) -> impl Iterator<Item = &'e [u8]> + use<'e> {
        each(self.records)
    }

    /// As it went on, where that is something else: more than one where it has become too long for one.
    pub fn after(&self) -> impl Iterator<Item = &'e [u8]> + use<'e> {
        each(self.after)
    }
}

/// What stands behind its length, one after the other.
fn each(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (one, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        rest = after;
        Some(one)
    })
}

/// The head of an entry: what it is, and how long its parts are.
pub(super) struct Head {
    pub core: u8,
    pub became: Became,
    pub point_codes: PointCodes,
    pub link: u16,
    pub port: usize,
    pub records: usize,
    pub before: usize,
    pub after: usize,
    pub number: u64,
    pub time_ns: u64,
}

const LENGTH_OCTETS: usize = 4;
/// Where a head says what became of the frame.
pub(super) const BECAME_AT: usize = 6;
/// Length of a head, with that of the entry in front.
pub(super) const HEAD_OCTETS: usize = 40;

const FORMS: [PointCodes; 3] = [PointCodes::Itu, PointCodes::Ansi, PointCodes::China];

impl Head {
    /// Of an entry that only counts.
    pub fn left_out(no_room: u64, over_rate: u64) -> Self {
        let (number, time_ns, became) = (no_room, over_rate, Became::LeftOut);
        let (port, records, before, after) = (0, 0, 0, 0);
        Self { core: 0, became, point_codes: PointCodes::Itu, link: 0, port, records, before, after, number, time_ns }
    }

    /// Puts it in front of an entry that is `whole` octets long with it.
    pub fn write(&self, out: &mut [u8; HEAD_OCTETS], whole: usize) {
        let form = FORMS.iter().position(|form| *form == self.point_codes).unwrap_or_default() as u8;
        let octets = [TRACE_VERSION, self.core, self.became as u8, form];
        let shorts = [self.link, self.port as u16];
        let words = [self.records as u32, self.before as u32, self.after as u32];
        let mut at = 0;
        let mut put = |octets: &[u8]| {
            if let Some(room) = out.get_mut(at..at + octets.len()) {
                room.copy_from_slice(octets);
            }
            at += octets.len();
        };
        put(&((whole - LENGTH_OCTETS) as u32).to_le_bytes());
        put(&octets);
        shorts.iter().for_each(|short| put(&short.to_le_bytes()));
        words.iter().for_each(|word| put(&word.to_le_bytes()));
        [self.number, self.time_ns].iter().for_each(|long| put(&long.to_le_bytes()));
    }

    /// Reads it.
    fn read(octets: &[u8; HEAD_OCTETS]) -> Option<Self> {
        let [_, _, _, _, version, core, became, form, ..] = *octets;
        if version != TRACE_VERSION {
            return None;
        }
        let short = |at: usize| octets.get(at..)?.first_chunk().map(|o| u16::from_le_bytes(*o));
        let word = |at: usize| octets.get(at..)?.first_chunk().map(|o| u32::from_le_bytes(*o) as usize);
        let long = |at: usize| octets.get(at..)?.first_chunk().map(|o| u64::from_le_bytes(*o));
        Some(Self {
            core,
            became: Became::from_number(became)?,
            point_codes: *FORMS.get(usize::from(form))?,
            link: short(8)?,
            port: usize::from(short(10)?),
            records: word(12)?,
            before: word(16)?,
            after: word(20)?,
            number: long(24)?,
            time_ns: long(32)?,
        })
    }
}
