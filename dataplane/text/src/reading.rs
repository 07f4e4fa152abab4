//! A text read: everything rules may ask of it.

use crate::class::{self, Class};
use crate::fingerprint::{self, BANDS};
use crate::scratch::Scratch;
use crate::squeeze;
use crate::token;
use crate::urls::{Found, Search, Urls};
use crate::wants::Wants;
use crate::{fold, sheet::Notes};

/// A text as people read it. Borrowed from the scratch it was read with.
#[derive(Clone, Copy, Default, Debug)]
pub struct Reading<'s> {
    /// The text in small letters: compatibility forms, look-alikes within words and Latin accents as letters of ASCII,
    /// invisible characters removed, runs of white space one blank.
    pub plain: &'s str,
    /// The letters and digits of `plain` in one row, figures read as letters. For [`Wants::SQUEEZED`].
    pub squeezed: &'s str,
    /// Letters that were another's look-alike or disguise.
    pub lookalikes: u16,
    /// Invisible characters removed where none belongs.
    pub hidden: u16,
    /// The text was longer than is read.
    pub is_cut: bool,
    /// For [`Wants::URLS`].
    pub urls: Urls<'s>,
    /// The same for all texts made from one template; 0 if there are no words. For [`Wants::TEMPLATE`].
    pub template: u64,
    /// Four bands and a map of the words, by which near duplicates are known (`fingerprint.rs`); zeros for short
    /// texts. For [`Wants::SKETCH`].
    pub sketch: [u32; BANDS],
    /// For [`Wants::CLASS`], as are all that follow.
    pub class: Class,
    /// How much speaks for the class: 0 to 100.
    pub class_score: u8,
    /// A number of 4 to 8 digits stands beside a word for codes.
    pub has_otp: bool,
    /// Most digits in one word.
    pub digits_run: u8,
    /// Words, as far as they were read.
    pub words: u16,
}

/// Reads a text. Gives `plain`, its counts, and what `wants` names.
pub fn read<'s>(text: &str, wants: Wants, scratch: &'s mut Scratch) -> Reading<'s> {
    let (notes, len, edge_count) = fold_onto(text, scratch);
    let Scratch { plain, squeezed, edges, tokens, host } = scratch;
    let bytes = plain.get(..len).unwrap_or(&[]);
    let edges = edges.get(..edge_count).unwrap_or(&[]);
    let mut reading = Reading {
        plain: text_of(bytes),
        lookalikes: notes.lookalikes,
        hidden: notes.hidden,
        is_cut: notes.is_cut,
        ..Reading::default()
    };
    if wants.any(Wants::SQUEEZED) {
        let end = squeeze::squeeze(plain, len, edges, squeezed, notes.figures);
        reading.squeezed = text_of(squeezed.get(..end).unwrap_or(&[]));
    }
    if wants.needs_words() {
        let count = token::read_all(plain, edges, tokens, notes.figures.digits);
        let tokens = tokens.get(..count).unwrap_or(&[]);
        read_words(&mut reading, wants, &Search { bytes, tokens, notes: &notes }, host);
    }
    reading
}

fn fold_onto(text: &str, scratch: &mut Scratch) -> (Notes, usize, usize) {
    let mut sheet = scratch.sheet();
    fold::fold(text, &mut sheet);
    (sheet.notes, sheet.len, sheet.edge_count())
}

/// What is read word by word. Links come first: what lies behind their hosts is masked in the fingerprints.
fn read_words<'s>(reading: &mut Reading<'s>, wants: Wants, search: &Search<'_>, host: &'s mut [u8]) {
    let found = search.run(host);
    if wants.any(Wants::URLS) {
        reading.urls = urls(&found, host);
    }
    if wants.any(Wants::TEMPLATE | Wants::SKETCH) {
        let prints = fingerprint::read(search.bytes, search.tokens, found.paths());
        reading.template = prints.template;
        reading.sketch = prints.sketch;
    }
    if wants.any(Wants::CLASS) {
        let features = class::features(search.bytes, search.tokens);
        (reading.class, reading.class_score) = features.class(found.urls.count);
        reading.has_otp = features.has_otp();
        reading.digits_run = features.digits_run;
    }
    reading.words = search.tokens.len() as u16;
}

fn urls<'s>(found: &Found, host: &'s [u8]) -> Urls<'s> {
    let first = text_of(host.get(..found.host_len).unwrap_or(&[]));
    Urls { first, ..found.urls }
}

/// Only whole characters are ever written, so this does not fail; it is one pass over the text.
fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("")
}
