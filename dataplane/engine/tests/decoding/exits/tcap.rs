//! Other users of TCAP: CAP, INAP, and all that speak the TCAP of ANSI.

use super::{foreign, leaves, subsystem};
use crate::rig::net::Sender;
use crate::rig::ss7::{back, between, m3ua};
use crate::rig::tcap::{aare, aarq, begin, end, invoke, proceed, tlv};
use crate::rig::{Rig, hex, map, sms};
use sluice_abi::counters::Exit;

#[test]
fn other_users_of_tcap_leave_by_context_or_by_subsystem() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    let cap = foreign(&[4, 0, 0, 1, 0, 50, 1]);
    // CAP of phase 1, of phases 3 and 4 (TS 29.078 §5.6); INAP of ETSI and of ITU-T.
    for (context, exit) in [
        (&[4, 0, 0, 1, 0, 50, 1][..], Exit::Cap),
        (&[4, 0, 0, 1, 21, 3, 4], Exit::Cap),
        (&[4, 0, 0, 1, 23, 3, 61], Exit::Cap),
        (&[4, 0, 1, 1, 1, 0, 0], Exit::Inap),
        (&[0, 17, 0x89, 0x42, 0, 0], Exit::Inap),
    ] {
        leaves(&mut rig, &sender.whole(&m3ua(&between(&foreign(context)))), exit, 1);
    }
    // Nothing but the subsystem tells: a Continue has no context.
    let later = proceed(&[0, 0, 0, 1], &[0, 0, 0, 2], &[], &[invoke(2, 44, &tlv(0x30, &[]))]);
    for (called, calling) in [(146, 146), (146, 8), (147, 8)] {
        leaves(&mut rig, &sender.whole(&subsystem(called, calling, &later)), Exit::Cap, 1);
        leaves(&mut rig, &sender.whole(&subsystem(called, calling, &cap)), Exit::Cap, 1);
    }
}

#[test]
fn a_delivery_does_not_get_by_as_cap_because_its_sender_names_a_subsystem_of_cap() {
    let mut rig = Rig::new();
    let forward = [invoke(1, 44, &map::mt_argument(map::IMSI, &sms::deliver("999550199", "hidden")))];
    for (n, calling) in (1..).zip([146, 147]) {
        let message = begin(&[0, 0, 0, n], &[], &forward);
        assert_eq!(rig.frame(&Sender::new(u32::from(n)).whole(&subsystem(8, calling, &message))), Exit::Judged);
        assert_eq!(rig.line().at("sms.text"), "hidden");
    }
}

#[test]
fn a_context_that_nobody_knows_hides_no_short_message() {
    let mut rig = Rig::new();
    let forward = [invoke(1, 44, &map::mt_argument(map::IMSI, &sms::deliver("999550199", "hidden")))];
    let message = begin(&[0, 0, 0, 1], &aarq(&[0x2A, 3, 4]), &forward);
    assert_eq!(rig.frame(&Sender::new(1).whole(&m3ua(&between(&message)))), Exit::Judged);
    let line = rig.line();
    assert_eq!((line.at("sms.text"), line.anomalies()), ("hidden", vec!["context_mismatch"]));
    // Without an operation of ours it is another service.
    let other = begin(&[0, 0, 0, 2], &aarq(&[0x2A, 3, 4]), &[invoke(1, 2, &tlv(0x30, &[]))]);
    leaves(&mut rig, &Sender::new(2).whole(&m3ua(&between(&other))), Exit::NotSms, 1);
}

#[test]
fn later_messages_of_another_users_dialogue_are_known_by_its_first() {
    let (otid, dtid) = ([0, 0, 0, 1], [0, 0, 0, 2]);
    // INAP's sendChargingInformation (ETS 300 374-1 §7) has the number of MO-ForwardSM, and names no context.
    let charging = || [invoke(2, 46, &tlv(0x30, &[]))];
    for (context, exit) in [(&[4, 0, 1, 1, 1, 0, 0][..], Exit::Inap), (&[4, 0, 0, 1, 23, 3, 4], Exit::Cap)] {
        let (mut rig, mut sender) = (Rig::new(), Sender::new(1));
        let first = begin(&otid, &aarq(context), &[invoke(1, 0, &[])]);
        leaves(&mut rig, &sender.whole(&m3ua(&between(&first))), exit, 1);
        let answer = proceed(&dtid, &otid, &[], &charging());
        leaves(&mut rig, &sender.whole(&m3ua(&back(&answer))), exit, 1);
        let more = proceed(&otid, &dtid, &[], &charging());
        leaves(&mut rig, &sender.whole(&m3ua(&between(&more))), exit, 1);
        leaves(&mut rig, &sender.whole(&m3ua(&back(&end(&otid, &[], &[])))), exit, 1);
        // The id is free again: the same number in a dialogue of MAP.
        let text = map::mt(&otid, &sms::deliver("999550199", "MAP's own"));
        assert_eq!(rig.frame(&sender.whole(&m3ua(&between(&text)))), Exit::Judged);
        assert_eq!(rig.line().at("sms.text"), "MAP's own");
    }
}

#[test]
fn no_answer_makes_a_dialogue_of_short_messages_another_users() {
    let (otid, dtid) = ([0, 0, 0, 1], [0, 0, 0, 2]);
    for context in [&[4, 0, 1, 1, 1, 0, 0][..], &[4, 0, 0, 1, 23, 3, 4], &[0x2A, 3, 4]] {
        let (mut rig, mut sender) = (Rig::new(), Sender::new(1));
        let forward = |text| [invoke(1, 44, &map::mt_argument(map::IMSI, &sms::deliver("999550199", text)))];
        rig.frame(&sender.whole(&m3ua(&between(&begin(&otid, &[], &forward("first"))))));
        rig.frame(&sender.whole(&m3ua(&back(&proceed(&dtid, &otid, &aare(context), &[])))));
        rig.frame(&sender.whole(&m3ua(&between(&proceed(&otid, &dtid, &[], &forward("second"))))));
        let texts: Vec<_> = rig.lines().iter().map(|line| line.at("sms.text").to_owned()).collect();
        assert_eq!(texts, ["first", "second"], "{context:?}");
    }
}

/// Queries of ANSI-41 (TIA-41-D): SMDPP and RegNot as seen in captures; another family; an answer that says nothing.
#[test]
fn tcap_of_ansi_leaves_by_its_family() {
    let mut rig = Rig::new();
    let mut sender = Sender::new(1);
    for (package, exit) in [
        (
            "e233c70400000000e82be929cf0100d1020935f2209f69009f74009f81000108880516193204009f814101019f8143052222222222",
            Exit::Ansi41,
        ),
        ("e210c70400000000e808e906cf0100d1020a01", Exit::AnsiTcap),
        ("e210c70400000000e808e906cf0100d0028401", Exit::AnsiTcap),
        ("e40fc70401000000e807ea05cf0101f200", Exit::AnsiTcap),
    ] {
        leaves(&mut rig, &sender.whole(&subsystem(11, 6, &hex(package))), exit, 1);
        leaves(&mut rig, &sender.whole(&subsystem(8, 8, &hex(package))), exit, 1);
    }
}
