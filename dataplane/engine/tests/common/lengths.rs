//! Where the lengths and pointers stand in a frame of M3UA over IPv4 over Ethernet, layer by layer.

use sluice_wire::ber::Reader;
use sluice_wire::ip::Packet;
use sluice_wire::link::{LinkType, Network, parse};
use sluice_wire::m3ua;
use sluice_wire::map::{Operation, Subject};
use sluice_wire::sccp::{Connectionless, Message};
use sluice_wire::sctp::{self, ChunkKind, Data};
use sluice_wire::tcap;

/// A length or pointer.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    pub layer: &'static str,
    pub at: usize,
    pub octets: usize,
}

impl Length {
    /// Nought, one, the most, and one less and one more than it is.
    pub fn mutants(self, frame: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let now = frame[self.at..self.at + self.octets].iter().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet));
        // 0x80 and on are forms of their own in BER.
        let values = [0, 1, 0x7F, 0x80, 0x81, 0x84, u32::MAX, now.wrapping_sub(1), now.wrapping_add(1)];
        let frame = frame.to_vec();
        values.into_iter().map(move |value| {
            let mut mutant = frame.clone();
            mutant[self.at..self.at + self.octets].copy_from_slice(&value.to_be_bytes()[4 - self.octets..]);
            mutant
        })
    }
}

struct Finder<'a> {
    frame: &'a [u8],
    found: Vec<Length>,
}

/// Every length of a frame; none of a frame that is none of these.
pub fn of(frame: &[u8]) -> Vec<Length> {
    let mut finder = Finder { frame, found: Vec::new() };
    let _ = finder.frame();
    finder.found
}

impl<'a> Finder<'a> {
    fn note(&mut self, layer: &'static str, holder: &[u8], offset: usize, octets: usize) {
        let at = holder.as_ptr().addr() - self.frame.as_ptr().addr() + offset;
        if at + octets <= self.frame.len() {
            self.found.push(Length { layer, at, octets });
        }
    }

    fn frame(&mut self) -> Option<()> {
        let Network::Ip(octets) = parse(LinkType::Ethernet, self.frame).ok()? else { return None };
        let packet = Packet::parse(octets).ok()?;
        self.note("IPv4", octets, 0, 1);
        self.note("IPv4", octets, 2, 2);
        let sctp = packet.payload();
        for chunk in sctp::Packet::parse(sctp).ok()?.chunks().flatten().filter(|c| c.kind() == ChunkKind::Data) {
            let data = Data::parse(&chunk).ok()?;
            self.note("SCTP", sctp, usize::from(data.payload_offset) - 14, 2);
            let _ = self.m3ua(data.payload);
        }
        Some(())
    }

    fn m3ua(&mut self, octets: &'a [u8]) -> Option<()> {
        let message = m3ua::Message::parse(octets).ok()?;
        self.note("M3UA", octets, 4, 4);
        for parameter in message.parameters().flatten() {
            self.note("M3UA", octets, usize::from(parameter.offset) + 2, 2);
        }
        let user_data = message.protocol_data().ok()?.user_data;
        let Ok(Message::Connectionless(sccp)) = Message::parse(user_data) else { return None };
        self.sccp(user_data, &sccp)
    }

    fn sccp(&mut self, octets: &'a [u8], message: &Connectionless<'a>) -> Option<()> {
        (2..5).for_each(|at| self.note("SCCP", octets, at, 1));
        for part in [message.called.octets(), message.calling.octets(), message.data] {
            let at = part.as_ptr().addr() - octets.as_ptr().addr();
            self.note("SCCP", octets, at.checked_sub(1)?, 1);
        }
        self.elements(message.data);
        for component in tcap::Message::parse(message.data).ok()?.components().flatten() {
            let argument = Subject::parse(&component, Some(Operation::MT_FORWARD_SM));
            if let Some(tpdu) = argument.sm_rp_ui {
                self.tpdu(tpdu);
            }
        }
        Some(())
    }

    /// Of every element, also of those in others.
    fn elements(&mut self, octets: &'a [u8]) {
        let mut waiting = vec![octets];
        while let Some(octets) = waiting.pop() {
            let mut reader = Reader::new(octets);
            while let Ok(Some(element)) = reader.next() {
                let tag_octets = if element.raw[0] & 0x1F == 0x1F { 2 } else { 1 };
                self.note("BER", element.raw, tag_octets, 1);
                if element.tag.constructed() {
                    waiting.push(element.value);
                }
            }
        }
    }

    /// The octets of a TPDU's front: lengths of addresses, of the user data and of its header are among them.
    fn tpdu(&mut self, tpdu: &'a [u8]) {
        (1..tpdu.len().min(24)).for_each(|at| self.note("TPDU", tpdu, at, 1));
    }
}
