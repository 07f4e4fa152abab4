//! What becomes of a scenario in a policy, on one made for it.

use super::Library;
use crate::assemble::assemble;
use crate::diagnostic::{Diagnostics, File};
use crate::document;
use crate::source::Source;
use sluice_abi::{Action, LogLevel, Mode};
use sluice_rules::Model;
use sluice_rules::model::{NumberRelation, Question, Subject, TextRelation};

const SAMPLE: &str = r#"
[scenario]
title = "A sample"
summary = "All that a scenario can have."
evidence = "counter.seen"
[settings.limit]
default = 100
help = "Messages in the window"
[settings.window]
default = "10m"
help = "Length of the window"
[settings.brands]
default = ["Bank"]
help = "Names to protect"
[settings.word]
default = "win"
help = "A word"
[list.words]
entries = ["prize"]
kind = "words"
[list.brands]
entries = "$brands"
kind = "squeezed"
[condition.busy]
when = "counter.seen > $limit"
[counter.seen]
key = ["sccp.cgpa.gt"]
window = "$window"
[[rule]]
id = "allow"
level = 2
when = "sms.oa in $brands"
action = "pass"
[[rule]]
id = "many"
level = 3
when = "condition.busy and sms.plain contains list words"
action = "discard"
[[rule]]
id = "points"
level = 2
score = 5
mode = "offline"
when = "sms.text contains $word"
"#;

const ABROAD: &str = r#"
[scenario]
title = "Abroad"
summary = "Asks who we are."
evidence = "relation"
[[rule]]
id = "home"
level = 2
when = "relation(sccp.cgpa.gt) == \"home\""
action = "discard"
"#;

const LIBRARY: Library = Library(&[
    ("sample", File { path: "built-in/sample.toml", text: SAMPLE }),
    ("abroad", File { path: "built-in/abroad.toml", text: ABROAD }),
]);

fn read(policy: &str) -> (Model, Diagnostics) {
    let text = format!("name = \"x\"\n{policy}");
    let network = "[home]\nname = \"Demo\"\ncountry = \"ZZ\"\nnumbers = [\"99970\"]\n";
    let files = [("policy.toml", text.as_str()), ("network.toml", network)];
    let source = Source::from_files(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap();
    let mut report = Diagnostics::default();
    let mut document = document::read_with(&source, LIBRARY, &mut report);
    let model = assemble(&mut document, &mut report);
    report.sort();
    (model, report)
}

fn model(policy: &str) -> Model {
    let (model, report) = read(policy);
    assert!(!report.has_errors(), "{report}");
    model
}

fn errors(policy: &str) -> String {
    read(policy).1.to_string()
}

fn modes(model: &Model) -> Vec<(&str, Mode)> {
    model.rules.iter().map(|r| (r.id.as_str(), r.mode)).collect()
}

#[test]
fn a_scenario_is_in_shadow_under_names_of_its_own() {
    let model = model(
        "[list.words]\nentries = [\"x\"]\n[[rule]]\nid = \"many\"\nlevel = 1\naction = \"pass\"\nwhen = \"sms.oa in list words\"\n",
    );
    let expected = [
        ("many", Mode::Enforce),
        ("sample.allow", Mode::Shadow),
        ("sample.many", Mode::Shadow),
        ("sample.points", Mode::Offline),
    ];
    assert_eq!(modes(&model), expected);
    assert_eq!(model.rules.iter().map(|r| r.scenario.as_deref()).collect::<Vec<_>>()[..2], [None, Some("sample")]);
    assert_eq!(
        model.lists.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(),
        ["words", "sample.brands", "sample.words"]
    );
    let mut tests = Vec::new();
    model.rules[2].condition.as_ref().unwrap().each_test(&mut |t| tests.push((t.subject, t.question.clone())));
    assert_eq!(tests[0], (Subject::Counter(0), Question::Number(NumberRelation::Greater, 100)));
    assert_eq!(tests[1].1, Question::ContainsListed(2));
    assert_eq!((model.counters[0].name.as_str(), model.counters[0].window_s), ("sample.seen", 600));
}

#[test]
fn a_list_takes_the_values_of_a_setting_or_variable() {
    let entries = |policy: &str, name: &str| -> Vec<String> {
        let model = model(policy);
        let list = model.lists.iter().find(|l| l.name == name).unwrap();
        list.entries.iter().map(str::to_owned).collect()
    };
    assert_eq!(entries("", "sample.brands"), ["Bank"]);
    assert_eq!(entries("[scenario.sample]\nbrands = [\"Post\", \"Tax\"]\n", "sample.brands"), ["Post", "Tax"]);
    assert!(entries("[scenario.sample]\nbrands = []\n", "sample.brands").is_empty());
    const OWN: &str = "[variables]\nv = \"x\"\n[list.own]\nentries = \"$v\"\n[[rule]]\nid = \"r\"\nlevel = 1\naction = \"pass\"\nwhen = \"sms.oa in list own\"\n";
    assert_eq!(entries(OWN, "own"), ["x"]);
    assert!(errors(&OWN.replace("v = \"x\"", "v = 1")).contains("a list cannot hold a number"));
    assert!(errors(&OWN.replace("$v", "$w")).contains("there is no variable `w`"));
    assert!(errors("[scenario.sample]\nbrands = [\"a;b\"]\n").contains("there is no attribute `b`"));
}

#[test]
fn a_policy_sets_settings_mode_action_and_log() {
    let given = "limit = 7\nwindow = \"1h\"\nbrands = [\"A\", \"B\"]\nword = \"10m\"";
    let model = model(&format!(
        "[scenario.sample]\nmode = \"enforce\"\naction = \"reject\"\nerror = 36\nlog = \"full\"\n{given}"
    ));
    assert_eq!(modes(&model)[1..], [("sample.many", Mode::Enforce), ("sample.points", Mode::Offline)]);
    let actions: Vec<_> = model.rules.iter().map(|r| (r.action, r.error.map(|e| e.number()), r.log)).collect();
    let full = Some(LogLevel::Full);
    assert_eq!(actions, [(Action::Pass, None, full), (Action::Reject, Some(36), full), (Action::Score, None, full)]);
    assert_eq!(model.counters[0].window_s, 3600);
    let mut first = Vec::new();
    model.rules[0].condition.as_ref().unwrap().each_test(&mut |t| first.push(t.question.clone()));
    assert_eq!(first, [Question::Text(TextRelation::Is, vec![b"A".to_vec(), b"B".to_vec()])]);
}

#[test]
fn scenarios_are_left_out_by_name_and_by_mode() {
    for policy in ["scenarios = []", "scenario_mode = \"off\"", "[scenario.sample]\nmode = \"off\""] {
        let model = model(policy);
        assert!(model.rules.is_empty() && model.counters.is_empty() && model.lists.is_empty(), "{policy}");
    }
    assert_eq!(modes(&model("scenario_mode = \"off\"\n[scenario.sample]\nmode = \"shadow\"")).len(), 3);
    let warnings = errors("scenarios = [\"abroad\"]\n[scenario.sample]\nmode = \"enforce\"");
    assert!(warnings.contains("policy.toml:3:11: warning: the scenario `sample` is not among those"), "{warnings}");
}

#[test]
fn a_scenario_that_asks_who_we_are_needs_the_network_file() {
    let all = errors("");
    assert_eq!(all, "policy.toml:1:1: warning: scenarios left out for want of network.toml: abroad\n");
    let named = errors("scenarios = [\"abroad\"]");
    assert_eq!(named, "policy.toml:2:14: warning: the scenario `abroad` needs network.toml and is left out\n");
    let model = model("network = \"network.toml\"");
    assert_eq!(modes(&model).last(), Some(&("abroad.home", Mode::Shadow)));
    assert!(!model.plan.is_empty() && model.lists.iter().any(|l| l.name == "home_numbers"));
}

#[test]
fn what_cannot_be_said_of_a_scenario_is_refused_where_it_stands() {
    for (policy, expected) in [
        ("[scenario.sampl]", "policy.toml:2:11: error: there is no scenario `sampl`"),
        ("scenarios = [\"sampl\"]", "there is no scenario `sampl`"),
        (
            "[scenario.sample]\nlimits = 5",
            "there is no key `limits` here, expected one of mode, action, error, log, brands",
        ),
        ("[scenario.sample]\nlimit = \"5\"", "`limit` cannot be \"5\", expected a number"),
        ("[scenario.sample]\nwindow = \"5 minutes\"", "expected a length of time"),
        ("[scenario.sample]\nbrands = [1]", "expected an array of texts"),
        ("[scenario.sample]\nwindow = \"0s\"", "policy.toml:3:10: error: this cannot be a window"),
        ("[scenario.sample]\naction = \"reject\"", "policy.toml:3:10: error: `error` is missing"),
        ("[scenario.sample]\nerror = 36", "no rule of `sample` answers with it"),
        ("[scenario.sample]\nmode = \"on\"", "expected one of \"off\", \"shadow\", \"enforce\", \"offline\""),
        ("scenarios = \"none\"", "expected \"all\" or an array of names"),
    ] {
        let report = errors(policy);
        assert!(report.contains(expected) && report.contains("error"), "{policy}: {report}");
    }
}

#[test]
fn a_setting_that_fits_no_condition_is_refused_in_the_policy_and_not_in_the_built_in_file() {
    let report = errors("[scenario.sample]\nword = \"\"");
    let expected = "policy.toml:3:8: error: everything contains the empty text, expected at least one character";
    assert_eq!(report.lines().filter(|l| l.contains("error")).collect::<Vec<_>>(), [expected]);
}
