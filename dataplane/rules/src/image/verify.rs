//! Whether octets are an image: everything that evaluation relies on, checked once.

use super::code::{DIGIT_SLOTS, INSTRUCTIONS_MAX, Instruction, MATCH, MISS, OperandKind, Operation, Source};
use super::record::{Extent, ListRecord, RuleRecord};
use super::view::{Image, RuleIndex, extent, part};
use super::{
    CRC_AT, DEFAULTS_AT, FORMAT, HEADER_OCTETS, IMAGE_OCTETS_MAX, LISTS_MAX, MAGIC, ORDERS, ORDERS_AT, RULES_MAX,
    SECTIONS_AT, Section, u32_at, u64_at,
};
use crate::table;
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
    /// A section does not lie within the image, or not where it should.
    Section(Section),
    /// The header's defaults or reserved octets mean nothing.
    Header,
    /// A rule's record means nothing.
    Rule(u32),
    /// The orders are not those of the rules.
    Order,
    /// An instruction means nothing or goes backwards.
    Code(u32),
    /// A text lies outside the strings.
    Text(u32),
    /// A list's record or one of its slots means nothing.
    List(u32),
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
            Self::Order => write!(f, "policy image: the order of rules is not theirs"),
            Self::Code(n) => write!(f, "policy image: instruction {n} means nothing"),
            Self::Text(n) => write!(f, "policy image: text {n} lies outside"),
            Self::List(n) => write!(f, "policy image: list {n} means nothing"),
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
    orders_ends: [u32; ORDERS],
    sections: [Extent; Section::ALL.len()],
}

impl Layout {
    /// Looks at every octet.
    pub fn verify(octets: &[u8]) -> Result<Self, ImageError> {
        let layout = Self::read_header(octets)?;
        let image = layout.image(octets);
        verify_lists(&image)?;
        verify_texts(&image)?;
        verify_rules(&image)?;
        verify_orders(&image)?;
        Ok(layout)
    }

    /// Version of the policy.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The image, over the octets that were verified. Over others it answers something, but never fails or loops.
    #[inline]
    pub fn image<'i>(&self, octets: &'i [u8]) -> Image<'i> {
        Image {
            version: self.version,
            default_action: self.default_action,
            default_log: self.default_log,
            orders_ends: self.orders_ends,
            rules: self.entries(octets, Section::Rules),
            orders: self.entries(octets, Section::Orders),
            code: self.entries(octets, Section::Code),
            spans: self.entries(octets, Section::Spans),
            ranges: self.entries(octets, Section::Ranges),
            texts: self.entries(octets, Section::Texts),
            paths: self.entries(octets, Section::Paths),
            lists: self.entries(octets, Section::Lists),
            slots: self.entries(octets, Section::Slots),
            strings: self.section(octets, Section::Strings),
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
        let [action, log, reserved @ ..] = &header[DEFAULTS_AT..] else { return Err(ImageError::Header) };
        let default_action = Action::from_number(*action).filter(|a| matches!(a, Action::Pass | Action::Discard));
        let (Some(default_action), Some(default_log)) = (default_action, LogLevel::from_number(*log)) else {
            return Err(ImageError::Header);
        };
        if reserved.iter().any(|&o| o != 0) {
            return Err(ImageError::Header);
        }
        let sections = read_sections(octets)?;
        let orders_ends = std::array::from_fn(|i| u32_at(header, ORDERS_AT + i * 4).unwrap_or(0));
        let version = u64_at(header, 16).unwrap_or(0);
        Ok(Self { version, default_action, default_log, orders_ends, sections })
    }
}

/// CRC32c of an image, its own four octets taken as zeros.
pub(crate) fn checksum(octets: &[u8]) -> u32 {
    let before = octets.get(..CRC_AT).unwrap_or(&[]);
    let after = octets.get(CRC_AT + 4..).unwrap_or(&[]);
    Crc32c::new().update(before).update(&[0; 4]).update(after).finish()
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

fn verify_lists(image: &Image<'_>) -> Result<(), ImageError> {
    if image.lists.len() > LISTS_MAX {
        return Err(ImageError::Section(Section::Lists));
    }
    for (number, record) in (0..).zip(image.lists.iter().map(ListRecord)) {
        let error = ImageError::List(number);
        let slots = part(image.slots, record.slots()).ok_or(error)?;
        let well_formed = slots.iter().all(|s| table::is_well_formed(s, image.strings.len()));
        if !record.is_well_formed() || !well_formed || !is_text(image, record.name()) {
            return Err(error);
        }
    }
    Ok(())
}

fn verify_texts(image: &Image<'_>) -> Result<(), ImageError> {
    match image.texts.iter().position(|&t| part(image.strings, extent(t)).is_none()) {
        Some(number) => Err(ImageError::Text(number as u32)),
        None => Ok(()),
    }
}

fn verify_rules(image: &Image<'_>) -> Result<(), ImageError> {
    if image.rules.len() > RULES_MAX || image.code.len() != image.spans.len() {
        return Err(ImageError::Section(Section::Rules));
    }
    for (RuleIndex(number), rule) in image.rules() {
        let error = ImageError::Rule(number);
        let texts = is_name(image, rule.id()) && is_name(image, rule.tag()) && is_text(image, rule.when());
        let code = part(image.code, rule.code()).ok_or(error)?;
        let known = part(image.paths, rule.paths()).ok_or(error)?.len() == image.paths(RuleIndex(number)).count();
        if !rule.is_well_formed() || !texts || !known || code.len() > INSTRUCTIONS_MAX {
            return Err(error);
        }
        for (at, octets) in code.iter().enumerate() {
            let fits = Instruction::decode(octets).is_some_and(|i| is_legal(image, &i, at, code.len()));
            if !fits {
                return Err(ImageError::Code(rule.code().0 + at as u32));
            }
        }
    }
    Ok(())
}

fn is_text(image: &Image<'_>, extent: Extent) -> bool {
    part(image.strings, extent).is_some_and(|o| std::str::from_utf8(o).is_ok())
}

/// Names stand in lists separated by line feeds.
fn is_name(image: &Image<'_>, extent: Extent) -> bool {
    is_text(image, extent) && part(image.strings, extent).is_some_and(|o| !o.is_empty() && !o.contains(&b'\n'))
}

fn is_legal(image: &Image<'_>, i: &Instruction, at: usize, len: usize) -> bool {
    let target = |t: u16| matches!(t, MATCH | MISS) || (usize::from(t) > at && usize::from(t) < len);
    let path = i.path.field.parts().contains(&i.path.part);
    let operand = match i.operation.operand() {
        OperandKind::None => i.number() == 0,
        OperandKind::Number => true,
        OperandKind::Ranges => part(image.ranges, (i.first, i.second)).is_some(),
        OperandKind::Texts => part(image.texts, (i.first, i.second)).is_some(),
        OperandKind::LedTexts => part(image.texts, (i.first, i.second)).is_some_and(|texts| {
            texts.iter().all(|&t| part(image.strings, extent(t)).is_some_and(|o| has_legal_lead(i.operation, o)))
        }),
        OperandKind::List => (i.first as usize) < image.lists.len() && i.second == 0,
    };
    target(i.if_true) && target(i.if_false) && path && operand && is_legal_source(i.source)
}

fn is_legal_source(source: u8) -> bool {
    const SOURCES: [Source; 4] = [Source::Number, Source::Signed, Source::Octets, Source::Value];
    source < DIGIT_SLOTS || SOURCES.iter().any(|&s| s as u8 == source)
}

/// The octet in front: a place within the text, or a length in bits within the address.
fn has_legal_lead(operation: Operation, text: &[u8]) -> bool {
    match text.split_first() {
        Some((&lead, rest)) if operation == Operation::Subnet => {
            matches!(rest.len(), 4 | 16) && usize::from(lead) <= rest.len() * 8
        }
        Some((&lead, rest)) => usize::from(lead) < rest.len(),
        None => false,
    }
}

fn verify_orders(image: &Image<'_>) -> Result<(), ImageError> {
    let ends = image.orders_ends;
    let ascending = ends.is_sorted() && ends.last().is_some_and(|&e| e as usize == image.orders.len());
    if !ascending {
        return Err(ImageError::Order);
    }
    for number in 0..ORDERS {
        let (trigger, monitors) = (number / 2, number % 2 == 1);
        let expected = asked_rules(image, trigger, monitors);
        if !expected.eq(image.order(trigger, monitors)) {
            return Err(ImageError::Order);
        }
    }
    Ok(())
}

/// The rules asked at a trigger, level by level, as written within one.
pub(crate) fn asked_rules<'a>(
    image: &'a Image<'_>,
    trigger: usize,
    monitors: bool,
) -> impl Iterator<Item = RuleIndex> + 'a {
    use crate::model::Level;
    Level::ALL.into_iter().filter(move |&level| (level == Level::Monitors) == monitors).flat_map(move |level| {
        let wanted = move |r: RuleRecord<'_>| r.level() == level && r.triggers().contains(trigger);
        image.rules().filter(move |(_, r)| wanted(*r)).map(|(index, _)| index)
    })
}
