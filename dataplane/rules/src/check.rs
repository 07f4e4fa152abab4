//! From tree to model: every name known, every operator and value fit for what it is asked of.
//!
//! All that is wrong is reported, not only the first. The meaning of an absent field is fixed here once: a test of
//! it is false, so `x != 1` wants `x` to be there and `not x == 1` does not. Reusable conditions are put in where
//! they are used; their tests then stand at the place of the use.

mod compare;
mod key;
mod kind;
mod listed;
mod names;
mod question;
mod subject;
mod values;

use crate::model::{Condition, ListKind, Question, Subject, Test};
use crate::text::{self, Element, Expression, Form, Literal, Operand, Refusal, Relation, Scalar, Span};
use kind::Kind;
use std::collections::BTreeMap;
use subject::Asked;

pub use key::{key, run_key};
pub use names::suggested;

/// What conditions may name beside fields.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Values of variables, by name.
    pub variables: BTreeMap<String, Variable>,
    /// Lists, by name.
    pub lists: BTreeMap<String, ListName>,
    /// The places of counters in the model, by name.
    pub counters: BTreeMap<String, usize>,
    /// Reusable conditions, by name; `None` for one that was refused already.
    pub conditions: BTreeMap<String, Option<Condition>>,
    /// Whether it is said which messages a counter counts: then neither counters nor the score are known yet.
    pub counting: bool,
}

/// What a condition must know of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListName {
    /// Its place in the model.
    pub number: usize,
    /// How its entries are matched.
    pub kind: ListKind,
}

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Variable {
    /// One value.
    One(Scalar),
    /// Several, for sets.
    Many(Vec<Scalar>),
}

/// Checks a condition. Without a refusal in it, an error means that a condition used in it was refused.
pub fn check(expression: &Expression, scope: &Scope) -> Result<Condition, Vec<Refusal>> {
    let mut checker = Checker { scope, refusals: Vec::new(), tests: 0 };
    let condition = checker.condition(expression);
    if checker.refusals.is_empty() {
        return condition.ok_or_else(Vec::new);
    }
    Err(checker.refusals)
}

/// The reusable conditions that a condition names, with the places of the names.
pub fn conditions_named(expression: &Expression) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    expression.each_test(&mut |test| {
        if let Some(name) = test.subject.name.strip_prefix(CONDITION) {
            found.push((name, test.subject.name_span));
        }
    });
    found
}

/// Stands before the names of reusable conditions.
const CONDITION: &str = "condition.";

/// A condition has no more tests, those of reused conditions among them.
const TESTS_MAX: usize = 16 * 1024;

struct Checker<'s> {
    scope: &'s Scope,
    refusals: Vec<Refusal>,
    tests: usize,
}

type Checked<T> = Result<T, Box<Refusal>>;

impl Checker<'_> {
    /// The condition; `None` where a part of it was refused.
    fn condition(&mut self, expression: &Expression) -> Option<Condition> {
        match &expression.form {
            Form::Or(parts) => self.each(parts).map(Condition::Any),
            Form::And(parts) => self.each(parts).map(Condition::All),
            Form::Not(inner) => self.condition(inner).map(|c| Condition::Not(Box::new(c))),
            Form::Test(test) => self.test(test, expression.span).unwrap_or_else(|refusal| {
                self.refusals.push(*refusal);
                None
            }),
        }
    }

    fn each(&mut self, parts: &[Expression]) -> Option<Vec<Condition>> {
        let checked: Vec<Option<Condition>> = parts.iter().map(|p| self.condition(p)).collect();
        checked.into_iter().collect()
    }

    fn test(&mut self, test: &text::Test, span: Span) -> Checked<Option<Condition>> {
        self.tests += 1;
        if let Some(name) = test.subject.name.strip_prefix(CONDITION) {
            return self.reused(name, test, span);
        }
        let asked = subject::resolve(&test.subject, self.scope)?;
        let question = match &test.relation {
            None => bare(&asked, span)?,
            Some(relation) => self.question(&asked, relation)?,
        };
        Ok(Some(Condition::Test(Test { subject: asked.subject, span, question })))
    }

    /// A reusable condition, as if it stood here.
    fn reused(&mut self, name: &str, test: &text::Test, span: Span) -> Checked<Option<Condition>> {
        let (calls, relation) = (test.subject.calls.first(), test.relation.as_ref());
        if let Some(wrong) = calls.map(|c| c.span).or(relation.map(|r| r.operator_span)) {
            let message = format!("`condition.{name}` holds or does not: it has no value");
            return Err(Box::new(Refusal::new(wrong, message, "its name alone, or `not` before it")));
        }
        let Some(condition) = self.scope.conditions.get(name) else {
            let known = self.scope.conditions.keys().map(String::as_str);
            return Err(Box::new(names::unknown_condition(name, test.subject.name_span, known)));
        };
        let Some(condition) = condition else { return Ok(None) };
        let mut counts = false;
        condition.each_test(&mut |test| {
            counts |= asks_state(test);
            self.tests += 1;
        });
        if self.tests > TESTS_MAX {
            let expected = format!("at most {TESTS_MAX} with those of all conditions in it");
            return Err(Box::new(Refusal::new(span, "the condition has too many tests", expected)));
        }
        if counts && self.scope.counting {
            let message = format!("`condition.{name}` asks for a counter or the score");
            return Err(Box::new(Refusal::new(span, message, subject::COUNTING)));
        }
        Ok(Some(moved(condition, span)))
    }

    fn question(&self, asked: &Asked, relation: &Relation) -> Checked<Question> {
        asked
            .kind
            .allows(relation.operator, &asked.name)
            .map_err(|(message, expected)| Box::new(Refusal::new(relation.operator_span, message, expected)))?;
        match &relation.operand {
            Operand::List { name, span } => listed::question(asked, relation.operator, name, *span, &self.scope.lists),
            Operand::Subject(other) => {
                let other = subject::resolve(other, self.scope).map_err(|refusal| quote_missing(other, refusal))?;
                compare::question(asked, relation, &other)
            }
            Operand::One(_) | Operand::Set { .. } => question::of(asked, relation, &self.values(relation)?),
        }
    }

    /// Everything at the right of the operator, variables replaced by their values.
    fn values(&self, relation: &Relation) -> Checked<Vec<Element>> {
        let elements = match &relation.operand {
            Operand::One(element) => std::slice::from_ref(element),
            Operand::Set { elements, .. } => elements,
            Operand::List { .. } | Operand::Subject(_) => &[],
        };
        let mut values = Vec::new();
        for element in elements {
            match element {
                Element::Variable { name, span } => self.expand(name, *span, &mut values)?,
                other => values.push(other.clone()),
            }
        }
        Ok(values)
    }

    fn expand(&self, name: &str, span: Span, values: &mut Vec<Element>) -> Checked<()> {
        let scalars = match self.scope.variables.get(name) {
            Some(Variable::One(scalar)) => std::slice::from_ref(scalar),
            Some(Variable::Many(scalars)) => scalars,
            None => {
                let known = self.scope.variables.keys().map(String::as_str);
                return Err(Box::new(names::unknown_variable(name, span, known)));
            }
        };
        values.extend(scalars.iter().map(|s| Element::Literal(Literal { scalar: s.clone(), span })));
        Ok(())
    }
}

/// What a name without an operator asks.
fn bare(asked: &Asked, span: Span) -> Checked<Question> {
    match (asked.subject, asked.kind) {
        (Subject::Score, _) => {
            let refusal = Refusal::new(span, "there is always a score", "a comparison, such as score >= 50");
            Err(Box::new(refusal))
        }
        (_, Kind::Truth) => Ok(Question::True),
        _ => Ok(Question::Present),
    }
}

/// The same condition with all its tests at one place.
fn moved(condition: &Condition, span: Span) -> Condition {
    let each = |parts: &[Condition]| parts.iter().map(|p| moved(p, span)).collect();
    match condition {
        Condition::All(parts) => Condition::All(each(parts)),
        Condition::Any(parts) => Condition::Any(each(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(moved(inner, span))),
        Condition::Test(test) => Condition::Test(Test { span, ..test.clone() }),
    }
}

/// Whether a test asks for what only messages before this one or rules before this one gave.
fn asks_state(test: &Test) -> bool {
    let is_state = |subject: &Subject| matches!(subject, Subject::Counter(_) | Subject::Score);
    let other = match &test.question {
        Question::Same(_, other) | Question::Compared(_, other) => Some(other),
        _ => None,
    };
    is_state(&test.subject) || other.is_some_and(is_state)
}

/// One word at the right that is no field was rather meant as text.
fn quote_missing(other: &text::Subject, refusal: Box<Refusal>) -> Box<Refusal> {
    if other.calls.is_empty() && !other.name.contains('.') {
        return Box::new(refusal.help(format!("text stands in quotation marks: \"{}\"", other.name)));
    }
    refusal
}
