//! What a Reject complains about. Q.773 §3.3.4.
//!
//! ```text
//!   80 01 02     general problem 2, badly structured component
//!   81 01 01     invoke problem 1, unrecognized operation
//! ```

use crate::ber::Tag;

/// What a Reject complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The component as such.
    General,
    /// An Invoke.
    Invoke,
    /// A result.
    ReturnResult,
    /// An error.
    ReturnError,
}

impl ProblemKind {
    pub(super) const fn of(tag: Tag) -> Option<Self> {
        match tag.0 {
            0x80 => Some(Self::General),
            0x81 => Some(Self::Invoke),
            0x82 => Some(Self::ReturnResult),
            0x83 => Some(Self::ReturnError),
            _ => None,
        }
    }

    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "generalProblem",
            Self::Invoke => "invokeProblem",
            Self::ReturnResult => "returnResultProblem",
            Self::ReturnError => "returnErrorProblem",
        }
    }
}

/// Kind and number of a Reject's problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// What is complained about.
    pub kind: ProblemKind,
    /// The complaint.
    pub value: i64,
}
