//! More and more rules, and longer and longer lists.
//!
//! Rules are of the kinds that grow in number in an operator's hands: one number, one title, a title's beginning, a
//! sender, an operation of a node, a point code with a list; and a few that no value leads to. One list is asked for two
//! numbers of every message. One message in ten meets a rule and one in ten the list, each another one.

use super::engine::{JUDGED, judged};
use super::letter::{Line, Parties, Template};
use super::lists::number;
use super::policy::{File, HEAD, Policy};
use super::turns::{self, Turn};
use crate::goals::Goal;
use crate::ours::Drive;
use crate::report::{Figures, Report};
use crate::timing::{Row, Table};
use crate::{Load, Seen};
use sluice_abi::counters::{Count, Slot};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_engine::{Scope, Sink};
use sluice_policy::POLICY_FILE;
use sluice_rules::{Judgement, NoState, Purpose, evaluate};
use std::fmt::Write;
use std::hint::black_box;

/// A policy's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rules of its own.
    pub rules: u64,
    /// Entries of its list.
    pub entries: u64,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {}", self.rules, self.entries)
    }
}

/// First number of those that rules name.
const RULED: u64 = 999_700_000_000;
/// First number of those that neither rules nor lists name.
const FREE: u64 = 998_000_000_000;
/// IMSIs of rules, and others.
const IMSI: u64 = 1_010_000_000_000;
/// A receiver no rule names.
const OTHER_IMSI: u64 = 1_020_000_000_000;

/// The files of a policy of this size.
pub fn files(size: Size) -> Vec<File> {
    let mut text = format!("{HEAD}[list.blocked]\nfile = \"lists/blocked.txt\"\n[list.nodes]\nkind = \"prefix\"\n");
    text.push_str("entries = [\"99944\", \"9995512\", \"99966\"]\n");
    rule(&mut text, "blocked", 1, "sccp.cgpa.gt in list blocked or map.sm_rp_da.digits in list blocked");
    rule(&mut text, "ports", 3, "sms.udh_iei contains {0x70..0x7F} or sms.pid == 0x7F");
    rule(&mut text, "long", 3, "sms.concat.total > 20 and sms.pid != 0");
    for n in 3..size.rules {
        rule(&mut text, &format!("r{n}"), 1 + n / 2 % 3, &condition(n));
    }
    let mut entries = String::with_capacity(size.entries as usize * 13);
    for n in 0..size.entries {
        writeln!(entries, "{}", number(n)).unwrap_or_default();
    }
    vec![(POLICY_FILE.to_owned(), text), ("lists/blocked.txt".to_owned(), entries)]
}

fn rule(text: &mut String, id: &str, level: u64, when: &str) {
    let written = writeln!(text, "[[rule]]\nid = \"{id}\"\nlevel = {level}\nwhen = '{when}'\naction = \"discard\"");
    written.unwrap_or_default();
}

fn condition(n: u64) -> String {
    let (title, imsi) = (RULED + n, format!("{:015}", IMSI + n));
    match n % 8 {
        0 => format!("sccp.cgpa.gt == \"{title}\" and map.op == 44"),
        1 => format!("map.op == 44 and map.sm_rp_da.digits == \"{imsi}\""),
        2 => format!("sms.oa in {{\"Brand{n}\" \"BRAND{n}\"}}"),
        3 => format!("sccp.cgpa.gt == \"{title}\" and not map.sm_rp_oa.digits starts_with \"99970\""),
        4 => format!("sccp.cgpa.gt starts_with \"{}\" and sms.pid in {{0..31}}", title / 10),
        5 => format!("mtp.opc == {} and sccp.cgpa.gt in list nodes", n % 16_384),
        6 => format!("sms.oa == \"Name{n}\" and sms.pid == 0"),
        _ => format!("map.sm_rp_da.digits == \"{imsi}\" or sccp.cgpa.gt == \"{title}\""),
    }
}

/// Requests of which one in ten meets a rule of a policy of this size and one in ten its list.
///
/// # Errors
/// That they cannot be written.
pub fn load(template: &Template, size: Size, messages: u32) -> anyhow::Result<Load> {
    let mut numbers = super::corpus::Numbers::new(5);
    let mut all = Vec::new();
    for n in 0..messages {
        let any = numbers.below(1 << 30) as u64;
        let (rule, entry) = (3 + any % size.rules.saturating_sub(3).max(1), number(any % size.entries));
        let other = Parties { title: FREE + any, imsi: OTHER_IMSI + any, sender: &(FREE + any / 2).to_string() };
        let name = format!("{}{rule}", if rule % 8 == 2 { "Brand" } else { "Name" });
        let parties = match (n % 10, rule % 8) {
            (0, 1 | 7) => Parties { imsi: IMSI + rule, ..other },
            (0, 2 | 6) => Parties { sender: &name, ..other },
            (0, _) => Parties { title: RULED + rule, ..other },
            (5, _) => Parties { title: entry, ..other },
            _ => other,
        };
        all.push(template.letter(parties, "Hello, this is an ordinary text of nobody in particular", n + 1)?);
    }
    Ok(Line::new().send(&all))
}

/// What is known of a message before the rules are asked, kept beyond it.
#[derive(Clone, Debug, Default)]
struct Known {
    numbers: Vec<(Field, u64)>,
    octets: Vec<(Field, Vec<u8>)>,
}

impl Known {
    fn of(facts: &Facts<'_>) -> Self {
        let mut known = Self::default();
        let before = |field: &Field| !matches!(field.name().split('.').next(), Some("verdict" | "policy"));
        for field in facts.present().iter().filter(before) {
            match facts.octets(field) {
                Some(octets) => known.octets.push((field, octets.to_vec())),
                None if !field.is_flag() => known.numbers.extend(facts.number(field).map(|n| (field, n))),
                None => {}
            }
        }
        known
    }

    fn facts(&self) -> Facts<'_> {
        let mut facts = Facts::new();
        self.numbers.iter().for_each(|(field, number)| facts.set(*field, *number));
        self.octets.iter().for_each(|(field, octets)| facts.set_octets(*field, octets));
        facts
    }
}

#[derive(Default)]
struct Keeping(Vec<Known>);

impl Count for Keeping {
    fn add(&mut self, _slot: Slot, _n: u64) {}
}

impl Sink for Keeping {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        self.0.push(Known::of(facts));
    }
}

/// The rules of a policy alone; what it comes to is that of an engine.
fn alone<'k>(name: String, known: &'k [Known], policy: Policy) -> Turn<'k> {
    let facts: Vec<Facts<'_>> = known.iter().map(Known::facts).collect();
    let mut judgement = Judgement::new();
    Turn::new(name, facts.len(), move || {
        let image = policy.image();
        let mut outcome = 0;
        for facts in &facts {
            evaluate(&image, facts, Purpose::Live, &mut NoState, &mut judgement);
            outcome += (1 << JUDGED) + u64::from(black_box(judgement.action()) == Action::Discard);
        }
        outcome
    })
}

/// More facts than this are measured less for the rules than for the memory they stand in.
const KNOWN_MAX: usize = 2048;

/// The tables for policies of these sizes: the rules alone and the whole engine.
///
/// # Errors
/// A policy that does not compile.
pub fn measure(template: &Template, sizes: &[Size], messages: u32) -> anyhow::Result<(String, Report, Vec<Goal>)> {
    let loads: Vec<Load> = sizes.iter().map(|size| load(template, *size, messages)).collect::<Result<_, _>>()?;
    let known: Vec<Vec<Known>> = loads.iter().map(known_of).collect();
    let (mut rules, mut engines, mut built, mut compile_s) = (Vec::new(), Vec::new(), String::new(), 0.0);
    for ((size, load), known) in sizes.iter().zip(&loads).zip(&known) {
        let files = files(*size);
        let octets: usize = files.iter().map(|(_, text)| text.len()).sum();
        let policies = [Policy::compile(files.clone())?, Policy::compile(files)?];
        let Policy { compile_s: seconds, verify_s, .. } = policies[0];
        compile_s = seconds;
        writeln!(
            built,
            "{:>18} rules x entries: {:>6.1} MB of text compiled in {seconds:>6.3} s, image {:>6.1} MB, verified in \
             {:>7.1} ms",
            size.to_string(),
            octets as f64 / 1e6,
            policies[0].octets().len() as f64 / 1e6,
            verify_s * 1e3
        )?;
        let [first, second] = policies;
        rules.push(alone(format!("rules {size}"), known, first));
        engines.push(judged(&format!("engine {size}"), load, Some(second)));
    }
    let count = rules.len();
    rules.append(&mut engines);
    let seen = Seen { messages: u64::from(messages), text_octets: 0 };
    let octets = loads.first().map_or(0, |load| load.octets().map(<[u8]>::len).sum());
    let table = turns::measure(&mut rules, seen, messages as usize, octets)?;
    let goals = goals(&table, count, compile_s);
    Ok((built, Report::new(table, "message", Figures::default()), goals))
}

fn known_of(load: &Load) -> Vec<Known> {
    let mut keeping = Keeping::default();
    let mut frames = load.frames();
    frames.truncate(KNOWN_MAX);
    Drive::new(Scope::Sms).pass(&frames, None, &mut keeping);
    keeping.0
}

fn goals(table: &Table, count: usize, compile_s: f64) -> Vec<Goal> {
    let ns = |at: usize| table.rows.get(at).map(Row::median_ns);
    let over_first = |first: usize| ns(first).zip(ns(first + count - 1)).map(|(first, last)| last / first);
    let engine = over_first(count).map(|r| Goal::at_most("", "times the first's, the last's, whole engine", 1.5, r));
    let rules = over_first(0).map(|r| Goal::at_most("", "times the first's, the last's, rules alone", 1.5, r));
    let compile = Goal::at_most("", "s to compile the last", 5.0, compile_s);
    engine.into_iter().chain(rules).chain([compile]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn rules_alone_discard_what_the_engine_discards_and_that_is_one_message_in_five() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let template = Template::find(&Load::read(&capture, None, |_| true).unwrap()).unwrap();
        for size in [Size { rules: 11, entries: 1000 }, Size { rules: 2000, entries: 5000 }] {
            let load = load(&template, size, 1000).unwrap();
            let (known, policy) = (known_of(&load), || Policy::compile(files(size)).unwrap());
            let found = alone("rules".to_owned(), &known, policy()).run();
            assert_eq!(found, judged("engine", &load, Some(policy())).run());
            let (messages, discarded) = (found >> JUDGED, found & u64::from(u32::MAX));
            assert!(messages == 1000 && (150..=200).contains(&discarded), "{size}: {found:#x}");
        }
    }
}
