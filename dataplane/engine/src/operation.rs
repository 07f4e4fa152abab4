//! An operation of MAP: its argument's facts, which way its short message goes, and where in that message's life
//! it stands.
//!
//! The way is decided by the application context first, then by the choices of the addresses, never by the operation
//! code alone: 46 is either way before version 3 (TS 29.002 §17.3.2).

use crate::facts::{self, malformed};
use crate::{DecodeScratch, TpduScratch};
use sluice_abi::{Facts, Field, Trigger};
use sluice_wire::map::{
    AdditionalNumber, AddressString, ApplicationContext, Category, ForwardSm, Location, Operation, SmRpDa, SmRpOa,
    Subject, tpdu_direction,
};
use sluice_wire::sms::{Alphabet, Context, Dcs, Direction, TextBuf, Tpdu, TpduKind, Written};
use sluice_wire::tcap::{Code, Component, ComponentKind};
use sluice_wire::{Anomalies, Anomaly, ber};

/// Whether an operation is one of the short message service.
#[inline]
pub const fn is_sms(operation: i64) -> bool {
    Operation(operation).is_sms()
}

/// Whether a component asks for an operation that the public lists put in a category of its own, short messages aside
/// (FS.11: not between networks, from the home network only, from the visited network only).
#[inline]
pub fn is_screened(kind: ComponentKind, operation: Option<i64>) -> bool {
    let category = |operation: i64| Operation(operation).category();
    kind == ComponentKind::Invoke && operation.and_then(category).is_some_and(|c| c != Category::Sms)
}

/// Whether an application context is one of the short message service.
#[inline]
pub fn is_sms_context(oid: &[u8]) -> bool {
    ApplicationContext::from_oid(oid).is_some_and(ApplicationContext::is_sms)
}

/// Whether an application context is one of MAP. CAP's first phases have numbers among them (TS 29.078 §5.6).
#[inline]
pub fn is_map_context(oid: &[u8]) -> bool {
    ApplicationContext::from_oid(oid).is_some_and(|map| !matches!(map.context, 50..=52))
}

/// What is known of the operation of a component.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Its number, here or where it was invoked.
    pub operation: Option<i64>,
    /// The application context of its dialogue; empty for none.
    pub context: &'a [u8],
    /// Which way an earlier message of the dialogue showed.
    pub way: Option<Direction>,
    /// Whether the whole message was looked through for deviations, as the short way of TCAP does not.
    pub is_scanned: bool,
}

/// The number of an operation, also where its code is an object identifier that ends in one.
#[inline(always)]
pub fn number(code: Code<'_>) -> Option<i64> {
    match code {
        Code::Local(number) => Some(number),
        Code::Global(_) => Operation::of_code(code).map(|operation| operation.0),
    }
}

/// Sets what a component's parameter says. Gives the way, where this component shows one.
#[inline(always)]
pub fn facts<'p>(
    facts: &mut Facts<'p>,
    component: &Component<'p>,
    asked: &Asked<'_>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let Asked { operation, way: known, .. } = *asked;
    let context = ApplicationContext::from_oid(asked.context);
    registered(facts, asked, context);
    match (component.kind, component.operation, component.parameter) {
        (ComponentKind::Invoke, Some(Code::Local(code)), Some(_)) if Operation(code).is_forward_sm() => {
            forward(facts, component, asked, context, scratch)
        }
        (.., None) => {
            // Nothing says anything here but the context.
            let way = tpdu_direction(context, operation.map(Operation), (None, None)).or(known);
            set_trigger(facts, component.kind, operation, way);
            way
        }
        _ => any(facts, component, asked, context, scratch),
    }
}

/// What the register of operations says.
#[inline(always)]
fn registered(facts: &mut Facts<'_>, asked: &Asked<'_>, context: Option<ApplicationContext>) {
    let Some(operation) = asked.operation.map(Operation) else { return };
    facts.set_some(Field::MapCategory, operation.category().map(Category::number));
    if context.map_or(!asked.context.is_empty(), |context| !operation.fits(context)) {
        facts.note(Anomalies::of(Anomaly::ContextMismatch));
    }
}

/// A request that carries a short message, as practically all of them are.
#[inline(never)]
fn forward<'p>(
    facts: &mut Facts<'p>,
    component: &Component<'p>,
    asked: &Asked<'_>,
    context: Option<ApplicationContext>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let Asked { operation, way: known, .. } = *asked;
    let Some(request) = ForwardSm::ordinary(operation.map(Operation), component.parameter) else {
        return any(facts, component, asked, context, scratch);
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
        Some(TpduKind::Deliver) => deliver(facts, octets, &mut scratch.tpdu),
        Some(TpduKind::Submit) => submit(facts, octets, &mut scratch.tpdu),
        _ => any_tpdu(facts, octets, direction, Context::Request, &mut scratch.tpdu),
    }
    way
}

#[inline(never)]
fn deliver<'p>(facts: &mut Facts<'p>, octets: &'p [u8], scratch: &'p mut TpduScratch) {
    match Tpdu::deliver(octets) {
        Some(tpdu) => facts::tpdu(facts, &tpdu, scratch),
        None => any_tpdu(facts, octets, Direction::FromSc, Context::Request, scratch),
    }
}

#[inline(never)]
fn submit<'p>(facts: &mut Facts<'p>, octets: &'p [u8], scratch: &'p mut TpduScratch) {
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
    asked: &Asked<'_>,
    context: Option<ApplicationContext>,
    scratch: &'p mut DecodeScratch,
) -> Option<Direction> {
    let Asked { operation, way: known, .. } = *asked;
    let of_invoke = if component.operation.is_some() { None } else { operation.map(Operation) };
    let DecodeScratch { tpdu, strings, ussd } = scratch;
    let mut subject = Subject::default();
    if !subject.read_with(component, of_invoke, strings) && !asked.is_scanned {
        facts.note(component.parameter.map_or(Anomalies::NONE, |p| ber::deviations(p.raw)));
    }
    subject_facts(facts, &subject);
    if let Some(octets) = subject.ussd_string {
        ussd_text(facts, subject.ussd_coding, octets, ussd);
    }
    let way = tpdu_direction(context, operation.map(Operation), subject.parties()).or(known);
    set_trigger(facts, component.kind, operation, way);
    if let Some(octets) = subject.sm_rp_ui.or(subject.diagnostic_info) {
        let (asked, carrier) = (way.unwrap_or(Direction::ToSc), carrier(component.kind));
        let direction = if carrier == Context::Request { asked } else { asked.reversed() };
        any_tpdu(facts, octets, direction, carrier, tpdu);
    }
    if let Some(fault) = subject.fault {
        malformed(facts, fault);
    }
    way
}

/// The text of an unstructured supplementary service string (TS 29.002 §17.7.4; its coding scheme: TS 23.038 §5).
fn ussd_text<'p>(facts: &mut Facts<'p>, coding: Option<u8>, octets: &'p [u8], text: &'p mut TextBuf) {
    let dcs = match coding {
        Some(0x00..=0x0F) => Dcs(0),
        Some(coding @ 0x40..=0x7F) => Dcs(coding & 0x0C),
        Some(coding @ 0xF0..=0xFF) => Dcs(coding & 0x04),
        _ => return,
    };
    let septets = (octets.len() * 8 / 7).min(usize::from(u8::MAX)) as u8;
    let length = if dcs.coding().alphabet == Alphabet::Gsm7 { septets } else { octets.len().min(255) as u8 };
    let mut message = Tpdu::empty(TpduKind::Deliver);
    message.dcs = Some(dcs);
    message.set_user_data(Written { udl: length, ud: octets, udhi: false });
    if let Some(text) = message.text(text) {
        facts.set_octets(Field::MapUssdText, text.as_bytes());
    }
}

#[inline(never)]
fn any_tpdu<'p>(
    facts: &mut Facts<'p>,
    octets: &'p [u8],
    direction: Direction,
    carrier: Context,
    scratch: &'p mut TpduScratch,
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
fn subject_facts<'p>(facts: &mut Facts<'p>, subject: &Subject<'p>) {
    facts.note(subject.anomalies);
    if let Some(party) = subject.sm_rp_da {
        destination(facts, party);
    }
    if let Some(party) = subject.sm_rp_oa {
        originator(facts, party);
    }
    let (msc, sgsn) = match subject.additional_number {
        Some(AdditionalNumber::Msc(a)) => (Some(a), subject.sgsn),
        Some(AdditionalNumber::Sgsn(a)) => (subject.msc, Some(a)),
        None => (subject.msc, subject.sgsn),
    };
    for (field, address) in [
        (Field::MapMsisdn, subject.any_msisdn()),
        (Field::MapServiceCentre, subject.service_centre),
        (Field::MapNetworkNode, subject.network_node),
        (Field::MapStoredMsisdn, subject.stored_msisdn),
        (Field::MapVlr, subject.vlr),
        (Field::MapHlrNumber, subject.hlr),
        (Field::MapGsmscf, subject.gsmscf),
        (Field::MapMsc, msc),
        (Field::MapSgsnNumber, sgsn),
        (Field::MapGmsc, subject.gmsc),
        (Field::MapMlc, subject.mlc),
        (Field::MapRoamingNumber, subject.roaming_number),
        (Field::MapForwardedTo, subject.forwarded_to),
    ] {
        facts.set_octets_some(field, address.map(AddressString::raw));
    }
    for (field, octets) in [
        (Field::MapRpUi, subject.sm_rp_ui),
        (Field::MapImsi, subject.any_imsi()),
        (Field::MapLmsi, subject.lmsi),
        (Field::MapImei, subject.imei),
        (Field::MapTmsi, subject.tmsi),
    ] {
        facts.set_octets_some(field, octets);
    }
    let number = |n: Option<i64>| n.map(|n| n as u64);
    facts.set_some(Field::MapDeliveryOutcome, number(subject.delivery_outcome));
    if subject.more_messages {
        facts.set(Field::MapMoreMessages, 1);
    }
    facts.set_some(Field::MapSmRpPri, subject.sm_rp_pri);
    facts.set_some(Field::MapSmRpMti, number(subject.sm_rp_mti));
    facts.set_some(Field::MapSmDeliveryFailure, number(subject.sm_delivery_failure));
    facts.set_some(Field::MapSmDeliveryNotIntended, number(subject.delivery_not_intended));
    facts.set_some(Field::MapUssdDcs, subject.ussd_coding);
    if subject.location != Location::default() {
        location(facts, &subject.location);
    }
}

/// Where a subscriber is.
#[inline(never)]
fn location<'p>(facts: &mut Facts<'p>, location: &Location<'p>) {
    let Location { cell, area, routing_area, eutran_cell, tracking_area, .. } = *location;
    facts.set_octets_some(Field::MapLocationCell, cell.or(area).or(routing_area).or(eutran_cell).or(tracking_area));
    facts.set_octets_some(Field::MapLocationNumber, location.number);
    facts.set_octets_some(Field::MapLocationGeo, location.geographical);
    facts.set_some(Field::MapLocationAge, location.age_minutes.map(|minutes| minutes as u64));
}
