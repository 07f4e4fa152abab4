//! What a text means as a model: subjects, comparisons of two, expressions, lists, counters, reusable conditions; and
//! what is said where it means nothing.

use sluice_abi::{Field, Part, Path};
use sluice_rules::ListKind;
use sluice_rules::check::{ListName, Scope, Variable, check, conditions_named, key, run_key};
use sluice_rules::model::{Condition, Knowledge, NumberRelation, Question, Subject, Test, TextRelation, Turn, ordered};
use sluice_rules::text::{Refusal, Scalar, parse};

fn scope() -> Scope {
    let kinds = ListKind::ALL.into_iter().enumerate();
    let text = |t: &str| Scalar::Text(t.to_owned());
    let mut scope = Scope {
        lists: kinds.map(|(number, kind)| (kind.name().to_owned(), ListName { number, kind })).collect(),
        counters: [("by_gt".to_owned(), 0), ("by_imsi".to_owned(), 1)].into(),
        variables: [
            ("codes".to_owned(), Variable::Many(vec![text(r"\d{6}"), text("(?i)otp")])),
            ("broken".to_owned(), Variable::One(text("a(b"))),
            ("none".to_owned(), Variable::Many(Vec::new())),
        ]
        .into(),
        ..Scope::default()
    };
    scope.conditions.insert("outside".into(), condition("not sccp.cgpa.gt starts_with \"99970\"", &scope).ok());
    scope.conditions.insert("busy".into(), condition("counter.by_gt > 5", &scope).ok());
    scope.conditions.insert("refused".into(), None);
    scope
}

fn condition(when: &str, scope: &Scope) -> Result<Condition, Vec<Refusal>> {
    check(&parse(when).map_err(|r| vec![r])?, scope)
}

fn test(when: &str) -> (Subject, Question) {
    match condition(when, &scope()) {
        Ok(Condition::Test(test)) => (test.subject, test.question),
        other => panic!("{when}: {other:?}"),
    }
}

fn refusal(when: &str) -> Refusal {
    let mut refusals = condition(when, &scope()).expect_err(when);
    assert_eq!(refusals.len(), 1, "{when}");
    refusals.remove(0)
}

const fn whole(field: Field) -> Path {
    Path { field, part: Part::Whole }
}

const CGPA: Path = whole(Field::CgpaGt);

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|t| t.as_bytes().to_vec()).collect()
}

#[test]
fn functions_say_what_is_known_of_digits_turned_round_or_not() {
    let digits = Path { field: Field::MapMsisdn, part: Part::Digits };
    for (when, subject) in [
        ("swapped(sms.oa)", Subject::Turned(Turn::Swapped, whole(Field::SmsOa))),
        ("reversed(map.msisdn.digits)", Subject::Turned(Turn::Reversed, digits)),
        ("operator(sccp.cgpa.gt)", Subject::Known(Knowledge::Operator, None, CGPA)),
        ("country(reversed(sccp.cgpa.gt))", Subject::Known(Knowledge::Country, Some(Turn::Reversed), CGPA)),
        ("relation(subscriber.imsi)", Subject::Known(Knowledge::Relation, None, whole(Field::SubscriberImsi))),
    ] {
        assert_eq!(test(when), (subject, Question::Present), "{when}");
    }
}

#[test]
fn what_is_known_compares_as_text_country_or_one_of_the_relations() {
    let home = Question::Number(NumberRelation::Equal, 1);
    let subject = Subject::Known(Knowledge::Relation, Some(Turn::Swapped), whole(Field::SmsOa));
    assert_eq!(test("relation(swapped(sms.oa)) == \"home\""), (subject, home));
    assert_eq!(test("relation(sms.oa) in {\"p2p\" \"a2p\" \"hub\"}").1, Question::Within(vec![(2, 4)]));
    let text = |relation, t| Question::Text(relation, texts(&[t]));
    assert_eq!(test("operator(sccp.cgpa.gt) == \"Demo Mobile\"").1, text(TextRelation::Is, "Demo Mobile"));
    assert_eq!(test("country(sms.oa) != \"ZZ\"").1, text(TextRelation::IsNot, "ZZ"));
    assert_eq!(refusal("country(sms.oa) == \"zz\"").help.as_deref(), Some("write \"ZZ\""));
    assert_eq!(refusal("relation(sms.oa) == \"house\"").help.as_deref(), Some("did you mean \"home\"?"));
}

#[test]
fn functions_that_do_not_fit_are_refused_where_they_stand() {
    for (when, at) in [
        ("operater(sms.oa) == \"x\"", "operater"),
        ("swapped(operator(sms.oa)) == \"1\"", "operator"),
        ("swapped(reversed(sms.oa)) == \"1\"", "reversed"),
        ("operator(country(sms.oa)) == \"1\"", "country"),
        ("operator(map.op)", "operator"),
        ("relation(counter.by_gt) == \"home\"", "relation"),
        ("operator(map.imsy)", "map.imsy"),
    ] {
        assert_eq!(refusal(when).span.of(when), at, "{when}");
    }
    assert_eq!(refusal("operater(sms.oa)").help.as_deref(), Some("did you mean operator?"));
    assert_eq!(refusal("home(sms.oa)").expected, "one of operator, country, relation, swapped, reversed");
}

#[test]
fn two_subjects_of_one_kind_are_compared() {
    let imsi = Subject::Field(whole(Field::SubscriberImsi));
    assert_eq!(test("map.imsi != subscriber.imsi").1, Question::Same(false, imsi));
    assert_eq!(test("sms.oa == map.msisdn.digits").0, Subject::Field(whole(Field::SmsOa)), "digits and text compare");
    let oa = Path { field: Field::MapRpOa, part: Part::Digits };
    let known = |path| Subject::Known(Knowledge::Operator, None, path);
    let (left, question) = test("operator(sccp.cgpa.gt) != operator(map.sm_rp_oa.digits)");
    assert_eq!((left, question), (known(CGPA), Question::Same(false, known(oa))));
    let (left, question) = test("counter.by_gt > counter.by_imsi");
    assert_eq!(left, Subject::Counter(0));
    assert_eq!(question, Question::Compared(NumberRelation::Greater, Subject::Counter(1)));
    let relation = Subject::Known(Knowledge::Relation, None, whole(Field::SmsOa));
    assert_eq!(test("origin.relation != relation(sms.oa)").1, Question::Compared(NumberRelation::NotEqual, relation));
    assert_eq!(test("counter.by_gt > score").1, Question::Compared(NumberRelation::Greater, Subject::Score));
    assert_eq!(test("map.invoke_id == map.linked_id").0, Subject::Field(whole(Field::MapInvokeId)));
}

#[test]
fn two_subjects_that_cannot_be_equal_are_refused() {
    for (when, at, expected) in [
        ("map.imsi == map.op", "map.op", "two of one kind"),
        ("kind == sms.type", "sms.type", "two of one kind"),
        ("map.imsi == map.imsi", "map.imsi", "another field, or a value"),
        ("map.imsi starts_with sms.oa", "starts_with", "== or !="),
        ("sms.scts == sms.scts", "==", "no operator: only its presence can be tested"),
        ("sms.oa == map", "map", "the name of a field"),
    ] {
        let refusal = refusal(when);
        assert_eq!((refusal.span.of(when), refusal.expected.as_str()), (at, expected), "{when}");
    }
    assert_eq!(refusal("sms.oa == Bank").help.as_deref(), Some("text stands in quotation marks: \"Bank\""));
}

#[test]
fn counters_and_the_score_are_numbers() {
    assert_eq!(test("counter.by_imsi"), (Subject::Counter(1), Question::Present));
    assert_eq!(test("counter.by_gt ge 100").1, Question::Number(NumberRelation::GreaterOrEqual, 100));
    assert_eq!(
        test("score > -3"),
        (Subject::Score, Question::Number(NumberRelation::Greater, ordered(-3_i64 as u64, true)))
    );
    assert_eq!(refusal("counter.by_gd > 1").help.as_deref(), Some("did you mean by_gt?"));
    assert_eq!(refusal("counter.by_gt > -1").expected, "a number from 0");
    assert_eq!(refusal("score").expected, "a comparison, such as score >= 50");
}

#[test]
fn what_a_counter_counts_cannot_hang_on_counters() {
    let scope = Scope { counting: true, ..scope() };
    for when in ["counter.by_gt > 1", "score > 1", "condition.busy", "map.op == 44 and not condition.busy"] {
        let refusals = condition(when, &scope).unwrap_err();
        assert!(refusals[0].expected.starts_with("fields of the message"), "{when}");
    }
    assert!(condition("condition.outside and map.op == 45", &scope).is_ok());
}

#[test]
fn expressions_are_kept_as_written_alone_in_sets_and_in_variables() {
    let matches = |expressions: &[&str]| Question::Matches(expressions.iter().map(|&e| e.to_owned()).collect());
    assert_eq!(test(r#"sms.plain matches r"\bwin\b""#).1, matches(&[r"\bwin\b"]));
    assert_eq!(test(r#"sms.plain ~ {"a+" "b\\d"}"#).1, matches(&["a+", r"b\d"]));
    assert_eq!(test("sms.plain matches $codes").1, matches(&[r"\d{6}", "(?i)otp"]));
    assert_eq!(test(r#"map.imsi matches r"^00101\d{10}$""#).0, Subject::Field(whole(Field::MapImsi)));
    assert_eq!(test("sms.plain matches $none").1, Question::Text(TextRelation::Is, Vec::new()), "never");
    let refused = refusal("sms.plain matches {\"x\" $broken}");
    assert_eq!((refused.message.as_str(), refused.span.start), ("\"a(b\": unclosed group", 23));
    assert_eq!(refusal("sms.plain matches 5").expected, r#"text, such as r"\d{4,6}""#);
    assert_eq!(refusal("sms.pid matches \"5\"").expected, "one of == != < <= > >= in");
}

#[test]
fn a_list_is_asked_by_the_operator_of_its_kind() {
    for kind in ["exact", "prefix", "wildcard", "domain"] {
        assert!(matches!(test(&format!("sms.url in list {kind}")).1, Question::Listed(_)), "{kind}");
        let refused = refusal(&format!("sms.plain contains list {kind}"));
        assert_eq!(refused.help, Some(format!("write `sms.plain in list {kind}`")));
    }
    assert_eq!(test("sms.plain contains list words").1, Question::ContainsListed(4));
    assert_eq!(test("sms.sender contains list squeezed").1, Question::ContainsListed(5));
    assert_eq!(refusal("sms.plain in list words").help.as_deref(), Some("write `sms.plain contains list words`"));
    assert_eq!(refusal("sms.text contains list words").help.as_deref(), Some("ask `sms.plain`"));
    assert_eq!(refusal("sms.plain contains list squeezed").help.as_deref(), Some("ask `sms.squeezed` or `sms.sender`"));
    assert_eq!(test("operator(sms.oa) in list exact").1, Question::Listed(0));
    assert_eq!(test("mtp.opc in list exact").1, Question::Listed(0), "a number as decimal text");
    assert_eq!(refusal("mtp.opc in list words").expected, "a list of kind exact or prefix, with decimal numbers");
    assert_eq!(refusal("score in list exact").expected, "a set of values in braces");
}

#[test]
fn a_reused_condition_stands_as_a_whole_where_it_is_named() {
    let when = "map.op == 44 and not condition.outside";
    let Ok(Condition::All(parts)) = condition(when, &scope()) else { panic!() };
    let Some(Condition::Not(inner)) = parts.get(1) else { panic!() };
    let Condition::Not(inner) = &**inner else { panic!("the condition's own `not`") };
    let Condition::Test(Test { subject, span, .. }) = &**inner else { panic!() };
    assert_eq!((*subject, span.of(when)), (Subject::Field(CGPA), "condition.outside"));
    let expression = parse("condition.a or condition.b and sms.oa").unwrap();
    assert_eq!(conditions_named(&expression).iter().map(|c| c.0).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_condition_that_does_not_exist_or_is_compared_is_refused_once() {
    assert_eq!(refusal("condition.outsid").help.as_deref(), Some("did you mean outside?"));
    assert_eq!(refusal("condition.outside == true").expected, "its name alone, or `not` before it");
    assert!(condition("condition.refused", &scope()).is_err_and(|refusals| refusals.is_empty()), "was told before");
}

#[test]
fn conditions_that_grow_without_bound_are_refused() {
    let mut scope = scope();
    for _ in 0..10 {
        let twice = ["condition.outside"; 8].join(" or ");
        match condition(&twice, &scope) {
            Ok(larger) => scope.conditions.insert("outside".into(), Some(larger)),
            Err(refusals) => return assert_eq!(refusals[0].message, "the condition has too many tests"),
        };
    }
    panic!("8 to the power of 10 tests");
}

#[test]
fn counters_are_keyed_by_fields_with_one_value() {
    assert_eq!(key("sccp.cgpa.gt"), Ok(CGPA));
    assert!(key("sms.udh_iei").is_err() && key("verdict.rule").is_err() && key("sms.scts").is_err());
    assert_eq!(key("map.imsy").unwrap_err().help.as_deref(), Some("did you mean map.imsi?"));
    assert!(run_key("map.msisdn.digits").is_ok() && run_key("sms.da").is_ok() && run_key("src").is_err());
}
