//! From expressions to one automaton in the form of the image.
//!
//! `regex-automata` determinises; what it made is walked state by state, made as small as it can be and numbered so
//! that states that need attention are the last ones.

use super::minimal::{Table, merge_classes, merge_states};
use crate::dfa::{IN_FRONT, STARTS, TRANSITIONS_MAX};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;

/// Memory that the determinised form, and the work on it, may take. A search that needs more has another way to be
/// done, and finding out takes time.
const SEARCH_BYTES_MAX: usize = 512 << 10;
/// The same where there is no other way.
const HERE_BYTES_MAX: usize = 2 << 20;
const NFA_BYTES_MAX: usize = 1 << 20;
/// A longer way through an automaton is not looked for when it is made smaller.
const ROUNDS_MAX: usize = 512;

/// An automaton with states as in the image.
#[derive(Clone, Debug)]
pub(super) struct Flat {
    pub(super) map: Vec<u8>,
    pub(super) classes: u16,
    pub(super) special: u16,
    pub(super) starts: [u16; STARTS],
    pub(super) transitions: Vec<u16>,
    /// Per match state, the expressions that it tells.
    pub(super) matches: Vec<Vec<usize>>,
}

/// What is asked of an automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A match anywhere behind the place where it starts.
    Search,
    /// A match at that place.
    Here,
    /// A match up to that place, read backwards.
    Back,
}

/// The automaton of these expressions; `None` if it is too large.
pub(super) fn flat(expressions: &[&Hir], way: Way) -> Option<Flat> {
    let dfa = determinised(expressions, way)?;
    // With a single expression its first match is all that is asked.
    let mut table = walked(&dfa, way, expressions.len() == 1)?;
    merge_states(&mut table, ROUNDS_MAX);
    merge_classes(&mut table);
    numbered(&table)
}

fn determinised(expressions: &[&Hir], way: Way) -> Option<dense::DFA<Vec<u32>>> {
    let config = thompson::Config::new()
        .utf8(false)
        .reverse(way == Way::Back)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(NFA_BYTES_MAX));
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(expressions).ok()?;
    let bytes_max = if way == Way::Search { SEARCH_BYTES_MAX } else { HERE_BYTES_MAX };
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(if way == Way::Search { StartKind::Unanchored } else { StartKind::Anchored })
        .accelerate(false)
        .dfa_size_limit(Some(bytes_max))
        .determinize_size_limit(Some(bytes_max));
    dense::Builder::new().configure(config).build_from_nfa(&nfa).ok()
}

/// States in the order in which they are met, as a table.
struct Walk<'d> {
    dfa: &'d dense::DFA<Vec<u32>>,
    /// An octet of each class.
    octets: Vec<u8>,
    /// Per row of the determinised form, the number it got.
    numbers: Vec<Option<u32>>,
    order: Vec<StateID>,
}

impl Walk<'_> {
    fn number(&mut self, state: StateID) -> u32 {
        let row = state.as_usize() >> self.dfa.stride2();
        if row >= self.numbers.len() {
            self.numbers.resize(row + 1, None);
        }
        let next = self.order.len() as u32;
        let Some(number) = self.numbers.get_mut(row) else { return next };
        if number.is_none() {
            self.order.push(state);
        }
        *number.get_or_insert(next)
    }

    fn row(&mut self, state: StateID) -> Vec<u32> {
        let dfa = self.dfa;
        let mut row = Vec::with_capacity(self.octets.len() + 1);
        for at in 0..self.octets.len() {
            let octet = self.octets.get(at).copied().unwrap_or_default();
            row.push(self.number(dfa.next_state(state, octet)));
        }
        row.push(self.number(dfa.next_eoi_state(state)));
        row
    }
}

fn walked(dfa: &dense::DFA<Vec<u32>>, way: Way, first_is_enough: bool) -> Option<Table> {
    let classes = dfa.byte_classes();
    let octets = classes.representatives(..).filter_map(|unit| unit.as_u8()).collect();
    let mut walk = Walk { dfa, octets, numbers: Vec::new(), order: Vec::new() };
    let dead = walk.number(StateID::ZERO);
    let mut table = Table { map: (0..=255).map(|o| classes.get(o)).collect(), ..Table::default() };
    let anchored = if way == Way::Search { Anchored::No } else { Anchored::Yes };
    for in_front in IN_FRONT {
        let config = start::Config::new().look_behind(in_front).anchored(anchored);
        table.starts.push(walk.number(dfa.start_state(&config).ok()?));
    }
    let mut at = 0;
    while let Some(&state) = walk.order.get(at) {
        at += 1;
        let is_match = dfa.is_match_state(state);
        let ends_here = is_match && first_is_enough;
        table.rows.push(if ends_here { vec![dead; walk.octets.len() + 1] } else { walk.row(state) });
        let mut tells: Vec<usize> = Vec::new();
        if is_match {
            tells.extend((0..dfa.match_len(state)).map(|n| dfa.match_pattern(state, n).as_usize()));
            tells.sort_unstable();
        }
        table.tells.push(tells);
    }
    Some(table)
}

/// Plain states, match states, the dead state; each becomes the place of its row.
fn numbered(table: &Table) -> Option<Flat> {
    let classes = table.rows.first()?.len();
    // The dead state was met first, and stays first of its kind.
    let rank = |state: &usize| (*state == 0, table.tells.get(*state).is_some_and(|t| !t.is_empty()));
    let mut order: Vec<usize> = (0..table.rows.len()).collect();
    order.sort_by_key(rank);
    if order.len() * classes > TRANSITIONS_MAX {
        return None;
    }
    let mut places = vec![0; order.len()];
    for (place, &state) in order.iter().enumerate() {
        *places.get_mut(state)? = u16::try_from(place * classes).ok()?;
    }
    let place = |state: &u32| places.get(*state as usize).copied();
    let rows = order.iter().filter_map(|&state| table.rows.get(state)).flatten();
    let starts: Option<Vec<u16>> = table.starts.iter().map(place).collect();
    let matches: Vec<_> = order.iter().filter_map(|&s| table.tells.get(s)).filter(|t| !t.is_empty()).cloned().collect();
    Some(Flat {
        map: table.map.clone(),
        classes: u16::try_from(classes).ok()?,
        special: u16::try_from((order.len() - 1 - matches.len()) * classes).ok()?,
        starts: starts?.try_into().ok()?,
        transitions: rows.map(place).collect::<Option<_>>()?,
        matches,
    })
}
