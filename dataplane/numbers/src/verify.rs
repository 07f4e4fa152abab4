//! Whether octets are the image of a plan: everything that look-ups rely on, checked once.

use crate::image::{
    CRC_AT, FORMAT, HEADED, HEADER_OCTETS, HEADS, HOME_AT, IMAGE_OCTETS_MAX, LEAF, LEAF_OCTETS, LENGTH_AT, MAGIC,
    NODE_OCTETS, OWN, RESERVED_AT, ROOTS, SECTIONS_AT, u32_at, u64_at,
};
use crate::plan::{Plan, slot};
use crate::{NO_COUNTRY, is_country};
use sluice_abi::Relation;
use sluice_wire::crc32c::Crc32c;
use std::fmt;

/// The sections, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Section {
    /// Eleven slots each.
    Nodes,
    /// What is known of a range.
    Leaves,
    /// Where names stand in the strings.
    Operators,
    /// Countries with a known capital.
    Countries,
    /// Kilometres between capitals.
    Distances,
    /// Names of operators.
    Strings,
    /// Where the first digits lead.
    Heads,
}

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
    /// Reserved octets of the header are not zero.
    Header,
    /// A section does not lie where it should, or has an impossible number of entries.
    Section(Section),
    /// A node leads nowhere or backwards.
    Node(u32),
    /// A head is not the node that its digits lead to.
    Head(u32),
    /// A leaf means nothing.
    Leaf(u32),
    /// An operator has no name.
    Operator(u32),
    /// A country is none, or out of order.
    Country(u32),
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "not a numbering plan: its length is impossible"),
            Self::Magic => write!(f, "not a numbering plan: it begins otherwise"),
            Self::Format(n) => write!(f, "numbering plan of format {n}, expected {FORMAT}"),
            Self::StatedLength => write!(f, "numbering plan is cut or has a tail"),
            Self::Checksum => write!(f, "numbering plan is damaged: its checksum is another"),
            Self::Header => write!(f, "numbering plan: the header's reserved octets mean something"),
            Self::Section(s) => write!(f, "numbering plan: section {s:?} cannot be"),
            Self::Node(n) => write!(f, "numbering plan: node {n} leads nowhere"),
            Self::Head(n) => write!(f, "numbering plan: head {n} is not where its digits lead"),
            Self::Leaf(n) => write!(f, "numbering plan: leaf {n} means nothing"),
            Self::Operator(n) => write!(f, "numbering plan: operator {n} has no name"),
            Self::Country(n) => write!(f, "numbering plan: country {n} is none, or out of order"),
        }
    }
}

impl std::error::Error for ImageError {}

/// Where everything in a verified image lies. Holds no octets: it stays valid as long as the octets are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    home: [u8; 2],
    sections: [(u32, u32); Section::ALL.len()],
}

impl Layout {
    /// Looks at every octet.
    pub fn verify(octets: &[u8]) -> Result<Self, ImageError> {
        let layout = Self::read_header(octets)?;
        let plan = layout.plan(octets);
        verify_nodes(&plan)?;
        verify_heads(&plan)?;
        verify_leaves(&plan)?;
        verify_operators(&plan)?;
        verify_countries(&plan)?;
        Ok(layout)
    }

    /// The plan, over the octets that were verified. Over others it answers something, but never fails or loops.
    #[inline]
    pub fn plan<'i>(&self, octets: &'i [u8]) -> Plan<'i> {
        Plan {
            nodes: self.entries(octets, Section::Nodes),
            leaves: self.entries(octets, Section::Leaves),
            operators: self.entries(octets, Section::Operators),
            countries: self.entries(octets, Section::Countries),
            distances: self.entries(octets, Section::Distances),
            strings: self.section(octets, Section::Strings),
            heads: self.entries(octets, Section::Heads),
            home: self.home,
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
        if u64_at(header, LENGTH_AT) != Some(octets.len() as u64) {
            return Err(ImageError::StatedLength);
        }
        if u32_at(header, CRC_AT) != Some(checksum(octets)) {
            return Err(ImageError::Checksum);
        }
        if header[RESERVED_AT..].iter().any(|&o| o != 0) || !is_home(home_of(header)) {
            return Err(ImageError::Header);
        }
        Ok(Self { sections: read_sections(octets)?, home: home_of(header) })
    }
}

fn home_of(header: &[u8; HEADER_OCTETS]) -> [u8; 2] {
    [header[HOME_AT], header[HOME_AT + 1]]
}

fn is_home(country: [u8; 2]) -> bool {
    country == [0, 0] || is_country(country)
}

impl<'i> Plan<'i> {
    /// Verifies octets and reads them.
    pub fn open(octets: &'i [u8]) -> Result<Self, ImageError> {
        Layout::verify(octets).map(|layout| layout.plan(octets))
    }
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Nodes, Self::Leaves, Self::Operators, Self::Countries, Self::Distances, Self::Strings, Self::Heads];

    /// Octets of one entry.
    pub const fn entry_octets(self) -> usize {
        match self {
            Self::Nodes => NODE_OCTETS,
            Self::Leaves => LEAF_OCTETS,
            Self::Operators => 8,
            Self::Countries | Self::Distances => 2,
            Self::Strings => 1,
            Self::Heads => 4,
        }
    }
}

/// CRC32c of an image, its own four octets taken as zeros.
pub(crate) fn checksum(octets: &[u8]) -> u32 {
    let before = octets.get(..CRC_AT).unwrap_or(&[]);
    let after = octets.get(CRC_AT + 4..).unwrap_or(&[]);
    Crc32c::new().update(before).update(&[0; 4]).update(after).finish()
}

/// Sections follow one another without overlap and with no more than their alignment between them.
fn read_sections(octets: &[u8]) -> Result<[(u32, u32); Section::ALL.len()], ImageError> {
    let mut sections = [(0, 0); Section::ALL.len()];
    let mut at = HEADER_OCTETS;
    for (slot, section) in sections.iter_mut().zip(Section::ALL) {
        let place = SECTIONS_AT + section as usize * 8;
        let (offset, count) = (u32_at(octets, place).unwrap_or(0), u32_at(octets, place + 4).unwrap_or(0));
        at = at.next_multiple_of(4);
        let end = at + count as usize * section.entry_octets();
        if offset as usize != at || end > octets.len() {
            return Err(ImageError::Section(section));
        }
        at = end;
        *slot = (offset, count);
    }
    if at == octets.len() { Ok(sections) } else { Err(ImageError::StatedLength) }
}

/// Every slot leads to a leaf or to a later node, so that no walk returns to where it was.
fn verify_nodes(plan: &Plan<'_>) -> Result<(), ImageError> {
    if plan.nodes.len() < ROOTS || plan.nodes.len() >= LEAF as usize {
        return Err(ImageError::Section(Section::Nodes));
    }
    let is_leaf = |s: u32| s == 0 || (s & LEAF != 0 && ((s ^ LEAF) as usize) < plan.leaves.len());
    for (number, node) in (0..).zip(plan.nodes) {
        let is_later = |s: u32| s & LEAF == 0 && s > number && (s as usize) < plan.nodes.len();
        let leads_on = (0..OWN as u8).map(|n| slot(node, n)).all(|s| is_leaf(s) || is_later(s));
        if !leads_on || !is_leaf(slot(node, OWN as u8)) {
            return Err(ImageError::Node(number));
        }
    }
    Ok(())
}

fn verify_heads(plan: &Plan<'_>) -> Result<(), ImageError> {
    if plan.heads.len() != HEADED * HEADS {
        return Err(ImageError::Section(Section::Heads));
    }
    let is_right =
        |(place, head): (usize, &[u8; 4])| plan.steps(place / HEADS, place % HEADS) == u32::from_le_bytes(*head);
    match plan.heads.iter().enumerate().position(|told| !is_right(told)) {
        Some(number) => Err(ImageError::Head(number as u32)),
        None => Ok(()),
    }
}

fn verify_leaves(plan: &Plan<'_>) -> Result<(), ImageError> {
    let means_something = |leaf: &[u8; LEAF_OCTETS]| {
        let [a, b, c, d, _, _, _, _, country @ .., relation, zero] = *leaf;
        u32::from_le_bytes([a, b, c, d]) as usize <= plan.operators.len()
            && is_country(country)
            && Relation::from_number(relation).is_some()
            && zero == 0
    };
    match plan.leaves.iter().position(|l| !means_something(l)) {
        Some(number) => Err(ImageError::Leaf(number as u32)),
        None => Ok(()),
    }
}

fn verify_operators(plan: &Plan<'_>) -> Result<(), ImageError> {
    match (1..=plan.operators.len() as u32).find(|&n| !plan.has_name(n)) {
        Some(number) => Err(ImageError::Operator(number)),
        None => Ok(()),
    }
}

fn verify_countries(plan: &Plan<'_>) -> Result<(), ImageError> {
    let codes = plan.countries;
    for (number, &code) in codes.iter().enumerate() {
        let follows = number.checked_sub(1).and_then(|n| codes.get(n)).is_none_or(|before| *before < code);
        if !is_country(code) || code == NO_COUNTRY || !follows {
            return Err(ImageError::Country(number as u32));
        }
    }
    if plan.distances.len() == codes.len() * codes.len() {
        Ok(())
    } else {
        Err(ImageError::Section(Section::Distances))
    }
}
