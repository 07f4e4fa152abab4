//! Fields that counters count by.

use super::kind::Kind;
use super::names;
use crate::text::{Refusal, Span};
use sluice_abi::Path;

/// A field whose values can be told apart: the key of a counter, or what it counts different values of.
pub fn key(name: &str) -> Result<Path, Refusal> {
    let path = found(name)?;
    match Kind::of(path) {
        kind @ (Kind::Opaque(_) | Kind::OctetList) => Err(refusal(name, kind, "a field with one value")),
        _ => Ok(path),
    }
}

/// A field with a number or digits, so that one can be next to another.
pub fn run_key(name: &str) -> Result<Path, Refusal> {
    let path = found(name)?;
    match Kind::of(path) {
        Kind::Number { .. } | Kind::Digits { .. } | Kind::Text => Ok(path),
        kind => Err(refusal(name, kind, "a field with a number or digits")),
    }
}

fn found(name: &str) -> Result<Path, Refusal> {
    names::field(name, Span::new(0, name.len())).map_err(|refusal| *refusal)
}

fn refusal(name: &str, kind: Kind, expected: &str) -> Refusal {
    Refusal::new(Span::new(0, name.len()), format!("`{name}` is {}", kind.article()), expected)
}
