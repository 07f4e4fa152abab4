//! Where a subscriber was last heard of, learned from passing MAP, and how fast it would have had to travel.
//!
//! | message | teaches | if |
//! |---|---|---|
//! | updateLocation and its kin, from the node that serves | IMSI at that node | the node is a partner's or ours |
//! | answer to sendRoutingInfoForSM, from the home register | IMSI at the node it names | it comes from home |
//! | insertSubscriberData, from the home register | number and IMSI belong together, at the called node | it comes from home |
//! | mo-forwardSM | number (and IMSI) at the calling node | it is a partner's or ours, and does not contradict what is known |
//!
//! A submission contradicts where it comes from another country than the subscriber was in within the last hour.

use super::{digits, is_invoke, operation};
use sluice_abi::facts::packed;
use sluice_abi::{Facts, Field, Relation, Trigger};
use sluice_numbers::{Plan, Space};
use sluice_track::{Identity, Locations, Number};
use sluice_wire::digits::Digits;
use sluice_wire::map::Operation;

/// SM-RP-OA choice `msisdn [2]`.
const MSISDN: u64 = 2;
/// So long what is known stands against a submission from another network.
const CONTRADICTS_S: u64 = 3600;

/// What is known of the subscriber a message is from.
pub fn facts(facts: &mut Facts<'_>, locations: &Locations, plan: Option<&Plan<'_>>, now_s: u32) {
    let (msisdn, imsi) = sender(facts);
    let by = |kind, digits: Option<Digits>| digits.and_then(|d| locations.find(kind, d.as_bytes(), now_s));
    let (by_number, by_imsi) = (by(Identity::Msisdn, msisdn), by(Identity::Imsi, imsi));
    if let Some(seen) = by_number.filter(|seen| !seen.other.is_none()) {
        facts.set_some(Field::SubscriberImsi, seen.other.packed());
    }
    // A move is told of the IMSI alone: it is that of the number, too.
    let mut room = [0; Number::DIGITS_MAX];
    let other = by_number.and_then(|seen| seen.other.known());
    let by_other = other.and_then(|imsi| locations.find(Identity::Imsi, imsi.ascii(&mut room), now_s));
    // Of all the one heard of last.
    let newest = [by_number, by_imsi, by_other].into_iter().flatten().min_by_key(|seen| seen.age_s);
    let Some(seen) = newest else { return };
    facts.set_some(Field::SubscriberNode, seen.node.packed());
    facts.set(Field::SubscriberAge, seen.age_s.into());
    facts.set_some(Field::SubscriberSpeed, speed(facts, plan, seen.node, seen.age_s));
}

/// The number and the IMSI a message says it is from.
fn sender(facts: &Facts<'_>) -> (Option<Digits>, Option<Digits>) {
    if !is_invoke(facts) {
        return (None, None);
    }
    let is_submission = facts.number(Field::LabelsTrigger) == Some(Trigger::Submission as u64);
    if is_submission {
        let is_number = facts.number(Field::MapRpOaChoice) == Some(MSISDN);
        let number = if is_number { digits(facts, Field::MapRpOa) } else { None };
        return (number, digits(facts, Field::MapImsi));
    }
    let is_where_it_serves = operation(facts).is_some_and(|o| OF_SERVING_NODES.contains(&Operation(o as i64)));
    (None, if is_where_it_serves { digits(facts, Field::MapImsi) } else { None })
}

/// Requests of a node about a subscriber it serves, or begins to.
const OF_SERVING_NODES: [Operation; 5] = [
    Operation::UPDATE_LOCATION,
    Operation::UPDATE_GPRS_LOCATION,
    Operation::SEND_AUTHENTICATION_INFO,
    Operation::RESTORE_DATA,
    Operation::READY_FOR_SM,
];

/// Kilometres an hour from the country the subscriber was in to the one the message comes from.
fn speed(facts: &Facts<'_>, plan: Option<&Plan<'_>>, node: Number, age_s: u32) -> Option<u64> {
    let plan = plan?;
    let there = plan.find(Space::E164, node.ascii(&mut [0; Number::DIGITS_MAX]))?.country;
    let here = plan.find(Space::E164, digits(facts, Field::CgpaGt)?.as_bytes())?.country;
    let distance_km = if here == there { 0 } else { plan.distance_km(there, here)? };
    Some(u64::from(distance_km) * 3600 / u64::from(age_s.max(1)))
}

/// Keeps where a message shows a subscriber to be.
pub fn learn(facts: &Facts<'_>, locations: &mut Locations, now_s: u32) {
    let relation = facts.number(Field::OriginRelation);
    let is = |wanted: &[Relation]| wanted.iter().any(|&r| relation == Some(r as u64));
    let from_home = is(&[Relation::Home]);
    let known = is(&[Relation::Home, Relation::P2p, Relation::A2p, Relation::Hub]);
    let Some(operation) = operation(facts) else { return };
    match (is_invoke(facts), Operation(operation as i64)) {
        (true, Operation::UPDATE_LOCATION | Operation::UPDATE_GPRS_LOCATION) if known => {
            updated(facts, locations, now_s)
        }
        (true, Operation::INSERT_SUBSCRIBER_DATA) if from_home => inserted(facts, locations, now_s),
        (false, Operation::SEND_ROUTING_INFO_FOR_SM) if from_home => answered(facts, locations, now_s),
        (true, _) if known => submitted(facts, locations, now_s),
        _ => {}
    }
}

fn updated(facts: &Facts<'_>, locations: &mut Locations, now_s: u32) {
    let node = [Field::MapVlr, Field::MapMsc, Field::MapSgsnNumber, Field::CgpaGt].into_iter();
    if let (Some(imsi), Some(node)) = (digits(facts, Field::MapImsi), node.flat_map(|f| digits(facts, f)).next()) {
        locations.learn(Identity::Imsi, imsi.as_bytes(), node.as_bytes(), None, now_s);
    }
}

fn answered(facts: &Facts<'_>, locations: &mut Locations, now_s: u32) {
    if let (Some(imsi), Some(node)) = (digits(facts, Field::MapImsi), digits(facts, Field::MapNetworkNode)) {
        locations.learn(Identity::Imsi, imsi.as_bytes(), node.as_bytes(), None, now_s);
    }
}

fn inserted(facts: &Facts<'_>, locations: &mut Locations, now_s: u32) {
    let (imsi, msisdn) = (digits(facts, Field::MapImsi), digits(facts, Field::MapMsisdn));
    if let (Some(imsi), Some(msisdn), Some(node)) = (imsi, msisdn, digits(facts, Field::CdpaGt)) {
        both(locations, &msisdn, &imsi, &node, now_s);
    }
}

fn both(locations: &mut Locations, msisdn: &Digits, imsi: &Digits, node: &Digits, now_s: u32) {
    locations.learn(Identity::Msisdn, msisdn.as_bytes(), node.as_bytes(), Some(imsi.as_bytes()), now_s);
    locations.learn(Identity::Imsi, imsi.as_bytes(), node.as_bytes(), Some(msisdn.as_bytes()), now_s);
}

fn submitted(facts: &Facts<'_>, locations: &mut Locations, now_s: u32) {
    let (Some(msisdn), imsi) = sender(facts) else { return };
    let Some(node) = digits(facts, Field::CgpaGt) else { return };
    let age_s = facts.number(Field::SubscriberAge);
    let elsewhere = facts.number(Field::SubscriberSpeed).is_some_and(|speed| speed > 0)
        || facts.number(Field::SubscriberSpeed).is_none()
            && facts.number(Field::SubscriberNode).is_some_and(|known| packed(node.as_bytes()) != Some(known));
    if elsewhere && age_s.is_some_and(|age| age < CONTRADICTS_S) {
        return;
    }
    match imsi {
        Some(imsi) => both(locations, &msisdn, &imsi, &node, now_s),
        None => _ = locations.learn(Identity::Msisdn, msisdn.as_bytes(), node.as_bytes(), None, now_s),
    }
}
