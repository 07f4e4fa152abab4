//! Compiled code against the plainest reading of the tree, on random conditions and random messages.

use crate::generate::{condition, messages};
use crate::support::{lists, scope};
use proptest::prelude::*;
use sluice_abi::{Facts, Path, Value};
use sluice_rules::check::{Variable, check};
use sluice_rules::compile::compile_condition;
use sluice_rules::text::{Element, Expression, Form, Operand, Operator, Relation, Scalar, Subject, Test, parse};
use sluice_rules::{Judgement, Layout, ListKind, NoState, Purpose, evaluate};

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
    let Some(value) = read(&test.subject, facts) else { return false };
    match &test.relation {
        None => !matches!(value, Read::Value(Value::Bool(false))),
        Some(Relation { operator, operand: Operand::Subject(other), .. }) => {
            read(other, facts).is_some_and(|other| compare(&value, *operator, &other))
        }
        Some(relation) => relate(&value, relation),
    }
}

/// The value of a subject: that of a field, or a text made of it.
enum Read<'p> {
    Value(Value<'p>),
    Made(Vec<u8>),
}

fn read<'p>(subject: &Subject, facts: &Facts<'p>) -> Option<Read<'p>> {
    let value = Read::Value(facts.value(Path::parse(&subject.name)?)?);
    let [call] = subject.calls.as_slice() else { return Some(value) };
    let mut text = text_of(&value);
    match call.name.as_str() {
        "reversed" => text.reverse(),
        "swapped" => text.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1)),
        other => panic!("{other} is not generated"),
    }
    Some(Read::Made(text))
}

fn compare(value: &Read<'_>, operator: Operator, other: &Read<'_>) -> bool {
    let number = |read: &Read<'_>| match read {
        Read::Value(Value::Unsigned(n)) => Some(*n),
        _ => None,
    };
    let order = match (number(value), number(other)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => text_of(value).cmp(&text_of(other)),
    };
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::GreaterOrEqual => order.is_ge(),
        other => panic!("{other:?} is not generated"),
    }
}

/// `*` any run, `?` any character: by trying.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| is_like(&text[at..], rest)) || is_like("", rest)
        }
        Some(wanted) => text.chars().next().is_some_and(|c| {
            (wanted == '?' || wanted == c) && is_like(&text[c.len_utf8()..], &pattern[wanted.len_utf8()..])
        }),
    }
}

fn relate(value: &Read<'_>, relation: &Relation) -> bool {
    if let Operand::List { name, .. } = &relation.operand {
        let list = lists().into_iter().find(|l| l.name == *name).unwrap();
        let text = text_of(value);
        return list.entries.iter().any(|e| match list.kind {
            ListKind::Exact => text == e.as_bytes(),
            ListKind::Prefix => text.starts_with(e.as_bytes()),
            ListKind::Wildcard => is_like(std::str::from_utf8(&text).unwrap(), e),
            _ => panic!("{} is not generated", list.name),
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
        // The expressions generated have one of two meanings.
        Operator::Matches => any(&|s| match s {
            Scalar::Text(t) if t == "^9.*9$" => {
                text_of(value).starts_with(b"9") && text_of(value).ends_with(b"9") && text_of(value).len() > 1
            }
            Scalar::Text(t) if t == "(?i)a+b" => has(&text_of(value).to_ascii_lowercase(), &Scalar::Text("ab".into())),
            other => panic!("{other:?} is not generated"),
        }),
    }
}

fn elements(operand: &Operand) -> &[Element] {
    match operand {
        Operand::One(element) => std::slice::from_ref(element),
        Operand::Set { elements, .. } => elements,
        Operand::List { .. } | Operand::Subject(_) => &[],
    }
}

fn text_of(read: &Read<'_>) -> Vec<u8> {
    match read {
        Read::Made(text) => text.clone(),
        Read::Value(Value::Text(text)) => text.as_bytes().to_vec(),
        Read::Value(Value::Digits(digits)) => digits.as_bytes().to_vec(),
        Read::Value(Value::Octets(octets)) => octets.to_vec(),
        Read::Value(_) => Vec::new(),
    }
}

fn at_least(value: &Read<'_>, scalar: &Scalar) -> bool {
    greater(value, scalar) || is(value, scalar)
}

fn is(value: &Read<'_>, scalar: &Scalar) -> bool {
    match (value, scalar) {
        (Read::Value(Value::Unsigned(a)), Scalar::Number(b)) => i128::from(*a) == *b,
        (Read::Value(Value::Signed(a)), Scalar::Number(b)) => i128::from(*a) == *b,
        (Read::Value(Value::Bool(a)), Scalar::Bool(b)) => a == b,
        (_, Scalar::Text(b)) => text_of(value) == b.as_bytes(),
        (_, Scalar::Octets(b)) => text_of(value) == *b,
        _ => false,
    }
}

fn greater(value: &Read<'_>, scalar: &Scalar) -> bool {
    match (value, scalar) {
        (Read::Value(Value::Unsigned(a)), Scalar::Number(b)) => i128::from(*a) > *b,
        (Read::Value(Value::Signed(a)), Scalar::Number(b)) => i128::from(*a) > *b,
        _ => false,
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
            evaluate(&image, &facts, Purpose::Live, &mut NoState, &mut judgement);
            prop_assert_eq!(judgement.rule().is_some(), interpret(&expression, &facts), "{} {:?}", when, message);
        }
    }
}
