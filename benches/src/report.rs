//! The table people read: what was timed here, and what scripts measured elsewhere on the same frames.
//!
//! A script hands its figures in as a file of lines `name <tab> figure <tab> value`, where the figure is `ns` or
//! `instructions`, both a message. A line that begins with `#` is a footnote.

use crate::timing::{ROUNDS, Row, Table, range};
use anyhow::{Context, bail};
use std::fmt;
use std::path::PathBuf;

/// A table with what was measured elsewhere.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was timed here.
    pub table: Table,
    /// What a line of the table stands for: `message`, `frame`.
    pub unit: &'static str,
    elsewhere: Figures,
}

/// What scripts measured.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    all: Vec<Figure>,
    notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Figure {
    name: String,
    kind: Kind,
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ns,
    Instructions,
}

impl Figures {
    /// What these files say.
    ///
    /// # Errors
    /// The file that cannot be read, or the line that is none.
    pub fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut figures = Self::default();
        for path in paths {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            figures.add(&text).with_context(|| path.display().to_string())?;
        }
        Ok(figures)
    }

    /// Takes in what a script measured.
    ///
    /// # Errors
    /// The line that is none.
    pub fn add(&mut self, text: &str) -> anyhow::Result<()> {
        for (number, line) in text.lines().enumerate() {
            match line.strip_prefix('#') {
                Some(note) => self.note(note.trim()),
                None => self.all.push(figure(line).with_context(|| format!("line {}: {line:?}", number + 1))?),
            }
        }
        Ok(())
    }

    /// The same note from several runs of a script is one.
    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// Nanoseconds of a name.
    pub fn ns(&self, name: &str) -> Option<f64> {
        self.figure(name, Kind::Ns)
    }

    /// Instructions of a name.
    pub fn instructions(&self, name: &str) -> Option<f64> {
        self.figure(name, Kind::Instructions)
    }

    /// The footnotes.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().map(String::as_str)
    }

    fn figure(&self, name: &str, kind: Kind) -> Option<f64> {
        self.all.iter().find(|f| f.name == name && f.kind == kind).map(|f| f.value)
    }
}

impl Report {
    /// A table, and what was measured elsewhere.
    pub const fn new(table: Table, unit: &'static str, elsewhere: Figures) -> Self {
        Self { table, unit, elsewhere }
    }

    /// Nanoseconds of a row, wherever they were measured.
    pub fn ns(&self, name: &str) -> Option<f64> {
        self.table.row(name).map(Row::median_ns).or_else(|| self.elsewhere.ns(name))
    }

    /// Instructions of a row.
    pub fn instructions(&self, name: &str) -> Option<f64> {
        self.elsewhere.instructions(name)
    }

    /// Names that were only measured elsewhere.
    fn strangers(&self) -> impl Iterator<Item = &Figure> {
        self.elsewhere.all.iter().filter(|f| f.kind == Kind::Ns && self.table.row(&f.name).is_none())
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, name: &str, ns: [Option<f64>; 3], rest: Rest) -> fmt::Result {
        let shown = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
        let rate = ns[1].map(|ns| 1000.0 / ns);
        let [least, median, most] = ns.map(|ns| shown(ns, 1));
        let (rate, ratio) = (shown(rate, 3), shown(rest.ratio, 2));
        let (instructions, allocations) = (shown(self.instructions(name), 0), shown(rest.allocations, 1));
        let noisy = if rest.is_noisy { "  noisy" } else { "" };
        writeln!(
            f,
            "{name:<29} {least:>9} {median:>9} {most:>9} {rate:>8} {ratio:>9} {instructions:>12} {allocations:>6}{noisy}"
        )
    }
}

/// What a line has besides times.
struct Rest {
    ratio: Option<f64>,
    allocations: Option<f64>,
    is_noisy: bool,
}

fn figure(line: &str) -> anyhow::Result<Figure> {
    let mut parts = line.split('\t');
    let (Some(name), Some(kind), Some(value), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        bail!("expected a name, a figure and a value, with tabs between");
    };
    let kind = match kind {
        "ns" => Kind::Ns,
        "instructions" => Kind::Instructions,
        other => bail!("`{other}` is neither `ns` nor `instructions`"),
    };
    Ok(Figure { name: name.to_owned(), kind, value: value.trim().parse()? })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit;
        writeln!(
            f,
            "{:<29} {:>9} {:>9} {:>9} {:>8} {:>9} {:>12} {:>6}",
            format!("a {unit}"),
            "ns min",
            "median",
            "max",
            "M/s",
            "ratio",
            "instructions",
            "allocs"
        )?;
        for row in &self.table.rows {
            let (least, most) = range(&row.ns);
            let rest = Rest { ratio: Some(row.ratio), allocations: row.allocations, is_noisy: row.is_noisy() };
            self.line(f, &row.name, [Some(least), Some(row.median_ns()), Some(most)], rest)?;
        }
        let first = self.table.rows.first().map(Row::median_ns);
        for stranger in self.strangers() {
            let ratio = first.map(|first| stranger.value / first);
            let rest = Rest { ratio, allocations: None, is_noisy: false };
            self.line(f, &stranger.name, [None, Some(stranger.value), None], rest)?;
        }
        let table = &self.table;
        let (least, most) = range(&table.calibration_ns);
        let per = |total: u64| total as f64 / table.seen.messages.max(1) as f64;
        writeln!(
            f,
            "{} {unit}s a run with {:.1} octets of text each, in {} frames of {:.0} octets; {ROUNDS} rounds in turn on \
             one core, CPU time; CRC32c over 1 MiB took {:.0}-{:.0} µs",
            table.seen.messages,
            per(table.seen.text_octets),
            table.frames,
            table.octets as f64 / table.frames.max(1) as f64,
            least / 1000.0,
            most / 1000.0
        )?;
        self.elsewhere.notes().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seen;

    fn report() -> Report {
        let row = Row { name: "own".to_owned(), ns: vec![90.0, 100.0, 110.0], allocations: Some(0.0), ratio: 1.0 };
        let seen = Seen { messages: 10, text_octets: 55 };
        let table = Table { rows: vec![row], calibration_ns: vec![9e4], seen, frames: 5, octets: 500 };
        Report::new(table, "message", Figures::default())
    }

    #[test]
    fn what_was_measured_elsewhere_stands_beside_what_was_timed_here() {
        let mut report = report();
        report
            .elsewhere
            .add("own\tinstructions\t1234\ntshark\tns\t23000\ntshark\tinstructions\t9\n# tshark 4\n")
            .unwrap();
        assert_eq!((report.ns("own"), report.instructions("own")), (Some(100.0), Some(1234.0)));
        assert_eq!(report.ns("tshark"), Some(23_000.0));
        let shown = report.to_string();
        let line = |name| shown.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace();
        assert!(line("own").eq(["own", "90.0", "100.0", "110.0", "10.000", "1.00", "1234", "0.0"]));
        assert!(line("tshark").eq(["tshark", "-", "23000.0", "-", "0.043", "230.00", "9", "-"]));
        assert!(shown.ends_with("tshark 4\n") && shown.contains("5.5 octets of text each"), "{shown}");
    }

    #[test]
    fn a_line_that_is_none_is_refused_with_its_number() {
        for bad in ["own\tns\n", "own\tspeed\t1\n", "own\tns\tfast\n", "own\tns\t1\t2\n"] {
            assert!(format!("{:#}", Figures::default().add(bad).unwrap_err()).starts_with("line 1:"), "{bad:?}");
        }
    }
}
