//! What is known of one number, for people: each property with where it comes from and how old it is.

use super::{Network, WORLD_PLAN, date};
use serde::Serialize;
use sluice_numbers::{NO_COUNTRY, Range, Relation, Space};

/// What is known of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Name of the network.
    pub operator: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// By agreement; `unknown` without one.
    pub relation: &'static str,
    /// Where the operator comes from.
    pub operator_origin: Option<Origin>,
    /// Where the country comes from.
    pub country_origin: Option<Origin>,
    /// Where the agreement comes from.
    pub relation_origin: Option<Origin>,
}

/// Where something known comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The digits that the number begins with; a point code whole.
    pub prefix: String,
    /// A file of the policy, or `world plan`.
    pub source: String,
    /// When it was looked at, `2026-01-01`, where that is known.
    pub as_of: Option<String>,
}

impl Network {
    /// What is known of a number, as [`sluice_numbers::Plan::find`] would find it. Digits up to the first that is none.
    pub fn describe(&self, space: Space, digits: &str) -> Option<Description> {
        let mut around: Vec<(Range<'_>, &str)> = self.ranges();
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        around.retain(|(range, _)| range.space == space && is_in(range, digits));
        // The longest first, and of equal ones the last.
        around.reverse();
        around.sort_by_key(|(range, _)| std::cmp::Reverse(range.prefix.len()));
        let first = |said: fn(&Range<'_>) -> bool| around.iter().find(|(range, _)| said(range));
        let operator = first(|r| !r.operator.is_empty());
        let country = first(|r| r.country != NO_COUNTRY);
        let relation = first(|r| r.relation != Relation::Unknown);
        (!around.is_empty()).then(|| Description {
            operator: operator.map(|(range, _)| range.operator.to_owned()),
            country: country.map(|(range, _)| String::from_utf8_lossy(&range.country).into_owned()),
            relation: relation.map_or(Relation::Unknown, |(range, _)| range.relation).name(),
            operator_origin: operator.map(origin),
            country_origin: country.map(origin),
            relation_origin: relation.map(origin),
        })
    }
}

fn is_in(range: &Range<'_>, digits: &str) -> bool {
    match range.space {
        Space::PointCode => digits.parse::<u32>().is_ok_and(|code| range.prefix.parse() == Ok(code)),
        Space::E164 | Space::Imsi => digits.starts_with(range.prefix),
    }
}

fn origin((range, source): &(Range<'_>, &str)) -> Origin {
    Origin {
        prefix: range.prefix.to_owned(),
        source: (*source).to_owned(),
        as_of: (range.as_of_days > 0).then(|| date::text(range.as_of_days)),
    }
}

impl Origin {
    /// Whether no file of the policy says it.
    pub fn is_world_plan(&self) -> bool {
        self.source == WORLD_PLAN
    }
}
