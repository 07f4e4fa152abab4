//! One table of state beside a hash table with the same keys and values: octets an entry, and nanoseconds a call.
//!
//! Octets are resident memory after filling less that before it, over entries; nothing that was allocated is freed
//! before the last table is measured, so that no memory is used twice. Keys are written before the clock starts, of
//! entries in no order. Known keys are asked twice: each call waiting for the answer before, as where a verdict hangs
//! on it, and side by side, as far as the processor sees ahead.

use crate::clock::cpu_time;
use crate::timing::{NOISY, ROUNDS, median, range};
use anyhow::{Context, ensure};
use sluice_track::mix;
use std::collections::BTreeSet;
use std::fmt;
use std::hint::black_box;

/// A subscriber, and all that a table may know one by.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// From 0.
    pub number: u32,
    /// 15 digits in ASCII.
    pub digits: [u8; 15],
    /// Of a text.
    pub sketch: [u32; 4],
}

impl Key {
    /// The key of a number.
    pub fn of(number: u32) -> Self {
        let mut digits = *b"001010000000000";
        let mut left = number;
        for digit in digits.iter_mut().rev() {
            *digit += (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        Self { number, digits, sketch: std::array::from_fn(|band| mix(1, u64::from(number), band as u64) as u32 | 1) }
    }

    /// Seconds: a value to be remembered, to tell entries apart.
    pub const fn age_s(&self) -> u32 {
        self.number % 997
    }
}

/// A table.
pub trait Table {
    /// Enters a key, or moves the entry it has. The answer is the same from all tables of a kind.
    fn enter(&mut self, key: &Key) -> u64;

    /// What is known of a key; 0 for nothing. `None` where there is no asking without entering.
    fn find(&mut self, key: &Key) -> Option<u64>;

    /// What it has allocated, where it says.
    fn octets(&self) -> Option<usize>;
}

/// What was measured of one table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Entries it was filled with.
    pub entries: usize,
    /// Octets allocated for each.
    pub allocated: Option<f64>,
    /// Octets resident for each.
    pub resident: f64,
    /// Entries that are not found again: shed, or without a place in an index.
    pub missing: u64,
    /// Nanoseconds of each round: known, known side by side, unknown, entered again, entered new.
    pub ns: [Vec<f64>; 5],
    /// Of a known key, over the first row's, in the middle of the rounds.
    pub ratio: f64,
}

impl Row {
    /// Over the lines.
    pub const HEADINGS: &str = "a table                          entries allocated resident not found | ns known: min  median     max  \
                                ratio | side by side  unknown    again      new";

    fn known(&self) -> &[f64] {
        let [waiting, .., again, _] = &self.ns;
        if waiting.is_empty() { again } else { waiting }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
        let middle = |ns: &[f64]| shown((!ns.is_empty()).then(|| median(ns)));
        let (least, most) = range(self.known());
        let [_, overlapping, unknown, again, new] = &self.ns;
        let noisy = if most > least * NOISY { "  noisy" } else { "" };
        write!(
            f,
            "{:<28} {:>11} {:>9} {:>8.1} {:>9} | {least:>13.1} {:>7.1} {most:>7.1} {:>6.2} | {:>12} {:>8} {:>8} {:>8}{noisy}",
            self.name,
            self.entries,
            shown(self.allocated),
            self.resident,
            self.missing,
            median(self.known()),
            self.ratio,
            middle(overlapping),
            middle(unknown),
            middle(again),
            middle(new),
        )
    }
}

/// Keys that are asked for in a round.
struct Asked {
    known: Vec<Key>,
    unknown: Vec<Key>,
    new: usize,
}

/// No entry has so high a number.
const UNKNOWN: u32 = 2_000_000_000;

impl Asked {
    fn of(entries: usize, calls: usize, round: usize) -> Self {
        let (calls_before, entries) = ((round * calls) as u32, entries as u64);
        let known = |n: u32| Key::of((mix(5, u64::from(calls_before + n), 0) % entries) as u32);
        let known = (0..calls as u32).map(known).collect();
        let unknown = (0..calls as u32).map(|n| Key::of(UNKNOWN + calls_before + n)).collect();
        // So few that no peer has to grow for them.
        Self { known, unknown, new: (calls / 10).min(entries as usize / 200) }
    }
}

/// A table of ours and its peer, each filled with so many entries; answers are compared before anything is timed.
///
/// # Errors
/// That they answer differently, or memory cannot be asked for.
pub fn measure<A: Table + 'static, B: Table + 'static>(
    entries: usize,
    calls: usize,
    own: (&str, impl FnOnce() -> A),
    peer: (&str, impl FnOnce() -> B),
) -> anyhow::Result<[Row; 2]> {
    let mut rounds: Vec<Asked> = (0..ROUNDS).map(|round| Asked::of(entries, calls, round)).collect();
    let (mut first, mut own) = filled(entries, own)?;
    let (mut second, mut peer) = filled(entries, peer)?;
    let [one, ..] = rounds.as_slice() else { anyhow::bail!("no round") };
    first.missing += agree(one, &mut own, &mut peer, first.missing).with_context(|| first.name.clone())?;
    for asked in &mut rounds {
        time(asked, &mut own, &mut first.ns);
        time(asked, &mut peer, &mut second.ns);
    }
    let ratios: Vec<f64> = second.known().iter().zip(first.known()).map(|(peer, own)| peer / own).collect();
    second.ratio = median(&ratios);
    // Never freed: what is allocated next must not find its memory.
    std::mem::forget((own, peer, rounds));
    Ok([first, second])
}

fn filled<T: Table>(entries: usize, (name, make): (&str, impl FnOnce() -> T)) -> anyhow::Result<(Row, T)> {
    let before = resident_octets()?;
    let mut table = make();
    (0..entries as u32).for_each(|number| _ = table.enter(&Key::of(number)));
    let resident = resident_octets()?.saturating_sub(before) as f64 / entries as f64;
    let allocated = table.octets().map(|octets| octets as f64 / entries as f64);
    let missing = (0..entries as u32).filter(|number| table.find(&Key::of(*number)) == Some(0)).count() as u64;
    let ns = std::array::from_fn(|_| Vec::new());
    Ok((Row { name: name.to_owned(), entries, allocated, resident, missing, ns, ratio: 1.0 }, table))
}

/// The same of both for every key, but for those that are not found. Gives how many more these are: those that only
/// entering them again could tell.
fn agree(asked: &Asked, own: &mut impl Table, peer: &mut impl Table, missing_max: u64) -> anyhow::Result<u64> {
    let (mut missing, mut anew) = (BTreeSet::new(), 0);
    for key in &asked.known {
        match (own.find(key), peer.find(key)) {
            (None, None) => anew += u64::from(own.enter(key) != peer.enter(key)),
            (Some(0), Some(_)) => _ = missing.insert(key.number),
            (found, expected) => ensure!(found == expected && expected > Some(0), "{key:?}: {found:?}, {expected:?}"),
        }
    }
    ensure!(anew <= asked.known.len() as u64 / 1000, "{anew} of {} are entered anew", asked.known.len());
    ensure!(missing.len() as u64 <= missing_max, "{} are missing, of all {missing_max}", missing.len());
    let is_unknown = |found: Option<u64>| found.is_none_or(|found| found == 0);
    let ours = asked.unknown.iter().all(|key| is_unknown(own.find(key)));
    let theirs = asked.unknown.iter().all(|key| is_unknown(peer.find(key)));
    ensure!(ours && theirs, "an unknown key is known");
    Ok(anew)
}

fn time(asked: &Asked, table: &mut impl Table, ns: &mut [Vec<f64>; 5]) {
    let Asked { known, unknown, new } = asked;
    let [waiting, overlapping, absent, again, entered] = ns;
    let can_find = known.first().is_some_and(|key| table.find(key).is_some());
    if can_find {
        waiting.push(each(known, |key| table.find(key).unwrap_or(0)));
        overlapping.push(overlapped(known, |key| table.find(key).unwrap_or(0)));
        absent.push(each(unknown, |key| table.find(key).unwrap_or(0)));
    }
    again.push(each(known, |key| table.enter(key)));
    entered.push(each(unknown.get(..*new).unwrap_or_default(), |key| table.enter(key)));
}

/// Nanoseconds a call, where each waits for the one before: which key is next depends on that answer.
fn each(keys: &[Key], mut call: impl FnMut(&Key) -> u64) -> f64 {
    let (start, nothing, mut before) = (cpu_time(), black_box(0), 0);
    for at in 0..keys.len() {
        if let Some(key) = keys.get(at + (before & nothing) as usize) {
            before = call(key);
        }
    }
    black_box(before);
    (cpu_time() - start).as_nanos() as f64 / keys.len().max(1) as f64
}

fn overlapped(keys: &[Key], mut call: impl FnMut(&Key) -> u64) -> f64 {
    let start = cpu_time();
    black_box(keys.iter().fold(0, |sum: u64, key| sum.wrapping_add(call(key))));
    (cpu_time() - start).as_nanos() as f64 / keys.len().max(1) as f64
}

/// Memory of this process that is there: the second number of `/proc/self/statm`, in pages (proc(5)).
fn resident_octets() -> anyhow::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).context("no second number in /proc/self/statm")?.parse()?;
    Ok(pages * PAGE_OCTETS)
}

/// Of a page on x86-64.
const PAGE_OCTETS: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_digits_of_its_number() {
        assert_eq!(Key::of(0).digits, *b"001010000000000");
        assert_eq!(Key::of(17).digits, *b"001010000000017");
        assert_eq!(Key::of(u32::MAX).digits, *b"001014294967295");
    }
}
