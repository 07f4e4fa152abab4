//! Random conditions, and random messages of which they hold now and then.

use proptest::prelude::*;
use sluice_abi::{Facts, Field, Shape};

fn number() -> impl Strategy<Value = String> {
    prop_oneof![(0..6_u64).prop_map(|n| n.to_string()), Just("0x7FFFFFFFFFFFFFFF".to_owned())]
}

fn test() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let unsigned = prop::sample::select(vec!["sms.pid", "sms.dcs", "map.msisdn.ton", "map.msisdn.npi"]);
    let digits = prop::sample::select(vec!["map.imsi", "sccp.cgpa.gt", "map.msisdn.digits"]);
    let text = prop::sample::select(vec!["sms.text", "sms.oa"]);
    let equality = prop::sample::select(vec!["==", "!="]);
    let turned = prop::sample::select(vec!["swapped(map.imsi)", "reversed(sccp.cgpa.gt)", "swapped(sms.oa)"]);
    let turned_too = turned.clone();
    let text_or_digits =
        prop::sample::select(vec!["sms.text", "sms.oa", "map.imsi", "sccp.cgpa.gt", "swapped(map.imsi)"]);
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
        digits.clone().prop_map(|f| format!("{f} in list home_gts")),
        (turned, few_digits()).prop_map(|(f, d)| format!("{f} starts_with {d}")),
        (digits.clone(), turned_too, equality.clone()).prop_map(|(a, b, c)| format!("{a} {c} {b}")),
        (text.clone(), equality).prop_map(|(f, c)| format!("{f} {c} map.imsi")),
        prop::sample::select(vec!["==", "!=", "<", ">="]).prop_map(|c| format!("sms.pid {c} sms.dcs")),
        (text_or_digits.clone(), prop::sample::select(vec!["r\"^9.*9$\"", "\"(?i)a+b\"", "{r\"^9.*9$\" \"(?i)a+b\"}"]))
            .prop_map(|(f, e)| format!("{f} matches {e}")),
        text_or_digits.prop_map(|f| format!("{f} in list patterns")),
        text.clone()
            .prop_map(|f| format!("{f} contains {{\"a\" \"ab\" \"aab\" \"B\" \"BB\" \"bab\" \"\u{e9}\" \"lott\"}}")),
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

/// Tests joined by `and`, `or` and `not`.
pub fn condition() -> impl Strategy<Value = String> {
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

/// A message that has some of the fields conditions read.
#[derive(Debug)]
pub struct Message {
    numbers: Vec<Option<u64>>,
    octets: Vec<Option<Vec<u8>>>,
}

const NUMBERS: [Field; 6] =
    [Field::SmsPid, Field::SmsDcs, Field::MapInvokeId, Field::Malformed, Field::Kind, Field::CgpaGtOdd];
const OCTETS: [Field; 6] =
    [Field::MapImsi, Field::CgpaGt, Field::MapMsisdn, Field::SmsText, Field::SmsOa, Field::TcapOtid];

pub fn messages() -> impl Strategy<Value = Message> {
    let number = || prop::option::of(prop_oneof![0..6_u64, Just(u64::MAX), Just(u64::MAX - 1)]);
    let gt = prop::option::of(prop::sample::select(vec![vec![0x99, 0x79, 0x00], vec![0x21, 0x99], vec![0x99, 0x79]]));
    let text =
        || prop::option::of("[ab\u{e9}AB]{0,5}|Bank|A brand of twenty letters|lottery".prop_map(String::into_bytes));
    let values = (octets(9), gt, octets(6), text(), text(), octets(4));
    (prop::collection::vec(number(), NUMBERS.len()), values)
        .prop_map(|(numbers, (a, b, c, d, e, f))| Message { numbers, octets: vec![a, b, c, d, e, f] })
}

impl Message {
    pub fn facts(&self) -> Facts<'_> {
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
