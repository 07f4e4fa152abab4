//! What becomes of a judged message: handed out as fields, looked at, or written as a record.

use crate::Seen;
use crate::fields::{Component, Fields};
use sluice_abi::counters::{Count, Slot, Tally};
use sluice_abi::facts::Value;
use sluice_abi::fields::{Part, Path};
use sluice_abi::{Facts, Field, LogLevel, record};
use sluice_engine::Sink;
use sluice_wire::digits::Digits;

/// Hands out every field that is compared, digits and text as text.
pub struct Hands<'t> {
    take: &'t mut dyn FnMut(&Fields<'_>),
    tally: Tally,
}

impl<'t> Hands<'t> {
    /// To this taker.
    pub fn new(take: &'t mut dyn FnMut(&Fields<'_>)) -> Self {
        Self { take, tally: Tally::default() }
    }
}

impl Count for Hands<'_> {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Hands<'_> {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        let Some((component, op, first, second)) = operands_of(facts) else { return };
        let is_forward = component == Component::Invoke && matches!(op, Some(44 | 46));
        let of_forward = |field| if is_forward { text(facts, field) } else { "" };
        let sender = of_forward(Field::SmsOa);
        (self.take)(&Fields {
            frame: number(facts, Field::Frame).saturating_sub(1) as usize,
            tsn: number(facts, Field::SctpTsn) as u32,
            index: number(facts, Field::ComponentIndex) as usize,
            component,
            op,
            otid: facts.octets(Field::TcapOtid).unwrap_or_default(),
            dtid: facts.octets(Field::TcapDtid).unwrap_or_default(),
            called: digits_of(facts, Field::CdpaGt, Part::Whole).as_str(),
            calling: digits_of(facts, Field::CgpaGt, Part::Whole).as_str(),
            first: first.as_str(),
            second: second.as_str(),
            address: if sender.is_empty() { of_forward(Field::SmsDa) } else { sender },
            text: of_forward(Field::SmsText),
        });
    }
}

/// The two operands that are compared, by operation.
#[inline]
fn operands(facts: &Facts<'_>, component: Component, op: Option<i64>) -> (Digits, Digits) {
    let of = |field, part| digits_of(facts, field, part);
    match (component, op) {
        (Component::Invoke, Some(44 | 46)) => (of(Field::MapRpDa, Part::Digits), of(Field::MapRpOa, Part::Digits)),
        (Component::Invoke, Some(45)) => {
            (of(Field::MapMsisdn, Part::Digits), of(Field::MapServiceCentre, Part::Digits))
        }
        (Component::ReturnResultLast, Some(45)) => {
            (of(Field::MapImsi, Part::Whole), of(Field::MapNetworkNode, Part::Digits))
        }
        _ => (Digits::EMPTY, Digits::EMPTY),
    }
}

/// Component, operation and the two operands that are compared; `None` for a message without a component.
#[inline]
pub fn operands_of(facts: &Facts<'_>) -> Option<(Component, Option<i64>, Digits, Digits)> {
    let component = component_of(facts)?;
    let op = facts.number(Field::MapOp).map(|n| n as i64);
    let (first, second) = operands(facts, component, op);
    Some((component, op, first, second))
}

/// The type of the component the facts are of; `None` for a message without one.
#[inline]
fn component_of(facts: &Facts<'_>) -> Option<Component> {
    Some(match facts.number(Field::MapComponent)? {
        0 => Component::Invoke,
        1 => Component::ReturnResultLast,
        2 => Component::ReturnResultNotLast,
        3 => Component::ReturnError,
        4 => Component::Reject,
        _ => return None,
    })
}

#[inline]
fn number(facts: &Facts<'_>, field: Field) -> u64 {
    facts.number(field).unwrap_or_default()
}

/// Digits of a field; none where it is not there.
#[inline]
pub fn digits_of(facts: &Facts<'_>, field: Field, part: Part) -> Digits {
    match facts.value(Path { field, part }) {
        Some(Value::Digits(digits)) => digits,
        _ => Digits::EMPTY,
    }
}

#[inline]
fn text<'p>(facts: &Facts<'p>, field: Field) -> &'p str {
    facts.octets(field).and_then(|octets| std::str::from_utf8(octets).ok()).unwrap_or_default()
}

/// Looks that the text is there.
#[derive(Default)]
pub struct Looks {
    seen: Seen,
    tally: Tally,
}

impl Looks {
    /// What it has seen.
    pub fn seen(&self) -> Seen {
        self.seen
    }
}

impl Count for Looks {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.tally.add(slot, n);
    }
}

impl Sink for Looks {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, _log: LogLevel) {
        look(facts, &mut self.seen);
    }
}

/// Counts a component, and the text where the candidates hand one out: that of a ForwardSM.
#[inline]
fn look(facts: &Facts<'_>, seen: &mut Seen) {
    if !facts.has(Field::MapComponent) {
        return;
    }
    seen.messages += 1;
    if matches!(facts.number(Field::MapOp), Some(44 | 46)) && facts.number(Field::MapComponent) == Some(0) {
        let text = facts.octets(Field::SmsText).unwrap_or_default();
        seen.text_octets += text.len() as u64;
    }
}

/// Writes the record of each message, as the poll loop does before it goes into the ring.
pub struct Keeps {
    looks: Looks,
    buffer: Box<[u8; record::RECORD_OCTETS_MAX]>,
    record_octets: u64,
}

impl Keeps {
    /// With a buffer of its own.
    pub fn new() -> Self {
        Self { looks: Looks::default(), buffer: Box::new([0; record::RECORD_OCTETS_MAX]), record_octets: 0 }
    }

    /// What it has seen.
    pub fn seen(&self) -> Seen {
        self.looks.seen
    }

    /// Octets of the records so far.
    pub fn record_octets(&self) -> u64 {
        self.record_octets
    }
}

impl Default for Keeps {
    fn default() -> Self {
        Self::new()
    }
}

impl Count for Keeps {
    #[inline(always)]
    fn add(&mut self, slot: Slot, n: u64) {
        self.looks.tally.add(slot, n);
    }
}

impl Sink for Keeps {
    #[inline]
    fn message(&mut self, facts: &mut Facts<'_>, log: LogLevel) {
        look(facts, &mut self.looks.seen);
        let len = record::encode(facts, log, self.buffer.as_mut_slice()).unwrap_or_default();
        self.record_octets += std::hint::black_box(len) as u64;
    }
}
