//! What each layer makes of the octets below it. The cheapest test comes first.
//!
//! Handles Ethernet with VLAN tags and MPLS labels, Linux cooked, raw IP and MTP links; IPv4 and IPv6; SCTP and TCP;
//! M3UA, M2PA, M2UA, SUA, MTP3 with the point codes of three worlds; connectionless SCCP. What is something else
//! leaves by an exit of its own name.

use crate::{Input, Scope};
use sluice_abi::counters::Exit;
use sluice_splice::Carrier;
use sluice_wire::ip::{self, Protocol};
use sluice_wire::link::{self, LinkType, Network};
use sluice_wire::mtp3::{self, Label, Variant};
use sluice_wire::recognise::{self, Protocol as Known};
use sluice_wire::sccp::{self, Connectionless, Ssn};
use sluice_wire::sctp::{self, ChunkKind, Data, IData, Ppid};
use sluice_wire::{Anomalies, Anomaly, Error, Layer, Reason, m2pa, m2ua, m3ua, sua, tcap};

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
    pub transport: &'p Transport<'p>,
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
    /// M2UA (RFC 3331).
    M2ua = 2,
    /// SUA (RFC 3868).
    Sua = 3,
    /// A signalling link captured as such.
    Mtp3 = 4,
}

/// MTP3 user data with its label.
#[derive(Clone, Copy, Debug)]
pub struct Msu<'p> {
    /// What carried it.
    pub adaptation: Adaptation,
    /// Routing label; SUA has none.
    pub label: Option<Label>,
    /// Routing context.
    pub routing_context: Option<u32>,
    /// Network appearance.
    pub network_appearance: Option<u32>,
    /// The user's octets.
    pub user_data: &'p [u8],
}

/// What a user message of SCTP holds that is worth going on with.
pub enum UserMessage<'p> {
    /// An MSU.
    Msu(Msu<'p>),
    /// What SUA carries in the place of SCCP.
    Unitdata(Msu<'p>, Connectionless<'p>),
}

/// What a frame holds that is worth going on with.
pub enum Held<'p> {
    /// An IP packet, or a fragment of one.
    Ip(ip::Packet<'p>),
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

/// Link and IP header.
#[inline]
pub fn frame<'p>(input: &Input<'p>) -> Result<Held<'p>, Exit> {
    let link = LinkType::from_pcap(u32::from(input.link)).ok_or(Exit::UnknownLink)?;
    match link::parse(link, input.octets).map_err(exit_of)? {
        Network::Ip(octets) => ip::Packet::parse(octets).map(Held::Ip).map_err(exit_of),
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
        label: Some(data.label),
        routing_context: data.rc.map(|rc| rc.0),
        network_appearance: data.na.map(|na| na.0),
        user_data: data.user_data,
    }
}

/// I-DATA as DATA: the number of the message stands where that of the stream does (RFC 8260 §2.1).
pub const fn as_data<'p>(data: &IData<'p>) -> Data<'p> {
    Data {
        tsn: data.tsn,
        sid: data.sid,
        ssn: sctp::StreamSeq(data.mid.0 as u16),
        ppid: match data.ppid {
            Some(ppid) => ppid,
            None => Ppid(0),
        },
        flags: data.flags,
        payload_offset: data.payload_offset,
        payload: data.payload,
    }
}

/// What a whole user message holds. Its identifier decides what it is; where that is none, or none that is known,
/// its ports do, then its shape.
pub fn user_message<'p>(
    octets: &'p [u8],
    ppid: Ppid,
    ports: (u16, u16),
    variant: Variant,
) -> Result<(UserMessage<'p>, Anomalies), Exit> {
    let (adaptation, anomalies) = adaptation_of(octets, ppid, ports);
    let (message, of_layer) = match adaptation {
        Ppid::M3UA => m3ua_message(octets)?,
        Ppid::M2PA => m2pa_message(octets, variant)?,
        Ppid::M2UA => m2ua_message(octets, variant)?,
        Ppid::SUA => sua_message(octets)?,
        other => return Err(recognise::by_ppid(other.0).and_then(exit_of_known).unwrap_or(Exit::NotSignalling)),
    };
    let mut all = anomalies;
    all.add(of_layer);
    Ok((message, all))
}

fn m3ua_message(octets: &[u8]) -> Result<(UserMessage<'_>, Anomalies), Exit> {
    let message = m3ua::Message::parse(octets).map_err(exit_of)?;
    if message.kind() != m3ua::MessageKind::Data {
        return Err(Exit::AdaptationManagement);
    }
    let data = message.protocol_data().map_err(exit_of)?;
    Ok((UserMessage::Msu(m3ua_msu(data)), message.anomalies()))
}

fn m2pa_message(octets: &[u8], variant: Variant) -> Result<(UserMessage<'_>, Anomalies), Exit> {
    let message = m2pa::Message::parse(octets).map_err(exit_of)?;
    let m2pa::Body::Msu { msu, .. } = message.body else { return Err(Exit::AdaptationManagement) };
    let (msu, mut anomalies) = mtp3_user_data(Adaptation::M2pa, msu, variant)?;
    anomalies.add(message.anomalies);
    Ok((UserMessage::Msu(msu), anomalies))
}

fn m2ua_message(octets: &[u8], variant: Variant) -> Result<(UserMessage<'_>, Anomalies), Exit> {
    let message = m2ua::Message::parse(octets).map_err(exit_of)?;
    let Some(msu) = message.msu() else { return Err(Exit::AdaptationManagement) };
    let (msu, mut anomalies) = mtp3_user_data(Adaptation::M2ua, msu, variant)?;
    anomalies.add(message.anomalies());
    Ok((UserMessage::Msu(msu), anomalies))
}

fn sua_message(octets: &[u8]) -> Result<(UserMessage<'_>, Anomalies), Exit> {
    let message = sua::Message::parse(octets).map_err(exit_of)?;
    if message.is_connection_oriented() {
        return Err(Exit::SccpConnection);
    }
    let unitdata = message.unitdata().map_err(exit_of)?.ok_or(Exit::AdaptationManagement)?;
    let msu = Msu {
        adaptation: Adaptation::Sua,
        label: None,
        routing_context: unitdata.routing_context.map(|rc| rc.0),
        network_appearance: unitdata.network_appearance.map(|na| na.0),
        user_data: unitdata.data,
    };
    Ok((UserMessage::Unitdata(msu, unitdata.as_connectionless()), unitdata.anomalies))
}

/// What a user message is for whoever writes it again, and the unitdata message in it.
pub fn carried<'p>(
    octets: &'p [u8],
    ppid: Ppid,
    ports: (u16, u16),
    variant: Variant,
) -> Option<(Carrier, Connectionless<'p>)> {
    let (message, _) = user_message(octets, ppid, ports, variant).ok()?;
    match message {
        UserMessage::Msu(msu) => Some((msu.adaptation.carrier()?, sccp(&msu, variant).ok()?)),
        UserMessage::Unitdata(msu, sccp) => Some((msu.adaptation.carrier()?, sccp)),
    }
}

impl Adaptation {
    /// None for a signalling link captured as such: there is no frame to be written again.
    pub const fn carrier(self) -> Option<Carrier> {
        match self {
            Self::M3ua => Some(Carrier::M3ua),
            Self::M2pa => Some(Carrier::M2pa),
            Self::M2ua => Some(Carrier::M2ua),
            Self::Sua => Some(Carrier::Sua),
            Self::Mtp3 => None,
        }
    }
}

/// The adaptation layer of a user message, and whether its identifier said so.
fn adaptation_of(octets: &[u8], ppid: Ppid, ports: (u16, u16)) -> (Ppid, Anomalies) {
    let either = |port| ports.0 == port || ports.1 == port;
    let shape = recognise::adaptation_by_shape(octets);
    let adaptation = match (ppid, shape) {
        (Ppid::M3UA | Ppid::M2PA | Ppid::M2UA | Ppid::SUA, None) => ppid,
        (Ppid::M3UA | Ppid::M2PA | Ppid::M2UA | Ppid::SUA, Some(shape)) => shape,
        // Another user protocol that is known is not looked into, whatever its octets look like.
        _ if recognise::by_ppid(ppid.0).is_some() => ppid,
        (_, Some(shape)) => shape,
        _ if either(M3UA_PORT) => Ppid::M3UA,
        _ if either(M2PA_PORT) => Ppid::M2PA,
        _ if either(M2UA_PORT) => Ppid::M2UA,
        _ if either(SUA_PORT) => Ppid::SUA,
        _ => ppid,
    };
    let mut anomalies = Anomalies::NONE;
    anomalies.note_if(adaptation != ppid, Anomaly::SctpPpid);
    (adaptation, anomalies)
}

/// An MSU from its service information octet on.
pub fn mtp3_user_data(adaptation: Adaptation, octets: &[u8], variant: Variant) -> Result<(Msu<'_>, Anomalies), Exit> {
    let message = mtp3::Message::parse_as(octets, variant).map_err(exit_of)?;
    let msu = Msu {
        adaptation,
        label: Some(message.label),
        routing_context: None,
        network_appearance: None,
        user_data: message.payload,
    };
    Ok((msu, Anomalies::NONE))
}

/// How an MSU leaves whose user is not SCCP.
#[cold]
pub fn exit_of_user(msu: &Msu<'_>) -> Exit {
    let known = msu.label.and_then(|label| recognise::by_service_indicator(label.si.number()));
    known.and_then(exit_of_known).unwrap_or(Exit::NotSccp)
}

/// The exit of a protocol that is known by name; none for those that share the exit of where they were met.
const fn exit_of_known(protocol: Known) -> Option<Exit> {
    Some(match protocol {
        Known::Mtp3Management | Known::Mtp3Test => Exit::MtpManagement,
        Known::Isup => Exit::Isup,
        Known::Tup => Exit::Tup,
        Known::Bicc => Exit::Bicc,
        Known::Diameter => Exit::Diameter,
        Known::H248 => Exit::H248,
        Known::Bssap | Known::BssapPlus | Known::BssapLe => Exit::Bssap,
        Known::Ranap => Exit::Ranap,
        Known::SccpManagement => Exit::SccpManagement,
        Known::Cap => Exit::Cap,
        Known::Inap => Exit::Inap,
        Known::Ansi41 => Exit::Ansi41,
        Known::Rnsap
        | Known::Pcap
        | Known::S1ap
        | Known::X2ap
        | Known::Ngap
        | Known::Xnap
        | Known::F1ap
        | Known::E1ap
        | Known::W1ap
        | Known::E2ap
        | Known::Xwap
        | Known::Sbcap
        | Known::Lcsap
        | Known::Sabp
        | Known::Nbap
        | Known::Rua
        | Known::Hnbap
        | Known::Rna
        | Known::Pua
        | Known::M2ap
        | Known::M3ap => Exit::RadioAccess,
        _ => return None,
    })
}

/// The unitdata message in an MSU of SCCP, without anything out of the ordinary; none for any other MSU, which
/// [`sccp`] then takes apart.
#[inline(always)]
pub fn ordinary_sccp<'p>(msu: &Msu<'p>, variant: Variant) -> Option<Connectionless<'p>> {
    if variant != Variant::Itu {
        return None;
    }
    Connectionless::ordinary(msu.user_data)
}

/// The SCCP message in an MSU, if it carries user data without a connection.
pub fn sccp<'p>(msu: &Msu<'p>, variant: Variant) -> Result<Connectionless<'p>, Exit> {
    match sccp::Message::parse_as(msu.user_data, variant).map_err(exit_of)? {
        sccp::Message::Connectionless(message) => Ok(message),
        sccp::Message::Other(_) => Err(exit_of_connection(msu.user_data, variant)),
    }
}

/// How a message of a connection leaves: the request names the user, the messages after it do not.
fn exit_of_connection(octets: &[u8], variant: Variant) -> Exit {
    let user = sccp::Connection::parse(octets, variant).ok().and_then(|message| message.user());
    user.and_then(exit_of_subsystem).unwrap_or(Exit::SccpConnection)
}

/// The exit of a subsystem that uses SCCP without TCAP.
fn exit_of_subsystem(ssn: Ssn) -> Option<Exit> {
    let exit = recognise::by_ssn(ssn.0).and_then(exit_of_known)?;
    matches!(exit, Exit::Bssap | Exit::Ranap | Exit::RadioAccess | Exit::Isup).then_some(exit)
}

/// How a message leaves whose addresses show it to be none for us.
#[inline(always)]
pub fn unfit(message: &Connectionless<'_>, scope: Scope) -> Option<Exit> {
    // Zero says that a subsystem is not known (Q.713 §3.4.2.2), which is as good as none.
    let number = |ssn: Option<Ssn>| ssn.map_or(0, |ssn| ssn.0);
    let called = number(message.called.ssn());
    if called == Ssn::MANAGEMENT.0 {
        return Some(Exit::SccpManagement);
    }
    (scope == Scope::Sms && is_cap(called)).then_some(Exit::Cap)
}

/// CAP numbers its operations as MAP does, and a message in the middle of a dialogue names no context: it is told by the
/// subsystem it goes to (TS 23.003 §8.2: 146 CAP, 147 the service control function). What the sender calls itself is not
/// believed, or nothing that names such a subsystem would ever be judged; nor is a service control function, which has
/// MAP's requests too, any less a sender of them.
#[inline(always)]
const fn is_cap(called: u8) -> bool {
    matches!(called, 146 | 147)
}

/// Whether it goes to a subsystem of CAP.
pub fn is_to_cap(message: &Connectionless<'_>) -> bool {
    message.called.ssn().is_some_and(|ssn| is_cap(ssn.0))
}

/// The exit of what is no ITU TCAP message, or none that can be read.
#[cold]
pub fn exit_of_tcap(sccp: &Connectionless<'_>, error: Error) -> Exit {
    match (error.reason, tcap::ansi::recognise(sccp.data)) {
        (_, Some(package)) if package.is_ansi41() => Exit::Ansi41,
        (_, Some(_)) => Exit::AnsiTcap,
        (Reason::UnexpectedTag | Reason::Unsupported, None) => {
            sccp.called.ssn().and_then(exit_of_subsystem).unwrap_or(Exit::NotTcap)
        }
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
        Layer::Tcp => Exit::MalformedTcp,
        Layer::M3ua | Layer::M2pa | Layer::M2ua | Layer::Sua | Layer::Mtp3 => Exit::MalformedAdaptation,
        Layer::Sccp => Exit::MalformedSccp,
        // The last two do not come here: what fails there is judged with what did parse.
        Layer::Tcap | Layer::Map | Layer::Sms => Exit::MalformedTcap,
        Layer::Smpp => Exit::SmppSegment,
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
/// IANA service name `m2ua`.
const M2UA_PORT: u16 = 2904;
/// IANA service name `sua`.
const SUA_PORT: u16 = 14001;
