//! Who did what, when, and how it ended. Rows are appended and never changed.
//!
//! Each row has a hash over itself and the hash of the row before, so that whoever changes, removes or inserts one
//! breaks the chain there:
//!
//! ```text
//! hash(n) = SHA-256( hash(n-1) ‖ id ‖ time ‖ |who| who ‖ |what| what ‖ |subject| subject ‖ |outcome| outcome )
//! ```
//! `hash(0)` is zeros, `id` and `time` (nanoseconds) have 8 octets, lengths 4, highest first. A log that was cut at its
//! end, or written anew as a whole, is only noticed by whoever kept an earlier hash elsewhere.

use crate::time::Timestamp;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which rows are wanted, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Number of the last row already known: the page begins behind it, with older rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of rows in a page, at most 1000; 100 if not given.
    #[serde(default, deserialize_with = "crate::page::limit", skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Answer of `GET /api/v1/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The rows, newest first.
    pub rows: Vec<AuditRow>,
    /// What to give as `after` for the next page; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditRow {
    /// Its number; the first one's is 1.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Who: `uid:1000` over the Unix socket, `token:name` or an account's `name` over TLS, `daemon` for its own doing.
    #[schema(example = "uid:1000")]
    pub who: String,
    /// What, as `policy.push`, `events.read_clear`, `account.put`.
    #[schema(example = "policy.push")]
    pub what: String,
    /// To what: a policy version, a query. Never a subscriber's data.
    pub subject: String,
    /// How it ended: `done`, or `refused:` and why.
    pub outcome: String,
    /// Over this row and the hash of the one before, in hex.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: Hash,
}

/// Answer of `GET /api/v1/audit/check`: what holds of the log as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditChecked {
    /// Rows whose hashes are right, from the first on.
    pub rows: u64,
    /// Hash of the last of them: kept elsewhere, it later shows whether rows before it have gone.
    pub head: Hash,
    /// The first row that is not as it was written; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<AuditBreak>,
}

/// Where the chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditBreak {
    /// Number of the row.
    pub id: u64,
    /// What is wrong with it.
    pub why: String,
}

/// 32 octets, written in hex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Of its octets; `None` where there are not 32.
    pub fn of(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(Self)
    }

    /// Its octets.
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl std::str::FromStr for Hash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected 64 hexadecimal digits";
        let mut octets = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != octets.len() || !rest.is_empty() {
            return Err(EXPECTED);
        }
        for (octet, pair) in octets.iter_mut().zip(pairs) {
            let digit = |c: u8| char::from(c).to_digit(16).ok_or(EXPECTED);
            *octet = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Self(octets))
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl AuditRow {
    /// What its hash must be behind this one.
    pub fn hash_behind(&self, before: Hash) -> Hash {
        let mut context = Context::new(&SHA256);
        context.update(before.octets());
        context.update(&self.id.to_be_bytes());
        context.update(&self.at.as_ns().to_be_bytes());
        for text in [&self.who, &self.what, &self.subject, &self.outcome] {
            context.update(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            context.update(text.as_bytes());
        }
        // SHA-256 has 32 octets.
        Hash::of(context.finish().as_ref()).unwrap_or_default()
    }
}

/// Follows a log from its first row on, and remembers the first one that is not as it was written.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    rows: u64,
    head: Hash,
    broken: Option<AuditBreak>,
}

impl Chain {
    /// The next row. Says whether to go on.
    pub fn add(&mut self, row: &AuditRow) -> bool {
        let expected = self.rows + 1;
        if row.id != expected {
            self.broken =
                Some(AuditBreak { id: expected, why: format!("it is missing: row {} comes instead", row.id) });
        } else if row.hash_behind(self.head) != row.hash {
            let why = "its hash is not that of what it says and of the row before";
            self.broken = Some(AuditBreak { id: row.id, why: why.to_owned() });
        } else {
            (self.rows, self.head) = (row.id, row.hash);
        }
        self.broken.is_none()
    }

    /// What was found.
    pub fn checked(self) -> AuditChecked {
        AuditChecked { rows: self.rows, head: self.head, broken: self.broken }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(rows: u64) -> Vec<AuditRow> {
        let mut before = Hash::default();
        let row = |id| {
            let mut row = AuditRow {
                id,
                at: Timestamp::from_ns(id * 1_000_000_007),
                who: "uid:0".into(),
                what: "policy.push".into(),
                subject: format!("version {id}"),
                outcome: "done".into(),
                hash: Hash::default(),
            };
            row.hash = row.hash_behind(before);
            before = row.hash;
            row
        };
        (1..=rows).map(row).collect()
    }

    fn checked(log: &[AuditRow]) -> AuditChecked {
        let mut chain = Chain::default();
        let _to_the_end = log.iter().all(|row| chain.add(row));
        chain.checked()
    }

    #[test]
    fn a_hash_is_what_anybody_computes_from_the_row() {
        // By Python's hashlib.
        let row = &log(1)[0];
        assert_eq!(row.hash.to_string(), "a8373de7e7d404226927b422e739cc0c3e15d2258447cd52600e0af27e297990");
    }

    #[test]
    fn a_log_as_written_holds_and_every_change_of_a_row_breaks_it_there() {
        let whole = log(5);
        let held = checked(&whole);
        assert_eq!((held.rows, held.head, held.broken), (5, whole[4].hash, None));
        let changes: [fn(&mut AuditRow); 6] = [
            |row| row.at = Timestamp::from_ns(1),
            |row| row.who = "uid:1".into(),
            |row| row.what = "policy.pull".into(),
            |row| row.subject.push('0'),
            |row| row.outcome.clear(),
            // The same octets, with the border between two texts moved.
            |row| (row.who, row.what) = ("uid:0p".into(), "olicy.push".into()),
        ];
        for change in changes {
            let mut log = whole.clone();
            change(&mut log[2]);
            let found = checked(&log);
            assert_eq!((found.rows, found.broken.map(|b| b.id)), (2, Some(3)));
            // Whoever also mends the hash of the row breaks the next one.
            log[2].hash = log[2].hash_behind(log[1].hash);
            assert_eq!(checked(&log).broken.map(|b| b.id), Some(4));
        }
    }

    #[test]
    fn a_row_that_was_removed_or_put_elsewhere_is_missed() {
        for at in 0..4 {
            let mut removed = log(5);
            removed.remove(at);
            assert_eq!(checked(&removed).broken.unwrap().id, at as u64 + 1);
            let mut swapped = log(5);
            swapped.swap(at, at + 1);
            assert_eq!(checked(&swapped).broken.unwrap().id, at as u64 + 1);
        }
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = log(1)[0].hash;
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for text in ["", "9f", &"g".repeat(64), &"0".repeat(66), &format!("{}é", "0".repeat(62))] {
            assert!(text.parse::<Hash>().is_err(), "{text}");
        }
    }
}
