//! Whether a form says what the plain one says, and a sink that only looks.

use crate::fields::{Digest, Fields};
use crate::ours::{digits_of, operands_of};
use sluice_abi::counters::{Count, Slot, Tally};
use sluice_abi::fields::Part;
use sluice_abi::{Facts, Field, LogLevel};
use sluice_engine::Sink;

/// The kind of line that a PDU of SMPP has.
const KIND_SMPP: u64 = 2;

/// What was said, whatever it was carried in: a text in parts counts when its last part is there. The destination
/// transaction id is left out, since a form in which the request comes in a Continue has one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Operation, parties, addresses and text of every message of MAP.
    pub facts: Digest,
    /// The texts alone, also those of SMPP.
    pub texts: Digest,
    tally: Tally,
}

impl Count for Said {
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Said {
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let Some(text) = whole_text(facts) else { return };
        self.texts.add(&Fields { text, ..Fields::default() });
        let Some((component, op, first, second)) = operands_of(facts) else { return };
        let octets = |field| facts.octets(field).unwrap_or_default();
        let text_of = |field| std::str::from_utf8(octets(field)).unwrap_or_default();
        let address = [Field::SmsOa, Field::SmsDa].map(text_of).into_iter().find(|text| !text.is_empty());
        self.facts.add(&Fields {
            component,
            op,
            otid: octets(Field::TcapOtid),
            called: digits_of(facts, Field::CdpaGt, Part::Whole).as_str(),
            calling: digits_of(facts, Field::CgpaGt, Part::Whole).as_str(),
            first: first.as_str(),
            second: second.as_str(),
            address: address.unwrap_or_default(),
            text,
            ..Fields::default()
        });
    }
}

/// The text of a message; of one in parts when all are there.
fn whole_text<'p>(facts: &Facts<'p>) -> Option<&'p str> {
    let field = match (facts.has(Field::SmsConcatTotal), facts.number(Field::SmsJoinedComplete)) {
        (false, _) => Field::SmsText,
        (true, Some(1)) => Field::SmsJoinedText,
        (true, _) => return None,
    };
    std::str::from_utf8(facts.octets(field)?).ok()
}

/// Looks that the text is there, as `sluice decode` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Lines of messages.
    pub lines: u64,
    /// Octets of their texts.
    pub text_octets: u64,
    tally: Tally,
}

impl Count for Glance {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Glance {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        if facts.has(Field::MapComponent) || facts.number(Field::Kind) == Some(KIND_SMPP) {
            self.lines += 1;
            self.text_octets += facts.octets(Field::SmsText).unwrap_or_default().len() as u64;
        }
    }
}
