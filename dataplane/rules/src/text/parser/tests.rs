//! Trees, places and refusals of conditions.

use super::*;
use crate::text::operand::A_VALUE;
use crate::text::syntax::Operand;

fn refusal(text: &str) -> (usize, usize, String) {
    let r = parse(text).expect_err(text);
    (r.span.start, r.span.end, r.expected)
}

#[test]
fn and_binds_closer_than_or_and_not_closer_than_both() {
    let Form::Or(parts) = parse("a or not b and c").unwrap().form else { panic!("or is the outermost") };
    let Some(Form::And(both)) = parts.get(1).map(|p| &p.form) else { panic!("and is within") };
    assert!(matches!(both.first().map(|p| &p.form), Some(Form::Not(_))));
}

#[test]
fn words_and_signs_mean_the_same() {
    let plain = |text: &str| format!("{:?}", parse(text).unwrap()).replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(plain("a && !b || c"), plain("a and not b or c"));
}

#[test]
fn spans_cover_what_was_read() {
    let text = "a == 1 and (b in {1 2..3} or c)";
    let whole = parse(text).unwrap();
    assert_eq!(whole.span.of(text), text);
    let Form::And(parts) = whole.form else { panic!() };
    assert_eq!(parts.iter().map(|p| p.span.of(text)).collect::<Vec<_>>(), ["a == 1", "(b in {1 2..3} or c)"]);
}

#[test]
fn says_what_was_expected_where() {
    assert_eq!(refusal(""), (0, 0, A_TEST.into()));
    assert_eq!(refusal("a and"), (5, 5, A_TEST.into()));
    assert_eq!(refusal("(a or b"), (7, 7, "`and`, `or` or `)`".into()));
    assert_eq!(refusal("a b"), (2, 3, "`and`, `or` or the end of the condition".into()));
    assert_eq!(refusal("a in 3"), (5, 6, "`{`, `list` or a variable with several values".into()));
    assert_eq!(refusal("a in {1"), (7, 7, "a value or `}`".into()));
    assert_eq!(refusal("a in {}"), (5, 7, "at least one value".into()));
    assert_eq!(refusal("a in list 3").2, "the name of a list");
    assert_eq!(refusal("a == list b").2, "`in list` or `contains list`");
    assert_eq!(refusal("relation(\"1\") == \"home\"").2, "the name of a field");
    assert_eq!(refusal("relation(a b) == 1").2, "`)` behind the name of one field");
    assert_eq!(refusal("a == and").2, A_VALUE);
    let help = |text: &str| parse(text).unwrap_err().help;
    assert_eq!(help("a in {map}").as_deref(), Some("text stands in quotation marks: \"map\""));
    assert_eq!(help("a AND b").as_deref(), Some("words of the language are written small: and"));
    assert_eq!(help("a == 'b'").as_deref(), Some("text stands in double quotation marks"));
}

#[test]
fn words_of_wireshark_mean_the_same() {
    let form = |text: &str| match parse(text).unwrap().form {
        Form::Test(test) => {
            test.relation.map(|r| (r.operator, r.operand)).map(|(o, v)| (o, v.span().of(text).to_owned()))
        }
        _ => None,
    };
    for (one, other) in [
        ("a eq 1", "a == 1"),
        ("a ne 1", "a != 1"),
        ("a lt 1", "a < 1"),
        ("a le 1", "a <= 1"),
        ("a gt 1", "a > 1"),
        ("a ge 1", "a >= 1"),
        ("a ~ \"x\"", "a matches \"x\""),
    ] {
        assert_eq!(form(one), form(other));
        assert!(form(one).is_some());
    }
}

#[test]
fn subjects_stand_on_both_sides_and_within_functions() {
    let text = "operator( swapped(a.b) ) != operator(c)";
    let Form::Test(test) = parse(text).unwrap().form else { panic!() };
    assert_eq!(test.subject.calls.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["operator", "swapped"]);
    assert_eq!(test.subject.span.of(text), "operator( swapped(a.b) )");
    let Some(Operand::Subject(right)) = test.relation.map(|r| r.operand) else { panic!() };
    assert_eq!((right.name.as_str(), right.span.of(text)), ("c", "operator(c)"));
}

#[test]
fn an_expression_is_refused_at_the_letter_that_is_wrong() {
    for (text, at) in [
        (r#"a matches r"one (two""#, "("),
        (r#"a matches {"x" "\\d+ [z-a]"}"#, "z-a"),
        (r#"a ~ "caf\u{e9} (two""#, "("),
        (r#"a matches "\\q""#, r"\\q"),
    ] {
        assert_eq!(parse(text).unwrap_err().span.of(text), at, "{text}");
    }
}

#[test]
fn nesting_without_end_is_refused_and_does_not_exhaust_the_stack() {
    for text in ["(".repeat(30_000), "!".repeat(60_000), "not ".repeat(10_000)] {
        assert!(parse(&text).unwrap_err().message.contains("nests too deep"));
    }
    assert!(parse(&format!("{}a{}", "(".repeat(DEPTH_MAX - 1), ")".repeat(DEPTH_MAX - 1))).is_ok());
}
