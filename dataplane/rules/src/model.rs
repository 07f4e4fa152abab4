//! The checked model: what a policy says once every name is known and every type fits. [`crate::compile()`] turns it
//! into an image.

use crate::maperror::MapError;
use crate::text::Span;
use sluice_abi::{Action, LogLevel, Mode, Path, Shape, Trigger};

/// The four levels. The first terminal verdict of the first three wins; the last never blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Black and white lists.
    Lists = 1,
    /// Checks of what a message says against what else is known.
    Checks = 2,
    /// Filters of content and rate.
    Filters = 3,
    /// Monitors: always run, never block.
    Monitors = 4,
}

impl Level {
    /// All four, in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Lists, Self::Checks, Self::Filters, Self::Monitors];

    /// The level with this number.
    pub fn from_number(n: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.number() == n)
    }

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What kind of rules it holds.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lists => "lists",
            Self::Checks => "checks",
            Self::Filters => "filters",
            Self::Monitors => "monitors",
        }
    }
}

/// The triggers at which a rule looks, as a set of bits by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triggers(u8);

impl Triggers {
    /// Every message, also one of which the trigger is not known.
    pub const ANY: Self = Self(0b1111);
    /// The place of messages without a known trigger.
    pub const UNKNOWN: usize = 3;

    /// Only these.
    pub fn of(triggers: impl IntoIterator<Item = Trigger>) -> Self {
        Self(triggers.into_iter().fold(0, |set, t| set | 1 << t as u8))
    }

    /// Whether a message with this trigger (or [`Self::UNKNOWN`]) is looked at.
    pub const fn contains(self, trigger: usize) -> bool {
        trigger <= Self::UNKNOWN && self.0 & 1 << trigger != 0
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
        if bits <= Self::ANY.0 { Some(Self(bits)) } else { None }
    }
}

impl std::fmt::Display for Triggers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Self::ANY {
            return f.write_str("any");
        }
        let names: Vec<&str> = Trigger::ALL.iter().filter(|&&t| self.contains(t as usize)).map(|t| t.name()).collect();
        f.write_str(&names.join(", "))
    }
}

/// A policy ready to be compiled.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its version, recorded with every verdict.
    pub version: u64,
    /// What is done where no rule decides: [`Action::Pass`] or [`Action::Discard`].
    pub default_action: Action,
    /// What is recorded where no rule says it.
    pub default_log: LogLevel,
    /// The lists that conditions name by their place here.
    pub lists: Vec<List>,
    /// The rules, in the order in which they were written.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name in every record.
    pub id: String,
    /// When it is asked.
    pub level: Level,
    /// Which messages it looks at.
    pub triggers: Triggers,
    /// Whether it acts.
    pub mode: Mode,
    /// The condition as written, for explanations.
    pub when: String,
    /// The condition; none matches everything.
    pub condition: Option<Condition>,
    /// What it does.
    pub action: Action,
    /// What a reject answers with.
    pub error: Option<MapError>,
    /// What a tag says; without, the id.
    pub tag: Option<String>,
    /// How much is recorded; without, the policy's default.
    pub log: Option<LogLevel>,
}

/// How entries of a list are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ListKind {
    /// The whole text.
    Exact = 0,
    /// The beginning of the text.
    Prefix = 1,
}

impl ListKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Exact, Self::Prefix];

    /// Its name in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Prefix => "prefix",
        }
    }
}

/// A list of texts.
#[derive(Clone, Debug)]
pub struct List {
    /// Its name in conditions.
    pub name: String,
    /// How entries are matched.
    pub kind: ListKind,
    /// The entries; order and repetition do not matter.
    pub entries: Vec<String>,
}

/// A condition whose names and types are known.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A question about one field.
    Test(Test),
}

/// A question about one field. Where the field is absent the answer is no, whatever the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The field.
    pub path: Path,
    /// Where it stands in the condition's text.
    pub span: Span,
    /// The question.
    pub question: Question,
}

/// What can be asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Whether it is there.
    Present,
    /// Whether it is there and true.
    True,
    /// How a number compares; numbers are [`ordered`].
    Number(NumberRelation, u64),
    /// Whether a number is in one of these ranges, both ends included; sorted, apart from each other, [`ordered`].
    Within(Vec<(u64, u64)>),
    /// How text or octets compare with any of these.
    Text(TextRelation, Vec<Vec<u8>>),
    /// Whether text is in the list with this place in the model.
    Listed(usize),
    /// Whether an IP address is in one of these.
    Subnets(Vec<Subnet>),
    /// Whether a list of octets holds one in these ranges.
    Holds(Vec<(u64, u64)>),
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NumberRelation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How texts compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextRelation {
    /// Is one of them.
    Is,
    /// Is none of them.
    IsNot,
    /// Starts with one of them.
    StartsWith,
    /// Contains one of them.
    Contains,
    /// Contains one of them, whatever the case of ASCII letters.
    ContainsAnyCase,
}

/// Addresses with a common beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// 4 or 16 octets; those after the beginning are 0.
    pub address: Vec<u8>,
    /// Length of the beginning.
    pub bits: u8,
}

/// Whether a path is a signed number.
pub fn is_signed(path: Path) -> bool {
    matches!(path.field.shape(), Shape::Int)
}

/// A stored number in a form in which unsigned comparison gives the order of the signed ones too.
#[inline(always)]
pub const fn ordered(stored: u64, signed: bool) -> u64 {
    stored ^ ((signed as u64) << 63)
}

impl Condition {
    /// Calls for every test, in the order of the text.
    pub fn each_test<'c>(&'c self, visit: &mut impl FnMut(&'c Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.each_test(visit)),
            Self::Not(inner) => inner.each_test(visit),
            Self::Test(test) => visit(test),
        }
    }
}
