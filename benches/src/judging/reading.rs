//! A text read as people read it, by what is wanted of it, beside crates for parts of the same work.
//!
//! The crates do other work than ours: `decancer` undoes disguises, `linkify` finds links that are written plainly. What
//! they find is not compared.

use super::turns::{self, Turn};
use crate::Seen;
use crate::report::{Figures, Report};
use linkify::{LinkFinder, LinkKind};
use sluice_text::{Scratch, Wants, read};
use std::hint::black_box;

const WANTED: [(&str, Wants); 6] = [
    ("letters", Wants::PLAIN),
    ("+squeezed", Wants::SQUEEZED),
    ("+links", Wants::URLS),
    ("+template, fingerprint", Wants::SKETCH),
    ("+class", Wants::CLASS),
    ("everything", Wants::ALL),
];

/// Texts that are not plain ASCII, repeated as often as makes a time.
pub fn samples() -> [(&'static str, Vec<String>); 2] {
    SAMPLES.map(|(name, text)| (name, vec![text.to_owned(); 2000]))
}

const SAMPLES: [(&str, &str); 2] = [
    ("Cyrillic, 70 letters", "Привет, как дела? Завтра в школу не иду, у мамы день рождения, приезжай"),
    ("disguised, 70 letters", "Yоur раураl ассоunt is lосkеd, ｖｅｒｉｆｙ at bad[.]example/x nоw or l\u{200b}oose it"),
];

/// The table.
///
/// # Errors
/// A reading that allocates.
pub fn measure(texts: &[String]) -> anyhow::Result<Report> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false).kinds(&[LinkKind::Url]);
    let mut turns: Vec<Turn<'_>> = WANTED.iter().map(|(name, wants)| ours(name, *wants, texts)).collect();
    turns.push(Turn::new("decancer", texts.len(), || texts.iter().map(|text| cured(text)).sum()).allocating(true));
    turns.push(Turn::new("linkify", texts.len(), || links(&finder, texts)).allocating(true));
    let octets: usize = texts.iter().map(String::len).sum();
    let seen = Seen { messages: texts.len() as u64, text_octets: octets as u64 };
    Ok(Report::new(turns::measure(&mut turns, seen, texts.len(), octets)?, "text", Figures::default()))
}

fn ours<'t>(name: &str, wants: Wants, texts: &'t [String]) -> Turn<'t> {
    let mut scratch = Scratch::new();
    let work = move || {
        let mut octets = 0;
        for text in texts {
            octets += black_box(read(text, wants, &mut scratch)).plain.len() as u64;
        }
        octets
    };
    Turn::new(name, texts.len(), work)
}

fn cured(text: &str) -> u64 {
    decancer::cure(text, decancer::Options::default()).map_or(0, |cured| cured.len() as u64)
}

fn links(finder: &LinkFinder, texts: &[String]) -> u64 {
    texts.iter().map(|text| finder.links(text).count() as u64).sum()
}
