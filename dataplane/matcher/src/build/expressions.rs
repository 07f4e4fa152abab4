//! Expressions: read, grouped by the literals they require, made into automata.
//!
//! Those that require the same literals are one automaton if it does not become too large: it is run once for all of
//! them. If it does, each half is tried. One that is too large alone is tried from the literal on with which it
//! begins, or backwards from the one with which it ends: that needs no states for what may have begun elsewhere.

use super::automaton::{Flat, Way, flat};
use super::literals::{Required, beginning, ending, required};
use super::triggers::Triggers;
use super::write::Image;
use super::{BuildError, Reason, Target};
use crate::image::Kind;
use regex_syntax::hir::Hir;
use std::collections::BTreeMap;

/// Groups within groups deeper than this are refused.
const NEST_MAX: u32 = 64;

/// An expression that was read.
#[derive(Clone, Debug)]
pub(super) struct Expression<'p> {
    text: &'p str,
    hir: Hir,
    required: Option<Required>,
    targets: Vec<Target>,
}

impl<'p> Expression<'p> {
    pub(super) fn parse(text: &'p str, targets: Vec<Target>) -> Result<Self, BuildError> {
        let mut parser = regex_syntax::ParserBuilder::new();
        let parsed = parser.unicode(false).utf8(false).nest_limit(NEST_MAX).build().parse(text);
        let hir = parsed.map_err(|error| syntax_error(&error, text, &targets))?;
        Ok(Self { text, required: required(&hir), hir, targets })
    }

    fn too_large(&self) -> BuildError {
        BuildError { entry: entry_of(&self.targets), reason: Reason::TooManyStates, span: 0..self.text.len() }
    }
}

fn entry_of(targets: &[Target]) -> usize {
    targets.iter().map(|(_, entry)| *entry as usize).min().unwrap_or_default()
}

fn syntax_error(error: &regex_syntax::Error, text: &str, targets: &[Target]) -> BuildError {
    let (said, span) = match error {
        regex_syntax::Error::Parse(e) => (e.kind().to_string(), *e.span()),
        regex_syntax::Error::Translate(e) => (e.kind().to_string(), *e.span()),
        other => {
            return BuildError {
                entry: entry_of(targets),
                reason: Reason::Syntax(other.to_string()),
                span: 0..text.len(),
            };
        }
    };
    BuildError { entry: entry_of(targets), reason: Reason::Syntax(said), span: span.start.offset..span.end.offset }
}

/// Adds all expressions, with what calls them.
pub(super) fn add(
    expressions: &[Expression<'_>],
    image: &mut Image,
    triggers: &mut Triggers,
) -> Result<(), BuildError> {
    let mut left = expressions.to_vec();
    for way in [Way::Search, Way::Here, Way::Back] {
        left = add_all(left, way, image, triggers);
    }
    left.iter().map(Expression::too_large).min_by_key(|error| error.entry).map_or(Ok(()), Err)
}

/// Adds what can be added in this way; gives back the others.
fn add_all<'p>(
    mut expressions: Vec<Expression<'p>>,
    way: Way,
    image: &mut Image,
    triggers: &mut Triggers,
) -> Vec<Expression<'p>> {
    for expression in expressions.iter_mut() {
        match way {
            Way::Search => {}
            Way::Here => expression.required = beginning(&expression.hir),
            Way::Back => expression.required = ending(&expression.hir),
        }
    }
    let mut left = Vec::new();
    for (literals, group) in grouped(&expressions) {
        match literals {
            None if way != Way::Search => left.extend(group),
            _ => add_group(literals, &group, way, image, triggers, &mut left),
        }
    }
    left.into_iter().cloned().collect()
}

type Literals<'e> = Option<&'e [Vec<u8>]>;

fn grouped<'e, 'p>(expressions: &'e [Expression<'p>]) -> BTreeMap<Literals<'e>, Vec<&'e Expression<'p>>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for expression in expressions {
        let literals = expression.required.as_ref().map(|required| required.literals.as_slice());
        groups.entry(literals).or_default().push(expression);
    }
    groups
}

/// Adds expressions of the same literals; those that are too large alone are `left`.
fn add_group<'e, 'p>(
    literals: Literals<'_>,
    group: &[&'e Expression<'p>],
    way: Way,
    image: &mut Image,
    triggers: &mut Triggers,
    left: &mut Vec<&'e Expression<'p>>,
) {
    let hirs: Vec<&Hir> = group.iter().map(|expression| &expression.hir).collect();
    match (flat(&hirs, way), group) {
        (Some(flat), _) => call(literals, group, &flat, way, image, triggers),
        (None, [one]) => left.push(one),
        (None, _) => {
            let (first, second) = group.split_at(group.len() / 2);
            add_group(literals, first, way, image, triggers, left);
            add_group(literals, second, way, image, triggers, left);
        }
    }
}

fn call(
    literals: Literals<'_>,
    group: &[&Expression<'_>],
    flat: &Flat,
    way: Way,
    image: &mut Image,
    triggers: &mut Triggers,
) {
    let targets: Vec<&[Target]> = group.iter().map(|expression| expression.targets.as_slice()).collect();
    let kind = match way {
        Way::Search => Kind::Search,
        Way::Here => Kind::Here,
        Way::Back => Kind::Back,
    };
    let action = image.add_automaton(flat, kind, &targets);
    let Some(literals) = literals else { return image.run_always(action) };
    let befores = group.iter().map(|expression| expression.required.as_ref()?.before);
    let before = befores.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    triggers.add(literals.to_vec(), action, before);
}

#[cfg(test)]
mod tests {
    use crate::image::Section;
    use crate::{Edge, Entry, Layout, Pattern, build};

    fn automata(expressions: &[String]) -> u32 {
        let entries: Vec<Entry> =
            (0..).zip(expressions).map(|(set, e)| Entry { set, pattern: Pattern::Regex(e), edge: Edge::Any }).collect();
        let layout = Layout::verify(&build(&entries).unwrap()).unwrap();
        layout.sections[Section::Dfas as usize].1
    }

    #[test]
    fn expressions_of_the_same_literals_share_an_automaton() {
        let links: Vec<String> = (0..20).map(|n| format!("https?://host{n}.example")).collect();
        let digits = [r"\d{4}", r"\d\d[a-z]"].map(str::to_owned);
        assert_eq!((automata(&links), automata(&digits)), (20, 1));
    }

    #[test]
    fn bounded_repeats_behind_the_same_word_share_an_automaton() {
        let gaps: Vec<String> = (0..8).map(|n| format!("free.{{0,60}}prize{n}")).collect();
        assert_eq!(automata(&gaps), 1);
    }
}
