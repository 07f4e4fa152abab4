//! The answer to one test of a condition.

use crate::counters::{self, State};
use crate::image::code::{DIGIT_SLOTS, Operation, Packed, RELATIONS};
use crate::image::{Image, SubjectCode, known, source};
use crate::memory::{Memory, Sight};
use crate::model::{Knowledge, NumberRelation, ordered};
use crate::read::{self, Spare};
use crate::search::{contains, is_in_subnet};
use crate::table::decimal;
use sluice_abi::verdict::RELATIONS as RELATION_NAMES;
use sluice_abi::{Facts, Field, Path};

/// All that a test may look at.
pub(crate) struct Asking<'m, 'a, S> {
    pub(crate) image: &'m Image<'a>,
    pub(crate) facts: &'m Facts<'a>,
    pub(crate) state: &'m mut S,
    pub(crate) memory: &'m mut Memory,
}

impl<S: State> Asking<'_, '_, S> {
    /// What the test of an instruction gives.
    #[inline(always)]
    pub(crate) fn test(&mut self, i: Packed) -> bool {
        let subject = i.subject();
        match subject.source() {
            s @ (source::NUMBER | source::SIGNED) => match subject.path().and_then(|p| self.facts.number(p.field)) {
                Some(n) => self.number_test(i, ordered(n, s == source::SIGNED)),
                None => false,
            },
            // Most fields are absent from most messages.
            s if s < DIGIT_SLOTS || s == source::OCTETS => {
                subject.path().is_some_and(|p| self.facts.has(p.field) && self.text_test(i, p))
            }
            _ => self.rare_test(i),
        }
    }

    #[inline(always)]
    fn number_test(&mut self, i: Packed, n: u64) -> bool {
        let operand = i.number();
        match i.operation() {
            Some(Operation::Present) => true,
            Some(Operation::True) => n != 0,
            Some(Operation::Equal) => n == operand,
            Some(Operation::NotEqual) => n != operand,
            Some(Operation::Less) => n < operand,
            Some(Operation::LessOrEqual) => n <= operand,
            Some(Operation::Greater) => n > operand,
            Some(Operation::GreaterOrEqual) => n >= operand,
            Some(Operation::Within) => is_within(self.image, i, n),
            _ => self.rare_test(i),
        }
    }

    #[inline(never)]
    fn text_test(&mut self, i: Packed, path: Path) -> bool {
        let (image, facts, memory) = (self.image, self.facts, &mut *self.memory);
        let text = match i.subject().source() {
            source::OCTETS => facts.octets(path.field),
            slot => memory.texts.digits.get(facts, path, slot),
        };
        let Some(text) = text else { return false };
        match i.operation() {
            Some(Operation::Listed) => {
                let list = || image.list(i.first()).is_some_and(|list| list.contains(text, now_s(facts)));
                memory.listed.answer(i.second(), list)
            }
            Some(operation) if operation.is_of_text() || operation == Operation::Present => {
                compare_text(image, i, operation, text)
            }
            _ => self.rare_test(i),
        }
    }

    /// Of subjects that are no plain numbers and texts, and of two subjects.
    #[inline(never)]
    fn rare_test(&mut self, i: Packed) -> bool {
        let Some(operation) = i.operation() else { return false };
        if i.subject().is_of_field() && !i.subject().path().is_some_and(|p| self.facts.has(p.field)) {
            return false;
        }
        match operation {
            Operation::Compared => self.compared(i),
            Operation::Same => self.same(i) == Some(true),
            Operation::Differs => self.same(i) == Some(false),
            Operation::Matched => self.matched(i).is_some(),
            Operation::Listed => self.listed(i),
            operation if operation.is_of_text() => self.rare_text_test(i, operation),
            Operation::Present if i.subject().is_of_field() => self.rare_text_test(i, operation),
            _ => self.number(i.subject()).is_some_and(|n| self.number_test(i, n)),
        }
    }

    fn rare_text_test(&mut self, i: Packed, operation: Operation) -> bool {
        let texts = &mut self.memory.texts;
        match read::text(self.image, self.facts, i.subject(), texts, Spare::First) {
            Some(text) => compare_text(self.image, i, operation, texts.look(&text)),
            None => false,
        }
    }

    fn listed(&mut self, i: Packed) -> bool {
        if matches!(i.subject().source(), source::NUMBER | source::SIGNED) {
            return self.number_listed(i);
        }
        let Memory { texts, listed, .. } = &mut *self.memory;
        let (image, facts) = (self.image, self.facts);
        let Some(text) = read::text(image, facts, i.subject(), texts, Spare::First) else { return false };
        let text = texts.look(&text);
        listed.answer(i.second(), || image.list(i.first()).is_some_and(|list| list.contains(text, now_s(facts))))
    }

    /// Whether a list has a number, as its decimal digits.
    fn number_listed(&mut self, i: Packed) -> bool {
        let (image, facts) = (self.image, self.facts);
        let number = read::number(facts, i.subject()).map(|n| signed(n, i.subject()));
        let Some(number) = number.and_then(|n| u64::try_from(n).ok()) else { return false };
        let list_has = |text: &[u8]| image.list(i.first()).is_some_and(|list| list.contains(text, now_s(facts)));
        self.memory.listed.answer(i.second(), || list_has(decimal(number, &mut [0; 20])))
    }

    /// The number of any subject, [`ordered`].
    #[inline(never)]
    fn number(&mut self, subject: SubjectCode) -> Option<u64> {
        match subject.source() {
            source::COUNTER => self.counter(subject.number()).map(u64::from),
            source::SCORE => Some(ordered(i64::from(self.memory.score.seen()).cast_unsigned(), true)),
            source if known(source).is_some() => self.relation(subject),
            _ => read::number(self.facts, subject),
        }
    }

    /// The number of the agreement under which digits belong to somebody.
    fn relation(&mut self, subject: SubjectCode) -> Option<u64> {
        known(subject.source()).filter(|(knowledge, _)| *knowledge == Knowledge::Relation)?;
        let texts = &mut self.memory.texts;
        let name = read::text(self.image, self.facts, subject, texts, Spare::First)?;
        let name = texts.look(&name);
        RELATION_NAMES.iter().position(|n| n.as_bytes() == name).map(|n| n as u64)
    }

    /// What a counter says, read if that was not done.
    fn counter(&mut self, number: u16) -> Option<u32> {
        let value = match self.memory.counted.known(number) {
            Some(known) => known,
            None => self.read_counter(number),
        }?;
        self.memory.seen.see(Sight::Counter(number, value));
        Some(value)
    }

    fn read_counter(&mut self, number: u16) -> Option<u32> {
        let counter = self.image.counter(number)?;
        let key = counters::key_of(self.image, self.facts, counter, &mut self.memory.texts);
        let time_ns = self.facts.number(Field::TimeNs).unwrap_or(0);
        let value = key.map(|key| self.state.read(number, counter.kind(), key, counter.window_s(), time_ns));
        self.memory.counted.note(number, value);
        value
    }

    fn compared(&mut self, i: Packed) -> bool {
        let other = SubjectCode::from_word(i.first());
        let (Some(n), Some(m)) = (self.number(i.subject()), self.number(other)) else { return false };
        let (n, m) = (signed(n, i.subject()), signed(m, other));
        match RELATIONS.get(i.second() as usize) {
            Some(NumberRelation::Equal) => n == m,
            Some(NumberRelation::NotEqual) => n != m,
            Some(NumberRelation::Less) => n < m,
            Some(NumberRelation::LessOrEqual) => n <= m,
            Some(NumberRelation::Greater) => n > m,
            Some(NumberRelation::GreaterOrEqual) => n >= m,
            None => false,
        }
    }

    /// Whether two texts are the same; `None` if one of them is not there.
    fn same(&mut self, i: Packed) -> Option<bool> {
        let (image, facts, texts) = (self.image, self.facts, &mut self.memory.texts);
        let one = read::text(image, facts, i.subject(), texts, Spare::First)?;
        let other = read::text(image, facts, SubjectCode::from_word(i.first()), texts, Spare::Second)?;
        Some(texts.look(&one) == texts.look(&other))
    }

    /// The entry of a matcher's set that is in the text.
    fn matched(&mut self, i: Packed) -> Option<u32> {
        let Memory { texts, scans, seen, .. } = &mut *self.memory;
        let text = read::text(self.image, self.facts, i.subject(), texts, Spare::First)?;
        let (text, matcher) = (texts.look(&text), self.image.matcher(i.first())?);
        let hits = scans.of(i.first(), |hits| matcher.scan(text, hits))?;
        let entry = match hits.has(i.second()) {
            None if hits.is_full() => matcher.holds(i.second(), text),
            found => found,
        }?;
        seen.see(Sight::Pattern(i.first(), entry));
        Some(entry)
    }
}

#[inline(always)]
fn compare_text(image: &Image<'_>, i: Packed, operation: Operation, text: &[u8]) -> bool {
    let mut texts = image.texts_of(i.first(), i.second());
    match operation {
        Operation::Is => texts.any(|t| t == text),
        Operation::IsNot => texts.all(|t| t != text),
        Operation::StartsWith => texts.any(|t| text.starts_with(t)),
        Operation::Contains => texts.any(|t| contains(text, t, false)),
        Operation::ContainsAnyCase => texts.any(|t| contains(text, t, true)),
        Operation::Subnet => texts.any(|t| is_in_subnet(text, t)),
        Operation::Holds => text.iter().any(|&o| is_within(image, i, u64::from(o))),
        Operation::Present => true,
        _ => false,
    }
}

/// A number as it is, of a subject that is [`ordered`].
fn signed(n: u64, subject: SubjectCode) -> i128 {
    match subject.source() {
        source::SIGNED | source::SCORE => i128::from(ordered(n, true).cast_signed()),
        _ => i128::from(n),
    }
}

#[inline]
fn is_within(image: &Image<'_>, i: Packed, n: u64) -> bool {
    let low_and_high = |range: &[u8; 16]| {
        let both = u128::from_le_bytes(*range);
        (both as u64, (both >> 64) as u64)
    };
    let ranges = image.ranges_of(i.first(), i.second());
    // Sorted and apart from each other: only the last that begins at or below the number can hold it.
    let above = ranges.partition_point(|r| low_and_high(r).0 <= n);
    above.checked_sub(1).and_then(|last| ranges.get(last)).is_some_and(|r| n <= low_and_high(r).1)
}

/// The second of the message: entries of lists end by it.
#[inline]
fn now_s(facts: &Facts<'_>) -> u64 {
    const NS_PER_S: u64 = 1_000_000_000;
    facts.number(Field::TimeNs).unwrap_or(0) / NS_PER_S
}
