//! The text of a condition: words, tree, and what is said when it cannot be read.

mod lexer;
mod parser;
mod refusal;
mod suggest;
mod syntax;

pub use lexer::{Lexeme, Symbol, Token, lex};
pub use parser::{DEPTH_MAX, parse};
pub use refusal::{Refusal, Span};
pub use suggest::nearest;
pub use syntax::{Element, Expression, Form, Literal, Operand, Operator, Relation, Scalar, Test};

/// A condition is never longer than this.
pub const CONDITION_OCTETS_MAX: usize = 64 * 1024;
