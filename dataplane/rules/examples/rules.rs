//! What the number of rules costs: `cargo run --release -p sluice-rules --example rules [COUNT]`.
//!
//! Rules are of the kinds that grow in number: one number, one global title, one sender, a prefix, an operation of a
//! node, among a few that every message is asked. Messages have one of the values in one of ten. Each figure is the
//! least of several rounds.
#![allow(clippy::disallowed_macros, clippy::disallowed_types, reason = "a measurement prints and reads the clock")]

use sluice_abi::{Action, Facts, Field};
use sluice_rules::check::{Scope, check};
use sluice_rules::text::parse;
use sluice_rules::{Judgement, Layout, Level, Model, NoState, Purpose, Rule, compile, compile_without_index, evaluate};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 15;
const MESSAGES: usize = 4096;

fn main() {
    let only: Option<u64> = std::env::args().nth(1).and_then(|a| a.parse().ok());
    for count in [10, 100, 1000, 10_000, 100_000] {
        if only.is_none_or(|only| only == count) {
            measure(count);
        }
    }
}

fn measure(count: u64) {
    let model = Model { rules: (0..count).map(rule).collect(), ..Model::default() };
    let start = Instant::now();
    let indexed = compile(&model).expect("within limits");
    let compiled = start.elapsed();
    let start = Instant::now();
    let layout = Layout::verify(&indexed).expect("just compiled");
    let verified = start.elapsed();
    let ns = time(&layout, &indexed, count);
    let plain = (count <= 10_000).then(|| compile_without_index(&model).expect("within limits"));
    let plain_ns = plain.map(|octets| time(&Layout::verify(&octets).expect("just compiled"), &octets, count));
    println!(
        "{count:>7} rules: {ns:>5.0} ns a message, without index {}; compiled in {compiled:?}, verified in \
         {verified:?}, {} octets",
        plain_ns.map_or("-".into(), |ns| format!("{ns:.0}")),
        indexed.len()
    );
}

fn rule(n: u64) -> Rule {
    let number = 999_700_000_000 + n;
    let when = match n % 8 {
        0 => format!("sccp.cgpa.gt == \"{number}\" and map.op == 45"),
        1 => format!("map.op == 44 and map.msisdn.digits == \"{number}\""),
        2 => format!("sms.oa in {{\"Brand{n}\" \"BRAND{n}\"}}"),
        3 => format!("sccp.cgpa.gt == \"{number}\" and not map.msisdn.digits starts_with \"99970\""),
        4 => format!("sccp.cgpa.gt starts_with \"{}\" and sms.pid in {{1..31}}", number / 10),
        5 => format!("mtp.opc == {} and map.imsi starts_with \"00102\"", n % 16_384),
        6 if n < 80 => "sms.udh_iei contains {0x70..0x7F} or sms.pid == 0x7F".to_owned(),
        6 => format!("sms.oa == \"Name{n}\" and sms.pid == 0"),
        _ => format!("map.imsi == \"00101{number}\" or map.msisdn.digits == \"{number}\""),
    };
    let condition = check(&parse(&when).expect("well formed"), &Scope::default()).expect("well typed");
    let level = [Level::Lists, Level::Checks, Level::Filters, Level::Monitors][n as usize / 2 % 4];
    let action = if level == Level::Monitors { Action::Tag } else { Action::Discard };
    Rule { when, condition: Some(condition), ..Rule::new(&format!("r{n}"), level, action) }
}

/// Octets of a message.
struct Message {
    gt: [u8; 6],
    msisdn: [u8; 7],
    sender: Vec<u8>,
    opc: u64,
}

fn messages(count: u64) -> Vec<Message> {
    let mut seed = 1_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut number = |hit: u64| {
        let number = if hit == 0 { 999_700_000_000 + random(count) } else { 999_810_000_000 + random(1_000_000) };
        (tbcd(number), random(count))
    };
    let message = |n: u64| {
        let ((gt, _), (msisdn, other)) = (number(n % 10), number((n + 5) % 10));
        let mut address = [0x91; 7];
        address[1..].copy_from_slice(&msisdn);
        let sender = if n % 20 == 7 { format!("Brand{other}") } else { format!("{}", 999_812_000 + other) };
        Message { gt, msisdn: address, sender: sender.into_bytes(), opc: 4000 + n % 16 }
    };
    (0..MESSAGES as u64).map(message).collect()
}

fn tbcd(number: u64) -> [u8; 6] {
    let digits = format!("{number:012}").into_bytes();
    std::array::from_fn(|i| (digits[2 * i] & 15) | (digits[2 * i + 1] & 15) << 4)
}

impl Message {
    fn facts(&self) -> Facts<'_> {
        let mut facts = Facts::new();
        facts.set(Field::TimeNs, 1_767_225_600_000_000_000);
        facts.set(Field::LabelsTrigger, 1);
        facts.set_signed(Field::MapOp, 44);
        facts.set(Field::MtpOpc, self.opc);
        facts.set(Field::SmsPid, 0);
        facts.set_octets(Field::CgpaGt, &self.gt);
        facts.set_octets(Field::MapMsisdn, &self.msisdn);
        facts.set_octets(Field::MapImsi, &[0x00, 0x01, 0x01, 0x21, 0x43, 0x65, 0x87, 0xF9]);
        facts.set_octets(Field::SmsOa, &self.sender);
        facts
    }
}

fn time(layout: &Layout, octets: &[u8], count: u64) -> f64 {
    let messages = messages(count);
    let facts: Vec<Facts<'_>> = messages.iter().map(Message::facts).collect();
    let image = layout.image(octets);
    let mut judgement = Judgement::new();
    let mut round = || {
        let start = Instant::now();
        for facts in &facts {
            evaluate(&image, facts, Purpose::Live, &mut NoState, &mut judgement);
            black_box(judgement.rule());
        }
        start.elapsed().as_secs_f64() * 1e9 / facts.len() as f64
    };
    (0..ROUNDS).map(|_| round()).fold(f64::MAX, f64::min)
}
