//! Point codes of three worlds (Q.704 §2.2, T1.111.4 §2.2, GF001-9001 §3.6), each as the port is set.

use crate::rig::net::Sender;
use crate::rig::ss7::{SCCP, m2pa, m2ua, title};
use crate::rig::{Rig, map, sms};
use sluice_abi::counters::Exit;
use sluice_engine::PointCodes;

/// Link type of MTP3 without anything below.
const MTP3: u16 = 141;
/// Link type of MTP2.
const MTP2: u16 = 140;

fn tcap() -> Vec<u8> {
    map::mt(&[0, 0, 0, 1], &sms::deliver("999550199", "from another world"))
}

/// A UDT from and to these addresses, written out (Q.713 §4.10).
fn udt(called: &[u8], calling: &[u8]) -> Vec<u8> {
    let tcap = tcap();
    let (second, third) = (3 + called.len() as u8, 3 + (called.len() + calling.len()) as u8);
    let head = [9, 0x80, 3, second, third];
    let sized = |octets: &[u8]| [&[octets.len() as u8][..], octets].concat();
    [&head[..], &sized(called), &sized(calling), &sized(&tcap)].concat()
}

/// An MSU whose label has 24 bits for each point code: service information, from, to, and the selection.
fn msu(sio: u8, opc: [u8; 3], dpc: [u8; 3], sls: u8, sccp: &[u8]) -> Vec<u8> {
    let reversed = |[network, cluster, member]: [u8; 3]| [member, cluster, network];
    [&[sio][..], &reversed(dpc), &reversed(opc), &[sls], sccp].concat()
}

/// A world: how the port is set, an MSU of it, what its label says, and what its called address says.
type World = (PointCodes, Vec<u8>, [&'static str; 6], [&'static str; 3]);

fn worlds() -> Vec<World> {
    let titles = udt(&title(8, "999700200002"), &title(8, "999810300001"));
    // T1.112.3 §3.4.1: national, routed by subsystem; subsystem before point code 5-6-7.
    let ansi = udt(&[0xC3, 8, 7, 6, 5], &[0xC3, 8, 3, 2, 1]);
    // Q.713 §3.4.1 with 24 bits: point code 5-6-7 before subsystem.
    let china = udt(&[0x43, 7, 6, 5, 8], &[0x43, 3, 2, 1, 8]);
    vec![
        (
            PointCodes::Itu,
            crate::rig::ss7::msu(SCCP, &titles),
            ["4001", "6001", "3", "2", "", "7"],
            ["", "8", "999700200002"],
        ),
        (
            PointCodes::Ansi,
            msu(0xB3, [1, 2, 3], [5, 6, 7], 0xE5, &ansi),
            ["66051", "329223", "3", "2", "3", "229"],
            ["329223", "8", ""],
        ),
        (
            PointCodes::China,
            msu(0x83, [1, 2, 3], [5, 6, 7], 0x05, &china),
            ["66051", "329223", "3", "2", "", "5"],
            ["329223", "8", ""],
        ),
    ]
}

const LABEL: [&str; 6] = ["mtp.opc", "mtp.dpc", "mtp.si", "mtp.ni", "mtp.mp", "mtp.sls"];
const CALLED: [&str; 3] = ["sccp.cdpa.pc", "sccp.cdpa.ssn", "sccp.cdpa.gt"];

#[test]
fn an_msu_of_each_world_gives_its_label_and_addresses_whatever_carries_it() {
    for (point_codes, msu, label, called) in worlds() {
        let mut rig = Rig::new();
        rig.point_codes = point_codes;
        let signal_unit = [&[0, 0, 63][..], &msu].concat();
        assert_eq!(rig.frame(&Sender::of(1, 5, 3565).whole(&m2pa(&msu))), Exit::Judged, "{point_codes:?}");
        assert_eq!(rig.frame(&Sender::of(2, 2, 2904).whole(&m2ua(&msu))), Exit::Judged);
        assert_eq!(rig.offer(MTP3, &msu), Exit::Judged);
        assert_eq!(rig.offer(MTP2, &signal_unit), Exit::Judged);
        let lines = rig.lines();
        assert_eq!(lines.iter().map(|line| line.at("mtp.proto")).collect::<Vec<_>>(), ["m2pa", "m2ua", "mtp3", "mtp3"]);
        for line in &lines {
            assert_eq!(line.all(LABEL), label, "{point_codes:?}");
            assert_eq!(line.all(CALLED), called, "{point_codes:?}");
            assert_eq!(line.all(["sms.text", "malformed"]), ["from another world", ""]);
            assert!(line.anomalies().is_empty(), "{point_codes:?}: {:?}", line.anomalies());
        }
    }
}

#[test]
fn an_msu_of_another_world_is_never_a_message_that_reads_well() {
    for (point_codes, msu, ..) in worlds() {
        for other in [PointCodes::Itu, PointCodes::Ansi, PointCodes::China] {
            // The labels of the last two differ in spare bits only: told apart by the address.
            let alike = (point_codes == PointCodes::Itu) == (other == PointCodes::Itu);
            if alike {
                continue;
            }
            let mut rig = Rig::new();
            rig.point_codes = other;
            let exit = rig.offer(MTP3, &msu);
            let lines = rig.lines();
            assert!(exit != Exit::Judged && lines.is_empty(), "{point_codes:?} read as {other:?}: {exit:?}");
        }
    }
}

#[test]
fn m3ua_says_point_codes_in_full_whatever_the_port_is_set_to() {
    for (point_codes, (.., called)) in
        [PointCodes::Ansi, PointCodes::China].into_iter().zip(worlds().into_iter().skip(1))
    {
        let mut rig = Rig::new();
        rig.point_codes = point_codes;
        let (_, msu, ..) = worlds().into_iter().find(|world| world.0 == point_codes).expect("a world");
        let message = crate::rig::ss7::m3ua_of(0x01_0203, SCCP, &msu[8..]);
        rig.frame(&Sender::new(1).whole(&message));
        let line = rig.line();
        assert_eq!((line.at("mtp.opc"), line.all(CALLED)), ("66051", called), "{point_codes:?}");
    }
}
