//! What the tables of state cost when they hold little and much: nanoseconds for each call, over keys in no order.
//!
//! `cargo run --release -p sluice-track --example state [ENTRIES]…`; 1,000 and 10,000,000 unless told otherwise. Keys are
//! written as digits before the clock starts; each call waits for the one before it.
#![allow(clippy::disallowed_types, clippy::disallowed_macros, reason = "a measurement reads a clock and prints")]

use sluice_track::{Asked, Campaigns, Identity, Learned, Locations, Pairings, RateKind, RateSizes, Rates, Sample, mix};
use std::hint::black_box;
use std::time::Instant;

const CALLS: usize = 1_000_000;
const NODE: &[u8] = b"999555010001";
const S: u64 = 1_000_000_000;

fn main() {
    let told: Vec<usize> = std::env::args().skip(1).filter_map(|entries| entries.parse().ok()).collect();
    for entries in if told.is_empty() { vec![1_000, 10_000_000] } else { told } {
        println!("{entries} entries                   octets each  ns a call");
        locations(entries);
        pairings(entries);
        rates(entries);
        campaigns(entries / 10);
    }
}

/// Calls with keys below `entries`, in no order.
fn order(entries: usize) -> Vec<u64> {
    (0..CALLS as u64).map(|n| mix(5, n, 0) % entries as u64).collect()
}

fn digits(keys: impl IntoIterator<Item = u64>) -> Vec<[u8; 15]> {
    let written = keys.into_iter().map(|n| format!("00101{n:010}"));
    written.filter_map(|digits| digits.as_bytes().try_into().ok()).collect()
}

/// Each call waits for the one before it: what it is given depends on that answer.
fn measure<K: Copy + AsKey>(what: &str, octets: usize, keys: &[K], mut call: impl FnMut(K) -> u64) {
    let (start, nothing, mut before) = (Instant::now(), black_box(0), 0);
    for key in keys {
        before = call(key.and(before & nothing)) & nothing;
    }
    told(what, octets, start);
}

/// Calls may overlap, as far as the processor sees ahead.
fn measure_overlapping<K: Copy>(what: &str, octets: usize, keys: &[K], mut call: impl FnMut(K) -> u64) {
    let start = Instant::now();
    for key in keys {
        black_box(call(*key));
    }
    told(what, octets, start);
}

fn told(what: &str, octets: usize, start: Instant) {
    let each = start.elapsed().as_nanos() as f64 / CALLS as f64;
    println!("  {what:<28} {octets:>10} {each:>10.1}");
}

/// A key to which an answer can be added.
trait AsKey {
    fn and(&self, answer: u64) -> Self;
}

impl AsKey for u64 {
    fn and(&self, answer: u64) -> Self {
        self + answer
    }
}

impl AsKey for [u8; 15] {
    fn and(&self, answer: u64) -> Self {
        self.map(|digit| digit + answer as u8)
    }
}

fn locations(entries: usize) {
    let mut table = Locations::new(entries, 42);
    for imsi in digits(0..entries as u64) {
        table.learn(Identity::Imsi, &imsi, NODE, None, 1);
    }
    let (known, unknown) = (digits(order(entries)), digits(2_000_000_000..2_000_000_000 + CALLS as u64));
    let octets = table.octets_per_entry();
    let find = |imsi: [u8; 15]| table.find(Identity::Imsi, &imsi, 9).map_or(0, |seen| seen.age_s.into());
    measure("location, known", octets, &known, find);
    measure_overlapping("location, known, overlapping", octets, &known, find);
    measure("location, unknown", octets, &unknown, find);
    measure("location, learned again", octets, &known, |imsi| {
        u64::from(table.learn(Identity::Imsi, &imsi, NODE, None, 2) == Learned::New)
    });
    measure("location, learned new", octets, &unknown, |imsi| {
        u64::from(table.learn(Identity::Imsi, &imsi, NODE, None, 3) == Learned::New)
    });
}

fn pairings(entries: usize) {
    let mut table = Pairings::new(entries, 42);
    for imsi in digits(0..entries as u64) {
        table.asked(&imsi, NODE, NODE, NODE, 1);
    }
    let (known, unknown) = (digits(order(entries)), digits(2_000_000_000..2_000_000_000 + CALLS as u64));
    let octets = table.octets_per_entry();
    measure("pairing, found", octets, &known, |imsi| table.find(&imsi, 9, 600).count() as u64);
    measure("pairing, asked again", octets, &known, |imsi| {
        u64::from(table.asked(&imsi, NODE, NODE, NODE, 2) == Asked::New)
    });
    measure("pairing, asked new", octets, &unknown, |imsi| {
        u64::from(table.asked(&imsi, NODE, NODE, NODE, 3) == Asked::New)
    });
}

fn rates(entries: usize) {
    // Members take 170 octets: of them there are a tenth.
    let mut table = Rates::new(RateSizes { counts: entries, distincts: entries / 10 }, 42);
    let octets = [RateKind::Count, RateKind::Distinct].map(|kind| table.octets_per_entry(kind));
    for key in 0..entries as u64 {
        table.count(1, key, Sample::Count, 60, S);
        if key < entries as u64 / 10 {
            table.count(1, key, Sample::Distinct(key), 60, S);
        }
    }
    let (known, few, new) = (order(entries), order(entries / 10), order(usize::MAX));
    measure("count", octets[0], &known, |key| table.count(1, key, Sample::Count, 60, 2 * S).into());
    measure_overlapping("count, overlapping", octets[0], &known, |key| {
        table.count(1, key, Sample::Count, 60, 2 * S).into()
    });
    measure("count, read", octets[0], &known, |key| table.read(RateKind::Count, 1, key, 60, 2 * S).into());
    measure("count, new", octets[0], &new, |key| table.count(2, key, Sample::Count, 60, 3 * S).into());
    let mut member = 0;
    measure("distinct (a tenth)", octets[1], &few, |key| {
        member += 1;
        table.count(1, key, Sample::Distinct(member), 60, 4 * S).into()
    });
    measure("run, new or known", octets[0], &known, |key| table.count(3, key, Sample::Run(key), 60, 4 * S).into());
}

fn campaigns(entries: usize) {
    let mut table = Campaigns::new(entries, 42);
    let sketch = |n: u64| -> [u32; 4] { std::array::from_fn(|band| mix(1, n, band as u64) as u32 | 1) };
    for n in 0..entries as u64 {
        table.seen(sketch(n), 1, 3600, S);
    }
    let octets = table.octets_per_entry();
    measure("campaign, known (a tenth)", octets, &order(entries), |n| {
        table.seen(sketch(n), n, 3600, 2 * S).map_or(0, |campaign| campaign.count.into())
    });
    measure("campaign, new (a tenth)", octets, &order(usize::MAX), |n| {
        table.seen(sketch(n), 1, 3600, 3 * S).map_or(0, |campaign| campaign.count.into())
    });
}
