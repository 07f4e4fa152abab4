//! An event's JSON read back into a message's facts: the inverse of `sluice_abi::json`.
//!
//! What was masked is no value and is left out; which fields these are, and which the log level did not record, can be
//! asked, for rules about them cannot be followed.

use serde_json::Value;
use sluice_abi::facts::packed;
use sluice_abi::fields::FIRST_FLAGS;
use sluice_abi::{Class, Facts, Field, Part, Path, Shape};
use sluice_wire::{Anomalies, Anomaly};

/// A message as an event has it.
#[derive(Debug, Default)]
pub struct Recorded {
    numbers: Vec<(Field, u64)>,
    octets: Vec<(Field, Vec<u8>)>,
    masked: Vec<Field>,
    wrong: Vec<&'static str>,
}

/// What became of a value.
#[derive(Debug, PartialEq)]
enum Read {
    Number(u64),
    Octets(Vec<u8>),
    Masked,
}

/// Why a field has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The message does not have it.
    Absent,
    /// The event hides it.
    Masked,
    /// The event's log level does not record it.
    NotRecorded,
}

impl Recorded {
    /// Reads an event.
    pub fn read(event: &Value) -> Self {
        let mut recorded = Self::default();
        for &field in Field::ALL {
            let found = field.name().split('.').try_fold(event, |value, word| value.get(word));
            let Some(value) = found.and_then(|value| stored(field, value)) else { continue };
            match read(field, value) {
                Some(Read::Number(n)) => recorded.numbers.push((field, n)),
                Some(Read::Octets(octets)) => recorded.octets.push((field, octets)),
                Some(Read::Masked) => recorded.masked.push(field),
                None => recorded.wrong.push(field.name()),
            }
        }
        recorded
    }

    /// The facts a rule can ask.
    pub fn facts(&self) -> Facts<'_> {
        let mut facts = Facts::new();
        self.put(&mut facts);
        facts
    }

    /// Sets what was recorded.
    pub fn put<'r>(&'r self, facts: &mut Facts<'r>) {
        for &(field, n) in &self.numbers {
            set(facts, field, n);
        }
        for (field, octets) in &self.octets {
            facts.set_octets(*field, octets);
        }
    }

    /// Fields whose value does not have the shape of the field: another version wrote the event.
    pub fn wrong(&self) -> &[&'static str] {
        &self.wrong
    }

    /// Whether anything is masked.
    pub fn is_masked(&self) -> bool {
        !self.masked.is_empty()
    }

    /// What the event recorded: the highest class of its fields.
    pub fn class(&self) -> Class {
        let numbers = self.numbers.iter().map(|(field, _)| *field);
        let all = numbers.chain(self.octets.iter().map(|(field, _)| *field)).chain(self.masked.iter().copied());
        all.map(Field::class).filter(|class| *class != Class::Derived).max().unwrap_or(Class::Summary)
    }

    /// What the event's log level left out, if anything.
    pub fn left_out(&self) -> Option<Class> {
        match self.class() {
            Class::Summary => Some(Class::Address),
            Class::Address if self.has_content() => Some(Class::Content),
            _ => None,
        }
    }

    /// Whether the message carries a text, whether it was recorded or not.
    fn has_content(&self) -> bool {
        const SIGNS: [Field; 5] =
            [Field::SmsType, Field::SmsMti, Field::MapRpDaChoice, Field::MapUssdDcs, Field::SmppSmLength];
        self.numbers.iter().any(|(field, _)| SIGNS.contains(field))
    }

    /// Why a field has no value here.
    pub fn missing(&self, field: Field) -> Missing {
        let sources = sources(&field);
        if sources.iter().any(|source| self.masked.contains(source)) {
            Missing::Masked
        } else if field.class() >= Class::Content && !self.has_content() {
            Missing::Absent
        } else if sources.iter().all(|source| source.class() > self.class()) {
            Missing::NotRecorded
        } else {
            Missing::Absent
        }
    }
}

/// What a field is read off: itself, or for what is never recorded what it is made from.
const fn sources(field: &Field) -> &[Field] {
    match field {
        Field::SmsPlain | Field::SmsSqueezed => &[Field::SmsText, Field::SmsJoinedText, Field::SmppText],
        Field::SmsSender => &[Field::SmsOa],
        _ => std::slice::from_ref(field),
    }
}

/// Sets a number or a deviation. That a record was cut is no fact of the message: no rule ever saw it.
fn set(facts: &mut Facts<'_>, field: Field, number: u64) {
    let flag = (field as usize).checked_sub(FIRST_FLAGS);
    match flag.map(|bit| Anomaly::ALL.iter().find(|a| **a as usize == bit)) {
        None => facts.set(field, number),
        Some(Some(&anomaly)) => facts.note(Anomalies::of(anomaly)),
        Some(None) => {}
    }
}

/// The JSON value that holds what is stored: of an address, its octets.
fn stored(field: Field, value: &Value) -> Option<&Value> {
    match field.shape() {
        Shape::Address | Shape::RpAddress(_) => value.get(Part::Raw.suffix().trim_start_matches('.')),
        _ => Some(value),
    }
}

fn read(field: Field, value: &Value) -> Option<Read> {
    if field.class() != Class::Summary && is_masked(field, value) {
        return Some(Read::Masked);
    }
    let number = |n: Option<u64>| n.map(Read::Number);
    match field.shape() {
        Shape::Uint => number(value.as_u64()),
        Shape::Int => number(value.as_i64().map(|n| n as u64)),
        Shape::Bool | Shape::Flag => number(value.as_bool().map(u64::from)),
        Shape::Name(names) => number(name(names, value)),
        Shape::Time => number(time(value.as_str()?)),
        Shape::Problem => number(problem(value)),
        Shape::MessageType => number(value.as_u64().or_else(|| sua(value.as_str()?))),
        Shape::Reference => number(u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()),
        Shape::Fingerprint => number(u64::from_str_radix(value.as_str()?, 16).ok()),
        Shape::Packed => number(packed(value.as_str()?.as_bytes())),
        Shape::Country => number(country(value.as_str()?)),
        _ => octets(field, value).map(Read::Octets),
    }
}

fn octets(field: Field, value: &Value) -> Option<Vec<u8>> {
    match field.shape() {
        Shape::Ip => ip(value.as_str()?),
        Shape::Tbcd => digits(value.as_str()?, "0123456789*#abc", 0xF),
        Shape::GtDigits(_) => digits(value.as_str()?, "0123456789abcdef", 0),
        Shape::Oid => oid(value.as_str()?),
        Shape::Text => Some(value.as_str()?.as_bytes().to_vec()),
        Shape::OctetList => value.as_array()?.iter().map(|n| u8::try_from(n.as_u64()?).ok()).collect(),
        Shape::Scts => value.as_array()?.iter().map(semi_octets).collect(),
        Shape::TextList => {
            Some(value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join("\n").into())
        }
        Shape::NumberList => {
            let numbers: Vec<i64> = value.as_array()?.iter().map(Value::as_i64).collect::<Option<_>>()?;
            Some(numbers.into_iter().flat_map(i64::to_le_bytes).collect())
        }
        Shape::Tlvs => tlvs(value),
        Shape::Evidence => {
            let paths: Vec<Path> = value.as_object()?.keys().map(|name| Path::parse(name)).collect::<Option<_>>()?;
            Some(paths.into_iter().flat_map(Path::octets).collect())
        }
        _ => hex(value.as_str()?),
    }
}

/// Whether a value has the form that `sluice_abi::json` gives to what it hides.
fn is_masked(field: Field, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let counts = |what: &str| {
        let count = text.strip_prefix('[').and_then(|t| t.strip_suffix(what));
        count.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    match field.class() {
        _ if counts(" octets]") => true,
        Class::Content | Class::Derived => counts(" characters]"),
        _ => text.contains("***") || (!text.is_empty() && text.bytes().all(|b| b == b'*')),
    }
}

fn name(names: &[&str], value: &Value) -> Option<u64> {
    match value.as_str() {
        Some(name) => names.iter().position(|n| *n == name).map(|n| n as u64),
        None => value.as_u64(),
    }
}

fn time(text: &str) -> Option<u64> {
    let (seconds, nanoseconds) = text.split_once('.')?;
    let nanoseconds = nanoseconds.parse::<u64>().ok().filter(|_| nanoseconds.len() == 9)?;
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

fn problem(value: &Value) -> Option<u64> {
    const KINDS: [&str; 4] = ["generalProblem", "invokeProblem", "returnResultProblem", "returnErrorProblem"];
    let kind = KINDS.iter().position(|kind| value.get(0).and_then(Value::as_str) == Some(kind))?;
    Some((kind as u64) << 8 | value.get(1)?.as_u64()? & 0xFF)
}

fn sua(text: &str) -> Option<u64> {
    let (class, kind) = text.strip_prefix("sua-")?.split_once('/')?;
    Some(class.parse::<u64>().ok()? << 8 | kind.parse::<u64>().ok()?)
}

fn country(text: &str) -> Option<u64> {
    let [first, second] = <[u8; 2]>::try_from(text.as_bytes()).ok()?;
    Some(u64::from(first) << 8 | u64::from(second))
}

fn ip(text: &str) -> Option<Vec<u8>> {
    let address = text.parse().ok()?;
    Some(match address {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
    })
}

/// Two to an octet, the first in the lower half.
fn digits(text: &str, letters: &str, filler: u8) -> Option<Vec<u8>> {
    let nibbles: Vec<u8> = text.chars().map(|c| letters.find(c).map(|n| n as u8)).collect::<Option<_>>()?;
    let pack = |pair: &[u8]| pair.first().copied().unwrap_or(filler) | pair.get(1).copied().unwrap_or(filler) << 4;
    Some(nibbles.chunks(2).map(pack).collect())
}

fn oid(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let arcs: Vec<u64> = text.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    let (&root, rest) = arcs.split_first()?;
    let (&second, rest) = rest.split_first()?;
    let first = root.checked_mul(40)?.checked_add(second)?;
    Some(std::iter::once(first).chain(rest.iter().copied()).flat_map(base_128).collect())
}

/// Seven bits an octet, the highest bit in all but the last (X.690 §8.19.2).
fn base_128(arc: u64) -> Vec<u8> {
    let octets = (64 - arc.leading_zeros()).div_ceil(7).max(1);
    (0..octets).rev().map(|n| (arc >> (7 * n) & 0x7F) as u8 | if n > 0 { 0x80 } else { 0 }).collect()
}

/// Tens in the lower half, ones in the upper; a negative time zone has the highest bit of its tens.
fn semi_octets(value: &Value) -> Option<u8> {
    let number = value.as_i64()?;
    let tens = (number.unsigned_abs() / 10).min(15) as u8;
    let ones = u8::try_from(number.unsigned_abs() - u64::from(tens) * 10).ok().filter(|ones| *ones < 16)?;
    Some(ones << 4 | tens | if number < 0 { 8 } else { 0 })
}

fn tlvs(value: &Value) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    for (tag, value) in value.as_object()? {
        let value = hex(value.as_str()?)?;
        octets.extend(u16::from_str_radix(tag, 16).ok()?.to_be_bytes());
        octets.extend(u16::try_from(value.len()).ok()?.to_be_bytes());
        octets.extend(value);
    }
    Some(octets)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests;
