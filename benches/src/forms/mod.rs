//! The same messages in every form that the decoder sees through, to be timed beside the plain one.
//!
//! [`plain_messages`] takes requests with a short text out of a capture; [`Form::build`] writes each of them in the form:
//! other layers below, pieces, other lengths, other alphabets. [`Said`] shows that the engine makes the same of it; only
//! then it is timed ([`table`]). What a form costs is counted per octet on the wire, against the plain form.

pub(crate) mod carry;
pub mod network;
mod plain;
pub mod restyle;
mod same;
mod smpp;
pub mod table;
mod texts;

pub use plain::{Plain, plain_messages};
pub use same::{Glance, Said};

use crate::Load;
use carry::Adaptation;
use network::{Network, Sender};
use restyle::{Element, Style};
use sluice_wire::sccp::MessageType;
use smpp::Cut;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    /// Its name in the table.
    pub name: &'static str,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    /// A UDT over an adaptation layer, a packet each.
    Msu(Adaptation, Network),
    /// M3UA with another type of SCCP message.
    Sccp(MessageType),
    /// XUDTs, a packet each.
    Segments(usize),
    /// DATA, so many fragments, a packet each.
    Fragments(usize),
    /// DATA, fragments of so many octets, as many to a packet as it holds.
    FragmentsOf(usize),
    /// I-DATA, so many fragments, a packet each.
    IDataFragments(usize),
    /// So many messages in a packet.
    Bundle(usize),
    Sua,
    Styled(Style),
    EmptyBegin,
    Ucs2,
    National,
    Parts,
    Smpp(Cut),
}

/// The plain form first.
pub const ALL: [Form; 30] = [
    form("plain: UDT, M3UA, IPv4", How::Msu(Adaptation::M3ua, Network::V4)),
    form("VLAN tag", How::Msu(Adaptation::M3ua, Network::Vlan)),
    form("IPv6", How::Msu(Adaptation::M3ua, Network::V6)),
    form("2 IP fragments", How::Msu(Adaptation::M3ua, Network::Fragments(136))),
    form("IP fragments of 24 octets", How::Msu(Adaptation::M3ua, Network::Fragments(24))),
    form("4 bundled", How::Bundle(4)),
    form("2 DATA fragments", How::Fragments(2)),
    form("8 DATA fragments", How::Fragments(8)),
    form("DATA fragments of 8, bundled", How::FragmentsOf(8)),
    form("DATA fragments of 1, bundled", How::FragmentsOf(1)),
    form("I-DATA", How::IDataFragments(1)),
    form("2 I-DATA fragments", How::IDataFragments(2)),
    form("M2PA", How::Msu(Adaptation::M2pa, Network::V4)),
    form("M2UA", How::Msu(Adaptation::M2ua, Network::V4)),
    form("SUA", How::Sua),
    form("XUDT", How::Sccp(MessageType::Xudt)),
    form("LUDT", How::Sccp(MessageType::Ludt)),
    form("2 SCCP segments", How::Segments(2)),
    form("4 SCCP segments", How::Segments(4)),
    form("indefinite lengths", How::Styled(Style { indefinite: true, padded: false, piece_octets: None })),
    form("padded lengths", How::Styled(Style { indefinite: false, padded: true, piece_octets: None })),
    form("TPDU in strings of 40", How::Styled(Style { indefinite: false, padded: false, piece_octets: Some(40) })),
    form("TPDU in strings of 4", How::Styled(Style { indefinite: false, padded: false, piece_octets: Some(4) })),
    form("empty Begin, Continue", How::EmptyBegin),
    form("UCS-2", How::Ucs2),
    form("Turkish tables", How::National),
    form("2 concatenated parts", How::Parts),
    form("SMPP", How::Smpp(Cut::Whole)),
    form("SMPP in segments of 24", How::Smpp(Cut::Octets(24))),
    form("SMPP out of order", How::Smpp(Cut::Swapped)),
];

const fn form(name: &'static str, how: How) -> Form {
    Form { name, how }
}

/// Octets of chunks a packet holds.
const PACKET_OCTETS: usize = 1400;
/// DATA that is the message: its beginning and its end.
const WHOLE: u8 = 3;

impl Form {
    /// Whether it is MAP, so that all its facts can be compared and not the texts alone.
    pub const fn is_map(&self) -> bool {
        !matches!(self.how, How::Smpp(_))
    }

    /// The messages in this form.
    ///
    /// # Errors
    /// The message that does not fit it.
    pub fn build(&self, messages: &[Plain]) -> anyhow::Result<Load> {
        if let How::Smpp(cut) = self.how {
            return Ok(Load::of(smpp::connection(messages, cut)));
        }
        let (adaptation, network) = match self.how {
            How::Msu(adaptation, network) => (adaptation, network),
            _ => (Adaptation::M3ua, Network::V4),
        };
        let (ppid, port) = if self.how == How::Sua { (4, 14_001) } else { adaptation.numbers() };
        let sender = Sender::new(network, port);
        let mut ends = Ends { peer: sender.peer(), sender, adaptation, ppid, number: 0, frames: Vec::new() };
        let each = if let How::Bundle(count) = self.how { count } else { 1 };
        messages.chunks(each).try_for_each(|messages| self.send(&mut ends, messages))?;
        Ok(Load::of(ends.frames))
    }

    fn send(&self, ends: &mut Ends, messages: &[Plain]) -> anyhow::Result<()> {
        let [message, ..] = messages else { return Ok(()) };
        match self.how {
            How::Msu(..) => ends.udt(message),
            How::Bundle(_) => ends.bundle(messages),
            How::Sua => ends.payload(&carry::sua(message)?),
            How::Sccp(kind) => ends.sccp(message, &carry::sccp(message, kind, &message.tcap, &[])?),
            How::Segments(count) => {
                let reference = ends.number + 1;
                for segment in carry::segments(message, count, reference)? {
                    ends.sccp(message, &segment);
                }
            }
            How::Fragments(count) => ends.fragments(message, count),
            How::FragmentsOf(octets) => ends.small_fragments(message, octets),
            How::IDataFragments(count) => ends.i_data(message, count),
            How::Styled(style) => ends.udt(&message.styled(style)?),
            How::EmptyBegin => ends.empty_begin(message)?,
            How::Ucs2 => ends.udt(&message.with_tpdu(|short| short.ucs2(&message.text))?),
            How::National => ends.udt(&message.with_tpdu(|short| short.national())?),
            How::Parts => {
                let reference = ends.number as u16 + 1;
                for part in 0..2 {
                    ends.udt(&message.with_tpdu(|short| short.parts(reference)[part].clone())?);
                }
            }
            How::Smpp(_) => {}
        }
        Ok(())
    }
}

/// Both ends of the association, and what they have sent.
struct Ends {
    sender: Sender,
    peer: Sender,
    adaptation: Adaptation,
    ppid: u32,
    /// Messages sent.
    number: u32,
    frames: Vec<Vec<u8>>,
}

impl Ends {
    /// A user message in a packet of its own.
    fn payload(&mut self, payload: &[u8]) {
        let chunk = self.sender.data(self.ppid, WHOLE, payload);
        self.frames.extend(self.sender.sctp(&chunk));
    }

    fn user_message(&mut self, message: &Plain, sccp: &[u8]) -> Vec<u8> {
        self.number += 1;
        self.adaptation.carry(&message.label, sccp, self.number)
    }

    fn sccp(&mut self, message: &Plain, sccp: &[u8]) {
        let payload = self.user_message(message, sccp);
        self.payload(&payload);
    }

    fn udt(&mut self, message: &Plain) {
        self.sccp(message, &message.udt());
    }

    fn bundle(&mut self, messages: &[Plain]) {
        let mut chunks = Vec::new();
        for message in messages {
            let payload = self.user_message(message, &message.udt());
            chunks.extend(self.sender.data(self.ppid, WHOLE, &payload));
        }
        self.frames.extend(self.sender.sctp(&chunks));
    }

    fn fragments(&mut self, message: &Plain, count: usize) {
        let payload = self.user_message(message, &message.udt());
        let pieces: Vec<&[u8]> = payload.chunks(payload.len().div_ceil(count)).collect();
        for (number, piece) in pieces.iter().enumerate() {
            let chunk = self.sender.data(self.ppid, flags(number, pieces.len()), piece);
            self.frames.extend(self.sender.sctp(&chunk));
        }
    }

    fn small_fragments(&mut self, message: &Plain, octets: usize) {
        let payload = self.user_message(message, &message.udt());
        let count = payload.len().div_ceil(octets);
        let mut chunks = Vec::new();
        for (number, piece) in payload.chunks(octets).enumerate() {
            chunks.extend(self.sender.data(self.ppid, flags(number, count), piece));
            if chunks.len() > PACKET_OCTETS {
                self.frames.extend(self.sender.sctp(&chunks));
                chunks.clear();
            }
        }
        self.frames.extend(self.sender.sctp(&chunks));
    }

    fn i_data(&mut self, message: &Plain, count: usize) {
        let payload = self.user_message(message, &message.udt());
        let pieces: Vec<&[u8]> = payload.chunks(payload.len().div_ceil(count)).collect();
        for (number, piece) in pieces.iter().enumerate() {
            let place = [self.number, number as u32];
            let chunk = self.sender.i_data(self.ppid, flags(number, pieces.len()), place, piece);
            self.frames.extend(self.sender.sctp(&chunk));
        }
    }

    /// The dialogue opens without a component, is accepted, and the request comes third (Q.771 §3.1.2).
    fn empty_begin(&mut self, message: &Plain) -> anyhow::Result<()> {
        let begin = message.message()?;
        let own = message.otid()?;
        let restyle::Value::Octets(id) = &own.value else { anyhow::bail!("a transaction id of elements") };
        let part = |tag| begin.child(tag).cloned().into_iter();
        let (own_there, other) = (Element::octets(0x49, id), Element::octets(0x48, &[0x7e, id[1], id[2], id[3]]));
        let other_there = Element { tag: 0x49, ..other.clone() };
        let written = |tag, elements| Element::of(tag, elements).write(Style::default());
        let open = written(0x62, [own.clone()].into_iter().chain(part(0x6b)).collect());
        let accept = written(0x65, vec![other, own_there]);
        let request = written(0x65, [own, other_there].into_iter().chain(part(0x6c)).collect());
        self.udt(&Plain { tcap: open, ..message.clone() });
        std::mem::swap(&mut self.sender, &mut self.peer);
        self.udt(&message.answered(accept));
        std::mem::swap(&mut self.sender, &mut self.peer);
        self.udt(&Plain { tcap: request, ..message.clone() });
        Ok(())
    }
}

/// Whether a fragment begins or ends its message (RFC 9260 §3.3.1).
fn flags(number: usize, count: usize) -> u8 {
    u8::from(number == 0) << 1 | u8::from(number + 1 == count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ours::Drive;
    use sluice_engine::Scope;
    use std::path::Path;

    fn messages() -> Vec<Plain> {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        plain_messages(&Load::read(&capture, None, |_| true).unwrap(), 600).unwrap()
    }

    fn said(load: &Load) -> Said {
        let mut said = Said::default();
        Drive::new(Scope::Sms).pass(&load.frames(), None, &mut said);
        said
    }

    #[test]
    fn every_form_says_what_the_plain_one_says() {
        let messages = messages();
        let plain = said(&ALL[0].build(&messages).unwrap());
        assert_eq!((plain.facts.messages, plain.texts.messages), (600, 600));
        for form in ALL {
            let found = said(&form.build(&messages).unwrap());
            assert_eq!(found.texts, plain.texts, "{}", form.name);
            assert!(!form.is_map() || found.facts == plain.facts, "{}", form.name);
        }
    }

    #[test]
    fn no_two_forms_are_the_same_and_only_those_of_pieces_have_more_frames() {
        let messages = messages();
        let built: Vec<Load> = ALL.iter().map(|form| form.build(&messages).unwrap()).collect();
        for (number, load) in built.iter().enumerate() {
            let octets = |load: &Load| load.frames().iter().map(|f| f.octets.to_vec()).collect::<Vec<_>>();
            assert!(built[..number].iter().all(|other| octets(other) != octets(load)), "{}", ALL[number].name);
        }
        assert_eq!([built[0].frames().len(), built[5].frames().len(), built[6].frames().len()], [600, 150, 1200]);
    }
}
