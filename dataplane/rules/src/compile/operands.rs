//! What instructions ask about and compare with: subjects, and the tables that operands point into.

use super::patterns::{Patterns, Sought};
use crate::image::code::{DIGIT_SLOTS, LISTED_SLOTS, Operation};
use crate::image::{SubjectCode, known_source, source};
use crate::model::{List, ListKind, NumberRelation, Question, Subject, Subnet, TextRelation, Turn, is_signed};
use sluice_abi::{Part, Path, Shape};

/// From so many texts on a field is searched for all of them at once.
const TEXTS_MIN: usize = 8;

/// Everything that the conditions of a policy share.
pub(super) struct Operands<'m> {
    kinds: Vec<ListKind>,
    pub(super) ranges: Vec<(u64, u64)>,
    /// Offset and length in the strings.
    pub(super) texts: Vec<(u32, u32)>,
    pub(super) strings: Vec<u8>,
    pub(super) patterns: Patterns<'m>,
    /// Paths whose digits are kept, by slot.
    digits: Vec<Path>,
    /// What is asked of lists, by slot.
    listed: Vec<(SubjectCode, usize)>,
}

/// An operation and its operands.
type Operated = (Operation, u32, u32);

impl<'m> Operands<'m> {
    pub(super) fn new(lists: &'m [List]) -> Self {
        Self {
            kinds: lists.iter().map(|l| l.kind).collect(),
            ranges: Vec::new(),
            texts: Vec::new(),
            strings: Vec::new(),
            patterns: Patterns::default(),
            digits: Vec::new(),
            listed: Vec::new(),
        }
    }

    /// `None` if a table is full.
    pub(super) fn operation(&mut self, subject: Subject, question: &'m Question) -> Option<Operated> {
        Some(match question {
            Question::Present => (Operation::Present, 0, 0),
            Question::True => (Operation::True, 0, 0),
            Question::Number(relation, value) => (number_operation(*relation), *value as u32, (*value >> 32) as u32),
            Question::Within(ranges) => self.ranges(Operation::Within, ranges)?,
            Question::Holds(ranges) => self.ranges(Operation::Holds, ranges)?,
            Question::Text(TextRelation::Contains, texts) if is_searched(subject, texts) => {
                self.sought(subject, Sought::Texts(texts))?
            }
            Question::Text(relation, texts) => {
                let prepared: Vec<Vec<u8>> = texts.iter().map(|t| prepare(*relation, t)).collect();
                self.texts(text_operation(*relation), &prepared)?
            }
            Question::Subnets(subnets) => {
                let led: Vec<Vec<u8>> = subnets.iter().map(led_by_bits).collect();
                self.texts(Operation::Subnet, &led)?
            }
            Question::Listed(list) if self.is_table(*list) => self.listed(subject, *list)?,
            Question::Listed(list) | Question::ContainsListed(list) => self.sought(subject, Sought::List(*list))?,
            Question::Matches(expressions) => self.sought(subject, Sought::Expressions(expressions))?,
            Question::Same(same, other) => self.same(subject, *other, *same),
            Question::Compared(relation, other) => self.compared(*other, *relation),
        })
    }

    fn is_table(&self, list: usize) -> bool {
        self.kinds.get(list).is_some_and(|k| matches!(k, ListKind::Exact | ListKind::Prefix | ListKind::Domain))
    }

    fn listed(&mut self, subject: Subject, list: usize) -> Option<Operated> {
        let asked = (self.subject(subject), list);
        let slot = self.listed.iter().position(|l| *l == asked).unwrap_or_else(|| {
            self.listed.push(asked);
            self.listed.len() - 1
        });
        let slot = u32::try_from(slot + 1).ok().filter(|s| *s <= LISTED_SLOTS).unwrap_or(0);
        Some((Operation::Listed, u32::try_from(list).ok()?, slot))
    }

    fn sought(&mut self, subject: Subject, sought: Sought<'m>) -> Option<Operated> {
        let code = self.subject(subject);
        let (matcher, set) = self.patterns.set(code, sought)?;
        Some((Operation::Matched, matcher, set))
    }

    fn same(&mut self, subject: Subject, other: Subject, same: bool) -> Operated {
        if is_number(subject) && is_number(other) {
            let relation = if same { NumberRelation::Equal } else { NumberRelation::NotEqual };
            return self.compared(other, relation);
        }
        (if same { Operation::Same } else { Operation::Differs }, self.subject(other).word(), 0)
    }

    fn compared(&mut self, other: Subject, relation: NumberRelation) -> Operated {
        (Operation::Compared, self.subject(other).word(), relation as u32)
    }

    fn ranges(&mut self, operation: Operation, ranges: &[(u64, u64)]) -> Option<Operated> {
        let first = u32::try_from(self.ranges.len()).ok()?;
        self.ranges.extend_from_slice(ranges);
        Some((operation, first, u32::try_from(ranges.len()).ok()?))
    }

    fn texts(&mut self, operation: Operation, texts: &[Vec<u8>]) -> Option<Operated> {
        let first = u32::try_from(self.texts.len()).ok()?;
        for text in texts {
            let at = self.string(text)?;
            self.texts.push(at);
        }
        Some((operation, first, u32::try_from(texts.len()).ok()?))
    }

    /// Puts octets into the string table.
    pub(super) fn string(&mut self, octets: &[u8]) -> Option<(u32, u32)> {
        let at = u32::try_from(self.strings.len()).ok()?;
        self.strings.extend_from_slice(octets);
        Some((at, u32::try_from(octets.len()).ok()?))
    }

    /// A subject as it stands in the image.
    pub(super) fn subject(&mut self, subject: Subject) -> SubjectCode {
        match subject {
            Subject::Field(path) => SubjectCode::of_path(self.source(path), path),
            Subject::Turned(Turn::Swapped, path) => SubjectCode::of_path(source::SWAPPED, path),
            Subject::Turned(Turn::Reversed, path) => SubjectCode::of_path(source::REVERSED, path),
            Subject::Known(knowledge, turn, path) => SubjectCode::of_path(known_source(knowledge, turn), path),
            Subject::Counter(number) => SubjectCode::new(source::COUNTER, number as u16),
            Subject::Score => SubjectCode::new(source::SCORE, 0),
        }
    }

    fn source(&mut self, path: Path) -> u8 {
        let digits = matches!(path.field.shape(), Shape::Tbcd | Shape::GtDigits(_) | Shape::Packed);
        match path.part {
            _ if digits || path.part == Part::Digits => self.digit_slot(path).unwrap_or(source::VALUE),
            Part::Whole if path.field.is_octets() => source::OCTETS,
            Part::Whole if is_signed(path) => source::SIGNED,
            Part::Whole if path.field.shape() == Shape::Country => source::VALUE,
            Part::Whole => source::NUMBER,
            _ => source::VALUE,
        }
    }

    fn digit_slot(&mut self, path: Path) -> Option<u8> {
        if let Some(slot) = self.digits.iter().position(|p| *p == path) {
            return u8::try_from(slot).ok();
        }
        let slot = u8::try_from(self.digits.len()).ok().filter(|&s| s < DIGIT_SLOTS)?;
        self.digits.push(path);
        Some(slot)
    }
}

/// Whether it compares as a number with another that does. Names of a closed list do: they have the same list.
fn is_number(subject: Subject) -> bool {
    match subject {
        Subject::Counter(_) | Subject::Score => true,
        Subject::Turned(..) | Subject::Known(..) => false,
        Subject::Field(path) => match path.part {
            Part::Whole => !path.field.is_octets() && !matches!(path.field.shape(), Shape::Packed | Shape::Country),
            part => matches!(part, Part::Ton | Part::Npi),
        },
    }
}

/// Whether so many texts are looked for that a matcher does it better. It reads only what is text.
fn is_searched(subject: Subject, texts: &[Vec<u8>]) -> bool {
    let is_text = subject.path().is_some_and(|p| p.field.shape() == Shape::Text);
    let fits = |t: &Vec<u8>| (1..=SOUGHT_OCTETS_MAX).contains(&t.len()) && std::str::from_utf8(t).is_ok();
    is_text && texts.len() >= TEXTS_MIN && texts.iter().all(fits)
}

/// Matchers take longer texts too, but a longer one is nothing that stands in many rules.
const SOUGHT_OCTETS_MAX: usize = 255;

const fn number_operation(relation: NumberRelation) -> Operation {
    match relation {
        NumberRelation::Equal => Operation::Equal,
        NumberRelation::NotEqual => Operation::NotEqual,
        NumberRelation::Less => Operation::Less,
        NumberRelation::LessOrEqual => Operation::LessOrEqual,
        NumberRelation::Greater => Operation::Greater,
        NumberRelation::GreaterOrEqual => Operation::GreaterOrEqual,
    }
}

const fn text_operation(relation: TextRelation) -> Operation {
    match relation {
        TextRelation::Is => Operation::Is,
        TextRelation::IsNot => Operation::IsNot,
        TextRelation::StartsWith => Operation::StartsWith,
        TextRelation::Contains => Operation::Contains,
        TextRelation::ContainsAnyCase => Operation::ContainsAnyCase,
    }
}

/// Texts that are searched for stand behind the place of their rarest pair of octets, which is what is looked for first.
fn prepare(relation: TextRelation, text: &[u8]) -> Vec<u8> {
    let text = match relation {
        TextRelation::ContainsAnyCase => text.to_ascii_lowercase(),
        _ => text.to_vec(),
    };
    if !matches!(relation, TextRelation::Contains | TextRelation::ContainsAnyCase) {
        return text;
    }
    let pairs = text.windows(2).take(usize::from(u8::MAX)).enumerate();
    let pair = |w: &[u8]| w.iter().map(|o| frequency(*o)).sum::<usize>();
    let rarest = pairs.min_by_key(|(_, w)| pair(w)).map_or(0, |(place, _)| place as u8);
    std::iter::once(rarest).chain(text).collect()
}

/// How common an octet is in messages, roughly: letters by their order in many languages, then the rest.
fn frequency(octet: u8) -> usize {
    const COMMON: &[u8] = b"qxzjkvwybgpfmcdhulrsnioate ";
    let place = COMMON.iter().position(|c| *c == octet.to_ascii_lowercase());
    match place {
        Some(place) if octet.is_ascii_uppercase() => place + 4,
        Some(place) => place + 10,
        None if octet.is_ascii_digit() => 14,
        None => 5,
    }
}

fn led_by_bits(subnet: &Subnet) -> Vec<u8> {
    std::iter::once(subnet.bits).chain(subnet.address.iter().copied()).collect()
}
