//! The flat image of a numbering plan: position-independent octets, little-endian, offsets and no pointers.
//!
//! ```text
//!   0  magic "SLUICENP"          8 octets
//!   8  format version            u32
//!  12  CRC32c of all octets, these four taken as 0
//!  16  length of the image       u64
//!  24  sections, each offset u32 and count u32:
//!        nodes (44 octets each) · leaves (12) · operators (8) · countries (2) · distances (2) · strings (1) · heads (4)
//!  80  home country (2, or zeros), six octets of zero
//!  88  the sections, in that order, each aligned to 4
//! ```
//! A node has eleven slots of u32: one for each digit, and what is known where the digits end or no digit leads on.
//! A slot is 0 for nothing, a leaf's number with the top bit set, or the number of a later node. The first three nodes
//! are the roots of the spaces. A leaf has operator (u32, 0 for none, else its place from 1), date (u32, days since
//! 1970), country (2), relation (1) and a zero. An operator is offset and length of its name in the strings.
//! Heads save the first steps: for every three digits of E.164 and then of IMSIs the node they lead to, or 0.
//! Countries are sorted; distances are kilometres between capitals, a square table as wide as there are countries.

/// First octets of every image.
pub const MAGIC: [u8; 8] = *b"SLUICENP";
/// Format of the image. A reader refuses another one.
pub const FORMAT: u32 = 1;
/// Octets before the first section.
pub const HEADER_OCTETS: usize = 88;
/// An image is never larger.
pub const IMAGE_OCTETS_MAX: usize = 1 << 30;

pub(crate) const CRC_AT: usize = 12;
pub(crate) const LENGTH_AT: usize = 16;
pub(crate) const SECTIONS_AT: usize = 24;
pub(crate) const HOME_AT: usize = 80;
pub(crate) const RESERVED_AT: usize = 82;

pub(crate) const NODE_OCTETS: usize = 44;
pub(crate) const LEAF_OCTETS: usize = 12;
/// The slot of a node that says what is known where the walk ends.
pub(crate) const OWN: usize = 10;
/// Marks a slot that holds a leaf.
pub(crate) const LEAF: u32 = 1 << 31;
/// Nodes that are the roots of the spaces.
pub(crate) const ROOTS: usize = 3;
/// Digits that a head stands for.
pub(crate) const HEAD_DIGITS: usize = 3;
/// Heads of a space, in the order of their digits as a number.
pub(crate) const HEADS: usize = 1000;
/// Spaces that have heads: all but point codes, which are few.
pub(crate) const HEADED: usize = 2;

pub(crate) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|o| u32::from_le_bytes(*o))
}

pub(crate) fn u64_at(octets: &[u8], at: usize) -> Option<u64> {
    octets.get(at..)?.first_chunk().map(|o| u64::from_le_bytes(*o))
}
