//! Frames of captures cut into first inputs: one for every layer of every message in them.

use crate::targets::{adaptation, link_ip, map, sms, stream, tcap, tree};
use sluice_wire::ip::{Packet, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::map::{Operation, Subject};
use sluice_wire::mtp3::{self, Variant};
use sluice_wire::sctp::{self, ChunkKind, Data, IData, Ppid};
use sluice_wire::sms::Direction;
use sluice_wire::tcap::{Component, Message};
use sluice_wire::{m2pa, m2ua, m3ua, sccp, sua, tcp};

/// Cuts a frame; `each` is given the name of a target and an input for it.
pub fn cut(link: u16, frame: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    each("link_ip", with(&[link_ip::selector(link)], frame));
    match LinkType::from_pcap(link.into()).map(|link| link::parse(link, frame)) {
        Some(Ok(Network::Ip(octets))) => ip(octets, each),
        Some(Ok(Network::Mtp3(msu))) => self::msu(msu, each),
        _ => {}
    }
}

fn with(head: &[u8], octets: &[u8]) -> Vec<u8> {
    [head, octets].concat()
}

fn ip(octets: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    let Ok(packet) = Packet::parse(octets) else { return };
    match packet.protocol() {
        Protocol::SCTP if !packet.is_fragment() => {
            each("sctp", packet.payload().to_vec());
            chunks(packet.payload(), each);
        }
        Protocol::TCP => {
            if let Ok(segment) = tcp::Segment::parse(packet.payload()) {
                each("stream", stream::input(segment.payload));
            }
        }
        _ => {}
    }
}

fn chunks(packet: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    let Ok(packet) = sctp::Packet::parse(packet) else { return };
    for chunk in packet.chunks().flatten() {
        let held = match chunk.kind() {
            ChunkKind::Data => Data::parse(&chunk).ok().map(|data| (Some(data.ppid), data.payload)),
            ChunkKind::IData => IData::parse(&chunk).ok().map(|data| (data.ppid, data.payload)),
            _ => None,
        };
        if let Some((Some(ppid), payload)) = held {
            user_message(ppid, payload, each);
        }
    }
}

fn user_message(ppid: Ppid, octets: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    match ppid {
        Ppid::M3UA => {
            each("adaptation", with(&[adaptation::M3UA], octets));
            if let Ok(data) = m3ua::Message::parse(octets).and_then(|m| m.protocol_data()) {
                sccp(data.user_data, each);
            }
        }
        Ppid::M2PA => {
            each("adaptation", with(&[adaptation::M2PA], octets));
            if let Ok(m2pa::Message { body: m2pa::Body::Msu { msu, .. }, .. }) = m2pa::Message::parse(octets) {
                self::msu(msu, each);
            }
        }
        Ppid::M2UA => {
            each("adaptation", with(&[adaptation::M2UA], octets));
            if let Some(msu) = m2ua::Message::parse(octets).ok().and_then(|m| m.msu()) {
                self::msu(msu, each);
            }
        }
        Ppid::SUA => {
            each("adaptation", with(&[adaptation::SUA], octets));
            if let Ok(Some(unitdata)) = sua::Message::parse(octets).and_then(|m| m.unitdata()) {
                tcap(unitdata.data, each);
            }
        }
        _ => {}
    }
}

fn msu(octets: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    if let Ok(message) = mtp3::Message::parse(octets) {
        sccp(message.payload, each);
    }
}

fn sccp(octets: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    for variant in [Variant::Itu, Variant::Ansi, Variant::China] {
        each("sccp", with(&[variant as u8], octets));
    }
    if let Ok(sccp::Message::Connectionless(message)) = sccp::Message::parse(octets) {
        tcap(message.data, each);
    }
}

fn tcap(octets: &[u8], each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    each("tcap", with(&[tcap::RAW], octets));
    each("tcap", with(&[tcap::GROWN], &tree::programme(octets)));
    let Ok(message) = Message::parse(octets) else { return };
    for component in message.components().flatten() {
        self::component(&component, each);
    }
}

fn component(component: &Component<'_>, each: &mut dyn FnMut(&'static str, Vec<u8>)) {
    let Some(parameter) = component.parameter else { return };
    let number = |code: Option<sluice_wire::tcap::Code<'_>>| code.and_then(|code| code.local()).unwrap_or(46) as u8;
    let (operation, error) = (number(component.operation), number(component.error));
    let head = |raw| [map::how(component.kind, raw), operation, error];
    each("map", with(&head(true), parameter.raw));
    each("map", with(&head(false), &tree::programme(parameter.raw)));
    let argument = Subject::parse(component, Some(Operation(operation.into())));
    if let Some(tpdu) = argument.sm_rp_ui.or(argument.diagnostic_info) {
        for direction in [Direction::FromSc, Direction::ToSc] {
            each("sms", with(&[sms::selector(direction)], tpdu));
        }
    }
}
