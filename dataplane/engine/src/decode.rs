//! From the first octet of a frame to the SCCP user data of every DATA chunk in it. The cheapest test comes first.
//!
//! Handles Ethernet with VLAN tags, Linux cooked, raw IP and MTP links; IPv4 and IPv6; SCTP with bundled chunks;
//! M3UA, M2PA, MTP3; connectionless SCCP. Not handled here, and leaving by an exit of its own: IP fragments,
//! fragmented DATA, I-DATA, M2UA, SUA, SCCP segments and connections.

use crate::{Input, Scope};
use sluice_abi::counters::Exit;
use sluice_wire::ip::{self, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::mtp3::{self, Label};
use sluice_wire::sccp::{self, Connectionless, Ssn};
use sluice_wire::sctp::{self, ChunkKind, Data, Ppid};
use sluice_wire::{Error, Layer, Reason, m2pa, m3ua, tcap};

/// Where a message came from, below MTP3.
#[derive(Clone, Copy, Debug)]
pub struct Transport<'p> {
    /// The IP packet from its first octet on.
    pub ip: &'p [u8],
    /// The SCTP packet.
    pub sctp: sctp::Packet<'p>,
    /// Whether its CRC32c is right.
    pub crc_holds: bool,
}

/// A DATA chunk and the packet it came in.
#[derive(Clone, Copy, Debug)]
pub struct Transported<'p> {
    /// IP and SCTP.
    pub transport: Transport<'p>,
    /// The chunk.
    pub data: Data<'p>,
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

/// One SCCP message and all that is around it. Each layer stays where it was read.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'c, 'p> {
    /// IP, SCTP and the DATA chunk, where there are any.
    pub below: Option<&'c Transported<'p>>,
    /// Label and user data.
    pub msu: &'c Msu<'p>,
    /// The SCCP message.
    pub sccp: &'c Connectionless<'p>,
}

/// What a frame holds that is worth going on with.
pub enum Held<'p> {
    /// An IP packet and the chunks in it, to be walked.
    Sctp(&'p [u8], sctp::Packet<'p>),
    /// An MSU without IP.
    Mtp3(&'p [u8]),
}

/// SCTP over IPv4 over Ethernet, without anything out of the ordinary on the way: none for any other frame, which
/// [`frame`] then takes apart.
#[inline(always)]
pub fn ordinary_frame<'p>(input: &Input<'p>) -> Option<(&'p [u8], sctp::Packet<'p>)> {
    if input.link != ETHERNET {
        return None;
    }
    let (ip, payload) = ip::ordinary(link::ipv4_over_ethernet(input.octets)?, Protocol::SCTP)?;
    Some((ip, sctp::Packet::parse(payload).ok()?))
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
            Ok(Held::Sctp(ip.octets(), sctp))
        }
        Network::Mtp3(octets) => Ok(Held::Mtp3(octets)),
        Network::LinkStatus => Err(Exit::AdaptationManagement),
        Network::Other(_) => Err(Exit::NotIp),
    }
}

/// The MSU in a DATA chunk of M3UA without anything out of the ordinary; none for any other chunk, which [`chunk`]
/// then takes apart.
#[inline(always)]
pub fn ordinary_chunk<'p>(data: &Data<'p>) -> Option<Msu<'p>> {
    if !data.flags.is_whole() || data.ppid != Ppid::M3UA {
        return None;
    }
    m3ua::ProtocolData::ordinary(data.payload).map(m3ua_msu)
}

#[inline(always)]
fn m3ua_msu(data: m3ua::ProtocolData<'_>) -> Msu<'_> {
    Msu {
        adaptation: Adaptation::M3ua,
        label: data.label,
        routing_context: data.rc.map(|rc| rc.0),
        network_appearance: data.na.map(|na| na.0),
        user_data: data.user_data,
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
            message.protocol_data().map(m3ua_msu).map_err(exit_of)
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
#[inline(always)]
fn adaptation_of(ppid: Ppid, ports: (u16, u16)) -> Ppid {
    let either = |port| ports.0 == port || ports.1 == port;
    match ppid.0 {
        0 if either(M3UA_PORT) => Ppid::M3UA,
        0 if either(M2PA_PORT) => Ppid::M2PA,
        _ => ppid,
    }
}

/// An MSU from its service information octet on.
#[inline(always)]
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

/// The unitdata message in an MSU of SCCP, without anything out of the ordinary; none for any other MSU, which
/// [`sccp`] then takes apart.
#[inline(always)]
pub fn ordinary_sccp<'p>(msu: &Msu<'p>) -> Option<Connectionless<'p>> {
    Connectionless::ordinary(msu.user_data)
}

/// The SCCP message in an MSU, if it carries user data without a connection.
#[inline]
pub fn sccp<'p>(msu: &Msu<'p>) -> Result<Connectionless<'p>, Exit> {
    match sccp::Message::parse(msu.user_data).map_err(exit_of)? {
        sccp::Message::Connectionless(message) => Ok(message),
        sccp::Message::Other(_) => Err(Exit::SccpConnection),
    }
}

/// How a message leaves that its addresses or its segmentation show to be none for us.
#[inline(always)]
pub fn unfit(message: &Connectionless<'_>, scope: Scope) -> Option<Exit> {
    let (called, calling) = (message.called.ssn(), message.calling.ssn());
    if called == Some(Ssn::MANAGEMENT) {
        return Some(Exit::SccpManagement);
    }
    if message.segmentation.is_some_and(|s| !(s.first && s.remaining == 0)) {
        return Some(Exit::SccpSegment);
    }
    // CAP numbers its operations as MAP does: told by the subsystem, where that is CAP's own.
    let is_cap = |ssn| matches!(ssn, Some(Ssn(146 | 147)));
    if scope == Scope::Sms && (is_cap(called) || is_cap(calling)) {
        return Some(tcap::Message::kind_of(message.data).map_or_else(exit_of_tcap, |_| Exit::NotSms));
    }
    None
}

/// The exit of what is no TCAP message, or none that can be read.
#[cold]
pub fn exit_of_tcap(error: Error) -> Exit {
    match error.reason {
        Reason::UnexpectedTag | Reason::Unsupported => Exit::NotTcap,
        _ => exit_of(error),
    }
}

/// How many DATA chunks the packet has in which this one stands.
#[inline(always)]
pub fn data_chunks(packet: &sctp::Packet<'_>, data: &Data<'_>) -> u16 {
    let begins_at = usize::from(data.payload_offset);
    let ends_at = begins_at + data.payload.len();
    if begins_at == FIRST_PAYLOAD_OFFSET && packet.len_octets() <= ends_at.next_multiple_of(4) {
        return 1;
    }
    count_data_chunks(packet)
}

#[inline(never)]
fn count_data_chunks(packet: &sctp::Packet<'_>) -> u16 {
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

/// The link type number of Ethernet in capture files.
const ETHERNET: u16 = 1;
/// Common header, chunk header and DATA header.
const FIRST_PAYLOAD_OFFSET: usize = 28;
/// IANA service name `m3ua`.
const M3UA_PORT: u16 = 2905;
/// IANA service name `m2pa`.
const M2PA_PORT: u16 = 3565;
