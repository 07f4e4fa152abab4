//! What is written as JSON reads back as it was.

use super::*;
use proptest::prelude::*;
use sluice_abi::fields::FIRST_OCTETS;
use sluice_abi::json::{Privacy, to_json};

fn event(facts: &Facts<'_>, privacy: Privacy) -> Value {
    serde_json::from_str(&to_json(facts, privacy)).unwrap()
}

fn json_again(facts: &Facts<'_>) -> (Value, Value, Recorded) {
    let first = event(facts, Privacy::Clear);
    let recorded = Recorded::read(&first);
    let second = event(&recorded.facts(), Privacy::Clear);
    (first, second, recorded)
}

/// Octets that a field can have.
fn octets_of(field: Field) -> BoxedStrategy<Vec<u8>> {
    let some = |n| prop::collection::vec(any::<u8>(), n);
    let pairs = || prop::collection::vec((0_u8..10, 0_u8..10), 1..10);
    let packed = |pairs: Vec<(u8, u8)>| pairs.into_iter().map(|(a, b)| b << 4 | a).collect::<Vec<u8>>();
    match field.shape() {
        Shape::Ip => prop_oneof![some(4..5), some(16..17)].boxed(),
        Shape::Tbcd => prop_oneof![pairs().prop_map(packed), some(1..9)].boxed(),
        Shape::GtDigits(_) => pairs().prop_map(packed).boxed(),
        Shape::Oid => prop::collection::vec(0_u64..300_000, 3..9)
            .prop_map(|arcs| arcs.into_iter().flat_map(base_128).collect())
            .boxed(),
        Shape::Text => "[ -~é\n]{1,30}".prop_map(String::into_bytes).boxed(),
        Shape::TextList => "[a-z=0-9]{1,9}(\n[a-z]{1,5}){0,3}".prop_map(String::into_bytes).boxed(),
        Shape::Scts => pairs().prop_map(packed).prop_map(|o| o.into_iter().cycle().take(7).collect()).boxed(),
        Shape::NumberList => any::<[i32; 3]>()
            .prop_map(|numbers| numbers.into_iter().flat_map(|n| i64::from(n).to_le_bytes()).collect())
            .boxed(),
        Shape::Tlvs => any::<[u8; 3]>().prop_map(|v| [&[0x14, 1, 0, 3][..], &v, &[0x14, 2, 0, 0]].concat()).boxed(),
        Shape::Evidence => Just(vec![]).boxed(),
        _ => some(1..12).boxed(),
    }
}

fn number_of(field: Field) -> BoxedStrategy<u64> {
    match field.shape() {
        Shape::Bool => (0_u64..2).boxed(),
        Shape::Name(names) => (0..names.len() as u64 + 3).boxed(),
        Shape::Problem => (0_u64..0x400).boxed(),
        Shape::Reference => (0_u64..1 << 24).boxed(),
        Shape::MessageType => (0_u64..0xA00).boxed(),
        Shape::Packed => "[0-9]{1,16}".prop_map(|d| packed(d.as_bytes()).unwrap()).boxed(),
        Shape::Country => "[A-Z]{2}".prop_map(|c| country(&c).unwrap()).boxed(),
        Shape::Time => any::<u64>().boxed(),
        _ => any::<u64>().boxed(),
    }
}

fn stored_fields() -> impl Strategy<Value = Field> {
    prop::sample::select(Field::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn every_field_reads_back_as_it_was_written(
        (field, number, octets) in stored_fields().prop_flat_map(|f| (Just(f), number_of(f), octets_of(f)))
    ) {
        let mut facts = Facts::new();
        match field as usize {
            FIRST_FLAGS.. => set(&mut facts, field, 1),
            FIRST_OCTETS.. => facts.set_octets(field, &octets),
            _ => facts.set(field, number),
        }
        // An address of stars alone, or with three of them, looks like one that was masked: the form alone cannot tell
        // them apart, and such a value is read as masked.
        let written = stored_text(field, &event(&facts, Privacy::Clear));
        prop_assume!(!(field.class() == Class::Address && written.is_some_and(|text| looks_masked(&text))));
        let (first, second, recorded) = json_again(&facts);
        prop_assert_eq!(&first, &second, "{:?}", recorded);
        prop_assert_eq!(recorded.wrong(), [""; 0]);
        // An event without any octets of an address or a TBCD number says nothing of it.
        for path in Path::all().filter(|p| p.field == field) {
            let text = |v| sluice_abi::json::value_to_json(v, path, Privacy::Clear);
            prop_assert_eq!(text(&facts), text(&recorded.facts()));
        }
    }
}

/// Said again without the code under test.
fn looks_masked(text: &str) -> bool {
    text.contains("***") || matches!(text, "*" | "**")
}

fn stored_text(field: Field, event: &Value) -> Option<String> {
    let value = field.name().split('.').try_fold(event, |value, word| value.get(word))?;
    value.as_str().map(str::to_owned)
}

#[test]
fn a_number_of_stars_alone_reads_as_masked_for_its_form_is_that_of_a_masked_one() {
    for stars in [&[0xFA][..], &[0xAA], &[0xAA, 0xFA], &[0x21, 0xAA, 0x3A]] {
        let mut facts = Facts::new();
        facts.set_octets(Field::MapImsi, stars);
        let written = event(&facts, Privacy::Clear);
        let recorded = Recorded::read(&written);
        assert_eq!(recorded.missing(Field::MapImsi), Missing::Masked, "{written}");
        assert!(recorded.is_masked() && !recorded.facts().has(Field::MapImsi) && recorded.wrong().is_empty());
    }
    let mut facts = Facts::new();
    facts.set_octets(Field::MapImsi, &[0x21, 0xAA]);
    assert_eq!(event(&facts, Privacy::Clear)["map"]["imsi"], "12**");
    assert!(Recorded::read(&event(&facts, Privacy::Clear)).facts().has(Field::MapImsi), "two stars hide nothing");
}

#[test]
fn what_is_masked_is_no_value_and_is_named() {
    let mut facts = Facts::new();
    facts.set(Field::MapOp, 44);
    facts.set(Field::MapRpDaChoice, 4);
    facts.set_octets(Field::MapRpDa, &[0x91, 0x51, 0x55, 0x10, 0x00]);
    facts.set_octets(Field::CgpaGt, &[0x99, 0x79, 0x00, 0x21]);
    facts.set_octets(Field::SmsOa, b"Bank");
    facts.set_octets(Field::SmsText, b"hello");
    let recorded = Recorded::read(&event(&facts, Privacy::Masked));
    for field in [Field::MapRpDa, Field::CgpaGt, Field::SmsOa, Field::SmsText] {
        assert_eq!(recorded.missing(field), Missing::Masked, "{field:?}");
        assert!(!recorded.facts().has(field));
    }
    assert!(recorded.is_masked() && recorded.facts().has(Field::MapOp) && recorded.wrong().is_empty());
    let clear = Recorded::read(&event(&facts, Privacy::Clear));
    assert!(!clear.is_masked() && clear.facts().has(Field::SmsText));
}

#[test]
fn what_the_log_level_leaves_out_is_told_from_what_is_not_there() {
    let mut facts = Facts::new();
    facts.set(Field::MapOp, 45);
    let missing = |facts: &Facts<'_>, field| Recorded::read(&event(facts, Privacy::Clear)).missing(field);
    assert_eq!(missing(&facts, Field::MapError), Missing::Absent);
    assert_eq!(missing(&facts, Field::CgpaGt), Missing::NotRecorded);
    facts.set_octets(Field::CdpaGt, &[0x99, 0x79]);
    assert_eq!(missing(&facts, Field::CgpaGt), Missing::Absent);
    assert_eq!(missing(&facts, Field::SmsText), Missing::Absent, "there is no message in it");
    facts.set(Field::SmsType, 0);
    assert_eq!(missing(&facts, Field::SmsPlain), Missing::NotRecorded);
    assert_eq!(missing(&facts, Field::SmsText), Missing::NotRecorded);
}

#[test]
fn values_of_another_shape_are_named() {
    let event = serde_json::json!({ "map": { "op": "x", "imsi": "12g" }, "time": "1", "tcap": { "otid": "abc" } });
    assert_eq!(Recorded::read(&event).wrong(), ["time", "tcap.otid", "map.op", "map.imsi"]);
}
