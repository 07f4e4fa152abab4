//! The writer thread: records from every poll core's ring into the journal.
//!
//! A disk that is full or fails never ends it, nor the dataplane: packets go on, what is not kept is counted, and what
//! was refused is tried again. It says on the standard error when that begins and when it is over.

use crate::poll::{RING_HEAD_OCTETS, Stop};
use rtrb::Consumer;
use sluice_abi::counters::{Count, Counter};
use sluice_io::Clock;
use sluice_shm::counters::Block;
use sluice_shm::journal::{AppendError, Writer};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long the writer rests when all rings are empty. It bounds how long a record lies in a ring.
const REST: Duration = Duration::from_micros(200);
/// How often whole segments below the lowest acknowledged sequence are removed.
const FREE_INTERVAL_NS: u64 = 1_000_000_000;
/// How long a journal that took no record is left alone: to look for room for a segment takes, for a moment, what room
/// there is from everybody else on that disk.
const RETRY_INTERVAL_NS: u64 = 100_000_000;

/// Everything the writer owns.
pub struct JournalWriter<C: Clock> {
    /// One ring per poll core.
    pub rings: Vec<Consumer<u8>>,
    /// Where records go.
    pub journal: Writer,
    /// Where it counts.
    pub block: Block,
    /// Where time comes from.
    pub clock: C,
    /// Longest time between two commits to disk.
    pub commit_interval_ns: u64,
    /// The last record of a ring, gathered where it wraps round the ring's end.
    pub record: Vec<u8>,
    /// Unread records given up so far for want of room.
    pub dropped: u64,
    /// What does not work at present.
    pub troubles: Troubles,
    /// Until when records are given up without asking the journal.
    pub hold_until_ns: u64,
}

/// What does not work at present and was said to do so.
#[derive(Debug, Default)]
pub struct Troubles {
    keeping: Trouble,
    committing: Trouble,
    freeing: Trouble,
}

impl<C: Clock> JournalWriter<C> {
    /// Writes until told to stop, then until the rings are empty. Poll cores must have ended before `stop` is set.
    ///
    /// # Errors
    /// The last records could not be committed to disk.
    pub fn run(&mut self, stop: &Stop) -> Result<(), sluice_shm::Error> {
        let (mut committed_ns, mut freed_ns) = (self.clock.now_ns(), self.clock.now_ns());
        let mut dirty = false;
        loop {
            // Read before the rings: what was pushed before the stop is then seen by this pass.
            let stopping = stop.load(Ordering::Acquire);
            let written = self.drain();
            if written {
                self.journal.publish();
                dirty = true;
            }
            let now_ns = self.clock.now_ns();
            if dirty && now_ns.saturating_sub(committed_ns) >= self.commit_interval_ns {
                dirty = !self.commit();
                committed_ns = now_ns;
            }
            if now_ns.saturating_sub(freed_ns) >= FREE_INTERVAL_NS {
                self.free();
                freed_ns = now_ns;
            }
            if !written {
                if stopping {
                    return self.journal.sync();
                }
                std::thread::park_timeout(REST);
            }
        }
    }

    /// Makes what was written survive a cut of power; says whether it does.
    fn commit(&mut self) -> bool {
        let done = self.journal.sync();
        self.block.count(Counter::JournalCommits, u64::from(done.is_ok()));
        self.troubles.committing.note(done.is_ok(), || format!("cannot be committed: {}", told(&done)));
        done.is_ok()
    }

    /// Removes what every reader has taken, and counts what was removed unread.
    fn free(&mut self) {
        let freed = self.journal.free_acknowledged();
        self.block.count(Counter::JournalSegmentsFreed, freed.as_ref().map_or(0, |f| f.segments));
        self.troubles.freeing.note(freed.is_ok(), || format!("cannot be freed of what was read: {}", told(&freed)));
        let dropped = self.journal.dropped().records;
        self.block.count(Counter::JournalRecordsDropped, dropped - self.dropped);
        self.dropped = dropped;
    }

    /// Moves every whole record out of the rings; says whether there was one.
    fn drain(&mut self) -> bool {
        let mut moved = false;
        for at in 0..self.rings.len() {
            while self.next_record(at) {
                moved = true;
                self.keep();
            }
        }
        moved
    }

    /// Appends the record at hand.
    fn keep(&mut self) {
        if self.hold_until_ns > 0 && self.clock.now_ns() < self.hold_until_ns {
            return self.block.count(Counter::JournalLostDisk, 1);
        }
        let kept = self.journal.append(&self.record);
        match kept {
            Ok(_) => {
                self.block.count(Counter::JournalRecords, 1);
                self.block.count(Counter::JournalOctets, self.record.len() as u64);
                self.hold_until_ns = 0;
            }
            Err(AppendError::TooLong) => return self.block.count(Counter::EventsLostSize, 1),
            Err(_) => {
                self.block.count(Counter::JournalLostDisk, 1);
                self.hold_until_ns = self.clock.now_ns().saturating_add(RETRY_INTERVAL_NS);
            }
        }
        let why = || format!("takes no records: {}; they are lost, counted as journal.lost_disk", told(&kept));
        self.troubles.keeping.note(kept.is_ok(), why);
    }

    /// Takes the next record of a ring into `record`. A poll core commits a record as a whole, so what is there is
    /// whole.
    fn next_record(&mut self, at: usize) -> bool {
        let Some(ring) = self.rings.get_mut(at) else { return false };
        let Ok(head) = ring.read_chunk(RING_HEAD_OCTETS) else { return false };
        let mut octets = [0; RING_HEAD_OCTETS];
        octets.iter_mut().zip(head).for_each(|(to, from)| *to = from);
        let len = u32::from_le_bytes(octets) as usize;
        self.record.clear();
        let Ok(chunk) = ring.read_chunk(len) else { return false };
        let (first, second) = chunk.as_slices();
        self.record.extend_from_slice(first);
        self.record.extend_from_slice(second);
        chunk.commit_all();
        true
    }
}

fn told<T, E: std::fmt::Display>(result: &Result<T, E>) -> String {
    result.as_ref().err().map_or_else(String::new, ToString::to_string)
}

/// One kind of failure: said when it begins and when it is over, not at every record.
#[derive(Debug, Default)]
struct Trouble {
    is_on: bool,
}

impl Trouble {
    #[inline]
    fn note(&mut self, works: bool, what: impl FnOnce() -> String) {
        match (self.is_on, works) {
            (false, false) => eprintln!("sluice-dataplane: the journal {}", what()),
            (true, true) => eprintln!("sluice-dataplane: the journal works again"),
            _ => return,
        }
        self.is_on = !works;
    }
}
