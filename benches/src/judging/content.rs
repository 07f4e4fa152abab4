//! Words and expressions over every text: the matchers alone, and the whole engine with each of them.
//!
//! | row | what is done for every message |
//! |---|---|
//! | `no policy` | decode, CRC32c, dialogue, the record of a summary |
//! | `text read` | and its text is folded |
//! | `words+expressions` | and searched by the rules of a policy |
//! | `…, rules of 1` | the same with a rule for every expression |
//! | `everything` | and squeezed, searched for links, fingerprinted, counted as a campaign, classified |
//! | `text read+NAME` | read as above, and searched by a peer in one call |

use super::corpus::{Sought, folded, texts_of};
use super::engine::{HITS, JUDGED, judged, searched};
use super::finders::{self, Asked, Crates, Finder, Ours, Vectorscan};
use super::letter::{Line, Parties, Template};
use super::policy::{Policy, Readings, Spread, of_content, of_reading};
use super::turns::{self, Turn};
use crate::goals::Goal;
use crate::report::{Figures, Report};
use crate::{Load, Seen};
use anyhow::ensure;

/// Words and expressions of P4.
pub const WORDS: usize = 10_000;
/// See [`WORDS`].
pub const EXPRESSIONS: usize = 500;
/// Rules that share the expressions.
const RULES: usize = 10;

/// A load, its texts as rules see them, and what is looked for in them.
pub struct Content {
    load: Load,
    texts: Vec<Vec<u8>>,
    sought: Sought,
}

impl Content {
    /// Of a load of requests with texts.
    pub fn new(load: Load, words: usize, expressions: usize) -> Self {
        let texts = folded(&texts_of(&load));
        let sought = Sought::new(&texts, words, expressions);
        Self { load, texts, sought }
    }

    /// The load.
    pub const fn load(&self) -> &Load {
        &self.load
    }

    /// The texts.
    pub fn texts(&self) -> &[Vec<u8>] {
        &self.texts
    }

    /// What is looked for.
    pub const fn sought(&self) -> &Sought {
        &self.sought
    }

    fn seen(&self) -> Seen {
        Seen { messages: self.texts.len() as u64, text_octets: self.texts.iter().map(|t| t.len() as u64).sum() }
    }

    /// Everyone who searches texts, alone.
    ///
    /// # Errors
    /// What one does not take, or a text of which two say different things.
    pub fn matchers(&self) -> anyhow::Result<Vec<Turn<'_>>> {
        let mut finders = all_finders(&self.sought, Asked::Lists)?;
        finders::agree(&mut finders, &self.texts)?;
        Ok(finders.into_iter().map(|finder| alone(finder, &self.texts, MATCH)).collect())
    }

    /// The whole engine, ours and with the peers.
    ///
    /// # Errors
    /// A policy that does not compile, or two that do not discard as many messages.
    pub fn engines(&self) -> anyhow::Result<Vec<Turn<'_>>> {
        let content = |spread, readings| Policy::compile(of_content(&self.sought, spread, readings));
        let rules = Spread::Rules(RULES);
        let mut searching = vec![
            judged("words+expressions", &self.load, Some(content(rules, Readings::Plain)?)),
            judged("words+expressions, rules of 1", &self.load, Some(content(Spread::One, Readings::Plain)?)),
            judged(EVERYTHING, &self.load, Some(content(rules, Readings::All)?)),
        ];
        for finder in all_finders(&self.sought, Asked::Lists)?.into_iter().skip(1) {
            searching.push(searched(&self.load, Policy::compile(of_reading())?, finder));
        }
        turns::agree(&mut searching)?;
        let mut all = vec![
            judged("no policy", &self.load, None),
            judged("text read", &self.load, Some(Policy::compile(of_reading())?)),
        ];
        all.append(&mut searching);
        for turn in &mut all {
            let (judged, sent) = (turn.first() >> JUDGED, self.texts.len() as u64);
            ensure!(judged == sent, "{}: {judged} of {sent} messages were judged", turn.name());
        }
        Ok(all)
    }

    /// Rows that can be run alone.
    pub const NAMES: [&'static str; 6] =
        ["no policy", "text read", "words+expressions", EVERYTHING, "match: sluice", "match: vectorscan"];

    /// One of [`Self::NAMES`].
    ///
    /// # Errors
    /// That there is none of this name, or that it does not compile.
    pub fn turn(&self, name: &str) -> anyhow::Result<Turn<'_>> {
        let content = |readings| Policy::compile(of_content(&self.sought, Spread::Rules(RULES), readings));
        let policy = match name {
            "no policy" => None,
            "text read" => Some(Policy::compile(of_reading())?),
            "words+expressions" => Some(content(Readings::Plain)?),
            EVERYTHING => Some(content(Readings::All)?),
            "match: sluice" => return Ok(alone(Box::new(Ours::new(&self.sought, Asked::Lists)?), &self.texts, MATCH)),
            "match: vectorscan" => {
                return Ok(alone(Box::new(Vectorscan::new(&self.sought, Asked::Lists)?), &self.texts, MATCH));
            }
            other => anyhow::bail!("there is no `{other}`, but {:?}", Self::NAMES),
        };
        Ok(judged(name, &self.load, policy))
    }

    /// The table of matchers.
    ///
    /// # Errors
    /// As [`Self::matchers`].
    pub fn measure_matchers(&self, elsewhere: Figures) -> anyhow::Result<(Report, Vec<Goal>)> {
        let octets = self.texts.iter().map(Vec::len).sum();
        let table = turns::measure(&mut self.matchers()?, self.seen(), self.texts.len(), octets)?;
        let found = table.rows.first().map_or(f64::NAN, crate::timing::Row::median_ns);
        let goal = Goal::at_most("P4", "ns to search a text", 1000.0, found);
        let times = table.rows.get(1).map(|row| Goal::at_most("P4", "times vectorscan's", 1.0, 1.0 / row.ratio));
        Ok((Report::new(table, "text", elsewhere), [Some(goal), times].into_iter().flatten().collect()))
    }

    /// The table of engines.
    ///
    /// # Errors
    /// As [`Self::engines`].
    pub fn measure_engines(&self, elsewhere: Figures) -> anyhow::Result<(Report, Vec<Goal>)> {
        let mut engines = self.engines()?;
        let (frames, octets) = (self.load.frames().len(), self.load.octets().map(<[u8]>::len).sum());
        let report = Report::new(turns::measure(&mut engines, self.seen(), frames, octets)?, "message", elsewhere);
        let rate = |name| report.ns(name).map(|ns| 1000.0 / ns);
        let goals = [
            rate("words+expressions").map(|r| Goal::at_least("P4", "M/s with words and expressions", 1.0, r)),
            rate(EVERYTHING).map(|r| Goal::at_least("P4", "M/s with everything", 0.8, r)),
            rate(EVERYTHING).map(|r| Goal::at_least("P4", "M/s with everything, the goal", 1.0, r)),
        ];
        Ok((report, goals.into_iter().flatten().collect()))
    }

    /// The table of loads of which a share repeats a few templates (P4b).
    ///
    /// # Errors
    /// A load that cannot be made.
    pub fn measure_shares(&self) -> anyhow::Result<(Report, Vec<Goal>)> {
        let template = Template::find(&self.load)?;
        let texts = texts_of(&self.load);
        let loads = SHARES.map(|percent| with_templates(&template, &texts, percent));
        let mut turns = Vec::new();
        for (percent, load) in SHARES.iter().zip(&loads) {
            let load = load.as_ref().map_err(|e| anyhow::anyhow!("{e:#}"))?;
            let policy = Policy::compile(of_content(&self.sought, Spread::Rules(RULES), Readings::All))?;
            turns.push(judged(&format!("{percent} % of templates"), load, Some(policy)));
        }
        let octets = loads.iter().flatten().take(1).flat_map(Load::octets).map(<[u8]>::len).sum();
        let table = turns::measure(&mut turns, self.seen(), self.texts.len(), octets)?;
        let rate = |at: usize| table.rows.get(at).map(|row| 1000.0 / row.median_ns());
        let goals = [
            rate(1).map(|r| Goal::at_least("P4b", "M/s at 50 % of templates", 1.2, r)),
            rate(2).map(|r| Goal::at_least("P4b", "M/s at 90 % of templates", 2.0, r)),
        ];
        Ok((Report::new(table, "message", Figures::default()), goals.into_iter().flatten().collect()))
    }
}

/// Before the name of who searches texts alone.
const MATCH: &str = "match: ";
/// The row that P4 is about.
const EVERYTHING: &str = "everything";
/// Messages of a hundred that are made from a template.
const SHARES: [usize; 3] = [0, 50, 90];
/// What services send, but for the numbers.
const TEMPLATES: [&str; 4] = [
    "Your code is NNNNNN. It is valid for 5 minutes. Never give it to anybody, not even to us. Ask us where in doubt",
    "Dear customer, your order NNNNNN has left our store and will be with you tomorrow between 9 and 12. Thank you",
    "Your balance on NNNNNN is now 1.234,50. The last payment was 20,00 at the station. For questions call the branch",
    "Reminder: your appointment NNNNNN is on Tuesday at 10. Please come ten minutes early and bring your card with you",
];

/// A load in which so many of a hundred texts are made from a template with another number each.
fn with_templates(template: &Template, texts: &[String], percent: usize) -> anyhow::Result<Load> {
    let mut messages = Vec::new();
    for (number, text) in (1_u32..).zip(texts) {
        let is_made = number as usize * 37 % 100 < percent;
        let made =
            TEMPLATES[number as usize % TEMPLATES.len()].replace("NNNNNN", &format!("{:06}", number % 1_000_000));
        messages.push(template.letter(Parties::default(), if is_made { &made } else { text }, number)?);
    }
    Ok(Line::new().send(&messages))
}

/// Everyone, ours first.
///
/// # Errors
/// What one does not take.
pub fn all_finders(sought: &Sought, asked: Asked) -> anyhow::Result<Vec<Box<dyn Finder>>> {
    Ok(vec![
        Box::new(Ours::new(sought, asked)?),
        Box::new(Vectorscan::new(sought, asked)?),
        Box::new(Crates::new(sought, asked)?),
    ])
}

/// A finder over all texts.
pub fn alone<'t>(mut finder: Box<dyn Finder>, texts: &'t [Vec<u8>], before: &str) -> Turn<'t> {
    let (name, may_allocate) = (format!("{before}{}", finder.name()), finder.may_allocate());
    let mut hits = Vec::with_capacity(HITS);
    Turn::new(name, texts.len(), move || finder.each(texts, &mut hits)).allocating(may_allocate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn demo() -> Load {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let load = Load::read(&capture, None, |_| true).unwrap();
        let (template, texts) = (Template::find(&load).unwrap(), texts_of(&load));
        let fit = texts.iter().filter(|text| text.chars().all(super::super::letter::is_default) && text.len() < 161);
        let letter = |(number, text): (u32, &String)| template.letter(Parties::default(), text, number).unwrap();
        Line::new().send(&(1..).zip(fit).map(letter).collect::<Vec<_>>())
    }

    #[test]
    fn all_matchers_find_the_same_words_and_expressions_in_every_text() {
        let content = Content::new(demo(), 2000, 60);
        for asked in [Asked::Lists, Asked::Each] {
            let found = finders::agree(&mut all_finders(content.sought(), asked).unwrap(), content.texts()).unwrap();
            assert!(found > 50, "{asked:?}: {found}");
        }
    }

    #[test]
    fn matchers_agree_where_words_touch_letters_digits_signs_and_octets_beyond_ascii() {
        let sought = Sought {
            words: ["prize", "pri", "free prize"].map(str::to_owned).to_vec(),
            expressions: [r"\bprize\b", "^free", r"\d+ free$", "e.p"].map(str::to_owned).to_vec(),
        };
        let texts =
            ["prize", "aprize", "prize1", "\u{e9}prize", "prize_", "free prize!", "pri ze", "1 free", "free\u{e9}p"];
        let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let found = finders::agree(&mut all_finders(&sought, Asked::Each).unwrap(), &texts).unwrap();
        assert!(found >= 10, "{found}");
    }

    #[test]
    fn the_engine_discards_what_the_peers_find_and_every_row_has_its_name() {
        let content = Content::new(demo(), 500, 40);
        let mut engines = content.engines().unwrap();
        // The same few frames again would be retransmissions.
        let found: Vec<u64> = engines.iter_mut().map(|turn| turn.first() & u64::from(u32::MAX)).collect();
        assert!(found[..2] == [0, 0] && found[2] > 20 && found[2..].iter().all(|n| *n == found[2]), "{found:?}");
        for name in Content::NAMES {
            assert_eq!(content.turn(name).unwrap().name(), name);
        }
    }

    #[test]
    fn a_share_of_templates_leaves_as_many_messages() {
        let load = demo();
        let (template, texts) = (Template::find(&load).unwrap(), texts_of(&load));
        for percent in SHARES {
            let made = texts_of(&with_templates(&template, &texts, percent).unwrap());
            let same = made.iter().zip(&texts).filter(|(a, b)| a == b).count();
            assert!(made.len() == texts.len() && (texts.len() * (100 - percent) / 100).abs_diff(same) < 50, "{same}");
        }
    }
}
