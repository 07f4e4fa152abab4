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

/// `subject`, or `subject operator operand`.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is asked about.
    pub subject: Subject,
    /// What is asked of it; without: whether it is there, or is true.
    pub relation: Option<Relation>,
}

/// `name`, or `function(name)`, or functions within each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The functions, the outermost first.
    pub calls: Vec<Call>,
    /// The dotted name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Where all of it stands.
    pub span: Span,
}

/// A function that is applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
}

/// An operator and what stands at its right.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The operator.
    pub operator: Operator,
    /// Where it stands.
    pub operator_span: Span,
    /// What the subject is compared with.
    pub operand: Operand,
}

/// Everything that can stand between a subject and a value.
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
    /// `matches`
    Matches,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 11] = [
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
        Self::Matches,
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
            Self::Matches => "matches",
        }
    }

    /// The operator a word or sign means: as it is written, or as Wireshark has it.
    pub fn parse(text: &str) -> Option<Self> {
        let written = match text {
            "eq" => "==",
            "ne" => "!=",
            "lt" => "<",
            "le" => "<=",
            "gt" => ">",
            "ge" => ">=",
            "~" => "matches",
            other => other,
        };
        Self::ALL.into_iter().find(|o| o.text() == written)
    }
}

impl Expression {
    /// Calls for every test, in the order of the text.
    pub fn each_test<'e>(&'e self, visit: &mut impl FnMut(&'e Test)) {
        match &self.form {
            Form::Or(parts) | Form::And(parts) => parts.iter().for_each(|p| p.each_test(visit)),
            Form::Not(inner) => inner.each_test(visit),
            Form::Test(test) => visit(test),
        }
    }
}

/// What a subject is compared with.
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
    /// Another subject.
    Subject(Subject),
}

impl Operand {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::One(element) => element.span(),
            Self::Set { span, .. } | Self::List { span, .. } => *span,
            Self::Subject(subject) => subject.span,
        }
    }
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
