//! The limits of built-in scenarios: settings that a counter, or the size of a campaign, is compared with.
//!
//! Found in the conditions as they are written, so that a new scenario needs nothing here. Only upper limits count: a
//! setting that the same scenario also asks the other way round (`<`, or under `not`) is none, as a higher value would not
//! make fewer messages match.

use crate::scenario;
use sluice_rules::text::{Element, Expression, Form, Operand, Operator, Test, parse};
use std::collections::{BTreeMap, BTreeSet};

/// A setting that limits how much there may be of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The scenario.
    pub scenario: &'static str,
    /// The setting.
    pub setting: String,
    /// What it is without a word of the policy.
    pub default: u32,
    /// What it means.
    pub help: String,
    /// The lowest value that limits anything.
    pub lowest: u32,
    /// Ids of rules, each with what it compares with the setting: `counter.NAME` of an image, or a field.
    pub asked: Vec<(String, String)>,
}

/// Fields that grow with a campaign; others say what one message is like.
const GROWING: &str = "campaign.";
const COUNTER: &str = "counter.";
const CONDITION: &str = "condition.";
/// Conditions use each other no deeper than this.
const NESTING_MAX: usize = 16;

/// The limits of all built-in scenarios.
pub fn limits() -> Vec<Limit> {
    scenario::scenarios().iter().flat_map(|info| of_scenario(info.name)).collect()
}

fn of_scenario(name: &'static str) -> Vec<Limit> {
    let text = scenario::text(&format!("built-in/{name}.toml"));
    let Some(table) = text.and_then(|text| text.parse::<toml::Table>().ok()) else { return Vec::new() };
    let mut found = Found { conditions: conditions(&table), ..Found::default() };
    for rule in table.get("rule").and_then(toml::Value::as_array).into_iter().flatten() {
        let word = |key| rule.get(key).and_then(toml::Value::as_str);
        if let (Some(id), Some(when)) = (word("id"), word("when").and_then(|when| parse(when).ok())) {
            found.expression(id, &when, true, NESTING_MAX);
        }
    }
    let Found { limits, refused, .. } = found;
    let limit = |(setting, (lowest, asked)): (String, (u32, BTreeSet<(String, String)>))| {
        let written = table.get("settings")?.get(&setting)?;
        Some(Limit {
            scenario: name,
            default: u32::try_from(written.get("default")?.as_integer()?).ok()?,
            help: written.get("help")?.as_str()?.to_owned(),
            lowest,
            asked: asked.into_iter().map(|(rule, subject)| named(name, &rule, &subject)).collect(),
            setting,
        })
    };
    limits.into_iter().filter(|(setting, _)| !refused.contains(setting)).filter_map(limit).collect()
}

/// With the names that the image of a policy has.
fn named(scenario: &str, rule: &str, subject: &str) -> (String, String) {
    let subject = match subject.strip_prefix(COUNTER) {
        Some(counter) => format!("{COUNTER}{scenario}.{counter}"),
        None => subject.to_owned(),
    };
    (format!("{scenario}.{rule}"), subject)
}

fn conditions(table: &toml::Table) -> BTreeMap<String, Expression> {
    let written = table.get("condition").and_then(toml::Value::as_table);
    let read = |value: &toml::Value| value.get("when").and_then(toml::Value::as_str).and_then(|when| parse(when).ok());
    written.into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), read(value)?))).collect()
}

#[derive(Default)]
struct Found {
    conditions: BTreeMap<String, Expression>,
    /// By setting: the lowest value, and rules with what they compare.
    limits: BTreeMap<String, (u32, BTreeSet<(String, String)>)>,
    /// Settings that are asked the other way round somewhere.
    refused: BTreeSet<String>,
}

impl Found {
    fn expression(&mut self, rule: &str, expression: &Expression, holds: bool, depth: usize) {
        match &expression.form {
            Form::Or(parts) | Form::And(parts) => {
                parts.iter().for_each(|part| self.expression(rule, part, holds, depth))
            }
            Form::Not(inner) => self.expression(rule, inner, !holds, depth),
            Form::Test(test) => self.test(rule, test, holds, depth),
        }
    }

    fn test(&mut self, rule: &str, test: &Test, holds: bool, depth: usize) {
        let subject = test.subject.name.as_str();
        let Some(relation) = &test.relation else {
            let named = subject.strip_prefix(CONDITION).and_then(|name| self.conditions.get(name)).cloned();
            if let (Some(named), Some(depth)) = (named, depth.checked_sub(1)) {
                self.expression(rule, &named, holds, depth);
            }
            return;
        };
        let Operand::One(Element::Variable { name, .. }) = &relation.operand else { return };
        let grows = test.subject.calls.is_empty() && (subject.starts_with(COUNTER) || subject.starts_with(GROWING));
        let lowest = match relation.operator {
            Operator::Greater => 0,
            Operator::GreaterOrEqual => 1,
            _ => return self.refuse(name),
        };
        if !grows || !holds {
            return self.refuse(name);
        }
        let (known, asked) = self.limits.entry(name.clone()).or_insert((lowest, BTreeSet::new()));
        *known = lowest.min(*known);
        asked.insert((rule.to_owned(), subject.to_owned()));
    }

    fn refuse(&mut self, setting: &str) {
        self.refused.insert(setting.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{POLICY_FILE, Source, compile};

    #[test]
    fn upper_limits_are_found_through_conditions_and_lower_ones_are_not() {
        let table: toml::Table = r#"
            [condition.many]
            when = "counter.a >= $many"
            [condition.known]
            when = "counter.b >= $answers or campaign.previous < $before"
            [[rule]]
            id = "r"
            when = "condition.many and not condition.known and campaign.count > $size and sms.lookalikes > $letters"
        "#
        .parse()
        .unwrap();
        let mut found = Found { conditions: conditions(&table), ..Found::default() };
        let when = parse(table["rule"][0]["when"].as_str().unwrap()).unwrap();
        found.expression("r", &when, true, NESTING_MAX);
        assert_eq!(found.limits.keys().collect::<Vec<_>>(), ["many", "size"]);
        assert_eq!(found.limits["many"], (1, BTreeSet::from([("r".to_owned(), "counter.a".to_owned())])));
        assert_eq!(found.limits["size"].0, 0);
        assert_eq!(found.refused.iter().collect::<Vec<_>>(), ["answers", "before", "letters"]);
    }

    #[test]
    fn every_limit_names_a_setting_a_policy_can_lower_and_rules_and_counters_an_image_has() {
        let limits = limits();
        assert!(limits.iter().any(|limit| limit.asked.iter().any(|(_, subject)| subject.starts_with(COUNTER))));
        for limit in &limits {
            let one = format!("[scenario.{}]\n{} = {}\n", limit.scenario, limit.setting, limit.lowest);
            assert!(limit.default > limit.lowest, "{limit:?}");
            let home = "[home]\nname = \"Home\"\ncountry = \"ZZ\"\nmcc_mnc = [\"00101\"]\nnumbers = [\"99970\"]\n";
            let policy =
                format!("name = \"t\"\nnetwork = \"network.toml\"\nscenarios = [\"{}\"]\n{one}", limit.scenario);
            let files = [(POLICY_FILE, policy.as_str()), ("network.toml", home)];
            let source = Source::from_files(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap();
            let image = compile(&source, 1).unwrap_or_else(|e| panic!("{}", e.render(&source, false))).image;
            let layout = sluice_rules::Layout::verify(&image).unwrap();
            let image = layout.image(&image);
            for (rule, subject) in &limit.asked {
                assert!(image.rule_named(rule).is_some(), "{rule}");
                let counter = subject.strip_prefix(COUNTER);
                assert!(counter.is_none_or(|name| image.counters().any(|(n, _)| n == name)), "{subject}");
            }
        }
    }
}
