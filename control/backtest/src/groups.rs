//! Which parts of the traffic a message belongs to.

use sluice_abi::{Facts, Field, Part, Path, Value};

/// The names of the parts, each under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Network of the calling party, or what there is instead.
    pub partner: String,
    /// Who talks to whom.
    pub class: String,
    /// What the text is for.
    pub use_case: String,
    /// Place in the life of a short message.
    pub trigger: String,
}

/// Of a message that does not say.
const NONE: &str = "-";
/// So many digits of a global title tell its network, and no subscriber.
const TITLE_DIGITS: usize = 5;

impl Groups {
    /// Of a message.
    pub fn of(facts: &Facts<'_>) -> Self {
        let name = |field| text(facts, field).unwrap_or_else(|| NONE.to_owned());
        Self {
            partner: partner(facts),
            class: name(Field::LabelsClass),
            use_case: name(Field::LabelsUseCase),
            trigger: name(Field::LabelsTrigger),
        }
    }
}

fn partner(facts: &Facts<'_>) -> String {
    let title =
        || text(facts, Field::CgpaGt).map(|digits| format!("GT {}…", digits.get(..TITLE_DIGITS).unwrap_or(&digits)));
    let point_code = || facts.number(Field::MtpOpc).map(|code| format!("point code {code}"));
    let known = text(facts, Field::OriginOperator).or_else(title).or_else(point_code);
    known.or_else(|| facts.has(Field::SmppCommandId).then(|| "SMPP".to_owned())).unwrap_or_else(|| NONE.to_owned())
}

fn text(facts: &Facts<'_>, field: Field) -> Option<String> {
    match facts.value(Path { field, part: Part::Whole })? {
        Value::Text(text) => Some(text.to_owned()),
        Value::Digits(digits) => Some(digits.as_str().to_owned()),
        Value::Unsigned(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}
