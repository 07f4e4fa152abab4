//! Operators' ranges from CSV files, in the manner of what networks exchange by GSMA IR.21.
//!
//! ```text
//! TADIG;Operator;Country;Kind;Start;End;Date
//! ZZZDM;Demo Mobile;ZZ;gt;9997000000;9997099999;2026-01-01
//! ```
//! | column, in any order and letter case | without it |
//! |---|---|
//! | `operator`, `name`, `network`, and `tadig`: one of them | refused |
//! | `kind`: `msisdn`, `gt`, `e214`, `msrn`, `imsi`, `smsc`, `point code` | refused |
//! | `start` or `prefix`; with `end` a range. Or `cc` and `ndc`, or `mcc` and `mnc`, with or without a start behind | refused |
//! | `country`: ISO 3166 alpha-2 | as the world's plan says |
//! | `date`: `2026-01-31` or `20260131` | unknown |
//!
//! Other columns are passed over. A row whose operator or TADIG code is the name of home or a partner counts as
//! if it stood in `network.toml`.

use super::csv::{self, Row};
use super::digits::{self, Wrong};
use super::file::{did_you_mean, known_country, texts};
use super::{Entry, Kind, Network, Party, date};
use crate::diagnostic::{Diagnostics, File};
use crate::include;
use crate::read::{At, Keys};
use crate::source::Source;
use sluice_numbers::{NAME_OCTETS_MAX, NO_COUNTRY, Relation};
use std::collections::BTreeMap;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Name,
    Tadig,
    Country,
    Kind,
    Start,
    End,
    /// Country code or MCC: what comes before everything.
    First,
    /// NDC or MNC: what comes after it.
    Second,
    Date,
}

/// Names of columns without blanks and signs.
const COLUMNS: [(&str, Column); 34] = [
    ("operator", Column::Name),
    ("operatorname", Column::Name),
    ("name", Column::Name),
    ("network", Column::Name),
    ("networkname", Column::Name),
    ("organisation", Column::Name),
    ("organization", Column::Name),
    ("tadig", Column::Tadig),
    ("tadigcode", Column::Tadig),
    ("country", Column::Country),
    ("countrycode", Column::Country),
    ("countryiso", Column::Country),
    ("iso", Column::Country),
    ("kind", Column::Kind),
    ("type", Column::Kind),
    ("rangetype", Column::Kind),
    ("numbertype", Column::Kind),
    ("start", Column::Start),
    ("rangestart", Column::Start),
    ("snrangestart", Column::Start),
    ("from", Column::Start),
    ("prefix", Column::Start),
    ("end", Column::End),
    ("rangeend", Column::End),
    ("rangestop", Column::End),
    ("snrangestop", Column::End),
    ("stop", Column::End),
    ("to", Column::End),
    ("cc", Column::First),
    ("mcc", Column::First),
    ("ndc", Column::Second),
    ("mnc", Column::Second),
    ("date", Column::Date),
    ("effectivedate", Column::Date),
];

const KINDS: [(&str, Kind); 12] = [
    ("msisdn", Kind::Number),
    ("msrn", Kind::Number),
    ("number", Kind::Number),
    ("gt", Kind::Gt),
    ("globaltitle", Kind::Gt),
    ("e214", Kind::Gt),
    ("mgt", Kind::Gt),
    ("imsi", Kind::Imsi),
    ("e212", Kind::Imsi),
    ("smsc", Kind::Smsc),
    ("pointcode", Kind::PointCode),
    ("pc", Kind::PointCode),
];

/// The files that `operators` names, each once.
pub(super) fn files<'s>(keys: &Keys<'_, 's>, source: &'s Source, report: &mut Diagnostics) -> Vec<File<'s>> {
    let mut files: Vec<File<'s>> = Vec::new();
    for pattern in texts(keys, "operators", report) {
        let found = include::matching(&pattern.value, source);
        if found.is_empty() {
            let message = format!("no file is named by `{}`", pattern.value);
            report.push(keys.file.error(pattern.range, message, "a path from the policy's directory"));
        }
        for path in found {
            if files.iter().all(|f| f.path != path) {
                files.push(File { path, text: source.file(path).unwrap_or("") });
            }
        }
    }
    files
}

/// Reads one file, the network's with this place.
pub(super) fn read(file: File<'_>, place: usize, network: &mut Network, report: &mut Diagnostics) {
    let rows = csv::rows(file, report);
    let Some((header, rows)) = rows.split_first() else {
        report.push(file.error(0..0, "the file has no header", "a line with the names of columns"));
        return;
    };
    let Some(columns) = columns(file, header, report) else { return };
    let mut table = Table { file, place, columns, width: header.cells.len(), parties: parties(network) };
    for row in rows {
        table.row(row, network, report);
    }
}

/// Parties by name in small letters and, where only CSV files name them, country.
type Parties = BTreeMap<(String, [u8; 2]), usize>;

fn parties(network: &Network) -> Parties {
    let key = |p: &Party| (p.name.to_lowercase(), if p.relation == Relation::Unknown { p.country } else { NO_COUNTRY });
    network.parties.iter().enumerate().map(|(place, p)| (key(p), place)).collect()
}

fn columns(file: File<'_>, header: &Row, report: &mut Diagnostics) -> Option<BTreeMap<Column, usize>> {
    let mut columns = BTreeMap::new();
    for (place, cell) in header.cells.iter().enumerate() {
        let name = plain(&cell.value);
        let Some((_, column)) = COLUMNS.iter().find(|(n, _)| *n == name) else { continue };
        if columns.insert(*column, place).is_some() {
            let message = format!("there is a second column for what `{}` says", cell.value);
            report.push(file.error(cell.range.clone(), message, "each once"));
            return None;
        }
    }
    let has = |wanted: &[Column]| wanted.iter().any(|c| columns.contains_key(c));
    for (wanted, names) in [
        (&[Column::Name, Column::Tadig][..], "operator, name, tadig"),
        (&[Column::Kind][..], "kind, type"),
        (&[Column::Start, Column::First][..], "start, prefix, cc, mcc"),
    ] {
        if !has(wanted) {
            let words = COLUMNS.iter().filter(|(_, c)| wanted.contains(c)).map(|c| c.0);
            let words: Vec<&str> = words.collect();
            let near = header.cells.iter().find_map(|c| did_you_mean(&plain(&c.value), words.iter().copied()));
            let message = format!("a column is missing: {names}");
            let expected = "it in the header, separated by `,`, `;` or a tabulator";
            report.push(file.error(header.range.clone(), message, expected).with_help(near));
        }
    }
    (has(&[Column::Name, Column::Tadig]) && has(&[Column::Kind]) && has(&[Column::Start, Column::First]))
        .then_some(columns)
}

/// Small letters and digits alone.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

struct Table<'s> {
    file: File<'s>,
    place: usize,
    columns: BTreeMap<Column, usize>,
    width: usize,
    parties: Parties,
}

impl Table<'_> {
    fn row(&mut self, row: &Row, network: &mut Network, report: &mut Diagnostics) {
        if row.cells.len() != self.width {
            let message = format!("the row has {} cells", row.cells.len());
            let expected = format!("{}, as the header has", self.width);
            let help = "put a cell that has the separator in it into quotation marks";
            report.push(self.file.error(row.range.clone(), message, expected).with_help(Some(help)));
            return;
        }
        let (kind, date) = (self.kind(row, report), self.date(row, report));
        let party = self.party(row, network, report);
        let (Some(kind), Some(as_of_days), Some(party)) = (kind, date, party) else { return };
        let range = self.digits_place(row);
        match self.prefixes(kind, row) {
            Ok(prefixes) => {
                let entry = Entry { party, kind, prefix: String::new(), as_of_days, file: self.place, range };
                network.add(entry, prefixes);
            }
            Err(wrong) => report.push(self.file.error(range, wrong.message, wrong.expected).with_help(wrong.help)),
        }
    }

    /// A cell that is not empty.
    fn cell<'r>(&self, row: &'r Row, column: Column) -> Option<&'r At<String>> {
        row.cells.get(*self.columns.get(&column)?).filter(|c| !c.value.is_empty())
    }

    fn text<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        self.cell(row, column).map_or("", |c| &c.value)
    }

    fn kind(&self, row: &Row, report: &mut Diagnostics) -> Option<Kind> {
        let Some(cell) = self.cell(row, Column::Kind) else {
            report.push(self.file.error(row.range.clone(), "the kind of the range is missing", KINDS_EXPECTED));
            return None;
        };
        let name = plain(&cell.value);
        let found = KINDS.iter().find(|(n, _)| *n == name).map(|k| k.1);
        if found.is_none() {
            let help = did_you_mean(&name, KINDS.iter().map(|k| k.0));
            let message = format!("`{}` is no kind of range", cell.value);
            report.push(self.file.error(cell.range.clone(), message, KINDS_EXPECTED).with_help(help));
        }
        found
    }

    /// Days since 1970, 0 without a date.
    fn date(&self, row: &Row, report: &mut Diagnostics) -> Option<u32> {
        let Some(cell) = self.cell(row, Column::Date) else { return Some(0) };
        let days = date::parse(&cell.value);
        if days.is_none() {
            let message = format!("`{}` is no date", cell.value);
            report.push(self.file.error(cell.range.clone(), message, "year, month and day, such as 2026-01-31"));
        }
        days
    }

    /// Home or a partner of that name; another operator is added.
    fn party(&mut self, row: &Row, network: &mut Network, report: &mut Diagnostics) -> Option<usize> {
        let (name, tadig) = (self.text(row, Column::Name), self.text(row, Column::Tadig));
        let country = match self.cell(row, Column::Country) {
            Some(cell) => known_country(self.file, cell, report)?,
            None => NO_COUNTRY,
        };
        let declared = [name, tadig].iter().find_map(|n| self.parties.get(&(n.to_lowercase(), NO_COUNTRY)).copied());
        if let Some(place) =
            declared.filter(|&p| network.parties.get(p).is_some_and(|p| p.relation != Relation::Unknown))
        {
            return Some(place);
        }
        let name = if name.is_empty() { tadig } else { name };
        if name.is_empty() || name.len() > NAME_OCTETS_MAX || name.contains(char::is_control) {
            report.push(self.file.error(row.range.clone(), "the row names no operator", "its name or TADIG code"));
            return None;
        }
        let next = network.parties.len();
        let place = *self.parties.entry((name.to_lowercase(), country)).or_insert(next);
        if place == next {
            let name = name.to_owned();
            network.parties.push(Party { name, country, relation: Relation::Unknown, permits: Vec::new() });
        }
        Some(place)
    }

    /// The cells that digits stand in, or the row where there are none.
    fn digits_place(&self, row: &Row) -> std::ops::Range<usize> {
        let columns = [Column::First, Column::Second, Column::Start, Column::End];
        let cells = columns.iter().filter_map(|c| self.cell(row, *c)).map(|c| c.range.clone());
        cells.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(row.range.clone())
    }

    fn prefixes(&self, kind: Kind, row: &Row) -> Result<Vec<String>, Wrong> {
        let head = format!("{}{}", self.text(row, Column::First), self.text(row, Column::Second));
        let (start, end) = (self.text(row, Column::Start), self.text(row, Column::End));
        match (head.is_empty(), end.is_empty()) {
            (true, true) => digits::prefixes(kind, start),
            (false, true) => digits::prefixes(kind, &format!("{head}{start}")),
            (_, false) => digits::between(kind, &format!("{head}{start}"), &format!("{head}{end}")),
        }
    }
}

const KINDS_EXPECTED: &str = "one of msisdn, msrn, gt, e214, imsi, smsc, point code";
