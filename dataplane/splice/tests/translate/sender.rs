//! The sending half of an endpoint by RFC 9260 §6, §7: congestion window, retransmission, no mercy for wrong SACKs.

use sluice_wire::sctp::{Data, DataFlags, Ppid, Sack, StreamId, StreamSeq, Tsn};
use std::collections::{BTreeMap, VecDeque};

/// What the layer above wants to have sent.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub sid: u16,
    pub is_unordered: bool,
    /// Given up instead of being sent again (RFC 3758).
    pub is_fleeting: bool,
    pub payload: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Sent {
    tsn: Tsn,
    sid: u16,
    ssn: u16,
    flags: u8,
    payload: Vec<u8>,
    is_fleeting: bool,
    is_reported: bool,
    is_due: bool,
    is_given_up: bool,
    missing: u8,
    was_fast: bool,
    count: u32,
    sent_ns: u64,
}

pub struct Sender {
    queue: VecDeque<Sent>,
    sent: VecDeque<Sent>,
    next_tsn: Tsn,
    next_ssn: BTreeMap<u16, u16>,
    /// Chunks up to here have a TSN in the queue.
    assigned: Tsn,
    cumulative: Tsn,
    window: usize,
    threshold: usize,
    peer_window: usize,
    rto_ns: u64,
    timer_ns: Option<u64>,
    errors: u32,
    owes_forward: bool,
    /// Of streams, the last sequence number given up.
    skipped: BTreeMap<u16, u16>,
    pub resent: u64,
}

const MTU: usize = 1200;
const FRAGMENT: usize = 700;
/// More than the ten of RFC 9260 §16: in the worst weather here four packets of ten get lost on their way and back.
const ERRORS_MAX: u32 = 30;

impl Sender {
    pub fn new(first: Tsn, rng_ssn: u16) -> Self {
        let before = Tsn(first.0.wrapping_sub(1));
        Self {
            queue: VecDeque::new(),
            sent: VecDeque::new(),
            next_tsn: first,
            next_ssn: (0..8).map(|sid| (sid, rng_ssn)).collect(),
            assigned: first,
            cumulative: before,
            window: 4 * MTU,
            threshold: 64 * MTU,
            peer_window: 1 << 17,
            rto_ns: 1_000_000_000,
            timer_ns: None,
            errors: 0,
            owes_forward: false,
            skipped: BTreeMap::new(),
            resent: 0,
        }
    }

    pub fn want(&mut self, wanted: Wanted) {
        let ssn = self.next_ssn.entry(wanted.sid).or_default();
        let pieces: Vec<_> = wanted.payload.chunks(FRAGMENT).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let begin = if at == 0 { DataFlags::BEGIN } else { 0 };
            let end = if at + 1 == pieces.len() { DataFlags::END } else { 0 };
            let unordered = if wanted.is_unordered { DataFlags::UNORDERED } else { 0 };
            self.queue.push_back(Sent {
                tsn: self.assigned,
                sid: wanted.sid,
                ssn: *ssn,
                flags: begin | end | unordered,
                payload: piece.to_vec(),
                is_fleeting: wanted.is_fleeting && pieces.len() == 1,
                is_reported: false,
                is_due: false,
                is_given_up: false,
                missing: 0,
                was_fast: false,
                count: 0,
                sent_ns: 0,
            });
            self.assigned = self.assigned.next();
        }
        if !wanted.is_unordered {
            *ssn = ssn.wrapping_add(1);
        }
    }

    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.sent.is_empty()
    }

    /// The cumulative TSN of a SHUTDOWN of the other side must be just this.
    pub fn last_tsn(&self) -> Tsn {
        Tsn(self.next_tsn.0.wrapping_sub(1))
    }

    pub fn due_ns(&self) -> u64 {
        self.timer_ns.unwrap_or(u64::MAX)
    }

    /// Bundles of chunks to be sent now.
    pub fn bundles(&mut self, now_ns: u64) -> Vec<Vec<u8>> {
        let mut bundles = Vec::new();
        if std::mem::take(&mut self.owes_forward) {
            bundles.extend(self.forward());
            self.timer_ns.get_or_insert(now_ns + self.rto_ns);
        }
        loop {
            let mut bundle = vec![0; MTU];
            let mut len = 0;
            let mut flight = self.flight();
            let mut is_first = true;
            for one in self.sent.iter_mut().filter(|one| one.is_due) {
                if (flight > 0 && flight + one.payload.len() > self.window) || len + one.octets() > MTU {
                    break;
                }
                len += one.emit(&mut bundle[len..], now_ns);
                flight += one.payload.len();
                self.resent += 1;
                is_first = false;
            }
            while let Some(one) = self.queue.front() {
                let limit = self.window.min(self.peer_window.max(MTU));
                if flight > 0 && flight + one.payload.len() > limit || len + one.octets() > MTU {
                    break;
                }
                let Some(mut one) = self.queue.pop_front() else { break };
                assert_eq!(one.tsn, self.next_tsn);
                self.next_tsn = self.next_tsn.next();
                len += one.emit(&mut bundle[len..], now_ns);
                flight += one.payload.len();
                self.sent.push_back(one);
                is_first = false;
            }
            if is_first {
                return bundles;
            }
            self.timer_ns.get_or_insert(now_ns + self.rto_ns);
            bundle.truncate(len);
            bundles.push(bundle);
        }
    }

    fn flight(&self) -> usize {
        let flying = self.sent.iter().filter(|one| !one.is_reported && !one.is_due && !one.is_given_up);
        flying.map(|one| one.payload.len()).sum()
    }

    pub fn expire(&mut self, now_ns: u64) {
        if self.timer_ns.is_none_or(|due| now_ns < due) {
            return;
        }
        self.timer_ns = None;
        self.errors += 1;
        assert!(self.errors <= ERRORS_MAX, "the association is lost: nothing is acknowledged");
        self.rto_ns = (self.rto_ns * 2).min(60_000_000_000);
        (self.threshold, self.window) = ((self.window / 2).max(4 * MTU), MTU);
        for one in self.sent.iter_mut().filter(|one| !one.is_reported && !one.is_given_up) {
            one.is_due = true;
        }
        self.give_up();
    }

    pub fn sack(&mut self, sack: &Sack<'_>, now_ns: u64) {
        let last = self.last_tsn();
        assert!(last.since(sack.cumulative_tsn) >= 0, "acknowledges what was never sent");
        let mut before = sack.cumulative_tsn;
        for block in sack.gaps() {
            assert!(block.first.since(before) > i32::from(before != sack.cumulative_tsn), "blocks out of order");
            assert!(block.last.since(block.first) >= 0 && last.since(block.last) >= 0, "reports what was never sent");
            before = block.last;
        }
        sack.duplicates().for_each(|tsn| assert!(last.since(tsn) >= 0, "a duplicate of what was never sent"));
        if sack.cumulative_tsn.is_before(self.cumulative) {
            return;
        }
        let progressed = self.acknowledge(sack.cumulative_tsn, now_ns);
        let reported = self.report(sack);
        self.peer_window = (sack.receiver_window_octets as usize).saturating_sub(self.flight());
        if progressed {
            let grown = if self.window < self.threshold { MTU } else { MTU * MTU / self.window };
            self.window = (self.window + grown).min(1 << 16);
        }
        if progressed || reported {
            self.errors = 0;
        }
        let has_flight = self.sent.iter().any(|one| !one.is_reported);
        if progressed || !has_flight {
            self.timer_ns = has_flight.then_some(now_ns + self.rto_ns);
        } else if has_flight {
            self.timer_ns.get_or_insert(now_ns + self.rto_ns);
        }
        self.give_up();
    }

    fn acknowledge(&mut self, cumulative: Tsn, now_ns: u64) -> bool {
        let mut progressed = false;
        while self.sent.front().is_some_and(|one| cumulative.since(one.tsn) >= 0) {
            let one = self.sent.pop_front().expect("there");
            if one.count == 1 && !one.is_reported {
                self.rto_ns = (4 * (now_ns - one.sent_ns)).clamp(1_000_000_000, 60_000_000_000);
            }
            progressed = true;
        }
        self.cumulative = cumulative;
        progressed
    }

    /// RFC 9260 §7.2.4: missing is only what lies before something that was newly acknowledged.
    fn report(&mut self, sack: &Sack<'_>) -> bool {
        let mut highest_new = None;
        for one in &mut self.sent {
            let is_in = sack.gaps().any(|block| one.tsn.since(block.first) >= 0 && block.last.since(one.tsn) >= 0);
            if is_in && !one.is_reported {
                highest_new = Some(one.tsn);
                one.is_due = false;
            }
            one.is_reported = is_in;
        }
        let mut is_loss = false;
        for one in self.sent.iter_mut().filter(|one| !one.is_reported && !one.is_due && !one.was_fast) {
            if highest_new.is_some_and(|highest| one.tsn.is_before(highest)) {
                one.missing += 1;
                if one.missing == 3 {
                    (one.is_due, one.was_fast, is_loss) = (true, true, true);
                }
            }
        }
        if is_loss {
            self.threshold = (self.window / 2).max(4 * MTU);
            self.window = self.threshold;
        }
        highest_new.is_some()
    }

    /// Fleeting messages that would be sent again are given up; the receiver is told, until it has moved on.
    fn give_up(&mut self) {
        for one in self.sent.iter_mut().filter(|one| one.is_fleeting && one.is_due) {
            (one.is_given_up, one.is_due) = (true, false);
        }
        self.owes_forward |= self.sent.front().is_some_and(|one| one.is_given_up);
    }

    fn forward(&mut self) -> Option<Vec<u8>> {
        let given: Vec<_> = self.sent.iter().take_while(|one| one.is_given_up || one.is_reported).cloned().collect();
        let last = given.iter().rposition(|one| one.is_given_up)?;
        self.skipped.clear();
        for one in given[..=last].iter().filter(|one| one.is_given_up && one.flags & DataFlags::UNORDERED == 0) {
            self.skipped.insert(one.sid, one.ssn);
        }
        let mut octets = vec![0xC0, 0];
        octets.extend((8 + 4 * self.skipped.len() as u16).to_be_bytes());
        octets.extend(given[last].tsn.0.to_be_bytes());
        for (sid, ssn) in &self.skipped {
            octets.extend(sid.to_be_bytes());
            octets.extend(ssn.to_be_bytes());
        }
        Some(octets)
    }
}

impl Sent {
    fn octets(&self) -> usize {
        16 + self.payload.len().next_multiple_of(4)
    }

    fn emit(&mut self, out: &mut [u8], now_ns: u64) -> usize {
        self.count += 1;
        (self.is_due, self.sent_ns, self.missing) = (false, now_ns, 0);
        let data = Data {
            tsn: self.tsn,
            sid: StreamId(self.sid),
            ssn: StreamSeq(self.ssn),
            ppid: Ppid::M3UA,
            flags: DataFlags(self.flags),
            payload_offset: 0,
            payload: &self.payload,
        };
        data.emit(out).expect("room")
    }
}
