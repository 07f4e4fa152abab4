//! Messages for tests, the same in unit tests and in those that run the program. Test numbering only.

use sluice_abi::record::{self, RECORD_OCTETS_MAX};
use sluice_abi::{Action, Facts, Field, LogLevel};
use sluice_events::Item;
use std::ops::RangeInclusive;

const SENDERS: [&[u8]; 10] = [
    b"15550100",
    b"15550101",
    b"15550102",
    b"15550103",
    b"15550104",
    b"15550105",
    b"15550106",
    b"15550107",
    b"15550108",
    b"15550109",
];

/// A message of second `n`, whose sender ends in the last digit of `n`; odd ones are discarded by rule `odd`.
pub fn message(n: u64) -> Facts<'static> {
    let odd = n % 2 == 1;
    let mut facts = Facts::new();
    facts.set(Field::Kind, 0);
    facts.set(Field::Frame, n);
    facts.set(Field::TimeNs, n * 1_000_000_000);
    facts.set_signed(Field::MapOp, 44);
    facts.set_octets(Field::SmsOa, SENDERS[(n % 10) as usize]);
    facts.set_octets(Field::MapMsisdn, &[0x91, 0x51, 0x55, 0x10, 0x99]);
    facts.set_octets(Field::SmsText, b"a text of test");
    facts.set_octets(Field::VerdictRule, if odd { b"odd" } else { b"even" });
    facts.set(Field::VerdictAction, if odd { Action::Discard } else { Action::Pass } as u64);
    facts.set(Field::VerdictPolicy, 1);
    facts
}

/// The same as a record.
pub fn record_of(n: u64) -> Vec<u8> {
    let mut buffer = [0; RECORD_OCTETS_MAX];
    let len = record::encode(&message(n), LogLevel::Full, &mut buffer).expect("a short message");
    buffer[..len].to_vec()
}

/// The same as the journal gives them.
#[allow(dead_code, reason = "each test program uses its part")]
pub fn items(sequences: RangeInclusive<u64>) -> Vec<Item> {
    sequences.map(|sequence| Item::Record { sequence, payload: record_of(sequence) }).collect()
}
