//! The text of a condition: words, tree, and what is said when it cannot be read.
//!
//! | of a subject that is | one can ask | with values such as |
//! |---|---|---|
//! | a number | `== != < <= > >= in`, of a field `in list` | `64` `0x40` `-1`, in sets also `0x40..0x47` |
//! | true or false | its bare name, `== != in` | `true` `false` |
//! | one of a list of names | `== != in` | `"pre-delivery"` |
//! | digits | `== != in`, `in list`, `starts_with contains matches` | `"99970"` |
//! | text | as digits, and `icontains` (any case of ASCII letters), `contains list` | `"Bank"` |
//! | a country | `== != in`, `in list` | `"ZZ"` |
//! | octets | `== != in starts_with contains` | `x"91 44"` |
//! | an object identifier | as octets | `"0.4.0.0.1.0.25.3"` |
//! | an IP address | `== != in` | `"192.0.2.1"` `"2001:db8::/32"` |
//! | a list of octets | `contains` | `0x70`, `{0x24 0x70..0x7F}` |
//! | a time | as a number | `"1767225600.5"` |
//! | a TCAP problem | `== != in` | `"invokeProblem 1"` |
//!
//! | subject | is | absent where |
//! |---|---|---|
//! | `sccp.cgpa.gt` | a field of the message | the message lacks it |
//! | `swapped(FIELD)` | its digits with each pair exchanged, `1234` to `2143` | the field is |
//! | `reversed(FIELD)` | its digits from the last to the first | the field is |
//! | `operator(X)` | text: name of the network that digits belong to | none is known |
//! | `country(X)` | a country: that of the digits | none is known |
//! | `relation(X)` | a name: `unknown home p2p a2p hub blocked`, by the network file | the field is |
//! | `counter.NAME` | a number: what the counter has counted for this message's key | a field of its key is |
//! | `score` | a number, negative too: points that rules before this one gave | never |
//!
//! FIELD is a field of digits or text; X is one, or `swapped(FIELD)` or `reversed(FIELD)`, or a point code such as
//! `mtp.opc`. At the right of `==` and `!=`, and of `< <= > >=` between numbers, another subject can stand that is of
//! the same kind; digits and text are of one kind: `map.imsi != subscriber.imsi`,
//! `operator(sccp.cgpa.gt) != operator(map.sm_rp_oa.digits)`.
//!
//! A bare name asks whether the subject is there (of a truth value: whether it is true). Every test of an absent one
//! is false, `!=` too. `in`, `starts_with`, `contains`, `icontains`, `matches` take sets: `{"a" "b"}`, commas as you
//! like. `$name` is a variable: one value, or several where a set can stand. `condition.NAME` is a reusable
//! condition. `not` binds closest, then `and`, then `or`.
//!
//! `matches` looks for a regular expression anywhere in the text; `^` and `$` bind it to its ends. It is that of the
//! `regex` crates without Unicode classes: `\d \w \s \b` and `(?i)` know ASCII alone. In `r"..."` backslashes stand for
//! themselves: `sms.plain matches r"\b\d{6}\b"`.
//!
//! `in list NAME` asks a list of kind `exact`, `prefix`, `wildcard` or `domain` for the whole text, or one of the first
//! two for a number as decimal text; `contains list NAME` looks for the words of a list of kind `words` (in `sms.plain`) or `squeezed` (in `sms.squeezed` or
//! `sms.sender`), which are folded as these fields are.
//!
//! As in Wireshark: `eq ne lt le gt ge` are `== != < <= > >=`, `~` is `matches`, `! && ||` are `not and or`.

mod lexer;
mod operand;
mod parser;
mod pattern;
mod place;
mod refusal;
mod suggest;
mod syntax;

pub use lexer::{Lexeme, Symbol, Token, lex};
pub use parser::{DEPTH_MAX, parse};
pub use pattern::EXPRESSION_OCTETS_MAX;
pub(crate) use pattern::fault;
pub use refusal::{Refusal, Span};
pub use suggest::nearest;
pub use syntax::{Call, Element, Expression, Form, Literal, Operand, Operator, Relation, Scalar, Subject, Test};

/// A condition is never longer than this.
pub const CONDITION_OCTETS_MAX: usize = 64 * 1024;
