//! The walk agrees with the obvious way: every prefix looked up in a map, from the longest on, for each property.

use proptest::prelude::*;
use sluice_numbers::{NO_COUNTRY, Plan, Range, Relation, Space, build};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Owned {
    space: Space,
    prefix: String,
    operator: String,
    country: [u8; 2],
    relation: Relation,
    as_of_days: u32,
}

/// Few digits and few names, so that ranges lie within each other and meet.
fn owned() -> impl Strategy<Value = Owned> {
    let country = prop_oneof![Just(NO_COUNTRY), Just(*b"XA"), Just(*b"XB")];
    let relation = prop::sample::select(Relation::ALL);
    (prop::sample::select(&Space::ALL[..]), "[0-2]{1,6}", "[ab]?", country, relation, 0_u32..4).prop_map(
        |(space, prefix, operator, country, relation, as_of_days)| Owned {
            space,
            prefix: if space == Space::PointCode { plain(&prefix) } else { prefix },
            operator,
            country,
            relation,
            as_of_days,
        },
    )
}

/// A decimal number without zeros in front, as the map compares texts.
fn plain(digits: &str) -> String {
    digits.parse::<u32>().unwrap().to_string()
}

type Answer = (String, [u8; 2], Relation, u32);

fn obvious(ranges: &[Owned], space: Space, digits: &str) -> Option<Answer> {
    let mut map: BTreeMap<&str, Vec<&Owned>> = BTreeMap::new();
    for range in ranges.iter().filter(|r| r.space == space) {
        map.entry(&range.prefix).or_default().push(range);
    }
    let shortest = if space == Space::PointCode { digits.len() } else { 0 };
    let around: Vec<&Owned> = (shortest..=digits.len())
        .rev()
        .filter_map(|len| map.get(&digits[..len]))
        .flat_map(|told| told.iter().rev().copied())
        .collect();
    let operator = around.iter().find(|r| !r.operator.is_empty());
    let country = around.iter().find(|r| r.country != NO_COUNTRY);
    let relation = around.iter().find(|r| r.relation != Relation::Unknown);
    (!around.is_empty()).then(|| {
        (
            operator.map_or(String::new(), |r| r.operator.clone()),
            country.map_or(NO_COUNTRY, |r| r.country),
            relation.map_or(Relation::Unknown, |r| r.relation),
            operator.or(country).map_or(0, |r| r.as_of_days),
        )
    })
}

proptest! {
    #[test]
    fn the_walk_finds_what_the_obvious_way_finds(
        ranges in prop::collection::vec(owned(), 0..40),
        questions in prop::collection::vec("[0-3]{1,8}", 1..40),
    ) {
        let borrowed: Vec<Range<'_>> = ranges.iter().map(|r| Range {
            space: r.space, prefix: &r.prefix, operator: &r.operator,
            country: r.country, relation: r.relation, as_of_days: r.as_of_days,
        }).collect();
        let image = build(&borrowed, &[]).unwrap();
        let plan = Plan::open(&image).unwrap();
        for (space, digits) in Space::ALL.into_iter().flat_map(|s| questions.iter().map(move |q| (s, q))) {
            let digits = if space == Space::PointCode { plain(digits) } else { digits.clone() };
            let found = plan.find(space, digits.as_bytes());
            let found = found.map(|f| (plan.operator_name(f.operator).to_owned(), f.country, f.relation, f.as_of_days));
            prop_assert_eq!(found, obvious(&ranges, space, &digits), "{:?} {}", space, digits);
        }
    }

    #[test]
    fn the_same_ranges_give_the_same_octets(ranges in prop::collection::vec(owned(), 0..40)) {
        let borrow = |r: &'_ Owned| (r.space, r.prefix.clone(), r.operator.clone());
        let copied: Vec<_> = ranges.iter().map(borrow).collect();
        let made = |_: ()| {
            let ranges: Vec<Range<'_>> = copied.iter().map(|(space, prefix, operator)| Range {
                operator, ..crate::bare(*space, prefix)
            }).collect();
            build(&ranges, &[]).unwrap()
        };
        prop_assert_eq!(made(()), made(()));
    }
}
