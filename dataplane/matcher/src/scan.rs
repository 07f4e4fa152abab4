//! One pass over a text.
//!
//! The text is taken in pieces. For each length of grams that occurs, a loop without branches notes the places whose
//! gram passes the filter; the few that do are looked up. Nothing here fails: what cannot be in a verified image
//! reads as "no match".

use crate::dfa::{Dfa, Record};
use crate::done::Done;
use crate::filter::{Filter, LONG, Mode, PLACES, SHORT};
use crate::gram::{self, GRAM_OCTETS, WINDOW_OCTETS};
use crate::hits::{Hits, One, Sink};
use crate::image::{Action, FROM_THE_BEGINNING, Kind, Layout, Section, Trigger, pair};
use crate::{glob, image};

/// Places that are looked at in one go.
const PIECE: usize = 256;
const WINDOW: usize = PIECE + WINDOW_OCTETS - 1;

/// A matcher to ask.
#[derive(Clone, Copy, Debug)]
pub struct Matcher<'i> {
    pub(crate) grams: u32,
    pub(crate) sets: u32,
    pub(crate) mode: Mode,
    pub(crate) bucket_shift: u32,
    pub(crate) filter: Option<Filter<'i>>,
    pub(crate) starts: &'i [[u8; 4]],
    pub(crate) triggers: &'i [[u8; 16]],
    pub(crate) actions: &'i [[u8; 24]],
    pub(crate) always: &'i [[u8; 4]],
    pub(crate) targets: &'i [[u8; 8]],
    pub(crate) entries: &'i [[u8; 8]],
    pub(crate) dfas: &'i [[u8; 32]],
    pub(crate) ends: &'i [[u8; 4]],
    pub(crate) maps: &'i [[u8; 256]],
    pub(crate) transitions: &'i [[u8; 2]],
    pub(crate) strings: &'i [u8],
}

/// A text in which a trigger's literal was found.
#[derive(Clone, Copy)]
struct Found<'t> {
    text: &'t [u8],
    /// Where the gram stands.
    gram: usize,
    /// Where the literal stands, and where it ends.
    first: usize,
    behind: usize,
}

impl<'i> Matcher<'i> {
    /// Checks an image; see [`Layout::verify`].
    ///
    /// # Errors
    /// As there.
    pub fn verify(image: &[u8]) -> Result<Layout, image::ImageError> {
        Layout::verify(image)
    }

    pub(crate) fn new(layout: &Layout, image: &'i [u8]) -> Self {
        let starts: &[_] = layout.section(image, Section::Starts);
        Self {
            grams: layout.grams,
            sets: layout.sets,
            mode: Mode::of(layout.grams),
            bucket_shift: gram::shift(starts.len().saturating_sub(1).trailing_zeros()),
            filter: Filter::new(layout.section::<1>(image, Section::Filter).as_flattened()),
            starts,
            triggers: layout.section(image, Section::Triggers),
            actions: layout.section(image, Section::Actions),
            always: layout.section(image, Section::Always),
            targets: layout.section(image, Section::Targets),
            entries: layout.section(image, Section::Entries),
            dfas: layout.section(image, Section::Dfas),
            ends: layout.section(image, Section::Ends),
            maps: layout.section(image, Section::Maps),
            transitions: layout.section(image, Section::Transitions),
            strings: layout.section::<1>(image, Section::Strings).as_flattened(),
        }
    }

    /// Fills in the sets that match, each once, with the entry that was found first; what was there is forgotten.
    pub fn scan(&self, text: &[u8], hits: &mut Hits) {
        hits.clear();
        self.walk(text, hits);
    }

    /// The entry by which this set matches, found by a whole scan: for sets that found no room in [`Hits`].
    pub fn holds(&self, set: u32, text: &[u8]) -> Option<u32> {
        let mut one = One { set, found: None, done: Done::new() };
        self.walk(text, &mut one);
        one.found
    }

    /// The pattern of an entry as it was written; empty if there is no such entry.
    pub fn pattern(&self, entry: u32) -> &'i str {
        let text = self.entries.get(entry as usize).and_then(|place| self.string(pair(*place)));
        text.and_then(|octets| std::str::from_utf8(octets).ok()).unwrap_or_default()
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    fn walk(&self, text: &[u8], sink: &mut impl Sink) {
        for &action in self.always {
            self.act(u32::from_le_bytes(action), Found { text, gram: 0, first: 0, behind: 0 }, sink);
        }
        let mut window = [0; WINDOW];
        for at in (0..text.len()).step_by(PIECE) {
            let rest = text.get(at..).unwrap_or_default();
            let piece = rest.get(..WINDOW).unwrap_or(rest);
            window.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            // Behind the text zeros, so that its last octets have windows too; a match that needs them is none.
            window.iter_mut().skip(piece.len()).take(WINDOW_OCTETS).for_each(|o| *o = 0);
            if sink.is_complete(self.sets) {
                return;
            }
            let has_pass = |octets: &usize| self.has_grams(*octets) && !self.mode.is_found_by_longer(*octets);
            for octets in (1..=GRAM_OCTETS).rev().filter(has_pass) {
                self.look(text, at, &window, piece.len().min(PIECE), octets, sink);
            }
        }
    }

    #[inline]
    fn has_grams(&self, octets: usize) -> bool {
        self.grams >> octets & 1 == 1
    }

    /// Looks up all grams of a piece that pass the filter.
    #[inline]
    fn look(&self, text: &[u8], at: usize, window: &[u8; WINDOW], len: usize, octets: usize, sink: &mut impl Sink) {
        let Some(filter) = self.filter else { return };
        let has_both = octets == LONG && self.has_grams(SHORT) && self.mode == Mode::Wide;
        let mut first = 0;
        while first < len {
            let mut passed = filter.passing(window.get(first..).unwrap_or_default(), octets, self.mode);
            while passed != 0 {
                let place = first + passed.trailing_zeros() as usize;
                passed &= passed - 1;
                let window = window_at(window, place);
                self.look_up(text, at + place, window, octets, sink);
                if has_both && filter.has(window, SHORT, self.mode) {
                    self.look_up(text, at + place, window, SHORT, sink);
                }
                if sink.is_complete(self.sets) {
                    return;
                }
            }
            first += PLACES;
        }
    }

    /// Goes through the bucket of the gram at a place.
    #[inline(always)]
    fn look_up(&self, text: &[u8], at: usize, window: u64, octets: usize, sink: &mut impl Sink) {
        let gram = window as u32 & gram::low_mask(octets);
        for trigger in self.bucket(gram::hash(window, octets)) {
            let trigger = Trigger::decode(trigger);
            if trigger.gram == gram && usize::from(trigger.octets) == octets {
                self.confirm(&trigger, text, at, sink);
            }
        }
    }

    #[inline]
    fn bucket(&self, hash: u64) -> &'i [[u8; 16]] {
        let number = (hash >> (self.bucket_shift & 63)) as usize;
        let Some([first, behind]) = self.starts.get(number..).and_then(|s| s.first_chunk()) else { return &[] };
        let (first, behind) = (u32::from_le_bytes(*first) as usize, u32::from_le_bytes(*behind) as usize);
        self.triggers.get(first..behind).unwrap_or_default()
    }

    /// Goes on if the whole literal is there.
    #[inline]
    fn confirm(&self, trigger: &Trigger, text: &[u8], gram: usize, sink: &mut impl Sink) {
        let length = usize::from(trigger.length);
        let Some(first) = gram.checked_sub(trigger.place.into()) else { return };
        let here = text.get(first..first + length);
        if here.is_some() && here == self.string((trigger.literal, length as u32)) {
            self.act(trigger.action, Found { text, gram, first, behind: first + length }, sink);
        }
    }

    fn act(&self, number: u32, found: Found<'_>, sink: &mut impl Sink) {
        let Some(action) = self.actions.get(number as usize).and_then(Action::decode) else { return };
        match action.kind {
            Kind::Text => {
                if !action.whole_word || stands_alone(&found) {
                    self.report(action.targets, sink);
                }
            }
            Kind::Wildcard => {
                if sink.done().is_new(number) && self.is_matched_by(action.text, found.text) {
                    self.report(action.targets, sink);
                }
            }
            Kind::Search => {
                if sink.done().is_new(number) {
                    let is_limited = action.back != FROM_THE_BEGINNING;
                    let from = if is_limited { found.gram.saturating_sub(action.back.into()) } else { 0 };
                    self.run_from(action.dfa, found.text, from, sink);
                }
            }
            Kind::Here => self.run_from(action.dfa, found.text, found.first, sink),
            Kind::Back => {
                let octets = found.text.get(..found.behind).unwrap_or_default().iter().rev();
                self.run(action.dfa, found.text.get(found.behind).copied(), octets.copied(), sink);
            }
        }
    }

    fn is_matched_by(&self, pattern: (u32, u32), text: &[u8]) -> bool {
        self.string(pattern).is_some_and(|pattern| glob::matches(pattern, text))
    }

    #[inline]
    fn run_from(&self, number: u32, text: &[u8], from: usize, sink: &mut impl Sink) {
        let in_front = from.checked_sub(1).and_then(|at| text.get(at)).copied();
        self.run(number, in_front, text.get(from..).unwrap_or_default().iter().copied(), sink);
    }

    #[inline]
    fn run(&self, number: u32, in_front: Option<u8>, octets: impl Iterator<Item = u8>, sink: &mut impl Sink) {
        let Some(dfa) = self.dfas.get(number as usize).and_then(|d| self.dfa(Record::decode(d))) else { return };
        let ends = self.ends.get(dfa.record.ends as usize..).unwrap_or_default();
        dfa.run(in_front, octets, |state| {
            if let Some([first, behind]) = ends.get(state..).and_then(|e| e.first_chunk()) {
                let (first, behind) = (u32::from_le_bytes(*first), u32::from_le_bytes(*behind));
                self.report((first, behind.saturating_sub(first)), sink);
            }
        });
    }

    fn dfa(&self, record: Record) -> Option<Dfa<'i>> {
        let first = record.first as usize;
        let transitions = self.transitions.get(first..first.checked_add(record.count as usize)?)?;
        Some(Dfa { record, map: self.maps.get(record.map as usize)?, transitions })
    }

    #[inline]
    fn report(&self, (first, count): (u32, u32), sink: &mut impl Sink) {
        let targets = self.targets.get(first as usize..).unwrap_or_default();
        for &target in targets.iter().take(count as usize) {
            let (set, entry) = pair(target);
            sink.add(set, entry);
        }
    }

    #[inline]
    pub(crate) fn string(&self, (first, length): (u32, u32)) -> Option<&'i [u8]> {
        self.strings.get(first as usize..(first as usize).checked_add(length as usize)?)
    }
}

#[inline(always)]
fn window_at(window: &[u8; WINDOW], place: usize) -> u64 {
    window.get(place..).and_then(|w| w.first_chunk()).map_or(0, |o| u64::from_le_bytes(*o))
}

/// Whether there is no letter or digit on either side.
fn stands_alone(found: &Found<'_>) -> bool {
    let in_front = found.first.checked_sub(1).and_then(|at| found.text.get(at));
    let behind = found.text.get(found.behind);
    ![in_front, behind].into_iter().flatten().any(|&o| o.is_ascii_alphanumeric() || o >= 0x80)
}
