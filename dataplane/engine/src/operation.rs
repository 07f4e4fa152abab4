//! An operation of MAP: its argument's facts, which way its short message goes, and where in that message's life
//! it stands.
//!
//! The way is decided by the application context first, then by the choices of the addresses, never by the operation
//! code alone: 46 is either way before version 3 (TS 29.002 §17.3.2).

use crate::DecodeScratch;
use crate::facts::{self, malformed};
use sluice_abi::{Facts, Field, Trigger};
use sluice_wire::map::{
    AdditionalNumber, AddressString, ApplicationContext, ForwardSm, Operation, SmRpDa, SmRpOa, SmsArgument,
    tpdu_direction,
};
use sluice_wire::sms::{Context, Direction, Tpdu, TpduKind};
use sluice_wire::tcap::{Code, Component, ComponentKind};

/// Whether an operation is one of the short message service.
#[inline]
pub const fn is_sms(operation: i64) -> bool {
    Operation(operation).is_sms()
}

/// Whether an application context is one of the short message service.
#[inline]
pub fn is_sms_context(oid: &[u8]) -> bool {
    ApplicationContext::from_oid(oid).is_some_and(ApplicationContext::is_sms)
}

/// Whether an application context is one of MAP.
#[inline]
pub fn is_map_context(oid: &[u8]) -> bool {
    ApplicationContext::from_oid(oid).is_some()
}

/// Sets what a component's parameter says. `known` is the way an earlier message of the dialogue showed. Gives the
/// way, where this component shows one.
#[inline(always)]
pub fn facts<'p>(
    facts: &mut Facts<'p>,
    component: &Component<'p>,
    operation: Option<i64>,
    context: &[u8],
    known: Option<Direction>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let context = ApplicationContext::from_oid(context);
    match (component.kind, component.operation, component.parameter) {
        (ComponentKind::Invoke, Some(Code::Local(code)), Some(_)) if Operation(code).is_forward_sm() => {
            forward(facts, component, operation, context, known, scratch)
        }
        (.., None) => {
            // Nothing says anything here but the context.
            let way = tpdu_direction(context, operation.map(Operation), (None, None)).or(known);
            set_trigger(facts, component.kind, operation, way);
            way
        }
        _ => any(facts, component, operation, context, known, scratch),
    }
}

/// A request that carries a short message, as practically all of them are.
#[inline(never)]
fn forward<'p>(
    facts: &mut Facts<'p>,
    component: &Component<'p>,
    operation: Option<i64>,
    context: Option<ApplicationContext>,
    known: Option<Direction>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let Some(request) = ForwardSm::ordinary(operation.map(Operation), component.parameter) else {
        return any(facts, component, operation, context, known, scratch);
    };
    let parties = (Some(request.sm_rp_da), Some(request.sm_rp_oa));
    destination(facts, request.sm_rp_da);
    originator(facts, request.sm_rp_oa);
    facts.set_octets(Field::MapRpUi, request.sm_rp_ui);
    facts.set_octets_some(Field::MapImsi, request.imsi);
    if let SmRpDa::Imsi(imsi) = request.sm_rp_da {
        facts.set_octets(Field::MapImsi, imsi);
    }
    if let SmRpOa::Msisdn(msisdn) = request.sm_rp_oa {
        facts.set_octets_some(Field::MapMsisdn, AddressString::new(msisdn).map(AddressString::raw));
    }
    if request.more_messages {
        facts.set(Field::MapMoreMessages, 1);
    }
    let way = tpdu_direction(context, operation.map(Operation), parties).or(known);
    set_trigger(facts, ComponentKind::Invoke, operation, way);
    let direction = way.unwrap_or(Direction::ToSc);
    let octets = request.sm_rp_ui;
    match TpduKind::of(octets, direction) {
        Some(TpduKind::Deliver) => deliver(facts, octets, scratch),
        Some(TpduKind::Submit) => submit(facts, octets, scratch),
        _ => any_tpdu(facts, octets, direction, Context::Request, scratch),
    }
    way
}

#[inline(never)]
fn deliver<'p>(facts: &mut Facts<'p>, octets: &'p [u8], scratch: &'p mut DecodeScratch) {
    match Tpdu::deliver(octets) {
        Some(tpdu) => facts::tpdu(facts, &tpdu, scratch),
        None => any_tpdu(facts, octets, Direction::FromSc, Context::Request, scratch),
    }
}

#[inline(never)]
fn submit<'p>(facts: &mut Facts<'p>, octets: &'p [u8], scratch: &'p mut DecodeScratch) {
    match Tpdu::submit(octets) {
        Some(tpdu) => facts::tpdu(facts, &tpdu, scratch),
        None => any_tpdu(facts, octets, Direction::ToSc, Context::Request, scratch),
    }
}

/// Any component with a parameter.
#[inline(never)]
fn any<'p>(
    facts: &mut Facts<'p>,
    component: &Component<'p>,
    operation: Option<i64>,
    context: Option<ApplicationContext>,
    known: Option<Direction>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let of_invoke = if component.operation.is_some() { None } else { operation.map(Operation) };
    let mut argument = SmsArgument::default();
    argument.read(component, of_invoke);
    argument_facts(facts, &argument);
    let way = tpdu_direction(context, operation.map(Operation), argument.parties()).or(known);
    set_trigger(facts, component.kind, operation, way);
    if let Some(octets) = argument.sm_rp_ui.or(argument.diagnostic_info) {
        let (asked, carrier) = (way.unwrap_or(Direction::ToSc), carrier(component.kind));
        let direction = if carrier == Context::Request { asked } else { asked.reversed() };
        any_tpdu(facts, octets, direction, carrier, scratch);
    }
    if let Some(fault) = argument.fault {
        malformed(facts, fault);
    }
    way
}

#[inline(never)]
fn any_tpdu<'p>(
    facts: &mut Facts<'p>,
    octets: &'p [u8],
    direction: Direction,
    carrier: Context,
    scratch: &'p mut DecodeScratch,
) {
    match Tpdu::parse(octets, direction, carrier) {
        Ok(tpdu) => facts::tpdu(facts, &tpdu, scratch),
        Err(error) => malformed(facts, error),
    }
}

#[inline(always)]
fn set_trigger(facts: &mut Facts<'_>, kind: ComponentKind, operation: Option<i64>, way: Option<Direction>) {
    if let Some(trigger) = trigger(kind, operation, way) {
        facts.set(Field::LabelsTrigger, trigger as u64);
    }
}

#[inline(always)]
fn destination<'p>(facts: &mut Facts<'p>, destination: SmRpDa<'p>) {
    let choice = match destination {
        SmRpDa::Imsi(_) => 0,
        SmRpDa::Lmsi(_) => 1,
        SmRpDa::RoamingNumber(_) => 2,
        SmRpDa::ServiceCentre(_) => 4,
        SmRpDa::None => 5,
    };
    facts.set(Field::MapRpDaChoice, choice);
    if choice != 5 {
        facts.set_octets(Field::MapRpDa, destination.raw());
    }
}

#[inline(always)]
fn originator<'p>(facts: &mut Facts<'p>, originator: SmRpOa<'p>) {
    let choice = match originator {
        SmRpOa::Msisdn(_) => 2,
        SmRpOa::ServiceCentre(_) => 4,
        SmRpOa::None => 5,
    };
    facts.set(Field::MapRpOaChoice, choice);
    if choice != 5 {
        facts.set_octets(Field::MapRpOa, originator.raw());
    }
}

const fn carrier(kind: ComponentKind) -> Context {
    match kind {
        ComponentKind::Invoke => Context::Request,
        ComponentKind::ReturnError => Context::Error,
        _ => Context::Acknowledgement,
    }
}

/// Where in the life of a short message a component stands.
#[inline]
fn trigger(kind: ComponentKind, operation: Option<i64>, way: Option<Direction>) -> Option<Trigger> {
    let operation = Operation(operation?);
    Some(match (kind, operation) {
        // Asking where a subscriber is, and being told, both come before the delivery.
        (_, Operation::SEND_ROUTING_INFO_FOR_SM) => Trigger::PreDelivery,
        (ComponentKind::Invoke, o) if o.is_forward_sm() => match way {
            Some(Direction::FromSc) => Trigger::PreDelivery,
            _ => Trigger::Submission,
        },
        (_, o) if o.is_sms() => Trigger::PostDelivery,
        _ => return None,
    })
}

#[inline]
fn argument_facts<'p>(facts: &mut Facts<'p>, argument: &SmsArgument<'p>) {
    if let Some(party) = argument.sm_rp_da {
        destination(facts, party);
    }
    if let Some(party) = argument.sm_rp_oa {
        originator(facts, party);
    }
    facts.set_octets_some(Field::MapRpUi, argument.sm_rp_ui);
    facts.set_octets_some(Field::MapImsi, argument.any_imsi());
    let address = |a: Option<sluice_wire::map::AddressString<'p>>| a.map(|a| a.raw());
    facts.set_octets_some(Field::MapMsisdn, address(argument.any_msisdn()));
    facts.set_octets_some(Field::MapServiceCentre, address(argument.service_centre));
    facts.set_octets_some(Field::MapNetworkNode, address(argument.network_node));
    facts.set_octets_some(Field::MapStoredMsisdn, address(argument.stored_msisdn));
    facts.set_octets_some(Field::MapVlr, address(argument.vlr));
    facts.set_octets_some(Field::MapHlrNumber, address(argument.hlr));
    facts.set_octets_some(Field::MapGsmscf, address(argument.gsmscf));
    let (msc, sgsn) = match argument.additional_number {
        Some(AdditionalNumber::Msc(a)) => (Some(a), argument.sgsn),
        Some(AdditionalNumber::Sgsn(a)) => (argument.msc, Some(a)),
        None => (argument.msc, argument.sgsn),
    };
    facts.set_octets_some(Field::MapMsc, address(msc));
    facts.set_octets_some(Field::MapSgsnNumber, address(sgsn));
    facts.set_octets_some(Field::MapLmsi, argument.lmsi);
    let number = |n: Option<i64>| n.map(|n| n as u64);
    facts.set_some(Field::MapDeliveryOutcome, number(argument.delivery_outcome));
    if argument.more_messages {
        facts.set(Field::MapMoreMessages, 1);
    }
    facts.set_some(Field::MapSmRpPri, argument.sm_rp_pri);
    facts.set_some(Field::MapSmRpMti, number(argument.sm_rp_mti));
    facts.set_some(Field::MapSmDeliveryFailure, number(argument.sm_delivery_failure));
    facts.set_some(Field::MapSmDeliveryNotIntended, number(argument.delivery_not_intended));
}
