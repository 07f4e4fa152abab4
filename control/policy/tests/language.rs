//! What the files of a policy mean as a model: keys of rules, counters, reusable conditions, scenarios, the network.

use sluice_abi::{Action, Field, Mode, Part, Path, Statistics};
use sluice_policy::{Source, compile, diff, model, scenarios, show};
use sluice_rules::model::{Counts, Model, Question, Subject, Validity};

fn source(files: &[(&str, &str)]) -> Source {
    Source::from_files(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned()))).unwrap()
}

fn policy(text: &str) -> Source {
    source(&[("policy.toml", &format!("name = \"x\"\nscenarios = []\n{text}"))])
}

fn read(text: &str) -> Model {
    model(&policy(text), 1).unwrap_or_else(|report| panic!("{report}")).0
}

fn rule(keys: &str) -> sluice_rules::Rule {
    let mut model = read(&format!("[[rule]]\nid = \"r\"\nlevel = 3\n{keys}"));
    model.rules.remove(0)
}

fn errors(text: &str) -> String {
    model(&policy(text), 1).map(|_| ()).unwrap_err().to_string()
}

const fn whole(field: Field) -> Path {
    Path { field, part: Part::Whole }
}

#[test]
fn a_rule_that_adds_points_needs_no_other_action() {
    let scored = rule("score = 20");
    assert_eq!((scored.action, scored.points), (Action::Score, 20));
    assert_eq!(rule("action = \"score\"\nscore = -1000").points, -1000);
    assert_eq!(rule("action = \"discard\"\nstatistics = \"operator\"").statistics, Statistics::Operator);
    assert_eq!(rule("action = \"discard\"").statistics, Statistics::Total);
}

#[test]
fn a_rule_has_times_days_and_hours() {
    let keys = "action = \"discard\"\nvalid_from = 2026-12-01\nvalid_until = 2026-12-24T18:00:00+01:00\nvalid_days = [\"fri\", \"sat\"]\nvalid_hours = \"22:00-06:00\"";
    let expected = Validity { from_s: 1_796_083_200, until_s: 1_798_131_600, days: 0b011_0000, minutes: (1320, 360) };
    assert_eq!(rule(keys).validity, expected);
    let until_its_end = rule("action = \"discard\"\nvalid_until = 2026-12-01\nvalid_hours = \"18:00-00:00\"").validity;
    assert_eq!((until_its_end.until_s, until_its_end.minutes), (1_796_083_200 + 86_400, (1080, 1440)));
    assert_eq!(rule("action = \"discard\"").validity, Validity::ALWAYS);
}

#[test]
fn counters_count_messages_different_values_or_numbers_in_a_row() {
    let model = read(
        r#"
[variables]
ops = [45]
[counter.all]
key = ["sccp.cgpa.gt", "map.op"]
window = "60s"
[counter.asked]
key = ["sccp.cgpa.gt"]
when = "map.op in $ops and condition.request"
distinct = "map.msisdn.digits"
window = "7d"
[counter.walk]
key = ["sccp.cgpa.gt"]
run = "map.msisdn.digits"
window = "10m"
[condition.request]
when = 'map.component == "invoke"'
[[rule]]
id = "r"
level = 3
action = "discard"
when = "counter.asked > counter.all or counter.walk >= 10"
"#,
    );
    let msisdn = Path { field: Field::MapMsisdn, part: Part::Digits };
    let counters: Vec<_> = model.counters.iter().map(|c| (c.name.as_str(), c.counts, c.window_s)).collect();
    let expected = [
        ("all", Counts::Messages, 60),
        ("asked", Counts::Distinct(msisdn), 604_800),
        ("walk", Counts::Run(msisdn), 600),
    ];
    assert_eq!(counters, expected);
    assert_eq!(model.counters[0].key, [whole(Field::CgpaGt), whole(Field::MapOp)]);
    assert_eq!(model.counters[1].when, "map.op in $ops and condition.request");
    let mut fields = Vec::new();
    model.counters[1].condition.as_ref().unwrap().each_test(&mut |t| fields.push(t.subject));
    assert_eq!(fields, [Subject::Field(whole(Field::MapOp)), Subject::Field(whole(Field::MapComponent))]);
}

#[test]
fn conditions_may_be_used_before_they_are_written_and_by_each_other() {
    let model = read(
        r#"
[[rule]]
id = "r"
level = 2
action = "discard"
when = "condition.a"
[condition.a]
when = "condition.b and sms.pid == 1"
[condition.b]
when = "sms.dcs == 2"
"#,
    );
    let mut tests = Vec::new();
    model.rules[0].condition.as_ref().unwrap().each_test(&mut |t| tests.push((t.subject, t.span.of("condition.a"))));
    let at = "condition.a";
    assert_eq!(tests, [(Subject::Field(whole(Field::SmsDcs)), at), (Subject::Field(whole(Field::SmsPid)), at)]);
}

#[test]
fn a_chain_of_conditions_has_an_end() {
    let condition = |n: usize| format!("[condition.c{n}]\nwhen = \"condition.c{}\"\n", n + 1);
    let chain = |n: usize| {
        let conditions: String = (0..n).map(condition).collect();
        format!(
            "{conditions}[condition.c{n}]\nwhen = \"kind\"\n[[rule]]\nid = \"r\"\nlevel = 1\naction = \"pass\"\nwhen = \"condition.c0\"\n"
        )
    };
    assert_eq!(read(&chain(15)).rules.len(), 1);
    for n in [16, 17, 100] {
        assert!(errors(&chain(n)).contains("conditions use each other too deep"), "{n}");
    }
}

#[test]
fn too_many_counters_are_refused() {
    let counters: String =
        (0..257).map(|n| format!("[counter.c{n}]\nkey = [\"map.imsi\"]\nwindow = \"1m\"\n")).collect();
    assert!(errors(&counters).contains("a policy has at most 256 counters"));
}

#[test]
fn built_in_scenarios_are_complete_and_compile_without_a_warning() {
    let all = source(&[
        ("policy.toml", "name = \"x\"\nnetwork = \"network.toml\"\n"),
        ("network.toml", "[home]\nname = \"Demo\"\ncountry = \"ZZ\"\nnumbers = [\"99970\"]\n"),
    ]);
    let compiled = compile(&all, 1).unwrap_or_else(|report| panic!("{}", report.render(&all, false)));
    assert!(compiled.warnings.is_empty(), "{}", compiled.warnings);
    let (model, _) = model(&all, 1).unwrap();
    for scenario in scenarios() {
        let rules: Vec<_> = model.rules.iter().filter(|r| r.scenario.as_deref() == Some(scenario.name)).collect();
        assert_eq!(rules.len(), scenario.rules.len(), "{}", scenario.name);
        assert!(!rules.is_empty() && rules.iter().all(|r| r.mode != Mode::Enforce), "{}", scenario.name);
        assert!(scenario.rules.iter().all(|[_, comment]| !comment.is_empty()), "{}", scenario.name);
        assert!(scenario.summary.len() > 80 && scenario.settings.iter().all(|s| !s[2].is_empty()), "{}", scenario.name);
    }
}

#[test]
fn flash_messages_of_allowed_senders_pass() {
    let text = "name = \"x\"\nnetwork = \"network.toml\"\nscenarios = [\"flash\"]\n[scenario.flash]\nmode = \"enforce\"\nallowed_senders = [\"Alert\"]";
    let network = "[home]\nname = \"Demo\"\ncountry = \"ZZ\"\n";
    let (model, _) = model(&source(&[("policy.toml", text), ("network.toml", network)]), 1).unwrap();
    let flash = model.rules.iter().find(|r| r.id == "flash.flash").unwrap();
    assert_eq!((flash.mode, flash.action), (Mode::Enforce, Action::Discard));
    let mut questions = Vec::new();
    flash.condition.as_ref().unwrap().each_test(&mut |t| questions.push(t.question.clone()));
    let Question::Within(classes) = &questions[0] else { panic!() };
    // TS 23.038 §4: general groups with a class, and the group of data coding and class; class 0.
    let has = |dcs: u64| classes.iter().any(|&(low, high)| low <= dcs && dcs <= high);
    let is_class_0 = |dcs: u64| (dcs & 0x90 == 0x10 || dcs & 0xF0 == 0xF0) && dcs & 3 == 0;
    assert!((0..256).all(|dcs| has(dcs) == is_class_0(dcs)));
}

#[test]
fn lists_and_variables_of_the_network_can_be_named() {
    let policy = r#"
name = "x"
scenarios = []
network = "network.toml"
[[rule]]
id = "r"
level = 2
action = "discard"
when = 'sccp.cgpa.gt in list home_gts and not mtp.opc in $home_point_codes and relation(sms.oa) == "home"'
"#;
    let network = "[home]\nname = \"Demo\"\ncountry = \"ZZ\"\ngts = [\"99970\"]\npoint_codes = [6001]\n";
    let (model, warnings) = model(&source(&[("policy.toml", policy), ("network.toml", network)]), 1).unwrap();
    assert!(warnings.is_empty() && !model.plan.is_empty());
    let twice =
        policy.replace("[[rule]]", "[variables]\nhome_point_codes = 1\n[list.home_gts]\nentries = [\"1\"]\n[[rule]]");
    let report = sluice_policy::model(&source(&[("policy.toml", &twice), ("network.toml", network)]), 1).unwrap_err();
    assert_eq!(report.iter().filter(|d| d.message.contains("given by the network file already")).count(), 2);
}

const COUNTING: &str = r#"
[condition.request]
when = "map.op == 45"
comment = "asks"
[counter.asked]
key = ["sccp.cgpa.gt"]
when = "condition.request"
window = "10m"
[[rule]]
id = "scan"
level = 3
action = "discard"
when = "counter.asked > 100"
valid_days = ["sat", "sun"]
"#;

#[test]
fn conditions_counters_and_scenarios_are_shown() {
    let text = format!("name = \"x\"\nscenario_mode = \"offline\"\n{COUNTING}");
    let shown = show(&source(&[("policy.toml", &text)])).unwrap();
    let rows = |title| &shown.tables.iter().find(|t| t.title == title).unwrap().rows;
    assert_eq!(rows("conditions")[0], ["request", "map.op == 45", "asks"]);
    assert_eq!(rows("counters")[0], ["asked", "sccp.cgpa.gt", "messages", "10m", "condition.request", ""]);
    assert!(rows("scenarios").iter().any(|r| r[..2] == ["hidden-text", "offline"]));
    assert!(rows("rules").iter().any(|r| r[1] == "scan" && r[6] == "sat sun"));
    assert!(shown.tables.iter().all(|t| t.rows.iter().all(|r| r.len() == t.columns.len())));
}

#[test]
fn a_difference_names_counters_conditions_and_scenarios() {
    let old = format!("name = \"x\"\n{COUNTING}");
    let new = old.replace("== 45", "== 46").replace("\"10m\"", "\"1h\"").replace("[\"sat\", \"sun\"]", "[\"sun\"]")
        + "[scenario.hidden-text]\nmode = \"enforce\"\n";
    let difference = diff(&source(&[("policy.toml", &old)]), &source(&[("policy.toml", &new)])).unwrap().to_string();
    for line in [
        "~ condition.request: map.op == 45 -> map.op == 46\n",
        "~ counter.asked.window: 10m -> 1h\n",
        "~ scenario.hidden-text.mode: shadow -> enforce\n",
        "~ rule scan\n    valid_days: sat sun -> sun\n",
        "~ rule hidden-text.unseen\n    mode: shadow -> enforce\n",
    ] {
        assert!(difference.contains(line), "{line}{difference}");
    }
}
