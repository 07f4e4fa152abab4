//! Lists: `[list.NAME]` and the files of entries.
//!
//! ```text
//! # a comment
//! 99970            # a comment behind an entry, after a blank
//! 9997000000-9997099999
//! 99970123 ; until=2026-12-31 ; by=fraud-desk ; note=until the contract is signed
//! A Brand Name
//! ```
//! One entry a line, blanks around it cut off. Behind `;` stand attributes: `until`, a date (to the end of that day in
//! UTC) or a date and time with its offset, and `by` and `note` for people. `#` begins a comment only at the start of a
//! line or behind a blank, for it is also a digit of TBCD numbers. Entries within a TOML file are written alike;
//! `entries = "$NAME"` takes the values of a variable, or of a scenario's setting.
//!
//! | `kind` | matches | for example |
//! |---|---|---|
//! | `exact` | the whole text or number | senders, numbers, point codes (`mtp.opc in list ours`: `4711`) |
//! | `prefix` | the beginning; `LOW-HIGH` with equal lengths is every number between, both included | GTs and numbers (`99970`, `9997000-9997499`), IMSIs and MCC/MNC (`00101`, `001010000000000-001010000009999`) |
//! | `domain` | a host and every one below it; of a URL its host counts | `bad.example`, `https://bad.example/win` |
//! | `wildcard` | whole texts, `*` for any characters and `?` for one | `*Bank*`, `ACME?` |
//! | `words` | words within a text, asked with `contains list` | `lottery` |
//! | `squeezed` | the same within the squeezed text | `freeprize` |
//!
//! Ten million entries are read without an allocation for each: the time is that of looking at every octet.

mod attributes;
mod entry;
mod until;

pub use entry::{EntryRefusal, check_entry};
pub use until::parse_until;

use crate::diagnostic::{DIAGNOSTICS_MAX, Diagnostics, File};
use crate::read::{At, Keys};
use crate::source::Source;
use attributes::Written;
use sluice_rules::Entries;
use sluice_rules::changes::is_looked_up;
use sluice_rules::check::Variable;
use sluice_rules::model::{List, ListKind};
use sluice_rules::table::FOREVER;
use sluice_rules::text::Scalar;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::DeTable;

/// A list as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Declared<'s> {
    /// Where its name stands.
    pub(crate) file: File<'s>,
    pub(crate) name_range: Range<usize>,
    pub(crate) comment: String,
    /// The variable or setting whose values are the entries, where one is named instead of them.
    variable: Option<At<String>>,
    pub(crate) list: List,
}

const KEYS: [&str; 4] = ["kind", "file", "entries", "comment"];

/// Reads one list and all its entries.
pub(crate) fn read<'s>(
    file: File<'s>,
    name: At<String>,
    table: &DeTable<'s>,
    source: &'s Source,
    report: &mut Diagnostics,
) -> Declared<'s> {
    let keys = Keys::new(file, table, name.range.clone(), &KEYS, report);
    if !name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let expected = "letters, digits and _";
        report.push(file.error(name.range.clone(), format!("`{}` cannot be the name of a list", name.value), expected));
    }
    let kinds = ListKind::ALL.map(ListKind::name);
    let kind = keys.one_of("kind", &kinds, |k| ListKind::ALL.into_iter().find(|l| l.name() == k), report);
    let kind = kind.map_or(ListKind::Exact, |k| k.value);
    let comment = keys.text("comment", report).map(|c| c.value).unwrap_or_default();
    let variable = variable(&keys);
    let entries = if variable.is_some() { None } else { entries(&keys, &name, kind, source, report) };
    if entries.as_ref().is_some_and(Entries::is_empty) {
        report.push(file.warning(name.range.clone(), format!("the list `{}` is empty", name.value)));
    }
    let entries = entries.unwrap_or_default();
    Declared { file, name_range: name.range, comment, variable, list: List { name: name.value, kind, entries } }
}

/// `entries = "$NAME"`.
fn variable(keys: &Keys<'_, '_>) -> Option<At<String>> {
    let entries = keys.find("entries").filter(|_| keys.find("file").is_none())?;
    let name = entries.get_ref().as_str()?.strip_prefix('$')?;
    Some(At { value: name.to_owned(), range: entries.span() })
}

impl Declared<'_> {
    /// Takes the values of the variable it names for entries. Those of a scenario's list may be none.
    pub(crate) fn fill(
        &mut self,
        variables: &BTreeMap<String, Variable>,
        places: &Places<'_>,
        report: &mut Diagnostics,
    ) {
        let Some(At { value: name, range }) = &self.variable else { return };
        let values = match variables.get(name) {
            Some(Variable::Many(values)) => values.as_slice(),
            Some(Variable::One(value)) => std::slice::from_ref(value),
            None => {
                let message = format!("there is no variable `{name}`");
                return report.push(self.file.error(range.clone(), message, "the name of a variable or setting"));
            }
        };
        let (file, place) = places.get(name).map_or((self.file, range), |(file, place)| (*file, place));
        for value in values {
            match value {
                Scalar::Text(text) => {
                    add(&mut self.list.entries, self.list.kind, text, file, &|_| place.clone(), report)
                }
                other => {
                    report.push(file.error(place.clone(), format!("a list cannot hold {}", other.kind()), "texts"))
                }
            }
        }
    }
}

/// Where the values of variables stand.
type Places<'s> = BTreeMap<String, (File<'s>, Range<usize>)>;

/// The entries; `None` where it was refused where they should come from.
fn entries(
    keys: &Keys<'_, '_>,
    name: &At<String>,
    kind: ListKind,
    source: &Source,
    report: &mut Diagnostics,
) -> Option<Entries> {
    match (keys.text("file", report), keys.find("entries")) {
        (Some(path), None) => file_entries(keys, &path, kind, source, report),
        (None, Some(_)) => inline_entries(keys, kind, report),
        (Some(path), Some(_)) => {
            let message = format!("the list `{}` has both a file and entries", name.value);
            report.push(keys.file.error(path.range, message, "one of them"));
            None
        }
        (None, None) => {
            if keys.find("file").is_none() {
                keys.missing("file", "`file = \"lists/...\"` or `entries = [...]`", report);
            }
            None
        }
    }
}

fn inline_entries(keys: &Keys<'_, '_>, kind: ListKind, report: &mut Diagnostics) -> Option<Entries> {
    let value = keys.find("entries")?;
    let Some(array) = value.get_ref().as_array() else {
        keys.wrong_type(value, "an array of texts", report);
        return None;
    };
    let mut entries = Entries::default();
    for element in array.iter() {
        match element.get_ref().as_str() {
            Some(text) => add(&mut entries, kind, text, keys.file, &|_| element.span(), report),
            None => keys.wrong_type(element, "text in quotation marks", report),
        }
    }
    Some(entries)
}

fn file_entries(
    keys: &Keys<'_, '_>,
    path: &At<String>,
    kind: ListKind,
    source: &Source,
    report: &mut Diagnostics,
) -> Option<Entries> {
    if let Some((path, text)) = source.files().find(|(p, _)| *p == path.value) {
        return Some(lines(File { path, text }, kind, report));
    }
    let lists: Vec<&str> = source.files().map(|f| f.0).filter(|p| p.ends_with(".txt")).collect();
    let near = sluice_rules::text::nearest(&path.value, lists.iter().copied());
    let help = near.first().map(|n| format!("did you mean `{n}`?"));
    let expected = "a file of this policy, as a path from its directory";
    let message = format!("there is no file `{}`", path.value);
    report.push(keys.file.error(path.range.clone(), message, expected).with_help(help));
    None
}

/// The entries of a list's file.
fn lines(file: File<'_>, kind: ListKind, report: &mut Diagnostics) -> Entries {
    /// A number, as most entries of long lists are.
    const OCTETS_AN_ENTRY: usize = 12;
    let mut entries = Entries::with_capacity(file.text.len() / OCTETS_AN_ENTRY, file.text.len());
    for (start, line) in lines_of(file.text) {
        if is_looked_up(kind) && is_number(line) {
            _ = entries.push(line);
            continue;
        }
        let line = without_comment(line);
        let place = |part: &str| at(start, line, part);
        let entry = entry_of(line);
        let before = entries.len();
        if !line.trim().is_empty() {
            add(&mut entries, kind, line, file, &place, report);
        }
        // The policy is refused, but the places of the others must stay theirs.
        if entries.len() == before && !entry.is_empty() {
            _ = entries.push(entry);
        }
    }
    warn_of_repeated(file, &entries, report);
    entries
}

/// Digits alone are an entry of every list that is looked up.
fn is_number(line: &str) -> bool {
    const DIGITS_MAX: usize = 20;
    !line.is_empty() && line.len() <= DIGITS_MAX && line.bytes().all(|o| o.is_ascii_digit())
}

/// Lines with their places, without what ends them.
fn lines_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// Where a part of a line that begins at `start` stands in the file.
fn at(start: usize, line: &str, part: &str) -> Range<usize> {
    let offset = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
    start + offset..start + offset + part.len()
}

fn without_comment(line: &str) -> &str {
    let comment = line.char_indices().find(|&(at, c)| {
        c == '#' && line.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    comment.and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

/// What stands before the attributes.
fn entry_of(line: &str) -> &str {
    line.split(';').next().unwrap_or("").trim()
}

/// Entries that are there a second time: looked for only where there are some.
fn warn_of_repeated(file: File<'_>, entries: &Entries, report: &mut Diagnostics) {
    let mut repeated = entries.repeated();
    repeated.truncate(DIAGNOSTICS_MAX);
    if repeated.is_empty() {
        return;
    }
    let texts = lines_of(file.text).filter_map(|(start, line)| {
        let entry = entry_of(without_comment(line));
        (!entry.is_empty()).then(|| at(start, line, entry))
    });
    let places: Vec<Range<usize>> = texts.collect();
    for (later, earlier) in repeated {
        if let (Some(later), Some(earlier)) = (places.get(later), places.get(earlier)) {
            let entry = file.text.get(later.clone()).unwrap_or("");
            let warning = file.warning(later.clone(), format!("`{entry}` is here a second time"));
            report.push(warning.related(file.place(earlier.clone()), "first here"));
        }
    }
}

/// Adds what a line says, or reports what is wrong with it. `place` says where a part of it stands.
fn add(
    entries: &mut Entries,
    kind: ListKind,
    line: &str,
    file: File<'_>,
    place: &dyn Fn(&str) -> Range<usize>,
    report: &mut Diagnostics,
) {
    let written = match Written::parse(line) {
        Ok(written) => written,
        Err(wrong) => {
            report.push(file.error(place(wrong.part), wrong.message, wrong.expected).with_help(wrong.help));
            return;
        }
    };
    if written.until_s.is_some() && !is_looked_up(kind) {
        let message = format!("an entry of a list of kind {} has no end", kind.name());
        let expected = "no until: it is compiled into the matcher";
        report.push(file.error(place(line.trim()), message, expected));
        return;
    }
    match check_entry(kind, written.entry) {
        Ok(()) => _ = entries.push_until(written.entry, written.until_s.unwrap_or(FOREVER)),
        Err(wrong) => {
            report.push(file.error(place(written.entry), wrong.message, wrong.expected).with_help(wrong.help));
        }
    }
}
