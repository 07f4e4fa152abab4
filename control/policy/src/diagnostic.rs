//! What is wrong with a policy: structured for programs, with the place in its file.

use crate::source::Source;
use serde::Serialize;
use std::ops::Range;

/// So many are kept; the rest is counted.
pub const DIAGNOSTICS_MAX: usize = 50;

/// Whether a policy with it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, and somebody should look.
    Warning,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Path within the policy.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In bytes from the start of the file.
    pub range: Range<usize>,
}

impl Place {
    /// Finds line and column of a range.
    pub fn new(file: &str, text: &str, range: Range<usize>) -> Self {
        let before = text.get(..range.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
            range,
        }
    }
}

/// One thing that is wrong or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether the policy can be used all the same.
    pub severity: Severity,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What was expected there; may be empty.
    pub expected: String,
    /// What to do about it, where that can be guessed.
    pub help: Option<String>,
    /// Another place that has to do with it, and what is there.
    pub related: Option<(Place, String)>,
}

/// All that is wrong with a policy, in the order of files and places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    omitted: usize,
}

impl Diagnostics {
    /// What is kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many there were beyond [`DIAGNOSTICS_MAX`].
    pub const fn omitted(&self) -> usize {
        self.omitted
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the policy cannot be used.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// For people: each with the lines of the file it is about.
    pub fn render(&self, source: &Source, colour: bool) -> String {
        crate::render::render(self, source, colour)
    }

    /// Adds one. An error is kept at the cost of a warning where there is no room.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < DIAGNOSTICS_MAX {
            self.list.push(diagnostic);
            return;
        }
        self.omitted += 1;
        let warning = self.list.iter().rposition(|d| d.severity == Severity::Warning);
        if let (Severity::Error, Some(at)) = (diagnostic.severity, warning) {
            self.list.remove(at);
            self.list.push(diagnostic);
        }
    }

    pub(crate) fn sort(&mut self) {
        self.list.sort_by(|a, b| (&a.place.file, a.place.range.start).cmp(&(&b.place.file, b.place.range.start)));
    }
}

impl std::fmt::Display for Diagnostics {
    /// One line each: `file:line:column: error: message, expected …`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for d in &self.list {
            let severity = if d.severity == Severity::Error { "error" } else { "warning" };
            write!(f, "{}:{}:{}: {severity}: {}", d.place.file, d.place.line, d.place.column, d.message)?;
            if !d.expected.is_empty() {
                write!(f, ", expected {}", d.expected)?;
            }
            writeln!(f)?;
        }
        if self.omitted > 0 {
            writeln!(f, "and {} more", self.omitted)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// A file under examination, and where to put what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'s> {
    pub(crate) path: &'s str,
    pub(crate) text: &'s str,
}

impl File<'_> {
    pub(crate) fn place(self, range: Range<usize>) -> Place {
        Place::new(self.path, self.text, range)
    }

    pub(crate) fn error(
        self,
        range: Range<usize>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            place: self.place(range),
            expected: expected.into(),
            help: None,
            related: None,
        }
    }

    pub(crate) fn warning(self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..self.error(range, message, "") }
    }
}

impl Diagnostic {
    pub(crate) fn with_help(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into);
        self
    }

    pub(crate) fn related(mut self, place: Place, what: &str) -> Self {
        self.related = Some((place, what.to_owned()));
        self
    }
}
