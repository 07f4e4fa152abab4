//! What can be asked of a field, by the shape in which it is shown.

use crate::text::Operator;
use sluice_abi::{Part, Path, Shape};

/// How a path compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A number.
    Number {
        /// Whether it can be negative.
        signed: bool,
    },
    /// `true` or `false`.
    Truth,
    /// One of a list of names.
    Name(&'static [&'static str]),
    /// Digits; the letters are what stands behind `0`–`9`.
    Digits {
        /// Which characters there can be beside digits.
        letters: &'static str,
    },
    /// Text.
    Text,
    /// Two letters.
    Country,
    /// Octets.
    Octets,
    /// An OBJECT IDENTIFIER.
    Oid,
    /// An IP address.
    Ip,
    /// A list of single octets.
    OctetList,
    /// Decimal seconds.
    Time,
    /// Kind and code of a TCAP problem.
    Problem,
    /// Nothing but its presence; says why.
    Opaque(&'static str),
}

impl Kind {
    pub(super) fn of(path: Path) -> Self {
        match (path.field.shape(), path.part) {
            (_, Part::Ton | Part::Npi) => Self::Number { signed: false },
            (_, Part::Raw) => Self::Octets,
            (Shape::GtDigits(_), _) => Self::Digits { letters: "abcdef" },
            (_, Part::Digits) | (Shape::Tbcd, _) => Self::Digits { letters: "*#abc" },
            (Shape::Uint | Shape::MessageType | Shape::Reference | Shape::Fingerprint, _) => {
                Self::Number { signed: false }
            }
            (Shape::Int, _) => Self::Number { signed: true },
            (Shape::Bool | Shape::Flag, _) => Self::Truth,
            (Shape::Name(names), _) => Self::Name(names),
            (Shape::Time, _) => Self::Time,
            (Shape::Problem, _) => Self::Problem,
            (Shape::Ip, _) => Self::Ip,
            (Shape::Hex | Shape::Address | Shape::RpAddress(_), _) => Self::Octets,
            (Shape::Oid, _) => Self::Oid,
            (Shape::Packed, _) => Self::Digits { letters: "" },
            (Shape::Text, _) => Self::Text,
            (Shape::Country, _) => Self::Country,
            (Shape::OctetList, _) => Self::OctetList,
            (Shape::Scts, _) => Self::Opaque("a time stamp as sent"),
            (Shape::TextList | Shape::NumberList | Shape::Tlvs | Shape::Evidence, _) => Self::Opaque("a list"),
        }
    }

    /// What it is, in a sentence.
    pub(super) const fn article(self) -> &'static str {
        match self {
            Self::Number { .. } => "a number",
            Self::Truth => "true or false",
            Self::Name(_) => "one of a list of names",
            Self::Digits { .. } => "digits",
            Self::Text => "text",
            Self::Country => "a country",
            Self::Octets => "octets",
            Self::Oid => "an object identifier",
            Self::Ip => "an IP address",
            Self::OctetList => "a list of octets",
            Self::Time => "a time",
            Self::Problem => "a TCAP problem",
            Self::Opaque(what) => what,
        }
    }

    /// Whether numbers of it can be negative.
    pub(super) const fn is_signed(self) -> bool {
        matches!(self, Self::Number { signed: true })
    }

    /// Whether its values are text.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Digits { .. } | Self::Text | Self::Country)
    }

    /// Whether its values are stored as numbers.
    pub(super) const fn is_stored_number(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Truth | Self::Name(_) | Self::Time | Self::Problem)
    }

    const fn operators(self) -> &'static [Operator] {
        use Operator::*;
        match self {
            Self::Number { .. } | Self::Time => &[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In],
            Self::Truth | Self::Name(_) | Self::Problem | Self::Ip | Self::Country => &[Equal, NotEqual, In],
            Self::Octets | Self::Oid => &[Equal, NotEqual, In, StartsWith, Contains],
            Self::Digits { .. } => &[Equal, NotEqual, In, StartsWith, Contains, Matches],
            Self::Text => &[Equal, NotEqual, In, StartsWith, Contains, ContainsAnyCase, Matches],
            Self::OctetList => &[Contains],
            Self::Opaque(_) => &[],
        }
    }

    /// Message and expectation where the operator does not fit.
    pub(super) fn allows(self, operator: Operator, name: &str) -> Result<(), (String, String)> {
        let operators = self.operators();
        if operators.contains(&operator) {
            return Ok(());
        }
        let message = format!("`{}` does not fit `{name}`, which is {}", operator.text(), self.article());
        let names: Vec<&str> = operators.iter().map(|o| o.text()).collect();
        let expected = match names.split_last() {
            None => "no operator: only its presence can be tested".to_owned(),
            Some((only, [])) => format!("`{only}`"),
            Some((last, others)) => format!("one of {} {last}", others.join(" ")),
        };
        Err((message, expected))
    }
}
