//! What is asked of one message: who calls whom, for which service centre, and whether it is a request.

use sluice_abi::{Action, Facts, Field, Part, Path, Value};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A request asks for something to be done; its answer goes the other way and says nothing of who talks. What cannot be
/// read counts as one: somebody sent it. An empty Begin does not, as the request that it announces will.
pub fn is_request(facts: &Facts<'_>) -> bool {
    const ANSWERS: u64 = 0x8000_0000;
    let component = text(facts, Field::MapComponent, Part::Whole);
    match (component, facts.number(Field::SmppCommandId)) {
        (Some(component), _) => component == "invoke",
        (None, Some(command)) => command & ANSWERS == 0,
        (None, None) => facts.has(Field::Malformed),
    }
}

/// Whether the verdict keeps it from whom it is for.
pub fn is_blocked(facts: &Facts<'_>) -> bool {
    let action = facts.number(Field::VerdictAction).and_then(|n| Action::from_number(u8::try_from(n).ok()?));
    matches!(action, Some(Action::Discard | Action::Reject | Action::Acknowledge | Action::Abort))
}

/// Whom it is for, as a number that stands for the receiver.
pub fn receiver(facts: &Facts<'_>) -> Option<u64> {
    const FIELDS: [(Field, Part); 5] = [
        (Field::SmsDa, Part::Whole),
        (Field::MapRpDa, Part::Digits),
        (Field::MapMsisdn, Part::Digits),
        (Field::MapImsi, Part::Whole),
        (Field::SmppDst, Part::Whole),
    ];
    FIELDS.into_iter().find_map(|(field, part)| text(facts, field, part)).map(|digits| hash(&digits))
}

/// The service centre that it names as its own: of a delivery who sends it, of a question who asks.
pub fn service_centre(facts: &Facts<'_>) -> Option<String> {
    let sends = text(facts, Field::MapRpOaChoice, Part::Whole).is_some_and(|c| c == "serviceCentreAddressOA");
    let sender = sends.then(|| text(facts, Field::MapRpOa, Part::Digits)).flatten();
    // An alert names the centre it is for, not its own.
    let asks = matches!(facts.number(Field::MapOp), Some(ROUTING_INFO | DELIVERY_REPORT));
    sender.or_else(|| asks.then(|| text(facts, Field::MapServiceCentre, Part::Digits)).flatten())
}

/// sendRoutingInfoForSM (TS 29.002 §12.1).
pub const ROUTING_INFO: u64 = 45;
/// reportSM-DeliveryStatus (TS 29.002 §12.3).
const DELIVERY_REPORT: u64 = 47;

/// A value as text; of an address its digits, where the part asks for them. Nothing where there is nothing in it.
pub fn text(facts: &Facts<'_>, field: Field, part: Part) -> Option<String> {
    match facts.value(Path { field, part })? {
        Value::Text(text) => Some(text.to_owned()),
        Value::Digits(digits) => Some(digits.as_str().to_owned()),
        Value::Unsigned(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// The same for the same value in every run.
pub fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
