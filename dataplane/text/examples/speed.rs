//! Nanoseconds per text, beside crates for parts of the same work:
//! `cargo run --release -p sluice-text --example speed`.

// A measurement reads the clock and prints; nothing here is on the packet path.
#![allow(clippy::disallowed_types, clippy::disallowed_macros)]

use std::hint::black_box;
use std::time::Instant;

use sluice_text::{Scratch, Wants, read};

/// Name and text.
const TEXTS: &[(&str, &str)] = &[
    ("ASCII, 97", "Dear customer, your parcel 483920 waits. Please pay the fee of 1.99 now at https://bad.example/p7"),
    (
        "ASCII, 97, no link",
        "Hi mum, I will be home a bit later tonight, please keep some dinner for me and feed the cat. Love",
    ),
    ("Cyrillic, 70", "Привет, как дела? Завтра в школу не иду, у мамы день рождения, приезжай"),
    ("Disguised, 70", "Yоur раураl ассоunt is lосkеd, ｖｅｒｉｆｙ at bad[.]example/x nоw or l\u{200b}oose it"),
];

/// What is asked for.
const WANTS: &[(&str, Wants)] = &[
    ("plain", Wants::PLAIN),
    ("+squeezed", Wants::SQUEEZED),
    ("+urls", Wants::URLS),
    ("+template, sketch", Wants::SKETCH),
    ("+class", Wants::CLASS),
    ("everything", Wants::ALL),
];

fn main() {
    for (name, text) in TEXTS {
        println!("{name} ({} characters)", text.chars().count());
        let mut scratch = Scratch::new();
        for (wanted, wants) in WANTS {
            row(wanted, || u64::from(read(black_box(text), *wants, &mut scratch).hidden));
        }
        peers(text);
    }
}

fn peers(text: &str) {
    row("decancer", || {
        decancer::cure(black_box(text), decancer::Options::default()).map_or(0, |cured| cured.len() as u64)
    });
    row("unicode-security", || unicode_security::skeleton(black_box(text)).map(u64::from).sum());
    let mut finder = linkify::LinkFinder::new();
    finder.url_must_have_scheme(false).kinds(&[linkify::LinkKind::Url]);
    row("linkify", || finder.links(black_box(text)).count() as u64);
}

/// The best of several rounds: what others do on the machine only ever adds.
fn row(name: &str, mut work: impl FnMut() -> u64) {
    let best = (0..ROUNDS).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min);
    println!("  {name:<20}{best:>8.0} ns");
}

fn round(work: &mut impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    for _ in 0..TURNS {
        black_box(work());
    }
    start.elapsed().as_nanos() as f64 / f64::from(TURNS)
}

const ROUNDS: usize = 200;
const TURNS: u32 = 500;
