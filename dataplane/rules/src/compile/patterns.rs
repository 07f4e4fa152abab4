//! Words, wildcards and expressions: for each subject that is searched the questions about it, and the image of a
//! matcher that answers all of them at once.

use super::CompileError;
use crate::image::{MATCHERS_MAX, SubjectCode};
use crate::model::{List, ListKind};
use sluice_matcher::{BuildError, Edge, Entry, Pattern};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sought<'m> {
    /// One of these expressions.
    Expressions(&'m [String]),
    /// One of these texts, anywhere.
    Texts(&'m [Vec<u8>]),
    /// An entry of this list.
    List(usize),
}

/// The questions, by subject; equal ones once.
#[derive(Default)]
pub(super) struct Patterns<'m> {
    subjects: Vec<(SubjectCode, Vec<Sought<'m>>)>,
    sets: BTreeMap<(SubjectCode, Sought<'m>), (u32, u32)>,
    /// A subject found no room.
    pub(super) is_full: bool,
}

impl<'m> Patterns<'m> {
    /// The matcher, and the set in it, that answer a question.
    pub(super) fn set(&mut self, subject: SubjectCode, sought: Sought<'m>) -> Option<(u32, u32)> {
        if let Some(place) = self.sets.get(&(subject, sought)) {
            return Some(*place);
        }
        let matcher = self.matcher(subject)?;
        let (_, questions) = self.subjects.get_mut(matcher)?;
        let place = (u32::try_from(matcher).ok()?, u32::try_from(questions.len()).ok()?);
        questions.push(sought);
        self.sets.insert((subject, sought), place);
        Some(place)
    }

    fn matcher(&mut self, subject: SubjectCode) -> Option<usize> {
        if let Some(matcher) = self.subjects.iter().position(|(s, _)| *s == subject) {
            return Some(matcher);
        }
        self.is_full |= self.subjects.len() == MATCHERS_MAX;
        if self.is_full {
            return None;
        }
        self.subjects.push((subject, Vec::new()));
        Some(self.subjects.len() - 1)
    }

    /// Each subject that is searched, with the image of its matcher.
    pub(super) fn build(&self, lists: &[List]) -> Result<Vec<(SubjectCode, Vec<u8>)>, CompileError> {
        self.subjects.iter().map(|(subject, questions)| Ok((*subject, matcher(questions, lists)?))).collect()
    }
}

/// A pattern on its way into a matcher.
struct Wanted<'m> {
    set: u32,
    text: Cow<'m, str>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Expression,
    Text,
    Word,
    Wildcard,
}

impl Wanted<'_> {
    fn entry(&self) -> Entry<'_> {
        let (pattern, edge) = match self.kind {
            Kind::Expression => (Pattern::Regex(&self.text), Edge::Any),
            Kind::Text => (Pattern::Text(&self.text), Edge::Any),
            Kind::Word => (Pattern::Text(&self.text), Edge::Word),
            Kind::Wildcard => (Pattern::Wildcard(&self.text), Edge::Any),
        };
        Entry { set: self.set, pattern, edge }
    }
}

fn matcher(questions: &[Sought<'_>], lists: &[List]) -> Result<Vec<u8>, CompileError> {
    let sets = (0..).zip(questions);
    let wanted: Vec<Wanted<'_>> = sets
        .flat_map(|(set, sought)| patterns(sought, lists).map(move |(text, kind)| Wanted { set, text, kind }))
        .collect();
    let entries: Vec<Entry<'_>> = wanted.iter().map(Wanted::entry).collect();
    sluice_matcher::build(&entries).map_err(|error| refused(&error, &wanted, questions))
}

fn patterns<'m>(sought: &Sought<'m>, lists: &'m [List]) -> Box<dyn Iterator<Item = (Cow<'m, str>, Kind)> + 'm> {
    match *sought {
        Sought::Expressions(all) => Box::new(all.iter().map(|e| (e.into(), Kind::Expression))),
        Sought::Texts(all) => Box::new(all.iter().map(|t| (String::from_utf8_lossy(t), Kind::Text))),
        Sought::List(list) => Box::new(lists.get(list).into_iter().flat_map(entries)),
    }
}

/// The entries of a list as it asks to be matched. Words are folded as the text is that they are looked for in.
fn entries(list: &List) -> impl Iterator<Item = (Cow<'_, str>, Kind)> {
    list.entries.iter().map(|entry| match list.kind {
        ListKind::Words => (sluice_text::fold_word(entry).into(), Kind::Word),
        ListKind::Squeezed => (sluice_text::squeeze_word(entry).into(), Kind::Text),
        ListKind::Wildcard => (entry.into(), Kind::Wildcard),
        ListKind::Exact | ListKind::Prefix | ListKind::Domain => (entry.into(), Kind::Text),
    })
}

fn refused(error: &BuildError, wanted: &[Wanted<'_>], questions: &[Sought<'_>]) -> CompileError {
    let place = wanted.get(error.entry);
    let list = place.and_then(|w| questions.get(w.set as usize)).and_then(|q| match q {
        Sought::List(list) => Some(*list),
        _ => None,
    });
    let pattern = place.map(|w| w.text.clone().into_owned()).unwrap_or_default();
    CompileError::Pattern { list, pattern, reason: error.reason.to_string() }
}
