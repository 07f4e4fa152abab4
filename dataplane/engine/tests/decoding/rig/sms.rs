//! TPDUs (TS 23.040 §9.2.2).

use sluice_wire::sms::{Address, Alphabet, Dcs, Timestamp, Tpdu, TpduKind, write_text};

/// A TPDU from fields, a header and a text.
fn tpdu(kind: TpduKind, number: &str, elements: &[u8], text: &str, alphabet: Alphabet) -> Vec<u8> {
    let (mut room, mut user_data, mut out) = ([0; Address::OCTETS_MAX], [0; 140], vec![0; 200]);
    let mut tpdu = Tpdu::empty(kind);
    tpdu.mr = (kind == TpduKind::Submit).then_some(7);
    tpdu.scts = (kind == TpduKind::Deliver).then_some(Timestamp([0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0]));
    tpdu.address = Some(Address::of(1, 1, number, &mut room).expect("a number"));
    tpdu.pid = Some(0);
    tpdu.dcs = Some(if alphabet == Alphabet::Ucs2 { Dcs(8) } else { Dcs(0) });
    tpdu.set_user_data(write_text(elements, text, alphabet, &mut user_data).expect("a text that fits"));
    let length = tpdu.emit(&mut out).expect("fits");
    out.truncate(length);
    out
}

/// An SMS-DELIVER.
pub fn deliver(from: &str, text: &str) -> Vec<u8> {
    tpdu(TpduKind::Deliver, from, &[], text, Alphabet::Gsm7)
}

/// An SMS-SUBMIT.
pub fn submit(to: &str, text: &str) -> Vec<u8> {
    tpdu(TpduKind::Submit, to, &[], text, Alphabet::Gsm7)
}

/// An SMS-DELIVER with a user data header.
pub fn deliver_with(from: &str, elements: &[u8], text: &str) -> Vec<u8> {
    tpdu(TpduKind::Deliver, from, elements, text, Alphabet::Gsm7)
}

/// An SMS-SUBMIT with a user data header.
pub fn submit_with(to: &str, elements: &[u8], text: &str) -> Vec<u8> {
    tpdu(TpduKind::Submit, to, elements, text, Alphabet::Gsm7)
}

/// The information element of a part (TS 23.040 §9.2.3.24.1).
pub const fn part(reference: u8, total: u8, sequence: u8) -> [u8; 5] {
    [0x00, 3, reference, total, sequence]
}

/// An SMS-DELIVER written out: coding scheme, length of user data, user data; the first octet says what more.
pub fn deliver_raw(first_octet: u8, dcs: u8, udl: u8, user_data: &[u8]) -> Vec<u8> {
    let head = [first_octet, 9, 0x91, 0x99, 0x59, 0x05, 0x01, 0xF0, 0, dcs, 0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0];
    [&head[..], &[udl], user_data].concat()
}

/// First octet of an SMS-DELIVER with and without header.
pub const PLAIN: u8 = 0x04;
pub const WITH_HEADER: u8 = 0x44;
