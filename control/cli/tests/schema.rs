//! The schema of an event is closed and checked in: a field nobody wrote down fails here.

mod common;

use common::{lines, scratch, sluice};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn checked_in() -> PathBuf {
    root().join("control/api/event.schema.json")
}

#[test]
fn the_schema_checked_in_is_the_one_the_binary_prints() {
    let printed = String::from_utf8(sluice(&["fields", "--json"]).stdout).unwrap();
    if std::env::var_os("SLUICE_BLESS").is_some() {
        std::fs::write(checked_in(), &printed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(checked_in()).unwrap_or_default(), printed, "SLUICE_BLESS=1 writes it down");
}

#[test]
fn every_field_is_listed_with_its_meaning_for_people_and_for_programs() {
    let table = String::from_utf8(sluice(&["fields"]).stdout).unwrap();
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(checked_in()).unwrap()).unwrap();
    for path in sluice_abi::fields::Path::all() {
        let (name, help) = (path.to_string(), path.field.help());
        let row = table.lines().find(|line| line.split_whitespace().next() == Some(&name));
        assert!(row.is_some_and(|row| row.contains(help)), "{name}: {row:?}");
        let described =
            name.split('.').fold(&schema, |schema, word| &schema["properties"][word])["description"].as_str();
        assert!(described.is_some_and(|text| text.starts_with(help)), "{name}: {described:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [&["fields"][..], &["fields", "--json"]] {
        let command = &mut Command::new(env!("CARGO_BIN_EXE_sluice"));
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Holds a value against the part of JSON Schema that this schema uses; panics with the place that is wrong.
fn hold(value: &Value, schema: &Value, place: &str) {
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{place}: {value} is none of {allowed:?}");
    }
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::Null => "null",
    };
    let either = schema["anyOf"].as_array().into_iter().flatten();
    let schema = either.clone().find(|one| one["type"] == kind).unwrap_or(schema);
    if let Some(expected) = schema["type"].as_str() {
        assert_eq!(kind, expected, "{place}: {value}");
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}.{name}");
                if let Some(names) = schema["propertyNames"]["enum"].as_array() {
                    assert!(names.contains(&Value::String(name.clone())), "{place} is not a field");
                } else {
                    let others = || Some(&schema["additionalProperties"]).filter(|others| others.is_object());
                    let inner = schema["properties"].get(name).or_else(others);
                    hold(member, inner.unwrap_or_else(|| panic!("{place} is not in the schema")), &place);
                }
            }
        }
        Value::Array(items) if schema.get("items").is_some() => {
            items.iter().for_each(|i| hold(i, &schema["items"], place))
        }
        _ => {}
    }
}

#[test]
fn every_line_of_every_capture_of_our_own_is_of_the_schema() {
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(checked_in()).unwrap()).unwrap();
    let mut held = 0;
    for entry in std::fs::read_dir(root().join("tests/captures")).unwrap() {
        let capture = entry.unwrap().path();
        if capture.extension().is_none_or(|e| e != "pcap") {
            continue;
        }
        let capture = capture.to_str().unwrap();
        let out = scratch("schema");
        let policy = root().join("control/policy/starter");
        let output = sluice(&["replay", capture, "--policy", policy.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let judged = common::parse(&std::fs::read_to_string(out.join("events.jsonl")).unwrap());
        let decoded = lines(&["decode", capture, "--jsonl", "--all-map"]);
        let masked = lines(&["decode", capture, "--jsonl", "--masked"]);
        for line in decoded.iter().chain(&masked).chain(&judged) {
            hold(line, &schema, "");
            held += 1;
        }
    }
    assert!(held > 1000);
}

#[test]
#[should_panic(expected = ".sms.colour is not in the schema")]
fn a_field_nobody_wrote_down_is_found() {
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(checked_in()).unwrap()).unwrap();
    hold(&serde_json::json!({ "sms": { "colour": 1 } }), &schema, "");
}
