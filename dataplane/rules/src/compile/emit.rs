//! Conditions to instructions: each test becomes one, and the words between them become its targets.

use crate::image::code::{DIGIT_SLOTS, INSTRUCTIONS_MAX, Instruction, MATCH, MISS, Operation, Source};
use crate::model::{Condition, NumberRelation, Question, Subject, Subnet, Test, TextRelation, is_signed};
use crate::text::Span;
use sluice_abi::{Part, Path, Shape};

/// Tables that instructions point into.
#[derive(Debug, Default)]
pub(super) struct Operands {
    pub(super) ranges: Vec<(u64, u64)>,
    /// Offset and length in the strings.
    pub(super) texts: Vec<(u32, u32)>,
    pub(super) strings: Vec<u8>,
    /// Paths whose digits are kept, by slot.
    digits: Vec<Path>,
}

/// A rule's code.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) instructions: Vec<Instruction>,
    pub(super) spans: Vec<Span>,
}

/// Where to go on: known, or the instruction that a label will be put before.
#[derive(Clone, Copy)]
enum Target {
    Known(u16),
    Label(usize),
}

#[derive(Default)]
struct Emitter {
    code: Code,
    targets: Vec<(Target, Target)>,
    /// Instruction before which each label stands.
    labels: Vec<u16>,
}

/// The code of a condition; `None` if it has too many tests.
pub(super) fn emit(condition: Option<&Condition>, operands: &mut Operands) -> Option<Code> {
    let mut emitter = Emitter::default();
    if let Some(condition) = condition {
        emitter.condition(condition, Target::Known(MATCH), Target::Known(MISS), operands)?;
    }
    emitter.resolve()
}

impl Emitter {
    fn condition(&mut self, c: &Condition, yes: Target, no: Target, operands: &mut Operands) -> Option<()> {
        match c {
            Condition::All(parts) => self.chain(parts, |next| (next, no), (yes, no), operands),
            Condition::Any(parts) => self.chain(parts, |next| (yes, next), (yes, no), operands),
            Condition::Not(inner) => self.condition(inner, no, yes, operands),
            Condition::Test(test) => self.test(test, yes, no, operands),
        }
    }

    fn chain(
        &mut self,
        parts: &[Condition],
        before_last: impl Fn(Target) -> (Target, Target),
        last: (Target, Target),
        operands: &mut Operands,
    ) -> Option<()> {
        let (end, others) = parts.split_last()?;
        for part in others {
            let label = self.labels.len();
            self.labels.push(0);
            let (yes, no) = before_last(Target::Label(label));
            self.condition(part, yes, no, operands)?;
            *self.labels.get_mut(label)? = u16::try_from(self.code.instructions.len()).ok()?;
        }
        self.condition(end, last.0, last.1, operands)
    }

    fn test(&mut self, test: &Test, yes: Target, no: Target, operands: &mut Operands) -> Option<()> {
        if self.code.instructions.len() >= INSTRUCTIONS_MAX {
            return None;
        }
        let (operation, first, second) = operands.operation(&test.question)?;
        let Subject::Field(path) = test.subject else { return None };
        let source = operands.source(path);
        let (if_true, if_false) = (MISS, MISS);
        self.code.instructions.push(Instruction {
            operation,
            path,
            source,
            if_true,
            if_false,
            first,
            second,
        });
        self.code.spans.push(test.span);
        self.targets.push((yes, no));
        Some(())
    }

    fn resolve(mut self) -> Option<Code> {
        for (instruction, (yes, no)) in self.code.instructions.iter_mut().zip(&self.targets) {
            let place = |target: &Target| match *target {
                Target::Known(place) => Some(place),
                Target::Label(label) => self.labels.get(label).copied(),
            };
            instruction.if_true = place(yes)?;
            instruction.if_false = place(no)?;
        }
        Some(self.code)
    }
}

impl Operands {
    fn operation(&mut self, question: &Question) -> Option<(Operation, u32, u32)> {
        Some(match question {
            Question::Matches(_) | Question::ContainsListed(_) | Question::Same(..) | Question::Compared(..) => return None,
            Question::Present => (Operation::Present, 0, 0),
            Question::True => (Operation::True, 0, 0),
            Question::Number(relation, value) => (number_operation(*relation), *value as u32, (*value >> 32) as u32),
            Question::Within(ranges) => self.ranges(Operation::Within, ranges)?,
            Question::Holds(ranges) => self.ranges(Operation::Holds, ranges)?,
            Question::Text(relation, texts) => {
                let prepared: Vec<Vec<u8>> = texts.iter().map(|t| prepare(*relation, t)).collect();
                self.texts(text_operation(*relation), &prepared)?
            }
            Question::Subnets(subnets) => {
                let led: Vec<Vec<u8>> = subnets.iter().map(led_by_bits).collect();
                self.texts(Operation::Subnet, &led)?
            }
            Question::Listed(number) => (Operation::Listed, u32::try_from(*number).ok()?, 0),
        })
    }

    fn ranges(&mut self, operation: Operation, ranges: &[(u64, u64)]) -> Option<(Operation, u32, u32)> {
        let first = u32::try_from(self.ranges.len()).ok()?;
        self.ranges.extend_from_slice(ranges);
        Some((operation, first, u32::try_from(ranges.len()).ok()?))
    }

    fn texts(&mut self, operation: Operation, texts: &[Vec<u8>]) -> Option<(Operation, u32, u32)> {
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

    fn source(&mut self, path: Path) -> u8 {
        let digits = path.part == Part::Digits || matches!(path.field.shape(), Shape::Tbcd | Shape::GtDigits(_));
        match path.part {
            _ if digits => self.digit_slot(path).unwrap_or(Source::Value as u8),
            Part::Whole if path.field.is_octets() => Source::Octets as u8,
            Part::Whole if is_signed(path) => Source::Signed as u8,
            Part::Whole => Source::Number as u8,
            _ => Source::Value as u8,
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
