//! Traces for somebody who watches: frames before and after, with what was judged in them.
//!
//! ```text
//! poll core: Tracer ──ring──▶ Collector, on the housekeeping thread ──▶ the socket that came with the command
//! ```
//! While nobody watches, a poll core looks once a burst whether that is still so. It never waits: what finds no room in
//! the ring and what comes faster than was asked for is left out and counted, and the counts are told in an entry of
//! their own. A frame that waits for others is told twice: with its messages when it comes, and when it goes on.

mod entry;

pub use entry::{Became, Entry};

use entry::{BECAME_AT, HEAD_OCTETS, Head};
use rtrb::{Consumer, Producer, RingBuffer};
use sluice_abi::record;
use sluice_abi::{Facts, LogLevel};
use sluice_engine::{Input, Written};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Entries a second and core where nothing else is asked for.
pub const PER_SECOND: u32 = 1_000;
/// Size of a poll core's ring of entries.
pub const TRACE_RING_OCTETS: usize = 4 << 20;
/// An entry is never longer: two frames of the longest kind that is written, and the records of some messages.
pub const ENTRY_OCTETS_MAX: usize = 64 << 10;

/// What poll cores and the collector tell each other.
#[derive(Debug, Default)]
struct Shared {
    /// Entries a second and core; none is wanted at 0.
    per_second: AtomicU32,
    no_room: AtomicU64,
    over_rate: AtomicU64,
}

/// A poll core's end.
pub struct Tracer {
    shared: Arc<Shared>,
    producer: Producer<u8>,
    core: u8,
    per_second: u32,
    second_began_ns: u64,
    in_second: u32,
    /// The entry at hand: records stand behind the room for its head.
    entry: Box<[u8]>,
    end: usize,
    records_end: usize,
    is_told: bool,
}

impl Tracer {
    /// Whether somebody watches. To be asked once a burst.
    #[inline(always)]
    pub fn is_on(&mut self) -> bool {
        self.per_second = self.shared.per_second.load(Ordering::Relaxed);
        self.per_second != 0
    }

    /// Another frame is at hand.
    pub fn next_frame(&mut self) {
        (self.end, self.records_end, self.is_told) = (HEAD_OCTETS, HEAD_OCTETS, false);
    }

    /// A message was judged in it.
    pub fn message(&mut self, facts: &Facts<'_>) {
        let Some((head, body)) = self.entry.get_mut(self.records_end..).and_then(|room| room.split_first_chunk_mut())
        else {
            return;
        };
        let Some(len) = record::encode(facts, LogLevel::Full, body) else { return };
        *head = (len as u16).to_le_bytes();
        self.records_end += head.len() + len;
    }

    /// What is to be written in its place. A frame in which nothing was judged and that goes on as it came is told only
    /// where it waited.
    pub fn frame(&mut self, input: &Input<'_>, written: &Written<'_>, has_waited: bool) {
        let is_quiet = matches!(written, Written::AsItCame | Written::Later(_)) && self.records_end == HEAD_OCTETS;
        if is_quiet && !has_waited {
            return;
        }
        let after = if let Written::Changed(octets) = written { octets } else { [].as_slice() };
        self.end = self.records_end;
        self.is_told = [input.port, input.octets, after].iter().all(|part| self.append(part).is_some());
        let head = Head {
            core: self.core,
            became: Became::of(written),
            point_codes: input.point_codes,
            link: input.link,
            port: input.port.len(),
            records: self.records_end - HEAD_OCTETS,
            before: input.octets.len(),
            after: after.len(),
            number: input.number,
            time_ns: input.time_ns,
        };
        match self.entry.first_chunk_mut().filter(|_| self.is_told) {
            Some(room) => head.write(room, self.end),
            None => self.leave_out(),
        }
    }

    /// What did become of it, at this time.
    pub fn done(&mut self, became: Became, now_ns: u64) {
        if !std::mem::take(&mut self.is_told) {
            return;
        }
        if now_ns.wrapping_sub(self.second_began_ns) >= SECOND_NS {
            (self.second_began_ns, self.in_second) = (now_ns, 0);
        }
        if self.in_second >= self.per_second {
            self.shared.over_rate.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.in_second += 1;
        if let Some(octet) = self.entry.get_mut(BECAME_AT) {
            *octet = became as u8;
        }
        let whole = self.entry.get(..self.end).unwrap_or_default();
        if self.producer.push_entire_slice(whole).is_err() {
            self.leave_out();
        }
    }

    fn append(&mut self, octets: &[u8]) -> Option<()> {
        let end = self.end.checked_add(octets.len())?;
        self.entry.get_mut(self.end..end)?.copy_from_slice(octets);
        self.end = end;
        Some(())
    }

    fn leave_out(&self) {
        self.shared.no_room.fetch_add(1, Ordering::Relaxed);
    }
}

/// The housekeeping thread's end.
#[derive(Default)]
pub struct Collector {
    shared: Arc<Shared>,
    rings: Vec<Consumer<u8>>,
    to: Option<UnixStream>,
    /// Entries on the way to the socket: it may take a part of one.
    unsent: Vec<u8>,
    told_left_out: [u64; 2],
}

impl Collector {
    /// One more poll core; what it gives is that core's end.
    pub fn add_core(&mut self) -> Tracer {
        let (producer, consumer) = RingBuffer::new(TRACE_RING_OCTETS);
        let core = u8::try_from(self.rings.len()).unwrap_or(u8::MAX);
        self.rings.push(consumer);
        Tracer {
            shared: Arc::clone(&self.shared),
            producer,
            core,
            per_second: 0,
            second_began_ns: 0,
            in_second: 0,
            entry: vec![0; ENTRY_OCTETS_MAX].into_boxed_slice(),
            end: HEAD_OCTETS,
            records_end: HEAD_OCTETS,
            is_told: false,
        }
    }

    /// Somebody watches at the other end of a stream socket; who watched before does not any more. So many entries a
    /// second and core are told at most.
    pub fn begin(&mut self, to: OwnedFd, per_second: u32) {
        self.end();
        let to = UnixStream::from(to);
        // What cannot be written without waiting is not written.
        if to.set_nonblocking(true).is_ok() {
            self.told_left_out = self.left_out();
            self.to = Some(to);
            self.shared.per_second.store(per_second.max(1), Ordering::Relaxed);
        }
    }

    /// Nobody watches any more.
    pub fn end(&mut self) {
        self.shared.per_second.store(0, Ordering::Relaxed);
        self.to = None;
        self.unsent.clear();
        for ring in &mut self.rings {
            if let Ok(rest) = ring.read_chunk(ring.slots()) {
                rest.commit_all();
            }
        }
    }

    /// Whether somebody watches.
    pub fn is_on(&self) -> bool {
        self.to.is_some()
    }

    /// Sends on what the cores told, as much as the socket takes. Where the other end has gone, nobody watches any more.
    pub fn serve(&mut self) {
        if self.is_left() {
            self.end();
        }
        while self.to.is_some() {
            if self.unsent.is_empty() && !self.gather() {
                return;
            }
            let sent = self.to.as_mut().map_or(Ok(0), |to| to.write(&self.unsent));
            match sent {
                Ok(0) => return self.end(),
                Ok(octets) => drop(self.unsent.drain(..octets)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.end(),
            }
        }
    }

    /// Whether the other end has gone; it has nothing to say, so all that can come from there is its end.
    fn is_left(&mut self) -> bool {
        let end = self.to.as_mut().map(|to| to.read(&mut [0; 1]));
        end.is_some_and(|end| end.is_ok_and(|octets| octets == 0))
    }

    /// Takes what is in the rings: whole entries, for each was pushed whole.
    fn gather(&mut self) -> bool {
        for ring in &mut self.rings {
            if let Ok(chunk) = ring.read_chunk(ring.slots()) {
                self.unsent.extend(chunk);
            }
        }
        let left_out = self.left_out();
        if left_out != self.told_left_out {
            let ([no_room, over_rate], [told_room, told_rate]) = (left_out, self.told_left_out);
            let mut entry = [0; HEAD_OCTETS];
            Head::left_out(no_room - told_room, over_rate - told_rate).write(&mut entry, HEAD_OCTETS);
            self.unsent.extend_from_slice(&entry);
            self.told_left_out = left_out;
        }
        !self.unsent.is_empty()
    }

    fn left_out(&self) -> [u64; 2] {
        [&self.shared.no_room, &self.shared.over_rate].map(|count| count.load(Ordering::Relaxed))
    }
}

const SECOND_NS: u64 = 1_000_000_000;

#[cfg(test)]
mod tests;
