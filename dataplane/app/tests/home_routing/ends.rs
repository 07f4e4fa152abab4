//! Both ends of a wire with home routing, and the frames they send each other.
//!
//! ```text
//!   stranger 9998… ── outside │ wire │ inside ── home register, MSC, SGSN 9997…
//! ```

use super::common::{Rig, TURN_NS, collect, offer};
use sluice_abi::counters::{Counter, Slot};
use sluice_dataplane::lane::Lane;
use sluice_engine::{HomeRouting, Wire, Words};
use sluice_io::memory::{MemoryPort, Pool, pair};
use sluice_io::{FrameMeta, LinkType};
use sluice_wire::crc32c::crc32c;
use sluice_wire::digits::Digits;
use sluice_wire::sctp::{ChunkKind, Data, Packet};
use sluice_wire::{m3ua, sccp};
use std::collections::BTreeSet;

/// Nobody but the appliance has it.
pub const OURS: &str = "9997000001";
pub const REGISTER: &str = "9997000010";
pub const MSC: &str = "9997000020";
pub const SGSN: &str = "9997000030";
pub const STRANGER: &str = "9998000001";
pub const THIEF: &str = "9998000099";
pub const PARTNER: &str = "9996000001";
/// MCC and MNC of the home network.
pub const HOME: &str = "00101";

/// A message of SCCP between two global titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Msu {
    pub calling: String,
    pub called: String,
    /// Of the called party.
    pub ssn: u8,
    pub tcap: Vec<u8>,
}

/// A message to an MSC, a register or a service centre.
pub fn msu(calling: &str, called: &str, tcap: Vec<u8>) -> Msu {
    Msu { calling: calling.into(), called: called.into(), ssn: 8, tcap }
}

/// A wire with home routing and what is behind its ports.
pub struct Line {
    pub rig: Rig<MemoryPort>,
    outside: MemoryPort,
    inside: MemoryPort,
    pool: Pool,
    tsn: u32,
    /// All frames that arrived.
    pub frames: Vec<Vec<u8>>,
}

/// As a wire has it, with its ids in these words.
pub fn home(words: &Words) -> HomeRouting {
    HomeRouting { tables: vec![words.clone()], except: vec!["9996".into()], ..HomeRouting::new(OURS, HOME) }
}

/// Room for a hundred ids.
pub fn words() -> Words {
    Words::new(HomeRouting { ids: 100, ..HomeRouting::new(OURS, HOME) }.table_octets())
}

impl Line {
    pub fn new(home: HomeRouting, policy: Option<&str>) -> Self {
        let pool = Pool::new(1024, 2048);
        let (far_outside, outside) = pair(["far", "outside"], &pool, 64);
        let (far_inside, inside) = pair(["far", "inside"], &pool, 64);
        let lane = Lane::wire("w".into(), outside, inside).with_changes(Wire::default());
        let rig = Rig::routing_home(vec![lane], home, policy);
        Self { rig, outside: far_outside, inside: far_inside, pool, tsn: 0, frames: Vec::new() }
    }

    /// Sends a message from outside; gives what arrives inside.
    pub fn inwards(&mut self, msu: &Msu) -> Msu {
        let frame = self.frame(msu, [1, 2]);
        read(&self.carry_inwards(frame))
    }

    /// Sends a message from inside; gives what arrives outside.
    pub fn outwards(&mut self, msu: &Msu) -> Msu {
        let frame = self.frame(msu, [2, 1]);
        read(&self.carry_outwards(frame))
    }

    pub fn carry_inwards(&mut self, frame: Vec<u8>) -> Vec<u8> {
        self.carry(frame, true)
    }

    pub fn carry_outwards(&mut self, frame: Vec<u8>) -> Vec<u8> {
        self.carry(frame, false)
    }

    fn carry(&mut self, frame: Vec<u8>, is_inwards: bool) -> Vec<u8> {
        let Self { outside, inside, .. } = self;
        let (from, to) = if is_inwards { (outside, inside) } else { (inside, outside) };
        let meta = FrameMeta { timestamp_ns: None, link_type: LinkType::ETHERNET };
        assert_eq!(offer(from, &self.pool, &[(frame, meta)]), 1);
        let mut arrived = Vec::new();
        for _ in 0..8 {
            self.rig.core.turn();
            self.rig.core.clock.advance(TURN_NS);
            collect(to, &mut arrived);
        }
        let [frame] = arrived.try_into().expect("one frame goes on for one that comes");
        self.frames.push(frame);
        self.frames.last().unwrap().clone()
    }

    /// Sends the frames of a capture; gives those that arrive as others than came.
    pub fn changed(&mut self, frames: &[(Vec<u8>, FrameMeta)], is_inwards: bool) -> Vec<Vec<u8>> {
        let Self { outside, inside, .. } = self;
        let (from, to) = if is_inwards { (outside, inside) } else { (inside, outside) };
        let (mut arrived, mut sent, mut idle) = (Vec::new(), 0, 0);
        while idle < 200 {
            sent += offer(from, &self.pool, &frames[sent..]);
            idle = if self.rig.core.turn() == 0 && sent == frames.len() { idle + 1 } else { 0 };
            self.rig.core.clock.advance(TURN_NS);
            collect(to, &mut arrived);
        }
        assert_eq!(arrived.len(), frames.len(), "as many frames go on as come");
        let came: BTreeSet<&[u8]> = frames.iter().map(|(octets, _)| octets.as_slice()).collect();
        arrived.retain(|octets| !came.contains(octets.as_slice()));
        arrived
    }

    pub fn count(&self, counter: Counter) -> u64 {
        self.rig.at(Slot::counter(counter))
    }

    /// A frame from one host of documentation to another, in a chunk of its own.
    pub fn frame(&mut self, msu: &Msu, [from, to]: [u8; 2]) -> Vec<u8> {
        self.tsn += 1;
        let m3ua = m3ua_of(msu, [from, to]);
        let data = [&self.tsn.to_be_bytes()[..], &[0, from, 0, 0, 0, 0, 0, 3], &m3ua].concat();
        let chunk = [&[0, 3][..], &((data.len() + 4) as u16).to_be_bytes(), &data].concat();
        let ports = [11, 89, 11, 89];
        let mut sctp = [&ports[..], &[7, 7, 7, from, 0, 0, 0, 0], &padded(chunk)].concat();
        let crc = crc32c(&sctp);
        sctp[8..12].copy_from_slice(&crc.to_le_bytes());
        let total = ((sctp.len() + 20) as u16).to_be_bytes();
        let mut ip = vec![0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 132, 0, 0, 192, 0, 2, from, 192, 0, 2, to];
        let sum = ip.chunks(2).fold(0_u32, |sum, two| sum + u32::from(two[0]) * 256 + u32::from(two[1]));
        let sum = !((sum & 0xFFFF) + (sum >> 16)) as u16;
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        [&[2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0][..], &ip, &sctp].concat()
    }
}

fn padded(mut octets: Vec<u8>) -> Vec<u8> {
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

fn m3ua_of(msu: &Msu, [from, to]: [u8; 2]) -> Vec<u8> {
    let (called, calling) = (address(&msu.called, msu.ssn), address(&msu.calling, 8));
    let (called_len, calling_len) = (called.len() as u8, calling.len() as u8);
    let head = [9, 0, 3, 3 + called_len, 3 + called_len + calling_len, called_len];
    let udt = [&head[..], &called, &[calling_len], &calling, &[msu.tcap.len() as u8], &msu.tcap].concat();
    let label = [0, 0, 0, from, 0, 0, 0, to, 3, 2, 0, from];
    let parameter = [&[2, 16][..], &((udt.len() + 16) as u16).to_be_bytes(), &label, &udt].concat();
    let parameter = padded(parameter);
    [&[1, 0, 1, 1][..], &((parameter.len() + 8) as u32).to_be_bytes(), &parameter].concat()
}

/// Routed by a global title, international, ISDN.
fn address(digits: &str, ssn: u8) -> Vec<u8> {
    let scheme = if digits.len().is_multiple_of(2) { 0x12 } else { 0x11 };
    [&[0x12, ssn, 0, scheme, 4][..], &packed(digits, 0)].concat()
}

/// Two digits an octet, the first in the lower half.
pub fn packed(digits: &str, filler: u8) -> Vec<u8> {
    let value = |digit: Option<&u8>| digit.map_or(filler, |digit| digit & 0xF);
    digits.as_bytes().chunks(2).map(|pair| value(pair.first()) | value(pair.get(1)) << 4).collect()
}

/// What a frame carries.
pub fn read(frame: &[u8]) -> Msu {
    let ip = sluice_wire::ip::Packet::parse(&frame[14..]).unwrap();
    let packet = Packet::parse(ip.payload()).unwrap();
    let chunk = packet.chunks().map(Result::unwrap).find(|chunk| chunk.kind() == ChunkKind::Data).unwrap();
    let payload = Data::parse(&chunk).unwrap().payload;
    let user_data = m3ua::Message::parse(payload).unwrap().protocol_data().unwrap().user_data;
    let sccp::Message::Connectionless(sccp) = sccp::Message::parse(user_data).unwrap() else { panic!("no unitdata") };
    let digits = |address: &sccp::Address<'_>| Digits::bcd(address.digits(), address.is_odd()).as_str().to_owned();
    let ssn = sccp.called.ssn().map_or(0, |ssn| ssn.0);
    Msu { calling: digits(&sccp.calling), called: digits(&sccp.called), ssn, tcap: sccp.data.to_vec() }
}
