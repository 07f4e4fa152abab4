//! Whose the calling party is, and who talks to whom.

use super::digits;
use sluice_abi::{Facts, Field, Relation};
use sluice_numbers::{Found, Plan, Space};

/// Type of number 5 of an address: alphanumeric (TS 23.040 §9.1.2.5).
const ALPHANUMERIC: u64 = 5;
/// A number of so few digits is a service's.
const SHORT_CODE_DIGITS: usize = 6;
/// Protocol identifier of SIM data download (TS 23.040 §9.2.3.9).
const SIM_DOWNLOAD: u64 = 0x7F;

/// Numbering plan of a title that is an IMSI (Q.713 §3.4.2.3.3: E.212).
const LAND_MOBILE: u64 = 6;

const ON_NET: u64 = 0;
const NATIONAL: u64 = 1;
const INTERNATIONAL: u64 = 2;

/// By the calling global title; only where there is none, by the originating point code, which is that of the last
/// node on the way.
pub fn facts<'p>(facts: &mut Facts<'p>, plan: &Plan<'p>) {
    let found = match digits(facts, Field::CgpaGt) {
        Some(gt) => plan.find(space(facts), gt.as_bytes()),
        None => by_point_code(facts, plan),
    };
    let Some(found) = found else {
        facts.set(Field::OriginRelation, Relation::Unknown as u64);
        return;
    };
    facts.set(Field::OriginRelation, found.relation as u64);
    facts.set_some(Field::OriginCountry, country(&found));
    facts.set_octets_some(Field::OriginOperator, operator(plan, &found));
    facts.set_some(Field::LabelsOrigin, origin(plan, &found));
}

/// What the title's digits are digits of.
fn space(facts: &Facts<'_>) -> Space {
    if facts.number(Field::CgpaNp) == Some(LAND_MOBILE) { Space::Imsi } else { Space::E164 }
}

fn by_point_code(facts: &Facts<'_>, plan: &Plan<'_>) -> Option<Found> {
    let mut text = [0; 8];
    let mut n = facts.number(Field::MtpOpc).filter(|&n| n < 100_000_000)?;
    let mut at = text.len();
    while at > 0 {
        at -= 1;
        *text.get_mut(at)? = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    plan.find(Space::PointCode, text.get(at..)?)
}

/// Two letters as a number of the field.
pub fn country(found: &Found) -> Option<u64> {
    let [first, second] = found.country;
    first.is_ascii_uppercase().then(|| u64::from(first) << 8 | u64::from(second))
}

fn operator<'p>(plan: &Plan<'p>, found: &Found) -> Option<&'p [u8]> {
    (found.operator != 0).then(|| plan.operator_name(found.operator).as_bytes())
}

fn origin(plan: &Plan<'_>, found: &Found) -> Option<u64> {
    let home = plan.home_country()?;
    Some(match found {
        Found { relation: Relation::Home, .. } => ON_NET,
        Found { country, .. } if *country == home => NATIONAL,
        _ => INTERNATIONAL,
    })
}

const P2P: u64 = 0;
const A2P: u64 = 1;
const P2A: u64 = 2;
const OTA: u64 = 3;

/// Who talks to whom, by the forms of the addresses and of the message.
pub fn class(facts: &mut Facts<'_>) {
    let class = if !facts.has(Field::SmsPid) && !facts.has(Field::SmsOa) && !facts.has(Field::SmsDa) {
        return;
    } else if is_for_the_card(facts) {
        OTA
    } else if is_service(facts, Field::SmsOa) {
        A2P
    } else if is_service(facts, Field::SmsDa) {
        P2A
    } else {
        P2P
    };
    facts.set(Field::LabelsClass, class);
}

/// TS 23.040 §9.2.3.9, TS 23.048 §6.2: protocol identifier or security header.
fn is_for_the_card(facts: &Facts<'_>) -> bool {
    let elements = facts.octets(Field::SmsUdhIei).unwrap_or_default();
    facts.number(Field::SmsPid) == Some(SIM_DOWNLOAD) || elements.iter().any(|iei| (0x70..=0x7F).contains(iei))
}

fn is_service(facts: &Facts<'_>, field: Field) -> bool {
    facts.octets(field).is_some_and(|address| {
        facts.number(Field::SmsAddrTon) == Some(ALPHANUMERIC) || address.len() <= SHORT_CODE_DIGITS
    })
}
