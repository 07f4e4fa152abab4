//! The starter policy: it compiles without a warning and does what its comments say.

use sluice_abi::{Action, Facts, Field, Relation};
use sluice_policy::{Source, compile, scenarios};
use sluice_rules::{Judgement, Layout, NoState, Purpose, evaluate};
use sluice_wire::{Anomalies, Anomaly};
use std::path::Path;

fn starter() -> Source {
    Source::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("starter")).unwrap()
}

/// The policy with a text of a file replaced, which must be there.
fn changed(path: &str, from: &str, to: &str) -> Source {
    let files: Vec<_> = starter().files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    assert!(files.iter().any(|(p, text)| p == path && text.contains(from)), "{path} says {from}");
    let replaced = |(p, text): (String, String)| if p == path { (p, text.replace(from, to)) } else { (p, text) };
    Source::from_files(files.into_iter().map(replaced)).unwrap()
}

/// What a message meets.
#[derive(Debug, PartialEq)]
struct Verdict {
    action: Action,
    rule: String,
    shadow: Vec<String>,
    tags: Vec<String>,
}

fn judge(source: &Source, purpose: Purpose, facts: &Facts<'_>) -> Verdict {
    let compiled = compile(source, 1).unwrap_or_else(|report| panic!("{}", report.render(source, false)));
    let image = Layout::verify(&compiled.image).unwrap().image(&compiled.image);
    let mut judgement = Judgement::new();
    evaluate(&image, facts, purpose, &mut NoState, &mut judgement);
    Verdict {
        action: judgement.action(),
        rule: judgement.rule().map_or("", |r| image.id(r)).to_owned(),
        shadow: judgement.shadow().iter().map(|&r| image.id(r).to_owned()).collect(),
        tags: judgement.acted().iter().map(|&r| image.tag(r).to_owned()).collect(),
    }
}

/// The policy as it is shipped, on live traffic.
fn shipped(facts: &Facts<'_>) -> Verdict {
    judge(&starter(), Purpose::Live, facts)
}

/// Digits as a global title or in TBCD, an even number of them. Facts borrow from the packet; here it is the test's.
fn packed(digits: &str) -> &'static [u8] {
    let digits: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
    digits.chunks(2).map(|pair| pair[0] | pair.get(1).copied().unwrap_or(0xF) << 4).collect::<Vec<_>>().leak()
}

fn address(digits: &str) -> &'static [u8] {
    [&[0x91], packed(digits)].concat().leak()
}

const PARTNER: &str = "9998103000";
const STRANGER: &str = "9996699000";
const OURS: &str = "9997003000";

/// A delivery over a link from outside, with what the engine says of its origin.
fn delivery(gt: &str, relation: Relation) -> Facts<'static> {
    let mut facts = Facts::new();
    facts.set(Field::LabelsTrigger, 1);
    // Version 1: a delivery without an application context.
    facts.set_signed(Field::MapOp, 46);
    facts.set(Field::MapComponent, 0);
    facts.set(Field::CgpaSsn, 8);
    facts.set(Field::MtpOpc, 4001);
    facts.set(Field::MapRpOaChoice, 4);
    facts.set_octets(Field::CgpaGt, packed(gt));
    facts.set_octets(Field::MapRpOa, address(gt));
    facts.set(Field::OriginRelation, relation as u64);
    if gt == PARTNER {
        facts.set_octets(Field::OriginOperator, b"Foreign Mobile");
    }
    facts
}

#[test]
fn the_starter_policy_compiles_without_a_warning() {
    let compiled = compile(&starter(), 3).unwrap();
    assert!(compiled.warnings.is_empty(), "{}", compiled.warnings);
    assert_eq!(Layout::verify(&compiled.image).unwrap().version(), 3);
}

#[test]
fn every_scenario_is_in_use_and_acts_only_where_the_policy_says_why() {
    let shown = sluice_policy::show(&starter()).unwrap();
    let table = shown.tables.iter().find(|table| table.title == "scenarios").unwrap();
    // A name with a dot in it is that of a setting.
    let modes = table.rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).filter(|(name, _)| !name.contains('.'));
    let modes: Vec<(&str, &str)> = modes.collect();
    let enforced: Vec<&str> = modes.iter().filter(|(_, mode)| *mode == "enforce").map(|(name, _)| *name).collect();
    assert_eq!(modes.len(), scenarios().len());
    assert_eq!(enforced, ["home-identity", "lists"]);
}

#[test]
fn a_plain_message_of_a_partner_passes_without_a_trace() {
    let mut facts = delivery(PARTNER, Relation::A2p);
    facts.set_octets(Field::SmsText, b"see you at eight");
    let nothing = Verdict { action: Action::Pass, rule: String::new(), shadow: vec![], tags: vec![] };
    assert_eq!(shipped(&facts), nothing);
}

#[test]
fn our_own_global_title_from_outside_is_discarded_and_from_inside_passes() {
    let from = |opc| {
        let mut facts = delivery(OURS, Relation::Home);
        facts.set(Field::MtpOpc, opc);
        let verdict = shipped(&facts);
        (verdict.action, verdict.rule)
    };
    assert_eq!(from(4002), (Action::Discard, "home-identity.title".to_owned()));
    assert_eq!(from(6001), (Action::Pass, String::new()));
}

#[test]
fn entries_of_the_lists_block_as_soon_as_they_are_written() {
    let verdict = |source: &Source, fill: &dyn Fn(&mut Facts<'_>)| {
        let mut facts = delivery(PARTNER, Relation::A2p);
        fill(&mut facts);
        let verdict = judge(source, Purpose::Live, &facts);
        (verdict.action, verdict.rule)
    };
    let node = changed("lists/blocked-gts.txt", "99900000000 ", "9998103 ");
    assert_eq!(verdict(&node, &|_| ()), (Action::Discard, "blocked-gt".to_owned()));
    let name = changed("lists/blocked-senders.txt", "Free Casino ", "Lotto ");
    let sender = |facts: &mut Facts<'_>| facts.set_octets(Field::SmsOa, b"Lotto");
    assert_eq!(verdict(&name, &sender), (Action::Reject, "blocked-sender".to_owned()));
    assert_eq!(verdict(&starter(), &sender).0, Action::Pass);
}

#[test]
fn nothing_of_a_blocked_partner_passes_and_our_own_services_do() {
    let verdict = shipped(&delivery(PARTNER, Relation::Blocked));
    assert_eq!((verdict.action, verdict.rule.as_str()), (Action::Discard, "blocked-partner"));
    let mut facts = delivery(OURS, Relation::Home);
    facts.set(Field::MtpOpc, 6001);
    facts.set_octets(Field::SmsOa, b"Voicemail");
    assert_eq!(shipped(&facts).rule, "own-services");
}

#[test]
fn strangers_leave_a_note_until_the_scenarios_are_enforced() {
    let question = || {
        let mut facts = delivery(STRANGER, Relation::Unknown);
        facts.set_signed(Field::MapOp, 45);
        facts
    };
    let verdict = shipped(&question());
    assert_eq!((verdict.action, verdict.shadow), (Action::Pass, vec!["strangers.question".to_owned()]));
    let enforced = changed("policy.toml", "scenario_mode = \"shadow\"", "scenario_mode = \"enforce\"");
    assert_eq!(judge(&enforced, Purpose::Live, &question()).rule, "strangers.question");
    let delivered = |gt, relation| {
        let mut facts = delivery(gt, relation);
        facts.set(Field::SmsMti, 0);
        judge(&enforced, Purpose::Live, &facts)
    };
    let verdict = delivered(STRANGER, Relation::Unknown);
    assert_eq!((verdict.action, verdict.rule.as_str()), (Action::Discard, "strangers.delivery"));
    assert_eq!(delivered(PARTNER, Relation::A2p).action, Action::Pass);
}

#[test]
fn a_permit_taken_away_stops_what_it_permitted() {
    let mut facts = delivery(PARTNER, Relation::A2p);
    facts.set(Field::SmsPid, 0x40);
    facts.set(Field::Kind, 0);
    assert_eq!(shipped(&facts).shadow, Vec::<String>::new());
    let without = changed("network.toml", "\"silent\", ", "");
    assert_eq!(judge(&without, Purpose::Live, &facts).shadow, ["flash.silent"]);
}

#[test]
fn links_and_odd_forms_are_marked_and_pass() {
    let mut facts = delivery(PARTNER, Relation::A2p);
    facts.set_octets(Field::SmsUrl, b"www.example");
    facts.note(Anomalies::of(Anomaly::DoubleInvoke));
    let verdict = shipped(&facts);
    assert_eq!((verdict.action, verdict.tags), (Action::Pass, vec!["link".to_owned(), "odd-form".to_owned()]));
}
