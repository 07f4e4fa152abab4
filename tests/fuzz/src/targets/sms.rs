//! TPDUs, user data headers and text: bit 0 of the first octet is the direction, bits 1–2 what carried it; then the TPDU.

use super::source::Source;
use sluice_wire::sms::{Address, Context, Direction, TextBuf, Tpdu, TpduKind, UserDataHeader};

const CONTEXTS: [Context; 3] = [Context::Request, Context::Acknowledgement, Context::Error];

/// The first octet of a request.
pub const fn selector(direction: Direction) -> u8 {
    match direction {
        Direction::FromSc => 0,
        Direction::ToSc => 1,
    }
}

/// Reads a TPDU down to its text.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let selector = source.octet();
    let direction = if selector & 1 == 0 { Direction::FromSc } else { Direction::ToSc };
    let context = CONTEXTS[usize::from(selector >> 1) % CONTEXTS.len()];
    let octets = source.rest();
    let parsed = Tpdu::parse(octets, direction, context);
    short_way(octets, direction, &parsed);
    let Ok(tpdu) = parsed else { return };
    assert!(octets.ends_with(tpdu.ud) || tpdu.ud.is_empty());
    let _ = (tpdu.mti(), tpdu.udhi(), tpdu.mms(), tpdu.rp(), tpdu.sri(), tpdu.srr(), tpdu.rd(), tpdu.vpf());
    let _ = (tpdu.scts.map(|t| t.fields()), tpdu.discharge.map(|t| t.fields()), tpdu.pid);
    if let Some(fault) = tpdu.fault {
        assert!(usize::from(fault.at) <= octets.len(), "{fault:?}");
    }
    if let Some(address) = tpdu.address {
        look_at(&address);
    }
    if let Some(header) = tpdu.header() {
        elements(&header);
    }
    let mut out = TextBuf::new();
    if let Some(text) = tpdu.text(&mut out) {
        assert_eq!(text.as_bytes(), text.as_str().as_bytes(), "text is UTF-8");
    }
}

fn short_way(octets: &[u8], direction: Direction, parsed: &Result<Tpdu<'_>, sluice_wire::Error>) {
    let short = match TpduKind::of(octets, direction) {
        Some(TpduKind::Deliver) => Tpdu::deliver(octets),
        Some(TpduKind::Submit) => Tpdu::submit(octets),
        _ => None,
    };
    if let Some(short) = short {
        assert_eq!(*parsed, Ok(short), "the short way agrees with the long one");
    }
}

fn look_at(address: &Address<'_>) {
    let _ = (address.ton(), address.npi(), address.is_alphanumeric(), address.is_overlong(), address.is_unusual());
    assert!(address.raw().ends_with(address.value()));
    assert!(address.text().as_str().len() == address.text().len());
}

fn elements(header: &UserDataHeader<'_>) {
    let count = header.elements().count();
    assert!(count <= 128, "an element has two octets at least");
    let _ = (header.is_whole(), header.concatenation(), header.ports(), header.shift(), header.email_header_len());
    assert!(header.indications().count() <= count && header.hyperlinks().count() <= count);
    if let Some(address) = header.reply_address() {
        look_at(&address);
    }
}
