//! What a new writer finds.
//!
//! A segment that was closed and synced is believed. Every other one is read from its beginning: a frame counts only if
//! length, checksum and sequence agree, and the first octets that do not are its end. Three cases:
//!
//! - death of the process: all that was appended is there, published or not, and behind it at most one torn frame. The
//!   torn frame is cut off and the segment written on;
//! - a cut of power: records published after the last `sync` may be missing. Their sequences are not given again, since a
//!   reader may have seen them: the segment is closed and the next one begins behind them;
//! - damage before the published end: the segment is closed as it is. Readers skip what is damaged and read on.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::acknowledge;
use super::directory::{segment_path, segments};
use super::format::{
    CLOSED, CLOSED_AT, FIRST_SEQUENCE, HEAD_OCTETS, HEADER_OCTETS, Identity, NEXT_AT, STATE_AT, SYNCED_AT, State,
    checked, next_max,
};
use super::inventory::{Entry, Inventory};
use super::segment::Segment;
use super::window::Window;
use crate::{Cause, Error};

/// The journal as it was left.
pub(super) struct Recovered {
    pub inventory: Inventory,
    /// The last segment, if it can be written on.
    pub current: Option<Segment>,
    pub next: u64,
}

/// Reads the journal in `dir`, of which this process is the only writer.
pub(super) fn recover(dir: &Path) -> Result<Recovered, Error> {
    let said = acknowledge::all(dir).map_err(|e| Error::new(dir, e))?;
    let firsts = segments(dir).map_err(|e| Error::new(dir, e))?;
    let mut recovered =
        Recovered { inventory: Inventory::new(dir), current: None, next: said.highest.max(FIRST_SEQUENCE) };
    for (index, first) in firsts.iter().enumerate() {
        let is_last = index + 1 == firsts.len();
        recovered.take(dir, *first, is_last).map_err(|cause| Error::new(&segment_path(dir, *first), cause))?;
    }
    Ok(recovered)
}

impl Recovered {
    fn take(&mut self, dir: &Path, first: u64, is_last: bool) -> Result<(), Cause> {
        let file = OpenOptions::new().read(true).write(true).open(segment_path(dir, first))?;
        let octets = file.metadata()?.len();
        self.inventory.push(Entry { first, octets });
        let left = match examine(file, first) {
            Ok(left) => left,
            Err(Cause::Os(errno)) => return Err(Cause::Os(errno)),
            Err(_unreadable) => {
                self.next = self.next.max(next_max(first, octets)).max(first + 1);
                return Ok(());
            }
        };
        self.next = self.next.max(left.next);
        if is_last && left.is_whole && left.next == self.next {
            left.record(false)?;
            self.current = Some(Segment::resume(left.file, left.identity, left.end, left.next)?);
            return Ok(());
        }
        // The next segment has another name, even if this one holds nothing.
        self.next = self.next.max(first + 1);
        if left.is_settled { Ok(()) } else { left.record(true) }
    }
}

/// A segment of a predecessor.
struct Left {
    file: File,
    identity: Identity,
    /// Where its frames end, or where it says so if there is damage before that.
    end: u32,
    /// The sequence that comes there.
    next: u64,
    /// Nothing that was published is missing and more may come.
    is_whole: bool,
    /// It was closed and synced, and has not been read.
    is_settled: bool,
}

fn examine(file: File, first: u64) -> Result<Left, Cause> {
    let mut head = [0; HEAD_OCTETS];
    file.read_exact_at(&mut head, 0)?;
    let (identity, state) = Identity::parse(&head, first)?;
    if let State { published: Some(end), closed: true, synced, next } = state
        && synced == Some(end)
        && (first..=identity.next_max()).contains(&next)
    {
        return Ok(Left { file, identity, end, next, is_whole: false, is_settled: true });
    }
    let (end, next) = scan(&file, identity)?;
    let published = state.published.unwrap_or(HEADER_OCTETS);
    let stated = if state.next <= identity.next_max() { state.next } else { first };
    let is_whole = end >= published && next >= stated && !state.closed;
    let next = next.max(stated);
    Ok(Left { file, identity, end: end.max(published), next, is_whole, is_settled: false })
}

/// Where the frames end, and the sequence that comes there.
fn scan(file: &File, identity: Identity) -> Result<(u32, u64), Cause> {
    let octets = file.metadata()?.len().min(u64::from(identity.octets)) as u32;
    let (mut window, mut end, mut next) = (Window::new(), HEADER_OCTETS, identity.first);
    while let Ok(frame) = window.frame(file, end, octets)? {
        if frame.sequence != next {
            break;
        }
        (end, next) = (end + frame.octets, next + 1);
    }
    Ok((end, next))
}

impl Left {
    /// Publishes what was found, for readers that follow already, and makes it durable.
    fn record(&self, closed: bool) -> Result<(), Cause> {
        let store = |at: usize, value: u64| self.file.write_all_at(&value.to_le_bytes(), at as u64);
        store(NEXT_AT, self.next)?;
        store(STATE_AT, checked(self.end))?;
        if closed {
            store(CLOSED_AT, CLOSED)?;
        }
        self.file.sync_data()?;
        Ok(store(SYNCED_AT, checked(self.end))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::format::frame_head;
    use crate::journal::{Config, Reader, Writer};

    /// A journal of two records, then octets that no writer published, then what recovery makes of it: the sequence
    /// that comes next, and the records that a reader gets.
    fn after(octets: &[u8]) -> (u64, Vec<Vec<u8>>) {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { segment_octets: 16 << 10, ..Config::default() };
        let mut writer = Writer::open(dir.path(), config).unwrap();
        assert_eq!([writer.append(b"first***"), writer.append(b"second**")], [Ok(1), Ok(2)]);
        drop(writer);
        let file = OpenOptions::new().write(true).open(segment_path(dir.path(), 1)).unwrap();
        file.write_all_at(octets, u64::from(HEADER_OCTETS) + 48).unwrap();
        let next = Writer::open(dir.path(), config).unwrap().next_sequence();
        let mut reader = Reader::open(dir.path(), 1).unwrap();
        let records = std::iter::from_fn(|| reader.next().unwrap().map(|record| record.payload.to_vec()));
        (next, records.collect())
    }

    fn frame(sequence: u64, payload: &[u8; 8]) -> Vec<u8> {
        [&frame_head(sequence, payload)[..], payload].concat()
    }

    #[test]
    fn a_record_that_was_appended_and_not_published_is_kept() {
        let (next, records) = after(&frame(3, b"third***"));
        assert_eq!((next, records.len()), (4, 3));
    }

    #[test]
    fn a_torn_record_is_dropped_wherever_it_was_torn() {
        let whole = frame(3, b"third***");
        for length in 0..whole.len() {
            let (next, records) = after(&whole[..length]);
            assert_eq!((next, records.len()), (3, 2), "{length} octets");
        }
    }

    #[test]
    fn octets_that_look_like_a_record_of_another_sequence_are_not_one() {
        for sequence in [0, 1, 2, 4, u64::MAX] {
            let (next, records) = after(&frame(sequence, b"forged**"));
            assert_eq!((next, records.len()), (3, 2), "sequence {sequence}");
        }
    }
}
