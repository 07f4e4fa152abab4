//! TCP and SMPP: a stream of PDUs cut into segments, which come in order or not, twice, or never.
//!
//! ```text
//!  0        1                       count + 1
//! +--------+------+------+-- … --+-----------------------
//! | count  | cut  | cut  | cut … | octets of the stream
//! +--------+------+------+-- … --+-----------------------
//! ```
//! Bits 0–5 of a cut are the segment's length (what the last cut leaves is one segment more), bits 6–7 what becomes of
//! it: it comes, it comes after the next one, it comes twice, it is lost.

use super::source::Source;
use sluice_track::{Flow, FlowKey, StreamSizes, Streams, Taken};
use sluice_wire::smpp::{self, Framing, InterfaceVersion, PDU_OCTETS_MAX, Pdu, Pdus, may_begin};
use sluice_wire::tcp::{Flags, Segment, SequenceNumber};

const LATE: u8 = 1;
const TWICE: u8 = 2;
const LOST: u8 = 3;
/// Number of the first octet, so that the numbers wrap within a stream.
const FIRST: u32 = u32::MAX - 100;
const SIZES: StreamSizes = StreamSizes { connections: 2, octets: 16 << 10, timeout_ns: 1000 };

/// An input that gives a payload in one segment.
pub fn input(payload: &[u8]) -> Vec<u8> {
    [&[0], payload].concat()
}

/// Reads the stream whole, then in its segments.
pub fn run(input: &[u8]) {
    let _ = Segment::parse(input);
    let mut source = Source::new(input);
    let count = source.octet() % 32;
    let cuts = source.take(count.into());
    let stream = source.rest();
    let expected = pdus(stream);
    let mut reader = Reader { streams: Streams::new(SIZES, 7), read: Vec::new(), now_ns: 0, room: room() };
    reader.segment(FIRST.wrapping_sub(1), Flags::SYN, &[]);
    let is_lossless = reader.segments(cuts, stream);
    // What a PDU cannot begin with is where reading begins anew, which is no matter of the pieces.
    if is_lossless && expected.iter().all(|pdu| may_begin(pdu)) {
        assert!(reader.read.iter().zip(&expected).all(|(read, pdu)| read == pdu), "PDUs as they were sent");
        assert!(reader.read.len() >= expected.len(), "all of them");
    }
}

fn room() -> Box<[u8; PDU_OCTETS_MAX]> {
    vec![0; PDU_OCTETS_MAX].try_into().expect("its own length")
}

/// The PDUs of the stream, up to where none can begin.
fn pdus(octets: &[u8]) -> Vec<&[u8]> {
    let _ = smpp::looks_like_smpp(octets);
    match smpp::frame(octets) {
        Framing::Whole(len) => assert!(len <= octets.len() && len <= PDU_OCTETS_MAX),
        Framing::Need(len) => assert!(len > octets.len() && len <= PDU_OCTETS_MAX),
        Framing::NotSmpp => {}
    }
    let all: Vec<_> = Pdus::new(octets).collect();
    assert!(all.len() <= octets.len() / smpp::HEADER_OCTETS, "every PDU has a header");
    all.iter().filter_map(|pdu| Pdu::parse(pdu).ok()).for_each(|pdu| look_at(&pdu));
    all
}

struct Reader {
    streams: Streams,
    read: Vec<Vec<u8>>,
    now_ns: u64,
    room: Box<[u8; PDU_OCTETS_MAX]>,
}

impl Reader {
    /// Sends the segments; says whether none was lost.
    fn segments(&mut self, cuts: &[u8], stream: &[u8]) -> bool {
        let (mut rest, mut at) = (stream, FIRST);
        let mut late: Option<(u32, &[u8])> = None;
        let mut is_lossless = true;
        for cut in cuts.iter().copied().chain([0]) {
            let is_last = rest.len() <= usize::from(cut & 63) || cut == 0;
            let (segment, after) = if is_last { (rest, &[][..]) } else { rest.split_at((cut & 63).into()) };
            match cut >> 6 {
                _ if segment.is_empty() => {}
                LATE if late.is_none() => late = Some((at, segment)),
                LOST => is_lossless = false,
                how => {
                    self.segment(at, Flags::ACK, segment);
                    if how == TWICE {
                        self.segment(at, Flags::ACK, segment);
                    }
                    if let Some((at, segment)) = late.take() {
                        self.segment(at, Flags::ACK, segment);
                    }
                }
            }
            at = at.wrapping_add(segment.len() as u32);
            rest = after;
        }
        if let Some((at, segment)) = late {
            self.segment(at, Flags::ACK, segment);
        }
        is_lossless
    }

    fn segment(&mut self, sequence: u32, flags: u8, payload: &[u8]) {
        self.now_ns += 1;
        let key = FlowKey { source: 1, destination: 2, source_port: 40_000, destination_port: smpp::PORT };
        let segment = Segment {
            source_port: key.source_port,
            destination_port: key.destination_port,
            sequence: SequenceNumber(sequence),
            acknowledgement: SequenceNumber(0),
            flags: Flags(flags),
            window: 0,
            payload,
        };
        match self.streams.segment(key, &segment, self.now_ns) {
            Taken::Direct { flow, skip_octets } => self.direct(flow, &payload[skip_octets..]),
            Taken::Held(flow) => self.held(flow),
            _ => {}
        }
    }

    fn direct(&mut self, flow: Flow, octets: &[u8]) {
        let mut pdus = Pdus::new(octets);
        for pdu in &mut pdus {
            self.take(flow, pdu.to_vec());
        }
        self.streams.keep(flow, pdus.rest());
    }

    fn held(&mut self, flow: Flow) {
        while let Some(whole) = self.streams.next_pdu(flow, &mut self.room) {
            let pdu = self.room[..whole.len_octets].to_vec();
            self.take(flow, pdu);
        }
    }

    fn take(&mut self, flow: Flow, pdu: Vec<u8>) {
        if let Ok(pdu) = Pdu::parse(&pdu) {
            self.streams.learn(flow, &pdu);
        }
        let _ = (self.streams.session(flow), self.streams.is_from_esme(flow));
        self.read.push(pdu);
    }
}

fn look_at(pdu: &Pdu<'_>) {
    let mut out = [0; 1024];
    if let Some(text) = pdu.text(&mut out) {
        assert!(text.text.len() <= 1024);
    }
    assert!(pdu.message().ends_with(pdu.payload()));
    let _ = (pdu.concatenation(), pdu.application_ports(), pdu.charset());
    for version in [InterfaceVersion::V3_3, InterfaceVersion::V3_4, InterfaceVersion::V5_0] {
        let _ = pdu.beyond(version);
    }
}
