//! Two endpoints, two bad links, and the translator between: a simulation by events, exact for each seed.

use super::receiver::Receiver;
use super::sender::{Sender, Wanted};
use sluice_splice::translate::{Decision, Limits, Message, Outcome, Splices, Start, direction, memory_octets};
use sluice_wire::sctp::{self, ChunkKind, Data, ForwardTsn, Packet, Ppid, Sack, StreamId, Tsn};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

pub const MS: u64 = 1_000_000;

/// How bad it is.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub loss_percent: u64,
    pub copies_percent: u64,
    /// A packet takes 1 ms and up to so many more.
    pub delay_ms: u64,
    /// Kinds of messages that there are.
    pub kinds: &'static [u8],
    pub inserts_percent: u64,
    pub restarts: bool,
    pub messages: u32,
}

pub struct Random(pub u64);

impl Random {
    /// SplitMix64.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % limit
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub struct Endpoint {
    pub sender: Sender,
    pub receiver: Receiver,
    /// Header of its packets: ports and the tag of the other.
    header: [u8; 8],
}

/// Where a packet arrives: at an endpoint, or in the middle on its way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Middle(usize),
    End(usize),
}

/// When, in which order of those at once, where, what.
type Event = (u64, u64, Place, Vec<u8>);

pub struct World {
    pub ends: [Endpoint; 2],
    pub splices: Splices<Vec<u8>>,
    weather: Weather,
    random: Random,
    now_ns: u64,
    events: BinaryHeap<Reverse<Event>>,
    serial: u64,
    to_send: [u32; 2],
    next_message_ns: u64,
    /// By the direction of their flow.
    pub removed: [BTreeSet<Vec<u8>>; 2],
    pub inserted: [Vec<Vec<u8>>; 2],
    pub wanted: [Vec<(u16, bool, Vec<u8>)>; 2],
    pub is_changed: bool,
}

pub const LIMITS: Limits = Limits { associations: 2, payloads: 64, packet_octets: 1300, secret: 0x5EED };

impl World {
    pub fn new(seed: u64, weather: Weather) -> Self {
        let mut random = Random(seed);
        // Numbers that are about to wrap, as often as not.
        let firsts = [0, 1].map(|_| Tsn(u32::MAX.wrapping_sub(random.below(300) as u32)));
        let tags = [0x1111_1111_u32, 0x2222_2222];
        let end = |at: usize| {
            let mut header = [0; 8];
            header[..2].copy_from_slice(&(2905 + at as u16).to_be_bytes());
            header[2..4].copy_from_slice(&(2906 - at as u16).to_be_bytes());
            header[4..].copy_from_slice(&tags[1 - at].to_be_bytes());
            Endpoint { sender: Sender::new(firsts[at], 0), receiver: Receiver::new(firsts[1 - at], 0), header }
        };
        let ends = [end(0), end(1)];
        let mut splices = Splices::new(LIMITS, vec![0; memory_octets(2, 64)]).expect("room");
        let keys = [0, 1].map(|at| key(&ends[at]));
        assert!(splices.watch(keys, firsts.map(Start::Fresh), 0));
        Self {
            ends,
            splices,
            weather,
            random,
            now_ns: 0,
            events: BinaryHeap::new(),
            serial: 0,
            to_send: [weather.messages; 2],
            next_message_ns: 0,
            removed: Default::default(),
            inserted: Default::default(),
            wanted: Default::default(),
            is_changed: false,
        }
    }

    /// One more message each way, of those that only pass.
    pub fn run_once_more(&mut self) {
        (self.to_send, self.next_message_ns) = ([1; 2], self.now_ns);
        (self.weather.kinds, self.weather.inserts_percent, self.weather.restarts) = (b"M", 0, false);
        self.run();
    }

    /// Until all is quiet.
    pub fn run(&mut self) {
        for _ in 0..2_000_000 {
            let event_ns = self.events.peek().map_or(u64::MAX, |Reverse(event)| event.0);
            let ends_ns = self.ends.iter().map(|end| end.sender.due_ns().min(end.receiver.due_ns())).min();
            let message_ns = if self.to_send == [0; 2] { u64::MAX } else { self.next_message_ns };
            let next = event_ns.min(ends_ns.unwrap_or(u64::MAX)).min(message_ns).min(self.splices.wake_ns());
            if next == u64::MAX {
                return;
            }
            self.now_ns = self.now_ns.max(next);
            self.step(message_ns <= self.now_ns);
        }
        panic!("it never ends");
    }

    fn step(&mut self, has_message: bool) {
        if has_message {
            self.message();
        }
        while self.events.peek().is_some_and(|Reverse(event)| event.0 <= self.now_ns) {
            let Some(Reverse((_, _, place, octets))) = self.events.pop() else { break };
            match place {
                Place::Middle(to) => self.middle(to, &octets),
                Place::End(at) => self.arrive(at, &octets),
            }
        }
        for at in 0..2 {
            self.ends[at].sender.expire(self.now_ns);
            self.flush(at);
        }
        self.poll();
    }

    /// Someone wants to send something, or something is inserted.
    fn message(&mut self) {
        let from = if self.to_send[0] == 0 || self.to_send[1] > 0 && self.random.percent(50) { 1 } else { 0 };
        self.to_send[from] -= 1;
        let kind = self.weather.kinds[self.random.below(self.weather.kinds.len() as u64) as usize];
        let mut payload = format!("{}{:06}", kind as char, self.to_send[from]).into_bytes();
        let filler = self.random.below(200) as usize;
        payload.extend(std::iter::repeat_n(b'.', if kind == b'L' { 1500 + filler } else { filler }));
        let is_unordered = self.random.percent(10);
        let sid = self.random.below(3) as u16;
        self.wanted[from].push((sid, !is_unordered, payload.clone()));
        self.ends[from].sender.want(Wanted { sid, is_unordered, is_fleeting: kind == b'F', payload });
        let pause = if self.random.percent(5) { 1500 * MS } else { 8 * MS };
        self.next_message_ns = self.now_ns + self.random.below(pause);
        if self.random.percent(self.weather.inserts_percent) {
            self.insert();
        }
        if self.weather.restarts && self.random.percent(5) {
            self.restart();
        }
    }

    fn insert(&mut self) {
        let from = self.random.below(2) as usize;
        let payload = format!("I{:06}", self.serial).into_bytes();
        let (sid, is_unordered) = (StreamId(self.random.below(4) as u16), self.random.percent(30));
        let message = Message { sid, is_unordered, ppid: Ppid::M3UA, payload: &payload };
        self.serial += 1;
        if self.splices.insert(key(&self.ends[from]), &message).is_ok() {
            self.inserted[from].push(payload);
            self.is_changed = true;
        }
    }

    /// The process dies between two packets; another takes up what it left, if all of it is touched.
    fn restart(&mut self) {
        if self.splices.named().next().is_some() {
            let memory = self.splices.memory().to_vec();
            self.splices = Splices::take_up(LIMITS, memory, self.now_ns).expect("of the same form");
            assert_eq!(self.splices.named().count(), 1);
        }
    }

    fn send(&mut self, place: Place, octets: Vec<u8>) {
        let copies = if self.random.percent(self.weather.copies_percent) { 2 } else { 1 };
        for _ in 0..copies {
            if self.random.percent(self.weather.loss_percent) {
                continue;
            }
            let mut octets = octets.clone();
            // Some arrive, but not as they were.
            if self.weather.loss_percent > 0 && self.random.percent(1) {
                let at = self.random.below(octets.len() as u64 - 12) as usize + 12;
                // Not so that it is whole again if it happens twice.
                octets[at] ^= 1 << (self.random.below(4) + if matches!(place, Place::End(_)) { 4 } else { 0 });
            }
            let at_ns = self.now_ns + MS + self.random.below((self.weather.delay_ms * MS).max(1));
            self.serial += 1;
            self.events.push(Reverse((at_ns, self.serial, place, octets)));
        }
    }

    fn flush(&mut self, at: usize) {
        let sack = self.ends[at].receiver.sack(self.now_ns);
        let mut bundles = self.ends[at].sender.bundles(self.now_ns);
        match (sack, bundles.first_mut()) {
            (Some(sack), Some(bundle)) if sack.len() + bundle.len() <= 1280 => {
                bundle.splice(0..0, sack);
            }
            (Some(sack), _) => bundles.push(sack),
            (None, _) => {}
        }
        for bundle in bundles {
            let packet = packet(&self.ends[at].header, &bundle);
            self.send(Place::Middle(1 - at), packet);
        }
    }

    /// The translator at work.
    fn middle(&mut self, to: usize, octets: &[u8]) {
        let from = 1 - to;
        let mut out = vec![0; 1400];
        let removed = &mut self.removed[from];
        let mut is_removing = false;
        let decide = |data: &Data<'_>, may_remove: bool| match data.payload[0] {
            b'R' if may_remove => {
                is_removing = true;
                removed.insert(data.payload.to_vec());
                Decision::Remove
            }
            b'R' => Decision::Replace(b"N"),
            b'P' => Decision::Replace(b"p replaced"),
            _ => Decision::Keep,
        };
        let outcome = self.splices.packet(octets, &[to as u8], decide, self.now_ns, &mut out).expect("room");
        self.is_changed |= is_removing;
        match outcome {
            Outcome::Untouched => self.send(Place::End(to), octets.to_vec()),
            Outcome::Rewritten(len) => {
                assert!(out[..len] != *octets);
                self.send(Place::End(to), out[..len].to_vec());
            }
            Outcome::Nothing => assert!(self.is_changed),
        }
        self.poll();
    }

    fn poll(&mut self) {
        let mut own = Vec::new();
        let keys = [0, 1].map(|at| key(&self.ends[at]));
        self.splices.poll(self.now_ns, |emission| {
            let from = keys.iter().position(|key| *key == emission.direction).expect("known");
            assert!(emission.head.is_empty() || emission.head == [1 - from as u8]);
            own.push((1 - from, emission.packet.to_vec()));
        });
        for (to, octets) in own {
            self.send(Place::End(to), octets);
        }
    }

    fn arrive(&mut self, at: usize, octets: &[u8]) {
        let packet = Packet::parse(octets).expect("whole");
        if packet.verify_crc().is_err() {
            assert!(self.weather.loss_percent > 0, "a wrong checksum");
            return;
        }
        assert_eq!(direction(&packet), key(&self.ends[1 - at]), "tag and ports");
        let end = &mut self.ends[at];
        let mut has_data = false;
        for chunk in packet.chunks() {
            let chunk = chunk.expect("whole");
            match chunk.kind() {
                ChunkKind::Data => {
                    end.receiver.data(&Data::parse(&chunk).expect("DATA"));
                    has_data = true;
                }
                ChunkKind::ForwardTsn => {
                    end.receiver.forward(&ForwardTsn::parse(&chunk).expect("FORWARD TSN"));
                    has_data = true;
                }
                ChunkKind::Sack => end.sender.sack(&Sack::parse(&chunk).expect("SACK"), self.now_ns),
                kind => panic!("{} was not sent", kind.name()),
            }
        }
        if has_data {
            end.receiver.answer(self.now_ns);
        }
        self.flush(at);
    }

    /// A SHUTDOWN of an endpoint, as the other sees it: what it acknowledges.
    pub fn shutdown(&mut self, from: usize) -> Tsn {
        let mut chunk = vec![7, 0, 0, 8];
        chunk.extend(self.ends[from].receiver.cumulative().0.to_be_bytes());
        let octets = packet(&self.ends[from].header, &chunk);
        let mut out = vec![0; 1400];
        let passed = self.splices.packet(&octets, &[], |_, _| Decision::Keep, self.now_ns, &mut out);
        let seen = match passed.expect("room") {
            Outcome::Rewritten(len) => &out[..len],
            _ => &octets,
        };
        let packet = Packet::parse(seen).expect("whole");
        let chunk = packet.chunks().next().expect("one").expect("whole");
        sctp::Shutdown::parse(&chunk).expect("SHUTDOWN").cumulative_tsn
    }
}

pub fn key(end: &Endpoint) -> u64 {
    let [p0, p1, q0, q1, t0, t1, t2, t3] = end.header;
    u64::from_be_bytes([t0, t1, t2, t3, p0, p1, q0, q1])
}

pub fn packet(header: &[u8; 8], chunks: &[u8]) -> Vec<u8> {
    let mut octets = [header.as_slice(), &[0; 4], chunks].concat();
    let crc = sctp::checksum(&octets).expect("whole");
    octets[8..12].copy_from_slice(&crc.to_le_bytes());
    octets
}
