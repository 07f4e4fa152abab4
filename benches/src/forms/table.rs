//! The table of forms: each in turn, round by round, and what it costs per octet against the plain one.

use super::{ALL, Form, Glance, Plain, Said};
use crate::clock::cpu_time;
use crate::ours::Drive;
use crate::peers::Crates;
use crate::report::Figures;
use crate::timing::{NOISY, ROUNDS, median, pin, range};
use crate::{Candidate, Digest, Fields, Load, allocations};
use anyhow::ensure;
use sluice_engine::Scope;
use std::fmt;

/// A deep form may cost so many times the plain one, per octet.
const TIMES_MAX: f64 = 3.0;

/// A form, built, with an engine of its own that stays warm.
pub struct Runner {
    form: Form,
    load: Load,
    drive: Drive,
    messages: usize,
    expected: Option<Glance>,
    crates_agree: bool,
}

impl Runner {
    /// Builds the form and sees that it says what the plain one says.
    ///
    /// # Errors
    /// That it says something else: then it is not timed.
    pub fn new(form: Form, messages: &[Plain], plain: &Said) -> anyhow::Result<Self> {
        let load = form.build(messages)?;
        let mut drive = Drive::new(Scope::Sms);
        let mut said = Said::default();
        drive.pass(&load.frames(), None, &mut said);
        let same = said.texts == plain.texts && (!form.is_map() || said.facts == plain.facts);
        ensure!(same, "{}: not what the plain form says: {:?} {:?}", form.name, said.facts, plain.facts);
        let mut texts = Digest::default();
        Crates.run(&load.frames(), &mut |fields| {
            if !fields.text.is_empty() {
                texts.add(&Fields { text: fields.text, ..Fields::default() });
            }
        });
        let crates_agree = texts == plain.texts;
        Ok(Self { form, load, drive, messages: messages.len(), expected: None, crates_agree })
    }

    /// Runs it once, from tables in which nothing waits any more; nanoseconds a message.
    ///
    /// # Errors
    /// That it is not as in the run before.
    pub fn run(&mut self) -> anyhow::Result<f64> {
        let frames = self.load.frames();
        let mut glance = Glance::default();
        self.drive.rest();
        let start = cpu_time();
        self.drive.pass(&frames, None, &mut glance);
        let ns = (cpu_time() - start).as_nanos() as f64;
        let found = (glance.lines, glance.text_octets);
        let expected = self.expected.get_or_insert(glance);
        let before = (expected.lines, expected.text_octets);
        ensure!(found == before, "{}: {before:?} lines and octets of text, then {found:?}", self.form.name);
        Ok(ns / self.messages as f64)
    }

    fn allocations(&mut self) -> u64 {
        let frames = self.load.frames();
        allocations::during(|| self.drive.pass(&frames, None, &mut Glance::default())).0
    }

    /// Nanoseconds a message of the crates, where they see the texts.
    fn crates_ns(&self) -> Option<f64> {
        let frames = self.load.frames();
        let start = cpu_time();
        Crates.run(&frames, &mut |fields| {
            std::hint::black_box(fields.text);
        });
        self.crates_agree.then(|| (cpu_time() - start).as_nanos() as f64 / self.messages as f64)
    }

    fn octets(&self) -> f64 {
        let total: usize = self.load.frames().iter().map(|frame| frame.octets.len()).sum();
        total as f64 / self.messages as f64
    }
}

/// A form that was measured.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Frames a message.
    pub frames: f64,
    /// Octets a message.
    pub octets: f64,
    /// Nanoseconds a message, one of each round.
    pub ns: Vec<f64>,
    /// Median over the rounds of its time per octet over the plain form's.
    pub times: f64,
    /// The crates' nanoseconds a message.
    pub crates_ns: Option<f64>,
}

/// All of them.
pub struct Forms {
    rows: Vec<Row>,
    messages: usize,
    elsewhere: Figures,
}

/// What the plain form says; what every other must say.
///
/// # Errors
/// That it cannot be built.
pub fn plain(messages: &[Plain]) -> anyhow::Result<Said> {
    let mut said = Said::default();
    Drive::new(Scope::Sms).pass(&ALL[0].build(messages)?.frames(), None, &mut said);
    ensure!(said.facts.messages == messages.len() as u64, "the plain form: {:?}", said.facts);
    Ok(said)
}

/// Measures every form of these messages.
///
/// # Errors
/// That one does not say the same, that it allocates, or is not the same in every run.
pub fn measure(messages: &[Plain], elsewhere: Figures) -> anyhow::Result<Forms> {
    let said = plain(messages)?;
    let mut runners = ALL.iter().map(|form| Runner::new(*form, messages, &said)).collect::<anyhow::Result<Vec<_>>>()?;
    pin();
    let mut ns = vec![Vec::new(); runners.len()];
    let mut crates_ns = vec![Vec::new(); runners.len()];
    for _ in 0..ROUNDS {
        for (number, runner) in runners.iter_mut().enumerate() {
            ns[number].push(runner.run()?);
            if runner.crates_agree {
                crates_ns[number].extend(runner.crates_ns());
            }
        }
    }
    let plain = (ns[0].clone(), runners[0].octets());
    let mut rows = Vec::new();
    for (runner, (ns, crates_ns)) in runners.iter_mut().zip(ns.into_iter().zip(crates_ns)) {
        let name = runner.form.name;
        let count = runner.allocations();
        ensure!(count == 0 && allocations::is_counting(), "{name} allocates on the packet path: {count} times");
        let octets = runner.octets();
        let times: Vec<f64> = ns.iter().zip(&plain.0).map(|(own, first)| own / octets / (first / plain.1)).collect();
        let frames = runner.load.frames().len() as f64 / runner.messages as f64;
        let crates_ns = (!crates_ns.is_empty()).then(|| median(&crates_ns));
        rows.push(Row { name, frames, octets, ns, times: median(&times), crates_ns });
    }
    Ok(Forms { rows, messages: messages.len(), elsewhere })
}

impl Forms {
    /// Instructions of a form, counted elsewhere.
    fn instructions(&self, name: &str) -> Option<f64> {
        self.elsewhere.instructions(name)
    }
}

impl fmt::Display for Forms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<29} {:>6} {:>6} {:>8} {:>8} {:>8} {:>8} {:>7} {:>6} {:>8} {:>9} {:>8}",
            "a message",
            "frames",
            "octets",
            "ns",
            "ns/octet",
            "instr.",
            "i./octet",
            "i. x",
            "ns x",
            "crates",
            "tshark",
            "pycrate"
        )?;
        let shown = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
        let plain_instructions = self.instructions(ALL[0].name).map(|count| count / self.rows[0].octets);
        for row in &self.rows {
            let ns = median(&row.ns);
            let instructions = self.instructions(row.name);
            let an_octet = instructions.map(|count| count / row.octets);
            let times = an_octet.zip(plain_instructions).map(|(own, plain)| own / plain);
            let (least, most) = range(&row.ns);
            let noisy = if most > least * NOISY { "  noisy" } else { "" };
            let verdict = match row.times / TIMES_MAX {
                miss if miss <= 1.0 => "met".to_owned(),
                miss => format!("MISSED, by {miss:.2} times"),
            };
            writeln!(
                f,
                "{:<29} {:>6.2} {:>6.0} {ns:>8.1} {:>8.2} {:>8} {:>8} {:>7} {:>6.2} {:>8} {:>9} {:>8}   {verdict}{noisy}",
                row.name,
                row.frames,
                row.octets,
                ns / row.octets,
                shown(instructions, 0),
                shown(an_octet, 1),
                shown(times, 2),
                row.times,
                shown(row.crates_ns, 0),
                shown(self.elsewhere.ns(&format!("tshark {}", row.name)), 0),
                shown(self.elsewhere.ns(&format!("pycrate {}", row.name)), 0),
            )?;
        }
        writeln!(
            f,
            "{} messages a run; every form said the same operation, parties, addresses and text as the plain one before it was \
             timed (SMPP: the same text); no allocation; {ROUNDS} rounds in turn on one core, CPU time; the goal is at most \
             {TIMES_MAX:.0} times the plain form's time per octet on the wire",
            self.messages
        )?;
        self.elsewhere.notes().try_for_each(|note| writeln!(f, "{note}"))
    }
}
