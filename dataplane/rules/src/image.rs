//! The flat image: a compiled policy as position-independent octets, little-endian, offsets and no pointers.
//!
//! ```text
//!   0  magic "SLUICEPI"          8 octets
//!   8  format version            u32
//!  12  CRC32c of all octets, these four taken as 0
//!  16  policy version            u64
//!  24  length of the image       u64
//!  32  sections, each offset u32 and count u32, in the order of `Section::ALL`
//!      default action, default log level, 14 octets of zero
//!      the sections, in that order, rules aligned to 64, paths and strings to 2, the others to 16
//! ```
//!
//! | section | octets | an entry is |
//! |---|---|---|
//! | rules, validities, lists, counters | 64 24 48 64 | a record: `record` |
//! | rewrites | 24 | what a rule changes: `rewrite` |
//! | orders, keys, probes, postings, tags | 32 4 8 16 1 | which rules are asked: `orders` |
//! | code, spans, ranges, texts | 16 8 16 8 | conditions: [`code`], their places in the text, their operands |
//! | paths | 2 | fields that rules read |
//! | slots | 16 | lists: [`crate::table`] |
//! | matchers, automata | 16 1 | one image of `sluice-matcher` for each subject that is searched |
//! | plan | 1 | an image of `sluice-numbers`, or nothing |
//! | strings | 1 | all texts |
//!
//! [`Layout::verify`] looks at every octet once. After it an [`Image`] is a handful of slices, and reading it
//! cannot fail: an offset that leads nowhere (which only octets that were never verified can hold) reads as nothing.

pub mod code;
mod orders;
mod record;
mod rewrite;
mod sections;
mod subject;
mod verify;
mod view;

pub(crate) use orders::{
    COUNTING, How, MONITORS, Order, PROBES_MAX, Posting, Probe, WALK_MAX, key_of, rule_of, tag_of,
};
pub use record::CounterRecord;
pub use record::{ListRecord, NO_LOG, RuleRecord};
pub(crate) use record::{VALIDITY_OCTETS, ValidityRecord};
pub(crate) use rewrite::{REWRITE_OCTETS, RewriteRecord};
pub use sections::Section;
pub(crate) use subject::{SubjectCode, known, known_source, source};
pub(crate) use verify::checksum;
pub use verify::{ImageError, Layout};
pub use view::{Image, RuleIndex};

/// First octets of every image.
pub const MAGIC: [u8; 8] = *b"SLUICEPI";
/// Format of the image. A reader refuses another one.
pub const FORMAT: u32 = 4;
/// Octets before the first section.
pub const HEADER_OCTETS: usize = (DEFAULTS_AT + 2).next_multiple_of(16);
/// An image is never larger.
pub const IMAGE_OCTETS_MAX: usize = 1 << 31;
/// A policy never has more rules.
pub const RULES_MAX: usize = 1 << 20;
/// A policy never has more lists.
pub const LISTS_MAX: usize = 1 << 16;
/// So many subjects of a policy can be searched for words, wildcards and expressions.
pub const MATCHERS_MAX: usize = 16;

/// Offset of the checksum in the header.
pub const CRC_AT: usize = 12;
pub(crate) const SECTIONS_AT: usize = 32;
pub(crate) const DEFAULTS_AT: usize = SECTIONS_AT + Section::ALL.len() * 8;

pub(crate) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..)?.first_chunk().map(|o| u16::from_le_bytes(*o))
}

pub(crate) fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|o| u32::from_le_bytes(*o))
}

pub(crate) fn u64_at(octets: &[u8], at: usize) -> Option<u64> {
    octets.get(at..)?.first_chunk().map(|o| u64::from_le_bytes(*o))
}
