//! Traces for somebody who watches: frames before and after, with what was judged in them.
//!
//! ```text
//! poll core: Tracer ──ring──▶ Collector, on the housekeeping thread ──▶ the socket that came with the command
//! ```
//! While nobody watches, a poll core looks once a burst whether that is still so. It never waits: what finds no room in
//! the ring and what comes faster than was asked for is left out and counted, and the counts are told in an entry of
//! their own, which comes from time to time also where they have not changed: so that a reader that has gone is noticed.
//! A frame that waits for others is told twice: with its messages when it comes, and when it goes on.
//!
//! One at a time may watch. Frames of our own (chunks inserted by *splice*) are not told, nor those without a judged
//! message that a screen drops.

mod entry;

pub use entry::{Became, Entry};

use anyhow::{Context, ensure};
use entry::{BECAME_AT, HEAD_OCTETS, Head};
use rtrb::{Consumer, Producer, RingBuffer};
use sluice_abi::counters::{Count, Counter};
use sluice_abi::record;
use sluice_abi::{Facts, LogLevel};
use sluice_engine::{Input, Written};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

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
    is: Ready,
}

/// What became of an entry.
enum Pushed {
    Told,
    NoRoom,
    OverRate,
}

/// How far the entry at hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ready {
    /// There is nothing to tell.
    Not,
    /// It is whole, but for what did become of the frame.
    Whole,
    /// It is too long.
    TooLong,
}

impl Tracer {
    /// Whether somebody watches. To be asked once a burst.
    #[inline(always)]
    pub fn is_on(&mut self) -> bool {
        self.per_second = self.shared.per_second.load(Ordering::Relaxed);
        self.per_second != 0
    }

    /// Another frame is at hand.
    pub fn next_frame(&mut self) -> &mut Self {
        (self.end, self.records_end, self.is) = (HEAD_OCTETS, HEAD_OCTETS, Ready::Not);
        self
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

    /// What is to be written in its place, before it is. A frame in which nothing was judged and that is not changed is
    /// told only where it waited.
    pub fn frame(&mut self, input: &Input<'_>, written: &Written<'_>, has_waited: bool) {
        let after = if let Written::Changed(frames) = written { Some(frames.clone()) } else { None };
        let is_changed = matches!(written, Written::Changed(_) | Written::Impossible);
        let is_quiet = !is_changed && self.records_end == HEAD_OCTETS;
        if has_waited || !is_quiet {
            self.tell(input, Became::of(written), after.into_iter().flatten());
        }
    }

    fn tell<'a>(&mut self, input: &Input<'_>, became: Became, after: impl Iterator<Item = &'a [u8]>) {
        self.end = self.records_end;
        let mut is_whole = self.append(input.port).is_some() && self.append(input.octets).is_some();
        let after_begins = self.end;
        for frame in after {
            let length = (frame.len() as u16).to_le_bytes();
            is_whole &= self.append(&length).is_some() && self.append(frame).is_some();
        }
        let head = Head {
            core: self.core,
            became,
            point_codes: input.point_codes,
            link: input.link,
            port: input.port.len(),
            records: self.records_end - HEAD_OCTETS,
            before: input.octets.len(),
            after: self.end - after_begins,
            number: input.number,
            time_ns: input.time_ns,
        };
        self.is = Ready::TooLong;
        if let Some(room) = self.entry.first_chunk_mut().filter(|_| is_whole) {
            head.write(room, self.end);
            self.is = Ready::Whole;
        }
    }

    /// What did become of it, at this time.
    pub fn done(&mut self, became: Became, now_ns: u64, counts: &mut impl Count) {
        let is = std::mem::replace(&mut self.is, Ready::Not);
        if is == Ready::Not {
            return;
        }
        let left_out = match self.push(is, became, now_ns) {
            Pushed::Told => return counts.count(Counter::TracesTold, 1),
            Pushed::NoRoom => &self.shared.no_room,
            Pushed::OverRate => &self.shared.over_rate,
        };
        left_out.fetch_add(1, Ordering::Relaxed);
        counts.count(Counter::TracesLeftOut, 1);
    }

    fn push(&mut self, is: Ready, became: Became, now_ns: u64) -> Pushed {
        if now_ns.wrapping_sub(self.second_began_ns) >= SECOND_NS {
            (self.second_began_ns, self.in_second) = (now_ns, 0);
        }
        if self.in_second >= self.per_second {
            return Pushed::OverRate;
        }
        self.in_second += 1;
        if let Some(octet) = self.entry.get_mut(BECAME_AT) {
            *octet = became as u8;
        }
        let whole = self.entry.get(..self.end).unwrap_or_default();
        let is_told = is == Ready::Whole && self.producer.push_entire_slice(whole).is_ok();
        if is_told { Pushed::Told } else { Pushed::NoRoom }
    }

    fn append(&mut self, octets: &[u8]) -> Option<()> {
        let end = self.end.checked_add(octets.len())?;
        self.entry.get_mut(self.end..end)?.copy_from_slice(octets);
        self.end = end;
        Some(())
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
    told_ns: Option<u64>,
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
            is: Ready::Not,
        }
    }

    /// Somebody watches at the other end of a stream socket, until that is closed. So many entries a second and core are
    /// told at most.
    ///
    /// # Errors
    /// Somebody else watches, or what is given is no socket.
    pub fn begin(&mut self, to: OwnedFd, per_second: u32) -> anyhow::Result<()> {
        self.look_for_the_reader();
        ensure!(
            !self.is_on(),
            "somebody traces already; there is one trace at a time, and it ends when its reader does"
        );
        let to = UnixStream::from(to);
        // What cannot be written without waiting is not written.
        to.set_nonblocking(true).context("what came along is no socket for a trace")?;
        // What a core told when the one before ended.
        self.end();
        (self.told_left_out, self.told_ns) = (self.left_out(), None);
        self.to = Some(to);
        self.shared.per_second.store(per_second.max(1), Ordering::Relaxed);
        Ok(())
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
    pub fn serve(&mut self, now_ns: u64) {
        self.look_for_the_reader();
        while self.to.is_some() {
            if self.unsent.is_empty() && !self.gather(now_ns) {
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

    /// It has nothing to say, so all that can come from there is its end.
    fn look_for_the_reader(&mut self) {
        let came = self.to.as_mut().map(|to| to.read(&mut [0; 1]));
        let is_there = |came: std::io::Result<usize>| match came {
            Ok(octets) => octets > 0,
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        };
        if came.is_some_and(|came| !is_there(came)) {
            self.end();
        }
    }

    /// Takes what is in the rings: whole entries, for each was pushed whole.
    fn gather(&mut self, now_ns: u64) -> bool {
        for ring in &mut self.rings {
            if let Ok(chunk) = ring.read_chunk(ring.slots()) {
                self.unsent.extend(chunk);
            }
        }
        let left_out = self.left_out();
        let is_time = self.told_ns.is_none_or(|told_ns| now_ns.saturating_sub(told_ns) >= BETWEEN_COUNTS_NS);
        if left_out != self.told_left_out || is_time {
            let ([no_room, over_rate], [told_room, told_rate]) = (left_out, self.told_left_out);
            let mut entry = [0; HEAD_OCTETS];
            Head::left_out(no_room - told_room, over_rate - told_rate).write(&mut entry, HEAD_OCTETS);
            self.unsent.extend_from_slice(&entry);
            (self.told_left_out, self.told_ns) = (left_out, Some(now_ns));
        }
        !self.unsent.is_empty()
    }

    fn left_out(&self) -> [u64; 2] {
        [&self.shared.no_room, &self.shared.over_rate].map(|count| count.load(Ordering::Relaxed))
    }
}

const SECOND_NS: u64 = 1_000_000_000;
/// Counts are told at least so often.
const BETWEEN_COUNTS_NS: u64 = SECOND_NS / 4;

#[cfg(test)]
mod tests;
