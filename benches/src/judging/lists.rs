//! A list alone, as it grows (P8), beside `hashbrown::HashSet` with the same keys.
//!
//! "in turn" lets the processor overlap look-ups, as where one message asks several lists; "waiting" makes each one wait
//! for the answer before, as where a verdict hangs on it; "fetched ahead" asks memory for what will be looked up, as for a
//! burst of messages. One text in ten is in the list. Memory is that of the kernel's
//! choice; `2M` rows ask for huge pages.

use super::turns::{self, Turn};
use crate::Seen;
use crate::goals::Goal;
use crate::report::{Figures, Report};
use crate::timing::Row;
use anyhow::{Context, ensure};
use hashbrown::HashSet;
use memmap2::{Advice, MmapMut};
use sluice_rules::compile::lists::Built;
use sluice_rules::table::{Slots, Table};
use sluice_rules::{Entries, ListKind};

/// Twelve digits.
type Text = [u8; 12];

/// More than any cache holds lines for, few enough to stand in one themselves.
const ASKED: usize = 1 << 18;
/// Of a hundred texts so many are there.
const PRESENT_PERCENT: u64 = 10;

/// Numbers spread over a numbering range, never the same twice.
pub fn number(n: u64) -> u64 {
    999_000_000_000 + n.wrapping_mul(618_033_989) % 1_000_000_007
}

fn text(n: u64) -> Text {
    let mut text = [b'0'; 12];
    let mut rest = number(n);
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    text
}

fn asked(entries: u64) -> Vec<Text> {
    let one = |n: u64| {
        let any = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let is_there = any / 3 % 100 < PRESENT_PERCENT;
        text(if is_there { any % entries } else { entries + any % (900_000_000 - entries) })
    };
    (0..ASKED as u64).map(one).collect()
}

/// A list in memory of its own, as an image has it.
struct List {
    built: Built,
    memory: MmapMut,
    strings: Vec<u8>,
}

impl List {
    fn new(entries: u64, is_huge: bool) -> anyhow::Result<Self> {
        let entries: Entries = (0..entries).map(|n| number(n).to_string()).collect();
        let mut strings = Vec::new();
        let mut built = Built::of(ListKind::Exact, &entries, &mut strings).context("not a list")?;
        let octets = built.slots.as_flattened();
        let mut memory = MmapMut::map_anon(octets.len())?;
        if is_huge {
            memory.advise(Advice::HugePage)?;
        }
        memory.copy_from_slice(octets);
        built.slots = Vec::new();
        Ok(Self { built, memory, strings })
    }

    fn table(&self) -> Table<'_> {
        let Built { lines, lengths, probes, .. } = self.built;
        let slots = Slots::new(self.memory.as_chunks().0, lines, &self.strings, lengths, probes);
        Table { kind: ListKind::Exact, slots, changes: None }
    }
}

/// How many are there, each look-up free to begin before the last has ended.
fn in_turn(asked: &[Text], mut has: impl FnMut(&Text) -> bool) -> u64 {
    asked.iter().filter(|text| has(text)).count() as u64
}

/// How many are there, each asked for from memory some look-ups before.
fn ahead(asked: &[Text], table: Table<'_>) -> u64 {
    let mut later = asked.iter().cycle().skip(AHEAD);
    in_turn(asked, |text| {
        table.prefetch(later.next().map_or(&[], |text| &text[..]));
        table.contains(text, 0)
    })
}

/// Look-ups under way at once.
const AHEAD: usize = 8;

/// How many are there, each look-up after the last.
fn waiting(asked: &[Text], has: impl Fn(&Text) -> bool) -> u64 {
    let (mut found, mut before) = (0, false);
    for text in asked {
        // The answer before is part of the question and changes nothing in it.
        let mut next = *text;
        next[11] |= std::hint::black_box(u8::from(before)) & 0x80;
        before = has(&next);
        found += u64::from(before);
    }
    found
}

/// The table for lists of these lengths.
///
/// # Errors
/// A list and a set that differ.
pub fn measure(counts: &[u64]) -> anyhow::Result<(Report, Vec<Goal>)> {
    let mut all = Vec::new();
    for &count in counts {
        let set: HashSet<Text> = (0..count).map(text).collect();
        all.push((count, asked(count), List::new(count, false)?, List::new(count, true)?, set));
    }
    let mut turns = Vec::new();
    for (count, asked, small, huge, set) in &all {
        let (table, huge, name) = (small.table(), huge.table(), short(*count));
        let mut of_count = vec![
            Turn::new(format!("{name} in turn"), ASKED, move || in_turn(asked, |t| table.contains(t, 0))),
            Turn::new(format!("{name} in turn, 2M"), ASKED, move || in_turn(asked, |t| huge.contains(t, 0))),
            Turn::new(format!("{name} fetched ahead, 2M"), ASKED, move || ahead(asked, huge)),
            Turn::new(format!("{name} in turn, hashbrown"), ASKED, move || in_turn(asked, |t| set.contains(t))),
            Turn::new(format!("{name} waiting"), ASKED, move || waiting(asked, |t| table.contains(t, 0))),
            Turn::new(format!("{name} waiting, 2M"), ASKED, move || waiting(asked, |t| huge.contains(t, 0))),
            Turn::new(format!("{name} waiting, hashbrown"), ASKED, move || waiting(asked, |t| set.contains(t))),
        ];
        let found = turns::agree(&mut of_count)?;
        ensure!(found > 0, "nothing of {count} was found");
        turns.append(&mut of_count);
    }
    let table = turns::measure(&mut turns, Seen { messages: ASKED as u64, text_octets: 0 }, 0, 0)?;
    let ns = |name: String| table.row(&name).map(Row::median_ns);
    let mut goals = Vec::new();
    for (&count, bound) in counts.iter().skip(1).zip([20.0, 25.0]) {
        for way in WAYS {
            let least = ns(format!("{} {way}", short(counts[0])));
            let more = least.zip(ns(format!("{} {way}", short(count)))).map(|(least, most)| most - least);
            let what = format!("ns more with {} entries, {way}", short(count));
            goals.extend(more.map(|more| Goal::at_most("P8", &what, bound, more)));
        }
    }
    Ok((Report::new(table, "look-up", Figures::default()), goals))
}

/// The ways of asking whose growth is shown.
const WAYS: [&str; 7] = [
    "in turn",
    "in turn, 2M",
    "fetched ahead, 2M",
    "in turn, hashbrown",
    "waiting",
    "waiting, 2M",
    "waiting, hashbrown",
];

fn short(count: u64) -> String {
    match count {
        1_000_000.. => format!("{} M", count / 1_000_000),
        _ => format!("{} k", count / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_a_set_have_the_same_one_in_ten_of_what_is_asked() {
        let (list, set) = (List::new(5000, false).unwrap(), (0..5000).map(text).collect::<HashSet<Text>>());
        let (asked, table) = (asked(5000), list.table());
        let found = in_turn(&asked, |text| table.contains(text, 0));
        assert!((ASKED as u64 / 12..ASKED as u64 / 8).contains(&found), "{found}");
        assert_eq!(found, in_turn(&asked, |text| set.contains(text)));
        assert_eq!(found, ahead(&asked, table));
        assert_eq!(found, waiting(&asked, |text| table.contains(text, 0)));
    }
}
