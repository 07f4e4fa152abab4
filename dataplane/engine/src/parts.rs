//! Concatenated short messages: what a part says together with those that came before it.
//!
//! A handset puts parts together by originator, reference and number of parts (TS 23.040 §9.2.3.24.1), whatever
//! dialogue each came in and whatever its order; so does this. Nothing is held back: each part is judged with the text
//! of all that have come.

use sluice_abi::{Facts, Field};
use sluice_track::{Join, MessageKey, NodeHasher, Parts};
use sluice_wire::{Anomalies, Anomaly};

/// Longest joined text; what is longer is cut at its end.
pub const TEXT_OCTETS: usize = 1 << 16;

/// Adds a part and sets what all that have come say together.
#[inline(never)]
pub fn join<'p>(facts: &mut Facts<'p>, parts: &mut Parts, out: &'p mut [u8], now_ns: u64) {
    let number = |field| facts.number(field).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
    let (total, sequence) = (number(Field::SmsConcatTotal), number(Field::SmsConcatSeq));
    // TS 23.040 §9.2.3.24.1: an element with such numbers is ignored.
    if total < 2 || sequence == 0 || sequence > total {
        return;
    }
    // The endpoint drops such a packet: its text must not take the place of the true one.
    if facts.has(Field::AnomalySctpBadCrc) {
        return;
    }
    let key = key(facts, parts.key(), total);
    let text = facts.octets(Field::SmsText).unwrap_or_default();
    let part = parts.add(key, total, sequence, text, now_ns);
    if part.outcome == Join::Changed {
        facts.note(Anomalies::of(Anomaly::SmsPartChanged));
    }
    facts.set(Field::SmsJoinedParts, part.present.into());
    facts.set(Field::SmsJoinedComplete, part.complete.into());
    let octets = parts.text(key, out);
    facts.set_octets_some(Field::SmsJoinedText, out.get(..octets).filter(|text| !text.is_empty()));
}

/// Who sends to whom under which reference. A mobile-originated message is known by the sender's number and the
/// destination in its TPDU, a mobile-terminated one by the originator in its TPDU and the receiver.
fn key(facts: &Facts<'_>, key: u64, total: u8) -> MessageKey {
    const FROM: [Field; 3] = [Field::SmsOa, Field::MapRpOa, Field::SmppSrc];
    const TO: [Field; 4] = [Field::SmsDa, Field::MapRpDa, Field::SmppDst, Field::MapMsisdn];
    let first = |fields: &[Field]| fields.iter().find_map(|&field| facts.octets(field)).unwrap_or_default();
    let parties = NodeHasher::new(key).octets(first(&FROM)).octets(first(&TO)).finish();
    let reference = facts.number(Field::SmsConcatRef).unwrap_or(0);
    MessageKey([parties, reference << 8 | u64::from(total)])
}
