//! Reading keys of TOML tables: each with its type checked and its place kept, unknown ones refused.

use crate::diagnostic::{Diagnostics, File};
use crate::quoted::Quoted;
use sluice_rules::text::nearest;
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) range: Range<usize>,
}

type Name<'s> = Spanned<Cow<'s, str>>;
type Value<'s> = Spanned<DeValue<'s>>;

/// A table under examination.
pub(crate) struct Keys<'t, 's> {
    pub(crate) file: File<'s>,
    table: &'t DeTable<'s>,
    /// Where a missing key is reported.
    place: Range<usize>,
}

impl<'t, 's> Keys<'t, 's> {
    /// Refuses every key that is not known.
    pub(crate) fn new(
        file: File<'s>,
        table: &'t DeTable<'s>,
        place: Range<usize>,
        known: &[&str],
        report: &mut Diagnostics,
    ) -> Self {
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let near = nearest(name, known.iter().copied());
            let expected = format!("one of {}", known.join(", "));
            let help = near.first().map(|n| format!("did you mean `{n}`?"));
            report.push(file.error(key.span(), format!("there is no key `{name}` here"), expected).with_help(help));
        }
        Self { file, table, place }
    }

    pub(crate) fn find(&self, key: &str) -> Option<&'t Spanned<DeValue<'s>>> {
        self.table.get(key)
    }

    /// Reports that a key must be there.
    pub(crate) fn missing(&self, key: &str, expected: &str, report: &mut Diagnostics) {
        report.push(self.file.error(self.place.clone(), format!("`{key}` is missing"), expected));
    }

    pub(crate) fn wrong_type(&self, value: &Spanned<DeValue<'_>>, expected: &str, report: &mut Diagnostics) {
        let message = format!("this is {}", kind_of(value.get_ref()));
        report.push(self.file.error(value.span(), message, expected));
    }

    /// Text with the places of its bytes.
    pub(crate) fn quoted(&self, key: &str, report: &mut Diagnostics) -> Option<Quoted> {
        let value = self.find(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Quoted::new(text, self.file.text, value.span())),
            None => {
                self.wrong_type(value, "text in quotation marks", report);
                None
            }
        }
    }

    /// Text.
    pub(crate) fn text(&self, key: &str, report: &mut Diagnostics) -> Option<At<String>> {
        self.quoted(key, report).map(|q| At { value: q.value, range: q.range })
    }

    /// A number.
    pub(crate) fn number(&self, key: &str, expected: &str, report: &mut Diagnostics) -> Option<At<i128>> {
        let value = self.find(key)?;
        match integer(value.get_ref()) {
            Some(n) => Some(At { value: n, range: value.span() }),
            None => {
                self.wrong_type(value, expected, report);
                None
            }
        }
    }

    /// An array of texts; what is no text in it is reported and left out.
    pub(crate) fn texts(&self, key: &str, report: &mut Diagnostics) -> Option<Vec<At<String>>> {
        const EXPECTED: &str = "an array of texts";
        let value = self.find(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, EXPECTED, report);
            return None;
        };
        let mut texts = Vec::new();
        for element in array.iter() {
            match element.get_ref().as_str() {
                Some(text) => texts.push(At { value: text.to_owned(), range: element.span() }),
                None => self.wrong_type(element, EXPECTED, report),
            }
        }
        Some(texts)
    }

    /// The keys and values of a table within this one; none where it is not there.
    pub(crate) fn table(&self, key: &str, report: &mut Diagnostics) -> Vec<(&'t Name<'s>, &'t Value<'s>)> {
        let Some(value) = self.find(key) else { return Vec::new() };
        match value.get_ref().as_table() {
            Some(table) => table.iter().collect(),
            None => {
                self.wrong_type(value, "a table", report);
                Vec::new()
            }
        }
    }

    /// The tables headed `[[key]]`.
    pub(crate) fn tables(&self, key: &str, report: &mut Diagnostics) -> Vec<&'t Value<'s>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, &format!("tables headed [[{key}]]"), report);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for element in array.iter() {
            match element.get_ref().as_table() {
                Some(_) => tables.push(element),
                None => self.wrong_type(element, &format!("a table headed [[{key}]]"), report),
            }
        }
        tables
    }

    /// One of a closed list of words.
    pub(crate) fn one_of<T>(
        &self,
        key: &str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<T>,
        report: &mut Diagnostics,
    ) -> Option<At<T>> {
        let text = self.text(key, report)?;
        let found = parse(&text.value).filter(|_| words.contains(&text.value.as_str()));
        if found.is_none() {
            unknown_word(self.file, &text, words, report);
        }
        Some(At { value: found?, range: text.range })
    }
}

pub(crate) fn unknown_word(file: File<'_>, text: &At<String>, words: &[&str], report: &mut Diagnostics) {
    let near = nearest(&text.value, words.iter().copied());
    let message = format!("\"{}\" means nothing here", text.value);
    let expected = format!("one of {}", words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(", "));
    let help = near.first().map(|n| format!("did you mean \"{n}\"?"));
    report.push(file.error(text.range.clone(), message, expected).with_help(help));
}

/// The whole number a value is.
pub(crate) fn integer(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

pub(crate) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
