//! From source to image, or to all that is wrong with it.

use crate::assemble::assemble;
use crate::diagnostic::{Diagnostic, Diagnostics, File};
use crate::document::{self, Document};
use crate::source::Source;
use serde::Serialize;
use sluice_abi::Mode;
use sluice_rules::model::{Level, Model, Rule};
use sluice_rules::{CompileError, Layout};

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

/// Compiles a policy. With anything wrong there is no image, and what the dataplane would refuse is wrong.
pub fn compile(source: &Source, version: u64) -> Result<Compiled, Diagnostics> {
    let (document, model, mut report) = checked(source, version)?;
    let image = sluice_rules::compile(&model).map_err(|error| Box::new(not_compiled(&error, &document, &model)));
    match image.and_then(|image| verified(image, document.file)) {
        Ok(image) => Ok(Compiled { summary: summary(&document, &model, image.len()), image, warnings: report }),
        Err(error) => {
            report.push(*error);
            Err(report)
        }
    }
}

/// The image, if the dataplane will take it: it asks the same before it brings one into force.
fn verified(image: Vec<u8>, file: File<'_>) -> Result<Vec<u8>, Box<Diagnostic>> {
    let expected = "an image that verifies: this is an error of the compiler, please report it with the policy";
    match Layout::verify(&image) {
        Ok(_) => Ok(image),
        Err(error) => {
            Err(Box::new(file.error(0..0, format!("the dataplane would refuse this policy: {error}"), expected)))
        }
    }
}

/// What the compiler says, at the list, rule or counter it is about.
fn not_compiled(error: &CompileError, document: &Document<'_>, model: &Model) -> Diagnostic {
    let rule = |n: usize| model.rules.get(n).map(|r| ("rule", r.id.as_str()));
    let counter = |n: usize| model.counters.get(n).map(|c| ("counter", c.name.as_str()));
    let list = |n: usize| model.lists.get(n).map(|l| ("list", l.name.as_str()));
    let (about, reason) = match error {
        CompileError::Pattern { list: Some(n), pattern, reason } => (list(*n), format!("`{pattern}`: {reason}")),
        CompileError::ListEntry(n) => (list(*n), "its entries are too many, too long or too much alike".to_owned()),
        CompileError::ConditionTooLarge(n) => (rule(*n), "its condition has too many tests".to_owned()),
        CompileError::CounterTooLarge(n) => (counter(*n), "its condition has too many tests".to_owned()),
        _ => (None, String::new()),
    };
    let Some((kind, name)) = about else {
        return document.file.error(0..0, error.to_string(), "a smaller policy");
    };
    let (file, range) = document.place_of(kind, name).unwrap_or((document.file, 0..0));
    file.error(range, format!("the {kind} `{name}` cannot be compiled: {reason}"), format!("a smaller {kind}"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    const POLICY: &str = "name = \"x\"\nscenarios = []\n[list.words]\nkind = \"words\"\nentries = [\"prize\"]\n\
                          [counter.c]\nkey = [\"map.imsi\"]\nwindow = \"1m\"\n\
                          [[rule]]\nid = \"r\"\nlevel = 3\naction = \"discard\"\n\
                          when = 'sms.plain contains list words and counter.c > 1'";

    fn policy() -> Source {
        Source::from_files([("policy.toml".to_owned(), POLICY.to_owned())]).unwrap()
    }

    #[test]
    fn an_image_that_the_dataplane_would_refuse_is_no_image() {
        let mut image = compile(&policy(), 1).unwrap().image;
        let file = File { path: "policy.toml", text: POLICY };
        assert!(verified(image.clone(), file).is_ok());
        *image.last_mut().unwrap() ^= 1;
        let refusal = verified(image, file).unwrap_err();
        assert!(refusal.message.starts_with("the dataplane would refuse this policy: "), "{}", refusal.message);
    }

    #[test]
    fn what_the_compiler_refuses_is_told_where_it_stands() {
        let source = policy();
        let (document, model, _): (Document<'_>, _, _) = checked(&source, 1).unwrap();
        let pattern = |list| CompileError::Pattern { list, pattern: "prize".into(), reason: "too many".into() };
        for (error, line, message) in [
            (pattern(Some(0)), 3, "the list `words` cannot be compiled: `prize`: too many"),
            (CompileError::ListEntry(0), 3, "the list `words` cannot be compiled: its entries are"),
            (CompileError::CounterTooLarge(0), 6, "the counter `c` cannot be compiled: its condition"),
            (CompileError::ConditionTooLarge(0), 10, "the rule `r` cannot be compiled: its condition"),
            (pattern(None), 1, "`prize`: too many"),
            (CompileError::ImageTooLarge, 1, "the image has more than"),
        ] {
            let told = not_compiled(&error, &document, &model);
            assert_eq!(told.place.line, line, "{error:?}");
            assert!(told.message.starts_with(message), "{}", told.message);
        }
    }
}
