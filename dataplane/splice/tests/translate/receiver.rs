//! The receiving half of an endpoint by RFC 9260 §6: gap reports, delayed SACKs, messages in the order of their stream.

use sluice_wire::sctp::{Data, ForwardTsn, Tsn};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Got {
    sid: u16,
    ssn: u16,
    is_unordered: bool,
    begins: bool,
    ends: bool,
    payload: Vec<u8>,
}

pub struct Receiver {
    /// All before and with this is there.
    cumulative: Tsn,
    /// By the distance from the first TSN.
    beyond: BTreeMap<u32, Got>,
    first: Tsn,
    /// There, but not delivered: a message that is not whole, or one before it is missing.
    undelivered: BTreeMap<u32, Got>,
    next_ssn: BTreeMap<u16, u16>,
    duplicates: Vec<Tsn>,
    unanswered: u32,
    sack_ns: Option<u64>,
    /// What was delivered, in order: stream, whether ordered, payload.
    pub delivered: Vec<(u16, bool, Vec<u8>)>,
}

impl Receiver {
    pub fn new(first: Tsn, ssn: u16) -> Self {
        Self {
            cumulative: Tsn(first.0.wrapping_sub(1)),
            beyond: BTreeMap::new(),
            first,
            undelivered: BTreeMap::new(),
            next_ssn: (0..8).map(|sid| (sid, ssn)).collect(),
            duplicates: Vec::new(),
            unanswered: 0,
            sack_ns: None,
            delivered: Vec::new(),
        }
    }

    pub fn data(&mut self, data: &Data<'_>) {
        let distance = data.tsn.0.wrapping_sub(self.first.0);
        if self.cumulative.since(data.tsn) >= 0 || self.beyond.contains_key(&distance) {
            self.duplicates.push(data.tsn);
            return;
        }
        let got = Got {
            sid: data.sid.0,
            ssn: data.ssn.0,
            is_unordered: data.flags.is_unordered(),
            begins: data.flags.begins(),
            ends: data.flags.ends(),
            payload: data.payload.to_vec(),
        };
        self.beyond.insert(distance, got.clone());
        self.undelivered.insert(distance, got);
        self.advance();
        self.deliver();
    }

    pub fn forward(&mut self, forward: &ForwardTsn<'_>) {
        let cumulative = forward.new_cumulative_tsn;
        if self.cumulative.is_before(cumulative) {
            self.cumulative = cumulative;
            let reached = cumulative.0.wrapping_sub(self.first.0);
            self.beyond.retain(|distance, _| *distance > reached);
            self.advance();
        }
        for (sid, ssn) in forward.streams().map(|one| (one.sid.0, one.ssn.0)) {
            let next = self.next_ssn.entry(sid).or_default();
            // What is there of the stream up to the skipped one is delivered now.
            while (ssn.wrapping_sub(*next) as i16) >= 0 {
                let found =
                    self.undelivered.iter().find(|(_, got)| !got.is_unordered && (got.sid, got.ssn) == (sid, *next));
                if let Some((distance, got)) = found.map(|(distance, got)| (*distance, got.clone())) {
                    assert!(got.begins && got.ends, "half a message is skipped");
                    self.undelivered.remove(&distance);
                    self.delivered.push((sid, true, got.payload));
                }
                *next = next.wrapping_add(1);
            }
        }
        self.deliver();
    }

    fn advance(&mut self) {
        while self.beyond.remove(&self.cumulative.next().0.wrapping_sub(self.first.0)).is_some() {
            self.cumulative = self.cumulative.next();
        }
    }

    /// Whatever is whole and due.
    fn deliver(&mut self) {
        loop {
            let begins: Vec<u32> = self.undelivered.iter().filter(|(_, got)| got.begins).map(|(at, _)| *at).collect();
            let found = begins.into_iter().find_map(|begin| self.whole(begin).map(|end| (begin, end)));
            let Some((begin, end)) = found else { return };
            let mut message = Vec::new();
            let mut head = None;
            for at in begin..=end {
                let got = self.undelivered.remove(&at).expect("whole");
                message.extend(&got.payload);
                head.get_or_insert(got);
            }
            let head = head.expect("whole");
            if !head.is_unordered {
                let next = self.next_ssn.entry(head.sid).or_default();
                *next = next.wrapping_add(1);
            }
            self.delivered.push((head.sid, !head.is_unordered, message));
        }
    }

    /// Where the message that begins here ends, if it can be delivered.
    fn whole(&self, begin: u32) -> Option<u32> {
        let first = self.undelivered.get(&begin)?;
        let next = self.next_ssn.get(&first.sid).copied().unwrap_or_default();
        if !first.is_unordered {
            assert!((first.ssn.wrapping_sub(next) as i16) >= 0, "a sequence number that was delivered before");
        }
        if !first.is_unordered && first.ssn != next {
            return None;
        }
        let mut at = begin;
        loop {
            let got = self.undelivered.get(&at)?;
            assert_eq!(
                (got.sid, got.ssn, got.is_unordered),
                (first.sid, first.ssn, first.is_unordered),
                "mixed fragments"
            );
            assert_eq!(got.begins, at == begin, "a message begins in a message");
            if got.ends {
                return Some(at);
            }
            at += 1;
        }
    }

    /// A packet with DATA has been taken in: when the SACK is due (RFC 9260 §6.2).
    pub fn answer(&mut self, now_ns: u64) {
        self.unanswered += 1;
        let at_once = self.unanswered >= 2 || !self.beyond.is_empty() || !self.duplicates.is_empty();
        let due = if at_once { now_ns } else { now_ns + 200_000_000 };
        self.sack_ns = Some(self.sack_ns.map_or(due, |known| known.min(due)));
    }

    pub fn due_ns(&self) -> u64 {
        self.sack_ns.unwrap_or(u64::MAX)
    }

    pub fn cumulative(&self) -> Tsn {
        self.cumulative
    }

    pub fn is_idle(&self) -> bool {
        self.beyond.is_empty() && self.undelivered.is_empty() && self.sack_ns.is_none()
    }

    /// The SACK that is due, as a chunk.
    pub fn sack(&mut self, now_ns: u64) -> Option<Vec<u8>> {
        self.sack_ns.take_if(|due| *due <= now_ns)?;
        self.unanswered = 0;
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for distance in self.beyond.keys() {
            match blocks.last_mut() {
                Some((_, last)) if *last + 1 == *distance => *last = *distance,
                _ => blocks.push((*distance, *distance)),
            }
        }
        let base = self.cumulative.0.wrapping_sub(self.first.0);
        let duplicates: Vec<_> = self.duplicates.drain(..).take(20).collect();
        blocks.truncate(100);
        let mut octets = vec![3, 0];
        octets.extend((16 + 4 * (blocks.len() + duplicates.len()) as u16).to_be_bytes());
        octets.extend(self.cumulative.0.to_be_bytes());
        octets.extend((1_u32 << 17).to_be_bytes());
        octets.extend((blocks.len() as u16).to_be_bytes());
        octets.extend((duplicates.len() as u16).to_be_bytes());
        for (first, last) in blocks {
            octets.extend((first.wrapping_sub(base) as u16).to_be_bytes());
            octets.extend((last.wrapping_sub(base) as u16).to_be_bytes());
        }
        duplicates.iter().for_each(|tsn| octets.extend(tsn.0.to_be_bytes()));
        Some(octets)
    }
}
