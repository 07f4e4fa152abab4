//! What can be an entry of a list.

use sluice_matcher::build::TEXT_OCTETS_MAX;
use sluice_rules::entries::{Range as NumberRange, host_of};
use sluice_rules::model::ListKind;
use sluice_rules::table::entry_octets_max;

/// Why something cannot be an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRefusal {
    /// What is wrong.
    pub message: &'static str,
    /// What was expected.
    pub expected: String,
    /// What would help.
    pub help: Option<String>,
}

/// Whether a text can be an entry of a list of this kind.
///
/// # Errors
/// What is wrong with it.
pub fn check_entry(kind: ListKind, entry: &str) -> Result<(), EntryRefusal> {
    let refused = |message, expected: &str, help| Err(EntryRefusal { message, expected: expected.to_owned(), help });
    let octets_max = entry_octets_max(kind);
    if entry.is_empty() || entry.trim() != entry {
        return refused("an empty entry, or one with blanks around it", "text", None);
    }
    if entry.chars().any(|c| c.is_control() || c == ';') {
        return refused("the entry has a control character or `;`", "text", None);
    }
    if kind == ListKind::Prefix && NumberRange::parse(entry).is_some_and(|range| range.prefixes().is_some()) {
        return Ok(());
    }
    if entry.len() > octets_max {
        return refused("the entry is too long", &format!("at most {octets_max} octets"), None);
    }
    match kind {
        ListKind::Exact | ListKind::Prefix => check_number(kind, entry),
        ListKind::Domain if !is_domain(entry) => refused("this is no domain", "a host, such as bad.example", None),
        ListKind::Words => check_folded(&sluice_text::fold_word(entry)),
        ListKind::Squeezed => check_folded(&sluice_text::squeeze_word(entry)),
        ListKind::Domain | ListKind::Wildcard => Ok(()),
    }
}

/// A word is looked for in the form in which texts are searched; of some characters nothing is left in it.
fn check_folded(folded: &str) -> Result<(), EntryRefusal> {
    let refused = |message, expected: String| Err(EntryRefusal { message, expected, help: None });
    if folded.trim().is_empty() {
        return refused("nothing of this word is left in the form in which texts are searched", "letters".to_owned());
    }
    if folded.len() > TEXT_OCTETS_MAX {
        let expected = format!("at most {TEXT_OCTETS_MAX} octets in the form in which texts are searched");
        return refused("the word is too long", expected);
    }
    Ok(())
}

/// Numbers stand as the fields have them: in digits alone.
fn check_number(kind: ListKind, entry: &str) -> Result<(), EntryRefusal> {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    let looks_like_number = entry.chars().all(number) && entry.contains(|c: char| c.is_ascii_digit());
    if !looks_like_number || entry.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    let two_numbers = entry.split_once('-').filter(|(low, high)| low.len() > 2 && high.len() > 2);
    if let Some((low, high)) = two_numbers.filter(|_| kind == ListKind::Prefix) {
        let help = if low.len() == high.len() { format!("{high}-{low}") } else { "the same number of digits".into() };
        let expected = "LOW-HIGH with equal lengths, the lower one first".to_owned();
        return Err(EntryRefusal { message: "this is no range", expected, help: Some(format!("write {help}")) });
    }
    let digits: String = entry.chars().filter(char::is_ascii_digit).collect();
    Err(EntryRefusal {
        message: "numbers stand without +, blanks and dashes",
        expected: "digits alone".to_owned(),
        help: Some(format!("write {digits}")),
    })
}

fn is_domain(entry: &str) -> bool {
    let label = |l: &str| !l.is_empty() && !l.contains(|c: char| c.is_whitespace() || "/\\@:,*".contains(c));
    host_of(entry).is_some_and(|host| host.split('.').all(label))
}
