//! The view of MAP against parameters that pycrate encoded: every operation, argument, result and error of TS 29.002 and
//! GSM 09.02 that says who is meant, with and without each optional element. See `make_vectors.py`.
//!
//! ```text
//!   argument  3  45  sendRoutingInfoForSM  3016…  msisdn=9199…  priority=true  service_centre=9199…
//! ```
//! Every slot must agree, none may be left over, and nothing may be found amiss.

use sluice_wire::map::{AddressString, SCRATCH_OCTETS, Subject};
use sluice_wire::tcap::Message;
use std::fmt::Display;

const VECTORS: &str = include_str!("vectors.tsv");

struct Vector {
    name: String,
    kind: &'static str,
    code: u8,
    parameter: Vec<u8>,
    slots: Vec<String>,
}

fn vectors() -> impl Iterator<Item = Vector> {
    VECTORS.lines().map(|line| {
        let columns: Vec<_> = line.split('\t').collect();
        let kind = *["argument", "result", "error"].iter().find(|kind| **kind == columns[0]).expect("a kind");
        let (code, parameter) = (columns[2].parse().expect("a code"), octets(columns[4]));
        let slots = columns[5..].iter().map(|slot| (*slot).to_owned()).collect();
        Vector {
            name: format!("{} {kind} of version {}: {}", columns[3], columns[1], columns[4]),
            kind,
            code,
            parameter,
            slots,
        }
    })
}

fn octets(text: &str) -> Vec<u8> {
    let octet = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(octet).collect()
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let length = match inside.len() {
        length @ 0..0x80 => vec![length as u8],
        length @ 0x80..0x100 => vec![0x81, length as u8],
        length => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag], &length[..], &inside].concat()
}

/// The message that carries the parameter in its only component.
fn message(kind: &str, code: u8, parameter: &[u8]) -> Vec<u8> {
    let (id, code) = ([0x02, 0x01, 0x01], [0x02, 0x01, code]);
    let component = match kind {
        "argument" => element(0xA1, &[&id, &code, parameter]),
        "result" => element(0xA2, &[&id, &element(0x30, &[&code, parameter])]),
        _ => element(0xA3, &[&id, &code, parameter]),
    };
    element(0x65, &[&[0x48, 1, 1], &[0x49, 1, 2], &element(0x6C, &[&component])])
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn found(subject: &Subject<'_>) -> Vec<String> {
    let mut slots = Vec::new();
    let mut add = |name: &str, value: Option<String>| slots.extend(value.map(|value| format!("{name}={value}")));
    let address = |address: Option<AddressString<'_>>| address.map(|address| hexadecimal(address.raw()));
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let yes = |flag: bool| flag.then(|| "true".to_owned());
    let party = |choice: &dyn Display, raw: &[u8]| format!("{choice}:{}", hexadecimal(raw));
    add("sm_rp_da", subject.sm_rp_da.map(|da| party(&da.choice(), da.raw())));
    add("sm_rp_oa", subject.sm_rp_oa.map(|oa| party(&oa.choice(), oa.raw())));
    add("additional", subject.additional_number.map(additional));
    for (name, value) in [
        ("msisdn", subject.msisdn),
        ("stored_msisdn", subject.stored_msisdn),
        ("service_centre", subject.service_centre),
        ("network_node", subject.network_node),
        ("msc", subject.msc),
        ("vlr", subject.vlr),
        ("sgsn", subject.sgsn),
        ("hlr", subject.hlr),
        ("gsmscf", subject.gsmscf),
        ("gmsc", subject.gmsc),
        ("mlc", subject.mlc),
        ("roaming_number", subject.roaming_number),
        ("forwarded_to", subject.forwarded_to),
        ("sms_gmsc", subject.sms_gmsc),
    ] {
        add(name, address(value));
    }
    for (name, value) in [
        ("sm_rp_ui", subject.sm_rp_ui),
        ("imsi", subject.imsi),
        ("lmsi", subject.lmsi),
        ("imei", subject.imei),
        ("tmsi", subject.tmsi),
        ("smea", subject.sm_rp_smea),
        ("mw_status", subject.mw_status),
        ("diagnostic_info", subject.diagnostic_info),
        ("requesting_plmn", subject.requesting_plmn),
        ("correlation_hlr", subject.correlation_hlr),
        ("sip_uri_a", subject.sip_uri_a),
        ("sip_uri_b", subject.sip_uri_b),
        ("retransmit_until", subject.retransmit_until),
        ("ussd_string", subject.ussd_string),
        ("cell", subject.location.cell),
        ("area", subject.location.area),
        ("routing_area", subject.location.routing_area),
        ("eutran_cell", subject.location.eutran_cell),
        ("tracking_area", subject.location.tracking_area),
        ("location_number", subject.location.number),
        ("geographical", subject.location.geographical),
    ] {
        add(name, value.map(hexadecimal));
    }
    for (name, value) in [
        ("age", subject.location.age_minutes),
        ("outcome", subject.delivery_outcome),
        ("absent_diagnostic", subject.absent_diagnostic),
        ("mti", subject.sm_rp_mti),
        ("not_intended", subject.delivery_not_intended),
        ("alert_reason", subject.alert_reason),
        ("failure_cause", subject.sm_delivery_failure),
        ("detail", subject.error_detail),
        ("requesting_node", subject.requesting_node),
        ("delivery_timer", subject.delivery_timer_s),
    ] {
        add(name, number(value));
    }
    add("ussd_coding", subject.ussd_coding.map(|coding| format!("{coding:02x}")));
    for (name, value) in [
        ("more_messages", subject.more_messages),
        ("priority", subject.sm_rp_pri.unwrap_or(false)),
        ("mwd_set", subject.mwd_set.unwrap_or(false)),
        ("gprs_support", subject.gprs_support),
        ("gprs_node", subject.gprs_node),
        ("ims_node", subject.ims_node),
        ("single_attempt", subject.single_attempt),
        ("over_ip_only", subject.over_ip_only),
    ] {
        add(name, yes(value));
    }
    slots.sort();
    slots
}

fn additional(number: sluice_wire::map::AdditionalNumber<'_>) -> String {
    use sluice_wire::map::AdditionalNumber::{Msc, Sgsn};
    match number {
        Msc(address) => format!("msc:{}", hexadecimal(address.raw())),
        Sgsn(address) => format!("sgsn:{}", hexadecimal(address.raw())),
    }
}

/// Gives what `look` makes of the view of a parameter.
fn with_subject<T>(vector: &Vector, parameter: &[u8], look: impl FnOnce(&Subject<'_>) -> T) -> Option<T> {
    let message = message(vector.kind, vector.code, parameter);
    let mut scratch = [0; SCRATCH_OCTETS];
    let message = Message::parse(&message).ok()?;
    let component = message.components().next()?.ok()?;
    let mut subject = Subject::default();
    subject.read_with(&component, None, &mut scratch);
    Some(look(&subject))
}

#[test]
fn every_slot_of_every_vector_agrees_with_pycrate() {
    let (mut count, mut differing) = (0, Vec::new());
    for vector in vectors() {
        let (slots, fault, anomalies) = with_subject(&vector, &vector.parameter, |subject| {
            (found(subject), subject.fault, subject.anomalies.iter().collect::<Vec<_>>())
        })
        .expect("a message");
        if slots != vector.slots || fault.is_some() || !anomalies.is_empty() {
            differing.push(format!("{}\n  {:?}\n  {slots:?} {fault:?} {anomalies:?}", vector.name, vector.slots));
        }
        count += vector.slots.len();
    }
    assert!(differing.is_empty(), "{} differ\n{}", differing.len(), differing.join("\n"));
    assert!(count > 1_500, "{count} slots");
}

#[test]
fn every_truncation_of_a_vector_is_read_up_to_its_end_without_panic() {
    for vector in vectors().filter(|vector| vector.parameter.len() < 64) {
        for end in 0..vector.parameter.len() {
            let cut = &vector.parameter[..end];
            let shown = with_subject(&vector, cut, |subject| found(subject).len());
            assert!(shown.is_none_or(|shown| shown <= vector.slots.len() + 2), "{} cut at {end}", vector.name);
        }
    }
}
