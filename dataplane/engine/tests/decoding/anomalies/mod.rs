//! Every tolerated deviation of the closed list: what sets its flag, alone where that can be, and that nothing else does.

mod above;
mod below;

use crate::rig::net::{self, LAST, SCTP, Sender, WHOLE, data, ethernet};
use crate::rig::smpp::{self, End};
use crate::rig::ss7::{CENTRE, MSC, OPC, SMSC, VISITED, back, between, cldt, m2pa, m2ua, m3ua, msu, title, xudt};
use crate::rig::tcap::{aare, aarq, begin, empty_result, end, invoke, proceed};
use crate::rig::{Rig, map, sms};
use sluice_wire::Anomaly;
use sluice_wire::smpp::CommandId;
use std::collections::BTreeSet;

const OTID: [u8; 4] = [0, 0, 0, 1];
const DTID: [u8; 4] = [0, 0, 0, 2];

/// Frames, and what their messages say between them.
type Case = (&'static [Anomaly], Vec<Vec<u8>>);

fn mt_context() -> Vec<u8> {
    map::context(map::MT_RELAY, 3)
}

fn plain_tpdu() -> Vec<u8> {
    sms::deliver("999550199", "the plain text of a message")
}

/// The frame of a UDT with these octets of TCAP.
fn frame(tcap: &[u8]) -> Vec<u8> {
    over_m3ua(&m3ua(&between(tcap)))
}

/// A frame of M3UA.
fn over_m3ua(message: &[u8]) -> Vec<u8> {
    Sender::new(1).whole(message)
}

/// The frame of an MT-ForwardSM with this TPDU.
fn with_tpdu(tpdu: &[u8]) -> Vec<u8> {
    frame(&map::mt(&OTID, tpdu))
}

/// The frame of a forwardSM of this context with this operation and argument.
fn with_argument(context: u8, operation: u8, argument: &[u8]) -> Vec<u8> {
    frame(&begin(&OTID, &aarq(&map::context(context, 3)), &[invoke(1, operation, argument)]))
}

fn plain() -> Vec<u8> {
    map::mt(&OTID, &plain_tpdu())
}

fn cases() -> Vec<Case> {
    [below::cases(), above::cases()].concat()
}

/// What the messages of some frames say between them.
fn said(frames: &[Vec<u8>]) -> (BTreeSet<String>, usize) {
    let mut rig = Rig::new();
    rig.frames(frames);
    let lines = rig.lines();
    (lines.iter().flat_map(|line| line.anomalies()).map(str::to_owned).collect(), lines.len())
}

#[test]
fn every_case_says_what_deviates_in_it_and_nothing_else() {
    for (place, (anomalies, frames)) in cases().iter().enumerate() {
        let expected: BTreeSet<String> = anomalies.iter().map(|anomaly| anomaly.name().to_owned()).collect();
        let (said, lines) = said(frames);
        assert!(lines > 0, "case {place}, {expected:?}: nothing was judged");
        assert_eq!(said, expected, "case {place}");
    }
}

#[test]
fn there_is_a_case_for_every_anomaly_of_the_list() {
    let shown: BTreeSet<_> = cases().iter().flat_map(|(anomalies, _)| anomalies.iter().map(|a| a.name())).collect();
    let missing: Vec<_> =
        Anomaly::ALL.iter().map(|anomaly| anomaly.name()).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_message_as_it_should_be_says_nothing_whatever_carries_it() {
    let (mt, mo) = (plain(), map::mo(&OTID, map::MSISDN, &sms::submit("999550199", "a text")));
    for tcap in [mt, mo] {
        let (sccp, bare) = (between(&tcap), msu(3, &between(&tcap)));
        let frames = [
            over_m3ua(&m3ua(&sccp)),
            over_m3ua(&m3ua(&xudt(&title(MSC, VISITED), &title(SMSC, CENTRE), &tcap, &[]))),
            Sender::of(1, 5, 3565).whole(&m2pa(&bare)),
            Sender::of(1, 2, 2904).whole(&m2ua(&bare)),
            Sender::of(1, 4, 14001).whole(&cldt(OPC, None, &tcap)),
            ethernet(&net::ip6((1, 2), SCTP, &net::sctp((2905, 2905), 1, &[data(1, WHOLE, 3, &m3ua(&sccp))]))),
        ];
        for frame in frames {
            assert_eq!(said(&[frame]), (BTreeSet::new(), 1));
        }
    }
}

#[test]
fn a_dialogue_and_a_session_as_they_should_be_say_nothing() {
    let (mut forth, mut answers) = (Sender::new(1), Sender::new(2));
    let accepted = aare(&mt_context());
    let one = invoke(1, map::MT_FORWARD, &map::mt_argument(map::IMSI, &plain_tpdu()));
    let ss7 = vec![
        forth.whole(&m3ua(&between(&begin(&OTID, &aarq(&mt_context()), &[])))),
        answers.whole(&m3ua(&back(&proceed(&DTID, &OTID, &accepted, &[])))),
        forth.whole(&m3ua(&between(&proceed(&OTID, &DTID, &[], &[one])))),
        answers.whole(&m3ua(&back(&end(&OTID, &[], &[empty_result(1)])))),
    ];
    assert_eq!(said(&ss7), (BTreeSet::new(), 4));
    let (mut esme, mut centre) = End::pair();
    let session = vec![
        esme.send(&smpp::bind(CommandId::BindTransceiver, 1, "esme")),
        centre.send(&smpp::pdu(CommandId::BindTransceiverResp, 0, 1, b"centre\0")),
        esme.send(&smpp::submit(2, "a text")),
        centre.send(&smpp::pdu(CommandId::SubmitSmResp, 0, 2, b"1234\0")),
    ];
    assert_eq!(said(&session), (BTreeSet::new(), 4));
}

#[test]
fn a_deviation_below_is_said_by_every_message_of_the_frame_and_by_no_other() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let messages: Vec<_> = (1..=3).map(|id| m3ua(&between(&map::mt(&[0, 0, 0, id], &plain_tpdu())))).collect();
    let mut zero = sender.data(WHOLE, &messages[1]);
    zero[8..10].fill(0);
    let chunks = [sender.data(WHOLE, &messages[0]), zero, sender.data(WHOLE, &messages[2])];
    let mut bad = sender.frame(&chunks);
    bad[14 + 20 + 8] ^= 1;
    rig.frame(&bad);
    let said: Vec<_> = rig.lines().iter().map(|line| line.anomalies().join(" ")).collect();
    assert_eq!(said, ["sctp_bad_crc", "sctp_bad_crc sctp_stream_zero", "sctp_bad_crc"]);
    let lone = sender.data(LAST, &messages[0]);
    rig.frame(&sender.frame(&[lone]));
    rig.frame(&sender.whole(&m3ua(&between(&map::mt(&[9; 4], &plain_tpdu())))));
    assert_eq!(rig.line().anomalies(), [""; 0]);
}
