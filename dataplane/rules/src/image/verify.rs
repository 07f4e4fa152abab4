//! Whether octets are an image: everything that evaluation relies on, checked once.

mod code;
mod orders;
mod records;

use super::record::Extent;
use super::view::Image;
use super::{
    CRC_AT, DEFAULTS_AT, FORMAT, HEADER_OCTETS, IMAGE_OCTETS_MAX, MAGIC, MATCHERS_MAX, SECTIONS_AT, Section, u32_at,
    u64_at,
};
use crate::ahead::Ahead;
use crate::changes::Changes;
use sluice_abi::facts::FieldSet;
use sluice_abi::{Action, LogLevel};
use sluice_wire::crc32c::Crc32c;
use std::fmt;

/// Why octets are not an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// Too short for a header, or longer than any image.
    Length,
    /// The first octets are others.
    Magic,
    /// A format this program does not know.
    Format(u32),
    /// The length in the header is another.
    StatedLength,
    /// The checksum is another.
    Checksum,
    /// A section does not lie within the image, or not where it should, or has more or fewer entries than it may.
    Section(Section),
    /// The header's defaults or reserved octets mean nothing.
    Header,
    /// A rule's record means nothing.
    Rule(u32),
    /// When a rule is valid means nothing.
    Validity(u32),
    /// What a rule changes means nothing.
    Rewrite(u32),
    /// An order is not that of the rules.
    Order(u32),
    /// An instruction means nothing or goes backwards.
    Code(u32),
    /// A text lies outside the strings.
    Text(u32),
    /// A counter's record means nothing.
    Counter(u32),
    /// A list's record or one of its slots means nothing.
    List(u32),
    /// A matcher's record or its image is refused.
    Matcher(u32),
    /// The numbering plan is refused.
    Plan(sluice_numbers::ImageError),
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "not a policy image: its length is impossible"),
            Self::Magic => write!(f, "not a policy image: it begins otherwise"),
            Self::Format(n) => write!(f, "policy image of format {n}, expected {FORMAT}"),
            Self::StatedLength => write!(f, "policy image is cut or has a tail"),
            Self::Checksum => write!(f, "policy image is damaged: its checksum is another"),
            Self::Section(s) => write!(f, "policy image: section {s:?} lies outside"),
            Self::Header => write!(f, "policy image: the header's defaults mean nothing"),
            Self::Rule(n) => write!(f, "policy image: rule {n} means nothing"),
            Self::Validity(n) => write!(f, "policy image: validity {n} means nothing"),
            Self::Rewrite(n) => write!(f, "policy image: rewrite {n} means nothing"),
            Self::Order(n) => write!(f, "policy image: order {n} is not that of the rules"),
            Self::Code(n) => write!(f, "policy image: instruction {n} means nothing"),
            Self::Text(n) => write!(f, "policy image: text {n} lies outside"),
            Self::Counter(n) => write!(f, "policy image: counter {n} means nothing"),
            Self::List(n) => write!(f, "policy image: list {n} means nothing"),
            Self::Matcher(n) => write!(f, "policy image: matcher {n} is refused"),
            Self::Plan(error) => write!(f, "policy image: {error}"),
        }
    }
}

impl std::error::Error for ImageError {}

/// Where everything in a verified image lies. Holds no octets: it stays valid as long as the octets are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    version: u64,
    default_action: Action,
    default_log: LogLevel,
    sections: [Extent; Section::ALL.len()],
    reads: FieldSet,
    matchers: [Option<(Extent, sluice_matcher::Layout)>; MATCHERS_MAX],
    plan: Option<sluice_numbers::Layout>,
    ahead: Ahead,
}

impl Layout {
    /// Looks at every octet.
    pub fn verify(octets: &[u8]) -> Result<Self, ImageError> {
        let mut layout = Self::read_header(octets)?;
        let image = layout.image(octets);
        records::verify(&image)?;
        code::verify(&image)?;
        orders::verify(&image)?;
        layout.reads = code::fields_read(&image);
        layout.ahead = Ahead::of(&image, code::instructions(&image));
        layout.plan = verify_plan(layout.section(octets, Section::Plan))?;
        layout.matchers = records::verify_matchers(&image, layout.section(octets, Section::Automata))?;
        Ok(layout)
    }

    /// Version of the policy.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The image, over the octets that were verified. Over others it answers something, but never fails or loops.
    /// To be made once for many messages.
    #[inline]
    pub fn image<'i>(&self, octets: &'i [u8]) -> Image<'i> {
        let automata = self.section(octets, Section::Automata);
        Image {
            version: self.version,
            default_action: self.default_action,
            default_log: self.default_log,
            reads: self.reads,
            rules: self.entries(octets, Section::Rules),
            validities: self.entries(octets, Section::Validities),
            rewrites: self.entries(octets, Section::Rewrites),
            orders: self.entries(octets, Section::Orders),
            keys: self.entries(octets, Section::Keys),
            probes: self.entries(octets, Section::Probes),
            postings: self.entries(octets, Section::Postings),
            tags: self.entries(octets, Section::Tags),
            code: self.entries(octets, Section::Code),
            spans: self.entries(octets, Section::Spans),
            ranges: self.entries(octets, Section::Ranges),
            texts: self.entries(octets, Section::Texts),
            paths: self.entries(octets, Section::Paths),
            counters: self.entries(octets, Section::Counters),
            lists: self.entries(octets, Section::Lists),
            slots: self.entries(octets, Section::Slots),
            matcher_records: self.entries(octets, Section::Matchers),
            matchers: self.matchers.map(|m| m.map(|(at, layout)| layout.open(octets_at(automata, at)))),
            plan: self.plan.map(|layout| layout.plan(self.section(octets, Section::Plan))),
            strings: self.section(octets, Section::Strings),
            changes: Changes::default(),
            ahead: self.ahead,
        }
    }

    #[inline]
    fn entries<'i, const N: usize>(&self, octets: &'i [u8], section: Section) -> &'i [[u8; N]] {
        self.section(octets, section).as_chunks().0
    }

    #[inline]
    fn section<'i>(&self, octets: &'i [u8], section: Section) -> &'i [u8] {
        let (offset, count) = self.sections[section as usize];
        let len = count as usize * section.entry_octets();
        octets.get(offset as usize..).and_then(|o| o.get(..len)).unwrap_or(&[])
    }

    fn read_header(octets: &[u8]) -> Result<Self, ImageError> {
        let header: &[u8; HEADER_OCTETS] = octets.first_chunk().ok_or(ImageError::Length)?;
        if octets.len() > IMAGE_OCTETS_MAX {
            return Err(ImageError::Length);
        }
        if header[..8] != MAGIC {
            return Err(ImageError::Magic);
        }
        let format = u32_at(header, 8).unwrap_or(0);
        if format != FORMAT {
            return Err(ImageError::Format(format));
        }
        if u64_at(header, 24) != Some(octets.len() as u64) {
            return Err(ImageError::StatedLength);
        }
        if u32_at(header, CRC_AT) != Some(checksum(octets)) {
            return Err(ImageError::Checksum);
        }
        let (default_action, default_log) = read_defaults(header).ok_or(ImageError::Header)?;
        Ok(Self {
            version: u64_at(header, 16).unwrap_or(0),
            default_action,
            default_log,
            sections: read_sections(octets)?,
            reads: FieldSet::EMPTY,
            matchers: [None; MATCHERS_MAX],
            plan: None,
            ahead: Ahead::default(),
        })
    }
}

/// CRC32c of an image, its own four octets taken as zeros.
pub(crate) fn checksum(octets: &[u8]) -> u32 {
    let before = octets.get(..CRC_AT).unwrap_or(&[]);
    let after = octets.get(CRC_AT + 4..).unwrap_or(&[]);
    Crc32c::new().update(before).update(&[0; 4]).update(after).finish()
}

fn read_defaults(header: &[u8; HEADER_OCTETS]) -> Option<(Action, LogLevel)> {
    let [action, log, reserved @ ..] = &header[DEFAULTS_AT..] else { return None };
    let action = Action::from_number(*action).filter(|a| matches!(a, Action::Pass | Action::Discard))?;
    reserved.iter().all(|&o| o == 0).then_some((action, LogLevel::from_number(*log)?))
}

/// Sections follow one another without overlap and with no more than their alignment between them.
fn read_sections(octets: &[u8]) -> Result<[Extent; Section::ALL.len()], ImageError> {
    let mut sections = [(0, 0); Section::ALL.len()];
    let mut at = HEADER_OCTETS;
    for (slot, section) in sections.iter_mut().zip(Section::ALL) {
        let place = SECTIONS_AT + section as usize * 8;
        let (offset, count) = (u32_at(octets, place).unwrap_or(0), u32_at(octets, place + 4).unwrap_or(0));
        at = at.next_multiple_of(section.alignment());
        let end = at + count as usize * section.entry_octets();
        if offset as usize != at || end > octets.len() {
            return Err(ImageError::Section(section));
        }
        at = end;
        *slot = (offset, count);
    }
    if at == octets.len() { Ok(sections) } else { Err(ImageError::StatedLength) }
}

fn verify_plan(octets: &[u8]) -> Result<Option<sluice_numbers::Layout>, ImageError> {
    match octets {
        [] => Ok(None),
        _ => sluice_numbers::Layout::verify(octets).map(Some).map_err(ImageError::Plan),
    }
}

#[inline]
fn octets_at(octets: &[u8], at: Extent) -> &[u8] {
    super::view::part(octets, at).unwrap_or(&[])
}
