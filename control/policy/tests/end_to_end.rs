//! Policies from their files to verdicts: what is asked of subjects, counters, the score, lists and the network.

use sluice_abi::{Action, Facts, Field};
use sluice_policy::{Source, compile};
use sluice_rules::{CountKind, Judgement, Layout, Purpose, State, evaluate};
use std::collections::BTreeMap;

const NETWORK: &str = r#"
[home]
name = "Demo Mobile"
country = "ZZ"
mcc_mnc = ["00101"]
numbers = ["99970"]
gts = ["99970"]
point_codes = [6001]

[[partner]]
name = "Foreign Mobile"
country = "ZZ"
agreement = "p2p"
gts = ["99981"]
"#;

/// Counts messages for ever, whatever the window.
#[derive(Default)]
struct Tally(BTreeMap<(u16, u64), u32>);

impl State for Tally {
    fn count(&mut self, counter: u16, _: CountKind, key: u64, _: u64, _: u32, _: u64) -> u32 {
        let count = self.0.entry((counter, key)).or_default();
        *count += 1;
        *count
    }

    fn read(&mut self, counter: u16, _: CountKind, key: u64, _: u32, _: u64) -> u32 {
        self.0.get(&(counter, key)).copied().unwrap_or(0)
    }
}

fn image(rules: &str) -> Vec<u8> {
    let policy = format!("name = \"x\"\nscenarios = []\nnetwork = \"network.toml\"\n{rules}");
    let files = [("policy.toml", policy.as_str()), ("network.toml", NETWORK)];
    let source = Source::from_files(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap();
    compile(&source, 1).unwrap_or_else(|report| panic!("{}", report.render(&source, false))).image
}

/// Action and id of the rule that decides.
fn judge(image: &[u8], facts: &Facts<'_>, tally: &mut Tally) -> (Action, String) {
    let view = Layout::verify(image).unwrap().image(image);
    let mut judgement = Judgement::new();
    evaluate(&view, facts, Purpose::Live, tally, &mut judgement);
    (judgement.action(), judgement.rule().map_or(String::new(), |r| view.id(r).to_owned()))
}

/// A delivery by a partner's node to one of our subscribers.
fn delivery() -> Facts<'static> {
    let mut facts = Facts::new();
    // Saturday, 22 November 2025, 23:30 UTC.
    facts.set(Field::TimeNs, 1_763_854_200_000_000_000);
    facts.set(Field::LabelsTrigger, 1);
    facts.set(Field::MtpOpc, 4001);
    facts.set(Field::CgpaGtOdd, 0);
    facts.set_octets(Field::CgpaGt, &[0x99, 0x89, 0x01, 0x00]);
    facts.set_octets(Field::MapMsisdn, &[0x91, 0x99, 0x79, 0x00, 0x01]);
    facts.set_octets(Field::MapImsi, &[0x00, 0x01, 0x01, 0x21, 0x43, 0x65, 0x87, 0xF9]);
    facts.set_octets(Field::SmsOa, b"99970012");
    facts.set_octets(Field::SmsPlain, b"your code is 123456, claim the prize");
    facts.set_octets(Field::SmsSqueezed, b"yourcodeisclaimtheprlze");
    facts.set_octets(Field::SmsUrl, b"bad.example");
    facts
}

const LISTS: &str = r#"
[list.words]
kind = "words"
entries = ["prize"]
[list.like]
kind = "wildcard"
entries = ["9997*12"]
[list.codes]
entries = ["4001"]
[condition.abroad]
when = 'relation(sccp.cgpa.gt) != "home"'
"#;

fn holds(when: &str) -> bool {
    let rules = format!("{LISTS}[[rule]]\nid = \"r\"\nlevel = 2\naction = \"discard\"\nwhen = '''{when}'''\n");
    judge(&image(&rules), &delivery(), &mut Tally::default()).0 == Action::Discard
}

#[test]
fn every_new_question_has_an_answer() {
    for when in [
        r#"relation(sccp.cgpa.gt) == "p2p""#,
        r#"relation(sms.oa) == "home" and relation(map.imsi) in {"home" "p2p"}"#,
        r#"operator(sms.oa) == "Demo Mobile""#,
        "operator(sccp.cgpa.gt) != operator(map.msisdn.digits)",
        "country(sccp.cgpa.gt) == country(map.imsi)",
        "sms.oa != map.msisdn.digits",
        r#"swapped(sms.oa) == "99790021""#,
        r#"reversed(sms.oa) == "21007999""#,
        r#"relation(reversed(sms.oa)) == "unknown""#,
        r#"sms.plain matches r"\b\d{6}\b""#,
        r#"sms.plain ~ {"nothing" "(?i)CLAIM .* PRIZE$"}"#,
        r#"map.imsi matches r"^00101\d+$""#,
        "sms.plain contains list words",
        "sms.oa in list like",
        "mtp.opc in list codes",
        "sccp.cgpa.gt in list partner_gts and not mtp.opc in $home_point_codes",
        "condition.abroad and not not condition.abroad",
        "score == 0 and not score > 0",
    ] {
        assert!(holds(when), "{when}");
        assert!(!holds(&format!("not ({when})")), "not {when}");
    }
}

#[test]
fn what_is_absent_is_equal_to_nothing_and_different_from_nothing() {
    for when in [
        "map.imsi != subscriber.imsi",
        "map.imsi == subscriber.imsi",
        "operator(sms.da) != operator(sms.oa)",
        "relation(sms.da)",
        r#"operator(reversed(sms.oa)) != "x""#,
        r#"swapped(map.imei) != "1""#,
    ] {
        assert!(!holds(when), "{when}");
    }
}

#[test]
fn the_message_that_is_one_too_many_is_the_first_to_be_discarded() {
    let image = image(
        r#"
[counter.by_gt]
key = ["sccp.cgpa.gt"]
when = "map.imsi"
window = "10m"
[[rule]]
id = "many"
level = 3
action = "discard"
when = "counter.by_gt > 3"
"#,
    );
    let mut tally = Tally::default();
    let actions: Vec<Action> = (0..5).map(|_| judge(&image, &delivery(), &mut tally).0).collect();
    assert_eq!(actions, [Action::Pass, Action::Pass, Action::Pass, Action::Discard, Action::Discard]);
    let mut other = delivery();
    other.set_octets(Field::CgpaGt, &[0x99, 0x89, 0x02, 0x00]);
    assert_eq!(judge(&image, &other, &mut tally).0, Action::Pass, "another key");
}

#[test]
fn points_of_several_rules_decide_together() {
    let image = image(
        r#"
[[rule]]
id = "code"
level = 1
score = 30
when = 'sms.plain matches r"\d{6}"'
[[rule]]
id = "shadow"
level = 1
mode = "shadow"
score = 100
[[rule]]
id = "link"
level = 2
score = 25
when = "sms.url"
[[rule]]
id = "known"
level = 2
score = -5
when = 'relation(sccp.cgpa.gt) == "p2p"'
[[rule]]
id = "enough"
level = 3
action = "discard"
when = "score >= 50"
[[rule]]
id = "too_much"
level = 3
action = "reject"
error = 36
when = "score > 50"
"#,
    );
    assert_eq!(judge(&image, &delivery(), &mut Tally::default()), (Action::Discard, "enough".to_owned()));
    let mut stranger = delivery();
    stranger.set_octets(Field::CgpaGt, &[0x99, 0x69, 0x01, 0x00]);
    assert_eq!(judge(&image, &stranger, &mut Tally::default()).1, "enough", "the first of its level");
}

#[test]
fn a_rule_is_asked_in_its_hours_of_its_days() {
    let verdict = |keys: &str| {
        let image = image(&format!("[[rule]]\nid = \"r\"\nlevel = 2\naction = \"discard\"\n{keys}"));
        judge(&image, &delivery(), &mut Tally::default()).0
    };
    for keys in [
        "valid_days = [\"sat\"]",
        "valid_hours = \"22:00-06:00\"",
        "valid_days = [\"sat\"]\nvalid_hours = \"23:30-23:31\"",
        "valid_until = 2025-11-22",
        "valid_from = 2025-11-22T23:30:00Z",
    ] {
        assert_eq!(verdict(keys), Action::Discard, "{keys}");
    }
    for keys in [
        "valid_days = [\"sun\", \"fri\"]",
        "valid_hours = \"23:31-23:30\"",
        "valid_from = 2025-11-23",
        "valid_until = 2025-11-22T23:30:00Z",
        "valid_until = 2025-11-21",
    ] {
        assert_eq!(verdict(keys), Action::Pass, "{keys}");
    }
}
