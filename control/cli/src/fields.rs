//! `sluice fields`: every name a message can have, for people who write rules and for programs that read events.
//!
//! The JSON form is the closed schema of one line of `sluice decode --jsonl`, of `events.jsonl` and of an event of the
//! API: a field that is not in it does not exist.

use crate::args::Fields;
use crate::output;
use serde_json::{Map, Value, json};
use sluice_abi::fields::{Class, Field, Part, Path, Shape};

/// Runs it.
pub fn run(args: &Fields) -> anyhow::Result<()> {
    if args.json {
        return output::line(format_args!("{:#}", schema()));
    }
    let rows = Path::all().map(|path| {
        let class = match path.field.class() {
            Class::Summary => "summary",
            Class::Address => "addresses",
            Class::Content => "full",
            Class::Derived => "never",
        };
        [path.to_string(), in_words(path), class.to_owned(), path.field.help().to_owned()]
    });
    output::line(output::table(["field", "what it holds", "recorded from log level", "meaning"], rows))
}

fn in_words(path: Path) -> String {
    match (path.part, path.field.shape()) {
        (Part::Ton, _) => "type of number".into(),
        (Part::Npi, _) => "numbering plan".into(),
        (Part::Digits, _) => "digits".into(),
        (Part::Raw, _) => "octets".into(),
        (_, Shape::Uint | Shape::Int | Shape::MessageType | Shape::Reference) => "number".into(),
        (_, Shape::Bool | Shape::Flag) => "true or false".into(),
        (_, Shape::Name(names)) => names.join(" | "),
        (_, Shape::Time) => "seconds since 1970, nine places".into(),
        (_, Shape::Problem) => "kind and code".into(),
        (_, Shape::Ip) => "IP address".into(),
        (_, Shape::Hex) => "octets".into(),
        (_, Shape::Fingerprint) => "sixteen hexadecimal digits".into(),
        (_, Shape::Country) => "two letters".into(),
        (_, Shape::Tbcd | Shape::GtDigits(_) | Shape::Packed) => "digits".into(),
        (_, Shape::Oid) => "object identifier, dotted".into(),
        (_, Shape::Text | Shape::Address | Shape::RpAddress(_)) => "text".into(),
        (_, Shape::OctetList | Shape::Scts | Shape::NumberList) => "list of numbers".into(),
        (_, Shape::TextList) => "list of texts".into(),
        (_, Shape::Tlvs) => "octets by tag".into(),
        (_, Shape::Evidence) => "the fields that decided".into(),
    }
}

/// JSON Schema 2020-12 of an event.
pub fn schema() -> Value {
    let mut root = object();
    for path in Path::all() {
        insert(&mut root, &path.to_string(), described(path));
    }
    root.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    root.insert("title".into(), "A decoded or judged message".into());
    Value::Object(root)
}

fn object() -> Map<String, Value> {
    let Value::Object(object) = json!({ "type": "object", "additionalProperties": false, "properties": {} }) else {
        unreachable!("it is written as an object")
    };
    object
}

fn insert(object_schema: &mut Map<String, Value>, name: &str, value: Value) {
    let Some(Value::Object(properties)) = object_schema.get_mut("properties") else { return };
    match name.split_once('.') {
        None => {
            properties.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = properties.entry(first).or_insert_with(|| Value::Object(object()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The shape of a value, and what it means.
fn described(path: Path) -> Value {
    let mut value = value_of(path);
    let help = path.field.help();
    let description =
        if path.part == Part::Whole { help.to_owned() } else { format!("{help} Its {}.", in_words(path)) };
    value["description"] = description.into();
    value
}

fn value_of(path: Path) -> Value {
    let hex = || json!({ "type": "string", "pattern": "^([0-9a-f]{2})*$|^\\[[0-9]+ octets\\]$" });
    let digits = || json!({ "type": "string", "pattern": "^[0-9a-f*#]*$" });
    match (path.part, path.field.shape()) {
        (Part::Ton | Part::Npi, _) => json!({ "type": "integer" }),
        (Part::Digits, _) => digits(),
        (Part::Raw, _) => hex(),
        (_, Shape::Uint | Shape::Int) => json!({ "type": "integer" }),
        (_, Shape::Bool) => json!({ "type": "boolean" }),
        (_, Shape::Reference) => json!({ "type": "string", "pattern": "^0x[0-9a-f]{6}$" }),
        (_, Shape::Fingerprint) => json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" }),
        (_, Shape::Country) => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        (_, Shape::Flag) => json!({ "const": true }),
        (_, Shape::MessageType) => {
            json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": "^sua-" }] })
        }
        (_, Shape::Name(names)) => json!({ "enum": names }),
        (_, Shape::Time) => json!({ "type": "string", "pattern": "^[0-9]+\\.[0-9]{9}$" }),
        (_, Shape::Problem) => json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] }),
        (_, Shape::Hex) => hex(),
        (_, Shape::Tbcd | Shape::GtDigits(_) | Shape::Packed) => digits(),
        (_, Shape::Oid) => json!({ "type": "string", "pattern": "^[0-9.]*$" }),
        (_, Shape::Ip | Shape::Text | Shape::Address | Shape::RpAddress(_)) => json!({ "type": "string" }),
        (_, Shape::OctetList | Shape::Scts | Shape::NumberList) => {
            json!({ "type": "array", "items": { "type": "integer" } })
        }
        (_, Shape::TextList) => json!({ "type": "array", "items": { "type": "string" } }),
        (_, Shape::Tlvs) => json!({ "anyOf": [{ "type": "object", "additionalProperties": hex() }, hex()] }),
        (_, Shape::Evidence) => json!({ "type": "object", "propertyNames": { "enum": evidence_names() } }),
    }
}

/// Evidence names any field but itself.
fn evidence_names() -> Vec<String> {
    Path::all().filter(|p| p.field != Field::VerdictEvidence).map(|p| p.to_string()).collect()
}
