//! What stands on the line of an entry: the entry, and attributes behind `;`.

use super::until::parse_until;

/// A line taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written<'l> {
    pub(super) entry: &'l str,
    /// The second from which on the entry is not in the list.
    pub(super) until_s: Option<u64>,
}

/// What is wrong with an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong<'l> {
    pub(super) part: &'l str,
    pub(super) message: String,
    pub(super) expected: &'static str,
    pub(super) help: Option<String>,
}

const KEYS: [&str; 3] = ["until", "by", "note"];

impl<'l> Written<'l> {
    /// Takes a line without its comment apart.
    pub(super) fn parse(line: &'l str) -> Result<Self, Wrong<'l>> {
        let mut parts = line.split(';');
        let entry = parts.next().unwrap_or("").trim();
        let mut until_s = None;
        for part in parts.map(str::trim) {
            let (key, value) = part.split_once('=').map_or((part, ""), |(k, v)| (k.trim(), v.trim()));
            match key {
                "until" => until_s = Some(parse_until(value).ok_or_else(|| no_moment(value, part))?),
                "by" | "note" => {}
                _ => return Err(unknown(key, part)),
            }
        }
        Ok(Self { entry, until_s })
    }
}

fn no_moment<'l>(value: &'l str, part: &'l str) -> Wrong<'l> {
    let part = if value.is_empty() { part } else { value };
    let expected = "a date such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z";
    Wrong { part, message: format!("`{value}` is no date"), expected, help: None }
}

fn unknown<'l>(key: &str, part: &'l str) -> Wrong<'l> {
    let near = sluice_rules::text::nearest(key, KEYS.iter().copied());
    let help = near.first().map(|n| format!("did you mean `{n}`?"));
    Wrong { part, message: format!("there is no attribute `{key}`"), expected: "until=, by= or note=", help }
}
