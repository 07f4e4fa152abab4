//! BER and TCAP: the raw octets of a message, or the programme of a tree (`tree.rs`), as bit 0 of the first octet says.

use super::source::Source;
use super::tree;
use sluice_wire::ber::{self, Reader};
use sluice_wire::tcap::{Code, Component, Message, OidText, ansi};

/// What the first octet says of raw octets, and of a programme.
pub const RAW: u8 = 1;
/// See [`RAW`].
pub const GROWN: u8 = 0;

/// Reads every element, then the message.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    if source.octet() & RAW == RAW {
        message(source.rest());
    } else {
        message(&tree::grow(&mut source));
    }
}

fn message(octets: &[u8]) {
    elements(octets);
    let _ = ber::deviations(octets);
    let mut out = [0; 512];
    if let Ok(Some(first)) = Reader::new(octets).next() {
        let _ = ber::join(first, &mut out);
    }
    let _ = ansi::recognise(octets);
    let parsed = Message::parse(octets);
    assert_eq!(Message::kind_of(octets).ok(), parsed.ok().map(|m| m.kind));
    if let Some(ordinary) = Message::ordinary(octets) {
        assert_eq!(Ok(ordinary), parsed, "the short way agrees with the long one");
        if let Some(component) = ordinary.components().ordinary() {
            let all: Vec<_> = ordinary.components().take(2).collect();
            assert_eq!(all, [Ok(component)]);
        }
    }
    let Ok(parsed) = parsed else { return };
    let mut seen = 0;
    for component in parsed.components() {
        seen += 1;
        if let Ok(component) = component {
            look_at(octets, &component);
        }
    }
    assert!(seen <= octets.len() / 2 + 1, "no more components than tags and lengths fit");
    let _ = (parsed.is_user_abort(), parsed.otid.map(|t| t.key()), parsed.dtid.map(|t| t.key()));
    if let Some(context) = parsed.dialogue.and_then(|dialogue| dialogue.application_context) {
        assert!(OidText::of(context).as_str().is_ascii());
    }
}

/// All elements, one inside the other, without recursion.
fn elements(octets: &[u8]) {
    let mut inside = octets;
    for _ in 0..=octets.len() {
        let mut reader = Reader::new(inside);
        let mut next = None;
        let mut left = inside.len();
        while let Ok(Some(element)) = reader.next() {
            assert!(
                element.value.len() <= element.raw.len() && element.raw.len() <= left,
                "an element lies in its own"
            );
            assert!(reader.rest().len() < left, "every element takes something");
            left = reader.rest().len();
            let _ = (element.form.anomalies(), ber::integer(element.value));
            if element.tag.constructed() {
                next = Some(element.value);
            }
        }
        match next {
            Some(value) if value.len() < inside.len() => inside = value,
            _ => return,
        }
    }
}

fn look_at(message: &[u8], component: &Component<'_>) {
    assert!(component.raw.len() <= message.len());
    for code in [component.operation, component.error].into_iter().flatten() {
        if let Code::Global(oid) = code {
            assert!(OidText::of(oid).as_str().is_ascii());
        }
    }
    if let Some(fault) = component.fault {
        assert!(usize::from(fault.at) <= message.len(), "{fault:?}");
    }
}
