//! The checked model: what a policy says once every name is known and every type fits. [`crate::compile()`] turns it
//! into an image.

use crate::entries::Entries;
use crate::maperror::MapError;
use crate::rewrite::Rewriting;
use crate::text::Span;
use sluice_abi::{Action, LogLevel, Mode, Path, Shape, Statistics, Trigger};

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
    /// The counters that conditions name by their place here.
    pub counters: Vec<Counter>,
    /// The numbering plan, as `sluice-numbers` built it; empty for none.
    pub plan: Vec<u8>,
    /// The rules, in the order in which they were written.
    pub rules: Vec<Rule>,
}

impl Default for Model {
    /// Version 1, nothing in it, everything passes.
    fn default() -> Self {
        Self {
            version: 1,
            default_action: Action::Pass,
            default_log: LogLevel::Summary,
            lists: Vec::new(),
            counters: Vec::new(),
            plan: Vec::new(),
            rules: Vec::new(),
        }
    }
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
    /// What a rewrite changes.
    pub rewriting: Rewriting,
    /// What a tag says; without, the id.
    pub tag: Option<String>,
    /// How much is recorded; without, the policy's default.
    pub log: Option<LogLevel>,
    /// Points it adds, for [`Action::Score`].
    pub points: i32,
    /// Which meters it moves.
    pub statistics: Statistics,
    /// Scenario it belongs to, if any.
    pub scenario: Option<String>,
    /// When it is asked at all.
    pub validity: Validity,
}

impl Rule {
    /// An enforced rule for every message of any trigger, and nothing more.
    pub fn new(id: &str, level: Level, action: Action) -> Self {
        Self {
            id: id.to_owned(),
            level,
            triggers: Triggers::ANY,
            mode: Mode::Enforce,
            when: String::new(),
            condition: None,
            action,
            error: None,
            rewriting: Rewriting::default(),
            tag: None,
            log: None,
            points: 0,
            statistics: Statistics::Total,
            scenario: None,
            validity: Validity::ALWAYS,
        }
    }
}

/// When a rule is asked. All of it must hold; times are those of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First second since 1970.
    pub from_s: u64,
    /// First second since 1970 at which it is asked no more.
    pub until_s: u64,
    /// Days of the week in UTC, Monday is bit 0.
    pub days: u8,
    /// Minutes of the day in UTC: from the first on, before the second; a second below the first is past midnight,
    /// and the day is that of the first.
    pub minutes: (u16, u16),
}

impl Validity {
    /// Always.
    pub const ALWAYS: Self = Self { from_s: 0, until_s: u64::MAX, days: 0x7F, minutes: (0, 1440) };

    /// Whether it holds at a time in seconds since 1970.
    pub fn holds(&self, time_s: u64) -> bool {
        // Day 0 was a Thursday.
        let (day, minute) = ((time_s / 86_400 + 3) % 7, (time_s % 86_400 / 60) as u16);
        let (from, to) = self.minutes;
        let on = |day: u64| self.days >> day & 1 == 1;
        let at_this_hour = if from <= to {
            on(day) && (from..to).contains(&minute)
        } else {
            (on(day) && minute >= from) || (on((day + 6) % 7) && minute < to)
        };
        (self.from_s..self.until_s).contains(&time_s) && at_this_hour
    }
}

/// A number that a policy keeps for every value of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    /// Its name in conditions, behind `counter.`.
    pub name: String,
    /// The fields whose values together are the key, 1 to [`COUNTER_KEYS_MAX`]; a message without one of them is not
    /// counted and reads nothing.
    pub key: Vec<Path>,
    /// Which messages are counted, as written.
    pub when: String,
    /// Which messages are counted; none counts all.
    pub condition: Option<Condition>,
    /// What is counted.
    pub counts: Counts,
    /// Length of the sliding window in seconds, 1 to [`COUNTER_WINDOW_S_MAX`].
    pub window_s: u32,
}

/// A counter's key has so many fields.
pub const COUNTER_KEYS_MAX: usize = 4;
/// A policy has so many counters.
pub const COUNTERS_MAX: usize = 256;
/// A counter looks no further back: a week.
pub const COUNTER_WINDOW_S_MAX: u32 = 7 * 86_400;

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Messages.
    Messages,
    /// Different values of a field, estimated.
    Distinct(Path),
    /// Messages in a row whose number in this field is next to the one before.
    Run(Path),
}

/// How entries of a list are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ListKind {
    /// The whole text.
    Exact = 0,
    /// The beginning of the text.
    Prefix = 1,
    /// Whole texts with `*` and `?` in them.
    Wildcard = 2,
    /// A domain and every one below it.
    Domain = 3,
    /// Words within a text, folded as `sms.plain` is; asked with `contains list`.
    Words = 4,
    /// Words within a squeezed text, folded as `sms.squeezed` is; asked with `contains list`.
    Squeezed = 5,
}

impl ListKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Exact, Self::Prefix, Self::Wildcard, Self::Domain, Self::Words, Self::Squeezed];

    /// The kind with this number.
    pub(crate) fn from_number(n: u8) -> Option<Self> {
        Self::ALL.get(usize::from(n)).copied()
    }

    /// Its name in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Prefix => "prefix",
            Self::Wildcard => "wildcard",
            Self::Domain => "domain",
            Self::Words => "words",
            Self::Squeezed => "squeezed",
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
    pub entries: Entries,
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

/// A question about one thing. Where it is absent the answer is no, whatever the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is asked about.
    pub subject: Subject,
    /// Where it stands in the condition's text.
    pub span: Span,
    /// The question.
    pub question: Question,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A field as it stands.
    Field(Path),
    /// The digits of a field turned round: text.
    Turned(Turn, Path),
    /// What the numbering plan knows of the digits of a field, turned round or not.
    Known(Knowledge, Option<Turn>, Path),
    /// The counter with this place in the model: a number, absent where the message lacks its key.
    Counter(usize),
    /// The points given so far: a signed number, always there.
    Score,
}

impl Subject {
    /// The field it reads.
    pub const fn path(self) -> Option<Path> {
        match self {
            Self::Field(path) | Self::Turned(_, path) | Self::Known(_, _, path) => Some(path),
            Self::Counter(_) | Self::Score => None,
        }
    }
}

/// How digits are turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Turn {
    /// Every pair of digits exchanged, `1234` to `2143`: wrong packing of semi-octets. `swapped(FIELD)`.
    Swapped = 0,
    /// From the last to the first. `reversed(FIELD)`.
    Reversed = 1,
}

/// What the numbering plan knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Knowledge {
    /// Name of the network: text. `operator(FIELD)`; absent where only the country is known.
    Operator = 0,
    /// ISO 3166 alpha-2: text. `country(FIELD)`.
    Country = 1,
    /// By agreement: one of [`sluice_abi::verdict::RELATIONS`]. `relation(FIELD)`; `unknown` where digits are in no range.
    Relation = 2,
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
    /// Whether one of these expressions is found in the text; regex syntax, `\d \w \b` and case folding of ASCII.
    Matches(Vec<String>),
    /// Whether the text contains a word of the list with this place in the model.
    ContainsListed(usize),
    /// Whether it equals (or, with `false`, differs from) another subject of the same kind, both being there.
    Same(bool, Subject),
    /// How a number compares with that of another subject, both being there.
    Compared(NumberRelation, Subject),
}

impl Question {
    /// The subject it compares with.
    pub const fn other(&self) -> Option<Subject> {
        match self {
            Self::Same(_, other) | Self::Compared(_, other) => Some(*other),
            _ => None,
        }
    }
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
