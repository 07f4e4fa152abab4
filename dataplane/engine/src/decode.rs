//! From the first octet of a frame to the SCCP user data of every DATA chunk in it. The cheapest test comes first.
//!
//! Handles Ethernet with VLAN tags, Linux cooked, raw IP and MTP links; IPv4 and IPv6; SCTP with bundled chunks;
//! M3UA, M2PA, MTP3; connectionless SCCP. Not handled here, and leaving by an exit of its own: IP fragments,
//! fragmented DATA, I-DATA, M2UA, SUA, SCCP segments and connections.

use crate::Input;
use sluice_abi::counters::Exit;
use sluice_wire::ip::{self, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::mtp3::{self, Label, ServiceIndicator};
use sluice_wire::sccp::{self, Connectionless, Ssn};
use sluice_wire::sctp::{self, ChunkKind, Data, Ppid};
use sluice_wire::{Error, Layer, m2pa, m3ua};

/// Where a message came from, below MTP3.
#[derive(Clone, Copy, Debug)]
pub struct Transport<'p> {
    /// The IP packet.
    pub ip: ip::Packet<'p>,
    /// The SCTP packet.
    pub sctp: sctp::Packet<'p>,
    /// Whether its CRC32c is right.
    pub crc_holds: bool,
    /// DATA chunks in the packet.
    pub data_chunks: u16,
}

/// What carried the MTP3 user data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Adaptation {
    /// M3UA (RFC 4666).
    M3ua = 0,
    /// M2PA (RFC 4165).
    M2pa = 1,
    /// A signalling link captured as such.
    Mtp3 = 4,
}

/// MTP3 user data with its label.
#[derive(Clone, Copy, Debug)]
pub struct Msu<'p> {
    /// What carried it.
    pub adaptation: Adaptation,
    /// Routing label.
    pub label: Label,
    /// M3UA routing context.
    pub routing_context: Option<u32>,
    /// M3UA network appearance.
    pub network_appearance: Option<u32>,
    /// The user's octets.
    pub user_data: &'p [u8],
}

/// One SCCP message and all that is around it.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'p> {
    /// IP and SCTP, where there are any.
    pub transport: Option<Transport<'p>>,
    /// The DATA chunk.
    pub data: Option<Data<'p>>,
    /// Label and user data.
    pub msu: Msu<'p>,
    /// The SCCP message.
    pub sccp: Connectionless<'p>,
}

/// What a frame holds that is worth going on with.
pub enum Held<'p> {
    /// Chunks to be walked.
    Sctp(ip::Packet<'p>, sctp::Packet<'p>),
    /// An MSU without IP.
    Mtp3(&'p [u8]),
}

/// Link, IP and SCTP header.
#[inline]
pub fn frame<'p>(input: &Input<'p>) -> Result<Held<'p>, Exit> {
    let link = LinkType::from_pcap(u32::from(input.link)).ok_or(Exit::UnknownLink)?;
    match link::parse(link, input.octets).map_err(exit_of)? {
        Network::Ip(octets) => {
            let ip = ip::Packet::parse(octets).map_err(exit_of)?;
            if ip.is_fragment() {
                return Err(Exit::IpFragment);
            }
            if ip.protocol() != Protocol::SCTP {
                return Err(Exit::NotSctp);
            }
            let sctp = sctp::Packet::parse(ip.payload()).map_err(exit_of)?;
            Ok(Held::Sctp(ip, sctp))
        }
        Network::Mtp3(octets) => Ok(Held::Mtp3(octets)),
        Network::LinkStatus => Err(Exit::AdaptationManagement),
        Network::Other(_) => Err(Exit::NotIp),
    }
}

/// The MSU in a DATA chunk.
#[inline]
pub fn chunk<'p>(data: &Data<'p>, ports: (u16, u16)) -> Result<Msu<'p>, Exit> {
    if !data.flags.is_whole() {
        return Err(Exit::SctpFragment);
    }
    match adaptation_of(data.ppid, ports) {
        Ppid::M3UA => {
            let message = m3ua::Message::parse(data.payload).map_err(exit_of)?;
            if message.kind() != m3ua::MessageKind::Data {
                return Err(Exit::AdaptationManagement);
            }
            let data = message.protocol_data().map_err(exit_of)?;
            Ok(Msu {
                adaptation: Adaptation::M3ua,
                label: data.label,
                routing_context: data.rc.map(|rc| rc.0),
                network_appearance: data.na.map(|na| na.0),
                user_data: data.user_data,
            })
        }
        Ppid::M2PA => match m2pa::Message::parse(data.payload).map_err(exit_of)?.body {
            m2pa::Body::Msu { msu, .. } => mtp3_user_data(Adaptation::M2pa, msu),
            _ => Err(Exit::AdaptationManagement),
        },
        Ppid::M2UA | Ppid::SUA => Err(Exit::OtherAdaptation),
        _ => Err(Exit::NotSignalling),
    }
}

/// The user protocol; where the chunk says none, the registered ports do.
#[inline]
fn adaptation_of(ppid: Ppid, ports: (u16, u16)) -> Ppid {
    let either = |port| ports.0 == port || ports.1 == port;
    match ppid.0 {
        0 if either(M3UA_PORT) => Ppid::M3UA,
        0 if either(M2PA_PORT) => Ppid::M2PA,
        _ => ppid,
    }
}

/// An MSU from its service information octet on.
#[inline]
pub fn mtp3_user_data(adaptation: Adaptation, octets: &[u8]) -> Result<Msu<'_>, Exit> {
    let message = mtp3::Message::parse(octets).map_err(exit_of)?;
    Ok(Msu {
        adaptation,
        label: message.label,
        routing_context: None,
        network_appearance: None,
        user_data: message.payload,
    })
}

/// The SCCP message in an MSU, if it carries user data without a connection.
#[inline]
pub fn sccp<'p>(msu: &Msu<'p>) -> Result<Connectionless<'p>, Exit> {
    if msu.label.si != ServiceIndicator::Sccp {
        return Err(Exit::NotSccp);
    }
    let message = match sccp::Message::parse(msu.user_data).map_err(exit_of)? {
        sccp::Message::Connectionless(message) => message,
        sccp::Message::Other(_) => return Err(Exit::SccpConnection),
    };
    if message.called.ssn() == Some(Ssn::MANAGEMENT) {
        return Err(Exit::SccpManagement);
    }
    match message.segmentation {
        Some(s) if !(s.first && s.remaining == 0) => Err(Exit::SccpSegment),
        _ => Ok(message),
    }
}

/// How many DATA chunks a packet has.
#[inline]
pub fn data_chunks(packet: &sctp::Packet<'_>) -> u16 {
    packet.chunks().filter(|c| c.as_ref().is_ok_and(|c| c.kind() == ChunkKind::Data)).count() as u16
}

/// The exit of a layer that did not parse.
pub const fn exit_of(error: Error) -> Exit {
    match error.layer {
        Layer::Link => Exit::MalformedLink,
        Layer::Ip => Exit::MalformedIp,
        Layer::Sctp => Exit::MalformedSctp,
        Layer::M3ua | Layer::M2pa | Layer::Mtp3 => Exit::MalformedAdaptation,
        Layer::Sccp => Exit::MalformedSccp,
        Layer::Tcap => Exit::MalformedTcap,
        Layer::Map | Layer::Sms => Exit::MalformedSms,
    }
}

/// IANA service name `m3ua`.
const M3UA_PORT: u16 = 2905;
/// IANA service name `m2pa`.
const M2PA_PORT: u16 = 3565;
