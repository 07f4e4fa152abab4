//! Ranges of two networks that meet.
//!
//! Two prefixes meet only where one begins with the other, so one walk over them in order finds all: what a prefix
//! lies in are the ones before it that it begins with.

use super::{Entry, Kind, Network, Party};
use crate::diagnostic::{Diagnostics, File};
use sluice_numbers::Relation;
use std::collections::BTreeSet;

/// Home and a partner is an error, two partners are a warning, an operator of a CSV file within home is one. Where
/// operators of CSV files meet, or lie in a partner's range, nothing is said: one hires numbers out to the other.
pub(super) fn report(network: &Network, files: &[File<'_>], report: &mut Diagnostics) {
    let mut sorted: Vec<(String, &Party, &Entry)> = network.told().map(|(p, e)| (key(e), p, e)).collect();
    sorted.sort_by(|a, b| (&a.0, a.2.file, a.2.range.start).cmp(&(&b.0, b.2.file, b.2.range.start)));
    let mut around: Vec<&(String, &Party, &Entry)> = Vec::new();
    let mut said = BTreeSet::new();
    for told in &sorted {
        around.retain(|outer| told.0.starts_with(&outer.0));
        for outer in around.iter().filter(|outer| outer.2.party != told.2.party) {
            // A range is many prefixes, and is spoken of once.
            if said.insert((told.2.file, told.2.range.start, outer.2.file, outer.2.range.start)) {
                say(told, outer, files, report);
            }
        }
        let is_there = around.iter().any(|outer| outer.2.party == told.2.party);
        if told.1.relation != Relation::Unknown && !is_there {
            around.push(told);
        }
    }
}

/// Digits with the space in front; point codes meet only when they are equal.
fn key(entry: &Entry) -> String {
    match entry.kind {
        Kind::PointCode => format!("p{}.", entry.prefix),
        Kind::Imsi => format!("i{}", entry.prefix),
        Kind::Number | Kind::Gt | Kind::Smsc => format!("e{}", entry.prefix),
    }
}

type Told<'n> = (String, &'n Party, &'n Entry);

fn say(inner: &Told<'_>, outer: &Told<'_>, files: &[File<'_>], report: &mut Diagnostics) {
    let (Some(file), Some(outer_file)) = (files.get(inner.2.file), files.get(outer.2.file)) else { return };
    let (a, b) = (inner.1.relation, outer.1.relation);
    let message = format!("`{}` of {} lies in a range of {}", inner.2.prefix, inner.1.name, outer.1.name);
    let range = inner.2.range.clone();
    let diagnostic = match (a, b) {
        (Relation::Unknown, Relation::Home) => {
            let help = format!("if it is the home network, name it `{}` here", outer.1.name);
            file.warning(range, message).with_help(Some(help))
        }
        (Relation::Unknown, _) => return,
        (Relation::Home, _) | (_, Relation::Home) => {
            file.error(range, message, "ranges of the home network apart from all others")
        }
        _ => {
            let counts = if inner.0 == outer.0 { "the one written last counts" } else { "the longer one counts" };
            file.warning(range, message).with_help(Some(counts))
        }
    };
    report.push(diagnostic.related(outer_file.place(outer.2.range.clone()), "this one"));
}
