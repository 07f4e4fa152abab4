//! Made-up messages of a network with ten million subscribers: as many as wanted, the same in every run.

use anyhow::Context as _;
use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Action, Facts, Field, LogLevel};

/// A message, as far as it is looked for.
pub struct Message {
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Who gets it.
    pub msisdn: String,
    imsi: String,
    sender: String,
    calling: String,
    called: String,
    centre: String,
    rule: String,
    is_blocked: bool,
    text: String,
}

/// Message number `n`. A thousand come in a second.
pub fn message(n: u64) -> Message {
    let mut dice = Dice(n);
    let subscriber = dice.below(SUBSCRIBERS);
    let is_from_service = dice.below(10) < 6;
    let brand = dice.skewed(2_000);
    let sender = if is_from_service { format!("BRAND{brand}") } else { msisdn(dice.below(SUBSCRIBERS)) };
    let text = (0..4 + dice.below(12)).map(|_| word(dice.skewed(WORDS))).collect::<Vec<_>>().join(" ");
    Message {
        time_ns: 1_700_000_000_000_000_000 + n * 1_000_000,
        msisdn: msisdn(subscriber),
        imsi: format!("00101{subscriber:010}"),
        sender,
        calling: format!("4477{:08}", dice.skewed(5_000)),
        called: format!("99970900{:03}", dice.skewed(20)),
        centre: format!("4478{:08}", dice.skewed(3_000)),
        rule: format!("rule-{}", dice.skewed(40)),
        is_blocked: dice.below(10) == 0,
        text,
    }
}

fn msisdn(subscriber: u64) -> String {
    format!("99970{subscriber:08}")
}

fn word(n: u64) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "le", "mu", "na", "po", "qui", "ra", "so", "tu", "ve", "wa",
        "xi", "zo",
    ];
    let syllable = |place: u64| SYLLABLES[(n / 20_u64.pow(place as u32) % 20) as usize];
    (0..2 + n % 2).map(syllable).collect::<String>() + if n > 8_000 { "n" } else { "" }
}

impl Message {
    /// As the journal has it.
    pub fn record(&self) -> anyhow::Result<Vec<u8>> {
        let mut facts = Facts::new();
        facts.set(Field::TimeNs, self.time_ns);
        facts.set_signed(Field::MapOp, 44);
        let (msisdn, imsi) = (address(&self.msisdn), tbcd(&self.imsi));
        let (calling, called, centre) = (tbcd(&self.calling), tbcd(&self.called), address(&self.centre));
        facts.set_octets(Field::MapMsisdn, &msisdn);
        facts.set_octets(Field::MapImsi, &imsi);
        facts.set_octets(Field::CgpaGt, &calling);
        facts.set_octets(Field::CdpaGt, &called);
        facts.set_octets(Field::MapServiceCentre, &centre);
        facts.set_octets(Field::SmsOa, self.sender.as_bytes());
        facts.set_octets(Field::SmsText, self.text.as_bytes());
        facts.set_octets(Field::VerdictRule, self.rule.as_bytes());
        facts.set(Field::VerdictAction, self.action() as u64);
        facts.set(Field::VerdictPolicy, 1);
        let mut buffer = [0; RECORD_OCTETS_MAX];
        let octets = record::encode(&facts, LogLevel::Full, &mut buffer).context("a message is too long")?;
        Ok(buffer[..octets].to_vec())
    }

    /// The first two words of its text.
    pub fn text_beginning(&self) -> String {
        self.text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    fn action(&self) -> Action {
        if self.is_blocked { Action::Discard } else { Action::Pass }
    }

    /// As a row of a table: what it is looked for by is a column.
    pub fn row(&self, n: u64) -> String {
        let Self { time_ns, msisdn, imsi, sender, calling, called, centre, rule, text, .. } = self;
        let action = if self.is_blocked { "discard" } else { "pass" };
        format!("{n},{time_ns},{msisdn},{imsi},{sender},{calling},{called},{centre},{rule},{action},{text}")
    }
}

fn address(digits: &str) -> Vec<u8> {
    [&[0x91], tbcd(digits).as_slice()].concat()
}

fn tbcd(digits: &str) -> Vec<u8> {
    let digit = |octet: &u8| octet - b'0';
    digits.as_bytes().chunks(2).map(|pair| digit(&pair[0]) | pair.get(1).map_or(0xF, digit) << 4).collect()
}

/// SplitMix64, begun anew for each message.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// Low numbers are more frequent: half of them are in the first tenth, roughly.
    fn skewed(&mut self, limit: u64) -> u64 {
        self.below(limit) * self.below(limit) / limit * self.below(limit) / limit
    }
}

const SUBSCRIBERS: u64 = 10_000_000;
const WORDS: u64 = 20_000;
