//! From ranges to the image.

mod distance;
mod trie;

use crate::image::{CRC_AT, FORMAT, HEADER_OCTETS, HOME_AT, IMAGE_OCTETS_MAX, LENGTH_AT, MAGIC, SECTIONS_AT};
use crate::verify::{Section, checksum};
use crate::{NAME_OCTETS_MAX, NO_COUNTRY, PREFIX_DIGITS_MAX, Space, is_country, whole};
use sluice_abi::Relation;
use std::collections::BTreeMap;
use std::fmt;
use trie::{Told, Trie};

/// Numbers that begin alike, and what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<'r> {
    /// What it is a range of.
    pub space: Space,
    /// The digits its numbers begin with; a point code as a decimal number, matched whole.
    pub prefix: &'r str,
    /// Name of the network; empty where only the country is known. Names of different countries are different
    /// operators even where they are written alike.
    pub operator: &'r str,
    /// ISO 3166 alpha-2, or [`NO_COUNTRY`] to say nothing of it.
    pub country: [u8; 2],
    /// By agreement; [`Relation::Unknown`] says nothing of it.
    pub relation: Relation,
    /// When its source was looked at, in days since 1970; 0 unknown.
    pub as_of_days: u32,
}

/// A country and where its capital is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country {
    /// ISO 3166 alpha-2.
    pub code: [u8; 2],
    /// In hundredths of a degree, north positive.
    pub latitude: i16,
    /// In hundredths of a degree, east positive.
    pub longitude: i16,
}

/// Why there is no image of these ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// The range with this place has no digits, too many, or something else among them.
    Prefix(usize),
    /// The name of the range with this place is too long or has control characters.
    Operator(usize),
    /// The country of the range with this place is not written as one.
    RangeCountry(usize),
    /// The country with this place is not written as one, or its capital is not on the globe.
    Country(usize),
    /// The country with this place is there a second time.
    CountryTwice(usize),
    /// The image would be larger than [`IMAGE_OCTETS_MAX`].
    TooLarge,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(n) => write!(f, "range {n}: not the digits of a range"),
            Self::Operator(n) => write!(f, "range {n}: not a name of at most {NAME_OCTETS_MAX} octets"),
            Self::RangeCountry(n) => write!(f, "range {n}: not a country"),
            Self::Country(n) => write!(f, "country {n}: not a country with its capital"),
            Self::CountryTwice(n) => write!(f, "country {n} is there a second time"),
            Self::TooLarge => write!(f, "a numbering plan has at most {IMAGE_OCTETS_MAX} octets"),
        }
    }
}

impl std::error::Error for BuildError {}

/// Builds the image. Of ranges with the same digits the last that says a property counts. The same input gives the
/// same octets.
pub fn build(ranges: &[Range<'_>], countries: &[Country]) -> Result<Vec<u8>, BuildError> {
    let mut names = Names::default();
    let mut trie = Trie::new();
    for (place, range) in ranges.iter().enumerate() {
        check(place, range)?;
        let told = told(range, &mut names);
        match range.space {
            Space::PointCode => {
                let digits = whole(range.prefix.as_bytes()).ok_or(BuildError::Prefix(place))?;
                trie.add(range.space, &digits, told);
            }
            Space::E164 | Space::Imsi => trie.add(range.space, range.prefix.as_bytes(), told),
        }
    }
    let (nodes, leaves) = trie.flatten();
    let heads = trie::heads(&nodes);
    let (codes, distances) = distance::table(countries)?;
    assemble(
        home_country(ranges),
        [
            (nodes.into_iter().flatten().flat_map(u32::to_le_bytes).collect(), Section::Nodes),
            (leaves.into_iter().flatten().collect(), Section::Leaves),
            (names.extents.concat(), Section::Operators),
            (codes, Section::Countries),
            (distances, Section::Distances),
            (names.strings, Section::Strings),
            (heads.into_iter().flat_map(u32::to_le_bytes).collect(), Section::Heads),
        ],
    )
}

/// Country of the first range that is the home network's; zeros for none.
fn home_country(ranges: &[Range<'_>]) -> [u8; 2] {
    let home = ranges.iter().find(|r| r.relation == Relation::Home && r.country != NO_COUNTRY);
    home.map_or([0, 0], |range| range.country)
}

fn check(place: usize, range: &Range<'_>) -> Result<(), BuildError> {
    let digits = range.prefix.as_bytes();
    if digits.is_empty() || digits.len() > PREFIX_DIGITS_MAX || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BuildError::Prefix(place));
    }
    if range.operator.len() > NAME_OCTETS_MAX || range.operator.chars().any(char::is_control) {
        return Err(BuildError::Operator(place));
    }
    if is_country(range.country) { Ok(()) } else { Err(BuildError::RangeCountry(place)) }
}

fn told<'r>(range: &Range<'r>, names: &mut Names<'r>) -> Told {
    let operator = (!range.operator.is_empty()).then(|| names.number(range));
    Told {
        operator: operator.map(|number| (number, range.as_of_days)),
        country: (range.country != NO_COUNTRY).then_some((range.country, range.as_of_days)),
        relation: range.relation,
    }
}

/// Operators by name and country, numbered from 1 as they come.
#[derive(Default)]
struct Names<'r> {
    numbers: BTreeMap<(&'r str, [u8; 2]), u32>,
    extents: Vec<[u8; 8]>,
    strings: Vec<u8>,
}

impl<'r> Names<'r> {
    fn number(&mut self, range: &Range<'r>) -> u32 {
        let next = self.extents.len() as u32 + 1;
        let number = *self.numbers.entry((range.operator, range.country)).or_insert(next);
        if number == next {
            let extent = (self.strings.len() as u64) | (range.operator.len() as u64) << 32;
            self.extents.push(extent.to_le_bytes());
            self.strings.extend_from_slice(range.operator.as_bytes());
        }
        number
    }
}

fn assemble(home: [u8; 2], sections: [(Vec<u8>, Section); Section::ALL.len()]) -> Result<Vec<u8>, BuildError> {
    let mut image = vec![0; HEADER_OCTETS];
    image[..8].copy_from_slice(&MAGIC);
    image[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    image[HOME_AT..HOME_AT + 2].copy_from_slice(&home);
    for (octets, section) in sections {
        image.resize(image.len().next_multiple_of(4), 0);
        let at = SECTIONS_AT + section as usize * 8;
        let (offset, count) = (image.len() as u32, octets.len() / section.entry_octets());
        image[at..at + 4].copy_from_slice(&offset.to_le_bytes());
        image[at + 4..at + 8].copy_from_slice(&(count as u32).to_le_bytes());
        if image.len() + octets.len() > IMAGE_OCTETS_MAX {
            return Err(BuildError::TooLarge);
        }
        image.extend_from_slice(&octets);
    }
    let len = image.len() as u64;
    image[LENGTH_AT..LENGTH_AT + 8].copy_from_slice(&len.to_le_bytes());
    let crc = checksum(&image);
    image[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
    Ok(image)
}
