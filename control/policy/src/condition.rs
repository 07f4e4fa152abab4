//! `[condition.NAME]`: conditions that others use by name, and the checking of all conditions in a policy.

use crate::diagnostic::{Diagnostics, File};
use crate::module::Module;
use crate::quoted::Quoted;
use crate::read::{At, Keys};
use sluice_rules::check::{Scope, check, conditions_named};
use sluice_rules::model::Condition;
use sluice_rules::text::{Expression, Refusal, Span, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::de::DeTable;

/// A reusable condition as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Written<'s> {
    pub(crate) file: File<'s>,
    pub(crate) name: At<String>,
    pub(crate) when: Quoted,
    pub(crate) comment: String,
}

pub(crate) const KEYS: [&str; 2] = ["when", "comment"];
/// Conditions use each other no deeper than this.
const NESTING_MAX: usize = 16;

/// Reads one reusable condition.
pub(crate) fn read<'s>(
    file: File<'s>,
    name: At<String>,
    table: &DeTable<'s>,
    report: &mut Diagnostics,
) -> Option<Written<'s>> {
    let keys = Keys::new(file, table, name.range.clone(), &KEYS, report);
    if keys.find("when").is_none() {
        keys.missing("when", "the condition", report);
    }
    let comment = keys.text("comment", report).map(|c| c.value).unwrap_or_default();
    Some(Written { when: keys.quoted("when", report)?, file, name, comment })
}

/// What is needed to check the conditions of a module.
#[derive(Debug)]
pub(crate) struct Context<'s> {
    pub(crate) scope: Scope,
    /// Names of the reusable conditions that were used.
    pub(crate) used: BTreeSet<String>,
    /// Where the values of variables stand.
    places: BTreeMap<String, (File<'s>, Range<usize>)>,
}

impl<'s> Context<'s> {
    /// With the names that a module's conditions can use, but for its reusable conditions.
    pub(crate) fn new(scope: Scope, module: &Module<'s>) -> Self {
        Self { scope, used: BTreeSet::new(), places: module.places.clone() }
    }

    /// Checks a condition; `None` if it was refused.
    pub(crate) fn condition(&mut self, file: File<'s>, when: &Quoted, report: &mut Diagnostics) -> Option<Condition> {
        let expression = self.parsed(file, when, report)?;
        self.checked(file, when, &expression, report)
    }

    fn parsed(&mut self, file: File<'s>, when: &Quoted, report: &mut Diagnostics) -> Option<Expression> {
        match parse(&when.value) {
            Ok(expression) => {
                self.used.extend(conditions_named(&expression).into_iter().map(|(name, _)| name.to_owned()));
                Some(expression)
            }
            Err(refusal) => {
                self.refuse(file, when, refusal, report);
                None
            }
        }
    }

    fn checked(
        &self,
        file: File<'s>,
        when: &Quoted,
        expression: &Expression,
        report: &mut Diagnostics,
    ) -> Option<Condition> {
        match check(expression, &self.scope) {
            Ok(condition) => Some(condition),
            Err(refusals) => {
                refusals.into_iter().for_each(|r| self.refuse(file, when, r, report));
                None
            }
        }
    }

    fn refuse(&self, file: File<'s>, when: &Quoted, refusal: Refusal, report: &mut Diagnostics) {
        let text = refusal.span.of(&when.value).to_owned();
        let range = when.place_of(refusal.span.start, refusal.span.end);
        let (file, range) = self.place_of(file, &At { value: text, range });
        report.push(file.error(range, refusal.message, refusal.expected).with_help(refusal.help));
    }

    /// Where something stands; of a `$name` whose value is in another file, the place of that value.
    pub(crate) fn place_of(&self, file: File<'s>, text: &At<String>) -> (File<'s>, Range<usize>) {
        let value = text.value.strip_prefix('$').and_then(|name| self.places.get(name));
        match value {
            Some((other, range)) if other.path != file.path => (*other, range.clone()),
            _ => (file, text.range.clone()),
        }
    }
}

/// Checks the reusable conditions of a module, each after those it uses, and puts them into the scope.
pub(crate) fn resolve<'s>(conditions: &[Written<'s>], context: &mut Context<'s>, report: &mut Diagnostics) {
    let names = conditions.iter().enumerate().map(|(place, c)| (c.name.value.as_str(), place)).collect();
    let mut resolver = Resolver { conditions, names, heights: BTreeMap::new(), way: Vec::new() };
    for place in 0..conditions.len() {
        resolver.visit(place, context, report);
    }
}

struct Resolver<'w, 's> {
    conditions: &'w [Written<'s>],
    names: BTreeMap<&'w str, usize>,
    /// How deep each condition that is done uses others.
    heights: BTreeMap<usize, usize>,
    /// From the condition that was begun first to the one under examination.
    way: Vec<usize>,
}

impl<'s> Resolver<'_, 's> {
    fn visit(&mut self, place: usize, context: &mut Context<'s>, report: &mut Diagnostics) {
        let Some(written) = self.conditions.get(place).filter(|_| !self.heights.contains_key(&place)) else { return };
        let expression = context.parsed(written.file, &written.when, report);
        self.way.push(place);
        let height = expression.as_ref().and_then(|e| self.height(written, e, context, report));
        self.way.pop();
        let condition = match (&expression, height) {
            (Some(expression), Some(_)) => context.checked(written.file, &written.when, expression, report),
            _ => None,
        };
        self.heights.insert(place, height.unwrap_or(0));
        context.scope.conditions.insert(written.name.value.clone(), condition);
    }

    /// How deep a condition uses others, which are checked first; `None` where that was refused.
    fn height(
        &mut self,
        written: &Written<'s>,
        expression: &Expression,
        context: &mut Context<'s>,
        report: &mut Diagnostics,
    ) -> Option<usize> {
        let mut height = 1;
        for (name, span) in conditions_named(expression) {
            let Some(&used) = self.names.get(name) else { continue };
            if let Some(from) = self.way.iter().position(|&p| p == used) {
                let message = format!("`condition.{name}` uses itself: {}", self.round(from));
                self.refuse(written, span, message, "a condition that does not lead back to this one", report);
                return None;
            }
            if self.way.len() < NESTING_MAX {
                self.visit(used, context, report);
            }
            height = height.max(1 + self.heights.get(&used).copied().unwrap_or(NESTING_MAX));
            if height > NESTING_MAX {
                let expected = format!("at most {NESTING_MAX} conditions within each other");
                self.refuse(written, span, "conditions use each other too deep".to_owned(), &expected, report);
                return None;
            }
        }
        Some(height)
    }

    fn refuse(&self, written: &Written<'s>, span: Span, message: String, expected: &str, report: &mut Diagnostics) {
        let range = written.when.place_of(span.start, span.end);
        report.push(written.file.error(range, message, expected));
    }

    /// `a, b, a`: the way that leads back.
    fn round(&self, from: usize) -> String {
        let way = self.way.iter().skip(from).chain(self.way.get(from));
        let names = way.filter_map(|&place| self.conditions.get(place)).map(|c| c.name.value.as_str());
        names.collect::<Vec<_>>().join(", ")
    }
}
