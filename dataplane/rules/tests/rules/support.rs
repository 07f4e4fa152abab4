//! A message, conditions tried on it, and policies put together in one line.

use sluice_abi::{Action, Facts, Field, Mode};
use sluice_rules::check::{ListName, Scope, Variable, check};
use sluice_rules::compile::compile_condition;
use sluice_rules::text::{Refusal, Scalar, parse};
use sluice_rules::{
    Judgement, Layout, Level, List, ListKind, MapError, Model, NoState, Purpose, Rule, compile, evaluate,
};

/// A delivery to 15550100 that offers a prize.
pub fn message() -> Facts<'static> {
    let mut facts = Facts::new();
    facts.set(Field::Kind, 0);
    facts.set(Field::TimeNs, 1_767_225_600_500_000_000);
    facts.set_octets(Field::Src, &[192, 0, 2, 17]);
    facts.set(Field::MtpOpc, 4001);
    facts.set(Field::CgpaSsn, 8);
    facts.set(Field::CgpaGtOdd, 1);
    facts.set_octets(Field::CgpaGt, &[0x99, 0x79, 0x00, 0x03]);
    facts.set_octets(Field::TcapOtid, &[0x0A, 0x1B]);
    facts.set_octets(Field::TcapAc, &[4, 0, 0, 1, 0, 25, 3]);
    facts.set_signed(Field::MapInvokeId, -5);
    facts.set_signed(Field::MapOp, 44);
    facts.set(Field::MapProblem, 0x0101);
    facts.set(Field::MapMoreMessages, 0);
    facts.set(Field::MapSmRpPri, 1);
    facts.set_octets(Field::MapMsisdn, &[0x91, 0x51, 0x55, 0x10, 0x00]);
    facts.set_octets(Field::MapImsi, &[0x00, 0x01, 0x01, 0x21, 0x43, 0x65, 0x87, 0xF9]);
    facts.set(Field::SmsPid, 0x40);
    facts.set_octets(Field::SmsOa, b"Bank");
    facts.set_octets(Field::SmsUdhIei, &[0x00, 0x70]);
    facts.set_octets(Field::SmsText, "You have WON a prize, tr\u{e8}s bien".as_bytes());
    facts.set(Field::LabelsTrigger, 1);
    facts
}

/// Counters that conditions can name.
pub const COUNTERS: [&str; 3] = ["by_gt", "numbers_by_gt", "sweep"];

pub fn scope() -> Scope {
    let mut scope = Scope::default();
    let text = |t: &str| Scalar::Text(t.to_owned());
    scope.variables.insert("home".into(), Variable::One(text("99970")));
    scope.variables.insert("ops".into(), Variable::Many(vec![Scalar::Number(44), Scalar::Number(46)]));
    scope.variables.insert("words".into(), Variable::Many(vec![text("prize"), text("lottery")]));
    scope.lists = (0..).zip(lists()).map(|(number, l)| (l.name, ListName { number, kind: l.kind })).collect();
    scope.counters = COUNTERS.into_iter().map(str::to_owned).zip(0..).collect();
    scope
}

pub fn lists() -> Vec<List> {
    let list = |name: &str, kind, entries: &[&str]| List {
        name: name.into(),
        kind,
        entries: entries.iter().map(|&e| e.to_owned()).collect(),
    };
    vec![
        list("home_gts", ListKind::Prefix, &["99970", "99971"]),
        list("brands", ListKind::Exact, &["Bank", "A brand of twenty letters"]),
        list("nobody", ListKind::Exact, &[]),
        list("patterns", ListKind::Wildcard, &["9997*", "B?nk", "*won*"]),
        list("bad_words", ListKind::Words, &["prize", "Lottery ticket"]),
        list("bad_brands", ListKind::Squeezed, &["PayPal"]),
    ]
}

/// An image of one rule with this condition.
pub fn image_of(when: &str) -> Result<Vec<u8>, Vec<Refusal>> {
    let expression = parse(when).map_err(|r| vec![r])?;
    let condition = check(&expression, &scope())?;
    Ok(compile_condition(when, condition, &lists()).expect("within limits"))
}

/// Whether a condition holds.
pub fn holds(when: &str, facts: &Facts<'_>) -> bool {
    let octets = image_of(when).unwrap_or_else(|refusals| panic!("{when}: {}", refusals[0]));
    let layout = Layout::verify(&octets).unwrap();
    let mut judgement = Judgement::new();
    evaluate(&layout.image(&octets), facts, Purpose::Live, &mut NoState, &mut judgement);
    judgement.action() == Action::Discard
}

/// The only refusal of a condition.
pub fn refusal(when: &str) -> Refusal {
    let mut refusals = image_of(when).expect_err(when);
    assert_eq!(refusals.len(), 1, "{when}");
    refusals.remove(0)
}

pub fn rule(id: &str, level: Level, mode: Mode, action: Action, when: &str) -> Rule {
    let condition = (!when.is_empty()).then(|| check(&parse(when).unwrap(), &scope()).unwrap());
    let error = (action == Action::Reject).then(|| MapError::from_number(36).unwrap());
    Rule { mode, when: when.into(), condition, error, ..Rule::new(id, level, action) }
}

pub fn policy(rules: Vec<Rule>) -> Vec<u8> {
    compile(&Model { version: 7, lists: lists(), rules, ..Model::default() }).unwrap()
}

/// Judges and hands the judgement back, with ids for indexes.
pub struct Judged {
    pub judgement: Judgement,
    pub rule: String,
    pub acted: Vec<String>,
    pub shadow: Vec<String>,
}

pub fn judge(octets: &[u8], facts: &Facts<'_>, purpose: Purpose) -> Judged {
    let image = Layout::verify(octets).unwrap().image(octets);
    let mut judgement = Judgement::new();
    evaluate(&image, facts, purpose, &mut NoState, &mut judgement);
    let ids = |rules: &[sluice_rules::RuleIndex]| rules.iter().map(|&r| image.id(r).to_owned()).collect();
    let rule = judgement.rule().map_or("", |r| image.id(r)).to_owned();
    Judged { rule, acted: ids(judgement.acted()), shadow: ids(judgement.shadow()), judgement }
}
