//! The texts as SMPP over TCP, in one connection: whole, cut, or out of order. SMPP 3.4 §4.4.1, RFC 9293 §3.

use super::network::{Network, Sender};
use super::plain::Plain;

/// How the stream of PDUs is cut into segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A PDU in each.
    Whole,
    /// Segments of so many octets, whatever is in them.
    Octets(usize),
    /// Each PDU in two, the second before the first.
    Swapped,
}

/// Port of SMPP.
const PORT: u16 = 2775;
const ACKNOWLEDGES: u8 = 0x10;
const SYN: u8 = 2;
const RST: u8 = 4;

/// All frames of the connection, from its SYN to its RST, so that it can be sent again.
pub fn connection(messages: &[Plain], cut: Cut) -> Vec<Vec<u8>> {
    let mut sender = Sender { ports: [40_000, PORT], ..Sender::new(Network::V4, PORT) };
    let mut frames = sender.tcp(SYN, sender.sequence, &[]);
    sender.sequence += 1;
    match cut {
        Cut::Whole | Cut::Swapped => {
            for (number, message) in messages.iter().enumerate() {
                let pdu = submit_sm(number as u32 + 1, message);
                let (first, second) = pdu.split_at(pdu.len() / 2);
                let (begin, middle) = (sender.sequence, sender.sequence + first.len() as u32);
                frames.extend(match cut {
                    Cut::Swapped => {
                        let late = sender.tcp(ACKNOWLEDGES, middle, second);
                        [late, sender.tcp(ACKNOWLEDGES, begin, first)].concat()
                    }
                    _ => sender.tcp(ACKNOWLEDGES, begin, &pdu),
                });
                sender.sequence += pdu.len() as u32;
            }
        }
        Cut::Octets(each) => {
            let pdus = messages.iter().enumerate().map(|(number, message)| submit_sm(number as u32 + 1, message));
            let stream: Vec<u8> = pdus.flatten().collect();
            for segment in stream.chunks(each) {
                frames.extend(sender.tcp(ACKNOWLEDGES, sender.sequence, segment));
                sender.sequence += segment.len() as u32;
            }
        }
    }
    frames.extend(sender.tcp(RST, sender.sequence, &[]));
    frames
}

/// From a test number to another; the text in Latin 1, data coding 3.
fn submit_sm(number: u32, message: &Plain) -> Vec<u8> {
    let text = message.text.as_bytes();
    let mut body = vec![0, 1, 1];
    body.extend_from_slice(format!("1555010{:04}\0\x01\x0115550199\0", number % 10_000).as_bytes());
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 3, 0, text.len() as u8]);
    body.extend_from_slice(text);
    let head = [16 + body.len() as u32, 4, 0, number].map(u32::to_be_bytes).concat();
    [head, body].concat()
}
