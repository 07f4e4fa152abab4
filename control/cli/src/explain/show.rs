//! What people and programs see of an explanation.
//!
//! People see first what was decided and on what grounds, then the rules: those that matched, those that nearly did
//! (where one test at least held before another failed), and of the others only how many there are.

use super::counters::Counters;
use super::facts::{Missing, Recorded};
use crate::output::{self, Paint};
use serde_json::{Value, json};
use sluice_abi::json::{Privacy, value_to_json};
use sluice_abi::{Action, Class, Facts, Path};
use sluice_rules::explain::{Considered, Outcome, Step};
use sluice_rules::model::{Level, Subject};
use sluice_rules::{Explanation, Image};

/// Everything there is to show.
pub struct Shown<'s> {
    /// The event as it was recorded.
    pub event: &'s Value,
    /// What could be read back of it.
    pub recorded: &'s Recorded,
    /// What counters said.
    pub counters: &'s Counters,
    /// The same as rules see it.
    pub facts: &'s Facts<'s>,
    /// The policy.
    pub image: &'s Image<'s>,
    /// What it does with the event.
    pub explanation: &'s Explanation<'s>,
}

/// Longer values are cut.
const VALUE_CHARACTERS_MAX: usize = 80;
/// So many rules that nearly matched are shown.
const NEARLY_MAX: usize = 6;

impl Shown<'_> {
    /// For people.
    pub fn text(&self, all: bool) -> anyhow::Result<()> {
        let paint = Paint::stdout();
        let mut lines = vec![output::summary(&self.without_verdict()), String::new()];
        lines.extend(self.verdict(paint));
        let warnings = self.warnings();
        if !warnings.is_empty() {
            lines.push(String::new());
        }
        lines.extend(warnings.iter().map(|w| format!("{} {w}", paint.yellow("warning:"))));
        if all {
            self.group("rules, in the order in which they are asked", |_| true, usize::MAX, paint, &mut lines);
        } else {
            self.groups(paint, &mut lines);
        }
        output::line(lines.join("\n"))
    }

    /// The message alone; the verdict is shown below it.
    fn without_verdict(&self) -> Value {
        let mut message = self.event.clone();
        if let Value::Object(members) = &mut message {
            members.remove("verdict");
        }
        message
    }

    fn verdict(&self, paint: Paint) -> Vec<String> {
        let verdict = &self.event["verdict"];
        let plain = |key: &str| match &verdict[key] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(items) => {
                let items: Vec<String> =
                    items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect();
                Some(items.join(", "))
            }
            other => Some(other.to_string()),
        };
        let mut lines = vec![format!("{} {}", paint.bold("verdict  "), self.sentence(&plain))];
        let evidence = verdict["evidence"].as_object().into_iter().flatten();
        let evidence = evidence.map(|(name, value)| match value {
            Value::Null => format!("{name} was not recorded"),
            value => format!("{name} = {}", cut(&value.to_string())),
        });
        let row = |heading: &str, text: String| format!("{} {text}", paint.bold(&format!("{heading:<9}")));
        let shown = |heading: &str, key: &str| plain(key).map(|text| row(heading, text));
        lines.extend(evidence.enumerate().map(|(i, e)| row(if i == 0 { "evidence" } else { "" }, e)));
        lines.extend(shown("counters", "counters"));
        lines.extend(shown("score", "score"));
        lines.extend(shown("tags", "tags"));
        lines.extend(shown("in shadow", "shadow"));
        lines
    }

    fn sentence(&self, plain: &dyn Fn(&str) -> Option<String>) -> String {
        let mut sentence = plain("action").unwrap_or_else(|| "none recorded".to_owned());
        sentence.extend(plain("error").map(|e| format!(" with error {e}")));
        sentence.push_str(&match (plain("rule"), plain("reason").as_deref()) {
            (Some(rule), _) => format!(" by rule {rule}"),
            (None, Some("default")) => ", for no rule decided".to_owned(),
            (None, Some("no_policy")) => ", for there was no policy".to_owned(),
            (None, Some("undecodable")) => ", for the message could not be decoded".to_owned(),
            (None, _) => String::new(),
        });
        let level = self.event["verdict"]["level"].as_u64().and_then(|n| Level::from_number(n as u8));
        sentence.extend(level.map(|l| format!(" of level {} ({})", l.number(), l.name())));
        sentence.extend(plain("scenario").map(|s| format!(", scenario {s}")));
        sentence.extend(plain("policy").map(|p| format!(", policy {p}")));
        sentence.extend(plain("applied").map(|a| format!("; done was: {a}")));
        sentence
    }

    /// The rule that gives the verdict now.
    fn decided(&self) -> Option<&Considered<'_>> {
        self.explanation.rules.iter().find(|r| r.outcome == Outcome::Decided)
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.recorded.is_masked() {
            let what = "numbers and texts are masked in this event, so rules about them cannot be followed; \
                        of the daemon's events --clear gives them as they are";
            warnings.push(what.to_owned());
        } else if let Some(left_out) = self.recorded.left_out() {
            let missing = if left_out == Class::Address { "numbers and texts" } else { "texts" };
            warnings.push(format!(
                "the event's log level left out {missing}: rules about them may have gone the other way"
            ));
        }
        if !self.recorded.wrong().is_empty() {
            warnings.push(format!("values of another shape were left out: {}", self.recorded.wrong().join(", ")));
        }
        warnings.extend(self.disagreement());
        warnings
    }

    /// Where the verdict now is another than the one recorded.
    fn disagreement(&self) -> Option<String> {
        let verdict = &self.event["verdict"];
        let then = (verdict["rule"].as_str(), verdict["action"].as_str()?);
        let default = self.image.default_action().name();
        let now = self.decided().map_or((None, default), |r| (Some(r.id), r.action.name()));
        let by = |(rule, action): (Option<&str>, &str)| match rule {
            Some(rule) => format!("{action} by {rule}"),
            None => format!("{action} by default"),
        };
        let by_rules = !matches!(verdict["reason"].as_str(), Some("no_policy" | "undecodable"));
        let why = if self.recorded.is_masked() {
            "what is masked makes the difference"
        } else {
            "values that were not recorded, entries of lists that were put or removed, what the dataplane remembered \
             of earlier messages, or another policy make the difference"
        };
        let (then, now) = ((by_rules && then != now).then(|| by(then))?, by(now));
        Some(format!("recorded was {then}, and with what is known here it is {now}: {why}"))
    }

    fn groups(&self, paint: Paint, lines: &mut Vec<String>) {
        let matched = |r: &Considered<'_>| matches!(r.outcome, Outcome::Decided | Outcome::Acted | Outcome::Recorded);
        let nearly = |r: &Considered<'_>| r.outcome == Outcome::NoMatch && is_near(r);
        self.group("rules that matched", matched, usize::MAX, paint, lines);
        self.group("rules that nearly matched", nearly, NEARLY_MAX, paint, lines);
        let rules = || self.explanation.rules.iter();
        let count = |wanted: &dyn Fn(&Considered<'_>) -> bool| rules().filter(|r| wanted(r)).count();
        let of = |outcome: Outcome| move |r: &Considered<'_>| r.outcome == outcome;
        let parts = [
            (count(&|r| r.outcome == Outcome::NoMatch && !is_near(r)), "do not match"),
            (count(&of(Outcome::OtherTrigger)), "look at another trigger"),
            (count(&of(Outcome::AlreadyDecided)), "stand behind the rule that gave the verdict"),
            (count(&of(Outcome::OnlyInReplay)), "are asked in replay only"),
            (count(&of(Outcome::NotValid)), "are not valid at that time"),
        ];
        let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if !parts.is_empty() {
            lines.extend([String::new(), format!("of the others, {}; --all shows each", parts.join(", "))]);
        }
    }

    fn group(
        &self,
        heading: &str,
        wanted: impl Fn(&Considered<'_>) -> bool,
        most: usize,
        paint: Paint,
        lines: &mut Vec<String>,
    ) {
        let rules: Vec<_> = self.explanation.rules.iter().filter(|r| wanted(r)).collect();
        lines.extend([String::new(), paint.bold(heading)]);
        if rules.is_empty() {
            lines.push("  none".to_owned());
        }
        for rule in rules.iter().take(most) {
            self.rule(rule, paint, lines);
        }
        if rules.len() > most {
            lines.push(format!("  and {} more; --all shows each", rules.len() - most));
        }
    }

    fn rule(&self, rule: &Considered<'_>, paint: Paint, lines: &mut Vec<String>) {
        let mode = if rule.mode == sluice_abi::Mode::Enforce { "" } else { rule.mode.name() };
        let what = rule.rewrite.map_or(String::new(), |rewrite| format!(" {rewrite}"));
        let action = format!("{}{what} {mode}", rule.action.name());
        let outcome = match rule.outcome {
            Outcome::Decided if self.disagreement().is_some() => paint.yellow("would give the verdict"),
            Outcome::Decided | Outcome::Acted => paint.green(rule.outcome.text()),
            Outcome::Recorded if rule.action == Action::Score => paint.yellow("gave its points to rules in shadow"),
            Outcome::Recorded => paint.yellow(rule.outcome.text()),
            _ => rule.outcome.text().to_owned(),
        };
        let level = format!("{} {}", rule.level.number(), rule.level.name());
        let scenario = self.image.scenario(rule.index).map(|s| format!(" (scenario {s})")).unwrap_or_default();
        let unsure = if rule.steps.iter().any(|s| self.is_unknown(s)) { ", as far as is known" } else { "" };
        let id = paint.bold(&format!("{:<32}", rule.id));
        lines.push(format!("  {level:<10} {id} {:<15} {outcome}{unsure}{scenario}", action.trim()));
        let matched = rule.outcome != Outcome::NoMatch;
        let asked = matches!(rule.outcome, Outcome::Decided | Outcome::Acted | Outcome::Recorded);
        if asked && rule.steps.is_empty() {
            lines.push("               it has no condition".to_owned());
        }
        // Of a rule that does not match, the last test is the one that failed.
        let steps = rule.steps.iter().enumerate().map(|(i, step)| {
            let failed = !matched && i + 1 == rule.steps.len();
            format!("               {}", self.step(step, failed, paint))
        });
        let mut steps: Vec<String> = steps.collect();
        // Of a condition with a name only the name is shown, so tests of several lists look the same.
        steps.dedup();
        lines.append(&mut steps);
    }

    /// `sccp.cgpa.gt in list home_gts: no (sccp.cgpa.gt = "9998103000")`
    fn step(&self, step: &Step<'_>, failed: bool, paint: Paint) -> String {
        let gave = match (step.gave, failed) {
            _ if self.is_unknown(step) => paint.yellow("not known"),
            (true, true) => paint.red("yes, and it must not"),
            (true, false) => paint.green("yes"),
            (false, true) => paint.red("no"),
            (false, false) => "no".to_owned(),
        };
        format!("{}: {gave} ({})", step.test, self.value(step))
    }

    /// Whether what a test gave says nothing, for there may have been a value that the event has not.
    fn is_unknown(&self, step: &Step<'_>) -> bool {
        match (step.subject, step.subject.path()) {
            (Subject::Counter(number), _) => !self.counters.is_known(number),
            (_, Some(path)) => self.facts.value(path).is_none() && self.recorded.missing(path.field) != Missing::Absent,
            _ => false,
        }
    }

    /// A field with its value, or why it has none; a counter or the score with theirs.
    fn value(&self, step: &Step<'_>) -> String {
        let found = step.found.as_deref();
        match (step.subject, step.subject.path()) {
            (Subject::Score, _) => format!("score = {}", found.unwrap_or("0")),
            (Subject::Counter(number), _) => {
                let name = self.image.counters().nth(number).map_or("", |(name, _)| name);
                match found.filter(|_| self.counters.is_known(number)) {
                    Some(value) => format!("counter.{name} = {value}"),
                    None => format!("what counter.{name} was is not in the event"),
                }
            }
            (_, Some(path)) if self.facts.value(path).is_some() => {
                let value = cut(&value_to_json(self.facts, path, Privacy::Clear));
                let found = found.map(|pattern| format!(", found {pattern}")).unwrap_or_default();
                format!("{path} = {value}{found}")
            }
            (_, Some(path)) => format!("{path} {}", self.reason(path)),
            (_, None) => String::new(),
        }
    }

    fn reason(&self, path: Path) -> &'static str {
        match self.recorded.missing(path.field) {
            Missing::Absent => "is not there",
            Missing::Masked => "is masked in this event",
            Missing::NotRecorded => "was not recorded",
        }
    }

    /// For programs: every rule.
    pub fn json(&self) -> anyhow::Result<()> {
        let rules: Vec<Value> = self.explanation.rules.iter().map(|r| self.rule_json(r)).collect();
        let now = self.decided().map_or_else(
            || json!({ "action": self.image.default_action().name(), "reason": "default" }),
            |r| json!({ "action": r.action.name(), "reason": "rule", "rule": r.id }),
        );
        output::line(format_args!(
            "{:#}",
            json!({
                "recorded": self.event["verdict"], "now": now, "policy": self.image.version(),
                "warnings": self.warnings(), "rules": rules,
            })
        ))
    }

    fn rule_json(&self, rule: &Considered<'_>) -> Value {
        json!({
            "id": rule.id, "level": rule.level.number(), "mode": rule.mode.name(), "action": rule.action.name(),
            "outcome": rule.outcome.text(), "near": rule.outcome == Outcome::NoMatch && is_near(rule),
            "steps": rule.steps.iter().map(|s| self.step_json(s)).collect::<Vec<_>>(),
        })
    }

    fn step_json(&self, step: &Step<'_>) -> Value {
        let mut shown = json!({ "test": step.test, "gave": step.gave, "known": !self.is_unknown(step) });
        if let Some(found) = &step.found {
            shown["found"] = found.as_str().into();
        }
        let Some(path) = step.subject.path() else { return shown };
        shown["field"] = path.to_string().into();
        match self.facts.value(path) {
            Some(_) => {
                let value = value_to_json(self.facts, path, Privacy::Clear);
                shown["value"] = serde_json::from_str(&value).unwrap_or(Value::String(value));
            }
            None => shown["missing"] = self.reason(path).into(),
        }
        shown
    }
}

/// Whether a test held before the one that failed.
fn is_near(rule: &Considered<'_>) -> bool {
    rule.steps.split_last().is_some_and(|(_, before)| before.iter().any(|step| step.gave))
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or(value)),
        None => value.to_owned(),
    }
}
