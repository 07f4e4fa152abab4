//! From what is written to a model: every module's names put into one scope after another, every condition checked.
//!
//! The policy's own things come first, those of scenarios after them under names with the scenario's before a dot.

use crate::condition::{self, Context};
use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::module::Module;
use crate::network::Network;
use crate::quoted::Quoted;
use sluice_rules::check::{ListName, Scope};
use sluice_rules::model::{COUNTERS_MAX, Condition, Model, Question, Subject};
use sluice_rules::text::{Element, Expression, Operand, Relation, Test, parse};
use sluice_rules::{List, Rule};

/// The model of a document; incomplete where something was reported.
pub(crate) fn assemble(document: &mut Document<'_>, report: &mut Diagnostics) -> Model {
    let is_named = document.network_file.is_some();
    if !is_named {
        leave_out_what_needs_the_network(document, report);
    }
    let mut assembly = Assembly::new(&document.network);
    assembly.model.default_action = document.default_action;
    assembly.model.default_log = document.default_log;
    assembly.module("", &mut document.own, report);
    for scenario in &mut document.scenarios {
        let prefix = format!("{}.", scenario.name);
        assembly.module(&prefix, &mut scenario.module, report);
    }
    if is_named || asks_the_plan(&assembly.model) {
        match document.network.plan() {
            Ok(plan) => assembly.model.plan = plan,
            Err(error) => report.push(document.file.error(0..0, error.to_string(), "a smaller network")),
        }
    }
    assembly.model
}

/// Whether a condition asks what is known of a number, be it only of which country it is.
fn asks_the_plan(model: &Model) -> bool {
    let knows = |subject: &Subject| match subject {
        Subject::Known(..) => true,
        Subject::Field(path) => path.field.name().starts_with("origin."),
        _ => false,
    };
    let rules = model.rules.iter().filter_map(|r| r.condition.as_ref());
    let counters = model.counters.iter().filter_map(|c| c.condition.as_ref());
    let mut asks = false;
    rules.chain(counters).for_each(|c| c.each_test(&mut |test| asks |= subjects(test).any(|s| knows(&s))));
    asks
}

/// What a test is about, and what that is compared with.
fn subjects(test: &sluice_rules::model::Test) -> impl Iterator<Item = Subject> + use<> {
    let other = match test.question {
        Question::Same(_, other) | Question::Compared(_, other) => Some(other),
        _ => None,
    };
    std::iter::once(test.subject).chain(other)
}

struct Assembly {
    model: Model,
    /// What every module can name.
    common: Scope,
}

impl Assembly {
    fn new(network: &Network) -> Self {
        let lists = network.lists();
        let names = lists.iter().enumerate();
        let names = names.map(|(number, l)| (l.name.clone(), ListName { number, kind: l.kind })).collect();
        let variables = network.variables().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let common = Scope { variables, lists: names, ..Scope::default() };
        Self { model: Model { lists, ..Model::default() }, common }
    }

    /// Adds the things of a module to the model.
    fn module(&mut self, prefix: &str, module: &mut Module<'_>, report: &mut Diagnostics) {
        self.refuse_names_of_the_network(module, report);
        let mut context = Context::new(self.scope(module), module);
        condition::resolve(&module.conditions, &mut context, report);
        let (first_list, first_counter) = (self.model.lists.len(), self.model.counters.len());
        for declared in &mut module.lists {
            // Entries can be many: they are moved, and only the name stays for what is reported later.
            let entries = std::mem::take(&mut declared.list.entries);
            let name = format!("{prefix}{}", declared.list.name);
            self.model.lists.push(List { name, entries, ..declared.list.clone() });
        }
        self.counters(prefix, module, &mut context, report);
        let first_rule = self.model.rules.len();
        self.model.rules.extend(module.rules.iter().filter_map(|r| r.checked(&mut context, report)));
        // A rule that was refused, or stands in a file that was, may be the one that uses a list.
        let all_checked = self.model.rules.len() == first_rule + module.rules.len()
            && self.model.counters.len() == first_counter + module.counters.len()
            && context.scope.conditions.values().all(Option::is_some);
        if prefix.is_empty() && all_checked && !report.has_errors() {
            let mut used = Used::new(first_list, first_counter);
            let rules = self.model.rules.iter().skip(first_rule).filter_map(|r: &Rule| r.condition.as_ref());
            let counters = self.model.counters.iter().skip(first_counter).filter_map(|c| c.condition.as_ref());
            let named = context.scope.conditions.values().flatten();
            rules.chain(counters).chain(named).for_each(|condition| used.note(condition));
            warn_of_unused(module, &used, &context, report);
        }
    }

    /// What a module's conditions can name, but for its reusable conditions.
    fn scope(&self, module: &Module<'_>) -> Scope {
        let mut scope = self.common.clone();
        scope.variables.extend(module.variables.iter().map(|(name, value)| (name.clone(), value.clone())));
        for (number, declared) in (self.model.lists.len()..).zip(&module.lists) {
            scope.lists.insert(declared.list.name.clone(), ListName { number, kind: declared.list.kind });
        }
        for (number, counter) in (self.model.counters.len()..).zip(&module.counters) {
            scope.counters.insert(counter.name.value.clone(), number);
        }
        scope
    }

    fn refuse_names_of_the_network(&self, module: &Module<'_>, report: &mut Diagnostics) {
        for declared in module.lists.iter().filter(|l| self.common.lists.contains_key(&l.list.name)) {
            let message = format!("the list `{}` is given by the network file already", declared.list.name);
            report.push(declared.file.error(declared.name_range.clone(), message, "another name"));
        }
        for (name, (file, range)) in module.places.iter().filter(|(n, _)| self.common.variables.contains_key(*n)) {
            let message = format!("the variable `{name}` is given by the network file already");
            report.push(file.error(range.clone(), message, "another name"));
        }
    }

    fn counters<'s>(&mut self, prefix: &str, module: &Module<'s>, context: &mut Context<'s>, report: &mut Diagnostics) {
        context.scope.counting = true;
        for written in &module.counters {
            if self.model.counters.len() == COUNTERS_MAX {
                let message = format!("a policy has at most {COUNTERS_MAX} counters, those of scenarios among them");
                report.push(written.file.error(written.name.range.clone(), message, "fewer counters or scenarios"));
                break;
            }
            let name = format!("{prefix}{}", written.name.value);
            self.model.counters.extend(written.checked(name, context, report));
        }
        context.scope.counting = false;
    }
}

/// Which of a module's lists and counters conditions ask.
struct Used {
    first_list: usize,
    first_counter: usize,
    lists: Vec<usize>,
    counters: Vec<usize>,
}

impl Used {
    const fn new(first_list: usize, first_counter: usize) -> Self {
        Self { first_list, first_counter, lists: Vec::new(), counters: Vec::new() }
    }

    fn note(&mut self, condition: &Condition) {
        condition.each_test(&mut |test| {
            if let Question::Listed(list) | Question::ContainsListed(list) = test.question {
                self.lists.push(list);
            }
            for subject in subjects(test) {
                if let Subject::Counter(counter) = subject {
                    self.counters.push(counter);
                }
            }
        });
    }
}

fn warn_of_unused(module: &Module<'_>, used: &Used, context: &Context<'_>, report: &mut Diagnostics) {
    for (_, list) in (used.first_list..).zip(&module.lists).filter(|(number, _)| !used.lists.contains(number)) {
        let message = format!("no rule asks for the list `{}`", list.list.name);
        report.push(list.file.warning(list.name_range.clone(), message));
    }
    let counters = (used.first_counter..).zip(&module.counters);
    for (_, counter) in counters.filter(|(number, _)| !used.counters.contains(number)) {
        let message = format!("no rule asks for the counter `{}`", counter.name.value);
        report.push(counter.file.warning(counter.name.range.clone(), message));
    }
    for condition in module.conditions.iter().filter(|c| !context.used.contains(&c.name.value)) {
        let message = format!("nothing uses the condition `{}`", condition.name.value);
        report.push(condition.file.warning(condition.name.range.clone(), message));
    }
}

/// A scenario that asks who we are would take everybody for a stranger.
fn leave_out_what_needs_the_network(document: &mut Document<'_>, report: &mut Diagnostics) {
    let (needing, others) = std::mem::take(&mut document.scenarios).into_iter().partition(|s| needs_network(&s.module));
    document.scenarios = others;
    let needing: Vec<crate::scenario::Scenario<'_>> = needing;
    const HELP: &str = "`network = \"network.toml\"` in policy.toml names the file that says who we and our partners \
                        are; `sluice policy show` lists the scenarios that are in use";
    for (scenario, (file, range)) in needing.iter().filter_map(|s| Some((s, s.named.clone()?))) {
        let message = format!("the scenario `{}` needs network.toml and is left out", scenario.name);
        report.push(file.warning(range, message).with_help(Some(HELP)));
    }
    let names: Vec<&str> = needing.iter().filter(|s| s.named.is_none()).map(|s| s.name).collect();
    if !names.is_empty() {
        let message = format!("scenarios left out for want of network.toml: {}", some_of(&names));
        report.push(document.file.warning(0..0, message).with_help(Some(HELP)));
    }
}

/// The first few names: the others can be looked up.
fn some_of(names: &[&str]) -> String {
    const NAMED_MAX: usize = 3;
    match names.split_at_checked(NAMED_MAX) {
        Some((first, [_, _, ..])) => format!("{} and others", first.join(", ")),
        _ => names.join(", "),
    }
}

fn needs_network(module: &Module<'_>) -> bool {
    let rules = module.rules.iter().filter_map(|r| r.when.as_ref());
    let counters = module.counters.iter().filter_map(|c| c.when.as_ref());
    let conditions = module.conditions.iter().map(|c| &c.when);
    rules
        .chain(counters)
        .chain(conditions)
        .any(|when: &Quoted| parse(&when.value).is_ok_and(|expression| asks_for_network(&expression, module)))
}

fn asks_for_network(expression: &Expression, module: &Module<'_>) -> bool {
    let mut asks = false;
    expression.each_test(&mut |test| asks |= is_about_network(test, module));
    asks
}

/// Names that a module does not have itself can only be those of the network.
fn is_about_network(test: &Test, module: &Module<'_>) -> bool {
    let knows = |s: &sluice_rules::text::Subject| {
        s.calls.iter().any(|c| c.name == "relation" || c.name == "operator")
            || matches!(s.name.as_str(), "origin.relation" | "origin.operator")
    };
    let foreign =
        |element: &Element| matches!(element, Element::Variable { name, .. } if !module.variables.contains_key(name));
    let operand = |relation: &Relation| match &relation.operand {
        Operand::List { name, .. } => module.lists.iter().all(|l| l.list.name != *name),
        Operand::Subject(subject) => knows(subject),
        Operand::One(element) => foreign(element),
        Operand::Set { elements, .. } => elements.iter().any(foreign),
    };
    knows(&test.subject) || test.relation.as_ref().is_some_and(operand)
}
