//! Lists of policies as the daemon knows them, and the changes that a dataplane is told.
//!
//! The policy's files are the truth about a list; what was put or removed since is kept in the store and told to the
//! dataplane as one small image, again after every push and rollback. A change is forgotten when the files of a pushed
//! policy say the same.

use crate::policy::{broken, source};
use crate::store::lists::Changed;
use sluice_api::policies::Files;
use sluice_api::problem::{Kind, Problem};
use sluice_rules::changes::{self, is_looked_up};
use sluice_rules::image::ListRecord;
use sluice_rules::table::FOREVER;
use sluice_rules::{Change, ChangesLayout, Image, List, ListKind};
use std::collections::BTreeMap;

/// A list without its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// How entries are matched.
    pub kind: ListKind,
    /// How many there are.
    pub entries: u64,
}

/// Lists by name.
pub type ByName = BTreeMap<String, Known>;

/// The lists of a policy with their entries.
///
/// # Errors
/// What is wrong with the files.
pub fn read(files: Files) -> Result<Vec<List>, Problem> {
    sluice_policy::model(&source(files)?, 1).map(|(model, _)| model.lists).map_err(|d| broken(&d))
}

/// What is known of lists without their entries.
pub fn by_name(lists: &[List]) -> ByName {
    let known = |list: &List| Known { kind: list.kind, entries: list.entries.len() as u64 };
    lists.iter().map(|list| (list.name.clone(), known(list))).collect()
}

/// Whether an entry can be put into a list, or taken out, one at a time.
///
/// # Errors
/// There is no such list, it is compiled into the matcher, or the entry is not of its kind.
pub fn check(lists: &ByName, list: &str, entry: &str) -> Result<(), Problem> {
    let none = || {
        let names: Vec<&str> = lists.keys().map(String::as_str).collect();
        let near = sluice_rules::text::nearest(list, names.iter().copied());
        let help = near.first().map_or(String::new(), |n| format!(": did you mean `{n}`?"));
        Problem::new(Kind::NotFound, format!("the policy in force has no list `{list}`{help}"))
    };
    let known = lists.get(list).ok_or_else(none)?;
    if !is_looked_up(known.kind) {
        let why = changes::ChangesError::NeedsCompile(list.to_owned());
        return Err(Problem::new(Kind::RequestInvalid, why.to_string()));
    }
    sluice_policy::check_entry(known.kind, entry).map_err(|wrong| {
        let help = wrong.help.map_or(String::new(), |h| format!("; {h}"));
        let detail = format!("{entry:?}: {}, expected {}{help}", wrong.message, wrong.expected);
        Problem::new(Kind::RequestInvalid, detail)
    })
}

/// The image of changes for a policy. Changes of lists that it has not, or has of a kind of the matcher, are left out:
/// they are pending still.
///
/// # Errors
/// There are too many.
pub fn image(version: u64, lists: &ByName, pending: &[Changed]) -> Result<Vec<u8>, Problem> {
    let change = |changed: &Changed| {
        let kind = lists.get(&changed.list).map(|l| l.kind).filter(|&k| is_looked_up(k))?;
        sluice_policy::check_entry(kind, &changed.entry).ok()?;
        Some(Change { list: changed.list.clone(), kind, entry: changed.entry.clone(), until_s: changed.until_s })
    };
    let changes: Vec<Change> = pending.iter().filter_map(change).collect();
    changes::build(version, &changes).map_err(|e| Problem::new(Kind::TooLarge, e.to_string()))
}

/// What is pending, as it is in force over an image.
pub struct Pending {
    octets: Vec<u8>,
    layout: ChangesLayout,
}

impl Pending {
    /// For an image.
    ///
    /// # Errors
    /// There are too many.
    pub fn of(policy: &Image<'_>, pending: &[Changed]) -> Result<Self, Problem> {
        let known = |list: ListRecord<'_>| Known { kind: list.kind(), entries: u64::from(list.entries()) };
        let lists = policy.lists().map(|(name, list)| (name.to_owned(), known(list))).collect();
        let octets = image(policy.version(), &lists, pending)?;
        let broken = |e| Problem::new(Kind::Internal, format!("changes that were just made: {e}"));
        let layout = ChangesLayout::verify(&octets, policy).map_err(broken)?;
        Ok(Self { octets, layout })
    }

    /// The image with them.
    pub fn over<'i>(&'i self, policy: Image<'i>) -> Image<'i> {
        policy.with_changes(self.layout.changes(&self.octets))
    }
}

/// Those changes that the lists of a policy say as well.
pub fn said_by(lists: &[List], pending: &[Changed]) -> Vec<Changed> {
    let mut said = Vec::new();
    for list in lists {
        let mut wanted: BTreeMap<&str, (&Changed, Option<u64>)> =
            pending.iter().filter(|c| c.list == list.name).map(|c| (c.entry.as_str(), (c, None))).collect();
        if wanted.is_empty() {
            continue;
        }
        for (place, entry) in list.entries.iter().enumerate() {
            if let Some((_, found)) = wanted.get_mut(entry) {
                *found = (*found).max(Some(list.entries.until(place)));
            }
        }
        let agrees = |(changed, found): &&(&Changed, Option<u64>)| match found {
            Some(until_s) => *until_s == changed.until_s,
            None => changed.until_s == Change::REMOVED,
        };
        said.extend(wanted.values().filter(agrees).map(|(changed, _)| (*changed).clone()));
    }
    said
}

/// The second at which a moment is over.
pub fn second_of(until: Option<sluice_api::Timestamp>) -> u64 {
    const NS_PER_S: u64 = 1_000_000_000;
    // 0 would say that it is removed.
    until.map_or(FOREVER, |moment| (moment.as_ns() / NS_PER_S).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_api::Timestamp;

    fn changed(entry: &str, until_s: u64) -> Changed {
        let (list, note, who) = ("own".to_owned(), String::new(), "uid:0".to_owned());
        Changed { list, entry: entry.into(), until_s, note, who, at: Timestamp::from_ns(0) }
    }

    #[test]
    fn a_change_is_said_by_files_that_have_the_entry_as_it_was_put_or_lack_it_as_it_was_removed() {
        let mut entries = sluice_rules::Entries::default();
        for (entry, until_s) in [("1", FOREVER), ("2", FOREVER), ("3", 50)] {
            assert!(entries.push_until(entry, until_s));
        }
        let lists = [List { name: "own".into(), kind: ListKind::Exact, entries }];
        let agree = [changed("1", FOREVER), changed("3", 50), changed("4", 0)];
        let differ = [changed("2", 0), changed("2", 50), changed("5", FOREVER)];
        for change in &agree {
            assert_eq!(said_by(&lists, std::slice::from_ref(change)), std::slice::from_ref(change));
        }
        for change in differ {
            assert_eq!(said_by(&lists, &[change]), []);
        }
        let mut elsewhere = changed("4", 0);
        elsewhere.list = "gone".into();
        assert_eq!(said_by(&lists, &[elsewhere]), [], "a list that is not there says nothing");
    }
}
