//! The flat image: octets without pointers, little-endian, every number an index that was checked.
//!
//! ```text
//!   0  magic "SLUICEMA"           8 octets
//!   8  format                     u32
//!  12  grams that occur, bit n: of n octets  u32
//!  16  sections, each offset u32 and count u32, in the order of [`Section`]
//! ```
//! ```text
//! trigger   0 gram's first octets u32 · 4 literal u32 · 8 action u32 · 12 gram's place in the literal, 12 bits, and
//!          its length, 4 bits · 14 length of the literal u16
//! action    0 kind · 1 edge · 2 how far back to start u16 (0xFFFF: at the beginning) · 4 text u32 · 8 length u32
//!          12 first target u32 · 16 targets u32 · 20 automaton u32
//! target    0 set u32 · 4 entry u32
//! entry     0 text u32 · 4 length u32
//! ```
//! There is no checksum: an image is a part of a policy image, which has one.

use crate::dfa;
use crate::scan::Matcher;

/// First octets of every image.
pub const MAGIC: [u8; 8] = *b"SLUICEMA";
/// Format of the image. A reader refuses another one.
pub const FORMAT: u32 = 2;
/// An image is never larger.
pub const IMAGE_OCTETS_MAX: usize = 1 << 30;

pub(crate) const GRAMS_AT: usize = 12;
pub(crate) const SECTIONS_AT: usize = 16;
pub(crate) const SECTIONS: usize = 12;
/// Octets before the first section.
pub(crate) const HEADER_OCTETS: usize = SECTIONS_AT + SECTIONS * 8;
/// Start at the beginning of the text.
pub(crate) const FROM_THE_BEGINNING: u16 = u16::MAX;

/// The sections, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Section {
    /// Octets of the filter, a power of two.
    Filter,
    /// First trigger of each bucket, a power of two of them, and the end of the last.
    Starts,
    Triggers,
    Actions,
    /// Actions that no trigger calls.
    Always,
    Targets,
    Entries,
    Dfas,
    /// First target of each match state, and the end of the last.
    Ends,
    /// Classes of octets.
    Maps,
    Transitions,
    Strings,
}

impl Section {
    pub(crate) const ALL: [Self; SECTIONS] = [
        Self::Filter,
        Self::Starts,
        Self::Triggers,
        Self::Actions,
        Self::Always,
        Self::Targets,
        Self::Entries,
        Self::Dfas,
        Self::Ends,
        Self::Maps,
        Self::Transitions,
        Self::Strings,
    ];

    pub(crate) const fn entry_octets(self) -> usize {
        match self {
            Self::Targets | Self::Entries => 8,
            Self::Starts | Self::Always | Self::Ends => 4,
            Self::Triggers => 16,
            Self::Actions => 24,
            Self::Dfas => dfa::RECORD_OCTETS,
            Self::Maps => 256,
            Self::Transitions => 2,
            Self::Filter | Self::Strings => 1,
        }
    }
}

/// What a trigger calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The literal is all there is.
    Text = 0,
    /// A wildcard over the whole text.
    Wildcard = 1,
    /// An automaton that searches, once a text.
    Search = 2,
    /// An automaton that matches from the literal on.
    Here = 3,
    /// An automaton that matches from the end of the literal backwards.
    Back = 4,
}

impl Kind {
    pub(crate) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Text),
            1 => Some(Self::Wildcard),
            2 => Some(Self::Search),
            3 => Some(Self::Here),
            4 => Some(Self::Back),
            _ => None,
        }
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) gram: u32,
    pub(crate) literal: u32,
    pub(crate) action: u32,
    pub(crate) place: u16,
    /// Octets of the gram.
    pub(crate) octets: u16,
    pub(crate) length: u16,
}

impl Trigger {
    #[inline]
    pub(crate) fn decode(octets: &[u8; 16]) -> Self {
        let all = u128::from_le_bytes(*octets);
        Self {
            gram: all as u32,
            literal: (all >> 32) as u32,
            action: (all >> 64) as u32,
            place: (all >> 96) as u16 & 0xFFF,
            octets: (all >> 108) as u16 & 0xF,
            length: (all >> 112) as u16,
        }
    }

    pub(crate) fn encode(&self) -> [u8; 16] {
        let place = self.place & 0xFFF | self.octets << 12;
        let high = u128::from(self.action) | u128::from(place) << 32 | u128::from(self.length) << 48;
        (u128::from(self.gram) | u128::from(self.literal) << 32 | high << 64).to_le_bytes()
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) kind: Kind,
    pub(crate) whole_word: bool,
    pub(crate) back: u16,
    pub(crate) text: (u32, u32),
    pub(crate) targets: (u32, u32),
    pub(crate) dfa: u32,
}

impl Action {
    #[inline]
    pub(crate) fn decode(octets: &[u8; 24]) -> Option<Self> {
        let [kind, edge @ 0..=1, b0, b1, rest @ ..] = octets else { return None };
        let (words, _) = rest.as_chunks::<4>();
        let [text, length, first, count, dfa] = *words else { return None };
        Some(Self {
            kind: Kind::from_number(*kind)?,
            whole_word: *edge == 1,
            back: u16::from_le_bytes([*b0, *b1]),
            text: (u32::from_le_bytes(text), u32::from_le_bytes(length)),
            targets: (u32::from_le_bytes(first), u32::from_le_bytes(count)),
            dfa: u32::from_le_bytes(dfa),
        })
    }

    pub(crate) fn encode(&self) -> [u8; 24] {
        let [b0, b1] = self.back.to_le_bytes();
        let head = [self.kind as u8, self.whole_word.into(), b0, b1];
        let words = [self.text.0, self.text.1, self.targets.0, self.targets.1, self.dfa];
        let mut octets = [0; 24];
        let all = head.into_iter().chain(words.into_iter().flat_map(u32::to_le_bytes));
        octets.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        octets
    }
}

/// Two numbers in eight octets.
#[inline]
pub(crate) fn pair(octets: [u8; 8]) -> (u32, u32) {
    let both = u64::from_le_bytes(octets);
    (both as u32, (both >> 32) as u32)
}

/// Why an image is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageError {
    /// What is wrong.
    pub reason: &'static str,
    /// Which entry of its section, or which octet.
    pub at: usize,
}

impl std::fmt::Display for ImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "matcher image: {} ({})", self.reason, self.at)
    }
}

impl std::error::Error for ImageError {}

/// Where everything is in an image that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub(crate) grams: u32,
    /// How many sets there are; the most if that was not counted.
    pub(crate) sets: u32,
    pub(crate) sections: [(u32, u32); SECTIONS],
}

impl Layout {
    /// Looks at every octet of an image once.
    ///
    /// # Errors
    /// Whatever [`crate::build()`] would not have written in a way that matters to reading it.
    pub fn verify(image: &[u8]) -> Result<Self, ImageError> {
        crate::verify::verify(image)
    }

    /// The matcher in the image that this is the layout of. Some twenty instructions per section: open it once per
    /// burst, not per text. Over other octets it finds nothing or nonsense, and does not panic.
    pub fn open<'i>(&self, image: &'i [u8]) -> Matcher<'i> {
        Matcher::new(self, image)
    }

    pub(crate) fn section<'i, const N: usize>(&self, image: &'i [u8], section: Section) -> &'i [[u8; N]] {
        debug_assert_eq!(section.entry_octets(), N);
        let Some(&(offset, count)) = self.sections.get(section as usize) else { return &[] };
        let first = offset as usize;
        let last = first.saturating_add((count as usize).saturating_mul(N));
        image.get(first..last).map_or(&[], |octets| octets.as_chunks().0)
    }
}
