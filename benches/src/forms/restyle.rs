//! A TCAP message written another way: the same elements with other lengths, or a string in pieces. ITU-T X.690 §8.1.3,
//! §8.7; Q.773 §3 allows all of it.
//!
//! ```text
//!   62 81 9A …              as it came
//!   62 80 … 00 00           indefinite
//!   62 82 00 9A …           an octet longer than it need be
//!   24 .. 04 .. 04 ..       a string in pieces
//! ```
//! Handles tags of one octet and definite lengths in what it reads, which is what the generator writes.

use anyhow::{Context, ensure};

/// How elements are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Constructed elements have no length but an end.
    pub indefinite: bool,
    /// Every length has an octet more than it needs.
    pub padded: bool,
    /// Octets of each piece of the short message's string.
    pub piece_octets: Option<usize>,
}

/// An element and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its tag.
    pub tag: u8,
    /// Its value.
    pub value: Value,
}

/// The value of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Octets.
    Octets(Vec<u8>),
    /// Elements.
    Elements(Vec<Element>),
}

/// The bit of a tag that says there are elements in it.
const CONSTRUCTED: u8 = 0x20;
/// A tag that goes on in the next octet.
const LONG_TAG: u8 = 0x1f;
/// OCTET STRING.
const OCTET_STRING: u8 = 0x04;
/// From the message to SM-RP-UI: component portion, invoke, parameter (Q.773 §3; TS 29.002 §17.7.6).
const WAY_TO_TPDU: [u8; 4] = [0x6c, 0xa1, 0x30, OCTET_STRING];

/// Elements that follow each other.
///
/// # Errors
/// What is no element, or none this reads.
pub fn read(mut octets: &[u8]) -> anyhow::Result<Vec<Element>> {
    let mut all = Vec::new();
    while let Some((&tag, rest)) = octets.split_first() {
        ensure!(tag & LONG_TAG != LONG_TAG, "a tag of several octets");
        let (len, rest) = length(rest).context("no definite length of up to two octets")?;
        let (value, after) = rest.split_at_checked(len).context("an element ends early")?;
        let value = if tag & CONSTRUCTED == 0 { Value::Octets(value.to_vec()) } else { Value::Elements(read(value)?) };
        all.push(Element { tag, value });
        octets = after;
    }
    Ok(all)
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    match octets {
        [len @ 0..=0x7f, rest @ ..] | [0x81, len, rest @ ..] => Some((usize::from(*len), rest)),
        [0x82, a, b, rest @ ..] => Some((usize::from(u16::from_be_bytes([*a, *b])), rest)),
        _ => None,
    }
}

/// The only element of a message.
///
/// # Errors
/// That there is not exactly one.
pub fn message(octets: &[u8]) -> anyhow::Result<Element> {
    let [element] = <[Element; 1]>::try_from(read(octets)?).map_err(|all| anyhow::anyhow!("{} messages", all.len()))?;
    Ok(element)
}

impl Element {
    /// An element of elements.
    pub fn of(tag: u8, elements: Vec<Self>) -> Self {
        Self { tag, value: Value::Elements(elements) }
    }

    /// An element of octets.
    pub fn octets(tag: u8, octets: &[u8]) -> Self {
        Self { tag, value: Value::Octets(octets.to_vec()) }
    }

    /// The first element of this tag in it.
    pub fn child(&self, tag: u8) -> Option<&Self> {
        match &self.value {
            Value::Elements(all) => all.iter().find(|element| element.tag == tag),
            Value::Octets(_) => None,
        }
    }

    /// The octets of SM-RP-UI in a message that carries one.
    pub fn tpdu(&mut self) -> Option<&mut Vec<u8>> {
        let found = WAY_TO_TPDU.iter().try_fold(self, |element, tag| match &mut element.value {
            Value::Elements(all) => all.iter_mut().find(|inner| inner.tag == *tag),
            Value::Octets(_) => None,
        });
        match &mut found?.value {
            Value::Octets(octets) => Some(octets),
            Value::Elements(_) => None,
        }
    }

    /// Writes it.
    pub fn write(&self, style: Style) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(style, &mut out);
        out
    }

    fn put(&self, style: Style, out: &mut Vec<u8>) {
        match (&self.value, style.piece_octets) {
            (Value::Octets(octets), Some(each)) if self.tag == OCTET_STRING => {
                let pieces = octets.chunks(each).map(|piece| Self::octets(OCTET_STRING, piece)).collect();
                Self::of(OCTET_STRING | CONSTRUCTED, pieces).put(Style { piece_octets: None, ..style }, out);
            }
            (Value::Octets(octets), _) => {
                out.push(self.tag);
                put_length(octets.len(), style.padded, out);
                out.extend_from_slice(octets);
            }
            (Value::Elements(all), _) => {
                let inner: Vec<u8> = all.iter().flat_map(|element| element.write(style)).collect();
                out.push(self.tag);
                if style.indefinite {
                    out.push(0x80);
                    out.extend_from_slice(&inner);
                    out.extend_from_slice(&[0, 0]);
                } else {
                    put_length(inner.len(), style.padded, out);
                    out.extend_from_slice(&inner);
                }
            }
        }
    }
}

fn put_length(len: usize, padded: bool, out: &mut Vec<u8>) {
    let octets = (len as u32).to_be_bytes();
    let needed = octets.len() - octets.iter().take_while(|octet| **octet == 0).count();
    match (len, padded) {
        (..0x80, false) => out.push(len as u8),
        _ => {
            let count = (needed + usize::from(padded && len >= 0x80)).max(1);
            out.push(0x80 | count as u8);
            out.extend_from_slice(&octets[octets.len() - count..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Begin with a request whose TPDU is AABBCC.
    const BEGIN: [u8; 22] = [
        0x62, 0x14, 0x48, 0x01, 0x07, 0x6c, 0x0f, 0xa1, 0x0d, 0x02, 0x01, 0x01, 0x02, 0x01, 0x2c, 0x30, 0x05, 0x04,
        0x03, 0xaa, 0xbb, 0xcc,
    ];

    #[test]
    fn what_is_read_and_written_in_the_shortest_form_is_as_it_was() {
        assert_eq!(message(&BEGIN).unwrap().write(Style::default()), BEGIN);
    }

    #[test]
    fn every_style_keeps_the_elements_and_changes_what_it_says() {
        let inner = Element::of(0x30, vec![Element::octets(OCTET_STRING, &[1, 2, 3])]);
        let written = |style| inner.write(style);
        let style = Style::default();
        assert_eq!(written(Style { indefinite: true, ..style }), [0x30, 0x80, 4, 3, 1, 2, 3, 0, 0]);
        assert_eq!(written(Style { padded: true, ..style }), [0x30, 0x81, 6, 4, 0x81, 3, 1, 2, 3]);
        assert_eq!(written(Style { piece_octets: Some(2), ..style }), [0x30, 9, 0x24, 7, 4, 2, 1, 2, 4, 1, 3]);
        let long = Element::octets(0x80, &[0; 200]);
        assert_eq!(long.write(Style { padded: true, ..style })[..4], [0x80, 0x82, 0, 200]);
        assert_eq!(long.write(style)[..3], [0x80, 0x81, 200]);
    }

    #[test]
    fn the_short_message_is_found_where_a_request_has_it_and_can_be_changed() {
        let mut begin = message(&BEGIN).unwrap();
        *begin.tpdu().unwrap() = vec![0xdd];
        assert_eq!(begin.write(Style::default())[17..], [4, 1, 0xdd]);
        assert!(Element::octets(4, &[]).tpdu().is_none());
    }

    #[test]
    fn every_truncation_is_refused() {
        for len in 1..BEGIN.len() {
            assert!(message(&BEGIN[..len]).is_err(), "{len}");
        }
    }
}
