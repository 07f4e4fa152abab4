//! What is asked of one message: who calls whom, for which service centre, and whether it is a request.

use sluice_abi::{Action, Facts, Field, Part, Path, Value};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A request asks for something to be done; its answer goes the other way and says nothing of who talks.
pub fn is_request(facts: &Facts<'_>) -> bool {
    const ANSWERS: u64 = 0x8000_0000;
    match text(facts, Field::MapComponent, Part::Whole) {
        Some(component) => component == "invoke",
        None => facts.number(Field::SmppCommandId).is_none_or(|command| command & ANSWERS == 0),
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
    sender.or_else(|| text(facts, Field::MapServiceCentre, Part::Digits))
}

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
