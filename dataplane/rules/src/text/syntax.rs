//! A condition as it was written: names unresolved, types unchecked, every node with its place.

use super::refusal::Span;

/// A condition or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Which form it has.
    pub form: Form,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `a or b or c`, at least two.
    Or(Vec<Expression>),
    /// `a and b and c`, at least two.
    And(Vec<Expression>),
    /// `not a`.
    Not(Box<Expression>),
    /// A question about one field.
    Test(Test),
}

/// `name`, or `name operator operand`.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The dotted name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What is asked of it; without: whether it is there, or is true.
    pub relation: Option<Relation>,
}

/// An operator and what stands at its right.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The operator.
    pub operator: Operator,
    /// Where it stands.
    pub operator_span: Span,
    /// What the field is compared with.
    pub operand: Operand,
}

/// Everything that can stand between a name and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `starts_with`
    StartsWith,
    /// `contains`
    Contains,
    /// `icontains`: without regard to the case of ASCII letters.
    ContainsAnyCase,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::In,
        Self::StartsWith,
        Self::Contains,
        Self::ContainsAnyCase,
    ];

    /// As it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::StartsWith => "starts_with",
            Self::Contains => "contains",
            Self::ContainsAnyCase => "icontains",
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// One value.
    One(Element),
    /// `{ a b c..d }`
    Set {
        /// What is between the braces.
        elements: Vec<Element>,
        /// The braces and all between.
        span: Span,
    },
    /// `list NAME`
    List {
        /// The list's name.
        name: String,
        /// Where the name stands.
        span: Span,
    },
}

/// A value in a set or alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A literal.
    Literal(Literal),
    /// `a..b`, both included.
    Range(Literal, Literal),
    /// `$name`: a value or several, from the policy's variables.
    Variable {
        /// Its name without the dollar sign.
        name: String,
        /// Where it stands.
        span: Span,
    },
}

impl Element {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Literal(literal) => literal.span,
            Self::Range(first, last) => first.span.to(last.span),
            Self::Variable { span, .. } => *span,
        }
    }
}

/// A value as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The value.
    pub scalar: Scalar,
    /// Where it stands; for the value of a variable, where the variable is used.
    pub span: Span,
}

/// The kinds of value that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `12`, `-1`, `0x40`
    Number(i128),
    /// `"text"`
    Text(String),
    /// `x"91 44"`
    Octets(Vec<u8>),
    /// `true`, `false`
    Bool(bool),
}

impl Scalar {
    /// What kind it is, for a message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Octets(_) => "octets",
            Self::Bool(_) => "a truth value",
        }
    }
}
