//! Deviations of what carries TCAP: IP, SCTP, the adaptations and SCCP.

use super::{Case, over_m3ua, plain};
use crate::rig::net::{Fragment, SCTP, Sender, WHOLE, chunk, data, ethernet, ip4};
use crate::rig::ss7::{
    CENTRE, MSC, SMSC, VISITED, between, common, m2pa, m3ua, msu, parameter, segments, title, udt, xudt,
};
use sluice_wire::Anomaly::*;

/// All of them.
pub fn cases() -> Vec<Case> {
    [of_ip(), of_sctp(), of_adaptations(), of_sccp()].concat()
}

fn of_ip() -> Vec<Case> {
    let whole = Sender::new(1).ip(&[data(1000, WHOLE, 3, &m3ua(&between(&plain())))]);
    let payload = &whole[20..];
    let fragment = |offset_octets: u16, more, octets: &[u8]| {
        ethernet(&ip4((1, 2), SCTP, Fragment { identification: 7, offset_octets, more }, octets))
    };
    vec![(&[IpFragmented], vec![fragment(0, true, &payload[..64]), fragment(64, false, &payload[64..])])]
}

fn of_sctp() -> Vec<Case> {
    let message = m3ua(&between(&plain()));
    let mut bad = over_m3ua(&message);
    bad[14 + 20 + 8] ^= 1;
    let mut unlike = Sender::new(1);
    unlike.ppid = 0;
    let mut zero = data(1000, WHOLE, 3, &message);
    zero[8..10].fill(0);
    let tail = [data(1000, WHOLE, 3, &message), vec![0, 0]].concat();
    let mut padded = chunk(4, 0, &[0, 1, 0, 5, 9]);
    *padded.last_mut().expect("padding") = 7;
    let beside = Sender::new(1).frame(&[padded, data(1000, WHOLE, 3, &message)]);
    vec![
        (&[SctpBadCrc], vec![bad]),
        (&[SctpFragmented], Sender::new(1).fragment_frames(&message, 64)),
        (&[SctpPpid], vec![unlike.whole(&message)]),
        (&[SctpPpid], vec![Sender::of(1, 4, 2905).whole(&message)]),
        (&[SctpStreamZero], vec![Sender::new(1).frame(&[zero])]),
        (&[SctpPadding], vec![Sender::new(1).frame(&[tail])]),
        (&[SctpPadding], vec![beside]),
    ]
}

fn of_adaptations() -> Vec<Case> {
    let whole = m3ua(&between(&plain()));
    let mut reserved = whole.clone();
    reserved[1] = 7;
    let label = [&[0, 0, 0x0F, 0xA1, 0, 0, 0x17, 0x71, 3, 2, 0, 7][..], &between(&plain())].concat();
    let with = |more: Vec<u8>| over_m3ua(&common(0x0101, &[more, parameter(0x0210, &label)]));
    let mut unused = m2pa(&msu(3, &between(&plain())));
    unused[8] = 1;
    let unlike = parameter(0x0300, &msu(3, &between(&plain())));
    vec![
        (&[AdaptationValue], vec![over_m3ua(&reserved)]),
        (&[AdaptationValue], vec![with(parameter(0x0055, b"none"))]),
        (&[AdaptationValue], vec![Sender::of(1, 5, 3565).whole(&unused)]),
        (
            &[AdaptationValue],
            vec![Sender::of(1, 2, 2904).whole(&common(0x0601, &[parameter(0x0055, b"none"), unlike]))],
        ),
        (&[AdaptationLength], vec![with(parameter(0x0006, &[0, 0, 0, 5, 0, 0, 0, 6]))]),
        (&[AdaptationLength], vec![over_m3ua(&[&whole[..], &[0; 4]].concat())]),
        (&[ElementOrder], vec![with([parameter(0x0006, &[0, 0, 0, 5]), parameter(0x0006, &[0, 0, 0, 5])].concat())]),
    ]
}

fn of_sccp() -> Vec<Case> {
    let (called, calling, tcap) = (title(MSC, VISITED), title(SMSC, CENTRE), plain());
    let of = |sccp: &[u8]| vec![over_m3ua(&m3ua(sccp))];
    // The calling party stands before the called one, each still found by its pointer.
    let parts = [&[calling.len() as u8][..], &calling, &[called.len() as u8], &called, &[tcap.len() as u8], &tcap];
    let (first, both) = (1 + calling.len() as u8, 2 + (calling.len() + called.len()) as u8);
    let swapped = [&[9, 0x80, 3 + first, 2, 1 + both][..], &parts.concat()].concat();
    let mut reserved = called.clone();
    reserved[4] |= 0x80;
    let mut letters = called.clone();
    letters[5] = 0xAB;
    let lone = |octets: &[u8]| xudt(&called, &calling, &tcap[..], octets);
    let in_segments = segments(&called, &calling, &tcap, 60, 0x1234);
    let mut sender = Sender::new(1);
    vec![
        (&[SccpLength], of(&[&between(&tcap)[..], &[0]].concat())),
        (&[SccpPointer], of(&swapped)),
        (&[SccpOptional], of(&lone(&[0x0F, 1, 3, 0]))),
        (&[SccpAddress], of(&udt(&reserved, &calling, &tcap))),
        (&[SccpDigits], of(&udt(&letters, &calling, &tcap))),
        (&[SccpSegmented], in_segments.iter().map(|segment| sender.whole(&m3ua(segment))).collect()),
    ]
}
