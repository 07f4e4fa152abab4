//! The network of a policy from outside: what is known of numbers, CSV in its dialects, and refusals.
//!
//! Every broken network under `tests/network/broken` is refused with exactly the text beside it. `SLUICE_BLESS=1`
//! writes the texts anew.

use proptest::prelude::*;
use sluice_numbers::{Plan, Space};
use sluice_policy::{Description, Network, Severity, Source};
use std::path::PathBuf;

const NETWORK: &str = r#"
[home]
name = "Demo Mobile"
country = "ZZ"
mcc_mnc = ["00101"]
numbers = ["99970"]
gts = ["99970"]
point_codes = [6001]
smscs = ["999700300001"]
checked = 2026-01-01

[[partner]]
name = "Foreign Mobile"
country = "XX"
agreement = "p2p"
gts = ["99981"]
mcc_mnc = ["99981"]
point_codes = ["4001-4016"]
checked = 2025-06-30

[[partner]]
name = "Hub"
agreement = "hub"
gts = ["44770"]
"#;

fn source(files: &[(&str, &str)]) -> Source {
    Source::from_files(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))).unwrap()
}

fn demonstration() -> Network {
    Network::open(&source(&[("policy.toml", "network = \"network.toml\""), ("network.toml", NETWORK)])).unwrap()
}

fn with_operators(csv: &str) -> Source {
    let policy = "network = \"network.toml\"\noperators = [\"operators/*.csv\"]";
    source(&[("policy.toml", policy), ("network.toml", NETWORK), ("operators/a.csv", csv)])
}

fn told(description: Option<Description>) -> (String, String, &'static str) {
    let d = description.unwrap();
    (d.operator.unwrap_or_default(), d.country.unwrap_or_default(), d.relation)
}

/// Country and a number without its last two digits, as the package says that the plan was not made with in this way.
fn vectors() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = include_str!("../world/vectors.tsv").lines().filter(|l| !l.starts_with('#'));
    rows.map(|row| row.split_once('\t').unwrap())
}

#[test]
fn countries_of_two_thousand_numbers_are_those_of_the_package() {
    let image = Network::default().plan().unwrap();
    let plan = Plan::open(&image).unwrap();
    let country = |digits: &str| plan.find(Space::E164, digits.as_bytes()).map(|f| f.country);
    let others: Vec<_> = vectors().filter(|(c, digits)| country(digits) != c.as_bytes().as_array().copied()).collect();
    assert!(others.is_empty(), "{} differ: {others:?}", others.len());
    assert!(vectors().count() > 2_000);
}

#[test]
fn countries_have_capitals_at_a_distance() {
    let image = Network::default().plan().unwrap();
    let plan = Plan::open(&image).unwrap();
    // What atlases say, to about a hundredth.
    for (a, b, km) in [(b"GB", b"FR", 344), (b"US", b"AU", 15_960), (b"JP", b"BR", 17_680), (b"ZA", b"NO", 9_610)] {
        let found = plan.distance_km(*a, *b).unwrap();
        assert!(found.abs_diff(km) <= km / 80, "{found} {km}");
    }
    assert_eq!(plan.distance_km(*b"ZZ", *b"GB"), None);
}

#[test]
fn home_and_partners_are_known_before_the_world() {
    let network = demonstration();
    let of = |space, digits| told(network.describe(space, digits));
    let expect = |operator: &str, country: &str, relation| (operator.to_owned(), country.to_owned(), relation);
    assert_eq!(of(Space::E164, "999700000001"), expect("Demo Mobile", "ZZ", "home"));
    assert_eq!(of(Space::Imsi, "001010000000001"), expect("Demo Mobile", "ZZ", "home"));
    assert_eq!(of(Space::PointCode, "6001"), expect("Demo Mobile", "ZZ", "home"));
    assert_eq!(of(Space::PointCode, "4016"), expect("Foreign Mobile", "XX", "p2p"));
    assert!(network.describe(Space::PointCode, "4017").is_none());
    // The world knows operators of longer ranges within the hub's, but not better; and the country.
    assert_eq!(of(Space::E164, "4477007"), expect("Hub", "JE", "hub"));
    assert_eq!(of(Space::E164, "447700900001"), expect("Hub", "GB", "hub"));
}

#[test]
fn everything_known_has_its_source_and_its_age() {
    let network = demonstration();
    let home = network.describe(Space::E164, "99970").unwrap();
    let origin = home.operator_origin.unwrap();
    assert_eq!((origin.source.as_str(), origin.as_of.as_deref()), ("network.toml", Some("2026-01-01")));
    assert_eq!(origin.prefix, "99970");
    let abroad = network.describe(Space::E164, "4930").unwrap();
    assert_eq!((abroad.operator, abroad.country.as_deref()), (None, Some("DE")));
    let origin = abroad.country_origin.unwrap();
    assert!(origin.is_world_plan() && origin.prefix == "49" && origin.as_of.unwrap().as_str() > "2026");
}

#[test]
fn mobile_network_codes_have_countries_and_operators() {
    let network = Network::default();
    let of = |digits| network.describe(Space::Imsi, digits).unwrap();
    for (digits, country) in [("26201", "DE"), ("310410", "US"), ("23430", "GB"), ("50501", "AU"), ("72405", "BR")] {
        let found = of(digits);
        assert!(found.operator.is_some(), "{digits}");
        assert_eq!(found.country.as_deref(), Some(country), "{digits}");
    }
    // A network code that nobody has: the country is that of its MCC.
    let unused = of("262998888888888");
    assert_eq!((unused.operator, unused.country.as_deref()), (None, Some("DE")));
    assert_eq!(of("90199").country, None);
}

#[test]
fn the_image_knows_what_the_description_says() {
    let network = demonstration();
    let image = network.plan().unwrap();
    let plan = Plan::open(&image).unwrap();
    let spaces = [(Space::Imsi, "001019"), (Space::Imsi, "26201"), (Space::PointCode, "04001"), (Space::E164, "99981")];
    for (space, digits) in vectors().step_by(29).map(|(_, digits)| (Space::E164, digits)).chain(spaces) {
        let found = plan.find(space, digits.as_bytes()).unwrap();
        let country = String::from_utf8(found.country.to_vec()).unwrap().replace("--", "");
        let image = (plan.operator_name(found.operator).to_owned(), country, found.relation.name());
        assert_eq!(told(network.describe(space, digits)), image, "{space:?} {digits}");
    }
}

#[test]
fn three_dialects_of_csv_say_the_same() {
    let comma = "Operator,Country,Kind,Start,End,Date\n\"Other, Ltd\",XY,gt,9995000,9995999,2026-02-03\nSecond,XY,imsi,99950,,\n";
    let semicolon = "\u{FEFF}TADIG;NAME;ISO;Range Type;Range Start;Range End;Effective Date\r\n;Other, Ltd;xy;GT;9995000;9995999;20260203\r\nXYZSE;Second;XY;E.212;99950;;\r\n";
    let tab = "mnc\tmcc\tkind\tnetwork name\tprefix\tcountry\tdate\tremark\n\t\tE.214\tOther, Ltd\t9995\tXY\t2026-02-03\t\n50\t999\tIMSI\tSecond\t\tXY\t\tmade up\n";
    for csv in [comma, semicolon, tab] {
        let network = Network::open(&with_operators(csv)).unwrap_or_else(|d| panic!("{d}"));
        let other = network.describe(Space::E164, "99951").unwrap();
        let origin = other.operator_origin.clone().unwrap();
        assert_eq!(told(Some(other)), ("Other, Ltd".to_owned(), "XY".to_owned(), "unknown"));
        assert_eq!((origin.prefix.as_str(), origin.source.as_str()), ("9995", "operators/a.csv"));
        assert_eq!(origin.as_of.as_deref(), Some("2026-02-03"));
        assert_eq!(told(network.describe(Space::Imsi, "99950")).0, "Second");
    }
}

#[test]
fn country_code_and_network_code_stand_in_columns_of_their_own_too() {
    let csv = "TADIG,Kind,CC,NDC,SN Range Start,SN Range Stop\nXYZAA,msisdn,999,50,000,499\nXYZBB,msisdn,999,51,,\n";
    let network = Network::open(&with_operators(csv)).unwrap();
    let operator = |digits| network.describe(Space::E164, digits).and_then(|d| d.operator);
    assert_eq!(operator("99950499").as_deref(), Some("XYZAA"));
    assert_eq!(operator("99950500"), None);
    assert_eq!(operator("9995155").as_deref(), Some("XYZBB"));
}

fn cases() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/network/broken");
    let mut cases: Vec<PathBuf> = directory.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 5);
    cases
}

#[test]
fn every_broken_network_is_refused_in_the_expected_words() {
    let bless = std::env::var_os("SLUICE_BLESS").is_some();
    for case in cases() {
        let source = Source::from_dir(&case.join("policy")).unwrap();
        let diagnostics = Network::open(&source).expect_err("no broken network is taken");
        assert!(diagnostics.iter().all(|d| d.severity == Severity::Warning || !d.expected.is_empty()));
        let text = diagnostics.render(&source, false);
        let expected = case.join("expected.txt");
        if bless {
            std::fs::write(&expected, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, expected, "{}", case.display());
    }
}

proptest! {
    /// Whatever stands in the files, they are taken or refused, and each refusal points into a file.
    #[test]
    fn any_text_is_read_without_panic(network in "[\\[\\]a-z_ =\"0-9\n{},-]{0,200}", csv in "[a-zKind,;\t\"0-9\n é-]{0,200}") {
        let policy = "network = \"network.toml\"\noperators = [\"operators/*.csv\"]";
        let csv = format!("kind,name,start\n{csv}");
        let source = source(&[("policy.toml", policy), ("network.toml", &network), ("operators/a.csv", &csv)]);
        if let Err(diagnostics) = Network::open(&source) {
            prop_assert!(diagnostics.has_errors());
            for d in diagnostics.iter() {
                prop_assert!(source.file(&d.place.file).unwrap().get(d.place.range.clone()).is_some());
            }
        }
    }
}
