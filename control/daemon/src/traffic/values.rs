//! What a message counts as.

use sluice_abi::{Facts, Field, Part, Path, Value, names};
use sluice_api::traffic::By;
use std::fmt::Write as _;

/// Stands between two values that are counted together; no name has it.
pub const BETWEEN: char = '\u{1f}';

/// Writes the value, or both; nothing where the message has none.
pub fn value(by: By, facts: &Facts<'_>, text: &mut String) {
    match by {
        By::Action => field(Field::VerdictAction, facts, text),
        By::Rule => field(Field::VerdictRule, facts, text),
        By::Scenario => field(Field::VerdictScenario, facts, text),
        By::Shadow => {}
        By::Operation => operation(facts, text),
        By::Class => field(Field::LabelsClass, facts, text),
        By::Direction => field(Field::LabelsDirection, facts, text),
        By::Origin => field(Field::LabelsOrigin, facts, text),
        By::Relation => field(Field::OriginRelation, facts, text),
        By::Operator => field(Field::OriginOperator, facts, text),
        By::Country => field(Field::OriginCountry, facts, text),
        By::Port => field(Field::Port, facts, text),
        By::OperatorAction => both(By::Action, facts, text),
        By::OperatorScenario => both(By::Scenario, facts, text),
        By::OperatorOperation => both(By::Operation, facts, text),
        By::OperatorClass => both(By::Class, facts, text),
    }
}

fn both(second: By, facts: &Facts<'_>, text: &mut String) {
    value(By::Operator, facts, text);
    text.push(BETWEEN);
    value(second, facts, text);
}

/// These fields are names and texts of the policy and the configuration, none of a subscriber.
fn field(field: Field, facts: &Facts<'_>, text: &mut String) {
    if let Some(Value::Text(value)) = facts.value(Path { field, part: Part::Whole }) {
        text.push_str(value);
    }
}

/// The name of what was asked for, with the component where it is none that asks.
fn operation(facts: &Facts<'_>, text: &mut String) {
    if let Some(number) = facts.number(Field::MapOp).map(u64::cast_signed) {
        match names::operation(number) {
            Some(name) => text.push_str(name),
            None => text.push_str("other"),
        }
        let component = facts.value(Path { field: Field::MapComponent, part: Part::Whole });
        if let Some(Value::Text(component)) = component.filter(|component| *component != Value::Text("invoke")) {
            // Into memory there is nothing to fail.
            let _written = write!(text, " {component}");
        }
    } else if let Some(number) = facts.number(Field::SmppCommandId) {
        text.push_str(u32::try_from(number).ok().and_then(names::command).unwrap_or("other"));
    } else {
        field(Field::Kind, facts, text);
    }
}
