//! Two endpoints, and a wire in splice mode between them.

use crate::common::{Rig, TURN_NS, collect, frames_of, offer};
use crate::receiver::Receiver;
use crate::sender::{Sender, Wanted};
use sluice_abi::counters::{Counter, Slot};
use sluice_dataplane::lane::Lane;
use sluice_dataplane::poll::Engines;
use sluice_dataplane::spliced::{Names, Splicing};
use sluice_engine::{Mode, Settings, SpliceSizes, Wire};
use sluice_io::memory::{MemoryPort, Pool, pair};
use sluice_io::{Clock, FrameMeta};
use sluice_wire::sctp::{self, ChunkKind, Data, Packet, Sack, Tsn};
use sluice_wire::tcap::{Code, ComponentKind, Message, MessageKind};
use sluice_wire::{ip, m3ua, sccp};
use std::collections::BTreeSet;
use std::path::PathBuf;

pub const OUTSIDE: usize = 0;
pub const INSIDE: usize = 1;
/// Parameters of INIT and INIT ACK: none, or RANDOM, HMAC and list of chunks (RFC 4895 §3).
pub const PLAIN: &[u8] = &[];
pub const PROTECTED: &[u8] = &with_chunks([0xC1, 0]);
/// As usrsctp and FreeBSD have it.
pub const ADDRESSES_PROTECTED: &[u8] = &with_chunks([0xC1, 0x80]);

const fn with_chunks([first, second]: [u8; 2]) -> [u8; 52] {
    [
        0x80, 2, 0, 36, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        27, 28, 29, 30, 31, 32, 0x80, 4, 0, 6, 0, 1, 0, 0, 0x80, 3, 0, 6, first, second, 0, 0,
    ]
}

const TAGS: [u32; 2] = [0x1111_1111, 0x2222_2222];
const FIRSTS: [Tsn; 2] = [Tsn(u32::MAX - 7), Tsn(1000)];
const PORT: u16 = 2905;
const SIZES: SpliceSizes = SpliceSizes { associations: 4, answers: 64 };

struct End {
    port: MemoryPort,
    sender: Sender,
    receiver: Receiver,
}

pub struct Ends {
    rig: Rig<MemoryPort>,
    pool: Pool,
    ends: [End; 2],
    /// What the endpoints sent, and what arrived that none of them did.
    sent: BTreeSet<Vec<u8>>,
    made: Vec<Vec<u8>>,
    wanted: [Vec<Vec<u8>>; 2],
    names: Names,
    folder: tempfile::TempDir,
    random: u64,
    /// So many of the frames with DATA of the dataplane's own that are next get lost.
    pub lose_own: usize,
    pub loss_percent: u64,
}

impl Ends {
    /// After the handshake, under a policy that refuses every delivery like this.
    pub fn new(action: &str, parameters: &[u8]) -> Self {
        let pool = Pool::new(4096, 2048);
        let (far_outside, outside) = pair(["far", "outside"], &pool, 1024);
        let (far_inside, inside) = pair(["far", "inside"], &pool, 1024);
        let changes = Wire { mode: Mode::Splice, ..Wire::default() };
        let rig = Rig::judging(vec![Lane::wire("w".into(), outside, inside).with_changes(changes)], &policy(action));
        let end = |port, at: usize| {
            let (sender, receiver) = (Sender::new(FIRSTS[at], 0), Receiver::new(FIRSTS[1 - at], 0));
            End { port, sender, receiver }
        };
        let mut ends = Self {
            rig,
            pool,
            ends: [end(far_outside, OUTSIDE), end(far_inside, INSIDE)],
            sent: BTreeSet::new(),
            made: Vec::new(),
            wanted: Default::default(),
            names: Names::default(),
            folder: tempfile::tempdir().unwrap(),
            random: 7,
            lose_own: 0,
            loss_percent: 0,
        };
        ends.begin();
        ends.shake_hands(parameters);
        ends
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("spliced.0")
    }

    fn begin(&mut self) {
        let splicing = Splicing { sizes: SIZES, file: Some(self.file()), names: Names::new(SIZES.associations) };
        splicing.begin(&mut self.rig.core.engines, self.rig.core.clock.now_ns());
        self.names = splicing.names;
        self.run(1);
    }

    /// Another process on the same state: its tables know nothing.
    pub fn restart(&mut self) {
        self.rig.core.engines.end_splicing();
        self.rig.core.engines = Engines::for_lanes(&self.rig.core.lanes, &Settings::default());
        self.begin();
    }

    fn shake_hands(&mut self, parameters: &[u8]) {
        let hello = |kind: u8, at: usize| {
            let mut chunk = vec![kind, 0];
            chunk.extend((20 + parameters.len() as u16).to_be_bytes());
            chunk.extend(TAGS[at].to_be_bytes());
            chunk.extend([0, 1, 0, 0, 0, 8, 0, 8]);
            chunk.extend(FIRSTS[at].0.to_be_bytes());
            chunk.extend(parameters);
            chunk
        };
        for (from, tag, chunk) in [
            (OUTSIDE, 0, hello(1, OUTSIDE)),
            (INSIDE, TAGS[OUTSIDE], hello(2, INSIDE)),
            (OUTSIDE, TAGS[INSIDE], vec![10, 0, 0, 8, 1, 2, 3, 4]),
            (INSIDE, TAGS[OUTSIDE], vec![11, 0, 0, 4]),
        ] {
            self.send(from, tag, &chunk);
            self.turn();
        }
    }

    /// An endpoint wants to have a message sent.
    pub fn want(&mut self, from: usize, at: usize, payload: &[u8]) {
        let wanted =
            Wanted { sid: 1 + at as u16 % 4, is_unordered: false, is_fleeting: false, payload: payload.to_vec() };
        self.wanted[from].push(payload.to_vec());
        self.ends[from].sender.want(wanted);
    }

    /// So many milliseconds.
    pub fn run(&mut self, ms: usize) {
        for _ in 0..ms {
            for from in [OUTSIDE, INSIDE] {
                self.flush(from);
            }
            self.turn();
        }
    }

    pub fn run_until_quiet(&mut self) {
        for _ in 0..600 {
            self.run(500);
            if self.ends.iter().all(|end| end.sender.is_idle() && end.receiver.is_idle()) {
                // What the dataplane still has to say of its own.
                return self.run(3000);
            }
        }
        panic!("it never ends");
    }

    /// What an endpoint was given that the other did not want to send, or that it did.
    pub fn arrived(&self, at: usize) -> Vec<Vec<u8>> {
        let own = |payload: &&Vec<u8>| at == INSIDE || !self.wanted[INSIDE].contains(payload);
        self.delivered(at).filter(own).cloned().collect()
    }

    fn delivered(&self, at: usize) -> impl Iterator<Item = &Vec<u8>> {
        self.ends[at].receiver.delivered.iter().map(|(_, _, payload)| payload)
    }

    pub fn count(&self, counter: Counter) -> u64 {
        self.rig.at(Slot::counter(counter))
    }

    pub fn resent(&self) -> u64 {
        self.ends.iter().map(|end| end.sender.resent).sum()
    }

    pub fn made(&self) -> &[Vec<u8>] {
        &self.made
    }

    /// Of the associations that the status names, what it says.
    pub fn named(&mut self) -> Vec<String> {
        self.run(1001);
        let json = self.names.json();
        json.split("}").filter(|one| one.contains("tags")).map(|one| one.trim_matches(['[', ',']).to_owned()).collect()
    }

    /// Everything was acknowledged to whoever sent it, nobody misses a TSN, and what nobody refused has arrived.
    pub fn assert_in_good_order(&self) {
        for (at, end) in self.ends.iter().enumerate() {
            assert!(end.sender.is_idle() && end.receiver.is_idle(), "{at}");
            let reached = end.receiver.cumulative().0.wrapping_sub(FIRSTS[1 - at].0.wrapping_sub(1));
            assert_eq!(reached as usize, end.receiver.delivered.len(), "each TSN is a message");
        }
        let came: Vec<_> = self.delivered(OUTSIDE).collect();
        assert!(self.wanted[INSIDE].iter().all(|payload| came.contains(&payload)));
    }

    fn flush(&mut self, from: usize) {
        let now_ns = self.rig.core.clock.now_ns();
        let end = &mut self.ends[from];
        end.sender.expire(now_ns);
        let sack = end.receiver.sack(now_ns);
        let bundles = end.sender.bundles(now_ns);
        for chunks in sack.into_iter().chain(bundles) {
            if !self.is_lost() {
                self.send(from, TAGS[1 - from], &chunks);
            }
        }
    }

    fn send(&mut self, from: usize, tag: u32, chunks: &[u8]) {
        let frame = frame(from, tag, chunks);
        self.sent.insert(frame.clone());
        assert_eq!(offer(&mut self.ends[from].port, &self.pool, &[(frame, FrameMeta::default())]), 1);
    }

    fn turn(&mut self) {
        self.rig.core.turn();
        for at in [OUTSIDE, INSIDE] {
            let mut arrived = Vec::new();
            collect(&mut self.ends[at].port, &mut arrived);
            for frame in arrived {
                self.arrive(at, frame);
            }
        }
        self.rig.core.clock.advance(TURN_NS);
    }

    fn arrive(&mut self, at: usize, frame: Vec<u8>) {
        let is_own = !self.sent.contains(&frame);
        if is_own {
            self.made.push(frame.clone());
        }
        let packet = sctp_of(&frame);
        packet.verify_crc().unwrap();
        let has_data = packet.chunks().flatten().any(|chunk| chunk.kind() == ChunkKind::Data);
        if is_own && has_data && at == OUTSIDE && self.lose_own > 0 {
            self.lose_own -= 1;
            return;
        }
        if self.is_lost() {
            return;
        }
        let now_ns = self.rig.core.clock.now_ns();
        let End { sender, receiver, .. } = &mut self.ends[at];
        for chunk in packet.chunks() {
            let chunk = chunk.unwrap();
            match chunk.kind() {
                ChunkKind::Data => receiver.data(&Data::parse(&chunk).unwrap()),
                ChunkKind::Sack => sender.sack(&Sack::parse(&chunk).unwrap(), now_ns),
                _ => {}
            }
        }
        if has_data {
            receiver.answer(now_ns);
        }
    }

    /// SplitMix64.
    fn is_lost(&mut self) -> bool {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % 100 < self.loss_percent
    }
}

fn policy(action: &str) -> String {
    format!(
        "name = \"splice\"\n[[rule]]\nid = \"all\"\nlevel = 3\n\
         when = 'map.component == \"invoke\" && (map.op == 44 || map.op == 46)'\n{action}\n"
    )
}

/// Ethernet, IPv4 and SCTP around chunks.
fn frame(from: usize, tag: u32, chunks: &[u8]) -> Vec<u8> {
    let mut sctp = [PORT.to_be_bytes(), PORT.to_be_bytes()].concat();
    sctp.extend(tag.to_be_bytes());
    sctp.extend([0; 4]);
    sctp.extend(chunks);
    sctp.resize(sctp.len().next_multiple_of(4), 0);
    let crc = sctp::checksum(&sctp).unwrap();
    sctp[8..12].copy_from_slice(&crc.to_le_bytes());
    let (source, destination) = (1 + from as u8, 2 - from as u8);
    let mut ip = vec![0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 132, 0, 0, 192, 0, 2, source, 192, 0, 2, destination];
    let len = (ip.len() + sctp.len()) as u16;
    ip[2..4].copy_from_slice(&len.to_be_bytes());
    let checksum = ip::header_checksum(&ip);
    ip[10..12].copy_from_slice(&checksum.to_be_bytes());
    let link = [2, 0, 0, 0, 0, destination, 2, 0, 0, 0, 0, source, 8, 0];
    [&link[..], &ip, &sctp].concat()
}

fn sctp_of(frame: &[u8]) -> Packet<'_> {
    let ip = ip::Packet::parse(&frame[14..]).unwrap();
    let at = 14 + usize::from(ip.payload_offset());
    Packet::parse(&frame[at..at + ip.payload().len()]).unwrap()
}

/// Messages of a capture in M3UA whose TCAP message is one of those wanted; all different.
fn messages(count: usize, is_wanted: impl Fn(&Message<'_>) -> bool) -> Vec<Vec<u8>> {
    let mut found = BTreeSet::new();
    for (frame, _) in frames_of("mix-11.pcap") {
        if frame[12..14] != [8, 0] || frame[23] != 132 {
            continue;
        }
        let packet = sctp_of(&frame);
        let data = packet.chunks().flatten().filter_map(|chunk| Data::parse(&chunk).ok());
        let payloads = data.filter(|data| data.flags.is_whole()).map(|data| data.payload.to_vec());
        found.extend(payloads.filter(|payload| tcap_of(payload).is_some_and(|tcap| is_wanted(&message(&tcap)))));
    }
    assert!(found.len() >= count, "{}", found.len());
    found.into_iter().take(count).collect()
}

/// Begins that the policy refuses.
pub fn requests(count: usize) -> Vec<Vec<u8>> {
    messages(count, |message| message.kind == MessageKind::Begin && is_delivery(message))
}

/// Requests in a dialogue that is under way, which it refuses too.
pub fn continues(count: usize) -> Vec<Vec<u8>> {
    messages(count, |message| message.kind == MessageKind::Continue && is_delivery(message))
}

/// Messages that it does not.
pub fn passing(count: usize) -> Vec<Vec<u8>> {
    messages(count, |message| message.kind == MessageKind::Begin && !is_delivery(message))
}

fn is_delivery(message: &Message<'_>) -> bool {
    message.components().flatten().any(|one| matches!(one.operation, Some(Code::Local(44 | 46))))
}

fn message(tcap: &[u8]) -> Message<'_> {
    Message::parse(tcap).unwrap()
}

fn tcap_of(payload: &[u8]) -> Option<Vec<u8>> {
    let user_data = m3ua::Message::parse(payload).ok()?.protocol_data().ok()?.user_data;
    let sccp::Message::Connectionless(sccp) = sccp::Message::parse(user_data).ok()? else { return None };
    Message::parse(sccp.data).is_ok().then(|| sccp.data.to_vec())
}

/// A component: what it is, and of which operation or with which error.
pub type Said = (ComponentKind, Option<Code<'static>>);

/// Kind, destination transaction, and kinds and errors of the components.
pub fn said(payload: &[u8]) -> (MessageKind, Vec<u8>, Vec<Said>) {
    let tcap = tcap_of(payload).unwrap();
    let message = message(&tcap);
    let error = |code: Code<'_>| code.local().map(Code::Local);
    let components =
        message.components().map(Result::unwrap).map(|one| (one.kind, one.error.and_then(error))).collect();
    (message.kind, message.dtid.unwrap().octets().to_vec(), components)
}

/// The transaction that a request opens.
pub fn transaction(payload: &[u8]) -> Vec<u8> {
    let tcap = tcap_of(payload).unwrap();
    message(&tcap).otid.unwrap().octets().to_vec()
}
