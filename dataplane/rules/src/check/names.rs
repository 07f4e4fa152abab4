//! Names of fields, lists and variables, and what is said of those that do not exist.

use crate::text::{Refusal, Span, nearest};
use sluice_abi::{Field, Part, Path};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The field a dotted name means.
pub(super) fn field(name: &str, span: Span) -> Result<Path, Box<Refusal>> {
    match PATHS.get(name).copied() {
        Some(path) if is_result(path.field) => {
            let message = format!("`{name}` is known only after the rules have been asked");
            Err(Box::new(Refusal::new(span, message, "a field of the message")))
        }
        Some(path) => Ok(path),
        None => Err(Box::new(unknown_field(name, span))),
    }
}

/// Every name, for a policy has many.
static PATHS: LazyLock<BTreeMap<String, Path>> =
    LazyLock::new(|| Path::all().map(|path| (path.to_string(), path)).collect());

fn is_result(field: Field) -> bool {
    field.name().starts_with("verdict.") || field == Field::LatencyNs
}

fn unknown_field(name: &str, span: Span) -> Refusal {
    let within = format!("{name}.");
    if let Some(address) = Field::ALL.iter().find(|f| f.name() == name && f.parts() != [Part::Whole]) {
        let parts: Vec<String> = address.parts().iter().map(|p| format!("{name}{}", p.suffix())).collect();
        let refusal = Refusal::new(span, format!("`{name}` is an address of several parts"), "one of its parts");
        return refusal.help(format!("the parts are {}", parts.join(", ")));
    }
    let all: Vec<String> = Path::all().filter(|p| !is_result(p.field)).map(|p| p.to_string()).collect();
    let inner: Vec<&str> = all.iter().map(String::as_str).filter(|n| n.starts_with(&within)).collect();
    let refusal = Refusal::new(span, format!("there is no field `{name}`"), "the name of a field");
    if !inner.is_empty() {
        return refusal.help(format!("there are {}", inner.join(", ")));
    }
    suggest(refusal, nearest(name, all.iter().map(String::as_str)))
}

pub(super) fn unknown_list<'n>(name: &str, span: Span, known: impl Iterator<Item = &'n str>) -> Refusal {
    let refusal = Refusal::new(span, format!("there is no list `{name}`"), "the name of a list of this policy");
    suggested(refusal, name, known)
}

pub(super) fn unknown_variable<'n>(name: &str, span: Span, known: impl Iterator<Item = &'n str>) -> Refusal {
    let refusal = Refusal::new(span, format!("there is no variable `${name}`"), "a variable of this policy");
    suggested(refusal, name, known)
}

pub(super) fn unknown_counter<'n>(name: &str, span: Span, known: impl Iterator<Item = &'n str>) -> Refusal {
    let refusal = Refusal::new(span, format!("there is no counter `{name}`"), "a counter of this policy");
    suggested(refusal, name, known)
}

pub(super) fn unknown_condition<'n>(name: &str, span: Span, known: impl Iterator<Item = &'n str>) -> Refusal {
    let refusal = Refusal::new(span, format!("there is no condition `{name}`"), "a condition of this policy");
    suggested(refusal, name, known)
}

pub(super) fn unknown_function(name: &str, span: Span) -> Refusal {
    let refusal =
        Refusal::new(span, format!("there is no function `{name}`"), format!("one of {}", FUNCTIONS.join(", ")));
    suggest(refusal, nearest(name, FUNCTIONS))
}

/// Everything that can be applied to a field.
pub(super) const FUNCTIONS: [&str; 5] = ["operator", "country", "relation", "swapped", "reversed"];

/// How many names are listed where none is near.
const LISTED_MAX: usize = 12;

/// Adds the names that may have been meant: the nearest, or all if they are few.
pub fn suggested<'n>(refusal: Refusal, name: &str, known: impl Iterator<Item = &'n str>) -> Refusal {
    let known: Vec<&str> = known.collect();
    let near = nearest(name, known.iter().copied());
    if known.is_empty() {
        return refusal.help("the policy has none");
    }
    if near.is_empty() && known.len() <= LISTED_MAX {
        return refusal.help(format!("there are {}", known.join(", ")));
    }
    suggest(refusal, near)
}

fn suggest(refusal: Refusal, near: Vec<&str>) -> Refusal {
    if near.is_empty() { refusal } else { refusal.help(format!("did you mean {}?", near.join(" or "))) }
}
