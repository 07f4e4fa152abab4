//! The index leaves out only rules that would not have matched.

use crate::generate::{condition, messages};
use crate::support::{lists, rule};
use proptest::prelude::*;
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Action, Facts, Field, Mode, Path, Trigger};
use sluice_rules::explain::Outcome;
use sluice_rules::model::{Condition, Question, Subject, Test, TextRelation};
use sluice_rules::text::Span;
use sluice_rules::{
    Judgement, Layout, Level, Model, NoState, Purpose, Rule, RuleIndex, Triggers, compile, compile_without_index,
    evaluate, explain,
};

/// What a rule does, without what it asks.
fn kinds() -> impl Strategy<Value = (Level, Mode, Action, Triggers)> {
    let level = prop::sample::select(Level::ALL.to_vec());
    let mode = prop::sample::select(vec![Mode::Enforce, Mode::Enforce, Mode::Shadow, Mode::Offline]);
    let action = prop::sample::select(vec![Action::Tag, Action::Tag, Action::Score, Action::Copy, Action::Discard]);
    let triggers = prop::sample::select(vec![
        Triggers::ANY,
        Triggers::of([Trigger::Submission]),
        Triggers::of([Trigger::PreDelivery, Trigger::PostDelivery]),
    ]);
    (level, mode, action, triggers).prop_map(|(level, mode, action, triggers)| match (level, action) {
        (Level::Monitors, Action::Discard) => (level, mode, Action::Tag, triggers),
        _ => (level, mode, action, triggers),
    })
}

/// Conditions that the index knows, and any other.
fn asked() -> impl Strategy<Value = String> {
    let gt = || prop::sample::select(vec!["999700", "9997", "12", "99", "000000"]);
    prop_oneof![
        4 => gt().prop_map(|gt| format!("sccp.cgpa.gt == \"{gt}\"")),
        4 => gt().prop_map(|gt| format!("sccp.cgpa.gt starts_with \"{}\"", &gt[..2])),
        4 => (0..6).prop_map(|n| format!("sms.pid == {n}")),
        2 => (0..6, gt()).prop_map(|(n, gt)| format!("sms.pid in {{{n} 9}} and sccp.cgpa.gt != \"{gt}\"")),
        2 => (-3..3, gt()).prop_map(|(n, gt)| format!("map.invoke_id == {n} or sccp.cgpa.gt == \"{gt}\"")),
        2 => "[abB]{1,2}".prop_map(|t| format!("sms.oa in {{\"{t}\" \"Bank\"}} or sms.text starts_with \"{t}\"")),
        3 => condition(),
    ]
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec((kinds(), asked()), 1..60).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(n, ((level, mode, action, triggers), when))| Rule {
                triggers,
                points: n as i32 - 20,
                ..rule(&format!("r{n}"), level, mode, action, &when)
            })
            .collect()
    })
}

/// All that is said of a message, and which rules are told as having matched.
fn said(octets: &[u8], facts: &Facts<'_>) -> (String, Vec<RuleIndex>) {
    let image = Layout::verify(octets).unwrap().image(octets);
    let mut judgement = Judgement::new();
    let mut facts = facts.clone();
    evaluate(&image, &facts, Purpose::Replay, &mut NoState, &mut judgement);
    let mut matched = [judgement.acted(), judgement.shadow(), judgement.scored()].concat();
    matched.extend(judgement.rule());
    matched.sort();
    let forgotten = judgement.forgotten();
    judgement.record(&image, &mut facts);
    (format!("{forgotten} {}", to_json(&facts, Privacy::Clear)), matched)
}

/// The rules that matched, as the explanation has it, which asks all of them. Points given in shadow are not told.
fn explained(octets: &[u8], facts: &Facts<'_>) -> Vec<RuleIndex> {
    let image = Layout::verify(octets).unwrap().image(octets);
    let told = explain(&image, facts, Purpose::Replay, &mut NoState);
    let matched = told.rules.iter().filter(|r| match r.outcome {
        Outcome::Decided | Outcome::Acted => true,
        Outcome::Recorded => r.action != Action::Score,
        _ => false,
    });
    let mut matched: Vec<RuleIndex> = matched.map(|r| r.index).collect();
    matched.sort();
    matched
}

#[test]
fn a_rule_that_compares_with_nothing_is_found_and_never_matches() {
    let nothing = Question::Text(TextRelation::Is, Vec::new());
    let test = |question| {
        let subject = Subject::Field(Path::parse("sms.oa").unwrap());
        Condition::Test(Test { subject, span: Span::default(), question })
    };
    let is_bank = Question::Text(TextRelation::Is, vec![b"Bank".to_vec()]);
    let conditions = [
        test(nothing.clone()),
        Condition::All(vec![test(nothing.clone()), test(is_bank.clone())]),
        Condition::Any(vec![test(nothing), test(is_bank)]),
    ];
    let of = |n: usize| Rule {
        condition: Some(conditions[n % 3].clone()),
        ..Rule::new(&format!("r{n}"), Level::Checks, Action::Tag)
    };
    let octets = compile(&Model { rules: (0..15).map(of).collect(), ..Model::default() }).unwrap();
    let (_, matched) = said(&octets, &crate::support::message());
    assert_eq!(matched, [2, 5, 8, 11, 14].map(RuleIndex));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn verdicts_are_those_of_asking_every_rule(
        rules in rules(),
        messages in prop::collection::vec((messages(), prop::option::of(0..3_u64)), 6),
    ) {
        let model = Model { lists: lists(), rules, ..Model::default() };
        let (indexed, plain) = (compile(&model).unwrap(), compile_without_index(&model).unwrap());
        for (message, trigger) in &messages {
            let mut facts = message.facts();
            facts.set_some(Field::LabelsTrigger, *trigger);
            let (verdict, matched) = said(&indexed, &facts);
            let (expected, all) = said(&plain, &facts);
            prop_assert_eq!(verdict, expected);
            prop_assert_eq!(&matched, &all);
            if matched.len() < 16 {
                prop_assert_eq!(matched, explained(&indexed, &facts));
            }
        }
    }
}
