//! The flat image: a compiled policy as position-independent octets, little-endian, offsets and no pointers.
//!
//! ```text
//!   0  magic "SLUICEPI"          8 octets
//!   8  format version            u32
//!  12  CRC32c of all octets, these four taken as 0
//!  16  policy version            u64
//!  24  length of the image       u64
//!  32  sections, each offset u32 and count u32:
//!        rules (48 octets each) · orders (4) · code (16) · spans (8) · ranges (16)
//!        texts (8) · paths (2) · lists (48) · slots (16) · strings (1)
//! 112  ends of the eight orders: trigger × {deciding levels, monitors}, u32 each
//! 144  default action, default log level, 14 octets of zero
//! 160  the sections, in that order, slots aligned to 16
//! ```
//! [`Layout::verify`] looks at every octet once. After it an [`Image`] is a handful of slices, and reading it
//! cannot fail: an offset that leads nowhere (which only octets that were never verified can hold) reads as nothing.
//!
//! Room left: list kinds (range, wildcard) are a number in the list's record; new sections go to the reserved octets
//! under a new format version.

pub mod code;
mod record;
mod verify;
mod view;

pub use record::{ListRecord, NO_LOG, RuleRecord};
pub(crate) use verify::checksum;
pub use verify::{ImageError, Layout};
pub use view::{Image, RuleIndex};

/// First octets of every image.
pub const MAGIC: [u8; 8] = *b"SLUICEPI";
/// Format of the image. A reader refuses another one.
pub const FORMAT: u32 = 2;
/// Octets before the first section.
pub const HEADER_OCTETS: usize = 160;
/// An image is never larger.
pub const IMAGE_OCTETS_MAX: usize = 1 << 31;
/// A policy never has more rules.
pub const RULES_MAX: usize = 1 << 20;
/// A policy never has more lists.
pub const LISTS_MAX: usize = 1 << 16;

/// Offset of the checksum in the header.
pub const CRC_AT: usize = 12;
pub(crate) const SECTIONS_AT: usize = 32;
pub(crate) const ORDERS_AT: usize = 112;
pub(crate) const DEFAULTS_AT: usize = 144;
/// Triggers (and messages without) times two kinds of levels.
pub(crate) const ORDERS: usize = 8;

/// The sections, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Section {
    /// One record per rule.
    Rules,
    /// Rule numbers in the order in which they are asked.
    Orders,
    /// Instructions.
    Code,
    /// Where each instruction's test stands in its condition's text.
    Spans,
    /// Pairs of numbers.
    Ranges,
    /// Offset and length of texts that conditions compare with.
    Texts,
    /// Fields each rule reads.
    Paths,
    /// One record per list.
    Lists,
    /// Slots of all lists.
    Slots,
    /// Octets of all texts.
    Strings,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Rules,
        Self::Orders,
        Self::Code,
        Self::Spans,
        Self::Ranges,
        Self::Texts,
        Self::Paths,
        Self::Lists,
        Self::Slots,
        Self::Strings,
    ];

    /// Octets of one entry.
    pub const fn entry_octets(self) -> usize {
        match self {
            Self::Rules | Self::Lists => 48,
            Self::Code | Self::Ranges | Self::Slots => 16,
            Self::Spans | Self::Texts => 8,
            Self::Orders => 4,
            Self::Paths => 2,
            Self::Strings => 1,
        }
    }

    /// Octets to which its start is aligned.
    pub const fn alignment(self) -> usize {
        match self {
            Self::Paths | Self::Strings => 2,
            _ => 16,
        }
    }
}

pub(crate) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|o| u32::from_le_bytes(*o))
}

pub(crate) fn u64_at(octets: &[u8], at: usize) -> Option<u64> {
    octets.get(at..)?.first_chunk().map(|o| u64::from_le_bytes(*o))
}
