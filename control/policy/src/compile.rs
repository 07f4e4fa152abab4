//! From source to image, or to all that is wrong with it.

use crate::diagnostic::{Diagnostics, File};
use crate::document::{self, Document};
use crate::source::{POLICY_FILE, Source};
use serde::Serialize;
use sluice_abi::Mode;
use sluice_rules::check::Scope;
use sluice_rules::model::{Condition, Level, Model, Question, Rule};

/// A policy that can be used.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The image for the dataplane.
    pub image: Vec<u8>,
    /// What is in it.
    pub summary: Summary,
    /// What somebody should look at; no errors among them.
    pub warnings: Diagnostics,
}

/// What is in a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What the policy is called.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Rules of levels 1 to 4.
    pub rules_by_level: [usize; 4],
    /// Rules that act, that are in shadow, that are offline.
    pub rules_by_mode: [usize; 3],
    /// Its lists.
    pub lists: Vec<ListSummary>,
    /// Length of the image.
    pub image_octets: usize,
}

/// What is in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListSummary {
    /// Its name.
    pub name: String,
    /// `exact` or `prefix`.
    pub kind: &'static str,
    /// How many entries were written.
    pub entries: usize,
}

/// Compiles a policy. With anything wrong there is no image.
pub fn compile(source: &Source, version: u64) -> Result<Compiled, Diagnostics> {
    let mut report = Diagnostics::default();
    let document = document::read(source, &mut report);
    let scope = document.scope();
    let rules: Vec<Rule> = document.rules.iter().filter_map(|r| r.checked(&scope, &mut report)).collect();
    warn_of_unused_lists(&document, &rules, &scope, &mut report);
    report.sort();
    if report.has_errors() {
        return Err(report);
    }
    let lists = document.lists.iter().map(|l| l.list.clone()).collect();
    let model =
        Model { version, default_action: document.default_action, default_log: document.default_log, lists, rules, ..Model::default() };
    match sluice_rules::compile(&model) {
        Ok(image) => Ok(Compiled { summary: summary(&document, &model, image.len()), image, warnings: report }),
        Err(error) => {
            let file = File { path: POLICY_FILE, text: source.file(POLICY_FILE).unwrap_or("") };
            report.push(file.error(0..0, error.to_string(), "a smaller policy"));
            Err(report)
        }
    }
}

fn summary(document: &Document<'_>, model: &Model, image_octets: usize) -> Summary {
    let count = |wanted: &dyn Fn(&Rule) -> bool| model.rules.iter().filter(|r| wanted(r)).count();
    let list =
        |l: &sluice_rules::List| ListSummary { name: l.name.clone(), kind: l.kind.name(), entries: l.entries.len() };
    Summary {
        name: document.name.clone(),
        version: model.version,
        rules_by_level: Level::ALL.map(|level| count(&|r| r.level == level)),
        rules_by_mode: [Mode::Enforce, Mode::Shadow, Mode::Offline].map(|mode| count(&|r| r.mode == mode)),
        lists: model.lists.iter().map(list).collect(),
        image_octets,
    }
}

fn warn_of_unused_lists(document: &Document<'_>, rules: &[Rule], scope: &Scope, report: &mut Diagnostics) {
    // A rule that was refused may be the one that uses the list.
    if rules.len() != document.rules.len() {
        return;
    }
    let mut used = vec![false; scope.lists.len()];
    for condition in rules.iter().filter_map(|r| r.condition.as_ref()) {
        mark_lists(condition, &mut used);
    }
    for (list, _) in document.lists.iter().zip(used).filter(|(_, used)| !used) {
        let message = format!("no rule asks for the list `{}`", list.list.name);
        report.push(list.file.warning(list.name_range.clone(), message));
    }
}

fn mark_lists(condition: &Condition, used: &mut [bool]) {
    condition.each_test(&mut |test| {
        if let Question::Listed(number) = test.question
            && let Some(mark) = used.get_mut(number)
        {
            *mark = true;
        }
    });
}
