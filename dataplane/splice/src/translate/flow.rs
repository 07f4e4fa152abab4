//! The DATA of one direction of an association: what its sender has sent, what its receiver has, what was changed.

use super::holes::Holes;
use super::inserts::Inserts;
use super::marks::{Change, MARKS_MAX, Marks};
use super::payloads::PAYLOAD_OCTETS_MAX;
use super::streams::Streams;
use super::timer::NEVER;
use sluice_wire::sctp::{Data, ForwardTsn, Sack, Skipped, StreamId, StreamSeq, Tsn};

/// Where a flow stands when it begins to be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// From its handshake on: this will be its first TSN.
    Fresh(Tsn),
    /// In its midst. This is the highest TSN that ever passed, and whether a message ends there.
    Midway(Tsn, bool),
    /// Not known. Nothing can be removed from it or inserted into it.
    Unknown,
}

/// One direction.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Verification tag and ports of the packets that carry its DATA.
    pub key: u64,
    /// The sender's highest TSN.
    pub end: Option<Tsn>,
    /// Whether a message ends there.
    pub is_message_end: bool,
    /// Whether anything was ever removed or inserted.
    pub is_touched: bool,
    /// Whether its sender ever gave up a chunk (RFC 3758).
    pub gives_up: bool,
    pub holes: Holes,
    pub marks: Marks,
    pub streams: Streams,
    /// What the receiver has, in its own numbers.
    pub acknowledged: Option<Tsn>,
    pub window_octets: Option<u32>,
    /// Whether the receiver is missing something before what it has.
    pub has_gaps: bool,
    /// Up to where its sender was told.
    pub told: Tsn,
    /// When its sender is to be told by us.
    pub sack_due_ns: u64,
    /// It asked again for what it was told.
    pub is_asked: bool,
    pub inserts: Inserts,
}

impl Flow {
    pub(super) fn new(key: u64, start: Start) -> Self {
        let mut flow = Self {
            key,
            end: None,
            is_message_end: false,
            is_touched: false,
            gives_up: false,
            holes: Holes::default(),
            marks: Marks::default(),
            streams: Streams::default(),
            acknowledged: None,
            window_octets: None,
            has_gaps: false,
            told: Tsn(0),
            sack_due_ns: NEVER,
            is_asked: false,
            inserts: Inserts::default(),
        };
        flow.begin(start);
        flow
    }

    fn begin(&mut self, start: Start) {
        match start {
            Start::Fresh(first) => {
                let before = Tsn(first.0.wrapping_sub(1));
                (self.end, self.is_message_end, self.told) = (Some(before), true, before);
                self.acknowledged = Some(before);
                self.streams.is_complete = true;
            }
            Start::Midway(highest, is_message_end) => {
                let oldest = Tsn(highest.0.wrapping_sub(UNKNOWN_TSNS));
                (self.end, self.is_message_end, self.told) = (Some(highest), is_message_end, oldest);
                self.holes.open(oldest, highest);
            }
            Start::Unknown => {}
        }
    }

    /// Whether the chunk is beyond all that came by, so that no later one was passed on under its old number.
    pub(super) fn is_new(&self, tsn: Tsn) -> bool {
        self.end.is_some_and(|end| (1..FAR_TSNS).contains(&tsn.since(end)))
    }

    /// Whether a chunk may be removed. It must be a whole message: half a one would never be delivered. And the
    /// receiver must have been heard, or nobody could tell the sender when the chunk counts as received.
    pub(super) fn may_remove(&self, data: &Data<'_>) -> bool {
        self.is_new(data.tsn)
            && data.flags.is_whole()
            && self.acknowledged.is_some()
            && !self.marks.list.is_full()
            && (data.flags.is_unordered() || self.streams.can_hold(data.sid))
    }

    /// A chunk came by, whatever becomes of it.
    pub(super) fn note(&mut self, data: &Data<'_>) {
        if !data.flags.is_unordered() {
            self.streams.note(data.sid, data.ssn);
        }
        if !self.is_new(data.tsn) {
            self.holes.fill(data.tsn);
            return;
        }
        if let Some(end) = self.end.replace(data.tsn).filter(|end| end.next() != data.tsn) {
            self.holes.open(end.next(), Tsn(data.tsn.0.wrapping_sub(1)));
        }
        self.is_message_end = data.flags.ends();
    }

    /// Removes a chunk that may be removed.
    pub(super) fn remove(&mut self, data: &Data<'_>, now_ns: u64) {
        let stream = (!data.flags.is_unordered()).then_some((data.sid, data.ssn.0));
        self.mark(data.tsn, Change::Removed, stream);
        self.note(data);
        // Two packets without an answer are answered at once, a single one a little later (RFC 9260 §6.2).
        let at_once = data.flags.is_immediate() || self.sack_due_ns != NEVER;
        self.sack_due_ns = if at_once { now_ns } else { now_ns.saturating_add(SACK_DELAY_NS) };
    }

    /// A removed chunk came again: its sender did not hear that it counts as received.
    pub(super) const fn removed_again(&mut self, now_ns: u64) {
        (self.sack_due_ns, self.is_asked) = (now_ns, true);
    }

    /// The receiver's numbers of a kept chunk.
    pub(super) fn forward(&self, data: &Data<'_>) -> (Tsn, StreamSeq) {
        let shift = self.marks.ssn_shift(data.sid, data.tsn).unwrap_or_else(|| self.streams.shift(data.sid));
        let shift = if data.flags.is_unordered() { 0 } else { shift };
        (self.marks.forward(data.tsn), data.ssn.plus(shift))
    }

    /// The last sequence number of a stream that is skipped, in the receiver's numbers.
    pub(super) fn forward_skipped(&self, skipped: Skipped, cumulative: Tsn) -> StreamSeq {
        let mut marks = self.marks.list.iter().rev().filter(|mark| mark.sid == Some(skipped.sid.0));
        let before = marks.find(|m| cumulative.since(Tsn(m.at)) >= 0 && skipped.ssn.since(StreamSeq(m.ssn)) >= 0);
        skipped.ssn.plus(before.map_or_else(|| self.streams.shift(skipped.sid), |mark| mark.ssn_shift))
    }

    /// The sender gives up what is not acknowledged up to a TSN.
    pub(super) fn skip(&mut self, forward: &ForwardTsn<'_>) {
        let cumulative = forward.new_cumulative_tsn;
        self.gives_up = true;
        if self.is_new(cumulative) {
            (self.end, self.is_message_end) = (Some(cumulative), true);
        }
        self.holes.close(cumulative);
        forward.streams().for_each(|skipped| self.streams.note(skipped.sid, skipped.ssn));
    }

    /// The receiver told what it has. `freed` gets the payloads that it acknowledges. Returns its sender's number.
    pub(super) fn hear(&mut self, sack: &Sack<'_>, now_ns: u64, freed: impl FnMut(u32)) -> Tsn {
        let cumulative = self.marks.back(sack.cumulative_tsn);
        if !self.is_likely(sack.cumulative_tsn) {
            return cumulative;
        }
        if self.acknowledged.is_none_or(|known| sack.cumulative_tsn.since(known) >= 0) {
            self.window_octets = Some(sack.receiver_window_octets);
            self.has_gaps = sack.gaps().next().is_some();
            self.inserts.acknowledged(sack, now_ns, freed);
        }
        self.hear_cumulative(sack.cumulative_tsn);
        cumulative
    }

    /// The receiver has everything up to its `cumulative`.
    pub(super) fn hear_cumulative(&mut self, cumulative: Tsn) {
        if !self.is_likely(cumulative) || self.acknowledged.is_some_and(|known| cumulative.is_before(known)) {
            return;
        }
        self.acknowledged = Some(cumulative);
        let told = self.marks.back(cumulative);
        if !told.is_before(self.told) {
            self.told = told;
        }
        // What its sender was just told needs no packet of ours.
        if self.marks.list.last().is_none_or(|mark| told.since(Tsn(mark.at)) >= 0) {
            (self.sack_due_ns, self.is_asked) = (NEVER, false);
        }
        self.holes.close(told);
        self.retire();
    }

    /// Forgets the marks that the sender was told of long ago.
    pub(super) fn retire(&mut self) {
        let Some(acknowledged) = self.acknowledged else { return };
        let keep_from = Tsn(self.told.0.wrapping_sub(KEPT_TSNS));
        while let Some(mark) = self.marks.retire(keep_from, acknowledged) {
            if let Some(sid) = mark.sid {
                self.streams.settle(sid, mark.ssn_shift);
            }
        }
    }

    /// Whether the receiver can have been sent this.
    fn is_likely(&self, tsn: Tsn) -> bool {
        self.end.is_none_or(|end| self.marks.top(end).since(tsn) >= 0)
    }

    /// Notes a change at the end of the flow.
    pub(super) fn mark(&mut self, at: Tsn, change: Change, stream: Option<(StreamId, u16)>) {
        let before = stream.map_or(0, |(sid, _)| {
            self.streams.hold(sid);
            self.marks.last_ssn_shift(sid).unwrap_or_else(|| self.streams.shift(sid))
        });
        self.is_touched |= self.marks.add(at, change, stream, before);
    }

    /// Gives the messages that wait their place at the end of the flow, as far as they can have one.
    pub(super) fn place(&mut self) {
        while let Some(next) = self.inserts.waiting() {
            let Some((tsn, ssn)) = self.next_place(StreamId(next.sid), next.is_unordered) else { return };
            if let Some(insert) = self.inserts.waiting_mut() {
                (insert.place, insert.is_due) = (Some((tsn.0, ssn.0)), true);
            }
        }
    }

    fn next_place(&mut self, sid: StreamId, is_unordered: bool) -> Option<(Tsn, StreamSeq)> {
        let is_ready = self.is_message_end && !self.marks.list.is_full() && self.streams.can_hold(sid);
        let end =
            self.end.filter(|_| is_ready && self.window_octets.is_none_or(|window| window >= WINDOW_OCTETS_MIN))?;
        if is_unordered {
            self.mark(end, Change::Inserted, None);
            return Some((self.marks.top(end), StreamSeq(0)));
        }
        let next = self.streams.next(sid).filter(|_| self.holes.is_empty())?;
        let shift = self.marks.last_ssn_shift(sid).unwrap_or_else(|| self.streams.shift(sid));
        self.mark(end, Change::Inserted, Some((sid, next.0)));
        Some((self.marks.top(end), next.plus(shift)))
    }

    /// Whether one more message may wait.
    pub(super) fn has_room(&self, sid: StreamId, is_unordered: bool) -> bool {
        let marks = self.marks.list.len() + self.inserts.waiting_len();
        marks < MARKS_MAX && !self.inserts.list.is_full() && (is_unordered || self.streams.can_hold(sid))
    }

    /// When something is to be done.
    pub(super) fn due_ns(&self) -> u64 {
        self.sack_due_ns.min(self.inserts.due_ns())
    }
}

/// A TSN further ahead than this is none that its sender has reached.
const FAR_TSNS: i32 = 1 << 16;
/// Before a flow was watched, so many of its TSNs may be missing.
const UNKNOWN_TSNS: u32 = 1 << 12;
/// Marks are kept for so many TSNs after their acknowledgement, which may get lost on its way to the sender. A chunk
/// older than that only asks for it again: under whatever number it is passed on, its receiver has that number.
const KEPT_TSNS: u32 = 64;
/// What a receiver must have room for before it is sent a message of ours.
const WINDOW_OCTETS_MIN: u32 = PAYLOAD_OCTETS_MAX as u32;
/// A SACK may wait for 200 ms (RFC 9260 §6.2); half of it is left to the receiver's own.
const SACK_DELAY_NS: u64 = 100_000_000;
