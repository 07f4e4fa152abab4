//! Texts, and the words and expressions that are looked for in them.
//!
//! Words are rare ones of the texts, one in ten, and pronounceable ones that are made up. Expressions are of the kinds
//! that operators write, over these words. Everything is the same in every run.

use crate::Load;
use crate::ours::Drive;
use sluice_abi::counters::{Count, Slot};
use sluice_abi::{Facts, Field, LogLevel};
use sluice_engine::{Scope, Sink};
use sluice_text::{Scratch, Wants, read};
use std::collections::{BTreeMap, BTreeSet};

/// A generator whose numbers are the same in every run.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// One of these.
    pub fn of<'a, T: ?Sized>(&mut self, choice: &[&'a T]) -> &'a T {
        choice[self.below(choice.len())]
    }
}

/// The texts of the requests in a load, in order, as they came.
pub fn texts_of(load: &Load) -> Vec<String> {
    let mut texts = Texts::default();
    Drive::new(Scope::Sms).pass(&load.frames(), None, &mut texts);
    texts.0
}

#[derive(Default)]
struct Texts(Vec<String>);

impl Count for Texts {
    fn add(&mut self, _slot: Slot, _n: u64) {}
}

impl Sink for Texts {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let text = facts.octets(Field::SmsText).and_then(|octets| std::str::from_utf8(octets).ok());
        self.0.extend(text.filter(|text| !text.is_empty()).map(str::to_owned));
    }
}

/// The texts as rules see them.
pub fn folded(texts: &[String]) -> Vec<Vec<u8>> {
    let mut scratch = Scratch::new();
    texts.iter().map(|text| read(text, Wants::PLAIN, &mut scratch).plain.as_bytes().to_vec()).collect()
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Whole words.
    pub words: Vec<String>,
    /// Expressions.
    pub expressions: Vec<String>,
}

impl Sought {
    /// So many of each, for these folded texts.
    pub fn new(texts: &[Vec<u8>], words: usize, expressions: usize) -> Self {
        let mut pool = words_of(texts, words.max(POOL));
        let expressions = expressions_of(expressions, &pool);
        pool.truncate(words);
        Self { words: pool, expressions }
    }
}

/// Expressions are made of the first of so many words, however many of them are looked for.
const POOL: usize = 10_000;
/// In so many texts at most is a word that somebody would forbid.
const RARE: u32 = 3;

fn words_of(texts: &[Vec<u8>], count: usize) -> Vec<String> {
    let mut times = BTreeMap::new();
    for word in texts.iter().flat_map(|text| text.split(|o| !o.is_ascii_alphanumeric() && *o < 0x80)) {
        *times.entry(word).or_insert(0_u32) += 1;
    }
    let is_word = |word: &[u8]| word.len() > 4 && word.iter().all(u8::is_ascii_lowercase);
    let mut real = times.iter().filter(|(word, times)| **times <= RARE && is_word(word)).map(|(word, _)| *word);
    let (mut numbers, mut seen, mut words) = (Numbers::new(7), BTreeSet::new(), Vec::new());
    while words.len() < count {
        let real = if words.len().is_multiple_of(10) { real.next() } else { None };
        let word = real.map_or_else(|| made_up(&mut numbers), |word| String::from_utf8_lossy(word).into_owned());
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

fn made_up(numbers: &mut Numbers) -> String {
    const ONSETS: [&str; 20] =
        ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "w", "st", "tr", "pr", "ch", "sh", "qu"];
    const CORES: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ou", "ie"];
    const CODAS: [&str; 9] = ["", "n", "r", "s", "t", "l", "ng", "ck", "nd"];
    let syllables = 2 + numbers.below(2);
    (0..syllables).flat_map(|_| [numbers.of(&ONSETS), numbers.of(&CORES), numbers.of(&CODAS)]).collect()
}

/// A few have no literal at all: of the thousands of ways to ask for digits nobody needs many.
const WITHOUT_LITERAL: [&str; 5] = [r"\b\d{4,6}\b", r"[a-z]{3}\d{3}", r"\d+[.,]\d\d", r"\+\d{9,}", r"[!?]{3}"];

fn expressions_of(count: usize, words: &[String]) -> Vec<String> {
    let mut numbers = Numbers::new(11);
    let made = (WITHOUT_LITERAL.len()..count).map(|_| expression(&mut numbers, words));
    WITHOUT_LITERAL.iter().take(count).map(|e| (*e).to_owned()).chain(made).collect()
}

fn expression(numbers: &mut Numbers, words: &[String]) -> String {
    let mut word = || words[numbers.below(words.len())].as_str();
    let (a, b, c) = (word(), word(), word());
    match numbers.below(10) {
        0 => format!(r"\b{a}\b.{{0,20}}\b{b}\b"),
        1 => format!(r"{a}\s+\d{{3,6}}"),
        2 => format!(r"https?://{a}\.(?:example|test)/"),
        3 => format!(r"(?:{a}|{b}|{c})s?\W+now"),
        4 => format!(r"\d+ {a}"),
        5 => format!(r"{a}.*{b}"),
        6 => format!(r"^{a} {b}"),
        7 => format!(r"[a-z]+{a}[0-9]"),
        8 => format!(r"(?i){a}"),
        _ => format!(r"{a}[- ]?{b}"),
    }
}
