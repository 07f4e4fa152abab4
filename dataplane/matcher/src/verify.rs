//! Every octet of an image looked at once, so that reading it afterwards cannot go astray.
//!
//! A wrong index could do no harm to memory anyway: it would read as "nothing there". What is checked here is that
//! nothing is lost in that way, and that the work stays within limits.

use crate::dfa::{Record, TRANSITIONS_MAX};
use crate::gram::{self, BUCKET_BITS_MAX, BUCKET_BITS_MIN, GRAM_OCTETS};
use crate::image::{
    Action, FORMAT, GRAMS_AT, HEADER_OCTETS, IMAGE_OCTETS_MAX, ImageError, Kind, Layout, MAGIC, SECTIONS, SECTIONS_AT,
    Section, Trigger, pair,
};
use crate::scan::Matcher;

/// Sets with larger numbers are not counted: more than fit into the answers about a text anyway.
const SETS_COUNTED: usize = 1024;

type Checked = Result<(), ImageError>;

pub(crate) fn verify(image: &[u8]) -> Result<Layout, ImageError> {
    let mut layout = header(image)?;
    let check = Check(layout.open(image));
    layout.sets = check.sets();
    check.sizes()?;
    check.buckets()?;
    check.actions()?;
    check.entries()?;
    check.0.dfas.iter().enumerate().try_for_each(|(at, octets)| check.dfa(&Record::decode(octets), at))?;
    Ok(layout)
}

fn header(image: &[u8]) -> Result<Layout, ImageError> {
    require(image.starts_with(&MAGIC), "it does not begin like one", 0)?;
    require(image.len() <= IMAGE_OCTETS_MAX, "too long", image.len())?;
    require(u32_at(image, 8)? == FORMAT, "of another format", 8)?;
    let grams = u32_at(image, GRAMS_AT)?;
    require(grams & !0b111_1110 == 0, "grams of a length that there is not", GRAMS_AT)?;
    let mut sections = [(0, 0); SECTIONS];
    let mut behind = HEADER_OCTETS;
    for (section, place) in Section::ALL.into_iter().zip(&mut sections) {
        let at = SECTIONS_AT + section as usize * 8;
        let (offset, count) = (u32_at(image, at)?, u32_at(image, at + 4)?);
        require(offset as usize == behind, "a section is not behind the one before it", at)?;
        behind = behind.saturating_add((count as usize).saturating_mul(section.entry_octets()));
        *place = (offset, count);
    }
    require(behind == image.len(), "not as long as its sections", behind)?;
    Ok(Layout { grams, sets: u32::MAX, sections })
}

struct Check<'i>(Matcher<'i>);

impl<'i> Check<'i> {
    fn sizes(&self) -> Checked {
        let Matcher { filter, starts, targets, entries, .. } = self.0;
        require(filter.is_some(), "a filter of no size", 0)?;
        let buckets = starts.len().saturating_sub(1);
        require(is_power(buckets, BUCKET_BITS_MIN, BUCKET_BITS_MAX), "an odd number of buckets", buckets)?;
        for (at, target) in targets.iter().enumerate() {
            require((pair(*target).1 as usize) < entries.len(), "a target without an entry", at)?;
        }
        Ok(())
    }

    /// How many different sets the targets have, if their numbers are small.
    fn sets(&self) -> u32 {
        let mut seen = [0_u64; SETS_COUNTED / 64];
        for (set, _) in self.0.targets.iter().map(|target| pair(*target)) {
            let Some(word) = seen.get_mut(set as usize / 64) else { return u32::MAX };
            *word |= 1 << (set % 64);
        }
        seen.iter().map(|word| word.count_ones()).sum()
    }

    fn buckets(&self) -> Checked {
        let Matcher { starts, triggers, .. } = self.0;
        ascending(starts, triggers.len())?;
        let first = starts.first().map_or(0, |s| u32::from_le_bytes(*s));
        let last = starts.last().map_or(0, |s| u32::from_le_bytes(*s) as usize);
        require(first == 0 && last == triggers.len(), "triggers without a bucket", last)?;
        for (bucket, ends) in starts.array_windows().enumerate() {
            let [first, behind] = ends.map(|end| u32::from_le_bytes(end) as usize);
            for (at, octets) in triggers.iter().enumerate().take(behind).skip(first) {
                let hash = self.trigger(&Trigger::decode(octets), at)?;
                require((hash >> self.0.bucket_shift) as usize == bucket, "a trigger in another's bucket", at)?;
            }
        }
        Ok(())
    }

    /// The hash of its gram.
    fn trigger(&self, trigger: &Trigger, at: usize) -> Result<u64, ImageError> {
        let octets = usize::from(trigger.octets);
        require((1..=GRAM_OCTETS).contains(&octets), "a trigger with a gram of no length", at)?;
        require(self.0.grams >> octets & 1 == 1, "a trigger that nothing looks for", at)?;
        require((trigger.action as usize) < self.0.actions.len(), "a trigger that calls nothing", at)?;
        let literal = self.string((trigger.literal, trigger.length.into()), at)?;
        let place = usize::from(trigger.place);
        let Some(gram) = literal.get(place..place + octets) else { return refuse("a gram is not within", at) };
        let window = gram::window_of(gram);
        require(window as u32 == trigger.gram, "a trigger with another gram", at)?;
        let hash = gram::hash(window, octets);
        let passes = self.0.filter.is_some_and(|filter| filter.has(window, octets, self.0.mode));
        require(passes, "a trigger that the filter holds back", at)?;
        Ok(hash)
    }

    fn actions(&self) -> Checked {
        for (at, octets) in self.0.actions.iter().enumerate() {
            let Some(action) = Action::decode(octets) else { return refuse("an action of no kind", at) };
            self.string(action.text, at)?;
            within(action.targets, self.0.targets.len(), "an action's targets are not there", at)?;
            let runs = !matches!(action.kind, Kind::Text | Kind::Wildcard);
            require(!runs || (action.dfa as usize) < self.0.dfas.len(), "an action without automaton", at)?;
        }
        for (at, action) in self.0.always.iter().enumerate() {
            let action = u32::from_le_bytes(*action) as usize;
            require(action < self.0.actions.len(), "an action to run always that there is not", at)?;
        }
        Ok(())
    }

    fn entries(&self) -> Checked {
        for (at, place) in self.0.entries.iter().enumerate() {
            let text = self.string(pair(*place), at)?;
            require(std::str::from_utf8(text).is_ok(), "a pattern that is no text", at)?;
        }
        Ok(())
    }

    fn dfa(&self, dfa: &Record, at: usize) -> Checked {
        let classes = usize::from(dfa.classes);
        let count = dfa.count as usize;
        within((dfa.first, dfa.count), self.0.transitions.len(), "an automaton is not there", at)?;
        require((1..=257).contains(&classes), "an automaton of too many classes", at)?;
        let whole = count > 0 && count <= TRANSITIONS_MAX && count.is_multiple_of(classes);
        require(whole, "an automaton of odd size", at)?;
        let behind_matches = usize::from(dfa.special) + usize::from(dfa.matches) * classes;
        require(behind_matches == dfa.dead() as usize, "an automaton whose last state is not the dead one", at)?;
        let Some(map) = self.0.maps.get(dfa.map as usize) else { return refuse("classes are not there", at) };
        require(map.iter().all(|c| usize::from(*c) < classes), "an octet of no class", at)?;
        self.states(dfa, at)?;
        let ends = self.0.ends.get(dfa.ends as usize..).and_then(|e| e.get(..=usize::from(dfa.matches)));
        ends.map_or_else(|| refuse("ends are not there", at), |ends| ascending(ends, self.0.targets.len()))
    }

    fn states(&self, dfa: &Record, at: usize) -> Checked {
        let all = self.0.transitions.get(dfa.first as usize..).unwrap_or_default();
        let transitions = all.iter().take(dfa.count as usize).map(|s| u16::from_le_bytes(*s));
        let is_state = |state: u16| u32::from(state) < dfa.count && state.is_multiple_of(dfa.classes);
        require(dfa.starts.into_iter().chain(transitions).all(is_state), "an automaton that leads outside", at)
    }

    fn string(&self, place: (u32, u32), at: usize) -> Result<&'i [u8], ImageError> {
        self.0.string(place).ok_or(ImageError { reason: "a text is not there", at })
    }
}

fn ascending(numbers: &[[u8; 4]], limit: usize) -> Checked {
    let mut last = 0;
    for (at, number) in numbers.iter().map(|n| u32::from_le_bytes(*n) as usize).enumerate() {
        require(number >= last && number <= limit, "places out of order", at)?;
        last = number;
    }
    Ok(())
}

fn within((first, count): (u32, u32), len: usize, reason: &'static str, at: usize) -> Checked {
    require((first as usize).checked_add(count as usize).is_some_and(|behind| behind <= len), reason, at)
}

fn is_power(number: usize, bits_min: u32, bits_max: u32) -> bool {
    number.is_power_of_two() && (bits_min..=bits_max).contains(&number.trailing_zeros())
}

fn u32_at(image: &[u8], at: usize) -> Result<u32, ImageError> {
    let octets = image.get(at..).and_then(|o| o.first_chunk());
    octets.map(|o| u32::from_le_bytes(*o)).ok_or(ImageError { reason: "it ends in its header", at })
}

fn require(holds: bool, reason: &'static str, at: usize) -> Checked {
    if holds { Ok(()) } else { refuse(reason, at) }
}

fn refuse<T>(reason: &'static str, at: usize) -> Result<T, ImageError> {
    Err(ImageError { reason, at })
}
