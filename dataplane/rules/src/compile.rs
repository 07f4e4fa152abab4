//! From model to image.

mod emit;
mod write;

use crate::model::{Condition, Model};
use sluice_abi::Action;
use std::fmt;

/// Why a model cannot become an image: a named limit is passed. Everything else was refused before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// More rules than an image holds.
    TooManyRules,
    /// More lists than an image holds.
    TooManyLists,
    /// The rule with this place has a condition of too many tests.
    ConditionTooLarge(usize),
    /// The list with this place has an entry that is empty or too long.
    ListEntry(usize),
    /// The image would be too long.
    ImageTooLarge,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyRules => write!(f, "more than {} rules", crate::image::RULES_MAX),
            Self::TooManyLists => write!(f, "more than {} lists", crate::image::LISTS_MAX),
            Self::ConditionTooLarge(n) => {
                write!(f, "rule {n} has more than {} tests", crate::image::code::INSTRUCTIONS_MAX)
            }
            Self::ListEntry(n) => write!(f, "list {n} has an entry that is empty or too long"),
            Self::ImageTooLarge => write!(f, "the image has more than {} octets", crate::image::IMAGE_OCTETS_MAX),
        }
    }
}

impl std::error::Error for CompileError {}

/// Compiles a model. The image it gives passes [`crate::Layout::verify`].
pub fn compile(model: &Model) -> Result<Vec<u8>, CompileError> {
    let mut writer = write::Writer::new(model)?;
    for (number, list) in model.lists.iter().enumerate() {
        writer.list(list).ok_or(CompileError::ListEntry(number))?;
    }
    for (number, rule) in model.rules.iter().enumerate() {
        let code = emit::emit(rule.condition.as_ref(), &mut writer.operands);
        let code = code.ok_or(CompileError::ConditionTooLarge(number))?;
        writer.rule(rule, &code);
    }
    writer.finish().ok_or(CompileError::ImageTooLarge)
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
