//! TPDUs and alphabets against other implementations: `vectors.tsv`, written by `make_vectors.py`.
//!
//! ```text
//!   text             locking    single    septets    UTF-8    packed septets      2,600 of them
//!   submit, deliver  octets     number    UTF-8      reference-total-sequence     68
//! ```

use sluice_wire::Anomalies;
use sluice_wire::sms::{Address, Alphabet, Context, Dcs, Direction, Language, TextBuf, Timestamp, Tpdu, TpduKind};
use sluice_wire::sms::{Shift, Written, write_text};

const VECTORS: &str = include_str!("vectors.tsv");

fn rows(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let rows = VECTORS.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(move |row| row[0] == kind)
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    let octet = |at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("hexadecimal");
    (0..hexadecimal.len()).step_by(2).map(octet).collect()
}

fn utf8(hexadecimal: &str) -> String {
    String::from_utf8(octets(hexadecimal)).expect("UTF-8")
}

fn text_of(tpdu: &Tpdu<'_>) -> String {
    let mut out = TextBuf::new();
    tpdu.text(&mut out).map(|text| text.as_str().to_owned()).unwrap_or_default()
}

/// A header of seven octets, after which septets need no fill bits, that names these languages; none for none.
fn elements(locking: u8, single: u8) -> Vec<u8> {
    // SMSC control parameters stand where there is nothing to name.
    let element = |iei, language| if language == 0 { [0x06, 1, 0] } else { [iei, 1, language] };
    if (locking, single) == (0, 0) { Vec::new() } else { [element(0x25, locking), element(0x24, single)].concat() }
}

fn deliver<'a>(written: Written<'a>, address: Address<'a>) -> Tpdu<'a> {
    let mut tpdu = Tpdu::empty(TpduKind::Deliver);
    tpdu.address = Some(address);
    (tpdu.pid, tpdu.dcs) = (Some(0), Some(Dcs(0)));
    tpdu.scts = Some(Timestamp([0x62, 0x11, 0x22, 0x11, 0x40, 0, 0]));
    tpdu.set_user_data(written);
    tpdu
}

/// Through octets and back: text, languages, deviations.
fn read_again(written: Written<'_>) -> (String, Shift, Anomalies) {
    let mut room = [0; Address::OCTETS_MAX];
    let tpdu = deliver(written, Address::of(1, 1, "15550100", &mut room).expect("digits"));
    let mut out = [0; 200];
    let len_octets = tpdu.emit(&mut out).expect("has its fields");
    let read = Tpdu::parse(&out[..len_octets], Direction::FromSc, Context::Request).expect("has a first octet");
    assert_eq!(read, tpdu);
    (text_of(&read), read.shift(), read.anomalies)
}

#[test]
fn reads_and_writes_every_character_of_every_national_language_table() {
    let mut rows_read = 0;
    for row in rows("text") {
        let [_, locking, single, septets, text, packed] = row.as_slice() else { panic!("{row:?}") };
        let (locking, single): (u8, u8) = (locking.parse().expect("number"), single.parse().expect("number"));
        let (elements, text, packed) = (elements(locking, single), utf8(text), octets(packed));
        let before = if elements.is_empty() { 0 } else { 8 };
        let header = if elements.is_empty() { Vec::new() } else { [&[6][..], &elements].concat() };
        let ud = [header, packed].concat();
        let udl = before + septets.parse::<u8>().expect("number");
        let shift = Shift { locking: Language::from_number(locking), single: Language::from_number(single) };
        let other = Written { udl, ud: &ud, udhi: before > 0 };
        assert_eq!(read_again(other), (text.clone(), shift, Anomalies::NONE), "{row:?}");

        let mut room = [0xFF; 140];
        let ours = write_text(&elements, &text, Alphabet::Gsm7, &mut room).expect("is in the tables");
        assert!(ours.udl <= udl, "no more septets than the other one: {row:?}");
        assert_eq!(read_again(ours), (text, shift, Anomalies::NONE), "{row:?}");
        rows_read += 1;
    }
    assert_eq!(rows_read, 2602);
}

#[test]
fn the_vectors_have_every_language() {
    for language in 1..=13_u8 {
        let number = language.to_string();
        let known = Language::from_number(language);
        assert_eq!(rows("text").any(|row| row[1] == number), known.has_locking(), "{}", known.name());
        assert_eq!(rows("text").any(|row| row[2] == number), known.has_single(), "{}", known.name());
    }
}

#[test]
fn reads_and_writes_tpdus_as_others_do() {
    let mut rows_read = 0;
    let both = [("submit", Direction::ToSc), ("deliver", Direction::FromSc)];
    for (row, direction) in both.iter().flat_map(|(kind, direction)| rows(kind).map(move |row| (row, *direction))) {
        let [_, sent, number, text, part] = row.as_slice() else { panic!("{row:?}") };
        let sent = octets(sent);
        let tpdu = Tpdu::parse(&sent, direction, Context::Request).expect("has a first octet");
        assert_eq!((tpdu.fault, tpdu.ud_truncated), (None, false), "{row:?}");
        assert_eq!(tpdu.address.expect("has one").text().as_str(), *number);
        assert_eq!(text_of(&tpdu), utf8(text), "{row:?}");
        let read = tpdu.header().and_then(|header| header.concatenation());
        let read = read.map(|part| format!("{}-{}-{}", part.reference, part.total, part.sequence));
        assert_eq!(read.unwrap_or_default(), *part, "{row:?}");
        let mut out = [0; 200];
        let len_octets = tpdu.emit(&mut out).expect("has its fields");
        assert_eq!(&out[..len_octets], sent, "{row:?}");
        rows_read += 1;
    }
    assert_eq!(rows_read, 68);
}

#[test]
fn writes_the_texts_of_others_octet_by_octet() {
    for row in rows("submit").filter(|row| row[4].is_empty()) {
        let sent = octets(row[1]);
        let tpdu = Tpdu::parse(&sent, Direction::ToSc, Context::Request).expect("has a first octet");
        let mut room = [0xFF; 140];
        let written = write_text(&[], &utf8(row[3]), tpdu.alphabet(), &mut room).expect("fits");
        assert_eq!((Some(written.udl), written.ud), (tpdu.udl, tpdu.ud), "{row:?}");
    }
}
