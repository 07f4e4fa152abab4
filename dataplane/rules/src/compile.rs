//! From model to image.

mod emit;
mod keys;
pub mod lists;
mod operands;
mod orders;
mod patterns;
mod write;

use crate::model::{Condition, Model};
use keys::Keys;
use sluice_abi::Action;
use std::fmt;
use write::Writer;

/// Why a model cannot become an image: a named limit is passed. Everything else was refused before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// More rules than an image holds.
    TooManyRules,
    /// More lists than an image holds.
    TooManyLists,
    /// More counters than an image holds.
    TooManyCounters,
    /// More different subjects are searched for words, wildcards or expressions than an image holds.
    TooManySearched,
    /// The rule with this place has a condition of too many tests.
    ConditionTooLarge(usize),
    /// The counter with this place has a condition of too many tests.
    CounterTooLarge(usize),
    /// The list with this place has an entry that is empty or too long.
    ListEntry(usize),
    /// A pattern cannot be looked for.
    Pattern {
        /// Place of the list it stands in; without, it stands in a condition.
        list: Option<usize>,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The image would be too long.
    ImageTooLarge,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::image::code::INSTRUCTIONS_MAX;
        use crate::image::{IMAGE_OCTETS_MAX, LISTS_MAX, MATCHERS_MAX, RULES_MAX};
        match self {
            Self::TooManyRules => write!(f, "more than {RULES_MAX} rules"),
            Self::TooManyLists => write!(f, "more than {LISTS_MAX} lists"),
            Self::TooManyCounters => write!(f, "more than {} counters", crate::model::COUNTERS_MAX),
            Self::TooManySearched => {
                write!(f, "more than {MATCHERS_MAX} different fields are searched for words, wildcards or expressions")
            }
            Self::ConditionTooLarge(n) => write!(f, "rule {n} has more than {INSTRUCTIONS_MAX} tests"),
            Self::CounterTooLarge(n) => write!(f, "counter {n} has more than {INSTRUCTIONS_MAX} tests"),
            Self::ListEntry(n) => write!(f, "list {n} has an entry that is empty or too long"),
            Self::Pattern { list: Some(n), pattern, reason } => write!(f, "list {n}, entry `{pattern}`: {reason}"),
            Self::Pattern { list: None, pattern, reason } => write!(f, "`{pattern}`: {reason}"),
            Self::ImageTooLarge => write!(f, "the image has more than {IMAGE_OCTETS_MAX} octets"),
        }
    }
}

impl std::error::Error for CompileError {}

/// Whether rules are found by the values of a message, or all asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    On,
    Off,
}

/// Compiles a model. The image it gives passes [`crate::Layout::verify`].
pub fn compile(model: &Model) -> Result<Vec<u8>, CompileError> {
    compile_with(model, Index::On)
}

/// The same image, but that every rule is asked: what the index must not change.
pub fn compile_without_index(model: &Model) -> Result<Vec<u8>, CompileError> {
    compile_with(model, Index::Off)
}

fn compile_with(model: &Model, index: Index) -> Result<Vec<u8>, CompileError> {
    let mut writer = Writer::new(model)?;
    for (number, list) in model.lists.iter().enumerate() {
        writer.list(list).ok_or(CompileError::ListEntry(number))?;
    }
    let (mut counters, mut rules) = (Vec::new(), Vec::new());
    for (number, counter) in model.counters.iter().enumerate() {
        let code = emit(&mut writer, counter.condition.as_ref(), CompileError::CounterTooLarge(number))?;
        writer.counter(counter, &code);
        counters.push(ways(&mut writer, counter.condition.as_ref(), index));
    }
    for (number, rule) in model.rules.iter().enumerate() {
        let code = emit(&mut writer, rule.condition.as_ref(), CompileError::ConditionTooLarge(number))?;
        writer.rule(rule, &code);
        rules.push(ways(&mut writer, rule.condition.as_ref(), index));
    }
    writer.matchers()?;
    writer.orders(&rules, &counters).and_then(|()| writer.finish()).ok_or(CompileError::ImageTooLarge)
}

fn emit<'m>(
    writer: &mut Writer<'m>,
    condition: Option<&'m Condition>,
    error: CompileError,
) -> Result<emit::Code, CompileError> {
    let code = emit::emit(condition, &mut writer.operands);
    code.ok_or(if writer.operands.patterns.is_full { CompileError::TooManySearched } else { error })
}

fn ways<'m>(writer: &mut Writer<'m>, condition: Option<&'m Condition>, index: Index) -> Vec<Keys> {
    match condition {
        Some(condition) if index == Index::On => keys::ways(condition, &mut writer.operands),
        _ => Vec::new(),
    }
}

/// A condition alone as an image, asked by one rule `it` that discards: for tests and for trying a condition.
pub fn compile_condition(
    when: &str,
    condition: Condition,
    lists: &[crate::model::List],
) -> Result<Vec<u8>, CompileError> {
    let mut rule = crate::model::Rule::new("it", crate::model::Level::Lists, Action::Discard);
    rule.when = when.into();
    rule.condition = Some(condition);
    compile(&Model { lists: lists.to_vec(), rules: vec![rule], ..Model::default() })
}
