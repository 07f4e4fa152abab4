//! The text of a condition: words, tree, and what is said when it cannot be read.
//!
//! | of a field that is | one can ask | with values such as |
//! |---|---|---|
//! | a number | `== != < <= > >= in` | `64` `0x40` `-1`, in sets also `0x40..0x47` |
//! | true or false | its bare name, `== != in` | `true` `false` |
//! | one of a list of names | `== != in` | `"pre-delivery"` |
//! | digits | `== != in`, `in list`, `starts_with contains` | `"99970"` |
//! | text | as digits, and `icontains` (any case of ASCII letters) | `"Bank"` |
//! | octets | `== != in starts_with contains` | `x"91 44"` |
//! | an object identifier | as octets | `"0.4.0.0.1.0.25.3"` |
//! | an IP address | `== != in` | `"192.0.2.1"` `"2001:db8::/32"` |
//! | a list of octets | `contains` | `0x70`, `{0x24 0x70..0x7F}` |
//! | a time | as a number | `"1767225600.5"` |
//! | a TCAP problem | `== != in` | `"invokeProblem 1"` |
//!
//! A bare name asks whether the field is there (of a truth value: whether it is true). Every test of an absent field
//! is false, `!=` too. `in`, `starts_with`, `contains`, `icontains` take sets: `{"a" "b"}`, commas as you like.
//! `$name` is a variable: one value, or several where a set can stand. `not` binds closest, then `and`, then `or`;
//! `! && ||` mean the same.

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
