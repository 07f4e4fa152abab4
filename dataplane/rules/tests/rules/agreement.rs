//! Compiled code against the plainest reading of the tree, on random conditions and random messages.

use crate::support::{lists, scope};
use proptest::prelude::*;
use sluice_abi::{Facts, Field, Path, Shape, Value};
use sluice_rules::check::{Variable, check};
use sluice_rules::compile::compile_condition;
use sluice_rules::text::{Element, Expression, Form, Operand, Operator, Relation, Scalar, Test, parse};
use sluice_rules::{Judgement, Layout, ListKind, Purpose, evaluate};

/// What the language says, read off the tree with the shown form of every value.
fn interpret(expression: &Expression, facts: &Facts<'_>) -> bool {
    match &expression.form {
        Form::Or(parts) => parts.iter().any(|p| interpret(p, facts)),
        Form::And(parts) => parts.iter().all(|p| interpret(p, facts)),
        Form::Not(inner) => !interpret(inner, facts),
        Form::Test(test) => interpret_test(test, facts),
    }
}

fn interpret_test(test: &Test, facts: &Facts<'_>) -> bool {
    let Some(value) = Path::parse(&test.name).and_then(|p| facts.value(p)) else { return false };
    match &test.relation {
        None => !matches!(value, Value::Bool(false)),
        Some(relation) => relate(&value, relation),
    }
}

fn relate(value: &Value<'_>, relation: &Relation) -> bool {
    if let Operand::List { name, .. } = &relation.operand {
        let list = lists().into_iter().find(|l| l.name == *name).unwrap();
        let text = text_of(value);
        return list.entries.iter().any(|e| match list.kind {
            ListKind::Exact => text == e.as_bytes(),
            ListKind::Prefix => text.starts_with(e.as_bytes()),
        });
    }
    let any = |holds: &dyn Fn(&Scalar) -> bool| {
        elements(&relation.operand).iter().any(|element| match element {
            Element::Literal(literal) => holds(&literal.scalar),
            Element::Range(low, high) => at_least(value, &low.scalar) && !greater(value, &high.scalar),
            Element::Variable { name, .. } => match &scope().variables[name] {
                Variable::One(scalar) => holds(scalar),
                Variable::Many(scalars) => scalars.iter().any(holds),
            },
        })
    };
    let equals = |s: &Scalar| at_least(value, s) && !greater(value, s);
    let wanted = |s: &Scalar| match s {
        Scalar::Text(t) => t.clone().into_bytes(),
        Scalar::Octets(o) => o.clone(),
        _ => Vec::new(),
    };
    let has = |text: &[u8], s: &Scalar| wanted(s).is_empty() || text.windows(wanted(s).len()).any(|w| w == wanted(s));
    match relation.operator {
        Operator::Equal | Operator::In => any(&equals),
        Operator::NotEqual => !any(&equals),
        Operator::Less => !any(&|s| at_least(value, s)),
        Operator::LessOrEqual => !any(&|s| greater(value, s)),
        Operator::Greater => any(&|s| greater(value, s)),
        Operator::GreaterOrEqual => any(&|s| at_least(value, s)),
        Operator::StartsWith => any(&|s| text_of(value).starts_with(&wanted(s))),
        Operator::Contains => any(&|s| has(&text_of(value), s)),
        Operator::ContainsAnyCase => any(&|s| {
            let Scalar::Text(t) = s else { return false };
            has(&text_of(value).to_ascii_lowercase(), &Scalar::Text(t.to_ascii_lowercase()))
        }),
    }
}

fn elements(operand: &Operand) -> &[Element] {
    match operand {
        Operand::One(element) => std::slice::from_ref(element),
        Operand::Set { elements, .. } => elements,
        Operand::List { .. } => &[],
    }
}

fn text_of(value: &Value<'_>) -> Vec<u8> {
    match value {
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Digits(digits) => digits.as_bytes().to_vec(),
        Value::Octets(octets) => octets.to_vec(),
        _ => Vec::new(),
    }
}

fn at_least(value: &Value<'_>, scalar: &Scalar) -> bool {
    greater(value, scalar) || is(value, scalar)
}

fn is(value: &Value<'_>, scalar: &Scalar) -> bool {
    match (value, scalar) {
        (Value::Unsigned(a), Scalar::Number(b)) => i128::from(*a) == *b,
        (Value::Signed(a), Scalar::Number(b)) => i128::from(*a) == *b,
        (Value::Bool(a), Scalar::Bool(b)) => a == b,
        (_, Scalar::Text(b)) => text_of(value) == b.as_bytes(),
        (_, Scalar::Octets(b)) => text_of(value) == *b,
        _ => false,
    }
}

fn greater(value: &Value<'_>, scalar: &Scalar) -> bool {
    match (value, scalar) {
        (Value::Unsigned(a), Scalar::Number(b)) => i128::from(*a) > *b,
        (Value::Signed(a), Scalar::Number(b)) => i128::from(*a) > *b,
        _ => false,
    }
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![(0..6_u64).prop_map(|n| n.to_string()), Just("0x7FFFFFFFFFFFFFFF".to_owned())]
}

fn test() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let unsigned = prop::sample::select(vec!["sms.pid", "sms.dcs", "map.msisdn.ton", "map.msisdn.npi"]);
    let digits = prop::sample::select(vec!["map.imsi", "sccp.cgpa.gt", "map.msisdn.digits"]);
    let text = prop::sample::select(vec!["sms.text", "sms.oa"]);
    let few_digits =
        || prop::sample::select(vec!["\"9\"", "\"99970\"", "\"9997\"", "\"1\"", "$home", "{\"12\" \"99\"}"]);
    let words = || prop::sample::select(vec!["\"a\"", "\"aB\"", "{\"ba\" \"bb\"}", "\"\u{e9}\"", "$words"]);
    let contains = prop::sample::select(vec!["contains", "icontains", "starts_with"]);
    prop_oneof![
        (unsigned.clone(), comparison.clone(), number()).prop_map(|(f, c, n)| format!("{f} {c} {n}")),
        (unsigned, 0..4_u8, 0..4_u8, 0..6_u8).prop_map(|(f, a, b, c)| format!("{f} in {{{c} {a}..{}}}", a + b)),
        (comparison, -3..3_i8).prop_map(|(c, n)| format!("map.invoke_id {c} {n}")),
        (-4..3_i8, 0..3_i8).prop_map(|(a, b)| format!("map.invoke_id in {{{a}..{} 100}}", a + b)),
        (digits.clone(), few_digits()).prop_map(|(f, d)| format!("{f} starts_with {d}")),
        (digits.clone(), few_digits()).prop_map(|(f, d)| format!("{f} contains {d}")),
        digits.prop_map(|f| format!("{f} in list home_gts")),
        (text.clone(), contains, words()).prop_map(|(f, c, w)| format!("{f} {c} {w}")),
        text.clone().prop_map(|f| format!("{f} in list brands")),
        (text, prop::sample::select(vec!["==", "!="])).prop_map(|(f, c)| format!("{f} {c} \"aB\"")),
        prop::sample::select(vec!["sms.text", "map.imsi", "malformed", "map.msisdn.raw", "sms.pid"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["malformed == false", "malformed != false", "malformed in {true}"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["tcap.otid == x\"0102\"", "tcap.otid != x\"01\"", "tcap.otid contains x\"02\""])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["kind == \"map\"", "kind != \"smpp\"", "kind in {\"dialogue\" \"smpp\"}"])
            .prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    test().prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

fn octets(len: usize) -> impl Strategy<Value = Option<Vec<u8>>> {
    prop::option::of(prop::collection::vec(any::<u8>(), 0..len))
}

#[derive(Debug)]
struct Message {
    numbers: Vec<Option<u64>>,
    octets: Vec<Option<Vec<u8>>>,
}

const NUMBERS: [Field; 6] =
    [Field::SmsPid, Field::SmsDcs, Field::MapInvokeId, Field::Malformed, Field::Kind, Field::CgpaGtOdd];
const OCTETS: [Field; 6] =
    [Field::MapImsi, Field::CgpaGt, Field::MapMsisdn, Field::SmsText, Field::SmsOa, Field::TcapOtid];

fn messages() -> impl Strategy<Value = Message> {
    let number = || prop::option::of(prop_oneof![0..6_u64, Just(u64::MAX), Just(u64::MAX - 1)]);
    let gt = prop::option::of(prop::sample::select(vec![vec![0x99, 0x79, 0x00], vec![0x21, 0x99], vec![0x99, 0x79]]));
    let text =
        || prop::option::of("[ab\u{e9}AB]{0,5}|Bank|A brand of twenty letters|lottery".prop_map(String::into_bytes));
    let values = (octets(9), gt, octets(6), text(), text(), octets(4));
    (prop::collection::vec(number(), NUMBERS.len()), values)
        .prop_map(|(numbers, (a, b, c, d, e, f))| Message { numbers, octets: vec![a, b, c, d, e, f] })
}

impl Message {
    fn facts(&self) -> Facts<'_> {
        let mut facts = Facts::new();
        for (field, value) in NUMBERS.into_iter().zip(&self.numbers) {
            let is_small = matches!(field.shape(), Shape::Bool | Shape::Name(_));
            facts.set_some(field, value.map(|v| if is_small { v % 2 } else { v }));
        }
        for (field, value) in OCTETS.into_iter().zip(&self.octets) {
            facts.set_octets_some(field, value.as_deref());
        }
        facts
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn compiled_code_agrees_with_the_tree(when in condition(), messages in prop::collection::vec(messages(), 4)) {
        let expression = parse(&when).unwrap();
        let condition = check(&expression, &scope()).unwrap();
        let octets = compile_condition(&when, condition, &lists()).unwrap();
        let image = Layout::verify(&octets).unwrap().image(&octets);
        let mut judgement = Judgement::new();
        for message in &messages {
            let facts = message.facts();
            evaluate(&image, &facts, Purpose::Live, &mut judgement);
            prop_assert_eq!(judgement.rule().is_some(), interpret(&expression, &facts), "{} {:?}", when, message);
        }
    }
}
