//! Conditions to instructions: each test becomes one, and the words between them become its targets.

use super::operands::Operands;
use crate::image::code::{INSTRUCTIONS_MAX, Instruction, MATCH, MISS};
use crate::model::{Condition, Test};
use crate::text::Span;

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
pub(super) fn emit<'m>(condition: Option<&'m Condition>, operands: &mut Operands<'m>) -> Option<Code> {
    let mut emitter = Emitter::default();
    if let Some(condition) = condition {
        emitter.condition(condition, Target::Known(MATCH), Target::Known(MISS), operands)?;
    }
    emitter.resolve()
}

impl Emitter {
    fn condition<'m>(&mut self, c: &'m Condition, yes: Target, no: Target, operands: &mut Operands<'m>) -> Option<()> {
        match c {
            Condition::All(parts) => self.chain(parts, |next| (next, no), (yes, no), operands),
            Condition::Any(parts) => self.chain(parts, |next| (yes, next), (yes, no), operands),
            Condition::Not(inner) => self.condition(inner, no, yes, operands),
            Condition::Test(test) => self.test(test, yes, no, operands),
        }
    }

    fn chain<'m>(
        &mut self,
        parts: &'m [Condition],
        before_last: impl Fn(Target) -> (Target, Target),
        last: (Target, Target),
        operands: &mut Operands<'m>,
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

    fn test<'m>(&mut self, test: &'m Test, yes: Target, no: Target, operands: &mut Operands<'m>) -> Option<()> {
        if self.code.instructions.len() >= INSTRUCTIONS_MAX {
            return None;
        }
        let subject = operands.subject(test.subject);
        let (operation, first, second) = operands.operation(test.subject, &test.question)?;
        let (if_true, if_false) = (MISS, MISS);
        self.code.instructions.push(Instruction { operation, subject, if_true, if_false, first, second });
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
