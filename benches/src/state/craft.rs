//! Frames of ordinary traffic: one written by hand for each kind of message, and the numbers that change in it.
//!
//! | kind | request | answer |
//! |---|---|---|
//! | submission | mo-forwardSM with MSISDN and IMSI, 97 letters | empty result |
//! | question | sendRoutingInfoForSM | IMSI and serving node |
//! | delivery | mt-forwardSM to an IMSI, 97 letters | empty result |
//!
//! TS 29.002 §17.6.6, §17.7.6; TS 23.040 §9.2.2; Q.773 §3, §4.2.3. All in one association, M3UA, a UDT each. Every
//! number has as many digits as any other of its kind, so that only octets change and no length.

use super::octets::{Octets, semi_octets, septets, transaction_octets};
use crate::clock::crc32c;
use crate::forms::Plain;
use crate::forms::carry::Adaptation;
use crate::forms::network::{Network, Sender};
use crate::forms::restyle::{Element, Style};
use anyhow::Context;
use sluice_wire::mtp3::{Label, NetworkIndicator, PointCode, ServiceIndicator, Sls};

/// A kind of dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of a subscriber, to the service centre.
    Submission,
    /// Where a subscriber is.
    Question,
    /// To a subscriber.
    Delivery,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Submission, Self::Question, Self::Delivery];
}

/// What changes from message to message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    /// Transaction id of the one who opened the dialogue.
    pub transaction: u32,
    /// The subscriber, who has this MSISDN, this IMSI and is at a node of its own choice.
    pub subscriber: u32,
    /// The number at the other end.
    pub party: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Transaction,
    Msisdn,
    Imsi,
    Node,
    Party,
}

/// A frame, and where the numbers stand in it.
pub struct Template {
    octets: Vec<u8>,
    places: Vec<(Place, usize)>,
    /// Which end of the association sends it.
    pub end: usize,
}

/// Ethernet and IPv4.
const SCTP_AT: usize = 34;
const CHECKSUM_AT: usize = SCTP_AT + 8;
/// TSN of the first chunk (RFC 9260 §3.3.1).
const TSN_AT: usize = SCTP_AT + 16;

/// Serving nodes of the home network.
pub const NODES: u32 = 64;
const CENTRE_HOME: u64 = 999_700_300_001;
const CENTRE_OTHER: u64 = 999_810_300_001;
const REGISTER: u64 = 999_700_500_001;
/// Numbers that stand in templates where others go.
const MARK: Numbers = Numbers { transaction: 0xA5C3_96E7, subscriber: 7_654_321, party: 8_765_432 };

/// 99970 and seven digits.
pub const fn msisdn(subscriber: u32) -> u64 {
    999_700_000_000 + subscriber as u64
}

/// 00101 and ten digits.
pub const fn imsi(subscriber: u32) -> u64 {
    1_010_000_000_000 + subscriber as u64
}

/// Where a subscriber is served.
pub const fn node(subscriber: u32) -> u64 {
    999_700_600_000 + (subscriber % NODES) as u64
}

/// 99981 and seven digits.
pub const fn party(number: u32) -> u64 {
    999_810_000_000 + number as u64
}

impl Template {
    /// The request that opens a dialogue.
    ///
    /// # Errors
    /// That a number is not where it should be.
    pub fn request(kind: Kind) -> anyhow::Result<Self> {
        let (context, operation, parameter) = match kind {
            Kind::Submission => (21, 46, submission()),
            Kind::Question => (20, 45, question()),
            Kind::Delivery => (25, 44, delivery()),
        };
        let invoke = Element::of(0xa1, vec![one(2, 1), one(2, operation), Element::of(0x30, parameter)]);
        let id = Element::octets(0x48, &MARK.transaction.to_be_bytes());
        let begin = Element::of(0x62, vec![id, opening(context), Element::of(0x6c, vec![invoke])]);
        Self::new(ends(kind), begin, usize::from(kind != Kind::Submission))
    }

    /// The answer that ends it.
    ///
    /// # Errors
    /// As above.
    pub fn answer(kind: Kind) -> anyhow::Result<Self> {
        let (context, result) = match kind {
            Kind::Submission => (21, Vec::new()),
            Kind::Question => (20, vec![Element::of(0x30, vec![one(2, 45), Element::of(0x30, answer())])]),
            Kind::Delivery => (25, Vec::new()),
        };
        let result = Element::of(0xa2, std::iter::once(one(2, 1)).chain(result).collect());
        let id = Element::octets(0x49, &MARK.transaction.to_be_bytes());
        let end = Element::of(0x64, vec![id, accepting(context), Element::of(0x6c, vec![result])]);
        let (called, calling) = ends(kind);
        Self::new((calling, called), end, usize::from(kind == Kind::Submission))
    }

    fn new((called, calling): (Vec<u8>, Vec<u8>), tcap: Element, end: usize) -> anyhow::Result<Self> {
        let codes = if end == 0 { [6001, 4001] } else { [4001, 6001] }.map(PointCode);
        let label = Label {
            opc: codes[0],
            dpc: codes[1],
            si: ServiceIndicator::Sccp,
            ni: NetworkIndicator(2),
            mp: None,
            sls: Sls(0),
        };
        let tcap = tcap.write(Style::default());
        let plain = Plain { label, class: 0, called, calling, tcap, text: String::new() };
        let first = Sender::new(Network::V4, 2905);
        let mut sender = if end == 0 { first } else { first.peer() };
        let chunk = sender.data(3, 3, &Adaptation::M3ua.carry(&label, &plain.udt(), 1));
        let octets = sender.sctp(&chunk).into_iter().next().context("no frame")?;
        let places = places(&octets);
        anyhow::ensure!(places.iter().any(|(place, _)| *place == Place::Transaction), "no transaction id");
        Ok(Self { octets, places, end })
    }

    /// Its length.
    pub fn len_octets(&self) -> usize {
        self.octets.len()
    }

    /// Writes it with these numbers and this TSN.
    pub fn write(&self, numbers: &Numbers, tsn: u32, out: &mut [u8]) {
        out.copy_from_slice(&self.octets);
        out[TSN_AT..][..4].copy_from_slice(&tsn.to_be_bytes());
        for &(place, at) in &self.places {
            let octets = digits_of(place, numbers);
            out[at..][..octets.len()].copy_from_slice(&octets);
        }
        out[CHECKSUM_AT..][..4].fill(0);
        let checksum = crc32c(&out[SCTP_AT..]);
        out[CHECKSUM_AT..][..4].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Called and calling address of a request.
fn ends(kind: Kind) -> (Vec<u8>, Vec<u8>) {
    let serving = address(8, node(MARK.subscriber));
    match kind {
        Kind::Submission => (address(8, CENTRE_HOME), serving),
        Kind::Question => (address(6, REGISTER), address(8, CENTRE_OTHER)),
        Kind::Delivery => (serving, address(8, CENTRE_OTHER)),
    }
}

fn places(frame: &[u8]) -> Vec<(Place, usize)> {
    let all = [Place::Transaction, Place::Msisdn, Place::Imsi, Place::Node, Place::Party];
    let of = |place| {
        let mark = digits_of(place, &MARK);
        let found: Vec<_> = frame.windows(mark.len()).enumerate().filter(|(_, w)| **w == *mark).collect();
        found.into_iter().map(move |(at, _)| (place, at))
    };
    all.into_iter().flat_map(of).collect()
}

/// The octets of a number as it stands in a frame.
fn digits_of(place: Place, numbers: &Numbers) -> Octets {
    match place {
        Place::Transaction => transaction_octets(numbers.transaction),
        Place::Msisdn => semi_octets(msisdn(numbers.subscriber), 12),
        Place::Imsi => semi_octets(imsi(numbers.subscriber), 15),
        Place::Node => semi_octets(node(numbers.subscriber), 12),
        Place::Party => semi_octets(party(numbers.party), 12),
    }
}

fn one(tag: u8, value: u8) -> Element {
    Element::octets(tag, &[value])
}

/// Global title of format 4, E.164, international (Q.713 §3.4.2.3.4).
fn address(subsystem: u8, number: u64) -> Vec<u8> {
    [&[0x12, subsystem, 0, 0x12, 4], &*semi_octets(number, 12)].concat()
}

/// International, E.164 (TS 29.002 §17.7.8, AddressString).
fn string(tag: u8, number: u64) -> Element {
    Element::octets(tag, &string_octets(number))
}

fn string_octets(number: u64) -> Vec<u8> {
    [&[0x91], &*semi_octets(number, 12)].concat()
}

fn imsi_string(tag: u8) -> Element {
    Element::octets(tag, &semi_octets(imsi(MARK.subscriber), 15))
}

fn submission() -> Vec<Element> {
    let mut tpdu = vec![0x11, 0, 12];
    tpdu.extend(tpdu_tail(&[0, 0, 0xaa]));
    let ui = Element::octets(4, &tpdu);
    vec![string(0x84, CENTRE_HOME), string(0x82, msisdn(MARK.subscriber)), ui, imsi_string(4)]
}

fn question() -> Vec<Element> {
    vec![string(0x80, msisdn(MARK.subscriber)), one(0x81, 0xff), string(0x82, CENTRE_OTHER)]
}

fn delivery() -> Vec<Element> {
    let mut tpdu = vec![4, 12];
    tpdu.extend(tpdu_tail(&[0, 0, 0x62, 0x10, 0x10, 0, 0, 0, 0]));
    vec![imsi_string(0x80), string(0x84, CENTRE_OTHER), Element::octets(4, &tpdu)]
}

fn answer() -> Vec<Element> {
    vec![imsi_string(4), Element::of(0xa0, vec![string(0x81, node(MARK.subscriber))])]
}

/// From the address of the other end on: protocol, coding and time are `middle`, then the text.
fn tpdu_tail(middle: &[u8]) -> Vec<u8> {
    let mut octets = string_octets(party(MARK.party));
    octets.extend_from_slice(middle);
    octets.push(TEXT.len() as u8);
    octets.extend(septets(TEXT));
    octets
}

/// 97 letters, as long as those of the goals.
const TEXT: &[u8; 97] =
    b"Meet me at the station at half past seven, the train from the coast is late again. Bring the map!";

/// Dialogue portion of a request: AARQ with an application context of MAP, version 3 (Q.773 §4.2.3).
fn opening(context: u8) -> Element {
    portion(Element::of(0x60, vec![Element::octets(0x80, &[7, 0x80]), context_name(context)]))
}

/// Of an answer: AARE, accepted.
fn accepting(context: u8) -> Element {
    let accepted = Element::of(0xa2, vec![one(2, 0)]);
    let by_user = Element::of(0xa3, vec![Element::of(0xa1, vec![one(2, 0)])]);
    portion(Element::of(0x61, vec![Element::octets(0x80, &[7, 0x80]), context_name(context), accepted, by_user]))
}

fn context_name(context: u8) -> Element {
    Element::of(0xa1, vec![Element::octets(6, &[4, 0, 0, 1, 0, context, 3])])
}

fn portion(inner: Element) -> Element {
    let of_dialogues = Element::octets(6, &[0, 0x11, 0x86, 5, 1, 1, 1]);
    Element::of(0x6b, vec![Element::of(0x28, vec![of_dialogues, Element::of(0xa0, vec![inner])])])
}
