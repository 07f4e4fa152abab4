//! SMPP PDUs (SMPP 3.4 §3.2) and the connections they come by.

use super::net::{Fragment, TCP, ethernet, ip4, tcp};
use sluice_wire::smpp::CommandId;

/// A PDU with a body.
pub fn pdu(command: CommandId, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let head = [16 + body.len() as u32, command.number(), status, sequence].map(u32::to_be_bytes);
    [head.as_flattened(), body].concat()
}

/// A bind (SMPP 3.4 §4.1) of version 3.4.
pub fn bind(command: CommandId, sequence: u32, system_id: &str) -> Vec<u8> {
    let body = [system_id.as_bytes(), b"\0secret\0\0", &[0x34, 0, 0, 0]].concat();
    pdu(command, 0, sequence, &body)
}

/// The body of `submit_sm` and `deliver_sm` (SMPP 3.4 §4.4.1).
pub fn body(from: &str, to: &str, esm_class: u8, coding: u8, message: &[u8], tlvs: &[u8]) -> Vec<u8> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let parties = [&[0, 1, 1][..], from, &[0, 1, 1], to, &[0]].concat();
    [&parties[..], &[esm_class, 0, 0, 0, 0, 0, 0, coding, 0, message.len() as u8], message, tlvs].concat()
}

/// A `submit_sm` with a text.
pub fn submit(sequence: u32, text: &str) -> Vec<u8> {
    pdu(CommandId::SubmitSm, 0, sequence, &body("999550100", "999550199", 0, 0, text.as_bytes(), &[]))
}

/// An optional parameter.
pub fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
    [&tag.to_be_bytes()[..], &(value.len() as u16).to_be_bytes(), value].concat()
}

/// One end of a connection.
#[derive(Clone, Copy)]
pub struct End {
    pub route: (u8, u8),
    pub ports: (u16, u16),
    /// The number of its next octet.
    pub sequence: u32,
}

impl End {
    /// The end that connects, and the message centre's.
    pub const fn pair() -> (Self, Self) {
        (
            Self { route: (9, 2), ports: (40_000, 2775), sequence: 1000 },
            Self { route: (2, 9), ports: (2775, 40_000), sequence: 9000 },
        )
    }

    /// The frame with a segment at a place of the stream.
    pub fn frame_at(&self, sequence: u32, payload: &[u8]) -> Vec<u8> {
        self.segment(sequence, PUSH_AND_ACK, payload)
    }

    /// The frame that opens the stream.
    pub fn syn(&self) -> Vec<u8> {
        self.segment(self.sequence.wrapping_sub(1), SYN, &[])
    }

    fn segment(&self, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
        ethernet(&ip4(self.route, TCP, Fragment::default(), &tcp(self.ports, sequence, flags, payload)))
    }

    /// The frame with the next octets.
    pub fn send(&mut self, payload: &[u8]) -> Vec<u8> {
        let frame = self.frame_at(self.sequence, payload);
        self.sequence = self.sequence.wrapping_add(payload.len() as u32);
        frame
    }
}

/// Control bits of a segment (RFC 9293 §3.1).
const SYN: u8 = 0x02;
const PUSH_AND_ACK: u8 = 0x18;
