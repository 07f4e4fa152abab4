//! Diagnostics for people, in the manner of rustc.

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::source::Source;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

/// Lines are not cut before this column.
const WIDTH: usize = 120;

pub(crate) fn render(diagnostics: &Diagnostics, source: &Source, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        text.push_str(&renderer.render(&[group(diagnostic, source)]));
        text.push_str("\n\n");
    }
    text.push_str(&summary(diagnostics));
    text
}

fn group<'a>(d: &'a Diagnostic, source: &'a Source) -> Group<'a> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let label = if d.expected.is_empty() { String::new() } else { format!("expected {}", d.expected) };
    let here = annotation(AnnotationKind::Primary, &d.place, label);
    let mut first = snippet(&d.place, source).annotation(here);
    let mut second = None;
    if let Some((place, what)) = &d.related {
        let there = annotation(AnnotationKind::Context, place, what.clone());
        if place.file == d.place.file {
            first = first.annotation(there);
        } else {
            second = Some(snippet(place, source).annotation(there));
        }
    }
    let group = level.primary_title(d.message.as_str()).element(first);
    let group = second.into_iter().fold(group, Group::element);
    match &d.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

fn annotation<'a>(kind: AnnotationKind, place: &Place, label: String) -> Annotation<'a> {
    let annotation = kind.span(place.range.clone());
    if label.is_empty() { annotation } else { annotation.label(label) }
}

fn snippet<'a>(place: &'a Place, source: &'a Source) -> Snippet<'a, Annotation<'a>> {
    let text = source.file(&place.file).or_else(|| crate::scenario::text(&place.file));
    Snippet::source(text.unwrap_or("")).path(place.file.as_str())
}

fn summary(diagnostics: &Diagnostics) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let number = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    for (n, what) in [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")] {
        if n > 0 {
            parts.push(number(n, what));
        }
    }
    if diagnostics.omitted() > 0 {
        parts.push(format!("{} more not shown", diagnostics.omitted()));
    }
    if parts.is_empty() { String::new() } else { format!("{}\n", parts.join(", ")) }
}
