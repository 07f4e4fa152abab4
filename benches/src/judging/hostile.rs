//! Texts made to hurt, through the whole engine: none may cost more than ten times an ordinary message (P15).
//!
//! Of each kind many texts are tried and the slowest is measured again, as a flood of itself: a thousand copies in
//! dialogues of their own. Ordinary texts are measured the same way, each alone; the goal is against their median.

use super::content::Content;
use super::corpus::{Numbers, Sought, texts_of};
use super::letter::{Line, Parties, Template, deliver};
use super::policy::{Policy, Readings, Spread, of_content};
use super::shipped::InForce;
use crate::Load;
use crate::clock::cpu_time;
use crate::forms::restyle::Style;
use crate::goals::Goal;
use crate::ours::{Drive, Keeps};
use crate::timing::{ROUNDS, median, pin};
use anyhow::{Context, ensure};
use sluice_engine::Scope;
use std::fmt::Write;

/// Texts of a kind.
pub struct Kind {
    /// What they do.
    pub name: &'static str,
    texts: Vec<String>,
    style: Style,
}

/// Copies of a text in the first look at it, and in the measurement.
const COPIES: [u32; 2] = [32, 512];
/// Letters of a message in the default alphabet, in UCS-2, and in a part of a long one.
const LETTERS: usize = 160;
const WIDE: usize = 70;
const PART: usize = 153;
const PARTS: u8 = 255;
/// Looks alike, to people.
const ALIKE: [(char, char); 10] = [
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('j', 'ј'),
];

/// Every kind, so many texts of each, against what is looked for.
pub fn kinds(sought: &Sought, each: usize) -> Vec<Kind> {
    let mut numbers = Numbers::new(3);
    let patterns: Vec<String> = sought.words.iter().chain(&sought.expressions).map(|p| letters_of(p)).collect();
    let mut baits = |cut: usize| {
        let bait = |numbers: &mut Numbers| {
            let pattern = &patterns[numbers.below(patterns.len())];
            pattern[..pattern.len().saturating_sub(cut).max(1)].to_owned()
        };
        (0..each).map(|_| filled(LETTERS, || bait(&mut numbers))).collect::<Vec<_>>()
    };
    let (whole, almost) = (baits(0), baits(1));
    let over = |pattern: &String| filled(LETTERS, || pattern.clone());
    let (words, expressions) = patterns.split_at(sought.words.len());
    let of_words = |change: fn(&str) -> String| words.iter().take(each).map(|w| change(w)).collect::<Vec<_>>();
    let plain = |name, texts| Kind { name, texts, style: Style::default() };
    let nested = Style { indefinite: true, padded: false, piece_octets: Some(4) };
    vec![
        plain("what is looked for, end to end", whole),
        plain("the same without last letters", almost),
        plain("one word over and over", words.iter().take(each).map(over).collect()),
        plain("one expression over and over", expressions.iter().take(each).map(over).collect()),
        plain("pieces of words, no cache helps", pieces(words, each)),
        plain("look-alike letters", of_words(|word| wide(&word.chars().map(alike).collect::<String>()))),
        plain(
            "invisible letters",
            of_words(|word| wide(&word.chars().flat_map(|c| [c, '\u{200b}']).collect::<String>())),
        ),
        plain("letters that unfold to many", (0..4).map(|n| filled(WIDE, || UNFOLDING[n].to_owned())).collect()),
        plain("words split by signs", of_words(|word| filled(LETTERS, || spelled(word)))),
        plain("nothing but links", of_words(|word| filled(LETTERS, || format!("{}.co/", &word[..2])))),
        plain("one letter, one sign", vec![filled(LETTERS, || "a.".to_owned()), filled(LETTERS, || "1 ".to_owned())]),
        Kind { name: "lengths left out, TPDU in pieces", texts: vec!["claim the prize now".to_owned()], style: nested },
    ]
}

/// Characters that stand for several.
const UNFOLDING: [&str; 4] = ["\u{fdfa}", "\u{fdfb}", "\u{337f}", "\u{fb03}"];

fn letters_of(pattern: &str) -> String {
    pattern.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect()
}

fn filled(letters: usize, mut next: impl FnMut() -> String) -> String {
    let mut text = String::new();
    while text.chars().count() < letters {
        text.push_str(&next());
    }
    text.chars().take(letters).collect()
}

/// Every place begins like something that is looked for.
fn pieces(words: &[String], each: usize) -> Vec<String> {
    let mut numbers = Numbers::new(9);
    let mut piece = || {
        let word = &words[numbers.below(words.len())];
        let at = numbers.below(word.len() - 3);
        word[at..at + 4].to_owned()
    };
    (0..each).map(|_| filled(LETTERS, &mut piece)).collect()
}

fn alike(c: char) -> char {
    ALIKE.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, other)| *other)
}

fn wide(word: &str) -> String {
    filled(WIDE, || format!("{word} "))
}

fn spelled(word: &str) -> String {
    word.chars().flat_map(|c| [c, '.']).chain([' ']).collect()
}

/// A row of the table.
struct Found {
    name: &'static str,
    ns: f64,
    text: String,
}

/// The table for two policies: of content with everything read, and the starter with all scenarios in force.
///
/// # Errors
/// That a text cannot be sent.
pub fn measure(content: &Content, each: usize) -> anyhow::Result<(String, Vec<Goal>)> {
    let (template, texts) = (Template::find(content.load())?, texts_of(content.load()));
    let (mut shown, mut goals) = (String::new(), Vec::new());
    pin();
    for (name, of_starter) in [("words, expressions, everything read", false), ("starter, all enforced", true)] {
        let policy = || match of_starter {
            false => Policy::compile(of_content(content.sought(), Spread::Rules(10), Readings::All)).map(Some),
            true => InForce::AllEnforced.policy(),
        };
        let mut rig = Rig::new(&template, policy()?.context("no policy")?);
        let ordinary = ordinary(&mut rig, &texts, each)?;
        writeln!(
            shown,
            "{name}: an ordinary message takes {ordinary:.0} ns (median of {} texts)",
            each.min(texts.len())
        )?;
        let mut worst: f64 = 0.0;
        for kind in kinds(content.sought(), each) {
            let found = rig.slowest(&kind)?;
            worst = worst.max(found.ns);
            let text: String = found.text.chars().take(40).collect();
            writeln!(shown, "  {:<33}{:>8.0} ns {:>6.1} times   {text}", found.name, found.ns, found.ns / ordinary)?;
        }
        goals.push(Goal::at_most("P15", &format!("times an ordinary one, {name}"), 10.0, worst / ordinary));
        let (first, last) = rig.parts()?;
        writeln!(
            shown,
            "  a part of 255: the first {first:.0} ns, the last {last:.0} ns {:>6.1} times",
            last / ordinary
        )?;
        goals.push(Goal::at_most("P15", &format!("the same, last of 255 parts, {name}"), 10.0, last / ordinary));
    }
    Ok((shown, goals))
}

fn ordinary(rig: &mut Rig<'_>, texts: &[String], each: usize) -> anyhow::Result<f64> {
    let step = (texts.len() / each).max(1);
    let times = texts.iter().step_by(step).map(|text| rig.time(text, Style::default(), COPIES[0]));
    Ok(median(&times.collect::<anyhow::Result<Vec<f64>>>()?))
}

/// A policy, an engine and the line to it.
struct Rig<'t> {
    template: &'t Template,
    policy: Policy,
    line: Line,
    drive: Drive,
    sink: Keeps,
}

impl<'t> Rig<'t> {
    fn new(template: &'t Template, policy: Policy) -> Self {
        Self { template, policy, line: Line::new(), drive: Drive::new(Scope::Sms), sink: Keeps::new() }
    }

    /// Nanoseconds for all frames.
    fn pass(&mut self, load: &Load) -> f64 {
        let (frames, image) = (load.frames(), self.policy.image());
        let start = cpu_time();
        self.drive.pass(&frames, Some(&image), &mut self.sink);
        (cpu_time() - start).as_nanos() as f64
    }

    fn slowest(&mut self, kind: &Kind) -> anyhow::Result<Found> {
        let mut slowest = (0.0, "");
        for text in &kind.texts {
            let ns = self.time(text, kind.style, COPIES[0])?;
            if ns > slowest.0 {
                slowest = (ns, text);
            }
        }
        let ns = self.time(slowest.1, kind.style, COPIES[1])?;
        Ok(Found { name: kind.name, ns, text: slowest.1.to_owned() })
    }

    /// Nanoseconds for one of so many copies, the median of several rounds. Each round has frames of its own: the same
    /// ones again would be taken for retransmissions.
    fn time(&mut self, text: &str, style: Style, copies: u32) -> anyhow::Result<f64> {
        let letter = |number| self.template.letter(Parties::default(), text, number)?.styled(style);
        let messages = (1..=copies).map(letter).collect::<anyhow::Result<Vec<_>>>()?;
        let (before, mut times) = (self.sink.seen().messages, Vec::new());
        for _ in 0..=ROUNDS {
            let load = self.line.send(&messages);
            self.drive.rest();
            times.push(self.pass(&load) / f64::from(copies));
        }
        let (judged, sent) = (self.sink.seen().messages - before, u64::from(copies) * times.len() as u64);
        ensure!(judged == sent, "{judged} of {sent} messages were judged");
        // The first one only warms up.
        Ok(median(&times[1..]))
    }

    /// Nanoseconds for the first and the last part of texts of 255, one text after another.
    fn parts(&mut self) -> anyhow::Result<(f64, f64)> {
        let text = filled(PART, || "claim your prize now, ".to_owned());
        let (before, mut times) = (self.sink.seen().messages, [Vec::new(), Vec::new()]);
        for reference in 0..ROUNDS as u8 {
            for number in 1..=PARTS {
                let tpdu = deliver("999812345678", &text, Some((reference, PARTS, number)))?;
                let id = u32::from(reference) << 8 | u32::from(number);
                let load = self.line.send(&[self.template.message(Parties::default(), tpdu, id)?]);
                let ns = self.pass(&load);
                match number {
                    1 => times[0].push(ns),
                    PARTS => times[1].push(ns),
                    _ => {}
                }
            }
        }
        let (judged, sent) = (self.sink.seen().messages - before, ROUNDS as u64 * u64::from(PARTS));
        ensure!(judged == sent, "{judged} of {sent} parts were judged");
        Ok((median(&times[0]), median(&times[1])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::corpus::folded;

    #[test]
    fn every_hostile_text_can_be_sent_and_arrives_as_it_is() {
        let capture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let load = Load::read(&capture, None, |_| true).unwrap();
        let (template, sought) = (Template::find(&load).unwrap(), Sought::new(&folded(&texts_of(&load)), 50, 20));
        for kind in kinds(&sought, 20) {
            let letter = |(number, text): (u32, &String)| {
                template.letter(Parties::default(), text, number).and_then(|plain| plain.styled(kind.style)).unwrap()
            };
            let messages: Vec<_> = (1..).zip(&kind.texts).map(letter).collect();
            assert!(!messages.is_empty(), "{}", kind.name);
            assert_eq!(texts_of(&Line::new().send(&messages)), kind.texts, "{}", kind.name);
        }
    }
}
