//! Policies as `sluice-policy` has them, put into the words of the API.

use crate::lists::{ByName, Known};
use sluice_api::policies::{Change, Diagnostic, Files, PartChange, PolicyChange, PolicyDiff, PolicySummary, Severity};
use sluice_api::problem::{Kind, Problem};
use sluice_policy::{Diagnostics, Difference, FieldChange, ListChange, Overview, Source, SourceError};
use sluice_rules::ListKind;
use std::sync::Arc;

/// A policy without errors.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What the dataplane takes.
    pub image: Vec<u8>,
    /// What is in it.
    pub summary: PolicySummary,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Diagnostic>,
    /// Its lists without their entries.
    pub lists: ByName,
}

/// Checks and compiles files.
///
/// # Errors
/// What is wrong with them, where.
pub fn compile(files: Files, version: u64) -> Result<Compiled, Problem> {
    let compiled = sluice_policy::compile(&source(files)?, version).map_err(|d| broken(&d))?;
    Ok(Compiled {
        lists: by_name(&compiled.summary),
        summary: summary(&compiled.summary),
        image: compiled.image,
        warnings: compiled.warnings.iter().map(diagnostic).collect(),
    })
}

/// Compares two policies.
///
/// # Errors
/// One of them cannot be read; which means files that came with the request, as no broken policy is kept.
pub fn diff(before: &Files, after: &Files) -> Result<PolicyDiff, Problem> {
    let difference = sluice_policy::diff(&source(before.clone())?, &source(after.clone())?).map_err(|d| broken(&d))?;
    Ok(PolicyDiff { same: difference.is_empty(), text: difference.to_string(), changes: changes(&difference) })
}

/// Lays a policy open.
///
/// # Errors
/// What is wrong with its files.
pub fn overview(files: Files) -> Result<Arc<Overview>, Problem> {
    sluice_policy::overview(&source(files)?).map(Arc::new).map_err(|d| broken(&d))
}

pub(crate) fn source(files: Files) -> Result<Source, Problem> {
    Source::from_files(files).map_err(|e| {
        let kind = match e {
            SourceError::TooMany | SourceError::TooLong(_) => Kind::TooLarge,
            _ => Kind::PolicyBroken,
        };
        Problem::new(kind, e.to_string())
    })
}

pub(crate) fn broken(diagnostics: &Diagnostics) -> Problem {
    let list: Vec<Diagnostic> = diagnostics.iter().map(diagnostic).collect();
    let errors = list.iter().filter(|d| d.severity == Severity::Error).count() + diagnostics.omitted();
    let first = list.iter().find(|d| d.severity == Severity::Error).map(ToString::to_string).unwrap_or_default();
    let detail = if errors == 1 { first } else { format!("{errors} errors, the first: {first}") };
    Problem::new(Kind::PolicyBroken, detail).with_diagnostics(list)
}

fn diagnostic(d: &sluice_policy::Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: match d.severity {
            sluice_policy::Severity::Error => Severity::Error,
            sluice_policy::Severity::Warning => Severity::Warning,
        },
        file: d.place.file.clone(),
        line: count(d.place.line),
        column: count(d.place.column),
        message: d.message.clone(),
        expected: Some(d.expected.clone()).filter(|e| !e.is_empty()),
        help: d.help.clone(),
    }
}

fn summary(s: &sluice_policy::Summary) -> PolicySummary {
    let [enforced, shadow, offline] = s.rules_by_mode.map(count);
    PolicySummary {
        name: s.name.clone(),
        rules_per_level: s.rules_by_level.map(count).to_vec(),
        enforced,
        shadow,
        offline,
        lists: s.lists.iter().map(|l| (l.name.clone(), count(l.entries))).collect(),
        image_bytes: s.image_octets as u64,
    }
}

fn by_name(s: &sluice_policy::Summary) -> ByName {
    let known = |list: &sluice_policy::ListSummary| {
        let kind = ListKind::ALL.into_iter().find(|kind| kind.name() == list.kind)?;
        Some((list.name.clone(), Known { kind, entries: list.entries as u64 }))
    };
    s.lists.iter().filter_map(known).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn changes(difference: &Difference) -> Vec<PolicyChange> {
    let settings = difference.settings.iter().map(setting);
    settings.chain(difference.rules.iter().map(rule)).chain(difference.lists.iter().map(list)).collect()
}

fn setting(field: &FieldChange) -> PolicyChange {
    let change = match (&field.old, &field.new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    PolicyChange { object: "setting".into(), name: field.field.clone(), change, parts: vec![part(field)] }
}

fn rule(rule: &sluice_policy::Change) -> PolicyChange {
    let (id, change, fields) = match rule {
        sluice_policy::Change::Added { id, fields } => (id, Change::Added, fields.as_slice()),
        sluice_policy::Change::Removed { id } => (id, Change::Removed, &[][..]),
        sluice_policy::Change::Changed { id, fields } => (id, Change::Changed, fields.as_slice()),
    };
    PolicyChange { object: "rule".into(), name: id.clone(), change, parts: fields.iter().map(part).collect() }
}

fn list(list: &ListChange) -> PolicyChange {
    let change = match list.change {
        "added" => Change::Added,
        "removed" => Change::Removed,
        _ => Change::Changed,
    };
    let entry = |before: Option<&String>, after: Option<&String>| PartChange {
        part: "entry".into(),
        before: before.cloned(),
        after: after.cloned(),
    };
    let mut parts: Vec<PartChange> = list.fields.iter().map(part).collect();
    parts.extend(list.removed.iter().map(|e| entry(Some(e), None)));
    parts.extend(list.added.iter().map(|e| entry(None, Some(e))));
    PolicyChange { object: "list".into(), name: list.name.clone(), change, parts }
}

fn part(field: &FieldChange) -> PartChange {
    PartChange { part: field.field.clone(), before: field.old.clone(), after: field.new.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &str, pid: &str) -> Files {
        let text = format!(
            "name = \"x\"\nscenarios = []\n[list.a]\nentries = [{list}]\n[[rule]]\nid = \"r\"\nlevel = 2\n\
             when = 'sms.pid == {pid} and sms.oa in list a'\naction = \"discard\"\n"
        );
        Files::from([("policy.toml".to_owned(), text)])
    }

    #[test]
    fn a_policy_is_compiled_and_summed_up() {
        let compiled = compile(files(r#""15550100", "15550101""#, "1"), 7).unwrap();
        assert_eq!((compiled.summary.rules_per_level, compiled.summary.enforced), (vec![0, 1, 0, 0], 1));
        assert_eq!((compiled.summary.lists["a"], compiled.summary.image_bytes), (2, compiled.image.len() as u64));
        assert!(compiled.warnings.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_what_was_expected() {
        let problem = compile(files(r#""15550100""#, "\"one\""), 7).unwrap_err();
        assert_eq!(problem.known_kind(), Some(Kind::PolicyBroken));
        let found = &problem.diagnostics[0];
        assert_eq!((found.severity, found.line), (Severity::Error, 8), "{found}");
        assert!(problem.detail.contains("policy.toml:8:"), "{problem}");
        let outside = Files::from([("../policy.toml".to_owned(), String::new())]);
        assert_eq!(compile(outside, 7).unwrap_err().known_kind(), Some(Kind::PolicyBroken));
    }

    #[test]
    fn a_difference_names_rules_and_entries() {
        let (before, after) = (files(r#""15550100""#, "1"), files(r#""15550101""#, "2"));
        assert!(diff(&before, &before).unwrap().same);
        let found = diff(&before, &after).unwrap();
        assert!(!found.same && found.text.contains("~ rule r"), "{}", found.text);
        let names: Vec<_> = found.changes.iter().map(|c| (c.object.as_str(), c.name.as_str(), c.change)).collect();
        assert_eq!(names, [("rule", "r", Change::Changed), ("list", "a", Change::Changed)]);
        let entries: Vec<_> =
            found.changes[1].parts.iter().map(|p| (p.before.as_deref(), p.after.as_deref())).collect();
        assert_eq!(entries, [(Some("15550100"), None), (None, Some("15550101"))]);
    }
}
