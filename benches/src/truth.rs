//! What was meant: the truth file beside a capture, one JSON object for each TCAP component.

use crate::fields::{Component, Fields};
use anyhow::Context;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Where a component was found: frame from 0, TSN, place in the TCAP message.
pub type Key = (usize, u32, usize);

/// [`Fields`] that own their text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    component: Component,
    op: Option<i64>,
    otid: Vec<u8>,
    dtid: Vec<u8>,
    called: String,
    calling: String,
    first: String,
    second: String,
    address: String,
    text: String,
}

/// The truth of a capture.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    components: HashMap<Key, Expected>,
    silent: HashSet<usize>,
}

impl Truth {
    /// Reads a truth file, gzipped if its name ends so.
    ///
    /// # Errors
    /// That it cannot be read, or in which line it is not what it should be.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let is_gzip = path.extension().is_some_and(|e| e == "gz");
        let stream: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut truth = Self::default();
        for (number, line) in BufReader::new(stream).lines().enumerate() {
            let at = || format!("{} line {}", path.display(), number + 1);
            let record: Value = serde_json::from_str(&line.with_context(at)?).with_context(at)?;
            if record["kind"] == "map" {
                let (key, expected) = component(&record).with_context(at)?;
                truth.components.insert(key, expected);
            } else if record["kind"] == "dialogue" {
                truth.silent.extend(record["frame"].as_u64().map(|n| n.saturating_sub(1) as usize));
            }
        }
        Ok(truth)
    }

    /// Every component.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Expected)> {
        self.components.iter()
    }

    /// Frames with a TCAP message that has no component: nothing to hand out, but it opens or moves a dialogue that
    /// later components belong to.
    pub fn silent_frames(&self) -> impl Iterator<Item = usize> {
        self.silent.iter().copied()
    }
}

impl Expected {
    /// The name of the first field in which a candidate's differ.
    pub fn difference(&self, found: &Fields<'_>) -> Option<&'static str> {
        let same = [
            ("component", self.component == found.component),
            ("op", self.op == found.op),
            ("otid", self.otid == found.otid),
            ("dtid", self.dtid == found.dtid),
            ("called", self.called == found.called),
            ("calling", self.calling == found.calling),
            ("first", self.first == found.first),
            ("second", self.second == found.second),
            ("address", self.address == found.address),
            ("text", self.text == found.text),
        ];
        same.iter().find(|(_, is_same)| !is_same).map(|(name, _)| *name)
    }
}

fn component(record: &Value) -> anyhow::Result<(Key, Expected)> {
    let number = |value: &Value, name: &str| value.as_u64().with_context(|| format!("no `{name}`"));
    let frame = number(&record["frame"], "frame")?.checked_sub(1).context("frame 0")?;
    let tsn = number(&record["sctp"]["tsn"], "sctp.tsn")?;
    let index = number(&record["component_index"], "component_index")?;
    let map = &record["map"];
    let mut expected = Expected {
        component: component_type(text(&map["component"]).as_str()).context("no known `map.component`")?,
        op: map["op"].as_i64(),
        otid: octets(&record["tcap"]["otid"])?,
        dtid: octets(&record["tcap"]["dtid"])?,
        called: text(&record["sccp"]["cdpa"]["gt"]),
        calling: text(&record["sccp"]["cgpa"]["gt"]),
        ..Expected::default()
    };
    operation(map, &record["sms"], &mut expected);
    Ok(((usize::try_from(frame)?, u32::try_from(tsn)?, usize::try_from(index)?), expected))
}

fn operation(map: &Value, sms: &Value, expected: &mut Expected) {
    match (expected.component, expected.op) {
        (Component::Invoke, Some(44 | 46)) => {
            expected.first = text(&map["sm_rp_da"]["digits"]);
            expected.second = text(&map["sm_rp_oa"]["digits"]);
            expected.address = if sms["oa"].is_string() { text(&sms["oa"]) } else { text(&sms["da"]) };
            expected.text = text(&sms["text"]);
        }
        (Component::Invoke, Some(45)) => {
            expected.first = text(&map["msisdn"]["digits"]);
            expected.second = text(&map["service_centre"]["digits"]);
        }
        (Component::ReturnResultLast, Some(45)) => {
            expected.first = text(&map["imsi"]);
            expected.second = text(&map["network_node"]["digits"]);
        }
        _ => {}
    }
}

fn component_type(name: &str) -> Option<Component> {
    Some(match name {
        "invoke" => Component::Invoke,
        "returnResultLast" => Component::ReturnResultLast,
        "returnResultNotLast" => Component::ReturnResultNotLast,
        "returnError" => Component::ReturnError,
        "reject" => Component::Reject,
        _ => return None,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn octets(value: &Value) -> anyhow::Result<Vec<u8>> {
    let hex = value.as_str().unwrap_or_default().as_bytes();
    let octet = |pair: &[u8]| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?);
    hex.chunks(2).map(octet).collect()
}
