//! Entries to an image. Runs on the control side: allocates, takes its time, says where a pattern is wrong.
//!
//! ```text
//!  entries ─► distinct patterns ─┬─ words ──────────────────────────────┐
//!                                ├─ wildcards ── longest literal ───────┼─► triggers ─► filter, buckets
//!                                └─ expressions ── required literals ───┘        │
//!                                     same literals: one automaton ───────► actions ─► targets (set, entry)
//! ```

mod automaton;
mod expressions;
mod literals;
mod minimal;
mod triggers;
mod write;

use crate::{Edge, Entry, Pattern};
use std::collections::BTreeMap;
use std::ops::Range;

/// A text to look for is never longer, in octets.
pub const TEXT_OCTETS_MAX: usize = 1024;
/// A wildcard is never longer, in octets.
pub const WILDCARD_OCTETS_MAX: usize = 256;
/// An expression is never longer, in octets.
pub const REGEX_OCTETS_MAX: usize = 4096;
/// There are never more entries.
pub const ENTRIES_MAX: usize = 1 << 20;

/// Builds the image of a matcher. The same entries give the same octets.
///
/// # Errors
/// The first entry that cannot be looked for.
pub fn build(entries: &[Entry<'_>]) -> Result<Vec<u8>, BuildError> {
    if entries.len() > ENTRIES_MAX {
        return Err(BuildError { entry: ENTRIES_MAX, reason: Reason::TooMany, span: 0..0 });
    }
    for (number, entry) in entries.iter().enumerate() {
        check(entry).map_err(|reason| BuildError { entry: number, reason, span: 0..entry.pattern.as_str().len() })?;
    }
    let mut image = write::Image::new(entries);
    let mut triggers = triggers::Triggers::default();
    let mut expressions = Vec::new();
    for ((pattern, edge), targets) in distinct(entries) {
        match pattern {
            Pattern::Text(text) => add_text(text, edge, &targets, &mut image, &mut triggers),
            Pattern::Wildcard(text) => add_wildcard(text, &targets, &mut image, &mut triggers),
            Pattern::Regex(text) => expressions.push(expressions::Expression::parse(text, targets)?),
        }
    }
    expressions::add(&expressions, &mut image, &mut triggers)?;
    triggers.place(&mut image);
    let octets = image.into_octets();
    let too_long = BuildError { entry: 0, reason: Reason::TooMany, span: 0..0 };
    if octets.len() > crate::image::IMAGE_OCTETS_MAX { Err(too_long) } else { Ok(octets) }
}

fn check(entry: &Entry<'_>) -> Result<(), Reason> {
    let (octets, limit) = match entry.pattern {
        Pattern::Text(text) => (text.len(), TEXT_OCTETS_MAX),
        Pattern::Wildcard(text) => (text.len(), WILDCARD_OCTETS_MAX),
        Pattern::Regex(text) => (text.len(), REGEX_OCTETS_MAX),
    };
    let is_text = matches!(entry.pattern, Pattern::Text(_));
    match octets {
        0 => Err(Reason::Empty),
        n if n > limit => Err(Reason::TooLong { octets_max: limit }),
        _ if entry.edge == Edge::Word && !is_text => Err(Reason::EdgeOfNoText),
        _ => Ok(()),
    }
}

/// Set and entry.
type Target = (u32, u32);

/// Equal patterns are looked for once, and told for each set that has them.
fn distinct<'p>(entries: &[Entry<'p>]) -> BTreeMap<(Pattern<'p>, Edge), Vec<Target>> {
    let mut distinct: BTreeMap<_, Vec<Target>> = BTreeMap::new();
    for (number, entry) in (0..).zip(entries) {
        distinct.entry((entry.pattern, entry.edge)).or_default().push((entry.set, number));
    }
    for targets in distinct.values_mut() {
        targets.sort_unstable();
        targets.dedup_by_key(|(set, _)| *set);
    }
    distinct
}

fn add_text(text: &str, edge: Edge, targets: &[Target], image: &mut write::Image, triggers: &mut triggers::Triggers) {
    let action = image.add_text(text, edge == Edge::Word, targets);
    triggers.add(vec![text.as_bytes().to_vec()], action, None);
}

fn add_wildcard(text: &str, targets: &[Target], image: &mut write::Image, triggers: &mut triggers::Triggers) {
    let action = image.add_wildcard(text, targets);
    let literals = text.split(['*', '?']).filter(|part| !part.is_empty());
    match literals.max_by_key(|part| part.len()) {
        Some(literal) => triggers.add(vec![literal.as_bytes().to_vec()], action, None),
        None => image.run_always(action),
    }
}

/// Why nothing was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// Which entry.
    pub entry: usize,
    /// What is wrong.
    pub reason: Reason,
    /// The octets of its pattern that are.
    pub span: Range<usize>,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has no octets.
    Empty,
    /// It has more octets than are allowed.
    TooLong {
        /// How many are.
        octets_max: usize,
    },
    /// Whole words are asked of a wildcard or an expression.
    EdgeOfNoText,
    /// The expression cannot be read; what its reader said.
    Syntax(String),
    /// The automaton of the expression would be too large.
    TooManyStates,
    /// There are too many entries.
    TooMany,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("this pattern is empty"),
            Self::TooLong { octets_max } => write!(f, "this pattern has more than {octets_max} octets"),
            Self::EdgeOfNoText => f.write_str("only texts are looked for as whole words; expressions have \\b for it"),
            Self::Syntax(said) => f.write_str(said),
            Self::TooManyStates => f.write_str(
                "this expression needs too many states; bounded repeats such as {1,63} of wide classes are the usual \
                 reason",
            ),
            Self::TooMany => f.write_str("more patterns than one field can have"),
        }
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pattern {}, octets {} to {}: {}", self.entry, self.span.start, self.span.end, self.reason)
    }
}

impl std::error::Error for BuildError {}
