//! Messages to refuse: those of the captures made by the project's generator, each in every envelope there is.

use sluice_splice::{Carrier, Envelope};
use sluice_wire::link::{LinkType, Network, parse as link_of};
use sluice_wire::mtp3::{self, Label, PointCode, Variant};
use sluice_wire::sccp::{Connectionless, Message as Sccp, MessageType};
use sluice_wire::sctp::{ChunkKind, Data, Packet};
use sluice_wire::tcap::{Component, ComponentKind, Message, MessageKind};
use sluice_wire::{ip, m2pa, m2ua, m3ua, sua};
use std::collections::BTreeMap;
use std::path::Path;

/// A user message of SCTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub carrier: Carrier,
    pub octets: Vec<u8>,
}

/// What a user message says, but for its user data and the lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Read<'a> {
    /// Originating and destination point code.
    pub points: Option<(PointCode, PointCode)>,
    pub sccp: Connectionless<'a>,
}

impl Sample {
    pub fn read(&self) -> Option<Read<'_>> {
        read(self.carrier, &self.octets, Variant::Itu)
    }

    /// Calls with the message as an envelope.
    pub fn envelope<T>(&self, with: impl FnOnce(&Envelope<'_>) -> T) -> T {
        let sccp = self.read().expect("a unitdata message").sccp;
        with(&Envelope { carrier: self.carrier, octets: &self.octets, variant: Variant::Itu, sccp: &sccp })
    }
}

pub fn read(carrier: Carrier, octets: &[u8], variant: Variant) -> Option<Read<'_>> {
    let (label, payload) = match carrier {
        Carrier::M3ua => {
            let data = m3ua::Message::parse(octets).ok()?.protocol_data().ok()?;
            (data.label, data.user_data)
        }
        Carrier::M2pa => match m2pa::Message::parse(octets).ok()?.body {
            m2pa::Body::Msu { msu, .. } => mtp3_of(msu, variant)?,
            _ => return None,
        },
        Carrier::M2ua => mtp3_of(m2ua::Message::parse(octets).ok()?.msu()?, variant)?,
        Carrier::Sua => {
            let unitdata = sua::Message::parse(octets).ok()?.unitdata().ok()??;
            return Some(Read { points: None, sccp: unitdata.as_connectionless() });
        }
    };
    match Sccp::parse_as(payload, variant) {
        Ok(Sccp::Connectionless(sccp)) => Some(Read { points: Some((label.opc, label.dpc)), sccp }),
        _ => None,
    }
}

fn mtp3_of(msu: &[u8], variant: Variant) -> Option<(Label, &[u8])> {
    mtp3::Message::parse_as(msu, variant).ok().map(|message| (message.label, message.payload))
}

/// The whole user messages of a capture that carry a whole unitdata message.
pub fn of_capture(name: &str) -> Vec<Sample> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(name);
    let pcap = std::fs::read(&path).expect("a capture of the project's own");
    let link = LinkType::from_pcap(u32::from(pcap[20])).expect("a link that is read");
    let (mut samples, mut rest) = (Vec::new(), &pcap[24..]);
    while let Some((head, after)) = rest.split_first_chunk::<16>() {
        let len = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        samples.extend(of_frame(link, &after[..len]).unwrap_or_default());
        rest = &after[len..];
    }
    samples.retain(|sample| sample.read().is_some_and(|read| read.sccp.segmentation.is_none()));
    assert!(samples.len() > 40, "{name}: {}", samples.len());
    samples
}

fn of_frame(link: LinkType, frame: &[u8]) -> Option<Vec<Sample>> {
    let Network::Ip(at) = link_of(link, frame).ok()? else { return None };
    let ip = ip::Packet::parse(at).ok()?;
    let sctp = Packet::parse(ip.payload()).ok()?;
    let chunks = sctp.chunks().map_while(Result::ok).filter(|chunk| chunk.kind() == ChunkKind::Data);
    let data = chunks.filter_map(|chunk| Data::parse(&chunk).ok()).filter(|data| data.flags.is_whole());
    let sample = |data: Data<'_>| Some(Sample { carrier: carrier_of(data.ppid.0)?, octets: data.payload.to_vec() });
    Some(data.filter_map(sample).collect())
}

const CARRIERS: [(u32, Carrier); 4] = [(2, Carrier::M2ua), (3, Carrier::M3ua), (4, Carrier::Sua), (5, Carrier::M2pa)];

fn carrier_of(ppid: u32) -> Option<Carrier> {
    CARRIERS.into_iter().find(|(of, _)| *of == ppid).map(|(_, carrier)| carrier)
}

pub fn ppid_of(carrier: Carrier) -> u32 {
    CARRIERS.into_iter().find(|(_, of)| *of == carrier).expect("all four").0
}

/// The message in every envelope there is: UDT, XUDT and LUDT over M3UA, M2PA and M2UA.
pub fn in_every_envelope(sccp: &Connectionless<'_>) -> Vec<Sample> {
    let mut samples = Vec::new();
    for message_type in [MessageType::Udt, MessageType::Xudt, MessageType::Ludt] {
        let mut octets = vec![0; 4096];
        let hops = (message_type != MessageType::Udt).then_some(7);
        let message = Connectionless { message_type, hops, class_or_cause: 1, optional: &[], ..*sccp };
        let len = message.emit(&mut octets).expect("fits");
        let msu = [&[0x83, 0x71, 0x57, 0xE8, 0x63][..], &octets[..len]].concat();
        samples.push(Sample { carrier: Carrier::M3ua, octets: over_m3ua(&octets[..len]) });
        samples.push(Sample { carrier: Carrier::M2pa, octets: over_m2pa(&msu) });
        samples.push(Sample { carrier: Carrier::M2ua, octets: over_m2ua(0x0300, &msu) });
        let with_indicator = [&[0x80 | msu.len().min(63) as u8][..], &msu].concat();
        samples.push(Sample { carrier: Carrier::M2ua, octets: over_m2ua(0x0301, &with_indicator) });
    }
    samples
}

/// From 4001 to 6001, as the label of the MSU says, too.
pub fn over_m3ua(payload: &[u8]) -> Vec<u8> {
    let label = [0, 0, 0x0F, 0xA1, 0, 0, 0x17, 0x71, 3, 2, 0, 6];
    let data = parameter(0x0210, &[&label, payload].concat());
    let before = [parameter(0x0200, &[0, 0, 0, 1]), parameter(0x0006, &[0, 0, 0, 5])].concat();
    whole([1, 0, 1, 1], &[before, data, parameter(0x0013, &[0, 0, 0, 9])].concat())
}

pub fn over_m2ua(tag: u16, value: &[u8]) -> Vec<u8> {
    whole(
        [1, 0, 6, 1],
        &[parameter(1, &[0, 0, 0, 7]), parameter(tag, value), parameter(0x0013, &[0, 0, 0, 9])].concat(),
    )
}

pub fn over_m2pa(msu: &[u8]) -> Vec<u8> {
    let len = (17 + msu.len() as u32).to_be_bytes();
    [&[1, 0, 11, 1][..], &len, &[0, 0, 0, 5, 0, 0, 0, 3, 0x40], msu].concat()
}

pub fn parameter(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut octets = [tag.to_be_bytes(), (4 + value.len() as u16).to_be_bytes()].concat();
    octets.extend(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

pub fn whole(head: [u8; 4], parameters: &[u8]) -> Vec<u8> {
    [&head[..], &(8 + parameters.len() as u32).to_be_bytes(), parameters].concat()
}

/// A TCAP message and what is known of its dialogue.
#[derive(Clone)]
pub struct Dialogue {
    pub sample: Sample,
    pub tcap: Vec<u8>,
    /// Contents of the application context; empty for none.
    pub context: Vec<u8>,
    /// The operation of each component.
    pub operations: Vec<Option<i64>>,
}

/// The TCAP messages of a capture, with what the messages before them say about their dialogue.
pub fn dialogues(name: &str) -> Vec<Dialogue> {
    let mut begun = BTreeMap::<Vec<u8>, (Vec<u8>, BTreeMap<i64, i64>)>::new();
    let mut dialogues = Vec::new();
    for sample in of_capture(name) {
        let tcap = sample.read().expect("was read before").sccp.data.to_vec();
        let Ok(message) = Message::parse(&tcap) else { continue };
        let components = components(&message);
        if message.kind == MessageKind::Begin {
            let context = message.dialogue.and_then(|dialogue| dialogue.application_context).unwrap_or_default();
            let key = message.otid.map(|id| id.octets().to_vec()).unwrap_or_default();
            begun.insert(key, (context.to_vec(), BTreeMap::new()));
        }
        let ids = [message.otid, message.dtid].into_iter().flatten();
        let key = ids.map(|id| id.octets().to_vec()).find(|id| begun.contains_key(id));
        let Some((context, asked)) = key.and_then(|key| begun.get_mut(&key)) else { continue };
        for component in components.iter().filter(|component| component.kind == ComponentKind::Invoke) {
            let operation = component.operation.and_then(|operation| operation.local());
            asked.extend(component.invoke_id.zip(operation));
        }
        let operations = components.iter().map(|c| c.invoke_id.and_then(|id| asked.get(&id).copied())).collect();
        dialogues.push(Dialogue { context: context.clone(), operations, tcap: tcap.clone(), sample });
    }
    dialogues
}

/// The components of a message, up to the first that is none.
pub fn components<'a>(message: &Message<'a>) -> Vec<Component<'a>> {
    message.components().map_while(Result::ok).collect()
}
