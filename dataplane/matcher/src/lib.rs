//! Many words, wildcards and expressions looked for in one text at once.
//!
//! ```text
//!  control side                                dataplane
//!  entries ──build──► image (octets) ──────► Layout::verify, once ──► Layout::open ──► Matcher::scan, per text
//!
//!  text ─► every window of 4 octets (with 6 at once; 3, 2, 1 if there are such) ─► filter: one bit
//!                                                                          │ few windows pass
//!                                                       bucket ─► whole literal equal?
//!                                                                          │
//!                                  word: neighbours · wildcard: whole text · expression: its automaton
//! ```
//! Each pattern is found through a *trigger*: a literal that every match has, and in it the window (gram) that is
//! rarest and whose bucket is least crowded. Expressions that have the same literals share an automaton, those that
//! have none are always run, together.
//!
//! Matching is exact on octets: who wants letters of both cases to be equal folds texts and patterns beforehand.
//! Expressions are read without Unicode: `.` and classes stand for octets, `\d`, `\w`, `\b` and `(?i)` are ASCII.
//! In wildcards `?` is one character of UTF-8, and there is no way to write a literal `*` or `?`.
//!
//! Not here: which field is looked at, folding, lists that are looked up whole (`sluice-rules`).
#![forbid(unsafe_code)]

pub mod build;
mod dfa;
mod done;
mod filter;
mod glob;
mod gram;
mod hits;
pub mod image;
mod scan;
mod verify;

pub use build::{BuildError, Reason, build};
pub use hits::{HITS_MAX, Hits};
pub use image::{ImageError, Layout};
pub use scan::Matcher;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern<'p> {
    /// These octets anywhere in the text.
    Text(&'p str),
    /// The whole text; `*` is any run of octets, `?` one character.
    Wildcard(&'p str),
    /// A match anywhere in the text.
    Regex(&'p str),
}

impl<'p> Pattern<'p> {
    /// As it was written.
    pub fn as_str(&self) -> &'p str {
        match *self {
            Self::Text(text) | Self::Wildcard(text) | Self::Regex(text) => text,
        }
    }
}

/// What may stand beside a text that is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// Anything.
    #[default]
    Any,
    /// On neither side a letter or digit: an ASCII one, or any octet of 0x80 and above.
    Word,
}

/// One pattern and the question it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'p> {
    /// The question. Small numbers without gaps are the fastest.
    pub set: u32,
    /// What is looked for.
    pub pattern: Pattern<'p>,
    /// What may stand beside it. Only a [`Pattern::Text`] may ask for [`Edge::Word`].
    pub edge: Edge,
}
