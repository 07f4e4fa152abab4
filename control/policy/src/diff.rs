//! What is different between two policies: per setting, variable, rule and list, in words and for programs.

use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::rule::Written;
use crate::scenario::Scenario;
use crate::show::{one_line, variable};
use crate::source::Source;
use crate::{condition, counter, schedule};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// So many entries of a list are written out in words; the structure has all.
const ENTRIES_SHOWN: usize = 20;

/// All differences; empty where two policies mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Settings, variables (`$name`), and the keys of conditions, counters and scenarios (`counter.name.window`).
    pub settings: Vec<FieldChange>,
    /// Rules by id.
    pub rules: Vec<Change>,
    /// Lists by name.
    pub lists: Vec<ListChange>,
}

/// One field with its old and new value; `None` where it was not or is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The key.
    pub field: String,
    /// Its value before.
    pub old: Option<String>,
    /// Its value after.
    pub new: Option<String>,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added {
        /// Its id.
        id: String,
        /// Its fields.
        fields: Vec<FieldChange>,
    },
    /// It is gone.
    Removed {
        /// Its id.
        id: String,
    },
    /// It is another.
    Changed {
        /// Its id.
        id: String,
        /// What is different.
        fields: Vec<FieldChange>,
    },
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListChange {
    /// Its name.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: &'static str,
    /// Kind and comment, where they differ.
    pub fields: Vec<FieldChange>,
    /// Entries that came.
    pub added: Vec<String>,
    /// Entries that went.
    pub removed: Vec<String>,
}

/// Compares two policies; refused with what is wrong if the files of either cannot be read.
pub fn diff(old: &Source, new: &Source) -> Result<Difference, Diagnostics> {
    let (old, new) = (readable(old)?, readable(new)?);
    Ok(Difference {
        settings: changes(&settings(&old), &settings(&new)),
        rules: rules(&old, &new),
        lists: lists(&old, &new),
    })
}

fn readable(source: &Source) -> Result<Document<'_>, Diagnostics> {
    let mut report = Diagnostics::default();
    let document = document::read(source, &mut report);
    report.sort();
    if report.has_errors() { Err(report) } else { Ok(document) }
}

/// Fields in the order in which they are shown.
type Fields = Vec<(String, String)>;

fn settings(document: &Document<'_>) -> Fields {
    let mut fields = vec![
        ("name".to_owned(), document.name.clone()),
        ("comment".to_owned(), document.comment.clone()),
        ("default_action".to_owned(), document.default_action.name().to_owned()),
        ("default_log".to_owned(), document.default_log.name().to_owned()),
    ];
    fields.extend([
        ("network".to_owned(), document.network_file.clone().unwrap_or_default()),
        ("scenarios".to_owned(), document.wanted.show()),
        ("scenario_mode".to_owned(), document.wanted.mode_name.to_owned()),
    ]);
    fields.extend(document.own.variables.iter().map(|(name, value)| (format!("${name}"), variable(value))));
    fields.extend(document.own.conditions.iter().flat_map(condition_fields));
    fields.extend(document.own.counters.iter().flat_map(counter_fields));
    fields.extend(document.scenarios.iter().flat_map(scenario_fields));
    fields.retain(|(_, value)| !value.is_empty());
    fields
}

fn condition_fields(condition: &condition::Written<'_>) -> Fields {
    let name = format!("condition.{}", condition.name.value);
    vec![(format!("{name}.comment"), condition.comment.clone()), (name, one_line(&condition.when.value))]
}

fn counter_fields(counter: &counter::Written<'_>) -> Fields {
    let key: Vec<String> = counter.key.iter().map(ToString::to_string).collect();
    let fields = [
        ("key", key.join(" ")),
        ("counts", counter::show_counts(&counter.counts)),
        ("window", counter.window.as_ref().map_or(String::new(), |w| w.value.clone())),
        ("when", counter.when.as_ref().map_or(String::new(), |w| one_line(&w.value))),
        ("comment", counter.comment.clone()),
    ];
    fields.map(|(key, value)| (format!("counter.{}.{key}", counter.name.value), value)).into()
}

/// The rules of scenarios are compared as rules; here is what a policy can say of them.
fn scenario_fields(scenario: &Scenario<'_>) -> Fields {
    let name = format!("scenario.{}", scenario.name);
    let mut fields = vec![(format!("{name}.mode"), scenario.mode.name().to_owned())];
    fields.extend(scenario.settings.iter().map(|s| (format!("{name}.{}", s.name), s.show())));
    fields
}

fn rule_fields(rule: &Written<'_>) -> Fields {
    let mut fields = vec![
        ("level".to_owned(), rule.level.map_or(String::new(), |l| l.number().to_string())),
        ("trigger".to_owned(), rule.triggers.to_string()),
        ("mode".to_owned(), rule.mode.name().to_owned()),
        ("when".to_owned(), rule.when.as_ref().map_or(String::new(), |w| one_line(&w.value))),
        ("action".to_owned(), rule.action().map_or(String::new(), |a| a.name().to_owned())),
        ("error".to_owned(), rule.error.as_ref().map_or(String::new(), |e| e.value.name().to_owned())),
        ("sender".to_owned(), rule.rewriting.sender.clone().unwrap_or_default()),
        ("append".to_owned(), rule.rewriting.append.clone().unwrap_or_default()),
        ("strip".to_owned(), rule.rewriting.strip.to_string()),
        ("mask".to_owned(), rule.rewriting.mask.to_string()),
        ("tag".to_owned(), rule.tag.as_ref().map_or(String::new(), |t| t.value.clone())),
        ("score".to_owned(), rule.score.as_ref().map_or(String::new(), |s| s.value.to_string())),
        ("log".to_owned(), rule.log.map_or(String::new(), |l| l.name().to_owned())),
        ("statistics".to_owned(), rule.statistics.map_or(String::new(), |s| s.name().to_owned())),
        ("owner".to_owned(), rule.owner.clone()),
        ("comment".to_owned(), rule.comment.clone()),
    ];
    fields.extend(schedule::show(&rule.validity).into_iter().map(|(key, value)| (key.to_owned(), value)));
    fields.retain(|(_, value)| !value.is_empty());
    fields
}

fn changes(old: &Fields, new: &Fields) -> Vec<FieldChange> {
    let value = |fields: &Fields, key: &str| fields.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    let gone = old.iter().filter(|(key, _)| value(new, key).is_none());
    let keys = new.iter().chain(gone).map(|(key, _)| key);
    keys.map(|key| FieldChange { field: key.clone(), old: value(old, key), new: value(new, key) })
        .filter(|c| c.old != c.new)
        .collect()
}

fn rules(old: &Document<'_>, new: &Document<'_>) -> Vec<Change> {
    let (before, after) = (by_id(old), by_id(new));
    let (ranks_before, ranks_after) = (ranks(old, &before, &after), ranks(new, &before, &after));
    let mut list = Vec::new();
    for rule in new.rules() {
        let id = rule.id.value.as_str();
        let Some(earlier) = before.get(id) else {
            list.push(Change::Added { id: id.to_owned(), fields: changes(&Vec::new(), &rule_fields(rule)) });
            continue;
        };
        let mut fields = changes(&rule_fields(earlier), &rule_fields(rule));
        fields.extend(moved(ranks_before.get(id), ranks_after.get(id)));
        if !fields.is_empty() {
            list.push(Change::Changed { id: id.to_owned(), fields });
        }
    }
    let gone = old.rules().filter(|r| !after.contains_key(r.id.value.as_str()));
    list.extend(gone.map(|r| Change::Removed { id: r.id.value.clone() }));
    list
}

type ById<'d, 's> = BTreeMap<&'d str, &'d Written<'s>>;

fn by_id<'d, 's>(document: &'d Document<'s>) -> ById<'d, 's> {
    document.rules().map(|r| (r.id.value.as_str(), r)).collect()
}

/// The place of each rule among those of its level that both policies have there. The order within a level decides
/// who is first, and what is added or removed elsewhere does not change it.
fn ranks<'d>(document: &'d Document<'_>, before: &ById<'_, '_>, after: &ById<'_, '_>) -> BTreeMap<&'d str, usize> {
    let level_in = |rules: &ById<'_, '_>, id: &str| rules.get(id).and_then(|r| r.level);
    let mut next = BTreeMap::new();
    let mut ranks = BTreeMap::new();
    for rule in document.rules() {
        let id = rule.id.value.as_str();
        if let Some(level) = level_in(before, id).filter(|_| level_in(before, id) == level_in(after, id)) {
            let rank = next.entry(level).or_insert(0);
            *rank += 1;
            ranks.insert(id, *rank);
        }
    }
    ranks
}

fn moved(was: Option<&usize>, is: Option<&usize>) -> Option<FieldChange> {
    (was != is).then(|| FieldChange {
        field: "place in its level".to_owned(),
        old: was.map(usize::to_string),
        new: is.map(usize::to_string),
    })
}

fn lists(old: &Document<'_>, new: &Document<'_>) -> Vec<ListChange> {
    let names: BTreeSet<&str> = old.own.lists.iter().chain(&new.own.lists).map(|l| l.list.name.as_str()).collect();
    let find = |document: &'_ Document<'_>, name: &str| {
        let list = document.own.lists.iter().find(|l| l.list.name == name);
        list.map(|l| {
            (l.list.kind.name(), l.comment.clone(), l.list.entries.iter().map(str::to_owned).collect::<BTreeSet<_>>())
        })
    };
    let mut changed = Vec::new();
    for name in names {
        let (before, after) = (find(old, name), find(new, name));
        let change = match (&before, &after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let fields = |list: &Option<(&str, String, BTreeSet<String>)>| {
            let mut fields: Fields = list.iter().map(|l| ("kind".to_owned(), l.0.to_owned())).collect();
            fields.extend(list.iter().filter(|l| !l.1.is_empty()).map(|l| ("comment".to_owned(), l.1.clone())));
            fields
        };
        let fields = changes(&fields(&before), &fields(&after));
        let entries = |list: Option<(&str, String, BTreeSet<String>)>| list.map(|l| l.2).unwrap_or_default();
        let (before, after) = (entries(before), entries(after));
        let added: Vec<String> = after.difference(&before).cloned().collect();
        let removed: Vec<String> = before.difference(&after).cloned().collect();
        if change != "changed" || !fields.is_empty() || !added.is_empty() || !removed.is_empty() {
            changed.push(ListChange { name: name.to_owned(), change, fields, added, removed });
        }
    }
    changed
}

impl Difference {
    /// Whether both mean the same.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.rules.is_empty() && self.lists.is_empty()
    }
}

impl fmt::Display for Difference {
    /// `+` for what came, `-` for what went, `~` for what is another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.settings {
            writeln!(f, "~ {change}")?;
        }
        for change in &self.rules {
            let (sign, id, fields) = match change {
                Change::Added { id, fields } => ('+', id, fields.as_slice()),
                Change::Removed { id } => ('-', id, &[][..]),
                Change::Changed { id, fields } => ('~', id, fields.as_slice()),
            };
            writeln!(f, "{sign} rule {id}")?;
            fields.iter().try_for_each(|field| writeln!(f, "    {field}"))?;
        }
        self.lists.iter().try_for_each(|list| list.fmt(f))
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(f, "{}: {old} -> {new}", self.field),
            (None, Some(new)) => write!(f, "{}: {new}", self.field),
            (Some(old), None) => write!(f, "{}: {old} -> (nothing)", self.field),
            (None, None) => f.write_str(&self.field),
        }
    }
}

impl fmt::Display for ListChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            "added" => '+',
            "removed" => '-',
            _ => '~',
        };
        writeln!(f, "{sign} list {}: {} added, {} removed", self.name, self.added.len(), self.removed.len())?;
        self.fields.iter().try_for_each(|field| writeln!(f, "    {field}"))?;
        for (sign, entries) in [('+', &self.added), ('-', &self.removed)] {
            entries.iter().take(ENTRIES_SHOWN).try_for_each(|entry| writeln!(f, "    {sign} {entry}"))?;
            if let Some(more) = entries.len().checked_sub(ENTRIES_SHOWN).filter(|&n| n > 0) {
                writeln!(f, "    {sign} and {more} more")?;
            }
        }
        Ok(())
    }
}
