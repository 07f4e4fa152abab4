//! The writer thread: records from every poll core's ring into the journal.

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
}

impl<C: Clock> JournalWriter<C> {
    /// Writes until told to stop, then until the rings are empty. Poll cores must have ended before `stop` is set.
    ///
    /// # Errors
    /// The journal could not be committed to disk.
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
                self.journal.sync()?;
                self.block.count(Counter::JournalCommits, 1);
                (committed_ns, dirty) = (now_ns, false);
            }
            if now_ns.saturating_sub(freed_ns) >= FREE_INTERVAL_NS {
                let freed = self.journal.free_acknowledged()?;
                self.block.count(Counter::JournalSegmentsFreed, freed.segments);
                let dropped = self.journal.dropped().records;
                self.block.count(Counter::JournalRecordsDropped, dropped - self.dropped);
                self.dropped = dropped;
                freed_ns = now_ns;
            }
            if !written {
                if stopping {
                    self.journal.sync()?;
                    return Ok(());
                }
                std::thread::park_timeout(REST);
            }
        }
    }

    /// Moves every whole record out of the rings; says whether there was one.
    fn drain(&mut self) -> bool {
        let mut written = false;
        for at in 0..self.rings.len() {
            while self.next_record(at) {
                written = true;
                match self.journal.append(&self.record) {
                    Ok(_) => {
                        self.block.count(Counter::JournalRecords, 1);
                        self.block.count(Counter::JournalOctets, self.record.len() as u64);
                    }
                    Err(AppendError::TooLong) => self.block.count(Counter::EventsLostSize, 1),
                    Err(_) => self.block.count(Counter::JournalLostDisk, 1),
                }
            }
        }
        written
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
