//! Lists: `[list.NAME]` and the files of entries.
//!
//! ```text
//! # a comment
//! 99970            # a comment behind an entry, after a blank
//! A Brand Name
//! ```
//! One entry a line, blanks around it cut off. `;` is kept for attributes of entries, of which there are none yet.
//! `entries = "$NAME"` takes the values of a variable, or of a scenario's setting.
//! `#` begins a comment only at the start of a line or behind a blank, for it is also a digit of TBCD numbers.

use crate::diagnostic::{Diagnostics, File};
use crate::read::{At, Keys};
use crate::source::Source;
use sluice_rules::check::Variable;
use sluice_rules::model::{List, ListKind};
use sluice_rules::table::ENTRY_OCTETS_MAX;
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
    let comment = keys.text("comment", report).map(|c| c.value).unwrap_or_default();
    let variable = variable(&keys);
    let entries = if variable.is_some() { None } else { entries(&keys, &name, source, report) };
    if entries.as_ref().is_some_and(Vec::is_empty) {
        report.push(file.warning(name.range.clone(), format!("the list `{}` is empty", name.value)));
    }
    let kind = kind.map_or(ListKind::Exact, |k| k.value);
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
                Scalar::Text(text) => self.list.entries.extend(checked(file, text, place.clone(), report)),
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
fn entries(keys: &Keys<'_, '_>, name: &At<String>, source: &Source, report: &mut Diagnostics) -> Option<Vec<String>> {
    match (keys.text("file", report), keys.find("entries")) {
        (Some(path), None) => file_entries(keys, &path, source, report),
        (None, Some(_)) => inline_entries(keys, report),
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

fn inline_entries(keys: &Keys<'_, '_>, report: &mut Diagnostics) -> Option<Vec<String>> {
    let value = keys.find("entries")?;
    let Some(array) = value.get_ref().as_array() else {
        keys.wrong_type(value, "an array of texts", report);
        return None;
    };
    let mut entries = Vec::new();
    for element in array.iter() {
        match element.get_ref().as_str() {
            Some(text) => entries.extend(checked(keys.file, text, element.span(), report)),
            None => keys.wrong_type(element, "text in quotation marks", report),
        }
    }
    Some(entries)
}

fn file_entries(
    keys: &Keys<'_, '_>,
    path: &At<String>,
    source: &Source,
    report: &mut Diagnostics,
) -> Option<Vec<String>> {
    if let Some((path, text)) = source.files().find(|(p, _)| *p == path.value) {
        return Some(lines(File { path, text }, report));
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
fn lines(file: File<'_>, report: &mut Diagnostics) -> Vec<String> {
    let mut entries = Vec::new();
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    let mut at = 0;
    for line in file.text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let entry = without_comment(line.trim_start()).trim_end();
        let range = start..start + entry.len();
        if entry.is_empty() {
            continue;
        }
        if let Some(earlier) = first.insert(entry, range.clone()) {
            let warning = file.warning(range, format!("`{entry}` is here a second time"));
            report.push(warning.related(file.place(earlier), "first here"));
            continue;
        }
        entries.extend(checked(file, entry, range, report));
    }
    entries
}

fn without_comment(line: &str) -> &str {
    let comment = line.char_indices().find(|&(at, c)| {
        c == '#' && line.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    comment.and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

fn checked(file: File<'_>, entry: &str, range: Range<usize>, report: &mut Diagnostics) -> Option<String> {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    let looks_like_number = entry.chars().all(number) && entry.contains(|c: char| c.is_ascii_digit());
    let wrong = if entry.is_empty() {
        Some(("an empty entry", "text".to_owned(), None))
    } else if entry.len() > ENTRY_OCTETS_MAX {
        Some(("the entry is too long", format!("at most {ENTRY_OCTETS_MAX} octets"), None))
    } else if entry.chars().any(char::is_control) {
        Some(("the entry has a control character", "text".to_owned(), None))
    } else if entry.contains(';') {
        Some(("`;` begins an attribute", "no attribute: there are none yet".to_owned(), None))
    } else if looks_like_number && !entry.bytes().all(|b| b.is_ascii_digit()) {
        let digits: String = entry.chars().filter(char::is_ascii_digit).collect();
        Some(("numbers stand without +, blanks and dashes", "digits alone".to_owned(), Some(format!("write {digits}"))))
    } else {
        None
    };
    match wrong {
        None => Some(entry.to_owned()),
        Some((message, expected, help)) => {
            report.push(file.error(range, message, expected).with_help(help));
            None
        }
    }
}
