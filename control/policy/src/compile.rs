//! From source to image, or to all that is wrong with it.

use crate::assemble::assemble;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::source::Source;
use serde::Serialize;
use sluice_abi::Mode;
use sluice_rules::model::{Level, Model, Rule};

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

/// The checked model of a policy, before it becomes an image, with what somebody should look at.
pub fn model(source: &Source, version: u64) -> Result<(Model, Diagnostics), Diagnostics> {
    checked(source, version).map(|(_, model, warnings)| (model, warnings))
}

fn checked(source: &Source, version: u64) -> Result<(Document<'_>, Model, Diagnostics), Diagnostics> {
    let mut report = Diagnostics::default();
    let mut document = document::read(source, &mut report);
    let model = Model { version, ..assemble(&mut document, &mut report) };
    report.sort();
    if report.has_errors() { Err(report) } else { Ok((document, model, report)) }
}

/// Compiles a policy. With anything wrong there is no image.
pub fn compile(source: &Source, version: u64) -> Result<Compiled, Diagnostics> {
    let (document, model, mut report) = checked(source, version)?;
    match sluice_rules::compile(&model) {
        Ok(image) => Ok(Compiled { summary: summary(&document, &model, image.len()), image, warnings: report }),
        Err(error) => {
            report.push(document.file.error(0..0, error.to_string(), "a smaller policy"));
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
