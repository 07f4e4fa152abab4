//! What is remembered of one message while it is judged, so that ten rules on one address unpack it once.
//!
//! Of fixed size, and used again for the next message.

use crate::counters::Counted;
use crate::image::code::DIGIT_SLOTS;
use crate::known::{KnownCache, Short};
use sluice_abi::{Facts, Mode, Path, Value};
use sluice_matcher::Hits;
use sluice_wire::digits::Digits;

/// Everything.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    pub(crate) texts: Texts,
    pub(crate) listed: Listed,
    pub(crate) counted: Counted,
    pub(crate) scans: Scans,
    pub(crate) score: Score,
    pub(crate) seen: Seen,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            texts: Texts::new(),
            listed: Listed::default(),
            counted: Counted::new(),
            scans: Scans::new(),
            score: Score::default(),
            seen: Seen::new(),
        }
    }

    /// Forgets the last message.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.texts.digits.clear();
        self.texts.known.clear();
        self.listed = Listed::default();
        self.counted.clear();
        self.scans.clear();
        self.score = Score::default();
        self.seen.clear();
    }
}

/// Texts that are not in the message as they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) digits: DigitCache,
    pub(crate) known: KnownCache,
    /// For what has no slot: of the subject, and of the one it is compared with.
    pub(crate) spare: [Short; 2],
}

impl Texts {
    const fn new() -> Self {
        Self { digits: DigitCache::new(), known: KnownCache::new(), spare: [Short::EMPTY; 2] }
    }
}

/// Digits unpacked for the message under judgement.
#[derive(Clone, Debug)]
pub(crate) struct DigitCache {
    values: [Digits; DIGIT_SLOTS as usize],
    asked: u16,
    present: u16,
}

impl DigitCache {
    const fn new() -> Self {
        Self { values: [Digits::EMPTY; DIGIT_SLOTS as usize], asked: 0, present: 0 }
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.asked = 0;
        self.present = 0;
    }

    /// The digits of a slot, unpacked if that was not done.
    #[inline(always)]
    pub(crate) fn get(&mut self, facts: &Facts<'_>, path: Path, slot: u8) -> Option<&[u8]> {
        self.fill(facts, path, slot).then(|| self.filled(slot))
    }

    /// Unpacks digits into a slot, if that was not done; says whether there are some.
    #[inline(always)]
    pub(crate) fn fill(&mut self, facts: &Facts<'_>, path: Path, slot: u8) -> bool {
        let bit = 1 << (slot % DIGIT_SLOTS);
        if self.asked & bit == 0 {
            self.unpack(facts, path, slot);
        }
        self.present & bit != 0
    }

    #[inline(never)]
    fn unpack(&mut self, facts: &Facts<'_>, path: Path, slot: u8) {
        let bit = 1 << (slot % DIGIT_SLOTS);
        self.asked |= bit;
        if let (Some(Value::Digits(digits)), Some(room)) = (facts.value(path), self.values.get_mut(usize::from(slot))) {
            *room = digits;
            self.present |= bit;
        }
    }

    #[inline(always)]
    pub(crate) fn filled(&self, slot: u8) -> &[u8] {
        self.values.get(usize::from(slot)).map_or(&[], Digits::as_bytes)
    }
}

/// Answers of lists that several rules ask.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listed {
    asked: u64,
    gave: u64,
}

impl Listed {
    /// The answer in a slot (from 1), looked up if that was not done. Slot 0 keeps nothing.
    #[inline(always)]
    pub(crate) fn answer(&mut self, slot: u32, ask: impl FnOnce() -> bool) -> bool {
        let Some(bit) = slot.checked_sub(1).and_then(|s| 1_u64.checked_shl(s)) else { return ask() };
        if self.asked & bit == 0 {
            self.asked |= bit;
            self.gave |= if ask() { bit } else { 0 };
        }
        self.gave & bit != 0
    }
}

/// So many texts are kept with what was found in them.
const SCANS: usize = 4;

/// What matchers found.
#[derive(Clone, Debug)]
pub(crate) struct Scans {
    /// On the heap from the start: a [`Hits`] is large.
    hits: Box<[Hits]>,
    of: [u32; SCANS],
    /// So many were made; those before the last [`SCANS`] are forgotten.
    made: usize,
}

impl Scans {
    fn new() -> Self {
        Self { hits: vec![Hits::new(); SCANS].into_boxed_slice(), of: [0; SCANS], made: 0 }
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.made = 0;
    }

    /// What a matcher found, scanned if that was not done.
    pub(crate) fn of(&mut self, matcher: u32, scan: impl FnOnce(&mut Hits)) -> Option<&Hits> {
        let place = self.of.iter().take(self.made).position(|m| *m == matcher);
        let place = place.or_else(|| self.new_place(matcher, scan))?;
        self.hits.get(place)
    }

    fn new_place(&mut self, matcher: u32, scan: impl FnOnce(&mut Hits)) -> Option<usize> {
        let place = self.made % SCANS;
        self.made += 1;
        *self.of.get_mut(place)? = matcher;
        scan(self.hits.get_mut(place)?);
        Some(place)
    }
}

/// Points that rules gave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    /// Those of enforced rules.
    pub(crate) points: i32,
    pub(crate) given: bool,
    /// Those with the points of rules in shadow.
    with_shadow: i32,
    /// The rule that is asked is not enforced: it sees what it would see if all were.
    in_shadow: bool,
}

impl Score {
    /// A rule of this mode is asked next.
    #[inline(always)]
    pub(crate) fn asked_by(&mut self, mode: Mode) {
        self.in_shadow = mode != Mode::Enforce;
    }

    /// The points the asked rule sees.
    #[inline(always)]
    pub(crate) const fn seen(&self) -> i32 {
        if self.in_shadow { self.with_shadow } else { self.points }
    }

    /// The asked rule gives points.
    pub(crate) fn add(&mut self, points: i32) {
        self.with_shadow = self.with_shadow.saturating_add(points);
        if !self.in_shadow {
            self.points = self.points.saturating_add(points);
            self.given = true;
        }
    }
}

/// So many counters and patterns are remembered per message.
pub(crate) const SEEN_MAX: usize = 16;

/// Counters and patterns that made rules match. Those of the rule that is asked now are kept if it does.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    now: [Sight; SEEN_MAX],
    now_count: usize,
    kept: [Sight; SEEN_MAX],
    kept_count: usize,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// A counter that was read, and what it said.
    Counter(u16, u32),
    /// A matcher, and the entry that was found.
    Pattern(u32, u32),
}

impl Seen {
    const fn new() -> Self {
        let none = [Sight::Counter(0, 0); SEEN_MAX];
        Self { now: none, now_count: 0, kept: none, kept_count: 0 }
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.kept_count = 0;
    }

    /// Another rule is asked.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        self.now_count = 0;
    }

    pub(crate) fn see(&mut self, sight: Sight) {
        if let Some(room) = self.now.get_mut(self.now_count) {
            *room = sight;
            self.now_count += 1;
        }
    }

    /// What the rule that is asked now has seen.
    pub(crate) fn now(&self) -> &[Sight] {
        self.now.get(..self.now_count).unwrap_or(&self.now)
    }

    /// The rule that is asked now matched.
    #[inline(always)]
    pub(crate) fn keep(&mut self) {
        if self.now_count > 0 {
            self.keep_all();
        }
    }

    fn keep_all(&mut self) {
        for sight in self.now.iter().take(self.now_count) {
            let (kept, room) = self.kept.split_at_mut(self.kept_count.min(SEEN_MAX));
            if let Some(room) = room.first_mut().filter(|_| !kept.contains(sight)) {
                *room = *sight;
                self.kept_count += 1;
            }
        }
    }

    pub(crate) fn kept(&self) -> &[Sight] {
        self.kept.get(..self.kept_count).unwrap_or(&self.kept)
    }
}
