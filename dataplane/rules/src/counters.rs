//! The counters of a policy: what a message counts, and what rules read.
//!
//! A message is first counted by every counter whose condition holds and whose key it has; only then rules are asked.
//! The numbers themselves are kept by the caller, behind [`State`]: here is said what is counted under which key.

use crate::image::{CounterRecord, Image, SubjectCode};
use crate::memory::Texts;
use crate::model::COUNTERS_MAX;
use crate::read::{self, Spare};
use sluice_abi::Facts;

/// What is counted, without what of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CountKind {
    /// Messages.
    Messages = 0,
    /// Different members.
    Distinct = 1,
    /// Values in a row that stand next to each other.
    Run = 2,
}

impl CountKind {
    /// The kind with this number.
    pub(crate) const fn from_number(n: u8) -> Option<Self> {
        match n {
            0 => Some(Self::Messages),
            1 => Some(Self::Distinct),
            2 => Some(Self::Run),
            _ => None,
        }
    }
}

/// Where the numbers of counters are kept.
pub trait State {
    /// Counts, and says how much there is now. `key` stands for the values of the counter's key; `value` is what is
    /// counted: a number that stands for the member, or the number to be next to the one before, or nothing.
    fn count(&mut self, counter: u16, counts: CountKind, key: u64, value: u64, window_s: u32, time_ns: u64) -> u32;

    /// Is told what will be counted soon, so that memory can be fetched.
    #[inline(always)]
    fn fetch(&self, _counter: u16, _counts: CountKind, _key: u64) {}

    /// How much there is.
    fn read(&mut self, counter: u16, counts: CountKind, key: u64, window_s: u32, time_ns: u64) -> u32;
}

/// Keeps nothing: every counter reads 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoState;

impl State for NoState {
    fn count(&mut self, _: u16, _: CountKind, _: u64, _: u64, _: u32, _: u64) -> u32 {
        0
    }

    fn read(&mut self, _: u16, _: CountKind, _: u64, _: u32, _: u64) -> u32 {
        0
    }
}

/// What counters said of the message under judgement.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    values: [u32; COUNTERS_MAX],
    asked: [u64; COUNTERS_MAX / 64],
    present: [u64; COUNTERS_MAX / 64],
}

impl Counted {
    pub(crate) const fn new() -> Self {
        Self { values: [0; COUNTERS_MAX], asked: [0; COUNTERS_MAX / 64], present: [0; COUNTERS_MAX / 64] }
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.asked = [0; COUNTERS_MAX / 64];
        self.present = [0; COUNTERS_MAX / 64];
    }

    /// What is known: nothing yet, or that the message has no such key, or the number.
    #[inline(always)]
    pub(crate) fn known(&self, counter: u16) -> Option<Option<u32>> {
        let (word, bit) = (usize::from(counter / 64), 1 << (counter % 64));
        if self.asked.get(word)? & bit == 0 {
            return None;
        }
        let present = self.present.get(word).is_some_and(|w| w & bit != 0);
        Some(self.values.get(usize::from(counter)).copied().filter(|_| present))
    }

    pub(crate) fn note(&mut self, counter: u16, value: Option<u32>) {
        let (word, bit) = (usize::from(counter / 64), 1 << (counter % 64));
        if let (Some(asked), Some(present), Some(room)) =
            (self.asked.get_mut(word), self.present.get_mut(word), self.values.get_mut(usize::from(counter)))
        {
            *asked |= bit;
            if let Some(value) = value {
                *present |= bit;
                *room = value;
            }
        }
    }
}

/// So many counters are known before the first of them counts.
const DUE_MAX: usize = 16;

/// What is to be counted: all of it is fetched before any of it is counted, so that memory is waited for once.
pub(crate) struct Due<'i> {
    due: [Option<(u16, CounterRecord<'i>, u64, u64)>; DUE_MAX],
    len: usize,
}

impl<'i> Due<'i> {
    pub(crate) const fn new() -> Self {
        Self { due: [None; DUE_MAX], len: 0 }
    }

    /// Adds a value under a key to a counter. `false` if there is no room: the others have to be counted first.
    pub(crate) fn push(&mut self, number: u16, counter: CounterRecord<'i>, key: u64, value: u64) -> bool {
        let Some(room) = self.due.get_mut(self.len) else { return false };
        *room = Some((number, counter, key, value));
        self.len += 1;
        true
    }

    /// Counts all of them.
    pub(crate) fn count(&mut self, state: &mut impl State, counted: &mut Counted, time_ns: u64) {
        for &(number, counter, key, value) in self.due.iter().take(self.len).flatten() {
            let value = state.count(number, counter.kind(), key, value, counter.window_s(), time_ns);
            counted.note(number, Some(value));
        }
        self.len = 0;
    }
}

/// The number that stands for the values of a counter's key; `None` for a message that lacks one of them.
pub(crate) fn key_of(
    image: &Image<'_>,
    facts: &Facts<'_>,
    counter: CounterRecord<'_>,
    texts: &mut Texts,
) -> Option<u64> {
    counter.key().try_fold(0, |key, subject| Some(mix(key, hash_of(image, facts, subject, texts)?)))
}

/// What a message adds to a counter; `None` if it lacks the field, or if that is no number where one is needed.
pub(crate) fn value_of(
    image: &Image<'_>,
    facts: &Facts<'_>,
    counter: CounterRecord<'_>,
    texts: &mut Texts,
) -> Option<u64> {
    match counter.kind() {
        CountKind::Messages => Some(0),
        CountKind::Distinct => hash_of(image, facts, counter.counted(), texts),
        CountKind::Run => match read::number(facts, counter.counted()) {
            Some(number) => Some(number),
            None => {
                let text = read::text(image, facts, counter.counted(), texts, Spare::First)?;
                std::str::from_utf8(texts.look(&text)).ok()?.parse().ok()
            }
        },
    }
}

fn hash_of(image: &Image<'_>, facts: &Facts<'_>, subject: SubjectCode, texts: &mut Texts) -> Option<u64> {
    if let Some(number) = read::number(facts, subject) {
        return Some(mix(1, number));
    }
    let text = read::text(image, facts, subject, texts, Spare::First)?;
    Some(hash_octets(texts.look(&text)))
}

/// Of any octets. Part of the image's format.
pub(crate) fn hash_octets(octets: &[u8]) -> u64 {
    let (whole, last) = octets.as_chunks::<8>();
    let mut padded = [0; 8];
    padded.iter_mut().zip(last).for_each(|(to, from)| *to = *from);
    whole.iter().chain([&padded]).fold(octets.len() as u64, |hash, chunk| mix(hash, u64::from_le_bytes(*chunk)))
}

/// Both halves of the product, mixed.
#[inline(always)]
pub(crate) const fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ 0xA076_1D64_78BD_642F) as u128 * (b ^ 0xE703_7ED1_A0B4_28DB) as u128;
    product as u64 ^ (product >> 64) as u64
}
