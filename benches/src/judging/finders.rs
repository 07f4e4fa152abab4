//! Matchers beside each other: which questions does a text answer?
//!
//! A policy asks one question of a list of words, whichever is there, and one of each expression. Words count where no
//! letter or digit stands beside them. For checking, every word can be a question of its own.

use super::corpus::Sought;
use super::vectorscan::{Database, SINGLE_MATCH};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use anyhow::ensure;
use regex::bytes::{RegexSet, RegexSetBuilder};
use sluice_matcher::{Edge, Entry, Hits, Layout, Pattern, build};

/// Finds out which questions a text answers.
pub trait Finder {
    /// Its name in the tables.
    fn name(&self) -> &'static str;

    /// Adds the questions, each once, in any order.
    fn find(&mut self, text: &[u8], hits: &mut Vec<u32>);

    /// Every text in turn; how many questions they answer.
    fn each(&mut self, texts: &[Vec<u8>], hits: &mut Vec<u32>) -> u64 {
        let mut count = 0;
        for text in texts {
            hits.clear();
            self.find(text, hits);
            count += hits.len() as u64;
        }
        count
    }

    /// Octets of what it was compiled to.
    fn octets(&self) -> usize;

    /// Whether it may touch the heap.
    fn may_allocate(&self) -> bool {
        false
    }
}

/// What is a question of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The list of words, and each expression.
    Lists,
    /// Each word and each expression.
    Each,
}

/// Which question a pattern belongs to; words come before expressions.
#[derive(Clone, Debug)]
struct Questions {
    lengths: Vec<usize>,
    asked: Asked,
}

impl Questions {
    fn new(sought: &Sought, asked: Asked) -> Self {
        Self { lengths: sought.words.iter().map(String::len).collect(), asked }
    }

    fn of(&self, pattern: usize) -> u32 {
        let words = self.lengths.len();
        match self.asked {
            Asked::Each => pattern as u32,
            Asked::Lists if pattern < words => 0,
            Asked::Lists => (pattern - words + 1) as u32,
        }
    }

    /// Adds the question of a pattern that ends here, if it is new and, of a word, if it stands alone.
    fn note(&self, text: &[u8], pattern: usize, end: usize, hits: &mut Vec<u32>) {
        let question = self.of(pattern);
        let stands = |length: &usize| stands_alone(text, end - length, end);
        if self.lengths.get(pattern).is_none_or(stands) && !hits.contains(&question) {
            hits.push(question);
        }
    }
}

fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let beside = [start.checked_sub(1).and_then(|at| text.get(at)), text.get(end)];
    !beside.into_iter().flatten().any(|o| o.is_ascii_alphanumeric() || *o >= 0x80)
}

/// This project's matcher.
pub struct Ours {
    image: Vec<u8>,
    layout: Layout,
    hits: Hits,
}

impl Ours {
    /// Builds it as a policy's compiler does.
    ///
    /// # Errors
    /// What it does not take.
    pub fn new(sought: &Sought, asked: Asked) -> anyhow::Result<Self> {
        let questions = Questions::new(sought, asked);
        let words = sought.words.iter().map(|word| (Pattern::Text(word), Edge::Word));
        let all = words.chain(sought.expressions.iter().map(|e| (Pattern::Regex(e), Edge::Any)));
        let entry = |(at, (pattern, edge))| Entry { set: questions.of(at), pattern, edge };
        let image = build(&all.enumerate().map(entry).collect::<Vec<_>>())?;
        let layout = Layout::verify(&image).map_err(|e| anyhow::anyhow!("{e:?}"))?;
        Ok(Self { image, layout, hits: Hits::new() })
    }
}

impl Finder for Ours {
    fn name(&self) -> &'static str {
        "sluice"
    }

    fn find(&mut self, text: &[u8], hits: &mut Vec<u32>) {
        self.layout.open(&self.image).scan(text, &mut self.hits);
        hits.extend(self.hits.pairs().map(|(set, _)| set));
    }

    /// Opened once, as a policy's image is.
    fn each(&mut self, texts: &[Vec<u8>], _hits: &mut Vec<u32>) -> u64 {
        let matcher = self.layout.open(&self.image);
        let mut count = 0;
        for text in texts {
            matcher.scan(text, &mut self.hits);
            count += self.hits.len() as u64;
        }
        count
    }

    fn octets(&self) -> usize {
        self.image.len()
    }
}

/// vectorscan, words and expressions in one database.
pub struct Vectorscan {
    database: Database,
    questions: Questions,
}

impl Vectorscan {
    /// Compiles it.
    ///
    /// # Errors
    /// What it does not take.
    pub fn new(sought: &Sought, asked: Asked) -> anyhow::Result<Self> {
        let words = sought.words.iter().map(|word| (word.as_str(), 0));
        let expressions = sought.expressions.iter().map(|e| (e.as_str(), SINGLE_MATCH));
        Ok(Self { database: Database::compile(words.chain(expressions))?, questions: Questions::new(sought, asked) })
    }
}

impl Finder for Vectorscan {
    fn name(&self) -> &'static str {
        "vectorscan"
    }

    fn find(&mut self, text: &[u8], hits: &mut Vec<u32>) {
        let questions = &self.questions;
        self.database.scan(text, &mut |pattern, end| questions.note(text, pattern, end, hits));
    }

    fn octets(&self) -> usize {
        self.database.octets()
    }
}

/// aho-corasick for the words, `regex::RegexSet` for the expressions; either where there are none of the other.
pub struct Crates {
    words: Option<AhoCorasick>,
    expressions: Option<RegexSet>,
    questions: Questions,
}

/// More than the expressions need; the crate's own limit is for fewer of them.
const SET_OCTETS_MAX: usize = 1 << 30;

impl Crates {
    /// Compiles both, the words as a DFA.
    ///
    /// # Errors
    /// What they do not take.
    pub fn new(sought: &Sought, asked: Asked) -> anyhow::Result<Self> {
        let dfa = || AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&sought.words);
        let set = || RegexSetBuilder::new(&sought.expressions).unicode(false).size_limit(SET_OCTETS_MAX).build();
        Ok(Self {
            words: (!sought.words.is_empty()).then(dfa).transpose()?,
            expressions: (!sought.expressions.is_empty()).then(set).transpose()?,
            questions: Questions::new(sought, asked),
        })
    }
}

impl Finder for Crates {
    fn name(&self) -> &'static str {
        match (&self.words, &self.expressions) {
            (_, None) => "aho-corasick DFA",
            (None, _) => "RegexSet",
            _ => "AC DFA+RegexSet",
        }
    }

    fn find(&mut self, text: &[u8], hits: &mut Vec<u32>) {
        let is_first_enough = self.questions.asked == Asked::Lists;
        for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(text)) {
            self.questions.note(text, found.pattern().as_usize(), found.end(), hits);
            if is_first_enough && !hits.is_empty() {
                break;
            }
        }
        let words = self.questions.lengths.len();
        for found in self.expressions.iter().flat_map(|set| set.matches(text)) {
            hits.push(self.questions.of(words + found));
        }
    }

    /// Of the words: the set does not say what its automata take.
    fn octets(&self) -> usize {
        self.words.as_ref().map_or(0, AhoCorasick::memory_usage)
    }

    fn may_allocate(&self) -> bool {
        true
    }
}

/// Sees that all finders say the same of every text, and counts what they say.
///
/// # Errors
/// The text of which two say different things.
pub fn agree(finders: &mut [Box<dyn Finder>], texts: &[Vec<u8>]) -> anyhow::Result<u64> {
    let mut count = 0;
    for text in texts {
        let mut answers = finders.iter_mut().map(|finder| (finder.name(), sorted(finder.as_mut(), text)));
        let Some((first, expected)) = answers.next() else { break };
        count += expected.len() as u64;
        for (other, found) in answers {
            let text = String::from_utf8_lossy(text);
            ensure!(found == expected, "{first} and {other} differ on {text:?}: {expected:?}, {found:?}");
        }
    }
    Ok(count)
}

fn sorted(finder: &mut dyn Finder, text: &[u8]) -> Vec<u32> {
    let mut hits = Vec::new();
    finder.find(text, &mut hits);
    hits.sort_unstable();
    hits
}
