//! Messages with parties and a text of one's choice: mt-ForwardSM requests made of one that a capture has.
//!
//! ```text
//!   SCCP calling party   the global title's digits exchanged
//!   30 .. 80 08 IMSI  84 .. SC address  04 .. SMS-DELIVER (TS 29.002 §17.7.6)
//!   04 len TON digits  PID DCS SCTS(7)  UDL UD               (TS 23.040 §9.2.2.1)
//! ```

use crate::Load;
use crate::forms::Plain;
use crate::forms::carry::Adaptation;
use crate::forms::network::{Network, Sender};
use crate::forms::restyle::{Element, Style, Value, message};
use anyhow::{Context, ensure};
use sluice_wire::m3ua;
use sluice_wire::sccp::Connectionless;

/// Who is in a message.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// Twelve digits of the calling party's global title.
    pub title: u64,
    /// Fifteen digits of the receiver's IMSI.
    pub imsi: u64,
    /// A number of twelve digits, or a name.
    pub sender: &'a str,
}

impl Default for Parties<'_> {
    fn default() -> Self {
        Self { title: 999_810_000_020, imsi: 1_010_000_000_001, sender: "999812345678" }
    }
}

/// A part of a long message: reference, how many parts, which.
pub type Part = (u8, u8, u8);

/// A request that others are made of.
#[derive(Clone, Debug)]
pub struct Template(Plain);

/// Operation mt-ForwardSM as an INTEGER.
const MT_FORWARD: [u8; 3] = [2, 1, 44];
/// IMSI as SM-RP-DA, and service centre as SM-RP-OA.
const IMSI: u8 = 0x80;
const SERVICE_CENTRE: u8 = 0x84;
const TPDU: u8 = 4;
const OTID: u8 = 0x48;
/// Octets of an SCCP address before its digits, of which there are twelve: indicator, subsystem, translation type,
/// numbering plan, nature of address.
const TITLE_AT: usize = 5;
const TITLE_OCTETS: usize = 6;

impl Template {
    /// The first of a load that can be made others of.
    ///
    /// # Errors
    /// That there is none.
    pub fn find(load: &Load) -> anyhow::Result<Self> {
        let frames = load.frames();
        let payloads = frames.iter().flat_map(|frame| frame.chunks()).map(|chunk| chunk.payload);
        let fitting = payloads.filter(|payload| payload.windows(3).any(|window| window == MT_FORWARD));
        let found = fitting.filter_map(|payload| read(payload).ok()).map(Self);
        let mut works = found.filter(|found| found.message(Parties::default(), vec![0], 1).is_ok());
        works.next().context("no mt-ForwardSM over M3UA in the capture")
    }

    /// A request with these parties and TPDU, under a transaction id of its own.
    ///
    /// # Errors
    /// That the template has no place for them.
    pub fn message(&self, parties: Parties<'_>, tpdu: Vec<u8>, number: u32) -> anyhow::Result<Plain> {
        let mut plain = self.0.clone();
        let digits = plain.calling.get_mut(TITLE_AT..).context("a short calling address")?;
        ensure!(digits.len() == TITLE_OCTETS, "another calling address");
        digits.copy_from_slice(&swapped(&format!("{:012}", parties.title)));
        let mut begin = message(&plain.tcap)?;
        *child(&mut begin, &[OTID])? = Element::octets(OTID, &number.to_be_bytes());
        let way = |last| [0x6c, 0xa1, 0x30, last];
        *child(&mut begin, &way(IMSI))? = Element::octets(IMSI, &swapped(&format!("{:015}", parties.imsi)));
        child(&mut begin, &way(SERVICE_CENTRE))?;
        *child(&mut begin, &way(TPDU))? = Element::octets(TPDU, &tpdu);
        plain.tcap = begin.write(Style::default());
        ensure!(plain.tcap.len() <= 255, "too long for a UDT");
        Ok(plain)
    }

    /// A request with a text of one message.
    ///
    /// # Errors
    /// That the text is too long.
    pub fn letter(&self, parties: Parties<'_>, text: &str, number: u32) -> anyhow::Result<Plain> {
        self.message(parties, deliver(parties.sender, text, None)?, number)
    }
}

fn read(payload: &[u8]) -> anyhow::Result<Plain> {
    let wrong = |e| anyhow::anyhow!("{e:?}");
    let data = m3ua::Message::parse(payload).map_err(wrong)?.protocol_data().map_err(wrong)?;
    let udt = Connectionless::ordinary(data.user_data).context("no ordinary UDT")?;
    Ok(Plain {
        label: data.label,
        class: udt.class_or_cause,
        called: udt.called.octets().to_vec(),
        calling: udt.calling.octets().to_vec(),
        tcap: udt.data.to_vec(),
        text: String::new(),
    })
}

fn child<'e>(element: &'e mut Element, way: &[u8]) -> anyhow::Result<&'e mut Element> {
    way.iter().try_fold(element, |element, tag| match &mut element.value {
        Value::Elements(all) => all.iter_mut().find(|e| e.tag == *tag).context("not there"),
        Value::Octets(_) => Err(anyhow::anyhow!("no elements")),
    })
}

/// Digits in pairs, the second one first; an odd one is filled up (TS 29.002 §17.7.8).
fn swapped(digits: &str) -> Vec<u8> {
    let digit = |octet: Option<&u8>| octet.map_or(15, |octet| octet & 15);
    digits.as_bytes().chunks(2).map(|pair| digit(pair.first()) | digit(pair.get(1)) << 4).collect()
}

/// An SMS-DELIVER with a text in the default alphabet where it has all its letters, else in UCS-2.
///
/// # Errors
/// That the text is too long for it.
pub fn deliver(sender: &str, text: &str, part: Option<Part>) -> anyhow::Result<Vec<u8>> {
    let header: Vec<u8> = part.map_or(Vec::new(), |(reference, total, number)| vec![5, 0, 3, reference, total, number]);
    let mut tpdu = vec![if part.is_some() { 0x44 } else { 4 }];
    tpdu.extend(address(sender));
    let is_default = text.chars().all(is_default);
    tpdu.extend([0, if is_default { 0 } else { 8 }, 0x62, 1, 2, 3, 4, 5, 4]);
    let (length, data) = if is_default { in_septets(&header, text) } else { in_ucs2(header, text) };
    ensure!(data.len() <= 140, "a text too long for a message: {text:?}");
    tpdu.push(length as u8);
    tpdu.extend(data);
    Ok(tpdu)
}

fn address(sender: &str) -> Vec<u8> {
    if sender.bytes().all(|o| o.is_ascii_digit()) {
        return [vec![sender.len() as u8, 0x91], swapped(sender)].concat();
    }
    let (_, name) = in_septets(&[], sender);
    [vec![(sender.len() * 7).div_ceil(4) as u8, 0xd0], name].concat()
}

/// Whether the default alphabet has this character under its number of ASCII (TS 23.038 §6.2.1).
pub const fn is_default(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' '..='#' | '%'..='?')
}

fn in_septets(header: &[u8], text: &str) -> (usize, Vec<u8>) {
    let before = (header.len() * 8).div_ceil(7);
    let count = before + text.len();
    let mut octets = vec![0; (count * 7).div_ceil(8)];
    for (n, septet) in (before..).zip(text.bytes()) {
        for i in 0..7 {
            let at = n * 7 + i;
            octets[at / 8] |= (septet >> i & 1) << (at % 8);
        }
    }
    octets[..header.len()].copy_from_slice(header);
    (count, octets)
}

fn in_ucs2(header: Vec<u8>, text: &str) -> (usize, Vec<u8>) {
    let octets: Vec<u8> = header.into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    (octets.len(), octets)
}

/// Messages of one association, a packet each.
#[derive(Debug)]
pub struct Line(Sender);

impl Line {
    /// A new association.
    pub fn new() -> Self {
        Self(Sender::new(Network::V4, Adaptation::M3ua.numbers().1))
    }

    /// The messages as they go out next.
    pub fn send(&mut self, messages: &[Plain]) -> Load {
        let ppid = Adaptation::M3ua.numbers().0;
        let mut frames = Vec::new();
        for message in messages {
            let payload = Adaptation::M3ua.carry(&message.label, &message.udt(), 0);
            let chunk = self.0.data(ppid, 3, &payload);
            frames.extend(self.0.sctp(&chunk));
        }
        Load::of(frames)
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}
