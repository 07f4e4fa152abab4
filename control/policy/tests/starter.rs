//! The starter policy: it compiles without a warning and does what its comments say.

use sluice_abi::{Action, Facts, Field};
use sluice_policy::{Source, compile};
use sluice_rules::{Judgement, Layout, Purpose, evaluate};
use sluice_wire::{Anomalies, Anomaly};
use std::path::Path;

fn starter() -> Source {
    Source::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("starter")).unwrap()
}

/// Digits as a global title or in TBCD, an even number of them.
fn packed(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
    digits.chunks(2).map(|pair| pair[0] | pair.get(1).copied().unwrap_or(0xF) << 4).collect()
}

fn address(digits: &str) -> Vec<u8> {
    [vec![0x91], packed(digits)].concat()
}

/// Action, deciding rule, rules in shadow and tags for a message.
fn verdict(purpose: Purpose, fill: impl Fn(&mut Facts<'_>)) -> (Action, String, Vec<String>, Vec<String>) {
    let compiled = compile(&starter(), 1).unwrap();
    let image = Layout::verify(&compiled.image).unwrap().image(&compiled.image);
    let mut facts = Facts::new();
    fill(&mut facts);
    let mut judgement = Judgement::new();
    evaluate(&image, &facts, purpose, &mut judgement);
    let rule = judgement.rule().map_or("", |r| image.id(r)).to_owned();
    let shadow = judgement.shadow().iter().map(|&r| image.id(r).to_owned()).collect();
    let tags = judgement.acted().iter().map(|&r| image.tag(r).to_owned()).collect();
    (judgement.action(), rule, shadow, tags)
}

fn delivery(facts: &mut Facts<'_>) {
    facts.set(Field::LabelsTrigger, 1);
    facts.set_signed(Field::MapOp, 44);
    facts.set(Field::MapComponent, 0);
    facts.set(Field::CgpaSsn, 8);
    facts.set(Field::MtpOpc, 4001);
    facts.set(Field::MapRpOaChoice, 4);
}

#[test]
fn the_starter_policy_compiles_without_a_warning() {
    let compiled = compile(&starter(), 3).unwrap();
    assert!(compiled.warnings.is_empty(), "{}", compiled.warnings);
    assert_eq!(compiled.summary.rules_by_level, [4, 5, 4, 5]);
    assert_eq!(compiled.summary.rules_by_mode, [14, 3, 1]);
    assert_eq!(Layout::verify(&compiled.image).unwrap().version(), 3);
}

#[test]
fn words_split_over_parts_are_found_and_odd_forms_are_marked() {
    let (gt, sca) = (packed("9998103000"), address("9998103000"));
    let (action, rule, _, tags) = verdict(Purpose::Live, |facts| {
        delivery(facts);
        facts.set_octets(Field::CgpaGt, leaked(&gt));
        facts.set_octets(Field::MapRpOa, leaked(&sca));
        facts.set_octets(Field::SmsText, b"sh.example");
        facts.set_octets(Field::SmsJoinedText, b"see phish.example");
        facts.note(Anomalies::of(Anomaly::DoubleInvoke));
    });
    assert_eq!((action, rule.as_str(), tags), (Action::Reject, "forbidden-words", vec!["odd-form".to_owned()]));
}

#[test]
fn a_plain_message_of_a_partner_passes_without_a_trace() {
    let (gt, sca) = (packed("9998103000"), address("9998103000"));
    let verdict = verdict(Purpose::Live, |facts| {
        delivery(facts);
        facts.set_octets(Field::CgpaGt, leaked(&gt));
        facts.set_octets(Field::MapRpOa, leaked(&sca));
        facts.set_octets(Field::SmsText, b"see you at eight");
    });
    assert_eq!(verdict, (Action::Pass, String::new(), vec![], vec![]));
}

/// Facts borrow from the packet; here the packet is the test's.
fn leaked(octets: &[u8]) -> &'static [u8] {
    octets.to_vec().leak()
}

#[test]
fn our_own_global_title_from_outside_is_discarded_and_from_inside_passes() {
    let from = |opc| {
        verdict(Purpose::Live, |facts| {
            delivery(facts);
            facts.set(Field::MtpOpc, opc);
            facts.set_octets(Field::CgpaGt, leaked(&packed("9997003000")));
        })
    };
    assert_eq!((from(4002).0, from(4002).1.as_str()), (Action::Discard, "own-gt-from-outside"));
    assert_eq!(from(6001).0, Action::Pass);
}

/// What makes a delivery the attack that a rule is for.
type Attack<'a> = (&'static str, Action, &'a dyn Fn(&mut Facts<'_>));

#[test]
fn each_attack_meets_its_rule() {
    let stranger = leaked(&packed("9996699000"));
    let home_sca = leaked(&address("9997003000"));
    let cases: [Attack<'_>; 7] = [
        ("blocked-sender", Action::Reject, &|f| f.set_octets(Field::SmsOa, b"YourBank")),
        ("forbidden-words", Action::Reject, &|f| {
            f.set_octets(Field::SmsText, b"VERIFY your ACCOUNT http://phish.example")
        }),
        ("service-centre-is-not-the-sender", Action::Discard, &|f| f.set_octets(Field::MapRpOa, home_sca)),
        ("sim-download", Action::Discard, &|f| f.set(Field::SmsPid, 0x7F)),
        ("sim-download", Action::Discard, &|f| f.set_octets(Field::SmsUdhIei, &[0, 0x72])),
        ("routing-info-without-delivery", Action::Reject, &|f| {
            f.set_signed(Field::MapOp, 45);
            f.set(Field::MapSmDeliveryNotIntended, 0);
        }),
        ("submission-from-stranger", Action::Discard, &|f| {
            f.set(Field::LabelsTrigger, 0);
            f.set(Field::MapRpOaChoice, 2);
            f.set_octets(Field::MapRpOa, home_sca);
        }),
    ];
    for (rule, action, fill) in cases {
        let verdict = verdict(Purpose::Live, |facts| {
            delivery(facts);
            facts.set_octets(Field::CgpaGt, stranger);
            fill(facts);
        });
        assert_eq!((verdict.1.as_str(), verdict.0), (rule, action));
    }
}

#[test]
fn shadow_and_offline_rules_and_monitors_only_leave_a_note() {
    let silent = |purpose| {
        verdict(purpose, |facts| {
            delivery(facts);
            facts.set(Field::SmsPid, 0x40);
            facts.set(Field::SmsPortsDst, 2948);
            facts.set(Field::SmsDcs, 0x10);
            facts.set_octets(Field::CgpaGt, leaked(&packed("9998103000")));
            facts.set_octets(Field::SmsText, b"http://www.example");
        })
    };
    let tags = vec!["link".to_owned(), "flash".to_owned()];
    assert_eq!(silent(Purpose::Live), (Action::Pass, String::new(), vec!["silent-message".to_owned()], tags));
    assert_eq!(silent(Purpose::Replay).2, ["silent-message", "push-to-browser"]);
}
