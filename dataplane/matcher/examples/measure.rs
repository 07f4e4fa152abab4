//! Time per text beside the peers, in one run: `cargo run --release -p sluice-matcher --example measure TEXTS [WORDS]`.
//!
//! TEXTS has one text per line, behind its last tab; WORDS one word per line, else pronounceable ones are made up.
//! Each figure is the least of several rounds; the peers are asked which patterns occur, as this matcher is. No
//! peer finds more than one question of all words here, so that they may stop early where they can.
#![allow(clippy::disallowed_macros, clippy::disallowed_types, reason = "a measurement prints and reads the clock")]

use sluice_matcher::{Edge, Entry, Hits, Layout, Matcher, Pattern, build};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 31;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(texts) = arguments.next().and_then(|path| std::fs::read(path).ok()) else {
        println!("SKIPPED: no file of texts given, or it cannot be read");
        return;
    };
    let texts = texts_of(&String::from_utf8_lossy(&texts).to_lowercase());
    let octets: usize = texts.iter().map(Vec::len).sum();
    println!("{} texts, {} octets on average", texts.len(), octets / texts.len().max(1));
    let words = words_of(arguments.next().and_then(|path| std::fs::read_to_string(path).ok()), &texts);
    for count in [1000, 10_000, 100_000] {
        measure_words(words.get(..count).unwrap_or(&words), &texts);
    }
    for count in [50, 500, 5000] {
        measure_expressions(&expressions(count, &words), &texts);
    }
    measure_both(words.get(..10_000).unwrap_or(&words), &expressions(500, &words), &texts);
}

/// Texts of about the length of a short message.
fn texts_of(lines: &str) -> Vec<Vec<u8>> {
    let texts = lines.lines().filter_map(|line| line.rsplit('\t').next());
    texts.filter(|t| (97..=160).contains(&t.len())).map(|t| t.as_bytes().to_vec()).collect()
}

/// A generator whose numbers are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        ((self.0 >> 33) as usize) % limit
    }

    fn of<'a>(&mut self, choice: &[&'a str]) -> &'a str {
        choice[self.below(choice.len())]
    }
}

/// Distinct words: those given, or every tenth from the texts and the others made up.
fn words_of(given: Option<String>, texts: &[Vec<u8>]) -> Vec<String> {
    let mut numbers = Numbers(7);
    let mut seen = std::collections::BTreeSet::new();
    let mut words: Vec<String> = given.iter().flat_map(|g| g.lines()).map(str::to_lowercase).collect();
    words.retain(|word| word.len() > 3 && seen.insert(word.clone()));
    let joined = String::from_utf8_lossy(&texts.join(&b' ')).into_owned();
    // Rare words of real texts: nobody lists "have" as a word of spam.
    let mut counts = std::collections::BTreeMap::new();
    joined
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 4)
        .for_each(|w| *counts.entry(w).or_insert(0) += 1);
    let mut real = counts.iter().filter(|(_, count)| **count <= 3).map(|(word, _)| (*word).to_owned());
    while words.len() < 100_000 {
        let made_up = if words.len().is_multiple_of(10) { real.next() } else { None };
        let word = made_up.unwrap_or_else(|| pronounceable(&mut numbers));
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

fn pronounceable(numbers: &mut Numbers) -> String {
    let onsets =
        ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "w", "st", "tr", "pr", "ch", "sh", "qu"];
    let cores = ["a", "e", "i", "o", "u", "ea", "ou", "ie"];
    let codas = ["", "n", "r", "s", "t", "l", "ng", "ck", "nd"];
    let syllable = |numbers: &mut Numbers| [numbers.of(&onsets), numbers.of(&cores), numbers.of(&codas)].concat();
    (0..2 + numbers.below(2)).map(|_| syllable(numbers)).collect()
}

/// Expressions of the kinds that operators write.
fn expressions(count: usize, words: &[String]) -> Vec<String> {
    let mut numbers = Numbers(11);
    let made = |numbers: &mut Numbers| {
        let mut word = || words[numbers.below(words.len())].as_str();
        let (a, b, c) = (word(), word(), word());
        match numbers.below(10) {
            0 => format!(r"\b{a}\b.{{0,20}}\b{b}\b"),
            1 => format!(r"{a}\s+\d{{3,6}}"),
            2 => format!(r"https?://{a}\.(?:example|test)/"),
            3 => format!(r"(?:{a}|{b}|{c})s?\W+now"),
            4 => format!(r"\d+ {a}"),
            5 => format!(r"{a}.*{b}"),
            6 => format!(r"^{a} {b}"),
            7 => format!(r"[a-z]+{a}[0-9]"),
            8 => format!(r"(?i){a}"),
            _ => format!(r"{a}[- ]?{b}"),
        }
    };
    // A few without any literal, and one in fifty thousand ways to ask for digits is plenty.
    let without = [r"\b\d{4,6}\b", r"[a-z]{3}\d{3}", r"\d+[.,]\d\d", r"\+\d{9,}", r"[!?]{3}"].map(str::to_owned);
    let mut all: Vec<String> = without.to_vec();
    all.extend((all.len()..count).map(|_| made(&mut numbers)));
    all
}

fn measure_words(words: &[String], texts: &[Vec<u8>]) {
    println!("\n{} words", words.len());
    let entries: Vec<Entry> = words.iter().map(|word| of(0, Pattern::Text(word))).collect();
    ours(&entries, texts);
    let ac = timed_build("aho-corasick DFA", || {
        aho_corasick::AhoCorasick::builder().kind(Some(aho_corasick::AhoCorasickKind::DFA)).build(words).unwrap()
    });
    println!("  {:<28}{:>8} KiB", "", ac.memory_usage() / 1024);
    report("aho-corasick, all", texts, |text| ac.find_overlapping_iter(text).count());
    report("aho-corasick, first", texts, |text| usize::from(ac.is_match(text)));
    let daac = timed_build("daachorse", || daachorse::DoubleArrayAhoCorasick::<u32>::new(words).unwrap());
    report("daachorse, all", texts, |text| daac.find_overlapping_iter(text).count());
}

fn measure_expressions(expressions: &[String], texts: &[Vec<u8>]) {
    println!("\n{} expressions", expressions.len());
    let entries: Vec<Entry> = (0..).zip(expressions).map(|(set, e)| of(set, Pattern::Regex(e))).collect();
    ours(&entries, texts);
    if expressions.len() <= 500 {
        let set = timed_build("regex::bytes::RegexSet", || {
            regex::bytes::RegexSetBuilder::new(expressions).unicode(false).size_limit(1 << 30).build().unwrap()
        });
        report("RegexSet", texts, |text| set.matches(text).into_iter().count());
    }
}

fn measure_both(words: &[String], expressions: &[String], texts: &[Vec<u8>]) {
    println!("\n{} words and {} expressions", words.len(), expressions.len());
    let mut entries: Vec<Entry> = words.iter().map(|word| of(0, Pattern::Text(word))).collect();
    entries.extend((1..).zip(expressions).map(|(set, e)| of(set, Pattern::Regex(e))));
    ours(&entries, texts);
}

fn of(set: u32, pattern: Pattern<'_>) -> Entry<'_> {
    Entry { set, pattern, edge: Edge::Any }
}

fn ours(entries: &[Entry<'_>], texts: &[Vec<u8>]) {
    let image = timed_build("this matcher", || build(entries).unwrap());
    let verified_ns = least(5, 1, || {
        black_box(Layout::verify(&image).is_ok());
    });
    let layout = Layout::verify(&image).unwrap();
    println!("  {:<28}{:>8} KiB, verified in {:.0} us", "", image.len() / 1024, verified_ns / 1e3);
    let matcher = layout.open(&image);
    let mut hits = Hits::new();
    let median = report("this matcher", texts, |text| {
        matcher.scan(text, &mut hits);
        hits.len()
    });
    worst(&matcher, entries, texts, median);
}

/// Texts made to hurt: what the patterns look for, end to end, over and over; and the slowest of the real ones.
fn worst(matcher: &Matcher<'_>, entries: &[Entry<'_>], texts: &[Vec<u8>], median: f64) {
    let mut numbers = Numbers(3);
    let mut candidates: Vec<(String, Vec<u8>)> = Vec::new();
    for n in 0..400 {
        let mut text = Vec::new();
        while text.len() < 160 {
            let entry = entries[numbers.below(entries.len())].pattern.as_str().as_bytes();
            let letters: Vec<u8> = entry.iter().copied().filter(|o| o.is_ascii_alphanumeric() || *o == b' ').collect();
            // Whole patterns, or all but the last letter: bait that is looked at and not taken.
            text.extend(letters.iter().take(letters.len().saturating_sub(n % 3)));
        }
        text.truncate(160);
        candidates.push(("baits".into(), text));
    }
    for entry in entries.iter().take(500) {
        let letters = entry.pattern.as_str().as_bytes().iter().copied().filter(u8::is_ascii_alphanumeric);
        candidates.push(("one bait over and over".into(), letters.cycle().take(160).collect()));
    }
    candidates.extend(texts.iter().map(|text| ("real".into(), text.clone())));
    let mut hits = Hits::new();
    let mut slowest: Vec<(f64, String, String)> = Vec::new();
    for (kind, text) in candidates {
        let ns = least(5, 20, || {
            matcher.scan(black_box(&text), &mut hits);
            black_box(hits.len());
        });
        slowest.push((ns, kind, String::from_utf8_lossy(&text).into_owned()));
    }
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    for kind in ["real", "baits", "one bait over and over"] {
        let Some((ns, _, text)) = slowest.iter().find(|(_, k, _)| k == kind) else { continue };
        let text: String = text.chars().take(50).collect();
        println!("  worst of {kind:<22}{ns:>8.0} ns, {:>4.1} times the mean: {text}", ns / median);
    }
}

/// Once, hence in time on a processor: others may be using this one.
fn timed_build<T>(name: &str, build: impl FnOnce() -> T) -> T {
    let start = on_processor_ns();
    let built = build();
    println!("  {name:<28}{:>8.0} ms to build", (on_processor_ns() - start) / 1e6);
    built
}

/// What this thread used so far, as Linux counts it.
fn on_processor_ns() -> f64 {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    counted.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(f64::NAN)
}

fn report(name: &str, texts: &[Vec<u8>], mut scan: impl FnMut(&[u8]) -> usize) -> f64 {
    let mut found = 0;
    let all = least(ROUNDS, 1, || found = texts.iter().map(|text| scan(black_box(text))).sum());
    let ns = all / texts.len() as f64;
    println!("  {name:<28}{ns:>8.0} ns a text, {:.3} found", found as f64 / texts.len() as f64);
    ns
}

fn least(rounds: usize, times: usize, mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..times).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e9 / times as f64
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}
