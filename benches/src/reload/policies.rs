//! Policies as an operator would push them: ten thousand words, five hundred expressions, a list of a million, and the
//! largest, of a hundred thousand rules and a list of ten million.
//!
//! One rule tells who decided: it is named after the version, and decides on the messages of one sender. So a hundred
//! versions are one image under a hundred numbers: [`Policy::under`] writes another into it, and into the name of that
//! rule. It is verified like any other.

use crate::state::craft::msisdn;
use sluice_policy::{Source, compile};
use sluice_rules::image::CRC_AT;
use sluice_track::mix;
use sluice_wire::crc32c::Crc32c;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Subscriber on whose messages the rule decides that is named after the version.
pub const DECIDED: u32 = 1;
/// Subscriber whose number comes into the list and goes out of it.
pub const WATCHED: u32 = 2;
/// The list.
pub const LIST: &str = "watched";
/// The rule that asks it.
pub const LISTED_RULE: &str = "listed";

/// How much a policy holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    /// Words looked for in every text.
    pub words: u32,
    /// Expressions, a rule each.
    pub expressions: u32,
    /// Numbers on the list.
    pub listed: u32,
    /// Rules about one number each.
    pub rules: u32,
}

/// A compiled policy.
pub struct Policy {
    image: Vec<u8>,
    /// Where the name of that rule stands.
    names: Vec<usize>,
    /// From the text to the image.
    pub compiled_in: Duration,
}

/// The name of the rule, as many letters for every version.
pub fn rule_of(version: u64) -> String {
    format!("decided-by-{version:09}")
}

impl Policy {
    /// Writes and compiles it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(extent: &Extent) -> anyhow::Result<Self> {
        let files = [
            ("policy.toml".to_owned(), policy(extent)?),
            ("words.txt".to_owned(), words(extent.words)?),
            ("watched.txt".to_owned(), numbers(extent.listed)?),
        ];
        let source = Source::from_files(files).map_err(|error| anyhow::anyhow!("the policy: {error}"))?;
        let start = Instant::now();
        let image = match compile(&source, 0) {
            Ok(compiled) => compiled.image,
            Err(errors) => anyhow::bail!("{}", errors.render(&source, false)),
        };
        let compiled_in = start.elapsed();
        let name = rule_of(0);
        let names: Vec<usize> =
            image.windows(name.len()).enumerate().filter(|(_, w)| *w == name.as_bytes()).map(|(at, _)| at).collect();
        anyhow::ensure!(!names.is_empty(), "the rule has no name");
        Ok(Self { image, names, compiled_in })
    }

    /// Octets of its image.
    pub fn len_octets(&self) -> usize {
        self.image.len()
    }

    /// The image under this version.
    pub fn under(&self, version: u64) -> Vec<u8> {
        let mut image = self.image.clone();
        let name = rule_of(version);
        self.names.iter().for_each(|&at| image[at..at + name.len()].copy_from_slice(name.as_bytes()));
        image[VERSION_AT..VERSION_AT + 8].copy_from_slice(&version.to_le_bytes());
        let (head, rest) = image.split_at(CRC_AT);
        let crc = Crc32c::new().update(head).update(&[0; 4]).update(&rest[4..]).finish();
        image[CRC_AT..CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
        image
    }
}

/// Where an image has its version (`sluice_rules::image`).
const VERSION_AT: usize = 16;

fn policy(extent: &Extent) -> anyhow::Result<String> {
    let mut out = String::from("name = \"reload\"\ndefault_log = \"none\"\nscenarios = []\n");
    writeln!(out, "[list.{LIST}]\nfile = \"watched.txt\"")?;
    let of_sender = |number| format!("map.sm_rp_oa.digits == \"{}\"", msisdn(number));
    rule(&mut out, LISTED_RULE, 1, &format!("map.sm_rp_oa.digits in list {LIST}"), "discard", "summary")?;
    rule(&mut out, &rule_of(0), 3, &of_sender(DECIDED), "pass", "summary")?;
    if extent.words > 0 {
        writeln!(out, "[list.words]\nkind = \"words\"\nfile = \"words.txt\"")?;
        rule(&mut out, "words", 4, "sms.plain contains list words", "tag", "none")?;
    }
    for number in 0..extent.expressions {
        let when = format!("sms.text matches \"{}\"", expression(number));
        rule(&mut out, &format!("expression-{number}"), 4, &when, "tag", "none")?;
    }
    for number in 0..extent.rules {
        let when = format!("map.imsi == \"00101{:010}\"", 5_000_000_000 + u64::from(number));
        rule(&mut out, &format!("number-{number}"), 1, &when, "discard", "none")?;
    }
    Ok(out)
}

fn rule(out: &mut String, id: &str, level: u8, when: &str, action: &str, log: &str) -> std::fmt::Result {
    writeln!(out, "[[rule]]\nid = \"{id}\"\nlevel = {level}\nwhen = '{when}'\naction = \"{action}\"\nlog = \"{log}\"")
}

/// Numbers of no sender here.
fn numbers(count: u32) -> anyhow::Result<String> {
    let mut out = String::from("999709999999\n");
    (0..count.max(1)).try_for_each(|number| writeln!(out, "99981{number:08}"))?;
    Ok(out)
}

fn words(count: u32) -> anyhow::Result<String> {
    let mut out = String::new();
    (0..count).try_for_each(|number| writeln!(out, "{}", word(number)))?;
    Ok(out)
}

const ONSETS: [&str; 16] = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "st", "tr", "pr", "ch"];
const CORES: [&str; 8] = ["a", "e", "i", "o", "u", "ea", "ou", "ie"];

/// Pronounceable, another for each number below 2^24.
fn word(number: u32) -> String {
    // An odd factor: no two come to the same below 2^21, and neighbours look different.
    let mut left = (number.wrapping_mul(0x009E_3779) % (1 << 21)) | (1 << 21);
    let mut out = String::new();
    while left > 1 {
        out.push_str(ONSETS[left as usize % 16]);
        out.push_str(CORES[left as usize / 16 % 8]);
        left >>= 7;
    }
    out
}

/// Of the kinds that operators write, with and without a word in them to begin with.
fn expression(number: u32) -> String {
    let word = |place: u64| word((mix(11, u64::from(number), place) % 10_000) as u32);
    let (a, b, c) = (word(0), word(1), word(2));
    match number {
        0 => r"\\b\\d{4,6}\\b".to_owned(),
        1 => r"[!?]{3}".to_owned(),
        _ => match number % 8 {
            0 => format!(r"\\b{a}\\b.{{0,20}}\\b{b}\\b"),
            1 => format!(r"{a}\\s+\\d{{3,6}}"),
            2 => format!(r"https?://{a}\\.(?:example|test)/"),
            3 => format!(r"(?:{a}|{b}|{c})s?\\W+now"),
            4 => format!(r"\\d+ {a}"),
            5 => format!("{a}.*{b}"),
            6 => format!("^{a} {b}"),
            _ => format!("{a}[- ]?{b}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_rules::Layout;
    use std::collections::BTreeSet;

    #[test]
    fn a_policy_under_another_version_is_the_same_but_for_the_name_of_its_rule() {
        let extent = Extent { words: 50, expressions: 20, listed: 100, rules: 30 };
        let policy = Policy::compile(&extent).unwrap();
        for version in [1, 77, 999_999_999] {
            let octets = policy.under(version);
            let layout = Layout::verify(&octets).unwrap();
            let image = layout.image(&octets);
            let names: BTreeSet<&str> = image.rules().map(|(index, _)| image.id(index)).collect();
            assert_eq!((image.version(), names.len()), (version, 53));
            assert!(names.contains(rule_of(version).as_str()));
        }
    }

    #[test]
    fn no_word_is_there_twice() {
        let words: BTreeSet<String> = (0..10_000).map(word).collect();
        assert_eq!(words.len(), 10_000);
    }
}
