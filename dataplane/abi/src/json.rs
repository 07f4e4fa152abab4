//! A message's facts as one line of JSON in the nested shape of the dotted names.
//!
//! Subscriber data is masked unless clear text is asked for. Fields stand in the order of [`Field::ALL`].

use crate::facts::{Facts, Value};
use crate::fields::{Class, Field, Part, Path, Shape};
use std::fmt::Write as _;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Numbers keep their first four and last four digits, content becomes its length.
    Masked,
    /// Everything as it was sent.
    Clear,
}

/// The line, without a line feed.
pub fn to_json(facts: &Facts<'_>, privacy: Privacy) -> String {
    let mut out = Objects { text: String::with_capacity(1024), open: Vec::new(), first: true };
    out.text.push('{');
    for &field in Field::ALL {
        if facts.has(field) {
            write_field(&mut out, facts, field, privacy);
        }
    }
    out.finish()
}

fn write_field(out: &mut Objects, facts: &Facts<'_>, field: Field, privacy: Privacy) {
    let name = field.name();
    if matches!(field.shape(), Shape::GtDigits(_)) || field.parts() == [Part::Whole] {
        out.key(name);
        write_value(&mut out.text, facts, Path { field, part: Part::Whole }, privacy);
        return;
    }
    for &part in field.parts() {
        let path = Path { field, part };
        if facts.value(path).is_some() {
            out.key(&format!("{name}{}", part.suffix()));
            write_value(&mut out.text, facts, path, privacy);
        }
    }
}

/// One value as JSON text, as it stands behind its name; `null` where there is none.
pub fn value_to_json(facts: &Facts<'_>, path: Path, privacy: Privacy) -> String {
    let mut text = String::new();
    write_value(&mut text, facts, path, privacy);
    text
}

fn write_value(text: &mut String, facts: &Facts<'_>, path: Path, privacy: Privacy) {
    let field = path.field;
    let hidden = privacy == Privacy::Masked && field.class() != Class::Summary;
    match facts.value(path) {
        None => text.push_str("null"),
        Some(Value::Unsigned(n)) => write_number(text, field, n),
        Some(Value::Signed(n)) => write_display(text, n),
        Some(Value::Bool(b)) => write_display(text, b),
        Some(Value::Digits(d)) if hidden => write_string(text, &masked(d.as_str())),
        Some(Value::Digits(d)) => write_string(text, d.as_str()),
        Some(Value::Text(t)) if hidden => write_hidden_text(text, field, t),
        Some(Value::Text(t)) => write_string(text, t),
        Some(Value::Octets(o)) if hidden => write_string(text, &format!("[{} octets]", o.len())),
        Some(Value::Octets(o)) => write_octets(text, facts, field, o, privacy),
    }
}

fn write_hidden_text(text: &mut String, field: Field, value: &str) {
    if matches!(field.class(), Class::Content | Class::Derived) {
        write_string(text, &format!("[{} characters]", value.chars().count()));
    } else {
        write_string(text, &masked(value));
    }
}

/// A number as an operator may see it: the first four and the last four of long ones, the first two of short ones.
pub fn masked(number: &str) -> String {
    let all: Vec<char> = number.chars().collect();
    match all.len() {
        0..=4 => "*".repeat(all.len()),
        n @ 5..=8 => all[..2].iter().chain(&vec!['*'; n - 2]).collect(),
        n => all[..4].iter().chain(&['*'; 3]).chain(&all[n - 4..]).collect(),
    }
}

fn write_number(text: &mut String, field: Field, n: u64) {
    match field.shape() {
        Shape::Time => {
            let _ = write!(text, "\"{}.{:09}\"", n / 1_000_000_000, n % 1_000_000_000);
        }
        Shape::Problem => {
            const KINDS: [&str; 4] = ["generalProblem", "invokeProblem", "returnResultProblem", "returnErrorProblem"];
            let kind = KINDS.get((n >> 8) as usize & 3).copied().unwrap_or_default();
            let _ = write!(text, "[\"{kind}\",{}]", n & 0xFF);
        }
        Shape::Reference => {
            let _ = write!(text, "\"{n:#08x}\"");
        }
        Shape::Fingerprint => {
            let _ = write!(text, "\"{n:016x}\"");
        }
        Shape::MessageType if n > 0xFF => {
            let _ = write!(text, "\"sua-{}/{}\"", n >> 8, n & 0xFF);
        }
        _ => write_display(text, n),
    }
}

fn write_octets(text: &mut String, facts: &Facts<'_>, field: Field, octets: &[u8], privacy: Privacy) {
    match field.shape() {
        Shape::Ip => write_ip(text, octets),
        Shape::Oid => write_oid(text, octets),
        Shape::OctetList => write_list(text, octets.iter().map(|&o| i64::from(o))),
        Shape::Scts => write_list(text, octets.iter().enumerate().map(|(i, &o)| semi_octets(i, o))),
        Shape::TextList => write_texts(text, octets),
        Shape::NumberList => write_list(text, octets.as_chunks().0.iter().map(|n| i64::from_le_bytes(*n))),
        Shape::Tlvs => write_tlvs(text, octets),
        Shape::Evidence => write_evidence(text, facts, octets, privacy),
        _ => write_hex(text, octets),
    }
}

/// A pair of semi-octets, tens second (TS 23.040 §9.1.2.3); the time zone's sign is bit 3 of its tens.
fn semi_octets(index: usize, octet: u8) -> i64 {
    const TIME_ZONE: usize = 6;
    let (tens, ones) = (i64::from(octet & 15), i64::from(octet >> 4));
    if index == TIME_ZONE && tens & 8 != 0 { -((tens & 7) * 10 + ones) } else { tens * 10 + ones }
}

fn write_ip(text: &mut String, octets: &[u8]) {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        let _ = write!(text, "\"{}\"", std::net::Ipv4Addr::from(v4));
    } else if let Ok(v6) = <[u8; 16]>::try_from(octets) {
        let _ = write!(text, "\"{}\"", std::net::Ipv6Addr::from(v6));
    } else {
        write_hex(text, octets);
    }
}

/// Dotted form of an OBJECT IDENTIFIER's contents (X.690 §8.19).
fn write_oid(text: &mut String, octets: &[u8]) {
    text.push('"');
    let mut arc = 0u64;
    let mut first = true;
    for &octet in octets {
        arc = arc << 7 | u64::from(octet & 0x7F);
        if octet & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (arc / 40).min(2);
            let _ = write!(text, "{root}.{}", arc - root * 40);
        } else {
            let _ = write!(text, ".{arc}");
        }
        (arc, first) = (0, false);
    }
    text.push('"');
}

fn write_list(text: &mut String, numbers: impl Iterator<Item = i64>) {
    text.push('[');
    for (i, n) in numbers.enumerate() {
        if i > 0 {
            text.push(',');
        }
        write_display(text, n);
    }
    text.push(']');
}

fn write_texts(text: &mut String, octets: &[u8]) {
    text.push('[');
    for (i, item) in octets.split(|&o| o == b'\n').filter(|t| !t.is_empty()).enumerate() {
        if i > 0 {
            text.push(',');
        }
        write_string(text, &String::from_utf8_lossy(item));
    }
    text.push(']');
}

/// Tag, length and value, two octets each the first two (SMPP 3.4 §5.3.1).
fn write_tlvs(text: &mut String, mut octets: &[u8]) {
    text.push('{');
    let mut first = true;
    while let Some(([t0, t1, l0, l1], rest)) = octets.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*l0, *l1])).min(rest.len());
        let (value, rest) = rest.split_at(length);
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        let _ = write!(text, "\"{:04x}\":", u16::from_be_bytes([*t0, *t1]));
        write_hex(text, value);
        octets = rest;
    }
    text.push('}');
}

fn write_evidence(text: &mut String, facts: &Facts<'_>, octets: &[u8], privacy: Privacy) {
    text.push('{');
    let mut first = true;
    for pair in octets.as_chunks::<2>().0 {
        let Some(path) = Path::from_octets(*pair) else { continue };
        // Evidence is never evidence of itself: a damaged record must not recurse.
        if matches!(path.field.shape(), Shape::Evidence) {
            continue;
        }
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        let _ = write!(text, "\"{path}\":");
        write_value(text, facts, path, privacy);
    }
    text.push('}');
}

fn write_hex(text: &mut String, octets: &[u8]) {
    text.push('"');
    for octet in octets {
        let _ = write!(text, "{octet:02x}");
    }
    text.push('"');
}

fn write_display(text: &mut String, value: impl std::fmt::Display) {
    let _ = write!(text, "{value}");
}

/// A JSON string (RFC 8259 §7).
fn write_string(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => {
                let _ = write!(text, "\\u{:04x}", c as u32);
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Opens and closes objects as dotted names come by.
struct Objects {
    text: String,
    open: Vec<String>,
    first: bool,
}

impl Objects {
    fn key(&mut self, name: &str) {
        let mut words: Vec<&str> = name.split('.').collect();
        let leaf = words.pop().unwrap_or_default();
        let common = self.open.iter().zip(&words).take_while(|(a, b)| a == *b).count();
        while self.open.len() > common {
            self.open.pop();
            self.text.push('}');
            self.first = false;
        }
        for word in &words[common..] {
            self.comma();
            let _ = write!(self.text, "\"{word}\":{{");
            self.open.push((*word).to_owned());
            self.first = true;
        }
        self.comma();
        let _ = write!(self.text, "\"{leaf}\":");
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.text.push(',');
        }
    }

    fn finish(mut self) -> String {
        self.text.extend(self.open.iter().map(|_| '}'));
        self.text.push('}');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Facts<'static> {
        let mut facts = Facts::new();
        facts.set(Field::Kind, 0);
        facts.set(Field::TimeNs, 1_767_322_445_000_000_120);
        facts.set_octets(Field::Src, &[192, 0, 2, 1]);
        facts.set(Field::SctpTsn, 7);
        facts.set(Field::CdpaSsn, 8);
        facts.set_octets(Field::TcapAc, &[4, 0, 0, 1, 0, 25, 3]);
        facts.set(Field::MapProblem, 0x0102);
        facts.set(Field::MapRpDaChoice, 4);
        facts.set_octets(Field::MapRpDa, &[0x91, 0x51, 0x55, 0x10, 0x00]);
        facts.set_octets(Field::SmsText, b"a \"b\"\n");
        facts.set_octets(Field::SmsScts, &[0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x4A]);
        const EVIDENCE: [u8; 2] = Path { field: Field::MapRpDa, part: Part::Digits }.octets();
        facts.set_octets(Field::VerdictEvidence, &EVIDENCE);
        facts
    }

    #[test]
    fn names_become_nested_objects_in_the_order_of_the_list() {
        assert_eq!(
            to_json(&message(), Privacy::Clear),
            concat!(
                r#"{"kind":"map","time":"1767322445.000000120","src":"192.0.2.1","sctp":{"tsn":7},"#,
                r#""sccp":{"cdpa":{"ssn":8}},"tcap":{"ac":"0.4.0.0.1.0.25.3"},"#,
                r#""map":{"problem":["invokeProblem",2],"sm_rp_da":{"choice":"serviceCentreAddressDA","ton":1,"npi":1,"#,
                r#""digits":"15550100","raw":"9151551000"}},"#,
                r#""sms":{"scts":[26,1,2,3,4,5,-24],"text":"a \"b\"\n"},"#,
                r#""verdict":{"evidence":{"map.sm_rp_da.digits":"15550100"}}}"#
            )
        );
    }

    #[test]
    fn subscriber_data_is_masked_everywhere_it_shows() {
        let line = to_json(&message(), Privacy::Masked);
        assert!(!line.contains("15550100") && !line.contains("9151551000") && !line.contains("a \\\"b"), "{line}");
        assert!(line.contains(r#""digits":"15******""#) && line.contains("[6 characters]"), "{line}");
        assert_eq!(masked("15550100123"), "1555***0123");
        assert_eq!(masked("1234"), "****");
    }
}
