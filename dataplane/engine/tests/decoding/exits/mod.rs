//! Everything that is not a short message leaves by the exit of its own name, and is never taken for MAP.

mod list;
mod tcap;

use crate::rig::net::{Fragment, SCTP, Sender, TCP, UDP, chunk, ethernet, ip4, tcp};
use crate::rig::ss7::{
    CENTRE, MSC, OPC, SMSC, VISITED, between, cldt, common, m2pa, m2ua, m3ua, m3ua_of, msu, parameter, title, udt,
};
use crate::rig::tcap::{aarq, begin, invoke};
use crate::rig::{Rig, hex, map, sms};
use sluice_abi::counters::Exit;

/// A UDT between two subsystems without titles.
fn subsystem(called: u8, calling: u8, data: &[u8]) -> Vec<u8> {
    m3ua(&udt(&[0x42, called], &[0x42, calling], data))
}

/// Asserts that a frame leaves by an exit, frame and chunk, without a line.
#[track_caller]
fn leaves(rig: &mut Rig, frame: &[u8], exit: Exit, chunks: u64) {
    let before = rig.left_by(exit);
    assert_eq!(rig.frame(frame), exit);
    let after = rig.left_by(exit);
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, chunks), "{exit:?}");
    assert_eq!(rig.lines(), [], "{exit:?}");
}

/// A Begin with an operation that MAP would read as MT-ForwardSM, in the dialogue of another user.
fn foreign(context: &[u8]) -> Vec<u8> {
    let tpdu = sms::deliver("999550199", "none of MAP's");
    begin(&[0, 0, 0, 1], &aarq(context), &[invoke(1, 44, &map::mt_argument(map::IMSI, &tpdu))])
}

#[test]
fn other_users_of_mtp_leave_by_their_names() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    for (si, exit) in [
        (0, Exit::MtpManagement),
        (1, Exit::MtpManagement),
        (2, Exit::MtpManagement),
        (4, Exit::Tup),
        (5, Exit::Isup),
        (6, Exit::NotSccp),
        (7, Exit::NotSccp),
        (8, Exit::MtpManagement),
        (9, Exit::Isup),
        (10, Exit::Isup),
        (11, Exit::NotSccp),
        (12, Exit::NotSccp),
        (13, Exit::Bicc),
        (14, Exit::H248),
        (15, Exit::NotSccp),
    ] {
        // What it carries could be a short message: nobody looks.
        let inside = between(&foreign(&map::context(map::MT_RELAY, 3)));
        leaves(&mut rig, &sender.whole(&m3ua_of(OPC, si, &inside)), exit, 1);
        let mut links = Sender { tsn: u32::from(si), ..Sender::of(2, 5, 3565) };
        leaves(&mut rig, &links.whole(&m2pa(&msu(si, &inside))), exit, 1);
    }
}

#[test]
fn other_users_of_sctp_leave_by_their_names_whatever_their_octets_look_like() {
    let mut rig = Rig::new();
    let looks_like_m3ua = m3ua(&between(&foreign(&map::context(map::MT_RELAY, 3))));
    for (ppid, exit) in [
        (1, Exit::NotSignalling),
        (6, Exit::NotSignalling),
        (7, Exit::H248),
        (8, Exit::Bicc),
        (13, Exit::NotSignalling),
        (18, Exit::RadioAccess),
        (19, Exit::RadioAccess),
        (24, Exit::RadioAccess),
        (25, Exit::RadioAccess),
        (27, Exit::RadioAccess),
        (29, Exit::RadioAccess),
        (31, Exit::RadioAccess),
        (45, Exit::NotSignalling),
        (46, Exit::Diameter),
        (47, Exit::Diameter),
        (51, Exit::NotSignalling),
        (55, Exit::RadioAccess),
        (60, Exit::RadioAccess),
        (61, Exit::RadioAccess),
        (62, Exit::RadioAccess),
        (64, Exit::RadioAccess),
        (70, Exit::RadioAccess),
        (73, Exit::RadioAccess),
    ] {
        let mut sender = Sender { tsn: ppid, ..Sender::of(3, ppid, 36_412) };
        leaves(&mut rig, &sender.whole(&looks_like_m3ua), exit, 1);
    }
    let mut unknown = Sender::of(4, 9999, 9999);
    leaves(&mut rig, &unknown.whole(b"nobody knows what this is"), Exit::NotSignalling, 1);
}

#[test]
fn an_adaptation_is_found_by_shape_where_its_identifier_is_none_or_another_and_that_is_noted() {
    let tcap = map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "found"));
    let bare = msu(3, &between(&tcap));
    let messages = [
        (3, m3ua(&between(&tcap)), "m3ua"),
        (5, m2pa(&bare), "m2pa"),
        (2, m2ua(&bare), "m2ua"),
        (4, cldt(OPC, None, &tcap), "sua"),
    ];
    let mut rig = Rig::new();
    for (own, message, name) in messages {
        for ppid in [0, 2, 3, 4, 5, 9999] {
            // A port of nobody: the shape alone tells.
            let mut sender = Sender { tsn: ppid, ..Sender::of(own, ppid, 7777) };
            assert_eq!(rig.frame(&sender.whole(&message)), Exit::Judged, "{name} under {ppid}");
            let line = rig.line();
            assert_eq!(line.all(["mtp.proto", "sms.text"]), [name, "found"]);
            let expected: &[&str] = if ppid == own { &[] } else { &["sctp_ppid"] };
            assert_eq!(line.anomalies(), expected, "{name} under {ppid}");
        }
    }
}

#[test]
fn an_identifier_of_none_on_the_port_of_an_adaptation_is_that_adaptation() {
    let mut rig = Rig::new();
    // Not of a shape that tells: the length is wrong by more than padding.
    let message = [m3ua(&between(&map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "by port")))), vec![0; 8]].concat();
    assert_eq!(rig.frame(&Sender::of(1, 0, 7777).whole(&message)), Exit::NotSignalling);
    assert_eq!(rig.frame(&Sender::of(2, 0, 2905).whole(&message)), Exit::Judged);
    assert_eq!(rig.line().anomalies(), ["adaptation_length", "sctp_ppid"]);
}

#[test]
fn messages_of_adaptations_without_an_msu_are_management() {
    let mut rig = Rig::new();
    let heartbeat = common(0x0303, &[parameter(0x0009, b"beat")]);
    for (ppid, port) in [(3, 2905), (2, 2904), (4, 14001)] {
        leaves(&mut rig, &Sender::of(ppid, ppid, port).whole(&heartbeat), Exit::AdaptationManagement, 1);
    }
    let link_status = hex("01000b02 00000014 00ffffff 00ffffff 00000001");
    leaves(&mut rig, &Sender::of(5, 5, 3565).whole(&link_status), Exit::AdaptationManagement, 1);
}

#[test]
fn connections_of_sccp_leave_by_the_user_their_request_names() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    // Q.713 §4.2: reference, class 2, called address with subsystem, no optional part.
    let request = |ssn| m3ua(&[1, 0, 0, 7, 2, 2, 0, 2, 0x42, ssn]);
    for (ssn, exit) in [
        (142, Exit::Ranap),
        (143, Exit::RadioAccess),
        (98, Exit::Bssap),
        (250, Exit::Bssap),
        (254, Exit::Bssap),
        (249, Exit::RadioAccess),
        (8, Exit::SccpConnection),
        (200, Exit::SccpConnection),
    ] {
        leaves(&mut rig, &sender.whole(&request(ssn)), exit, 1);
    }
    // A DT1 names nobody, whatever it holds.
    let data = m3ua(&[&[6, 0, 0, 7, 0, 1, 20][..], &[0x62; 20]].concat());
    leaves(&mut rig, &sender.whole(&data), Exit::SccpConnection, 1);
    let core = common(0x0801, &[parameter(0x0115, &[0, 0, 0, 2])]);
    leaves(&mut rig, &Sender::of(2, 4, 14001).whole(&core), Exit::SccpConnection, 1);
}

#[test]
fn subsystems_without_tcap_leave_by_their_names() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    // BSSMAP paging and RANAP paging travel without a connection: TS 48.008 §3.2.1.19, TS 25.413 §9.1.23.
    let (bssmap, ranap) = (hex("000d 52 0800 2912345678 1a0301 1002"), hex("000e4011 000002 0003400101 0017400100"));
    leaves(&mut rig, &sender.whole(&subsystem(254, 254, &bssmap)), Exit::Bssap, 1);
    leaves(&mut rig, &sender.whole(&subsystem(142, 142, &ranap)), Exit::Ranap, 1);
    leaves(&mut rig, &sender.whole(&subsystem(8, 8, &bssmap)), Exit::NotTcap, 1);
    // Subsystem prohibited: Q.713 §5.
    leaves(&mut rig, &sender.whole(&subsystem(1, 1, &[2, 8, 0xA1, 0x0F, 0])), Exit::SccpManagement, 1);
}

#[test]
fn map_without_short_messages_leaves_as_such() {
    let mut rig = Rig::new();
    let location = begin(
        &[0, 0, 0, 1],
        &aarq(&map::context(map::NETWORK_LOC_UP, 3)),
        &[invoke(1, 2, &hex("301c040800010100803119f4810791998901020010040791998901020020"))],
    );
    leaves(&mut rig, &Sender::new(1).whole(&m3ua(&between(&location))), Exit::NotSms, 1);
}

#[test]
fn what_is_below_signalling_leaves_by_its_layer() {
    let mut rig = Rig::new();
    let of_ip = |protocol, payload: &[u8]| ethernet(&ip4((1, 1), protocol, Fragment::default(), payload));
    leaves(&mut rig, &of_ip(UDP, &[0; 40]), Exit::NotSctp, 0);
    leaves(&mut rig, &of_ip(TCP, &tcp((80, 40_000), 1, 0x18, b"GET / HTTP/1.1\r\n\r\n")), Exit::NotSctp, 0);
    leaves(&mut rig, &[&[0xFF; 12][..], &[8, 6], &[0; 28]].concat(), Exit::NotIp, 0);
    leaves(&mut rig, &of_ip(SCTP, &[0; 8]), Exit::MalformedSctp, 0);
    leaves(&mut rig, &of_ip(TCP, &[0; 8]), Exit::MalformedTcp, 0);
    leaves(&mut rig, &Sender::new(1).frame(&[chunk(4, 0, &[0, 1, 0, 4])]), Exit::SctpControl, 0);
    assert_eq!(rig.offer(9999, &[0; 64]), Exit::UnknownLink);
    let mut sender = Sender::new(1);
    leaves(&mut rig, &sender.whole(&hex("0100010100000010 0210000400000000")), Exit::MalformedAdaptation, 1);
    leaves(&mut rig, &sender.whole(&m3ua(&[9, 0, 3, 9])), Exit::MalformedSccp, 1);
    leaves(
        &mut rig,
        &sender.whole(&m3ua(&udt(&title(MSC, VISITED), &title(SMSC, CENTRE), &[0x62]))),
        Exit::MalformedTcap,
        1,
    );
}

#[test]
fn a_frame_with_several_chunks_leaves_by_the_most_telling_and_each_chunk_by_its_own() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let judged = m3ua(&between(&map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "among others"))));
    let chunks =
        [sender.data(3, &m3ua_of(OPC, 5, &[0; 8])), sender.data(3, &judged), sender.data(3, &common(0x0303, &[]))];
    assert_eq!(rig.frame(&sender.frame(&chunks)), Exit::Judged);
    assert_eq!(rig.line().all(["sms.text", "sctp.bundled"]), ["among others", "3"]);
    for exit in [Exit::Isup, Exit::Judged, Exit::AdaptationManagement] {
        assert_eq!(rig.left_by(exit), (u64::from(exit == Exit::Judged), 1), "{exit:?}");
    }
}
