//! All associations, found by their packets.

use super::flow::Start;
use super::index::Index;
use super::inserts::Insert;
use super::memory::{Foreign, Memory};
use super::out::Out;
use super::payloads::Payloads;
use super::record::{Record, Turn};
use super::timer::NEVER;
use super::{Decision, Emission, Message, NotInserted, Outcome, answer, direction, save};
use crate::Refused;
use sluice_wire::sctp::{COMMON_HEADER_OCTETS, Chunk, ChunkKind, Data, Packet, StreamId};

/// The associations of which chunks may be removed, and into which they may be inserted.
pub struct Splices<M> {
    memory: Memory<M>,
    entries: Box<[Entry]>,
    index: Index,
    payloads: Payloads,
    /// Nothing is to be done before.
    wake_ns: u64,
    scratch: Box<[u8]>,
}

#[derive(Clone)]
struct Entry {
    record: Record,
    is_used: bool,
    /// How often it was saved.
    turn: u64,
    /// Whether what was saved last is an association.
    is_saved: bool,
}

/// How many there may be, and what peers must not know.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Associations that are watched.
    pub associations: usize,
    /// Messages that wait or are not acknowledged, of all associations.
    pub payloads: usize,
    /// The longest SCTP packet of our own.
    pub packet_octets: usize,
    /// A random number.
    pub secret: u64,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Splices<M> {
    /// None yet, in memory of [`memory_octets`](super::memory_octets).
    ///
    /// # Errors
    /// The memory is too small.
    pub fn new(limits: Limits, memory: M) -> Result<Self, Foreign> {
        Ok(Self::of(limits, Memory::create(memory, limits.associations, limits.payloads)?))
    }

    /// Those that a process before this has touched. What is not whole is left out.
    ///
    /// # Errors
    /// The memory was not made for these limits.
    pub fn take_up(limits: Limits, memory: M, now_ns: u64) -> Result<Self, Foreign> {
        let mut all = Self::of(limits, Memory::open(memory, limits.associations, limits.payloads)?);
        for number in 0..limits.associations {
            all.load(number, now_ns);
        }
        Ok(all)
    }

    /// Those that a process before this has touched, where the memory is of one; else none yet.
    ///
    /// # Errors
    /// The memory is too small.
    pub fn begin(limits: Limits, memory: M, now_ns: u64) -> Result<Self, Foreign> {
        let is_known = Memory::is_of(&memory, limits.associations, limits.payloads);
        if is_known { Self::take_up(limits, memory, now_ns) } else { Self::new(limits, memory) }
    }

    fn of(limits: Limits, memory: Memory<M>) -> Self {
        let record = Record::new([0; 2], [Start::Unknown; 2], 0);
        let entry = Entry { record, is_used: false, turn: 0, is_saved: false };
        Self {
            memory,
            entries: vec![entry; limits.associations].into_boxed_slice(),
            index: Index::new(limits.associations.max(1), limits.secret),
            payloads: Payloads::new(limits.payloads),
            wake_ns: NEVER,
            scratch: vec![0; limits.packet_octets].into_boxed_slice(),
        }
    }

    fn load(&mut self, number: usize, now_ns: u64) {
        let (turn, record) = save::load(self.memory.record(number), now_ns);
        let Some(entry) = self.entries.get_mut(number) else { return };
        entry.turn = turn;
        let Some(record) = record else { return };
        let keys = [record.flows[0].key, record.flows[1].key];
        let mut slots = record.flows.iter().flat_map(|flow| flow.inserts.list.iter()).map(|insert| insert.slot);
        let area = self.memory.payloads();
        let is_known = keys[0] == keys[1] || keys.iter().any(|key| self.index.find(*key).is_some());
        if is_known || !slots.all(|slot| self.payloads.take_up(area, slot)) {
            return;
        }
        (entry.record, entry.is_used, entry.is_saved) = (record, true, true);
        self.index.add(keys[0], number, 0);
        self.index.add(keys[1], number, 1);
        self.wake_ns = 0;
    }

    /// Watches an association by its two [`direction`]s, so that it can be changed from where its flows stand on.
    /// `false` if there is no room. One that was watched already stays as it is. Not for one that has negotiated AUTH
    /// or I-DATA.
    pub fn watch(&mut self, directions: [u64; 2], starts: [Start; 2], now_ns: u64) -> bool {
        let found = directions.map(|key| self.index.find(key));
        match found {
            [Some((one, _)), Some((other, _))] if one == other => return true,
            _ if directions[0] == directions[1] => return false,
            // A tag that stays while the other changes: the association has begun anew (RFC 9260 §5.2.4).
            _ => found.into_iter().flatten().for_each(|(number, _)| self.free(number)),
        }
        let Some(number) = self.vacant(now_ns) else { return false };
        let Some(entry) = self.entries.get_mut(number) else { return false };
        entry.record = Record::new(directions, starts, now_ns);
        entry.is_used = true;
        self.index.add(directions[0], number, 0);
        self.index.add(directions[1], number, 1);
        true
    }

    /// A free record; else that of an untouched association, or of one that fell silent, the longest silent first.
    fn vacant(&mut self, now_ns: u64) -> Option<usize> {
        if let Some(number) = self.entries.iter().position(|entry| !entry.is_used) {
            return Some(number);
        }
        let silent_ns = |entry: &Entry| now_ns.saturating_sub(entry.record.last_ns);
        let may_go = |entry: &Entry| !entry.record.is_touched() || silent_ns(entry) >= SILENT_NS;
        let numbered = self.entries.iter().enumerate().filter(|(_, entry)| may_go(entry));
        let (number, _) = numbered.max_by_key(|(_, entry)| silent_ns(entry))?;
        self.free(number);
        Some(number)
    }

    /// Whether a direction is watched.
    #[inline]
    pub fn is_watched(&self, direction: u64) -> bool {
        self.index.find(direction).is_some()
    }

    /// The direction back.
    pub fn back(&self, direction: u64) -> Option<u64> {
        let (number, side) = self.index.find(direction)?;
        self.entries.get(number)?.record.flows.get(1 - side).map(|flow| flow.key)
    }

    /// Whether a packet of the association cannot pass but through here.
    pub fn is_touched(&self, direction: u64) -> bool {
        let entry = self.index.find(direction).and_then(|(number, _)| self.entries.get(number));
        entry.is_some_and(|entry| entry.record.is_touched())
    }

    /// Whether a chunk may be removed if it comes next.
    pub fn may_remove(&self, direction: u64, data: &Data<'_>) -> bool {
        let Some((number, side)) = self.index.find(direction) else { return false };
        let record = self.entries.get(number).map(|entry| &entry.record).filter(|record| !record.is_untouchable);
        record.and_then(|record| record.flows.get(side)).is_some_and(|flow| flow.may_remove(data))
    }

    /// Whether the sender of a direction has used this stream or one after it.
    pub fn has_stream(&self, direction: u64, sid: StreamId) -> bool {
        let Some((number, side)) = self.index.find(direction) else { return false };
        let flow = self.entries.get(number).and_then(|entry| entry.record.flows.get(side));
        flow.is_some_and(|flow| flow.streams.list.iter().any(|stream| stream.next.is_some() && stream.sid >= sid.0))
    }

    /// Associations that were touched, by their directions. They end if their packets pass another way than this.
    pub fn named(&self) -> impl Iterator<Item = [u64; 2]> + '_ {
        let touched = self.entries.iter().filter(|entry| entry.is_used && entry.record.is_touched());
        touched.map(|entry| [entry.record.flows[0].key, entry.record.flows[1].key])
    }

    /// Takes an SCTP packet through. `head` is what the caller will need to send one of ours in the same direction.
    /// `decide` is asked for each DATA chunk, and told whether it may be removed; `out` has room for the longest packet
    /// that may leave, which must be no less than this one. A packet whose checksum is wrong stays so.
    ///
    /// # Errors
    /// `Room` where `out` is too small for what leaves; `Chunk` where a chunk was to be removed that may not be.
    /// Nothing is to be sent then; the packet may be given again.
    pub fn packet<'d>(
        &mut self,
        octets: &[u8],
        head: &[u8],
        decide: impl FnMut(&Data<'_>, bool) -> Decision<'d>,
        now_ns: u64,
        out: &mut [u8],
    ) -> Result<Outcome, Refused> {
        let Ok(packet) = Packet::parse(octets) else { return Ok(Outcome::Untouched) };
        let Some((number, side)) = self.index.find(direction(&packet)) else {
            self.reflected(&packet);
            return Ok(Outcome::Untouched);
        };
        let Some(entry) = self.entries.get_mut(number) else { return Ok(Outcome::Untouched) };
        if packet.verify_crc().is_err() {
            return Ok(Outcome::Untouched);
        }
        let record = &mut entry.record;
        record.last_ns = now_ns;
        if let Some(place) = record.heads.get_mut(side) {
            place.set(head);
        }
        let payloads = &mut self.payloads;
        let freed = |slot| payloads.free(slot);
        let mut turn = Turn { octets, side, now_ns, decide, freed, out: Out::new(out) };
        let passed = record.pass(&packet, &mut turn);
        let out = turn.out;
        self.settle(number);
        passed?;
        outcome(octets, out)
    }

    /// Puts a message of our own into the flow of a direction. It leaves by [`Splices::poll`], once it has its place.
    ///
    /// # Errors
    /// It is not inserted, and nothing has changed.
    pub fn insert(&mut self, direction: u64, message: &Message<'_>) -> Result<(), NotInserted> {
        let (number, side) = self.index.find(direction).ok_or(NotInserted::Unknown)?;
        let record = &mut self.entries.get_mut(number).ok_or(NotInserted::Unknown)?.record;
        if record.is_closing || record.is_untouchable {
            return Err(NotInserted::Barred);
        }
        let flow = record.flows(side).0;
        if flow.end.is_none() {
            return Err(NotInserted::Unknown);
        }
        if !flow.has_room(message.sid, message.is_unordered) {
            return Err(NotInserted::Full);
        }
        let slot = self.payloads.store(self.memory.payloads_mut(), message.payload).ok_or(NotInserted::Full)?;
        let (sid, ppid, is_unordered) = (message.sid.0, message.ppid.0, message.is_unordered);
        flow.inserts.list.push(Insert { slot, sid, ppid, is_unordered, ..Insert::default() });
        flow.place();
        self.settle(number);
        Ok(())
    }

    /// Gives what is to be sent of our own by now. To be called after each packet and message, and from time to time.
    pub fn poll(&mut self, now_ns: u64, mut emit: impl FnMut(Emission<'_>)) {
        if now_ns < self.wake_ns {
            return;
        }
        self.wake_ns = NEVER;
        let area = self.memory.payloads();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_used) {
            if entry.record.due_ns() <= now_ns {
                answer::send(&mut entry.record, area, now_ns, &mut self.scratch, &mut emit);
            }
            self.wake_ns = self.wake_ns.min(entry.record.due_ns());
        }
    }

    /// When [`Splices::poll`] next has something to do; `u64::MAX` if nothing is under way.
    pub const fn wake_ns(&self) -> u64 {
        self.wake_ns
    }

    /// The memory that was given.
    pub fn memory(&self) -> &[u8] {
        self.memory.octets()
    }

    /// Saves what has changed before it shows.
    fn settle(&mut self, number: usize) {
        let Some(entry) = self.entries.get_mut(number) else { return };
        if entry.record.is_over {
            self.free(number);
            return;
        }
        self.wake_ns = self.wake_ns.min(entry.record.due_ns());
        if entry.record.is_touched() {
            (entry.turn, entry.is_saved) = (entry.turn + 1, true);
            // The room is for the largest record there can be.
            let _ = save::save(Some(&entry.record), entry.turn, self.memory.record_mut(number));
        }
    }

    fn free(&mut self, number: usize) {
        let Some(entry) = self.entries.get_mut(number).filter(|entry| entry.is_used) else { return };
        for insert in entry.record.flows.iter().flat_map(|flow| flow.inserts.list.iter()) {
            self.payloads.free(insert.slot);
        }
        entry.is_used = false;
        if std::mem::take(&mut entry.is_saved) {
            entry.turn += 1;
            let _ = save::save(None, entry.turn, self.memory.record_mut(number));
        }
        self.index.remove(number, 0);
        self.index.remove(number, 1);
    }

    /// An end whose sender has lost the association bears the tag of the other direction (RFC 9260 §8.4, §8.5.1).
    fn reflected(&mut self, packet: &Packet<'_>) {
        let key = direction(packet);
        let swapped = key & !0xFFFF_FFFF | (key & 0xFFFF) << 16 | key >> 16 & 0xFFFF;
        let Some((number, _)) = self.index.find(swapped) else { return };
        if packet.chunks().next().and_then(Result::ok).is_some_and(|chunk| is_reflected_end(&chunk))
            && packet.verify_crc().is_ok()
        {
            self.free(number);
        }
    }
}

fn is_reflected_end(chunk: &Chunk<'_>) -> bool {
    chunk.flags & 1 != 0 && matches!(chunk.kind(), ChunkKind::Abort | ChunkKind::ShutdownComplete)
}

/// What was written, beside what came.
fn outcome(octets: &[u8], out: Out<'_>) -> Result<Outcome, Refused> {
    if out.written() == octets {
        return Ok(Outcome::Untouched);
    }
    if out.len() <= usize::from(COMMON_HEADER_OCTETS) {
        return Ok(Outcome::Nothing);
    }
    out.finish().map(Outcome::Rewritten)
}

/// An association of which nothing was heard for so long is gone: heartbeats come more often.
const SILENT_NS: u64 = 3_600_000_000_000;
