//! Messages rewritten, against messages that another program encoded from what was wanted: see `samples/make.py`.

mod common;

use common::{Sample, octets, samples};
use proptest::prelude::*;
use sluice_splice::rewrite::{HYPERLINK, Outcome, PORTS, Rewritten, Sender, TPDU_OCTETS_MAX, Wanted, codes, rewrite};
use sluice_splice::tlv::{self, Change};
use sluice_wire::sms::{Address, Alphabet, Context, Dcs, Direction, TextBuf, Timestamp, Tpdu, TpduKind, write_text};
use std::ops::Range;

const REWRITES: &str = include_str!("samples/rewrite.tsv");

fn parse(tpdu: &[u8]) -> Tpdu<'_> {
    let direction = if tpdu[0] & 3 == 0 { Direction::FromSc } else { Direction::ToSc };
    Tpdu::parse(tpdu, direction, Context::Request).unwrap()
}

fn text_of(tpdu: &Tpdu<'_>) -> String {
    let mut room = TextBuf::new();
    tpdu.text(&mut room).map(|text| text.as_str().to_owned()).unwrap_or_default()
}

fn rewritten(tpdu: &[u8], wanted: &Wanted<'_>) -> (Rewritten, Vec<u8>) {
    let mut out = [0xAA; TPDU_OCTETS_MAX];
    let result = rewrite(&parse(tpdu), wanted, &mut out);
    assert!(out[result.len_octets..].iter().all(|octet| *octet == 0xAA));
    (result, out[..result.len_octets].to_vec())
}

/// What a sample wishes; places are given by what stands there.
fn with_wishes<T>(sample: &Sample, then: impl Fn(&Wanted<'_>) -> T) -> T {
    let text = text_of(&parse(&sample.octets(2)));
    let place = |part: &str| text.find(part).map(|at| at..at + part.len()).expect("stands in the text");
    let (mut strip, mut mask) = (vec![], vec![]);
    let mut wanted = Wanted::default();
    let wishes = sample.column(1).replace("\\n", "\n");
    for wish in wishes.split('|') {
        match wish.split_once('=') {
            Some(("sender", text)) => wanted.sender = Some(sender(text)),
            Some(("append", text)) => wanted.append = Some(text),
            Some(("strip", text)) => strip.push(place(text)),
            Some(("mask", text)) => mask.push(place(text)),
            _ => wanted.without = &PORTS,
        }
    }
    then(&Wanted { strip: &strip, mask: &mask, ..wanted })
}

fn sender(text: &str) -> Sender<'_> {
    match text.strip_prefix('+') {
        Some(text) => Sender { ton: 1, npi: 1, text },
        None if text.bytes().all(|c| c.is_ascii_digit()) => Sender { ton: 2, npi: 1, text },
        None => Sender { ton: 5, npi: 0, text },
    }
}

#[test]
fn every_sample_becomes_octet_for_octet_what_another_program_encodes() {
    let mut count = 0;
    for sample in samples(REWRITES) {
        let before = sample.octets(2);
        let (result, after) = with_wishes(&sample, |wanted| rewritten(&before, wanted));
        assert!(result.is_changed(), "{}: {result:?}", sample.name());
        assert_eq!(hex(&after), hex(&sample.octets(3)), "{}: {result:?}", sample.name());
        count += 1;
    }
    assert!(count > 40);
}

#[test]
fn the_message_around_it_becomes_what_another_program_encodes_too() {
    for sample in samples(REWRITES) {
        let (message, after) = (sample.octets(4), sample.octets(3));
        let tpdu = common::tpdu(&message);
        let change = Change::of(&message, tpdu, &after).expect("is part of it");
        let mut out = [0; 512];
        let len = tlv::rewrite(&message, &[change], &mut out).unwrap();
        assert_eq!(hex(&out[..len]), hex(&sample.octets(5)), "{}", sample.name());
    }
}

#[test]
fn a_second_program_reads_in_every_rewritten_message_the_text_and_the_address_that_were_wanted() {
    let all: Vec<Sample> = samples(REWRITES).collect();
    let messages: Vec<Vec<u8>> = all
        .iter()
        .map(|sample| {
            let message = sample.octets(4);
            let after = with_wishes(sample, |wanted| rewritten(&sample.octets(2), wanted)).1;
            let mut out = vec![0; 512];
            let change = Change::of(&message, common::tpdu(&message), &after).unwrap();
            let len = tlv::rewrite(&message, &[change], &mut out).unwrap();
            out.truncate(len);
            out
        })
        .collect();
    let fields = ["_ws.expert.severity", "gsm_sms.sms_text", "gsm_sms.tp-oa", "gsm_sms.tp-da"];
    let Some(read) = common::tshark(&messages, &fields) else { return };
    assert_eq!(read.len(), all.len());
    for (sample, read) in all.iter().zip(read) {
        let text = sample.column(6).replace("\\n", "\n");
        let said = (read[0].as_str(), read[1].as_str(), [read[2].as_str(), &read[3]].concat());
        assert_eq!(said, ("", text.as_str(), sample.column(7).to_owned()), "{}", sample.name());
    }
}

#[test]
fn what_cannot_be_done_is_told_with_its_reason_and_the_rest_is_done() {
    let number = octets("040b919979000040f200006210203040504005e8329bfd06");
    let bank = Some(Sender { ton: 5, npi: 0, text: "Bank" });
    let told = |tpdu: &[u8], wanted: Wanted<'_>| rewritten(tpdu, &wanted).0;
    let result = told(&number, Wanted { sender: bank, append: Some("Привет"), ..Wanted::default() });
    assert_eq!((result.sender, result.append, result.strip), (Outcome::Done, Outcome::NoCharacter, Outcome::NotAsked));
    let long = "x".repeat(156);
    let result = told(&number, Wanted { append: Some(&long), ..Wanted::default() });
    assert_eq!((result.append, result.is_changed()), (Outcome::NoRoom, false));
    let submit = octets("11010b919979000040f20000a705e8329bfd06");
    assert_eq!(told(&submit, Wanted { sender: bank, ..Wanted::default() }).sender, Outcome::NotHere);
    let twelve = Some(Sender { ton: 5, npi: 0, text: "Twelve chars" });
    assert_eq!(told(&number, Wanted { sender: twelve, ..Wanted::default() }).sender, Outcome::NoCharacter);
    let nothing = told(&number, Wanted { without: &PORTS, ..Wanted::default() });
    assert_eq!((nothing.without, nothing.len_octets), (Outcome::NotHere, 0));
    let cut = &number[..number.len() - 2];
    let result = told(cut, Wanted { sender: bank, append: Some("!"), ..Wanted::default() });
    assert_eq!((result.sender, result.append), (Outcome::Done, Outcome::Defective));
    let report = octets("064d0d91997950000000f1621020304050406210203040504030");
    let report = Tpdu::parse(&report, Direction::FromSc, Context::Request).unwrap();
    let result = rewrite(&report, &Wanted { append: Some("!"), sender: bank, ..Wanted::default() }, &mut [0; 200]);
    assert_eq!((result.append, result.sender, result.len_octets), (Outcome::NotHere, Outcome::NotHere, 0));
}

#[test]
fn no_room_to_write_it_is_no_rewriting() {
    let tpdu = octets("040b919979000040f200006210203040504005e8329bfd06");
    let wanted = Wanted { append: Some("!"), ..Wanted::default() };
    let whole = rewritten(&tpdu, &wanted).0.len_octets;
    for room in 0..whole {
        let result = rewrite(&parse(&tpdu), &wanted, &mut vec![0; room]);
        assert_eq!((result.append, result.len_octets), (Outcome::NoRoom, 0), "{room}");
    }
}

#[test]
fn text_for_an_application_has_no_warning_unless_its_ports_go() {
    let sample = samples(REWRITES).find(|sample| sample.name() == "without ports").unwrap();
    let tpdu = sample.octets(2);
    let append = Some("!");
    assert_eq!(rewritten(&tpdu, &Wanted { append, ..Wanted::default() }).0.append, Outcome::NotHere);
    let (result, after) = rewritten(&tpdu, &Wanted { append, without: &PORTS, ..Wanted::default() });
    assert_eq!((result.append, result.without), (Outcome::Done, Outcome::Done));
    let after = parse(&after);
    assert_eq!((text_of(&after).as_str(), after.header()), ("to an application!", None));
}

#[test]
fn a_link_that_is_an_element_goes_and_other_elements_stay() {
    let mut room = [0; 140];
    let elements = [0x21, 4, 0, 0, 5, 9, 0x0A, 3, 0, 5, 0x10];
    let tpdu = deliver(&elements, "press me", Alphabet::Gsm7, &mut room);
    let (result, after) = rewritten(&tpdu, &Wanted { without: &HYPERLINK, ..Wanted::default() });
    assert_eq!(result.without, Outcome::Done);
    let after = parse(&after);
    let kept: Vec<u8> = after.header().unwrap().elements().map(|element| element.iei).collect();
    assert_eq!((kept, text_of(&after).as_str()), (vec![0x0A], "press me"));
}

#[test]
fn text_in_a_national_alphabet_stays_in_it() {
    // The locking tables of Turkish and of Hindi: the second has no asterisk, and its single shift table is not chosen.
    for (elements, text, append, masked) in [
        (&[0x24, 1, 1, 0x25, 1, 1][..], "şifre 12345 ğ€", " ışık", "şifre ***** ğ€ ışık"),
        (&[0x25, 1, 6], "नमस्ते 12345", " अआ", "नमस्ते ..... अआ"),
    ] {
        let mut room = [0; 140];
        let tpdu = deliver(elements, text, Alphabet::Gsm7, &mut room);
        let code: Vec<Range<usize>> = codes(text).collect();
        let (result, after) = rewritten(&tpdu, &Wanted { mask: &code, append: Some(append), ..Wanted::default() });
        assert_eq!((result.mask, result.append), (Outcome::Done, Outcome::Done), "{text}");
        let after = parse(&after);
        assert_eq!(text_of(&after), masked);
        assert_eq!(after.header().unwrap().elements().count(), elements.len() / 3);
    }
}

#[test]
fn codes_are_four_to_eight_digits_of_one_script_and_no_more() {
    let found = |text: &str| codes(text).map(|place| text[place].to_owned()).collect::<Vec<_>>();
    assert_eq!(found("1234 and 12345678, not 123 nor 123456789"), ["1234", "12345678"]);
    assert_eq!(found("رمز ٤٨٢١٣ رمز"), ["٤٨٢١٣"]);
    assert_eq!(found("12٣٤ a1234b"), ["1234"]);
    assert_eq!(found(""), [""; 0]);
}

/// An SMS-DELIVER of this text.
fn deliver(elements: &[u8], text: &str, alphabet: Alphabet, room: &mut [u8; 140]) -> Vec<u8> {
    let mut address = [0; Address::OCTETS_MAX];
    let mut tpdu = Tpdu::empty(TpduKind::Deliver);
    tpdu.address = Address::of(1, 1, "99970000042", &mut address).ok();
    let dcs = Dcs(if alphabet == Alphabet::Ucs2 { 8 } else { 0 });
    (tpdu.pid, tpdu.dcs, tpdu.scts) = (Some(0), Some(dcs), Some(Timestamp([0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40])));
    tpdu.set_user_data(write_text(elements, text, alphabet, room).expect("fits"));
    let mut out = [0; 200];
    let len = tpdu.emit(&mut out).unwrap();
    out[..len].to_vec()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

proptest! {
    #[test]
    fn any_edit_of_any_text_reads_as_the_edit_of_what_was_read(
        text in "[ -~éñ€]{0,60}",
        warning in "[a-z !]{0,12}",
        places in prop::collection::vec((0..70_usize, 0..9_usize, any::<bool>()), 0..4),
        wide: bool,
        part in 0..3_u8,
    ) {
        let elements = [0x00, 3, 9, 2, part];
        let elements = if part == 0 { &[][..] } else { &elements[..] };
        let alphabet = if wide { Alphabet::Ucs2 } else { Alphabet::Gsm7 };
        let mut room = [0; 140];
        prop_assume!(write_text(elements, &text, alphabet, &mut room).is_ok());
        let tpdu = deliver(elements, &text, alphabet, &mut room);
        let of = |which| places.iter().filter(move |p| p.2 == which).map(|p| p.0..p.0 + p.1).collect::<Vec<_>>();
        let (strip, mask) = (of(true), of(false));
        let wanted = Wanted { strip: &strip, mask: &mask, append: Some(&warning), ..Wanted::default() };
        let (result, after) = rewritten(&tpdu, &wanted);
        let is_in = |places: &[Range<usize>], at| places.iter().any(|p: &Range<usize>| p.contains(&at));
        let mut expected: String = text
            .char_indices()
            .filter(|(at, _)| !is_in(&strip, *at))
            .map(|(at, c)| if is_in(&mask, at) { '*' } else { c })
            .collect();
        if result.append == Outcome::Done {
            expected.push_str(&warning);
        }
        prop_assert_eq!(result.append == Outcome::NotLast, part == 1);
        let octets = if result.is_changed() { &after } else { &tpdu };
        let read = parse(octets);
        prop_assert_eq!(text_of(&read), expected);
        prop_assert!(read.anomalies.is_empty() && read.fault.is_none() && read.body().len() <= 140);
        prop_assert_eq!(read.header().and_then(|h| h.concatenation()), parse(&tpdu).header().and_then(|h| h.concatenation()));
        prop_assert_eq!((read.address, read.scts, read.dcs), (parse(&tpdu).address, parse(&tpdu).scts, parse(&tpdu).dcs));
    }

    #[test]
    fn any_octets_are_rewritten_or_left_without_harm(
        octets in prop::collection::vec(any::<u8>(), 1..200),
        places in prop::collection::vec(0..300_usize, 2..6),
        room in 0..200_usize,
    ) {
        let places: Vec<_> = places.windows(2).map(|w| w[0]..w[1]).collect();
        let sender = Some(Sender { ton: 5, npi: 0, text: "Bank" });
        let wanted = Wanted { sender, append: Some("!"), strip: &places, mask: &places, without: &PORTS };
        for direction in [Direction::FromSc, Direction::ToSc] {
            let tpdu = Tpdu::parse(&octets, direction, Context::Request).unwrap();
            let mut out = vec![0; room];
            let result = rewrite(&tpdu, &wanted, &mut out);
            if result.is_changed() {
                let read = Tpdu::parse(&out[..result.len_octets], direction, Context::Request).unwrap();
                prop_assert!(read.fault.is_none());
                prop_assert_eq!((read.pid, read.dcs, read.scts, read.mr), (tpdu.pid, tpdu.dcs, tpdu.scts, tpdu.mr));
            }
        }
    }
}
