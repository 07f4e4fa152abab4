//! Whole policies: what compiles, what is warned of, what is shown, what is different.

use sluice_policy::{Change, Source, compile, diff, show};
use sluice_rules::{Layout, Mask, Strip};

fn source(files: &[(&str, &str)]) -> Source {
    Source::from_files(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned()))).unwrap()
}

const BASE: &str = r#"
name = "x"
scenarios = []
[variables]
cc = "999"
[list.gts]
kind = "prefix"
entries = ["1555", "1556"]
[[rule]]
id = "first"
level = 2
when = "sccp.cgpa.gt in list gts"
action = "discard"
[[rule]]
id = "second"
level = 2
when = "map.imsi starts_with $cc"
action = "reject"
error = "unexpectedDataValue"
"#;

fn base() -> Source {
    source(&[("policy.toml", BASE)])
}

fn changed(from: &str, to: &str) -> Source {
    assert!(BASE.contains(from));
    source(&[("policy.toml", &BASE.replace(from, to))])
}

#[test]
fn the_smallest_policy_has_a_name_and_passes_everything() {
    let compiled = compile(&source(&[("policy.toml", "name = \"x\"\nscenarios = []")]), 9).unwrap();
    assert_eq!((compiled.summary.version, compiled.summary.rules_by_level), (9, [0; 4]));
    assert_eq!(Layout::verify(&compiled.image).map(|l| l.version()), Ok(9));
    assert!(compile(&source(&[("policy.toml", "")]), 9).is_err());
}

#[test]
fn the_same_source_and_version_give_the_same_octets() {
    assert_eq!(compile(&base(), 1).unwrap().image, compile(&base(), 1).unwrap().image);
    assert_ne!(compile(&base(), 1).unwrap().image, compile(&base(), 2).unwrap().image);
}

#[test]
fn what_is_doubtful_is_warned_of_and_compiles() {
    let text = r#"
name = "x"
scenarios = []
[list.unused]
entries = []
[counter.unread]
key = ["map.imsi"]
window = "1m"
[condition.idle]
when = "map.op == 45"
[[rule]]
id = "busy"
level = 1
trigger = "pre-delivery"
when = "map.op == 45"
action = "reject"
error = 31
"#;
    let compiled = compile(&source(&[("policy.toml", text)]), 1).unwrap();
    let warnings: Vec<&str> = compiled.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "the list `unused` is empty",
            "no rule asks for the list `unused`",
            "no rule asks for the counter `unread`",
            "nothing uses the condition `idle`",
            "subscriberBusyForMT-SMS is not an answer to any operation this rule sees"
        ]
    );
    assert_eq!(compiled.warnings.iter().last().map(|w| (w.place.line, w.place.column)), Some((17, 9)));
}

#[test]
fn included_files_add_rules_lists_and_variables_in_the_order_of_their_names() {
    let rule =
        |id: &str| format!("[[rule]]\nid = \"{id}\"\nlevel = 1\naction = \"discard\"\nwhen = \"sms.oa == $n\"\n");
    let source = source(&[
        (
            "policy.toml",
            &format!("name = \"x\"\nscenarios = []\ninclude = [\"rules/*.toml\", \"v.toml\"]\n{}", rule("a")),
        ),
        ("rules/2.toml", &rule("c")),
        ("rules/1.toml", &rule("b")),
        ("v.toml", "[variables]\nn = \"1\"\n"),
        ("not-included.toml", "nonsense"),
    ]);
    let compiled = compile(&source, 1).unwrap();
    let image = Layout::verify(&compiled.image).unwrap().image(&compiled.image);
    let ids: Vec<&str> = image.rules().map(|(index, _)| image.id(index)).collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[test]
fn the_same_policy_has_no_difference_however_it_is_laid_out() {
    let moved = source(&[
        ("policy.toml", "name = \"x\"\nscenarios = []\ninclude = [\"r.toml\"]\n"),
        (
            "r.toml",
            &BASE.replace("name = \"x\"\nscenarios = []", "# elsewhere").replace("starts_with $cc", "starts_with $cc "),
        ),
    ]);
    let difference = diff(&base(), &moved).unwrap();
    assert!(difference.is_empty(), "{difference}");
}

#[test]
fn a_difference_names_rules_lists_and_settings() {
    let new = BASE
        .replace("name = \"x\"", "name = \"x\"\ndefault_log = \"full\"")
        .replace("cc = \"999\"", "cc = \"998\"")
        .replace("\"1556\"", "\"1557\"")
        .replace("action = \"discard\"", "action = \"tag\"\ntag = \"seen\"")
        .replace("id = \"second\"", "id = \"third\"");
    let difference = diff(&base(), &source(&[("policy.toml", &new)])).unwrap();
    let expected = r#"~ default_log: summary -> full
~ $cc: "999" -> "998"
~ rule first
    action: discard -> tag
    tag: seen
+ rule third
    level: 2
    trigger: any
    mode: enforce
    when: map.imsi starts_with $cc
    action: reject
    error: unexpectedDataValue
- rule second
~ list gts: 1 added, 1 removed
    + 1557
    - 1556
"#;
    assert_eq!(difference.to_string(), expected);
}

#[test]
fn a_rule_that_only_changed_its_place_is_told() {
    let (head, rules) = BASE.split_at(BASE.find("[[rule]]").unwrap());
    let (first, second) = rules.split_at(rules.rfind("[[rule]]").unwrap());
    let swapped = source(&[("policy.toml", &format!("{head}{second}{first}"))]);
    let difference = diff(&base(), &swapped).unwrap();
    assert!(matches!(&difference.rules[..], [Change::Changed { fields, .. }, Change::Changed { .. }]
        if fields[0].field == "place in its level" && fields[0].new.as_deref() == Some("1")));
    let more = source(&[("policy.toml", &format!("{head}{}{first}{second}", first.replace("first", "zeroth")))]);
    assert_eq!(diff(&base(), &more).unwrap().rules.len(), 1, "an added rule does not move the others");
}

#[test]
fn a_difference_with_a_broken_policy_is_refused() {
    let broken = changed("level = 2", "level = \"two\"");
    assert!(diff(&base(), &broken).is_err() && diff(&broken, &base()).is_err());
}

#[test]
fn a_policy_is_shown_as_tables_in_the_order_in_which_rules_are_asked() {
    let shown = show(&changed("level = 2\nwhen = \"sccp", "level = 3\nwhen = \"sccp")).unwrap();
    let rules = shown.tables.iter().find(|t| t.title == "rules").unwrap();
    let ids: Vec<_> = rules.rows.iter().map(|r| (r[0].as_str(), r[1].as_str(), r[4].as_str())).collect();
    assert_eq!(ids, [("2 checks", "second", "reject 36 unexpectedDataValue"), ("3 filters", "first", "discard")]);
    assert!(shown.tables.iter().all(|t| t.rows.iter().all(|r| r.len() == t.columns.len())));
}

#[test]
fn no_truncation_of_a_policy_panics() {
    for len in (0..BASE.len()).filter(|&len| BASE.is_char_boundary(len)) {
        let cut = source(&[("policy.toml", &BASE[..len])]);
        match compile(&cut, 1) {
            Ok(compiled) => assert!(Layout::verify(&compiled.image).is_ok()),
            Err(diagnostics) => assert!(!diagnostics.render(&cut, false).is_empty()),
        }
    }
}

const REWRITE: &str = r#"action = "rewrite"
sender = "Unverified"
append = " [!]"
strip = ["links"]
mask = ["digits", "links"]"#;

#[test]
fn what_a_rule_rewrites_is_in_the_image_the_table_and_the_difference() {
    let new = changed("action = \"discard\"", REWRITE);
    let compiled = compile(&new, 1).unwrap();
    let image = Layout::verify(&compiled.image).unwrap().image(&compiled.image);
    let rewrite = image.rewrite(image.rule_named("first").unwrap()).unwrap();
    assert_eq!((rewrite.sender.map(|s| (s.ton, s.text)), rewrite.append), (Some((5, "Unverified")), Some(" [!]")));
    assert!(rewrite.strip.has(Strip::LINKS) && !rewrite.strip.has(Strip::PORTS));
    assert!(rewrite.mask.has(Mask::LINKS) && rewrite.mask.has(Mask::DIGITS));
    let shown = show(&new).unwrap();
    let rules = shown.tables.iter().find(|table| table.title == "rules").unwrap();
    assert_eq!(rules.rows[0][4], r#"rewrite sender "Unverified", append " [!]", strip links, mask links, digits"#);
    let expected = "~ rule first\n    action: discard -> rewrite\n    sender: Unverified\n    append:  [!]\n    strip: links\n    mask: links, digits\n";
    assert_eq!(diff(&base(), &new).unwrap().to_string(), expected);
}

#[test]
fn a_rewrite_that_sees_no_message_is_warned_of() {
    let text = BASE.replace("action = \"discard\"", &format!("{REWRITE}\ntrigger = \"pre-delivery\""));
    let text = text.replace("sccp.cgpa.gt in list gts", "map.op == 45 and sccp.cgpa.gt in list gts");
    let compiled = compile(&source(&[("policy.toml", &text)]), 1).unwrap();
    let warnings: Vec<&str> = compiled.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(warnings, ["no message that this rule sees can be rewritten"]);
}
