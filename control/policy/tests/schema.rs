//! The schema for editors says what the reader says: it takes what compiles, and refuses what has a wrong shape.

use serde_json::Value;
use sluice_policy::schema::schema;
use sluice_policy::{Source, compile};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is one")
}

/// A file as editors hand it to the schema; dates are text.
fn read(text: &str) -> Option<Value> {
    let table: toml::Table = text.parse().ok()?;
    Some(plain(toml::Value::Table(table)))
}

fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(k, v)| (k, plain(v))).collect()),
        toml::Value::Array(array) => array.into_iter().map(plain).collect(),
        other => serde_json::to_value(other).expect("a plain value"),
    }
}

fn faults(text: &str) -> Vec<String> {
    let value = read(text).expect("TOML");
    validator().iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn the_schema_checked_in_is_the_one_the_library_gives() {
    let path = root().join("policy.schema.json");
    let made = format!("{:#}\n", schema());
    if std::env::var_os("SLUICE_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), made, "SLUICE_BLESS=1 writes it down");
}

#[test]
fn every_file_of_the_starter_policy_is_taken() {
    let source = Source::from_dir(&root().join("starter")).unwrap();
    let files: Vec<(&str, &str)> = source.files().filter(|(path, _)| path.ends_with(".toml")).collect();
    assert!(files.len() >= 5);
    for (path, text) in files {
        assert_eq!(faults(text), [""; 0], "{path}");
    }
}

/// What is wrong in each broken policy that a schema can see: one file for itself, without conditions and names.
const SHAPES: [(&str, &str); 14] = [
    ("unknown_keys_and_words", "default_acton"),
    ("unknown_keys_and_words", "everything"),
    ("unknown_keys_and_words", "/rule/0/level"),
    ("unknown_keys_and_words", "shadows"),
    ("unknown_keys_and_words", "/rule/0/trigger"),
    ("unknown_keys_and_words", "drop"),
    ("unknown_keys_and_words", "why"),
    ("missing_keys", "\"name\" is a required"),
    ("missing_keys", "\"id\" is a required"),
    ("missing_keys", "\"level\" is a required"),
    ("missing_keys", "\"error\" is a required"),
    ("actions_that_do_not_fit_together", "/rule/"),
    ("rewrites_that_cannot_be", "/rule/0/strip"),
    ("rewrites_that_cannot_be", "/rule/2"),
];

#[test]
fn broken_policies_are_refused_where_their_shape_is_wrong() {
    for (case, expected) in SHAPES {
        let path = root().join("tests/broken").join(case).join("policy/policy.toml");
        let faults = faults(&std::fs::read_to_string(path).unwrap());
        assert!(faults.iter().any(|f| f.contains(expected)), "{case}: {expected}: {faults:#?}");
    }
}

/// What the reader expects where it finds something it does not know: the words behind `one of`.
fn expected(text: &str) -> BTreeSet<String> {
    expected_of(&[("policy.toml", text)])
}

fn expected_of(files: &[(&str, &str)]) -> BTreeSet<String> {
    let source = Source::from_files(files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned()))).unwrap();
    let errors = compile(&source, 1).unwrap_err();
    let found = errors.iter().filter_map(|d| d.expected.strip_prefix("one of ")).next();
    let list = found.unwrap_or_else(|| panic!("{files:?}: {errors}"));
    list.split(", ").map(|word| word.trim_matches('"').to_owned()).collect()
}

fn keys(schema: &Value, place: &str) -> BTreeSet<String> {
    let properties = schema.pointer(place).and_then(Value::as_object).unwrap_or_else(|| panic!("{place}"));
    properties.keys().cloned().collect()
}

fn words(schema: &Value, place: &str) -> BTreeSet<String> {
    let list = schema.pointer(place).and_then(Value::as_array).unwrap_or_else(|| panic!("{place}"));
    list.iter().filter_map(|w| w.as_str().map(str::to_owned)).collect()
}

#[test]
fn its_keys_are_those_the_reader_knows() {
    let schema = schema();
    let mut top = keys(&schema, "/properties");
    assert!(top.remove("home") && top.remove("partner"), "network.toml's");
    assert_eq!(top, expected("name = \"x\"\nno_key = 1"));
    let network =
        |section: &str| expected_of(&[("policy.toml", "name = \"x\"\nnetwork = \"n.toml\""), ("n.toml", section)]);
    let home = "[home]\nname = \"x\"\ncountry = \"ZZ\"\n";
    assert_eq!(keys(&schema, "/properties/home/properties"), network(&format!("{home}no_key = 1")));
    let partner = format!("{home}[[partner]]\nname = \"y\"\nagreement = \"hub\"\nno_key = 1");
    assert_eq!(keys(&schema, "/properties/partner/items/properties"), network(&partner));
    let scenario = keys(&schema, "/properties/scenario/properties/flash/properties");
    assert_eq!(scenario, expected("name = \"x\"\n[scenario.flash]\nno_key = 1"));
    for (place, text) in [
        ("/properties/rule/items/properties", "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 4\nno_key = 1"),
        ("/properties/list/additionalProperties/properties", "name = \"x\"\n[list.a]\nno_key = 1"),
        ("/properties/counter/additionalProperties/properties", "name = \"x\"\n[counter.a]\nno_key = 1"),
        ("/properties/condition/additionalProperties/properties", "name = \"x\"\n[condition.a]\nno_key = 1"),
    ] {
        assert_eq!(keys(&schema, place), expected(text), "{place}");
    }
}

#[test]
fn its_words_are_those_the_reader_knows() {
    let schema = schema();
    for (place, text) in [
        ("/properties/default_action/enum", "name = \"x\"\ndefault_action = \"?\""),
        ("/properties/default_log/enum", "name = \"x\"\ndefault_log = \"?\""),
        (
            "/properties/list/additionalProperties/properties/kind/enum",
            "name = \"x\"\n[list.a]\nkind = \"?\"\nentries = []",
        ),
        (
            "/properties/rule/items/properties/action/enum",
            "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 1\naction = \"?\"",
        ),
        ("/properties/rule/items/properties/mode/enum", "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 4\nmode = \"?\""),
        ("/properties/rule/items/properties/log/enum", "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 4\nlog = \"?\""),
        (
            "/properties/rule/items/properties/trigger/anyOf/0/enum",
            "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 4\ntrigger = \"?\"",
        ),
        (
            "/properties/rule/items/properties/statistics/enum",
            "name = \"x\"\n[[rule]]\nid = \"a\"\nlevel = 4\nstatistics = \"?\"",
        ),
    ] {
        assert_eq!(words(&schema, place), expected(text), "{place}");
    }
}

#[test]
fn a_network_file_is_not_mixed_with_a_policy() {
    let network = "[home]\nname = \"x\"\ncountry = \"ZZ\"\nmcc_mnc = [\"00101\"]\npoint_codes = [6001]\nchecked = 2026-01-01\n\
                   [[partner]]\nname = \"y\"\ncountry = \"XX\"\nagreement = \"p2p\"\npermits = [\"ota\"]\ngts = [\"9998100-9998199\"]\n";
    assert_eq!(faults(network), [""; 0]);
    assert!(!faults(&format!("name = \"x\"\n{network}")).is_empty());
    for (right, wrong) in
        [("ZZ", "Zed"), ("p2p", "home"), ("6001", "-1"), ("00101", "1"), ("ota", "otta"), ("gts", "gt")]
    {
        assert_ne!(faults(&network.replace(right, wrong)), [""; 0], "{wrong}");
    }
}
