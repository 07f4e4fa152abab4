//! What rules ask of more than fields as they stand: the numbering plan, digits turned round, points, expressions,
//! lists of words, times.

use crate::support::{holds, judge, lists, message, rule, scope};
use sluice_abi::json::{Privacy, to_json};
use sluice_abi::{Action, Facts, Field, Mode, Relation, Statistics};
use sluice_numbers::{NO_COUNTRY, Range, Space};
use sluice_rules::check::check;
use sluice_rules::explain::Outcome;
use sluice_rules::text::parse;
use sluice_rules::{
    Counter, Counts, Judgement, Layout, Level, Model, NoState, Purpose, Rule, Validity, compile, evaluate, explain,
};

use Action::{Discard, Score, Tag};
use Level::{Checks, Filters, Lists, Monitors};
use Mode::{Enforce, Shadow};

fn plan() -> Vec<u8> {
    let range = |space, prefix, operator, country: &[u8; 2], relation| Range {
        space,
        prefix,
        operator,
        country: *country,
        relation,
        as_of_days: 0,
    };
    let ranges = [
        range(Space::E164, "99", "", b"XA", Relation::Unknown),
        range(Space::E164, "99970", "Demo Mobile", b"ZZ", Relation::Home),
        range(Space::E164, "88", "Nowhere", &NO_COUNTRY, Relation::Blocked),
        range(Space::Imsi, "00101", "Demo Mobile", b"ZZ", Relation::Home),
        range(Space::Imsi, "15550", "Not of a number", b"XB", Relation::Hub),
        range(Space::PointCode, "4001", "Far Mobile", b"XC", Relation::P2p),
    ];
    sluice_numbers::build(&ranges, &[]).unwrap()
}

fn image(rules: Vec<Rule>) -> Vec<u8> {
    compile(&Model { lists: lists(), plan: plan(), rules, ..Model::default() }).unwrap()
}

/// Whether a condition holds where there is a plan.
fn known(when: &str, facts: &Facts<'_>) -> bool {
    judge(&image(vec![rule("it", Lists, Enforce, Discard, when)]), facts, Purpose::Live).judgement.rule().is_some()
}

#[test]
fn the_plan_says_whose_point_a_code_is_and_a_code_has_no_digits_to_turn() {
    let facts = message();
    for holding in [
        "operator(mtp.opc) == \"Far Mobile\" and country(mtp.opc) == \"XC\" and relation(mtp.opc) == \"p2p\"",
        "operator(mtp.opc) != operator(sccp.cgpa.gt)",
    ] {
        assert!(known(holding, &facts), "{holding}");
    }
    for refused in ["relation(swapped(mtp.opc)) == \"p2p\"", "operator(sms.pid) == \"Far Mobile\""] {
        assert!(check(&parse(refused).unwrap(), &scope()).is_err(), "{refused}");
    }
}

#[test]
fn the_plan_says_operator_country_and_relation_of_digits() {
    let facts = message();
    for holding in [
        "operator(sccp.cgpa.gt) == \"Demo Mobile\"",
        "country(sccp.cgpa.gt) == \"ZZ\" and relation(sccp.cgpa.gt) == \"home\"",
        "relation(sccp.cgpa.gt) in {\"p2p\" \"home\"}",
        "operator(map.imsi) == operator(sccp.cgpa.gt)",
        "relation(map.imsi) == relation(sccp.cgpa.gt)",
        "relation(sccp.cgpa.gt) != relation(map.msisdn.digits)",
        "operator(sccp.cgpa.gt) contains \"Mob\" and country(sccp.cgpa.gt)",
        "relation(swapped(sccp.cgpa.gt)) == \"unknown\"",
    ] {
        assert!(known(holding, &facts), "{holding}");
    }
}

#[test]
fn what_the_plan_does_not_know_is_absent_but_the_relation_is_unknown() {
    let mut facts = message();
    assert!(known("relation(map.msisdn.digits) == \"unknown\" and relation(sms.oa) == \"unknown\"", &facts));
    assert!(!known("country(map.msisdn.digits) or operator(map.msisdn.digits)", &facts), "15550 is an IMSI there");
    assert!(!known("operator(map.msisdn.digits) != operator(sccp.cgpa.gt)", &facts), "one is absent");
    facts.set_octets(Field::CgpaGt, &[0x99, 0x00]);
    facts.set(Field::CgpaGtOdd, 0);
    assert!(known("country(sccp.cgpa.gt) == \"XA\" and not operator(sccp.cgpa.gt)", &facts));
    facts.set_octets(Field::CgpaGt, &[0x88]);
    assert!(known("operator(sccp.cgpa.gt) == \"Nowhere\" and not country(sccp.cgpa.gt)", &facts));
    assert!(!known("relation(sms.da)", &facts), "no field, no relation");
    assert!(!holds("operator(sccp.cgpa.gt) or country(sccp.cgpa.gt)", &facts), "no plan");
    assert!(holds("relation(sccp.cgpa.gt) == \"unknown\"", &facts));
}

#[test]
fn an_address_that_is_an_imsi_is_looked_up_among_imsis() {
    let mut facts = message();
    facts.set(Field::MapRpDaChoice, 0);
    facts.set_octets(Field::MapRpDa, &[0x51, 0x55, 0x10]);
    assert!(known("operator(map.sm_rp_da.digits) == \"Not of a number\"", &facts));
    facts.set(Field::MapRpDaChoice, 4);
    assert!(!known("operator(map.sm_rp_da.digits)", &facts));
    facts.set(Field::SubscriberImsi, sluice_abi::facts::packed(b"001011234").unwrap());
    assert!(known("relation(subscriber.imsi) == \"home\" and subscriber.imsi starts_with \"00101\"", &facts));
    assert!(known("map.imsi != subscriber.imsi", &facts));
}

#[test]
fn digits_are_turned_round_before_they_are_compared_or_looked_up() {
    let mut facts = message();
    facts.set_octets(Field::CgpaGt, &[0x99, 0x97, 0x07, 0x03]);
    facts.set(Field::CgpaGtOdd, 0);
    assert!(known("sccp.cgpa.gt == \"99797030\" and swapped(sccp.cgpa.gt) == \"99970703\"", &facts));
    facts.set_octets(Field::SmsOa, b"079 ");
    assert!(known("reversed(sms.oa) == \" 970\"", &facts));
    facts.set_octets(Field::SmsOa, b"07999");
    assert!(known("relation(reversed(sms.oa)) == \"home\" and relation(sms.oa) == \"unknown\"", &facts));
}

#[test]
fn words_wildcards_and_expressions_are_found() {
    let mut facts = message();
    facts.set_octets(Field::SmsPlain, b"a lottery ticket for you");
    facts.set_octets(Field::SmsSqueezed, b"yourpaypalaccount");
    for holding in [
        "sms.plain contains list bad_words and sms.squeezed contains list bad_brands",
        "sms.oa in list patterns and sccp.cgpa.gt in list patterns",
        "sms.text matches r\"\\bWON\\b\" and sms.text matches \"(?i)won a PRIZE\"",
        "sccp.cgpa.gt matches r\"^99970+3\"",
    ] {
        assert!(holds(holding, &facts), "{holding}");
    }
    facts.set_octets(Field::SmsPlain, b"enterprised, lottery and a ticket");
    assert!(!holds("sms.plain contains list bad_words", &facts), "words are whole");
    assert!(!holds("sms.text matches \"won\" or map.imsi in list patterns", &facts));
}

#[test]
fn more_texts_are_searched_than_are_kept_and_the_answers_stay_right() {
    let mut facts = message();
    let fields = ["sms.text", "sms.oa", "sms.plain", "sms.squeezed", "sms.sender", "sms.url"];
    facts.set_octets(Field::SmsPlain, b"plain");
    facts.set_octets(Field::SmsSqueezed, b"squeezed");
    facts.set_octets(Field::SmsSender, b"sender");
    facts.set_octets(Field::SmsUrl, b"url.example");
    let found = ["WON", "^Bank$", "^plain$", "^squeezed$", "^sender$", "^url"];
    let once: Vec<String> = fields.iter().zip(found).map(|(f, e)| format!("{f} matches \"{e}\"")).collect();
    let twice = [once.clone(), once.clone()].concat().join(" and ");
    assert!(holds(&twice, &facts));
    assert!(!holds(&format!("{twice} and sms.text matches \"^Bank$\""), &facts));
}

fn score(id: &str, level: Level, mode: Mode, points: i32, when: &str) -> Rule {
    Rule { points, ..rule(id, level, mode, Score, when) }
}

#[test]
fn points_add_up_for_the_rules_behind_and_those_in_shadow_for_rules_in_shadow() {
    let octets = image(vec![
        rule("early", Lists, Enforce, Discard, "score != 0"),
        score("ten", Lists, Enforce, 10, "kind"),
        score("shadow", Lists, Shadow, 100, "kind"),
        score("no", Checks, Enforce, 100, "malformed"),
        score("minus", Checks, Enforce, -3, "score == 10"),
        rule("tag", Filters, Enforce, Tag, "score < 8 and score > -1 and score in {5..7}"),
        rule("in shadow", Filters, Shadow, Discard, "score == 107"),
        rule("decides", Filters, Enforce, Discard, "score >= 7"),
        score("watched", Monitors, Enforce, i32::MAX, "kind"),
    ]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let mut judgement = Judgement::new();
    let mut facts = message();
    evaluate(&image, &facts, Purpose::Live, &mut NoState, &mut judgement);
    let ids = |rules: &[sluice_rules::RuleIndex]| rules.iter().map(|&r| image.id(r)).collect::<Vec<_>>();
    assert_eq!(judgement.rule().map(|r| image.id(r)), Some("decides"));
    assert_eq!(ids(judgement.scored()), ["ten", "minus", "watched"]);
    assert_eq!((ids(judgement.acted()), ids(judgement.shadow())), (vec!["tag"], vec!["in shadow"]));
    assert_eq!(judgement.score(), Some(i32::MAX), "it does not wrap");
    let told = explain(&image, &facts, Purpose::Live, &mut NoState);
    let minus = told.rules.iter().find(|r| r.id == "minus").unwrap();
    assert_eq!((minus.outcome, minus.steps[0].found.as_deref()), (Outcome::Acted, Some("10")));
    assert!(told.rules.iter().any(|r| r.id == "decides" && r.outcome == Outcome::Decided));
    let shadow = told.rules.iter().find(|r| r.id == "in shadow").unwrap();
    assert_eq!((shadow.outcome, shadow.steps[0].found.as_deref()), (Outcome::Recorded, Some("107")));
    judgement.record(&image, &mut facts);
    let line = to_json(&facts, Privacy::Clear);
    assert!(
        line.contains(r#""tags":["tag"],"shadow":["in shadow"]"#) && line.contains(r#""score":2147483647"#),
        "{line}"
    );
}

#[test]
fn without_points_there_is_no_score_and_it_compares_as_zero() {
    let octets = image(vec![rule("it", Lists, Enforce, Discard, "score == 0 and score > -1")]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let (mut judgement, mut facts) = (Judgement::new(), message());
    evaluate(&image, &facts, Purpose::Live, &mut NoState, &mut judgement);
    assert!(judgement.rule().is_some() && judgement.score().is_none());
    judgement.record(&image, &mut facts);
    assert!(!facts.has(Field::VerdictScore));
}

#[test]
fn a_rule_is_asked_only_while_it_is_valid() {
    // The message is of Thursday, 2026-01-01, 00:00:00.5 UTC.
    const THEN_S: u64 = 1_767_225_600;
    let always = Validity::ALWAYS;
    for (validity, expected) in [
        (always, true),
        (Validity { from_s: THEN_S, until_s: THEN_S + 1, ..always }, true),
        (Validity { from_s: THEN_S + 1, ..always }, false),
        (Validity { until_s: THEN_S, ..always }, false),
        (Validity { days: 1 << 3, ..always }, true),
        (Validity { days: !(1 << 3) & 0x7F, ..always }, false),
        (Validity { minutes: (0, 1), ..always }, true),
        (Validity { minutes: (1, 1440), ..always }, false),
        (Validity { minutes: (22 * 60, 6 * 60), ..always }, true),
        (Validity { minutes: (22 * 60, 6 * 60), days: 1 << 2, ..always }, true),
        (Validity { minutes: (22 * 60, 6 * 60), days: 1 << 3, ..always }, false),
    ] {
        let octets = image(vec![Rule { validity, ..rule("it", Lists, Enforce, Discard, "kind") }]);
        let judged = judge(&octets, &message(), Purpose::Live);
        assert_eq!(judged.judgement.rule().is_some(), expected, "{validity:?}");
        let image = Layout::verify(&octets).unwrap().image(&octets);
        let outcome = explain(&image, &message(), Purpose::Live, &mut NoState).rules[0].outcome;
        assert_eq!(outcome, if expected { Outcome::Decided } else { Outcome::NotValid });
    }
    let valid = Validity { from_s: 1, ..always };
    let octets = image(vec![Rule { validity: valid, ..rule("it", Lists, Enforce, Discard, "") }]);
    assert_eq!(judge(&octets, &Facts::new(), Purpose::Live).judgement.rule(), None, "a message without a time");
}

#[test]
fn the_scenario_of_the_deciding_rule_and_the_words_found_are_recorded() {
    let mut facts = message();
    facts.set_octets(Field::SmsPlain, b"your prize waits");
    let mut tag =
        rule("words", Lists, Enforce, Tag, "sms.plain contains list bad_words and sccp.cgpa.gt in list patterns");
    tag.scenario = Some("content".into());
    let mut decides = rule("flash.it", Checks, Enforce, Discard, "sms.pid == 0x40");
    decides.scenario = Some("flash".into());
    decides.statistics = Statistics::Operator;
    let octets = image(vec![tag, decides]);
    let image = Layout::verify(&octets).unwrap().image(&octets);
    assert_eq!(image.rules().map(|(r, _)| image.scenario(r)).collect::<Vec<_>>(), [Some("content"), Some("flash")]);
    let meters: Vec<Statistics> = image.rules().map(|(_, r)| r.statistics()).collect();
    assert_eq!(meters, [Statistics::Total, Statistics::Operator]);
    let mut judgement = Judgement::new();
    evaluate(&image, &facts, Purpose::Live, &mut NoState, &mut judgement);
    judgement.record(&image, &mut facts);
    let line = to_json(&facts, Privacy::Clear);
    assert!(line.contains(r#""rule":"flash.it","scenario":"flash""#), "{line}");
    assert!(line.contains(r#""counters":["sms.plain~prize"]"#), "a number's pattern is not told: {line}");
}

#[test]
fn an_image_knows_which_fields_are_read() {
    let mut counted = Counter {
        name: "by_gt".into(),
        key: vec![sluice_abi::Path::parse("sccp.cgpa.gt").unwrap()],
        when: "campaign.id".into(),
        condition: None,
        counts: Counts::Distinct(sluice_abi::Path::parse("map.msisdn.digits").unwrap()),
        window_s: 60,
    };
    counted.condition = Some(check(&parse(&counted.when).unwrap(), &scope()).unwrap());
    let rules =
        vec![rule("it", Lists, Enforce, Discard, "sms.plain matches \"x\" and operator(sms.oa) == operator(sms.da)")];
    let model = Model { counters: vec![counted], rules, lists: lists(), plan: plan(), ..Model::default() };
    let octets = compile(&model).unwrap();
    let image = Layout::verify(&octets).unwrap().image(&octets);
    let read: Vec<&str> = Field::ALL.iter().filter(|f| image.reads(**f)).map(|f| f.name()).collect();
    assert_eq!(read, ["sccp.cgpa.gt", "map.msisdn", "sms.oa", "sms.da", "sms.plain", "campaign.id"]);
    assert_eq!(image.plan().and_then(|p| p.find(Space::Imsi, b"001011")).map(|f| f.relation), Some(Relation::Home));
}
