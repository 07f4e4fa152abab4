//! Counts of messages by minute and by hour.

use crate::traffic::{BETWEEN, Count, Counts};
use rusqlite::{Connection, OptionalExtension as _, params};
use sluice_api::PAGE_DEFAULT;
use sluice_api::Timestamp;
use sluice_api::traffic::{Step, Traffic, TrafficQuery, TrafficRow};
use std::collections::HashMap;

/// The last event counted; 0 for none.
pub fn last(connection: &Connection) -> rusqlite::Result<u64> {
    let last = connection.query_row("SELECT last FROM traffic_counted", [], |r| r.get::<_, i64>(0)).optional()?;
    Ok(last.unwrap_or(0).cast_unsigned())
}

/// Adds the counts of events up to this one, whole or not at all.
pub fn add(connection: &mut Connection, counts: &Counts, last: u64) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let sql = "INSERT INTO traffic VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE
            SET messages = messages + excluded.messages, blocked = blocked + excluded.blocked";
        let mut row = transaction.prepare_cached(sql)?;
        for (by, minute, value, Count { messages, blocked }) in counts.iter() {
            for width in [Step::Minute, Step::Hour].map(Step::seconds) {
                let start = minute / width * width;
                let numbers = [width, start, messages, blocked].map(u64::cast_signed);
                row.execute(params![numbers[0], by.name(), numbers[1], value, numbers[2], numbers[3]])?;
            }
        }
        let sql = "INSERT INTO traffic_counted VALUES (1, ?1) ON CONFLICT DO UPDATE SET last = excluded.last";
        transaction.prepare_cached(sql)?.execute([last.cast_signed()])?;
    }
    transaction.commit()
}

/// Removes minutes of more than two days ago, and hours of more than so many; gives how many of the latter.
pub fn let_go(connection: &Connection, days: u32, now: u64) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM traffic WHERE width = ?1 AND start < ?2";
    let mut remove = connection.prepare_cached(sql)?;
    let before = |days: u64| now.saturating_sub(days * SECONDS_PER_DAY).cast_signed();
    remove.execute([Step::Minute.seconds().cast_signed(), before(MINUTES_DAYS)])?;
    // By whole days: once a day is often enough.
    let day = before(days.into()) / SECONDS_PER_DAY.cast_signed() * SECONDS_PER_DAY.cast_signed();
    remove.execute([Step::Hour.seconds().cast_signed(), day])
}

/// What was asked for.
pub fn get(connection: &Connection, query: &TrafficQuery, now: Timestamp) -> rusqlite::Result<Traffic> {
    // Rows, and up to which event they count, of one moment.
    let connection = &*connection.unchecked_transaction()?;
    let span = Span::of(query, now);
    let totals = totals(connection, query, &span)?;
    let limit = query.limit.unwrap_or(PAGE_DEFAULT) as usize;
    let others = totals.iter().skip(limit).map(|(_, count)| count.messages).sum();
    let mut rows: Vec<TrafficRow> = totals.iter().take(limit).map(|(value, count)| row(value, *count)).collect();
    if query.step.is_some() {
        let places = totals.into_iter().take(limit).enumerate().map(|(at, (value, _))| (value, at)).collect();
        fill(connection, query, &span, &places, &mut rows)?;
    }
    let at = |seconds: u64| Timestamp::from_ns(seconds.saturating_mul(NS));
    let fields = query.by.fields().iter().map(|field| (*field).to_owned()).collect();
    let (since, until, counted) = (at(span.since), at(span.until), last(connection)?);
    Ok(Traffic { fields, since, until, step: query.step, counted, rows, others })
}

/// Begin and end in seconds, and the rows it is read from.
pub struct Span {
    since: u64,
    until: u64,
    width: u64,
}

impl Span {
    /// Of a query: whole steps. Without steps, of the finest rows that are still there.
    pub fn of(query: &TrafficQuery, now: Timestamp) -> Self {
        let until = query.until.unwrap_or(now).as_ns().div_ceil(NS);
        let since = query.since.map_or(until.saturating_sub(3_600), |since| since.as_ns() / NS);
        let minutes_since = now.as_ns().div_ceil(NS).saturating_sub(MINUTES_DAYS * SECONDS_PER_DAY);
        let finest = if since < minutes_since { Step::Hour } else { Step::Minute };
        let width = query.step.unwrap_or(finest).seconds();
        Self { since: since / width * width, until: until.div_ceil(width) * width, width }
    }

    /// Number of steps.
    pub fn steps(&self) -> u64 {
        self.until.saturating_sub(self.since) / self.width
    }

    fn of_rows(&self) -> [i64; 3] {
        [self.width, self.since, self.until].map(u64::cast_signed)
    }
}

fn totals(connection: &Connection, query: &TrafficQuery, span: &Span) -> rusqlite::Result<Vec<(String, Count)>> {
    let sql = "SELECT value, sum(messages), sum(blocked) FROM traffic
        WHERE width = ?1 AND \"by\" = ?2 AND start >= ?3 AND start < ?4
        GROUP BY value ORDER BY sum(messages) DESC, value";
    let [width, since, until] = span.of_rows();
    let count = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, Count { messages: number(r, 1)?, blocked: number(r, 2)? }));
    connection.prepare_cached(sql)?.query_map(params![width, query.by.name(), since, until], count)?.collect()
}

/// The counts of each step.
fn fill(
    connection: &Connection,
    query: &TrafficQuery,
    span: &Span,
    places: &HashMap<String, usize>,
    rows: &mut [TrafficRow],
) -> rusqlite::Result<()> {
    let steps = usize::try_from(span.steps()).unwrap_or(usize::MAX);
    for row in &mut *rows {
        row.messages_per_step = vec![0; steps];
        row.blocked_per_step = vec![0; steps];
    }
    let sql = "SELECT value, start, messages, blocked FROM traffic
        WHERE width = ?1 AND \"by\" = ?2 AND start >= ?3 AND start < ?4";
    let [width, since, until] = span.of_rows();
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params![width, query.by.name(), since, until])?;
    while let Some(r) = found.next()? {
        let at = (number(r, 1)?.saturating_sub(span.since) / span.width) as usize;
        let Some(row) = places.get(r.get_ref(0)?.as_str()?).and_then(|place| rows.get_mut(*place)) else { continue };
        if let (Some(messages), Some(blocked)) = (row.messages_per_step.get_mut(at), row.blocked_per_step.get_mut(at)) {
            (*messages, *blocked) = (number(r, 2)?, number(r, 3)?);
        }
    }
    Ok(())
}

fn row(value: &str, Count { messages, blocked }: Count) -> TrafficRow {
    let values = value.split(BETWEEN).map(str::to_owned).collect();
    TrafficRow { values, messages, blocked, messages_per_step: Vec::new(), blocked_per_step: Vec::new() }
}

fn number(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(i64::cast_unsigned)
}

const NS: u64 = 1_000_000_000;
const SECONDS_PER_DAY: u64 = 86_400;
/// How long minutes are kept.
const MINUTES_DAYS: u64 = 2;
