use crate::bare;
use sluice_numbers::{BuildError, Country, Found, IMAGE_OCTETS_MAX, Plan, Range, Relation, Space, build};

const DAY: u32 = 20_454;

fn demonstration() -> Vec<u8> {
    let e164 = |prefix| bare(Space::E164, prefix);
    let ranges = [
        Range { country: *b"XX", as_of_days: 7, ..e164("999") },
        Range { operator: "Demo Mobile", country: *b"ZZ", relation: Relation::Home, as_of_days: DAY, ..e164("99970") },
        Range { operator: "Virtual", ..e164("9997012") },
        Range { operator: "Foreign", relation: Relation::P2p, ..e164("99981") },
        Range { operator: "Demo Mobile", country: *b"ZZ", relation: Relation::Home, ..bare(Space::Imsi, "00101") },
        Range { operator: "Demo Mobile", country: *b"ZZ", relation: Relation::Home, ..bare(Space::PointCode, "6001") },
    ];
    let capitals =
        [Country { code: *b"ZZ", latitude: 0, longitude: 0 }, Country { code: *b"XX", latitude: 0, longitude: 9_000 }];
    build(&ranges, &capitals).unwrap()
}

fn found(space: Space, digits: &[u8]) -> Option<(String, [u8; 2], Relation, u32)> {
    let image = demonstration();
    let plan = Plan::open(&image).unwrap();
    let Found { operator, country, relation, as_of_days } = plan.find(space, digits)?;
    Some((plan.operator_name(operator).to_owned(), country, relation, as_of_days))
}

#[test]
fn a_number_of_the_home_network_is_known_with_everything() {
    let home = Some(("Demo Mobile".to_owned(), *b"ZZ", Relation::Home, DAY));
    assert_eq!(found(Space::E164, b"999700300001"), home);
    assert_eq!(found(Space::E164, b"99970"), home);
    assert_eq!(found(Space::E164, b"9997012").unwrap().0, "Virtual");
    assert_eq!(found(Space::E164, b"999701").unwrap().0, "Demo Mobile");
}

#[test]
fn an_operator_without_a_country_has_that_of_the_range_around_it() {
    let foreign = Some(("Foreign".to_owned(), *b"XX", Relation::P2p, 0));
    assert_eq!(found(Space::E164, b"999810000"), foreign);
    let virtual_operator = Some(("Virtual".to_owned(), *b"ZZ", Relation::Home, 0));
    assert_eq!(found(Space::E164, b"99970129"), virtual_operator);
}

#[test]
fn where_only_the_country_is_known_there_is_no_operator() {
    assert_eq!(found(Space::E164, b"99950"), Some((String::new(), *b"XX", Relation::Unknown, 7)));
    assert_eq!(found(Space::E164, b"99"), None);
    assert_eq!(found(Space::E164, b"1"), None);
    assert_eq!(found(Space::E164, b""), None);
}

#[test]
fn spaces_are_apart() {
    assert_eq!(found(Space::Imsi, b"001010000000001").unwrap().2, Relation::Home);
    assert_eq!(found(Space::Imsi, b"99970"), None);
    assert_eq!(found(Space::E164, b"00101"), None);
}

#[test]
fn a_point_code_is_matched_whole() {
    assert_eq!(found(Space::PointCode, b"6001").unwrap().0, "Demo Mobile");
    for other in [&b"600"[..], b"60010", b"6002", b"", b"6001a", b"4294967296006001"] {
        assert_eq!(found(Space::PointCode, other), None);
    }
}

#[test]
fn an_octet_that_is_no_digit_ends_the_number() {
    for end in [b'F', b'#', b'/', b':', 0, 0xFF, b'*'] {
        let digits = [b'9', b'9', b'9', b'7', b'0', end, b'1', b'2'];
        assert_eq!(found(Space::E164, &digits), found(Space::E164, b"99970"));
        assert_eq!(found(Space::E164, &[end, b'9']), None);
    }
}

#[test]
fn the_last_of_equal_ranges_counts_where_it_says_something() {
    let first = Range { operator: "A", country: *b"XA", relation: Relation::Hub, ..bare(Space::E164, "9991") };
    let second = Range { operator: "B", as_of_days: 3, ..bare(Space::E164, "9991") };
    let image = build(&[first, second], &[]).unwrap();
    let plan = Plan::open(&image).unwrap();
    let found = plan.find(Space::E164, b"99915").unwrap();
    assert_eq!((plan.operator_name(found.operator), found.as_of_days), ("B", 3));
    assert_eq!((found.country, found.relation), (*b"XA", Relation::Hub));
}

#[test]
fn operators_of_one_name_in_two_countries_are_two() {
    let range = |prefix, country| Range { operator: "Same", country, ..bare(Space::E164, prefix) };
    let image = build(&[range("9991", *b"XA"), range("9992", *b"XB"), range("9993", *b"XA")], &[]).unwrap();
    let plan = Plan::open(&image).unwrap();
    let number = |digits: &[u8]| plan.find(Space::E164, digits).unwrap().operator;
    assert_ne!(number(b"9991"), number(b"9992"));
    assert_eq!(number(b"9991"), number(b"9993"));
    assert_eq!((plan.operators(), plan.operator_name(2), plan.operator_name(3)), (2, "Same", ""));
}

#[test]
fn distances_are_between_known_countries_only() {
    let image = demonstration();
    let plan = Plan::open(&image).unwrap();
    assert_eq!(plan.distance_km(*b"ZZ", *b"XX"), Some(10_008));
    assert_eq!(plan.distance_km(*b"XX", *b"ZZ"), Some(10_008));
    assert_eq!(plan.distance_km(*b"XX", *b"XX"), Some(0));
    assert_eq!(plan.distance_km(*b"XX", *b"--"), None);
    assert_eq!(plan.distance_km(*b"QQ", *b"XX"), None);
}

#[test]
fn ranges_that_are_none_are_refused() {
    let fine = bare(Space::E164, "1");
    let refused = |range: Range<'_>| build(&[fine, range], &[]).unwrap_err();
    for prefix in ["", "+1", "1 2", "1111111111111111111111111"] {
        assert_eq!(refused(bare(Space::E164, prefix)), BuildError::Prefix(1));
    }
    assert_eq!(refused(bare(Space::PointCode, "16777216")), BuildError::Prefix(1));
    assert_eq!(refused(Range { operator: "a\nb", ..fine }), BuildError::Operator(1));
    assert_eq!(refused(Range { operator: &"x".repeat(256), ..fine }), BuildError::Operator(1));
    assert_eq!(refused(Range { country: *b"us", ..fine }), BuildError::RangeCountry(1));
    assert_eq!(refused(Range { country: *b"-A", ..fine }), BuildError::RangeCountry(1));
}

#[test]
fn a_plan_of_nothing_knows_nothing() {
    let image = build(&[], &[]).unwrap();
    let plan = Plan::open(&image).unwrap();
    assert!(Space::ALL.into_iter().all(|space| plan.find(space, b"1").is_none()));
    assert_eq!((plan.operators(), plan.distance_km(*b"XX", *b"XX")), (0, None));
    assert!(image.len() < IMAGE_OCTETS_MAX);
}

/// 100,000 ranges of seven digits: no more octets than promised.
#[test]
fn a_hundred_thousand_ranges_take_at_most_24_megabytes() {
    let name = |n: u32| format!("Operator {}", n % 700);
    let owned: Vec<(String, String)> =
        (0..100_000_u32).map(|n| (format!("{:07}", n.wrapping_mul(2_654_435_761) % 10_000_000), name(n))).collect();
    let ranges: Vec<Range<'_>> =
        owned.iter().map(|(prefix, operator)| Range { operator, ..bare(Space::E164, prefix) }).collect();
    let image = build(&ranges, &[]).unwrap();
    assert!(image.len() <= 24 << 20, "{}", image.len());
    let plan = Plan::open(&image).unwrap();
    assert!(ranges.iter().all(|r| plan.find(r.space, r.prefix.as_bytes()).is_some()));
}
