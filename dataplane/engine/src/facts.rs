//! From parsed layers to facts: which value of which view becomes which field.
//!
//! Only values move here; nothing is parsed that a view has not parsed already, and nothing is decided.

use crate::decode::Carried;
use crate::message::Parsed;
use crate::{DecodeScratch, Input};
use sluice_abi::{Facts, Field};
use sluice_wire::sccp::Address;
use sluice_wire::sms::{Tpdu, TpduKind, UserDataHeader};
use sluice_wire::tcap::{Code, Component, ComponentKind, DialogueKind, MessageKind, ProblemKind};
use sluice_wire::{Error, ip};

/// Number and time of the frame, where it came in.
#[inline]
pub fn frame<'p>(facts: &mut Facts<'p>, input: &Input<'p>) {
    facts.set(Field::Frame, input.number);
    facts.set(Field::TimeNs, input.time_ns);
    if !input.port.is_empty() {
        facts.set_octets(Field::Port, input.port);
    }
}

/// IP, SCTP, MTP3 and SCCP.
#[inline]
pub fn carried<'p>(facts: &mut Facts<'p>, carried: &Carried<'p>) {
    if let Some(transport) = &carried.transport {
        let (source, destination) = addresses(&transport.ip);
        facts.set_octets_some(Field::Src, source);
        facts.set_octets_some(Field::Dst, destination);
        facts.set(Field::Sport, transport.sctp.source_port().into());
        facts.set(Field::Dport, transport.sctp.destination_port().into());
        if transport.data_chunks > 1 {
            facts.set(Field::SctpBundled, transport.data_chunks.into());
        }
    }
    if let Some(data) = &carried.data {
        facts.set(Field::SctpTsn, data.tsn.0.into());
        facts.set(Field::SctpSid, data.sid.0.into());
        facts.set(Field::SctpSsn, data.ssn.0.into());
        facts.set(Field::SctpPpid, data.ppid.0.into());
    }
    let msu = &carried.msu;
    facts.set(Field::MtpProto, msu.adaptation as u64);
    facts.set(Field::MtpOpc, msu.label.opc.0.into());
    facts.set(Field::MtpDpc, msu.label.dpc.0.into());
    facts.set(Field::MtpSi, msu.label.si.number().into());
    facts.set(Field::MtpNi, msu.label.ni.0.into());
    facts.set_some(Field::MtpMp, msu.label.mp);
    facts.set(Field::MtpSls, msu.label.sls.0.into());
    facts.set_some(Field::MtpRc, msu.routing_context);
    facts.set_some(Field::MtpNa, msu.network_appearance);
    let sccp = &carried.sccp;
    facts.set(Field::SccpMsg, sccp.message_type.number().into());
    facts.set_some(Field::SccpClass, sccp.class());
    facts.set_some(Field::SccpHandling, sccp.handling());
    facts.set_some(Field::SccpHops, sccp.hops);
    facts.set_some(Field::SccpReturnCause, sccp.return_cause().map(|c| c.number()));
    party(facts, &sccp.called, &CALLED);
    party(facts, &sccp.calling, &CALLING);
    if let Some(segmentation) = &sccp.segmentation {
        facts.set(Field::SegFirst, segmentation.first.into());
        facts.set(Field::SegRemaining, segmentation.remaining.into());
        facts.set(Field::SegSlr, segmentation.reference.0.into());
    }
}

#[inline]
fn addresses<'p>(ip: &ip::Packet<'p>) -> (Option<&'p [u8]>, Option<&'p [u8]>) {
    let octets = ip.octets();
    // RFC 791 §3.1; RFC 8200 §3.
    match octets.first().map(|first| first >> 4) {
        Some(4) => (octets.get(12..16), octets.get(16..20)),
        _ => (octets.get(8..24), octets.get(24..40)),
    }
}

/// The fields of one party address.
struct Party {
    ri: Field,
    gti: Field,
    ssn: Field,
    pc: Field,
    tt: Field,
    np: Field,
    nai: Field,
    odd: Field,
    gt: Field,
}

const CALLED: Party = Party {
    ri: Field::CdpaRi,
    gti: Field::CdpaGti,
    ssn: Field::CdpaSsn,
    pc: Field::CdpaPc,
    tt: Field::CdpaTt,
    np: Field::CdpaNp,
    nai: Field::CdpaNai,
    odd: Field::CdpaGtOdd,
    gt: Field::CdpaGt,
};

const CALLING: Party = Party {
    ri: Field::CgpaRi,
    gti: Field::CgpaGti,
    ssn: Field::CgpaSsn,
    pc: Field::CgpaPc,
    tt: Field::CgpaTt,
    np: Field::CgpaNp,
    nai: Field::CgpaNai,
    odd: Field::CgpaGtOdd,
    gt: Field::CgpaGt,
};

#[inline]
fn party<'p>(facts: &mut Facts<'p>, address: &Address<'p>, fields: &Party) {
    if address.octets().is_empty() {
        return;
    }
    facts.set(fields.ri, address.ri().into());
    facts.set(fields.gti, address.gti().into());
    facts.set_some(fields.ssn, address.ssn().map(|s| s.0));
    facts.set_some(fields.pc, address.pc().map(|p| p.0));
    facts.set_some(fields.tt, address.tt());
    facts.set_some(fields.np, address.np());
    facts.set_some(fields.nai, address.nai());
    if !address.digits().is_empty() {
        facts.set(fields.odd, address.is_odd().into());
        facts.set_octets(fields.gt, address.digits());
    }
}

/// The TCAP message without its components.
#[inline]
pub fn message<'p>(facts: &mut Facts<'p>, parsed: &Parsed<'p>) {
    let message = &parsed.message;
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
#[inline]
pub fn tpdu<'p>(facts: &mut Facts<'p>, tpdu: &Tpdu<'p>, scratch: &'p mut DecodeScratch) {
    let DecodeScratch { text, address, elements, timestamp } = scratch;
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
    facts.set(Field::SmsMti, tpdu.mti().into());
    facts.set(Field::SmsUdhi, tpdu.udhi().into());
    facts.set_some(Field::SmsMms, tpdu.mms());
    facts.set_some(Field::SmsRp, tpdu.rp());
    facts.set_some(Field::SmsSri, tpdu.sri());
    facts.set_some(Field::SmsSrr, tpdu.srr());
    facts.set_some(Field::SmsRd, tpdu.rd());
    facts.set_some(Field::SmsVpf, tpdu.vpf());
    facts.set_some(Field::SmsMr, tpdu.mr);
    facts.set_some(Field::SmsPid, tpdu.pid);
    facts.set_some(Field::SmsDcs, tpdu.dcs.map(|d| d.0));
    facts.set_some(Field::SmsSt, tpdu.st);
    facts.set_some(Field::SmsFcs, tpdu.fcs);
    facts.set_some(Field::SmsUdl, tpdu.udl);
    facts.set_octets_some(Field::SmsVp, tpdu.vp);
    if let Some(a) = &tpdu.address {
        *address = a.text();
        let field = match tpdu.kind {
            TpduKind::Submit | TpduKind::Command => Field::SmsDa,
            TpduKind::StatusReport => Field::SmsRa,
            _ => Field::SmsOa,
        };
        facts.set_octets(field, address.as_bytes());
        facts.set(Field::SmsAddrTon, a.ton().into());
        facts.set(Field::SmsAddrNpi, a.npi().into());
        facts.set(Field::SmsAddrLen, a.len.into());
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

fn user_data_header<'p>(facts: &mut Facts<'p>, header: &UserDataHeader<'_>, elements: &'p mut [u8; ELEMENTS_MAX]) {
    let mut count = 0;
    for (slot, element) in elements.iter_mut().zip(header.elements()) {
        *slot = element.iei;
        count += 1;
    }
    facts.set_octets(Field::SmsUdhIei, elements.get(..count).unwrap_or_default());
    if let Some(concatenation) = header.concatenation() {
        facts.set(Field::SmsConcatRef, concatenation.reference.into());
        facts.set(Field::SmsConcatTotal, concatenation.total.into());
        facts.set(Field::SmsConcatSeq, concatenation.sequence.into());
    }
    if let Some(ports) = header.ports() {
        let (destination, source) = match ports.wide {
            true => (Field::SmsPortsDst, Field::SmsPortsSrc),
            false => (Field::SmsPortsDst8, Field::SmsPortsSrc8),
        };
        facts.set(destination, ports.destination.into());
        facts.set(source, ports.source.into());
    }
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
