//! The sections of an image, filled and joined.

use super::Target;
use super::automaton::Flat;
use crate::Entry;
use crate::dfa::Record;
use crate::image::{Action, FORMAT, FROM_THE_BEGINNING, HEADER_OCTETS, Kind, MAGIC, SECTIONS, Section, Trigger};
use std::collections::BTreeMap;

/// An image that grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Image {
    grams: u32,
    sections: [Vec<u8>; SECTIONS],
    actions: Vec<Action>,
    /// Texts that are there already.
    strings: BTreeMap<Vec<u8>, u32>,
    /// Classes that are there already.
    maps: BTreeMap<Vec<u8>, u32>,
}

impl Image {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let mut image = Self::default();
        for entry in entries {
            let (first, length) = image.string(entry.pattern.as_str().as_bytes());
            image.push(Section::Entries, &first.to_le_bytes());
            image.push(Section::Entries, &length.to_le_bytes());
        }
        image
    }

    pub(super) fn actions(&self) -> usize {
        self.actions.len()
    }

    pub(super) fn add_text(&mut self, text: &str, whole_word: bool, targets: &[Target]) -> u32 {
        self.add_action(Kind::Text, whole_word, text, targets)
    }

    pub(super) fn add_wildcard(&mut self, text: &str, targets: &[Target]) -> u32 {
        self.add_action(Kind::Wildcard, false, text, targets)
    }

    fn add_action(&mut self, kind: Kind, whole_word: bool, text: &str, targets: &[Target]) -> u32 {
        let text = self.string(text.as_bytes());
        let targets = (self.add_targets(targets), targets.len() as u32);
        self.push_action(Action { kind, whole_word, back: FROM_THE_BEGINNING, text, targets, dfa: 0 })
    }

    fn push_action(&mut self, action: Action) -> u32 {
        self.actions.push(action);
        (self.actions.len() - 1) as u32
    }

    /// An automaton and what each of its expressions is told for.
    pub(super) fn add_automaton(&mut self, flat: &Flat, kind: Kind, targets: &[&[Target]]) -> u32 {
        let record = Record {
            map: self.map(&flat.map),
            first: self.count(Section::Transitions),
            count: flat.transitions.len() as u32,
            ends: self.count(Section::Ends),
            matches: flat.matches.len() as u16,
            classes: flat.classes,
            special: flat.special,
            starts: flat.starts,
        };
        for matched in &flat.matches {
            let told: Vec<Target> =
                matched.iter().filter_map(|m| targets.get(*m)).copied().flatten().copied().collect();
            let first = self.add_targets(&told);
            self.push(Section::Ends, &first.to_le_bytes());
        }
        let behind = self.count(Section::Targets);
        self.push(Section::Ends, &behind.to_le_bytes());
        flat.transitions.iter().for_each(|state| self.push(Section::Transitions, &state.to_le_bytes()));
        let dfa = self.count(Section::Dfas);
        self.push(Section::Dfas, &record.encode());
        let back = FROM_THE_BEGINNING;
        self.push_action(Action { kind, whole_word: false, back, text: (0, 0), targets: (0, 0), dfa })
    }

    /// The action's automaton starts at most so far before the gram.
    pub(super) fn start_back(&mut self, action: u32, octets: usize) {
        if let Some(action) = self.actions.get_mut(action as usize) {
            action.back = u16::try_from(octets).unwrap_or(FROM_THE_BEGINNING);
        }
    }

    pub(super) fn run_always(&mut self, action: u32) {
        self.push(Section::Always, &action.to_le_bytes());
    }

    /// Adds what `trigger` makes of the place of its literal.
    pub(super) fn add_trigger(&mut self, octets: usize, literal: &[u8], trigger: impl FnOnce(u32) -> Trigger) {
        self.grams |= 1 << octets;
        let (first, _) = self.string(literal);
        self.push(Section::Triggers, &trigger(first).encode());
    }

    pub(super) fn set_tables(&mut self, filter: &[u8], starts: &[u32]) {
        self.push(Section::Filter, filter);
        starts.iter().for_each(|start| self.push(Section::Starts, &start.to_le_bytes()));
    }

    fn add_targets(&mut self, targets: &[Target]) -> u32 {
        let first = self.count(Section::Targets);
        for (set, entry) in targets {
            self.push(Section::Targets, &set.to_le_bytes());
            self.push(Section::Targets, &entry.to_le_bytes());
        }
        first
    }

    fn string(&mut self, text: &[u8]) -> (u32, u32) {
        let next = self.count(Section::Strings);
        let first = *self.strings.entry(text.to_vec()).or_insert(next);
        if first == next {
            self.push(Section::Strings, text);
        }
        (first, text.len() as u32)
    }

    fn map(&mut self, map: &[u8]) -> u32 {
        let next = self.count(Section::Maps);
        let number = *self.maps.entry(map.to_vec()).or_insert(next);
        if number == next {
            self.push(Section::Maps, map);
        }
        number
    }

    fn count(&self, section: Section) -> u32 {
        let octets = self.sections.get(section as usize).map_or(0, Vec::len);
        (octets / section.entry_octets()) as u32
    }

    fn push(&mut self, section: Section, octets: &[u8]) {
        if let Some(section) = self.sections.get_mut(section as usize) {
            section.extend_from_slice(octets);
        }
    }

    pub(super) fn into_octets(mut self) -> Vec<u8> {
        for action in std::mem::take(&mut self.actions) {
            self.push(Section::Actions, &action.encode());
        }
        let mut octets = MAGIC.to_vec();
        octets.extend(FORMAT.to_le_bytes());
        octets.extend(self.grams.to_le_bytes());
        let mut offset = HEADER_OCTETS;
        for section in Section::ALL {
            octets.extend((offset as u32).to_le_bytes());
            octets.extend(self.count(section).to_le_bytes());
            offset += self.sections.get(section as usize).map_or(0, Vec::len);
        }
        octets.extend(self.sections.into_iter().flatten());
        octets
    }
}
