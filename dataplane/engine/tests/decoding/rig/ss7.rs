//! M3UA, M2PA, M2UA, SUA, MTP3 and SCCP.

use sluice_wire::Anomalies;
use sluice_wire::m2pa::{self, Body, Sequence};
use sluice_wire::m3ua::{ProtocolData, RoutingContext};
use sluice_wire::mtp3::{Label, NetworkIndicator, PointCode, ServiceIndicator, Sls};
use sluice_wire::sccp::{Address, Connectionless, MessageType};

/// Point codes of the two sides.
pub const OPC: u32 = 4001;
pub const DPC: u32 = 6001;

fn label(opc: u32, si: u8) -> Label {
    Label {
        opc: PointCode(opc),
        dpc: PointCode(DPC),
        si: ServiceIndicator::from_number(si),
        ni: NetworkIndicator(2),
        mp: Some(0),
        sls: Sls(7),
    }
}

/// M3UA DATA (RFC 4666 §3.3.1) with any user part.
pub fn m3ua_of(opc: u32, si: u8, user_data: &[u8]) -> Vec<u8> {
    let data = ProtocolData {
        label: label(opc, si),
        na: None,
        rc: Some(RoutingContext(5)),
        correlation_id: None,
        user_data,
        user_data_offset: 0,
        anomalies: Anomalies::NONE,
    };
    let mut out = vec![0; user_data.len() + 64];
    let length = data.emit(&mut out).expect("fits");
    out.truncate(length);
    out
}

/// M3UA DATA with SCCP.
pub fn m3ua(sccp: &[u8]) -> Vec<u8> {
    m3ua_of(OPC, SCCP, sccp)
}

/// An MSU of an ITU network, from its service information octet on (Q.704 §2.2).
pub fn msu(si: u8, user_data: &[u8]) -> Vec<u8> {
    [&label(OPC, si).emit().expect("numbers that fit")[..], user_data].concat()
}

/// M2PA user data (RFC 4165 §2.3.1) with an MSU.
pub fn m2pa(msu: &[u8]) -> Vec<u8> {
    let body = Body::Msu { priority: 0, msu };
    let message = m2pa::Message { bsn: Sequence(1), fsn: Sequence(2), body, anomalies: Anomalies::NONE };
    let mut out = vec![0; msu.len() + 64];
    let length = message.emit(&mut out).expect("fits");
    out.truncate(length);
    out
}

/// A message of the common form of RFC 4666 §3.1: class and type, then parameters.
pub fn common(kind: u16, parameters: &[Vec<u8>]) -> Vec<u8> {
    let parameters = parameters.concat();
    let length = (8 + parameters.len() as u32).to_be_bytes();
    [&[1, 0][..], &kind.to_be_bytes(), &length, &parameters].concat()
}

/// A parameter of such a message, padded.
pub fn parameter(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut parameter = [&tag.to_be_bytes()[..], &(4 + value.len() as u16).to_be_bytes(), value].concat();
    parameter.resize(parameter.len().next_multiple_of(4), 0);
    parameter
}

/// M2UA DATA (RFC 3331 §3.3.1.1) with an MSU.
pub fn m2ua(msu: &[u8]) -> Vec<u8> {
    common(0x0601, &[parameter(0x0001, &[0, 0, 0, 7]), parameter(0x0300, msu)])
}

/// An address of SUA (RFC 3868 §3.10.2): routed by subsystem, by point code and subsystem.
fn sua_address(tag: u16, pc: u32, ssn: u8) -> Vec<u8> {
    let inside = [parameter(0x8002, &pc.to_be_bytes()), parameter(0x8003, &[0, 0, 0, ssn])].concat();
    parameter(tag, &[&[0, 2, 0, 3][..], &inside].concat())
}

/// SUA CLDT (RFC 3868 §3.3.1); `segment` is first or not, how many follow, and the reference.
pub fn cldt(opc: u32, segment: Option<(bool, u8, u32)>, data: &[u8]) -> Vec<u8> {
    let mut parameters = vec![
        parameter(0x0006, &[0, 0, 0, 5]),
        parameter(0x0115, &[0, 0, 0, 0x80]),
        sua_address(0x0102, opc, SMSC),
        sua_address(0x0103, DPC, MSC),
        parameter(0x0116, &[0, 0, 0, 7]),
    ];
    if let Some((first, remaining, reference)) = segment {
        let [_, reference @ ..] = reference.to_be_bytes();
        parameters.push(parameter(0x0117, &[&[u8::from(first) << 7 | remaining][..], &reference].concat()));
    }
    parameters.push(parameter(0x010B, data));
    common(0x0701, &parameters)
}

/// A party address with subsystem and global title of format 4 (Q.713 §3.4.2.3.4).
pub fn title(ssn: u8, digits: &str) -> Vec<u8> {
    let encoding = if digits.len() % 2 == 1 { 0x11 } else { 0x12 };
    [&[0x12, ssn, 0, encoding, 4][..], &bcd(digits, 0)].concat()
}

/// Digits as semi-octets, the lower first; what fills the last octet.
pub fn bcd(digits: &str, filler: u8) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    digits.chunks(2).map(|pair| pair.get(1).unwrap_or(&filler) << 4 | pair[0]).collect()
}

fn emitted(message_type: MessageType, called: &[u8], calling: &[u8], data: &[u8], optional: &[u8]) -> Vec<u8> {
    let address = |octets| Address::parse(octets).expect("an address");
    let message = Connectionless {
        message_type,
        class_or_cause: 0x80,
        hops: (message_type != MessageType::Udt).then_some(15),
        called: address(called),
        calling: address(calling),
        data,
        data_offset: 0,
        segmentation: None,
        optional,
        anomalies: Anomalies::NONE,
    };
    let mut out = vec![0; data.len() + 128];
    let length = message.emit(&mut out).expect("fits");
    out.truncate(length);
    out
}

/// A UDT (Q.713 §4.10).
pub fn udt(called: &[u8], calling: &[u8], data: &[u8]) -> Vec<u8> {
    emitted(MessageType::Udt, called, calling, data, &[])
}

/// An XUDT (Q.713 §4.18) with its optional part.
pub fn xudt(called: &[u8], calling: &[u8], data: &[u8], optional: &[u8]) -> Vec<u8> {
    emitted(MessageType::Xudt, called, calling, data, optional)
}

/// An LUDT (Q.713 §4.20).
pub fn ludt(called: &[u8], calling: &[u8], data: &[u8]) -> Vec<u8> {
    emitted(MessageType::Ludt, called, calling, data, &[])
}

/// The optional part that says which segment it is (Q.713 §3.17).
pub fn segmentation(first: bool, remaining: u8, reference: u32) -> Vec<u8> {
    let [r0, r1, r2, _] = reference.to_le_bytes();
    vec![0x10, 4, u8::from(first) << 7 | 0x40 | remaining, r0, r1, r2, 0]
}

/// XUDTs with the segments of some data, of so many octets each.
pub fn segments(called: &[u8], calling: &[u8], data: &[u8], octets: usize, reference: u32) -> Vec<Vec<u8>> {
    let pieces: Vec<_> = data.chunks(octets).collect();
    let remaining = |place: usize| (pieces.len() - 1 - place) as u8;
    let segment = |(place, piece): (usize, &&[u8])| {
        xudt(called, calling, piece, &segmentation(place == 0, remaining(place), reference))
    };
    pieces.iter().enumerate().map(segment).collect()
}

/// The message centre's address and the visited switch's, from one to the other.
pub fn between(data: &[u8]) -> Vec<u8> {
    udt(&title(MSC, VISITED), &title(SMSC, CENTRE), data)
}

/// From the switch to the message centre.
pub fn back(data: &[u8]) -> Vec<u8> {
    udt(&title(SMSC, CENTRE), &title(MSC, VISITED), data)
}

/// Service indicator of SCCP.
pub const SCCP: u8 = 3;
/// Subsystems (TS 23.003 §8).
pub const HLR: u8 = 6;
pub const VLR: u8 = 7;
pub const MSC: u8 = 8;
pub const SMSC: u8 = 8;
/// Numbers of the message centre and the switch.
pub const CENTRE: &str = "999810300001";
pub const VISITED: &str = "999700200002";
