//! What a list costs: building it, and looking up texts of which one in ten is there.
//!
//! `cargo run --release -p sluice-rules --example lists`
//!
//! "each after the other" makes every look-up wait for the one before, as where a verdict hangs on it; "side by side"
//! lets the processor overlap them, as where one message asks several lists.
#![allow(clippy::disallowed_types, clippy::disallowed_macros)]

use memmap2::{Advice, MmapMut};
use sluice_rules::compile::lists::Built;
use sluice_rules::table::{Slots, Table};
use sluice_rules::{Entries, ListKind};
use std::hint::black_box;
use std::time::Instant;

/// More than any cache holds lines for, few enough to stand in one themselves.
const ASKED: usize = 1 << 18;

/// Numbers spread over a numbering range, never the same twice.
fn number(n: u64) -> String {
    format!("999{:09}", n.wrapping_mul(618_033_989) % 1_000_000_007)
}

/// A built list in memory of its own, on huge pages if asked for.
struct Rig {
    built: Built,
    memory: MmapMut,
    strings: Vec<u8>,
}

impl Rig {
    fn new(entries: u64, huge: bool) -> Self {
        let entries: Entries = (0..entries).map(number).collect();
        let mut strings = Vec::new();
        let start = Instant::now();
        let mut built = Built::of(ListKind::Exact, &entries, &mut strings).expect("a table");
        let built_s = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let repeated = entries.repeated().len();
        println!(
            "{:>9} entries: built in {built_s:.3} s, repeated ones ({repeated}) found in {:.3} s; {} MB, of it the filter {} KB, at most {} probes",
            entries.len(),
            start.elapsed().as_secs_f64(),
            built.slots.len() * 16 / 1_000_000,
            built.lines / 16,
            built.probes
        );
        let octets = built.slots.as_flattened();
        let mut memory = MmapMut::map_anon(octets.len()).expect("memory");
        if huge {
            memory.advise(Advice::HugePage).expect("huge pages");
        }
        memory.copy_from_slice(octets);
        built.slots = Vec::new();
        Self { built, memory, strings }
    }

    fn table(&self) -> Table<'_> {
        let Built { lines, lengths, probes, .. } = self.built;
        let slots = Slots::new(self.memory.as_chunks().0, lines, &self.strings, lengths, probes);
        Table { kind: ListKind::Exact, slots, changes: None }
    }
}

type Text = [u8; 12];

/// Texts to ask for: so many of a hundred are there.
fn asked(entries: u64, present_percent: u64) -> Vec<Text> {
    let one = |n: u64| {
        let any = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let there = any / 3 % 100 < present_percent;
        let text = number(if there { any % entries } else { entries + any % (900_000_000 - entries) });
        text.as_bytes().try_into().expect("twelve digits")
    };
    (0..ASKED as u64).map(one).collect()
}

fn nanoseconds(asked: &[Text], mut ask: impl FnMut(&[u8]) -> bool) -> f64 {
    let turns = (0..7).map(|_| {
        let start = Instant::now();
        black_box(asked.iter().filter(|text| ask(&text[..])).count());
        start.elapsed().as_nanos() as f64 / asked.len() as f64
    });
    turns.fold(f64::MAX, f64::min)
}

fn main() {
    for (entries, huge) in [
        (1_000, false),
        (100_000, false),
        (1_000_000, false),
        (1_000_000, true),
        (10_000_000, false),
        (10_000_000, true),
    ] {
        let rig = Rig::new(entries, huge);
        let table = rig.table();
        for present in [0, 10, 100] {
            let asked = asked(entries, present);
            let side_by_side = nanoseconds(&asked, |text| table.contains(text, 0));
            let mut before = false;
            let after_another = nanoseconds(&asked, |text| {
                // The answer before is part of the question, and changes nothing in it: it cannot be asked earlier.
                let mut next: Text = text.try_into().expect("twelve digits");
                next[11] |= black_box(u8::from(before)) & 0x80;
                before = table.contains(&next, 0);
                before
            });
            let mut ahead = asked.iter().cycle().skip(4);
            let fetched = nanoseconds(&asked, |text| {
                table.prefetch(ahead.next().map_or(&[], |t| &t[..]));
                table.contains(text, 0)
            });
            println!(
                "  {} pages, {present:>3} % there: {side_by_side:6.1} ns side by side, {after_another:6.1} ns each after the other, {fetched:6.1} ns fetched 4 ahead",
                if huge { "huge" } else { "4 KB" }
            );
        }
    }
}
