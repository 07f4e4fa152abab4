//! What is laid out reads as before, in one form only.

use super::*;
use proptest::prelude::*;

fn formatted(text: &str) -> String {
    let once = toml("policy.toml", text).unwrap_or_else(|e| panic!("{e}{text}"));
    assert_eq!(toml("policy.toml", &once).as_ref(), Ok(&once), "laid out twice is laid out once");
    once
}

fn when(condition: &str) -> String {
    formatted(&format!("[[rule]]\nwhen = '''{condition}'''\n")).trim_start_matches("[[rule]]\n").to_owned()
}

#[test]
fn keys_headings_and_comments_come_into_one_form() {
    let text = "# top\n\n\n\nname='x' # why\n\n\n\n  comment   =   \"y\"     # in a column\na . b=1\r\n[variables]\n\n# c\n  \
                cc = [ 1,2 , 3,]\nt={a=1,b=[ 1 ]}\n\n\n\n[ list . gts ]#h\nentries=[\n\"1\", # one\n  # alone\n\"2\",\"3\"]\n# end\n\n\n";
    let expected = "# top\n\nname = 'x' # why\n\ncomment = \"y\"     # in a column\na.b = 1\n\n[variables]\n# c\n\
                    cc = [1, 2, 3]\nt = { a = 1, b = [1] }\n\n[list.gts] #h\nentries = [\n    \"1\", # one\n    # alone\n    \"2\", \"3\",\n]\n# end\n";
    assert_eq!(formatted(text), expected);
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("\n\n# only\n\n\n"), "# only\n");
    assert_eq!(formatted("\n\n[a]\n[b]"), "[a]\n\n[b]\n");
}

#[test]
fn a_long_array_is_filled_into_lines() {
    let numbers: Vec<String> = (4001..4041).map(|n| n.to_string()).collect();
    let out = formatted(&format!("[variables]\npcs = [{}]\n", numbers.join(",")));
    assert!(out.lines().all(|l| l.len() <= WIDTH) && out.lines().count() == 6, "{out}");
    assert!(out.starts_with("[variables]\npcs = [\n    4001, 4002,") && out.ends_with(" 4040,\n]\n"), "{out}");
}

#[test]
fn words_of_a_condition_stand_one_blank_apart() {
    assert_eq!(when("map.op==45&&!sms.pid"), "when = \"map.op == 45 and not sms.pid\"\n");
    assert_eq!(when("( a.b in{1 ,2..3,0x4 .. 0x5} )"), "when = \"(a.b in {1 2..3 0x4..0x5})\"\n");
    assert_eq!(
        when("  sms.oa   ==\"A  b\" or sms.da==\"it's\""),
        "when = '''sms.oa == \"A  b\" or sms.da == \"it's\"'''\n"
    );
    assert_eq!(when("sms.oa in list x||sms.oa in $y"), "when = \"sms.oa in list x or sms.oa in $y\"\n");
    assert_eq!(when("map.op eq 45 and sms.text~r\"\\d\""), "when = 'map.op == 45 and sms.text matches r\"\\d\"'\n");
    assert_eq!(
        when("not operator( sms.oa )!=country (sms.da)"),
        "when = \"not operator(sms.oa) != country(sms.da)\"\n"
    );
}

#[test]
fn long_conditions_are_broken_where_they_join() {
    let part = |n: u32| format!("map.msisdn.digits starts_with \"99970{n:010}\"");
    let text = format!("{} and not ({} or {} and {}) or {}", part(1), part(2), part(3), part(4), part(5));
    let laid = when(&text);
    assert!(laid.lines().all(|l| l.len() <= WIDTH), "{laid}");
    assert_eq!(
        laid,
        format!(
            "when = '''\n{}\n    and not (\n        {}\n        or {} and {}\n    )\nor {}\n'''\n",
            part(1),
            part(2),
            part(3),
            part(4),
            part(5)
        )
    );
}

#[test]
fn a_long_set_is_filled_into_lines() {
    let words: Vec<String> = (0..40).map(|n| format!("\"word{n}\"")).collect();
    let laid = when(&format!("sms.text icontains {{{}}} and map.op == 44", words.join(", ")));
    assert!(laid.starts_with("when = '''\nsms.text icontains {\n    \"word0\" \"word1\""), "{laid}");
    assert!(laid.ends_with("\n}\nand map.op == 44\n'''\n") && laid.lines().all(|l| l.len() <= WIDTH), "{laid}");
}

#[test]
fn several_lines_stay_several_with_a_part_on_each() {
    assert_eq!(when("\na\nand b or\nc"), "when = '''\na and b\nor c\n'''\n");
    assert_eq!(when("\n  a\n"), "when = \"a\"\n");
}

#[test]
fn what_the_eye_would_not_see_stays_escaped() {
    for text in ["when = \"sms.text  contains  \\\"\\u200b\\\"\"\n", "when = \"sms.text  == \\\"a\\tb\\\"\"\n"] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn what_cannot_be_read_is_reported_where_it_stands() {
    let at = |text: &str| toml("r.toml", text).unwrap_err().to_string();
    assert!(at("a = 1\nb = = 2\n").starts_with("r.toml:2:5: error: "), "{}", at("a = 1\nb = = 2\n"));
    assert!(at("[[rule]]\nwhen = \"a ==\"\n").starts_with("r.toml:2:13: error: the condition ends here"));
    assert!(at("a.b = 1\nc = 2\na.d = 3\n").contains("cannot be laid out"));
}

#[test]
fn another_meaning_is_told() {
    assert!(is_same("a = 1\nwhen = 'x  == 1'", "a=1\nwhen = \"x == 1\""));
    for other in ["a = 1", "a = 2\nwhen = 'x == 1'", "a = 1\nwhen = 'x == 2'", "a = 1\nwhen = 'x == 1'\nb = 1"] {
        assert!(!is_same("a = 1\nwhen = 'x == 1'", other), "{other}");
    }
}

#[test]
fn the_starter_policy_and_every_broken_one_that_parses_keep_their_meaning() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("starter"), root.join("tests/broken"), root.join("scenarios")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().into_iter().flatten().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "toml") {
                let text = std::fs::read_to_string(&entry).unwrap();
                if let Ok(once) = toml("x.toml", &text) {
                    assert_eq!(formatted(&once), once, "{}", entry.display());
                    assert_eq!(comments_of(&text), comments_of(&once), "{}", entry.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen >= 8);
}

fn comments_of(text: &str) -> Vec<&str> {
    text.lines().filter_map(|l| l.find('#').map(|at| l[at..].trim_end())).collect()
}

/// Blanks, few or many, but none where none need be.
fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![" ", "  ", "\n", " \t", "\n\n   "])
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u16>().prop_map(|n| n.to_string()),
        any::<u8>().prop_map(|n| format!("0x{n:02X}")),
        "[a-z {}(),.'#&|!é]{0,40}".prop_map(|t| format!("\"{t}\"")),
        Just(r#""a \"quoted\" \\ \u{1F4B0}""#.to_owned()),
        Just("$name".to_owned()),
        "[a-z{}(),.^$|\\\\+ ]{0,20}".prop_map(|t| format!("r\"{t}\"")),
    ]
}

/// What is asked about, also what is known of it.
fn subject() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec!["map.op", "sms.text", "eq.x", "map.sm_rp_oa.digits", "counter.a", "score"]);
    let of = prop::sample::select(vec!["", "operator(", "relation( ", "country(swapped(", "reversed ("]);
    (field, of).prop_map(|(field, of)| format!("{of}{field}{}", ")".repeat(of.matches('(').count())))
}

fn test() -> impl Strategy<Value = String> {
    let signs = ["==", "!=", "<", ">=", " eq ", " NE ", " contains ", " icontains ", " starts_with ", "~", " matches "];
    let set = (prop::collection::vec(value(), 1..30), prop::sample::select(vec![",", " ", " , "]));
    let list = prop::sample::select(vec!["in", "contains"]);
    prop_oneof![
        subject(),
        (subject(), prop::sample::select(signs.to_vec()), value()).prop_map(|(n, o, v)| format!("{n}{o}{v}")),
        (subject(), prop::sample::select(signs[..6].to_vec()), subject()).prop_map(|(n, o, v)| format!("{n}{o}{v}")),
        (subject(), set).prop_map(|(n, (values, comma))| format!("{n} in{{{}}}", values.join(comma))),
        (subject(), list, blank()).prop_map(|(n, l, b)| format!("{n} {l}{b}list{b}gts")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let joint = || prop::sample::select(vec![" and ", " or ", "&&", "||", "\nand ", " or\n"]);
    test().prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 2..5), joint()).prop_map(|(parts, word)| parts.join(word)),
            (inner.clone(), blank()).prop_map(|(c, b)| format!("({b}{c}{b})")),
            inner.clone().prop_map(|c| format!("not ({c})")),
            inner.prop_map(|c| format!("!({c})")),
        ]
    })
}

proptest! {
    #[test]
    fn any_condition_keeps_its_tree_and_is_laid_out_once(text in condition()) {
        prop_assume!(parse(&text).is_ok());
        let file = format!("[[rule]]\nwhen = {}\n", toml::Value::from(text.clone()));
        let once = super::toml("x.toml", &file).unwrap();
        let table: toml::Table = once.parse().unwrap();
        let after = table["rule"][0]["when"].as_str().unwrap();
        prop_assert_eq!(without_places(&parse(&text).unwrap()), without_places(&parse(after).unwrap()));
        prop_assert_eq!(super::toml("x.toml", &once).unwrap(), once.clone());
        prop_assert!(condition::lines(&text, 7, false).is_some(), "nothing here is left as it is");
    }

    #[test]
    fn any_list_keeps_its_entries(text in "([0-9a#;= ]{0,12}\r?\n){0,8}") {
        let once = list(&text);
        prop_assert_eq!(list(&once), once.clone());
        let plain = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(plain(&text), plain(&once));
    }
}
