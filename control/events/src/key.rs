//! What events are found by: values that stand in them, as 64 bits of a hash.
//!
//! Two values with one hash are no fault: what a hash finds is held against the record before it is shown.

use siphasher::sip::SipHasher13;
use sluice_abi::{Class, Facts, Field, Part, Path, Value};
use std::hash::Hasher as _;

/// A value that stands in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Digits or letters of an address: subscriber, IMSI, sender, recipient, service centre, global title.
    Number(String),
    /// The rule that decided.
    Rule(String),
    /// What was decided.
    Action(String),
    /// A word of the text, in small letters.
    Word(String),
}

impl Key {
    /// The words of a text, as they are searched: all of them must stand in it.
    pub fn words(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        words(text, &mut String::new(), &mut |word| found.push(Self::Word(word.to_owned())));
        found
    }

    fn parts(&self) -> (Kind, &str) {
        match self {
            Self::Number(value) => (Kind::Number, value),
            Self::Rule(value) => (Kind::Rule, value),
            Self::Action(value) => (Kind::Action, value),
            Self::Word(value) => (Kind::Word, value),
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        let (kind, value) = self.parts();
        hash(kind, value)
    }

    pub(crate) fn stands_in(&self, facts: &Facts<'_>) -> bool {
        let (wanted, value) = self.parts();
        let mut found = false;
        each(facts, &mut String::new(), |kind, own| found |= kind == wanted && own == value);
        found
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number = 1,
    Rule = 2,
    Action = 3,
    Word = 4,
}

/// Hashes of everything an event is found by; `scratch` spares an allocation for each word.
pub(crate) fn hashes(facts: &Facts<'_>, scratch: &mut String, mut take: impl FnMut(u64)) {
    each(facts, scratch, |kind, value| take(hash(kind, value)));
}

/// The hash lies on disk: it is the same in every release, so its key is fixed. Who finds values that meet makes a
/// search read a few records more.
fn hash(kind: Kind, value: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write_u8(kind as u8);
    hasher.write(value.as_bytes());
    hasher.finish()
}

fn each(facts: &Facts<'_>, scratch: &mut String, mut take: impl FnMut(Kind, &str)) {
    for (field, kind) in [(Field::VerdictRule, Kind::Rule), (Field::VerdictAction, Kind::Action)] {
        if let Some(text) = text(facts, field) {
            take(kind, text);
        }
    }
    for field in facts.present().iter().filter(|f| f.class() == Class::Address) {
        let part = if field.parts().contains(&Part::Digits) { Part::Digits } else { Part::Whole };
        match facts.value(Path { field, part }) {
            Some(Value::Digits(digits)) if !digits.as_str().is_empty() => take(Kind::Number, digits.as_str()),
            Some(Value::Text(text)) if !text.is_empty() => take(Kind::Number, text),
            _ => {}
        }
    }
    for text in TEXTS.iter().filter_map(|field| text(facts, *field)) {
        words(text, scratch, &mut |word| take(Kind::Word, word));
    }
}

const TEXTS: [Field; 4] = [Field::SmsText, Field::SmsJoinedText, Field::SmppText, Field::MapUssdText];

fn text<'p>(facts: &Facts<'p>, field: Field) -> Option<&'p str> {
    match facts.value(Path { field, part: Part::Whole }) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Letters and digits that stand together are a word.
fn words(text: &str, scratch: &mut String, take: &mut impl FnMut(&str)) {
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        scratch.clear();
        scratch.extend(word.chars().flat_map(char::to_lowercase));
        take(scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_and_every_word_of_a_message_leads_to_it() {
        let mut facts = Facts::new();
        facts.set_octets(Field::MapMsisdn, &[0x91, 0x51, 0x55, 0x10, 0x00]);
        facts.set_octets(Field::MapImsi, &[0x00, 0x01, 0x11, 0xF2]);
        facts.set_octets(Field::SmsOa, b"BANK");
        facts.set_octets(Field::SmsText, "Ihr Code: 4711, ÄRGER".as_bytes());
        facts.set_octets(Field::VerdictRule, b"r");
        let is_there = |key: Key| key.stands_in(&facts);
        for number in ["0010112", "15550100", "BANK"] {
            assert!(is_there(Key::Number(number.into())), "{number}");
        }
        assert!(is_there(Key::Rule("r".into())) && !is_there(Key::Action("r".into())));
        assert!(!is_there(Key::Number("4711".into())), "what stands in a text is a word");
        assert_eq!(Key::words("ärger?! 4711"), [Key::Word("ärger".into()), Key::Word("4711".into())]);
        assert!(Key::words("CODE Ärger").into_iter().all(is_there));
        assert!(!is_there(Key::Word("cod".into())));
    }

    #[test]
    fn a_hash_is_the_same_in_every_release() {
        assert_eq!(Key::Number("15550100".into()).hash(), 15_227_305_076_980_128_360);
    }
}
