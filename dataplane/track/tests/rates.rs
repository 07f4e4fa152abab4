//! Rates against exact lists.

use proptest::prelude::*;
use sluice_track::{COUNT_COST_OCTETS, DISTINCT_COST_OCTETS, RateKind, RateSizes, Rates, Sample, Talker, mix};
use std::collections::{BTreeMap, BTreeSet};

const S: u64 = 1_000_000_000;
const WINDOW_S: u32 = 60;
const SIZES: RateSizes = RateSizes { counts: 1_000, distincts: 1_000 };

/// When messages came: in the last so many seconds.
fn since(times: &[u64], now: u64, seconds: u64) -> u32 {
    times.iter().filter(|time| **time + seconds * S > now).count() as u32
}

proptest! {
    #[test]
    fn a_count_is_exact_for_one_window_and_then_within_that_of_two(
        steps in prop::collection::vec((0..3_u16, 0..4_u64, 0..30 * S), 1..200),
    ) {
        let mut rates = Rates::new(SIZES, 42);
        let mut model: BTreeMap<(u16, u64), Vec<u64>> = BTreeMap::new();
        let mut now = 5 * S;
        for (counter, key, later) in steps {
            now += later;
            let rate = rates.count(counter, key, Sample::Count, WINDOW_S, now);
            let times = model.entry((counter, key)).or_default();
            times.push(now);
            let is_first_window = now - times[0] < 60 * S;
            if is_first_window {
                prop_assert_eq!(rate, times.len() as u32);
            }
            prop_assert!((1..=since(times, now, 120)).contains(&rate));
            prop_assert_eq!(rates.read(RateKind::Count, counter, key, WINDOW_S, now), rate);
            prop_assert_eq!(rates.read(RateKind::Count, counter, key, WINDOW_S, now + 120 * S), 0);
            prop_assert_eq!((rates.len(), rates.shed()), (model.len(), 0));
        }
    }

    #[test]
    fn time_that_goes_back_neither_breaks_nor_hides_a_count(times in prop::collection::vec(any::<u64>(), 1..50)) {
        let mut rates = Rates::new(SIZES, 42);
        for (n, now) in (1..).zip(times) {
            for sample in [Sample::Count, Sample::Distinct(now), Sample::Run(now)] {
                prop_assert!((1..=n).contains(&rates.count(1, 1, sample, WINDOW_S, now)));
            }
        }
    }

    #[test]
    fn the_top_is_what_sorting_all_of_them_gives(keys in prop::collection::vec(0..12_u64, 1..100), n in 0..6_usize) {
        let mut rates = Rates::new(SIZES, 42);
        let mut model: BTreeMap<u64, u32> = BTreeMap::new();
        for key in keys {
            rates.count(7, key, Sample::Count, WINDOW_S, S);
            rates.count(8, key, Sample::Count, WINDOW_S, S);
            *model.entry(key).or_default() += 1;
        }
        let mut expected: Vec<Talker> = model.into_iter().map(|(key, rate)| Talker { key, rate }).collect();
        expected.sort_by_key(|talker| (std::cmp::Reverse(talker.rate), talker.key));
        expected.truncate(n);
        let mut out = vec![Talker::default(); n];
        let len = rates.top(RateKind::Count, 7, WINDOW_S, S, &mut out);
        prop_assert_eq!(&out[..len], &expected[..]);
    }
}

/// Messages that come at random, thirty in the mean of a window, and the sliding sum of the last minute.
#[test]
fn a_count_of_random_messages_is_near_the_exact_sum() {
    let (mut rates, mut times, mut now) = (Rates::new(SIZES, 42), Vec::new(), 0_u64);
    let (mut off, mut worst) = (0.0, 0.0_f64);
    for n in 0..30_000_u64 {
        now += mix(3, n, 0) % (S / 5);
        times.push(now);
        let rate = f64::from(rates.count(1, 1, Sample::Count, WINDOW_S, now));
        let recent = &times[times.len().saturating_sub(2_000)..];
        let error = (rate / f64::from(since(recent, now, 60)) - 1.0).abs();
        off += error;
        worst = worst.max(error);
    }
    assert!(off / 30_000.0 < 0.01 && worst < 0.06, "{} in the mean, {worst} at most", off / 30_000.0);
}

#[test]
fn members_are_counted_within_a_tenth_up_to_ten_thousand() {
    for count in [1, 2, 10, 100, 1_000, 10_000_u64] {
        let mut rates = Rates::new(SIZES, 42);
        let errors = (0..200).map(|key| {
            let told = (0..count).map(|n| rates.count(1, key, Sample::Distinct(key << 32 | n), WINDOW_S, S)).last();
            f64::from(told.unwrap()) / count as f64 - 1.0
        });
        let squares: f64 = errors.map(|error| error * error).sum();
        let deviation = (squares / 200.0).sqrt();
        assert!(deviation <= 0.10, "{count}: {deviation}");
    }
}

/// A hundred that come again and again are a hundred, in the middle of windows and at their ends.
#[test]
fn members_that_come_again_in_the_next_window_count_once() {
    let mut rates = Rates::new(SIZES, 42);
    let mut seen = BTreeSet::new();
    for n in 0..5_000_u64 {
        let rate = rates.count(1, 1, Sample::Distinct(n % 100), WINDOW_S, n * S / 10);
        seen.insert(n % 100);
        if seen.len() == 100 {
            assert!((80..=120).contains(&rate), "{rate} at {n}");
        }
    }
}

/// 10 new members a second, none again: the last minute has 600.
#[test]
fn members_that_never_come_again_slide_with_the_window() {
    let rates = (0..50).map(|key| {
        let mut rates = Rates::new(SIZES, key);
        (0..1_500_u64).map(|n| rates.count(1, 1, Sample::Distinct(n), WINDOW_S, n * S / 10)).last().unwrap()
    });
    let mean = rates.map(f64::from).sum::<f64>() / 50.0;
    assert!((560.0..640.0).contains(&mean), "{mean}");
}

#[test]
fn a_sweep_of_numbers_is_a_row_and_stays_one_for_two_windows() {
    let mut rates = Rates::new(SIZES, 42);
    let mut run = |value, now| rates.count(1, 9, Sample::Run(value), WINDOW_S, now);
    let swept: Vec<u32> = (0..30).map(|n| run(99_955_501_000 + n, n * S)).collect();
    assert_eq!(swept, (1..=30).collect::<Vec<_>>());
    assert_eq!(run(5, 30 * S), 30, "the longest of the window");
    assert_eq!(run(6, 61 * S), 30, "and of the window before it");
    assert_eq!(run(7, 121 * S), 3, "which is past now, while the row goes on");
    assert_eq!(run(8, 400 * S), 1, "a pause ends a row");
    assert_eq!(rates.read(RateKind::Run, 1, 9, WINDOW_S, 400 * S), 1);
    assert_eq!(rates.read(RateKind::Run, 1, 9, WINDOW_S, 600 * S), 0);
}

#[test]
fn another_window_for_the_same_counter_begins_anew() {
    let mut rates = Rates::new(SIZES, 42);
    (0..5).for_each(|_| drop(rates.count(1, 1, Sample::Count, 60, S).to_string()));
    assert_eq!(rates.read(RateKind::Count, 1, 1, 61, S), 0);
    assert_eq!(rates.count(1, 1, Sample::Count, 61, S), 1);
}

#[test]
fn kinds_counters_and_keys_do_not_mix() {
    let mut rates = Rates::new(SIZES, 42);
    for (counter, key) in [(1, 1), (1, 2), (2, 1)] {
        for sample in [Sample::Count, Sample::Distinct(1), Sample::Run(1)] {
            assert_eq!(rates.count(counter, key, sample, WINDOW_S, S), 1);
        }
    }
    assert_eq!((rates.len(), rates.read(RateKind::Count, 3, 1, WINDOW_S, S)), (9, 0));
    rates.clear();
    assert!(rates.is_empty() && rates.read(RateKind::Distinct, 1, 1, WINDOW_S, S) == 0);
}

#[test]
fn keys_that_are_counted_during_a_flood_of_a_million_keep_their_counts() {
    let sizes = RateSizes { counts: 20_000, distincts: 20_000 };
    let mut rates = Rates::new(sizes, 42);
    let octets = rates.octets();
    // Ten thousand messages a second; each key of ours comes again after 5,000 others.
    for n in 0..1_000_000_u64 {
        let now = n * S / 10_000;
        if n % 5 == 0 {
            rates.count(1, n / 5 % 1_000, Sample::Count, 3_600, now);
            rates.count(1, n / 5 % 1_000, Sample::Distinct(n), 3_600, now);
        }
        rates.count(1, 1_000_000 + n, Sample::Count, 3_600, now);
        rates.count(1, 1_000_000 + n, Sample::Distinct(1), 3_600, now);
    }
    let read = |kind, key| rates.read(kind, 1, key, 3_600, 100 * S);
    let whole = (0..1_000).filter(|key| read(RateKind::Count, *key) == 200).count();
    let held = (0..1_000).filter(|key| read(RateKind::Distinct, *key) > 120).count();
    assert!(whole >= 998 && held >= 998, "{whole} {held} of 1000");
    assert!(rates.shed() > 1_900_000);
    assert_eq!(rates.octets(), octets);
    let each = [RateKind::Count, RateKind::Run, RateKind::Distinct].map(|kind| rates.octets_per_entry(kind));
    assert_eq!(each, [COUNT_COST_OCTETS, COUNT_COST_OCTETS, DISTINCT_COST_OCTETS]);
}
