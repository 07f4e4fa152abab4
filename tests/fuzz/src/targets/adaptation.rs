//! M3UA, M2PA, M2UA and SUA: which, then a message.

use super::source::Source;
use sluice_wire::mtp3::{self, Variant};
use sluice_wire::{m2pa, m2ua, m3ua, recognise, sua};

/// Which of them the first octet names.
pub const M3UA: u8 = 0;
/// See [`M3UA`].
pub const M2PA: u8 = 1;
/// See [`M3UA`].
pub const M2UA: u8 = 2;
/// See [`M3UA`].
pub const SUA: u8 = 3;

/// Reads a message as one of them.
pub fn run(input: &[u8]) {
    let mut source = Source::new(input);
    let which = source.octet();
    let octets = source.rest();
    let _ = recognise::adaptation_by_shape(octets);
    match which % 4 {
        M3UA => m3ua(octets),
        M2PA => m2pa(octets),
        M2UA => m2ua(octets),
        _ => sua(octets),
    }
}

fn m3ua(octets: &[u8]) {
    let parsed = m3ua::Message::parse(octets);
    let ordinary = m3ua::ProtocolData::ordinary(octets);
    if let Some(data) = ordinary {
        let message = parsed.expect("what the short way takes the long way takes");
        assert_eq!(message.protocol_data(), Ok(data));
        assert!(message.anomalies().is_empty(), "{:?}", message.anomalies());
    }
    let Ok(message) = parsed else { return };
    assert!(message.parameters().count() <= octets.len() / 4 + 1);
    let _ = message.anomalies();
    let Ok(data) = message.protocol_data() else { return };
    assert!(octets.get(data.user_data_offset.into()..).is_some_and(|rest| rest.starts_with(data.user_data)));
    let mut out = [0; 4096];
    if let Ok(len) = data.emit(&mut out) {
        let again = m3ua::Message::parse(&out[..len]).and_then(|m| m.protocol_data());
        let again = again.expect("what is written can be read");
        assert_eq!((again.label, again.na, again.rc, again.user_data), (data.label, data.na, data.rc, data.user_data));
    }
}

fn m2pa(octets: &[u8]) {
    let Ok(message) = m2pa::Message::parse(octets) else { return };
    let mut out = [0; 4096];
    if let Ok(len) = message.emit(&mut out) {
        assert_eq!(m2pa::Message::parse(&out[..len]).map(|m| m.body), Ok(message.body), "what is written can be read");
    }
    if let m2pa::Body::Msu { msu, .. } = message.body {
        mtp3(msu);
    }
}

fn m2ua(octets: &[u8]) {
    let Ok(message) = m2ua::Message::parse(octets) else { return };
    let _ = message.anomalies();
    if let Some(msu) = message.msu() {
        mtp3(msu);
    }
}

fn mtp3(msu: &[u8]) {
    for variant in [Variant::Itu, Variant::Ansi, Variant::China] {
        if let Ok(message) = mtp3::Message::parse_as(msu, variant) {
            assert!(msu.ends_with(message.payload));
        }
    }
}

fn sua(octets: &[u8]) {
    let Ok(message) = sua::Message::parse(octets) else { return };
    let _ = message.is_connection_oriented();
    if let Ok(Some(unitdata)) = message.unitdata() {
        assert!(unitdata.data.len() <= octets.len());
        assert_eq!(unitdata.as_connectionless().data, unitdata.data);
    }
}
