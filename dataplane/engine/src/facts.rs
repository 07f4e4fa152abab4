//! From parsed layers to facts: which value of which view becomes which field.
//!
//! Only values move here; nothing is parsed that a view has not parsed already, and nothing is decided.

use crate::decode::{self, Adaptation, Transport, Transported};
use crate::parsed::Parsed;
use crate::way::Carried;
use crate::{Input, TpduScratch};
use sluice_abi::{Facts, Field};
use sluice_wire::Error;
use sluice_wire::sccp::Address;
use sluice_wire::sctp::Data;
use sluice_wire::sms::{Concatenation, InformationElement, Ports, Tpdu, TpduKind, UserDataHeader};
use sluice_wire::tcap::{Code, Component, ComponentKind, DialogueKind, MessageKind, ProblemKind};

/// Number and time of the frame, where it came in.
#[inline(always)]
pub fn frame<'p>(facts: &mut Facts<'p>, input: &Input<'p>) {
    facts.set_all([(Field::Frame, input.number), (Field::TimeNs, input.time_ns)]);
    if !input.port.is_empty() {
        facts.set_octets(Field::Port, input.port);
    }
}

/// IP, SCTP, MTP3 and SCCP.
#[inline(always)]
pub fn carried<'p>(facts: &mut Facts<'p>, carried: &Carried<'p>) {
    let way = carried.way;
    facts.note(way.anomalies);
    facts.note(carried.sccp.anomalies);
    if let Some(Transported { transport, data }) = way.below {
        self::transport(facts, transport, data);
    }
    if !(way.fragment_frames.is_empty() && way.segment_frames.is_empty()) {
        pieces(facts, carried);
    }
    let msu = carried.msu;
    match msu.label {
        Some(label) => {
            facts.set_all([
                (Field::MtpProto, msu.adaptation as u64),
                (Field::MtpOpc, label.opc.0.into()),
                (Field::MtpDpc, label.dpc.0.into()),
                (Field::MtpSi, label.si.number().into()),
                (Field::MtpNi, label.ni.0.into()),
                (Field::MtpSls, label.sls.0.into()),
            ]);
            facts.set_some(Field::MtpMp, label.mp);
        }
        None => facts.set(Field::MtpProto, msu.adaptation as u64),
    }
    facts.set_some(Field::MtpRc, msu.routing_context);
    facts.set_some(Field::MtpNa, msu.network_appearance);
    let sccp = carried.sccp;
    let message_type = (Field::SccpMsg, message_type(carried));
    match (sccp.class(), sccp.handling(), sccp.return_cause()) {
        (Some(class), Some(handling), _) => {
            facts.set_all([message_type, (Field::SccpClass, class.into()), (Field::SccpHandling, handling.into())]);
        }
        (.., Some(cause)) => facts.set_all([message_type, (Field::SccpReturnCause, cause.number().into())]),
        _ => facts.set_all([message_type]),
    }
    facts.set_some(Field::SccpHops, sccp.hops);
    party::<TO>(facts, &sccp.called);
    party::<FROM>(facts, &sccp.calling);
    if let Some(segmentation) = &sccp.segmentation {
        facts.set(Field::SegFirst, segmentation.first.into());
        facts.set(Field::SegRemaining, segmentation.remaining.into());
        facts.set(Field::SegSlr, segmentation.reference.0.into());
    }
}

/// The type of an SCCP message; class and type of an SUA message.
#[inline(always)]
fn message_type(carried: &Carried<'_>) -> u64 {
    let sccp = carried.sccp.message_type;
    match carried.msu.adaptation {
        Adaptation::Sua => SUA_CONNECTIONLESS << 8 | if sccp.is_service() { SUA_CLDR } else { SUA_CLDT },
        _ => sccp.number().into(),
    }
}

#[cold]
fn pieces<'p>(facts: &mut Facts<'p>, carried: &Carried<'p>) {
    let some = |frames: &'p [u8]| (!frames.is_empty()).then_some(frames);
    facts.set_octets_some(Field::SctpReassembledFrom, some(carried.way.fragment_frames));
    facts.set_octets_some(Field::SccpReassembledFrom, some(carried.way.segment_frames));
}

#[inline(always)]
fn transport<'p>(facts: &mut Facts<'p>, transport: &Transport<'p>, data: &Data<'_>) {
    addresses(facts, transport.ip);
    facts.set_all([
        (Field::Sport, transport.sctp.source_port().into()),
        (Field::Dport, transport.sctp.destination_port().into()),
        (Field::SctpTsn, data.tsn.0.into()),
        (Field::SctpSid, data.sid.0.into()),
        (Field::SctpSsn, data.ssn.0.into()),
        (Field::SctpPpid, data.ppid.0.into()),
    ]);
    let data_chunks = decode::data_chunks(&transport.sctp, data);
    if data_chunks > 1 {
        facts.set(Field::SctpBundled, data_chunks.into());
    }
}

/// Source and destination of an IP packet.
#[inline(always)]
pub fn addresses<'p>(facts: &mut Facts<'p>, ip: &'p [u8]) {
    // RFC 791 §3.1; RFC 8200 §3.
    if let Some([0x40..=0x4F, _, _, _, _, _, _, _, _, _, _, _, addresses @ ..]) = ip.first_chunk::<20>() {
        let (source, destination) = addresses.split_at(4);
        facts.set_all_octets([(Field::Src, source), (Field::Dst, destination)]);
    } else {
        facts.set_octets_some(Field::Src, ip.get(8..24));
        facts.set_octets_some(Field::Dst, ip.get(24..40));
    }
}

/// Whose fields: the called party's or the calling party's.
const TO: bool = true;
const FROM: bool = false;

/// One of the called party's fields, or the calling party's: a constant when the program is built.
#[inline(always)]
const fn of<const CALLED: bool>(called: Field, calling: Field) -> Field {
    if CALLED { called } else { calling }
}

/// The fields of one party address.
#[inline(always)]
fn party<'p, const CALLED: bool>(facts: &mut Facts<'p>, address: &Address<'p>) {
    match address.international() {
        Some(parts) if !parts.digits.is_empty() => {
            facts.set_all([
                (of::<CALLED>(Field::CdpaRi, Field::CgpaRi), address.ri().into()),
                (of::<CALLED>(Field::CdpaGti, Field::CgpaGti), 4),
                (of::<CALLED>(Field::CdpaSsn, Field::CgpaSsn), parts.ssn.0.into()),
                (of::<CALLED>(Field::CdpaTt, Field::CgpaTt), parts.tt.into()),
                (of::<CALLED>(Field::CdpaNp, Field::CgpaNp), parts.np.into()),
                (of::<CALLED>(Field::CdpaNai, Field::CgpaNai), parts.nai.into()),
                (of::<CALLED>(Field::CdpaGtOdd, Field::CgpaGtOdd), parts.is_odd().into()),
            ]);
            facts.set_octets(of::<CALLED>(Field::CdpaGt, Field::CgpaGt), parts.digits);
        }
        _ => any_party::<CALLED>(facts, address),
    }
}

#[inline(never)]
fn any_party<'p, const CALLED: bool>(facts: &mut Facts<'p>, address: &Address<'p>) {
    if address.octets().is_empty() {
        return;
    }
    facts.set(of::<CALLED>(Field::CdpaRi, Field::CgpaRi), address.ri().into());
    facts.set(of::<CALLED>(Field::CdpaGti, Field::CgpaGti), address.gti().into());
    facts.set_some(of::<CALLED>(Field::CdpaSsn, Field::CgpaSsn), address.ssn().map(|s| s.0));
    facts.set_some(of::<CALLED>(Field::CdpaPc, Field::CgpaPc), address.pc().map(|p| p.0));
    facts.set_some(of::<CALLED>(Field::CdpaTt, Field::CgpaTt), address.tt());
    facts.set_some(of::<CALLED>(Field::CdpaNp, Field::CgpaNp), address.np());
    facts.set_some(of::<CALLED>(Field::CdpaNai, Field::CgpaNai), address.nai());
    let digits = address.digits();
    if !digits.is_empty() {
        facts.set(of::<CALLED>(Field::CdpaGtOdd, Field::CgpaGtOdd), address.is_odd().into());
        facts.set_octets(of::<CALLED>(Field::CdpaGt, Field::CgpaGt), digits);
    }
}

/// The TCAP message without its components.
#[inline]
pub fn message<'p>(facts: &mut Facts<'p>, parsed: &Parsed<'_, 'p>) {
    let message = parsed.message;
    let kind = match message.kind {
        MessageKind::Unidirectional => 0,
        MessageKind::Begin => 1,
        MessageKind::Continue => 2,
        MessageKind::End => 3,
        MessageKind::Abort => 4,
    };
    facts.set(Field::TcapType, kind);
    facts.set_octets_some(Field::TcapOtid, message.otid.map(|t| t.octets()));
    facts.set_octets_some(Field::TcapDtid, message.dtid.map(|t| t.octets()));
    if let Some(cause) = message.p_abort_cause {
        facts.set_signed(Field::TcapPAbortCause, cause);
    }
    if message.is_user_abort() {
        facts.set(Field::TcapUAbort, 1);
    }
    if let Some(dialogue) = &message.dialogue {
        facts.set_octets_some(Field::TcapAc, dialogue.application_context);
        facts.set_some(
            Field::TcapDialogue,
            dialogue.kind.map(|k| match k {
                DialogueKind::Request => 0u64,
                DialogueKind::Response => 1,
                DialogueKind::Abort => 2,
                DialogueKind::Unidirectional => 3,
            }),
        );
        if let Some(result) = dialogue.result {
            facts.set_signed(Field::TcapDialogueResult, result);
        }
    }
    if message.components.is_some() {
        facts.set(Field::TcapComponents, parsed.components.len() as u64);
    }
    facts.note(parsed.anomalies);
    if let Some(fault) = message.fault.or(parsed.fault) {
        malformed(facts, fault);
    }
}

/// A component without its parameter.
#[inline]
pub fn component<'p>(facts: &mut Facts<'p>, component: &Component<'p>, index: usize) {
    facts.set(Field::ComponentIndex, index as u64);
    let kind = match component.kind {
        ComponentKind::Invoke => 0,
        ComponentKind::ReturnResultLast => 1,
        ComponentKind::ReturnResultNotLast => 2,
        ComponentKind::ReturnError => 3,
        ComponentKind::Reject => 4,
    };
    facts.set(Field::MapComponent, kind);
    set_signed_some(facts, Field::MapInvokeId, component.invoke_id);
    set_signed_some(facts, Field::MapLinkedId, component.linked_id);
    match component.operation {
        Some(Code::Local(operation)) => facts.set_signed(Field::MapOp, operation),
        Some(Code::Global(oid)) => facts.set_octets(Field::MapOpGlobal, oid),
        None => {}
    }
    set_signed_some(facts, Field::MapError, component.error.and_then(Code::local));
    if let Some(problem) = component.problem {
        let kind = match problem.kind {
            ProblemKind::General => 0,
            ProblemKind::Invoke => 1,
            ProblemKind::ReturnResult => 2,
            ProblemKind::ReturnError => 3,
        };
        facts.set(Field::MapProblem, kind << 8 | problem.value as u64 & 0xFF);
    }
    if let Some(fault) = component.fault {
        malformed(facts, fault);
    }
}

#[inline]
fn set_signed_some(facts: &mut Facts<'_>, field: Field, value: Option<i64>) {
    if let Some(value) = value {
        facts.set_signed(field, value);
    }
}

/// The TPDU with its text.
#[inline(always)]
pub fn tpdu<'p>(facts: &mut Facts<'p>, tpdu: &Tpdu<'p>, scratch: &'p mut TpduScratch) {
    let TpduScratch { text, address, elements, timestamp } = scratch;
    facts.note(tpdu.anomalies);
    first_octet(facts, tpdu);
    facts.set_some(Field::SmsMr, tpdu.mr);
    match (tpdu.pid, tpdu.dcs, tpdu.udl) {
        (Some(pid), Some(dcs), Some(udl)) => {
            facts.set_all([(Field::SmsPid, pid.into()), (Field::SmsDcs, dcs.0.into()), (Field::SmsUdl, udl.into())])
        }
        (pid, dcs, udl) => {
            facts.set_some(Field::SmsPid, pid);
            facts.set_some(Field::SmsDcs, dcs.map(|d| d.0));
            facts.set_some(Field::SmsUdl, udl);
        }
    }
    facts.set_some(Field::SmsSt, tpdu.st);
    facts.set_some(Field::SmsFcs, tpdu.fcs);
    facts.set_octets_some(Field::SmsVp, tpdu.vp);
    if let Some(a) = &tpdu.address {
        a.write(address);
        let field = match tpdu.kind {
            TpduKind::Submit | TpduKind::Command => Field::SmsDa,
            TpduKind::StatusReport => Field::SmsRa,
            _ => Field::SmsOa,
        };
        facts.set_octets(field, address.as_bytes());
        facts.set_all([
            (Field::SmsAddrTon, a.ton().into()),
            (Field::SmsAddrNpi, a.npi().into()),
            (Field::SmsAddrLen, a.len.into()),
        ]);
    }
    if let Some(scts) = tpdu.scts {
        *timestamp = scts.0;
        facts.set_octets(Field::SmsScts, timestamp);
    }
    if tpdu.udl.is_some() && !tpdu.ud.is_empty() {
        facts.set_octets(Field::SmsUd, tpdu.ud);
    }
    if let Some(header) = tpdu.header() {
        user_data_header(facts, &header, elements);
    }
    if let Some(text) = tpdu.text(text) {
        facts.set_octets(Field::SmsText, text.as_bytes());
    }
    if let Some(fault) = tpdu.fault {
        malformed(facts, fault);
    }
}

/// The type and the bits beside it that the type has.
#[inline(always)]
fn first_octet(facts: &mut Facts<'_>, tpdu: &Tpdu<'_>) {
    facts.set_all([(Field::SmsMti, tpdu.mti().into()), (Field::SmsUdhi, tpdu.udhi().into())]);
    let kind = match tpdu.kind {
        TpduKind::Deliver => Some(0u64),
        TpduKind::DeliverReport => Some(1),
        TpduKind::Submit => Some(2),
        TpduKind::SubmitReport => Some(3),
        TpduKind::StatusReport => Some(4),
        TpduKind::Command => Some(5),
        TpduKind::Reserved => None,
    };
    facts.set_some(Field::SmsType, kind);
    facts.set_some(Field::SmsMms, tpdu.mms());
    facts.set_some(Field::SmsRp, tpdu.rp());
    facts.set_some(Field::SmsSri, tpdu.sri());
    facts.set_some(Field::SmsSrr, tpdu.srr());
    facts.set_some(Field::SmsRd, tpdu.rd());
    facts.set_some(Field::SmsVpf, tpdu.vpf());
}

#[inline(never)]
fn user_data_header<'p>(facts: &mut Facts<'p>, header: &UserDataHeader<'_>, room: &'p mut [u8; ELEMENTS_MAX]) {
    elements(facts, header.elements(), room);
    if let Some(read) = header.concatenation() {
        concatenation(facts, &read);
    }
    if let Some(read) = header.ports() {
        ports(facts, &read);
    }
}

/// Which information elements a header has.
pub fn elements<'p, 'e>(
    facts: &mut Facts<'p>,
    elements: impl Iterator<Item = InformationElement<'e>>,
    room: &'p mut [u8; ELEMENTS_MAX],
) {
    let mut count = 0;
    for (slot, element) in room.iter_mut().zip(elements) {
        *slot = element.iei;
        count += 1;
    }
    facts.set_octets(Field::SmsUdhIei, room.get(..count).unwrap_or_default());
}

/// Which part of which message it is.
pub fn concatenation(facts: &mut Facts<'_>, part: &Concatenation) {
    facts.set_all([
        (Field::SmsConcatRef, part.reference.into()),
        (Field::SmsConcatTotal, part.total.into()),
        (Field::SmsConcatSeq, part.sequence.into()),
    ]);
}

/// Which application it is for.
pub fn ports(facts: &mut Facts<'_>, ports: &Ports) {
    let (destination, source) = match ports.wide {
        true => (Field::SmsPortsDst, Field::SmsPortsSrc),
        false => (Field::SmsPortsDst8, Field::SmsPortsSrc8),
    };
    facts.set_all([(destination, ports.destination.into()), (source, ports.source.into())]);
}

/// What did not parse; the first fault stays.
#[inline]
pub fn malformed(facts: &mut Facts<'_>, error: Error) {
    if !facts.has(Field::Malformed) {
        facts.set(Field::Malformed, 1);
        facts.set(Field::ErrorLayer, error.layer as u64);
        facts.set(Field::ErrorAt, error.at.into());
        facts.set(Field::ErrorReason, error.reason as u64);
    }
}

/// Information elements listed per message. A user data header of 139 octets holds at most 69.
pub const ELEMENTS_MAX: usize = 70;
/// Class and types of SUA's connectionless messages (RFC 3868 §3.1.2).
const SUA_CONNECTIONLESS: u64 = 7;
const SUA_CLDT: u64 = 1;
const SUA_CLDR: u64 = 2;
