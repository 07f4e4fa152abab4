//! Taking in what the journal gives: each record once, together with the position behind it.
//!
//! Records and position change in one transaction, so a daemon killed at any moment begins again exactly where the
//! last commit ended. What cannot be had any more becomes a row of `losses`, never silence.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use sluice_abi::{Class, Facts, Field, Part, Path, Value, record};
use sluice_api::time::Timestamp;

/// What the journal gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record {
        /// Its sequence number.
        sequence: u64,
        /// Its octets.
        payload: Vec<u8>,
    },
    /// Sequence numbers that cannot be had any more.
    Lost {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
        /// Why.
        cause: &'static str,
    },
}

impl Item {
    /// Records that are gone with it.
    pub fn lost(&self) -> u64 {
        match self {
            Self::Record { .. } => 0,
            Self::Lost { first, last, .. } => last - first + 1,
        }
    }
}

/// The journal sequence to read next, and how many were lost before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Sequence number to read next; `None` before the journal was ever read.
    pub next: Option<u64>,
    /// Records that cannot be had any more.
    pub lost: u64,
}

/// Where reading goes on.
///
/// # Errors
/// SQLite's.
pub fn position(connection: &Connection) -> rusqlite::Result<Position> {
    let next: Option<i64> = connection.query_row("SELECT next FROM position", [], |r| r.get(0)).optional()?;
    let lost: i64 = connection.query_row("SELECT coalesce(sum(last - first + 1), 0) FROM losses", [], |r| r.get(0))?;
    Ok(Position { next: next.map(i64::cast_unsigned), lost: lost.cast_unsigned() })
}

/// Takes a batch in and moves the position to `next`, all or nothing. Gives how many records turned out unreadable.
///
/// # Errors
/// SQLite's; nothing has changed then.
pub fn take_in(connection: &mut Connection, batch: &[Item], next: u64) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut unreadable = 0;
    for item in batch {
        match item {
            Item::Record { sequence, payload } => match record::decode(payload) {
                Ok(facts) => insert(&transaction, *sequence, &facts, payload)?,
                Err(_) => {
                    unreadable += 1;
                    lose(&transaction, *sequence, *sequence, UNREADABLE)?;
                }
            },
            Item::Lost { first, last, cause } => lose(&transaction, *first, *last, cause)?,
        }
    }
    transaction
        .prepare_cached("INSERT INTO position(one, next) VALUES (1, ?1) ON CONFLICT(one) DO UPDATE SET next = ?1")?
        .execute([next.cast_signed()])?;
    transaction.commit()?;
    Ok(unreadable)
}

fn insert(transaction: &Transaction<'_>, sequence: u64, facts: &Facts<'_>, payload: &[u8]) -> rusqlite::Result<()> {
    let id = sequence.cast_signed();
    let sql = "INSERT INTO events(id, time, rule, action, policy, op, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let number = |field| facts.number(field).map(u64::cast_signed);
    transaction.prepare_cached(sql)?.execute(params![
        id,
        number(Field::TimeNs).unwrap_or_default(),
        text(facts, Field::VerdictRule),
        text(facts, Field::VerdictAction),
        number(Field::VerdictPolicy),
        number(Field::MapOp).or_else(|| number(Field::MapOpOfInvoke)),
        payload,
    ])?;
    let mut statement = transaction.prepare_cached("INSERT OR IGNORE INTO numbers(number, event) VALUES (?1, ?2)")?;
    numbers(facts, |n| statement.execute(params![n, id]).map(drop))
}

fn lose(transaction: &Transaction<'_>, first: u64, last: u64, cause: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO losses(first, last, cause, time) VALUES (?1, ?2, ?3, ?4)";
    let time = Timestamp::now().as_ns().cast_signed();
    transaction.prepare_cached(sql)?.execute(params![first.cast_signed(), last.cast_signed(), cause, time])?;
    Ok(())
}

fn text<'p>(facts: &Facts<'p>, field: Field) -> Option<&'p str> {
    match facts.value(Path { field, part: Part::Whole }) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Every number of a subscriber or node that stands in a message: digits of addresses, IMSIs, global titles, senders.
///
/// # Errors
/// What `each` says.
pub fn numbers<E>(facts: &Facts<'_>, mut each: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    for field in facts.present().iter().filter(|f| f.class() == Class::Address) {
        let part = if field.parts().contains(&Part::Digits) { Part::Digits } else { Part::Whole };
        match facts.value(Path { field, part }) {
            Some(Value::Digits(digits)) if !digits.as_str().is_empty() => each(digits.as_str())?,
            Some(Value::Text(text)) if !text.is_empty() => each(text)?,
            _ => {}
        }
    }
    Ok(())
}

/// Cause of a loss: the journal's checksum holds, and yet it is no record.
const UNREADABLE: &str = "unreadable record";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::testing::record_of;

    #[test]
    fn a_batch_and_its_position_come_together_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut connection = store.connection().unwrap();
        let item = |sequence| Item::Record { sequence, payload: record_of(sequence) };
        assert_eq!(position(&connection).unwrap(), Position::default());
        take_in(&mut connection, &[item(1), item(2)], 3).unwrap();
        // The second of these is there already: neither it nor the third may show.
        assert!(take_in(&mut connection, &[item(3), item(2)], 4).is_err());
        assert_eq!(position(&connection).unwrap(), Position { next: Some(3), lost: 0 });
        let ids: i64 = connection.query_row("SELECT sum(id) FROM events", [], |r| r.get(0)).unwrap();
        assert_eq!(ids, 3);
    }

    #[test]
    fn what_cannot_be_read_is_a_counted_loss() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut connection = store.connection().unwrap();
        let batch = [
            Item::Lost { first: 1, last: 5, cause: "gap" },
            Item::Record { sequence: 6, payload: vec![9, 9, 9] },
            Item::Record { sequence: 7, payload: record_of(7) },
        ];
        assert_eq!(take_in(&mut connection, &batch, 8).unwrap(), 1);
        assert_eq!(position(&connection).unwrap(), Position { next: Some(8), lost: 6 });
        let causes: String =
            connection.query_row("SELECT group_concat(cause, ',') FROM losses", [], |r| r.get(0)).unwrap();
        assert_eq!(causes, "gap,unreadable record");
    }

    #[test]
    fn every_number_of_a_message_leads_to_it() {
        let mut facts = Facts::new();
        facts.set_octets(Field::MapMsisdn, &[0x91, 0x51, 0x55, 0x10, 0x00]);
        facts.set_octets(Field::MapImsi, &[0x00, 0x01, 0x11, 0xF2]);
        facts.set_octets(Field::SmsOa, b"BANK");
        facts.set_octets(Field::SmsText, b"15550199");
        let mut found = Vec::new();
        numbers(&facts, |n| -> Result<(), ()> {
            found.push(n.to_owned());
            Ok(())
        })
        .unwrap();
        found.sort();
        assert_eq!(found, ["0010112", "15550100", "BANK"], "content is not searched");
    }
}
