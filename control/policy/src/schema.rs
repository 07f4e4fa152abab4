//! A JSON Schema of the TOML files of a policy, for editors: what keys there are, what they mean and may be.
//!
//! It holds for `policy.toml`, the files it includes and `network.toml`. Words come from the lists the reader has;
//! a test holds its keys against what the reader says it knows. What needs more than the shape of one file (names of
//! lists, conditions, two rules with one id) is `sluice policy check`'s.

use crate::scenario::{self, ScenarioInfo, scenarios};
use crate::{rewriting, rule as rules, schedule};
use serde_json::{Map, Value, json};
use sluice_abi::verdict::{LOG_LEVELS, MODES, RELATIONS, STATISTICS, TRIGGERS};
use sluice_rules::model::ListKind;
use sluice_rules::rewrite::APPEND_CHARACTERS_MAX;
use sluice_rules::{MapError, Mask, Strip};

/// JSON Schema 2020-12 of a policy's TOML files.
pub fn schema() -> Value {
    let mut properties = included();
    properties.extend(settings());
    properties.extend(network());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of a Sluice policy",
        "description": "policy.toml, a file it includes, or network.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "allOf": [
            {
                "if": { "anyOf": names(network().keys()).map(|key| json!({ "required": [key] })).collect::<Vec<_>>() },
                "then": { "propertyNames": { "enum": names(network().keys()).collect::<Vec<_>>() } },
            },
            {
                "if": { "anyOf": names(settings().keys()).map(|key| json!({ "required": [key] })).collect::<Vec<_>>() },
                "then": { "required": ["name"] },
            },
        ],
    })
}

type Properties = Map<String, Value>;

fn names<'k>(keys: impl Iterator<Item = &'k String>) -> impl Iterator<Item = String> {
    keys.cloned().collect::<Vec<_>>().into_iter()
}

fn described<const N: usize>(list: [(&str, &str, Value); N]) -> Properties {
    let with = |(key, meaning, mut value): (&str, &str, Value)| {
        value["description"] = meaning.into();
        (key.to_owned(), value)
    };
    list.into_iter().map(with).collect()
}

fn table(properties: Properties, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// Tables under names of their own.
fn named(pattern: &str, value: Value) -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": pattern }, "additionalProperties": value })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn texts() -> Value {
    json!({ "type": "array", "items": text() })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "enum": words })
}

fn one_or_several(words: &[&str]) -> Value {
    json!({ "anyOf": [one_of(words), { "type": "array", "items": one_of(words), "minItems": 1 }] })
}

const NAME: &str = "^[A-Za-z0-9_]+$";
const ID: &str = "^[A-Za-z0-9_-]{1,64}$";
const DURATION: &str = "^[0-9]+(s|m|h|d)$";
const MONITORS_ACTIONS: [&str; 3] = ["tag", "copy", "score"];

/// Keys of policy.toml alone.
fn settings() -> Properties {
    let names: Vec<&str> = scenarios().iter().map(|s| s.name).collect();
    let which = json!({ "anyOf": [one_of(&["all"]), { "type": "array", "items": one_of(&names) }] });
    described([
        ("name", "What this policy is called.", text()),
        ("comment", "What it is for.", text()),
        ("default_action", "What is done where no rule decides.", one_of(&["pass", "discard"])),
        ("default_log", "What is recorded where no rule says it.", one_of(LOG_LEVELS)),
        ("include", "Files that belong to it: paths from its directory, `*` in the last name.", texts()),
        ("network", "The file that says who we and our partners are.", text()),
        ("operators", "Files of operators' number ranges: paths from its directory, `*` in the last name.", texts()),
        ("scenarios", "Built-in scenarios in use; without, all of them.", which),
        ("scenario_mode", "What scenarios do unless they say it themselves.", one_of(&scenario::MODES)),
    ])
}

/// What a policy says of a scenario, its settings among it.
fn scenario(info: &ScenarioInfo) -> Value {
    let mut properties = described([
        ("mode", "Whether it acts; without, the policy's `scenario_mode`.", one_of(&scenario::MODES)),
        ("action", "What its deciding rules do.", one_of(&scenario::ACTIONS)),
        ("error", "The MAP error a reject answers with.", error()),
        ("log", "How much is recorded.", one_of(LOG_LEVELS)),
    ]);
    for [name, default, help] in &info.settings {
        properties.insert(name.clone(), json!({ "description": format!("{help}. Without: {default}") }));
    }
    let mut scenario = table(properties, &[]);
    scenario["description"] = format!("{}. {}", info.title, info.summary.replace('\n', " ").trim()).into();
    scenario
}

/// Keys of every file but network.toml.
fn included() -> Properties {
    let of_scenarios = scenarios().iter().map(|s| (s.name.to_owned(), scenario(s))).collect();
    let single = json!({ "type": ["string", "integer", "boolean"] });
    let variable = json!({ "anyOf": [single.clone(), { "type": "array", "items": single }] });
    described([
        ("variables", "Values that conditions name with `$`.", named(NAME, variable)),
        ("list", "Lists that conditions ask with `in list`.", named(NAME, list())),
        ("condition", "Conditions that others use as `condition.NAME`.", named(NAME, condition())),
        ("counter", "Counters that conditions read as `counter.NAME`.", named(NAME, counter())),
        ("scenario", "Scenarios, what they do and their settings.", table(of_scenarios, &[])),
        ("rule", "Rules.", json!({ "type": "array", "items": rule() })),
    ])
}

fn list() -> Value {
    let kinds = ListKind::ALL.map(ListKind::name);
    let entries = json!({ "anyOf": [texts(), { "type": "string", "pattern": "^\\$" }] });
    let properties = described([
        ("kind", "How entries are matched; without, `exact`.", one_of(&kinds)),
        ("file", "The file of its entries, a path from the policy's directory.", text()),
        ("entries", "Its entries, or `$` and the name of a variable whose values they are.", entries),
        ("comment", "What it is for.", text()),
    ]);
    let mut list = table(properties, &[]);
    list["oneOf"] = json!([{ "required": ["file"] }, { "required": ["entries"] }]);
    list
}

fn condition() -> Value {
    let properties = described([
        ("when", "The condition, in the language of rules.", text()),
        ("comment", "What it is for.", text()),
    ]);
    table(properties, &["when"])
}

fn counter() -> Value {
    let properties = described([
        (
            "key",
            "Fields whose values together are counted apart.",
            json!({ "type": "array", "items": text(), "minItems": 1, "maxItems": 4 }),
        ),
        ("when", "Which messages are counted; without, all.", text()),
        ("distinct", "Counts different values of this field instead of messages.", text()),
        ("run", "Counts messages in a row whose number in this field is next to the one before.", text()),
        (
            "window",
            "How far back it counts: `60s`, `10m`, `1h`, `7d`.",
            json!({ "type": "string", "pattern": DURATION }),
        ),
        ("comment", "What it is for.", text()),
    ]);
    let mut counter = table(properties, &["key", "window"]);
    counter["not"] = json!({ "required": ["distinct", "run"] });
    counter
}

fn rule() -> Value {
    let mut triggers = TRIGGERS.to_vec();
    triggers.push("any");
    let hours = "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";
    let properties = described([
        ("id", "Its name in every record.", json!({ "type": "string", "pattern": ID })),
        ("level", "1 lists, 2 checks, 3 filters, 4 monitors.", one_of_numbers(1, 4)),
        ("trigger", "Which messages it looks at; without, `any`.", one_or_several(&triggers)),
        ("mode", "Whether it acts; without, `enforce`.", one_of(MODES)),
        ("when", "The condition; without, every message.", text()),
        ("action", "What it does.", one_of(&rules::DECIDING)),
        ("error", "The MAP error a reject answers with.", error()),
        ("sender", "Who a rewrite shows as the sender: `+` and a number, a national number, or letters.", text()),
        ("append", "What a rewrite puts behind the text, if it fits.", warning()),
        ("strip", "What a rewrite leaves out.", several(Strip::WORDS)),
        ("mask", "What a rewrite makes unreadable.", several(Mask::WORDS)),
        ("tag", "What a tag says; without, the id.", json!({ "type": "string", "minLength": 1, "maxLength": 64 })),
        ("score", "Points it adds to the message.", one_of_numbers(-1000, 1000)),
        ("log", "How much is recorded; without, the policy's `default_log`.", one_of(LOG_LEVELS)),
        ("statistics", "Which meters it moves; without, `total`.", one_of(STATISTICS)),
        ("valid_from", "It is not asked before: a date, or a date and time with its offset.", date()),
        ("valid_until", "It is not asked from then on: a date, or a date and time with its offset.", date()),
        (
            "valid_days",
            "Days of the week on which it is asked, in UTC.",
            json!({ "type": "array", "items": one_of(&schedule::DAYS) }),
        ),
        (
            "valid_hours",
            "Times of the day at which it is asked, in UTC: `22:00-06:00`.",
            json!({ "type": "string", "pattern": hours }),
        ),
        ("owner", "Who answers for it.", text()),
        ("comment", "Why it is there.", text()),
    ]);
    let mut rule = table(properties, &["id", "level"]);
    rule["allOf"] = together();
    rule
}

/// What each key of a rule demands of the others.
fn together() -> Value {
    let is = |key: &str, words: &[&str]| json!({ "properties": { key: { "enum": words } }, "required": [key] });
    let rewrites: Vec<Value> = rewriting::KEYS.iter().map(|key| json!({ "required": [key] })).collect();
    let monitors = json!({ "properties": { "level": { "const": 4 } }, "required": ["level"] });
    json!([
        { "if": is("action", &["reject"]), "then": { "required": ["error"] } },
        { "if": { "required": ["error", "action"] }, "then": is("action", &["reject"]) },
        { "if": is("action", &["rewrite"]), "then": { "anyOf": rewrites.clone() } },
        { "if": { "anyOf": rewrites }, "then": is("action", &["rewrite"]) },
        { "if": { "required": ["tag", "action"] }, "then": is("action", &["tag", "copy"]) },
        { "if": monitors, "then": { "properties": { "action": { "enum": MONITORS_ACTIONS } } }, "else": { "required": ["action"] } },
    ])
}

fn several(words: &[&str]) -> Value {
    json!({ "type": "array", "items": one_of(words), "minItems": 1 })
}

fn warning() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": APPEND_CHARACTERS_MAX })
}

fn one_of_numbers(first: i64, last: i64) -> Value {
    json!({ "type": "integer", "minimum": first, "maximum": last })
}

fn error() -> Value {
    let all = || MapError::all();
    json!({ "anyOf": [
        { "enum": all().map(MapError::name).collect::<Vec<_>>() },
        { "enum": all().map(MapError::number).collect::<Vec<_>>() },
    ] })
}

/// Editors see TOML's dates as text.
fn date() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" })
}

/// Keys of network.toml.
fn network() -> Properties {
    let partner = json!({ "type": "array", "items": partner() });
    described([("home", "Who we are.", home()), ("partner", "Networks we have an agreement with.", partner)])
}

/// What a network consists of.
fn ranges() -> Properties {
    let range = json!({ "type": "string", "pattern": "^[0-9]+(-[0-9]+)?$" });
    let codes = json!({ "type": "array", "items": { "anyOf": [one_of_numbers(0, (1 << 24) - 1), range] } });
    let each = |pattern: &str| json!({ "type": "array", "items": { "type": "string", "pattern": pattern } });
    let digits = || each("^[0-9]+(-[0-9]+)?$");
    described([
        ("name", "What the network is called.", text()),
        ("country", "Its country, ISO 3166 alpha-2.", json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" })),
        ("mcc_mnc", "Mobile country and network codes, the beginnings of its IMSIs.", each("^[0-9]{5,6}$")),
        (
            "numbers",
            "Beginnings of its subscribers' numbers, country code first, or ranges `9997000-9997099`.",
            digits(),
        ),
        ("gts", "Beginnings of the global titles of its nodes, or ranges.", digits()),
        ("point_codes", "Point codes of its nodes, or ranges `4001-4016`.", codes),
        ("smscs", "Numbers of its service centres.", each("^[0-9]+$")),
        ("checked", "When somebody last looked whether all this is so.", date()),
    ])
}

fn home() -> Value {
    table(ranges(), &["name", "country"])
}

fn partner() -> Value {
    let permits = ["ota", "binary", "silent", "flash", "mt-without-sri"];
    let agreements: Vec<&str> = RELATIONS.iter().copied().filter(|r| !matches!(*r, "unknown" | "home")).collect();
    let mut properties = ranges();
    properties.extend(described([
        ("agreement", "What the agreement is for.", one_of(&agreements)),
        ("permits", "What it may send besides.", json!({ "type": "array", "items": one_of(&permits) })),
    ]));
    let mut partner = table(properties, &["name", "agreement"]);
    // A hub may be of no country.
    let is_hub = json!({ "properties": { "agreement": { "const": "hub" } }, "required": ["agreement"] });
    partner["anyOf"] = json!([is_hub, { "required": ["country"] }]);
    partner
}
