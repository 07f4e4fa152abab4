//! Deviations of BER, TCAP and its dialogues, of MAP, TPDUs and SMPP.

use super::{Case, DTID, OTID, frame, mt_context, plain, plain_tpdu, with_argument, with_tpdu};
use crate::rig::net::Sender;
use crate::rig::smpp::{self, End};
use crate::rig::ss7::{CENTRE, MSC, SMSC, back, between, m3ua, title, udt};
use crate::rig::tcap::{aare, aarq, begin, empty_result, end, indefinite, invoke, proceed, tlv, tree};
use crate::rig::{hex, map, sms};
use sluice_wire::Anomaly::*;
use sluice_wire::smpp::CommandId;

/// All of them.
pub fn cases() -> Vec<Case> {
    [of_ber(), of_tcap(), of_dialogues(), of_map(), of_sms(), of_smpp()].concat()
}

fn of_ber() -> Vec<Case> {
    let (tcap, tpdu) = (plain(), plain_tpdu());
    let value = &tcap[if tcap[1] < 0x80 { 2 } else { 3 }..];
    let long = [&[0x62, 0x82, 0, value.len() as u8][..], value].concat();
    let id_in_two = tree(0xA1, &[vec![2, 2, 0, 1, 2, 1, 44], map::mt_argument(map::IMSI, &tpdu)]);
    let (start, rest) = tpdu.split_at(5);
    let in_pieces = tree(0x24, &[tlv(0x04, start), tlv(0x04, rest)]);
    let argument = |ui: Vec<u8>| {
        let parties = [tlv(0x80, &map::imsi(map::IMSI)), tlv(0x84, &map::address(CENTRE))];
        tree(0x30, &[parties.concat(), ui])
    };
    let long_tag = [&[0x9F, 0x0A, 0][..]].concat();
    vec![
        (&[BerNonminimal], vec![frame(&long)]),
        (&[BerIndefinite], vec![frame(&indefinite(0x62, value))]),
        (&[BerTrailing], vec![frame(&[&tcap[..], &[5, 0]].concat())]),
        (&[BerInteger], vec![frame(&begin(&OTID, &aarq(&mt_context()), &[id_in_two]))]),
        (&[BerConstructed], vec![with_argument(map::MT_RELAY, 44, &argument(in_pieces))]),
        (
            &[BerLongTag, UnknownElement],
            vec![with_argument(map::MT_RELAY, 44, &argument([tlv(4, &tpdu), long_tag].concat()))],
        ),
    ]
}

fn of_tcap() -> Vec<Case> {
    let tpdu = plain_tpdu();
    let one = || invoke(1, map::MT_FORWARD, &map::mt_argument(map::IMSI, &tpdu));
    let two = || invoke(2, map::MT_FORWARD, &map::mt_argument(map::IMSI, &tpdu));
    let request = aarq(&mt_context());
    let components = tree(0x6C, &[one()]);
    let global =
        tree(0xA1, &[tlv(2, &[1]), tlv(6, &[4, 0, 0, 1, map::MT_FORWARD]), map::mt_argument(map::IMSI, &tpdu)]);
    let ask =
        tree(0x30, &[tlv(0x80, &map::address(map::MSISDN)), tlv(0x81, &[0xFF]), tlv(0x82, &map::address(CENTRE))]);
    vec![
        (
            &[UnknownElement],
            vec![frame(&tree(0x62, &[tlv(0x48, &OTID), tlv(0x4B, &[1]), request.clone(), components.clone()]))],
        ),
        (&[ElementOrder], vec![frame(&tree(0x62, &[tlv(0x48, &OTID), components.clone(), request.clone()]))]),
        (&[TcapTid], vec![frame(&begin(&[1, 2, 3, 4, 5], &request, &[one()]))]),
        (&[TcapDialogue], vec![frame(&begin(&OTID, &aare(&mt_context()), &[one()]))]),
        (&[DoubleInvoke], vec![frame(&begin(&OTID, &request, &[one(), two()]))]),
        (&[GlobalCode], vec![frame(&begin(&OTID, &request, &[global]))]),
        (&[ContextMismatch], vec![with_argument(map::MT_RELAY, map::ROUTING_INFO, &ask)]),
    ]
}

fn of_dialogues() -> Vec<Case> {
    let (empty, accepted) = (begin(&OTID, &aarq(&mt_context()), &[]), aare(&mt_context()));
    let mut answers = Sender::new(2);
    let mut unseen = |sccp: Vec<u8>| answers.whole(&m3ua(&sccp));
    let elsewhere = |tcap: &[u8]| udt(&title(SMSC, CENTRE), &title(MSC, "999700200009"), tcap);
    let (known, other) = (proceed(&DTID, &OTID, &accepted, &[]), end(&OTID, &[], &[]));
    vec![
        (&[DialogueUnknown], vec![unseen(back(&end(&OTID, &accepted, &[empty_result(1)])))]),
        (&[DialogueAddress], vec![frame(&empty), unseen(back(&known)), unseen(elsewhere(&other))]),
        (&[InvokeUnknown], vec![frame(&plain()), unseen(back(&end(&OTID, &accepted, &[empty_result(9)])))]),
    ]
}

fn of_map() -> Vec<Case> {
    let tpdu = sms::submit("999550199", "a text");
    let mo = |centre: &[u8], from: (u8, &[u8])| {
        with_argument(map::MO_RELAY, 46, &tree(0x30, &[tlv(0x84, centre), tlv(from.0, from.1), tlv(4, &tpdu)]))
    };
    let (centre, sender) = (map::address(CENTRE), map::address(map::MSISDN));
    let long = map::address("99955010012345678901");
    vec![
        (&[MapLength], vec![mo(&centre, (0x82, &long))]),
        (&[MapDigits], vec![mo(&hex("9199a810300001"), (0x82, &sender))]),
        (&[MapAddress], vec![mo(&centre, (0x82, &hex("1199550501f0")))]),
        (&[MapParties], vec![mo(&centre, (0x84, &centre))]),
    ]
}

fn of_sms() -> Vec<Case> {
    use sms::{PLAIN, WITH_HEADER, deliver_raw, deliver_with, part};
    let of = |tpdu: Vec<u8>| vec![with_tpdu(&tpdu)];
    let long_number = [&[PLAIN, 22, 0x91][..], &[0x11; 11], &[0, 0], &hex("62102030405000"), &[0]].concat();
    let first = deliver_with("999550199", &part(9, 2, 1), "harmless");
    let again = deliver_with("999550199", &part(9, 2, 1), "harmful");
    let (mut one, changed) = (Sender::new(1), [map::mt(&OTID, &first), map::mt(&DTID, &again)]);
    vec![
        (&[SmsReserved], of(deliver_raw(PLAIN | 3, 0, 0, &[]))),
        (&[SmsLength], of(deliver_raw(PLAIN, 4, 2, b"more"))),
        (&[SmsTooLong], of(deliver_raw(PLAIN, 4, 141, &[b'x'; 141]))),
        (&[SmsHeader], of(deliver_raw(WITH_HEADER, 4, 4, &[9, 0, 3, 7]))),
        (&[SmsElementTwice], of(deliver_with("999550199", &[part(7, 2, 1), part(7, 2, 1)].concat(), "twice"))),
        (&[SmsFillBits], of(deliver_raw(PLAIN, 0, 1, &[0xC1]))),
        (&[SmsAddress], of(long_number)),
        (&[SmsCoding], of(deliver_raw(PLAIN, 0x80, 1, &[0x41]))),
        (&[SmsCompressed], of(deliver_raw(PLAIN, 0x20, 2, &[1, 2]))),
        (&[SmsText], of(deliver_raw(PLAIN, 8, 3, &[0, 0x41, 0]))),
        (&[SmsText], of(deliver_raw(PLAIN, 8, 2, &[0xD8, 0x3D]))),
        (&[SmsConcatenation], of(deliver_with("999550199", &part(7, 2, 3), "beyond"))),
        (&[SmsLanguage], of(deliver_with("999550199", &[0x24, 1, 14], "reserved"))),
        (&[SmsPartChanged], changed.map(|tcap| one.whole(&m3ua(&between(&tcap)))).into()),
    ]
}

fn of_smpp() -> Vec<Case> {
    let (esme, _) = End::pair();
    let of = |pdu: Vec<u8>| vec![{ esme }.send(&pdu)];
    let mut short = smpp::submit(1, "text");
    let length_at = short.len() - 5;
    short[length_at] = 9;
    let unknown = smpp::body("999550100", "999550199", 0, 0, b"text", &smpp::tlv(0x0001, b"x"));
    let mut overlapping = esme;
    let (bind, text) = (smpp::bind(CommandId::BindTransceiver, 1, "esme"), smpp::submit(2, "the text that counts"));
    let mut other = text.clone();
    *other.last_mut().expect("a text") ^= 1;
    let opening = overlapping.send(&bind);
    let at = overlapping.sequence;
    let behind = |pdu: &[u8]| overlapping.frame_at(at + 20, &pdu[20..]);
    vec![
        (&[SmppLength], of(short)),
        (&[SmppString], of(smpp::bind(CommandId::BindTransmitter, 1, "a name that is too long"))),
        (&[SmppVersion], of(smpp::pdu(CommandId::SubmitSm, 0, 1, &unknown))),
        (&[Overlap], vec![opening, behind(&text), behind(&other), overlapping.frame_at(at, &text[..20])]),
    ]
}
