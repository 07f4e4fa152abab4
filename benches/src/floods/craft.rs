//! Frames of a flood: a template, and what makes each of them another one.

use crate::clock::crc32c;
use crate::forms::Plain;
use crate::forms::carry::{self, Adaptation};
use crate::forms::network::{Network, Sender, padded};
use anyhow::Context;
use sluice_wire::ip::header_checksum;

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flood {
    /// Begins that nobody answers.
    Dialogues,
    /// First DATA fragments of messages that never end.
    SctpFragments,
    /// First IP fragments.
    IpFragments,
    /// First SCCP segments.
    SccpSegments,
    /// First parts of texts of two, each in a dialogue of its own.
    Parts,
    /// INITs.
    Inits,
    /// DATA under tags never seen.
    Associations,
    /// SYNs on the port of SMPP.
    Connections,
}

impl Flood {
    /// Every flood.
    pub const ALL: [Self; 8] = [
        Self::Dialogues,
        Self::SctpFragments,
        Self::IpFragments,
        Self::SccpSegments,
        Self::Parts,
        Self::Inits,
        Self::Associations,
        Self::Connections,
    ];
}

/// A frame and where its number goes.
pub struct Template {
    frame: Vec<u8>,
    flood: Flood,
    /// Where in the frame what tells it from the others begins.
    at: usize,
    /// Where the header of a part has its reference.
    reference_at: usize,
    /// Where the TPDU has the first two digits of its address.
    party_at: usize,
}

/// Ethernet and IPv4.
const SCTP_AT: usize = 34;
/// SCTP's verification tag and checksum (RFC 9260 §3.1).
const TAG_AT: usize = SCTP_AT + 4;
const CHECKSUM_AT: usize = SCTP_AT + 8;
/// TSN of the first chunk, after common header and chunk header.
const TSN_AT: usize = SCTP_AT + 16;
/// Tag in an INIT, after common header and chunk header.
const INITIATE_TAG_AT: usize = TSN_AT;
/// Octets of a fragment that never becomes whole.
const PIECE_OCTETS: usize = 96;
/// The reference of the concatenation a template has.
const REFERENCE: [u8; 2] = [0xa5, 0x5a];

impl Template {
    /// The first frame of a flood, made of this message; for parts an SMS-SUBMIT.
    ///
    /// # Errors
    /// What is not there in the message.
    pub fn new(flood: Flood, message: &Plain) -> anyhow::Result<Self> {
        let mut sender = Sender::new(Network::V4, 2905);
        let whole = |message: &Plain| Adaptation::M3ua.carry(&message.label, &message.udt(), 1);
        let (frame, mark): (Vec<Vec<u8>>, Option<Vec<u8>>) = match flood {
            Flood::Dialogues | Flood::Associations => {
                let chunk = sender.data(3, 3, &whole(message));
                (sender.sctp(&chunk), Some(vec![0x48, 4]))
            }
            Flood::SctpFragments => {
                let chunk = sender.data(3, 2, whole(message).get(..PIECE_OCTETS).context("a short message")?);
                (sender.sctp(&chunk), None)
            }
            Flood::IpFragments => {
                let chunk = sender.data(3, 3, &whole(message));
                sender.network = Network::Fragments(PIECE_OCTETS);
                (sender.sctp(&chunk), None)
            }
            Flood::SccpSegments => {
                let segments = carry::segments(message, 2, 0x5a_a5a5)?;
                let first = segments.first().context("no segment")?;
                let chunk = sender.data(3, 3, &Adaptation::M3ua.carry(&message.label, first, 1));
                (sender.sctp(&chunk), Some(vec![0xa5, 0xa5, 0x5a, 0]))
            }
            Flood::Parts => {
                let part = message.with_tpdu(|short| short.parts(u16::from_be_bytes(REFERENCE))[0].clone())?;
                let chunk = sender.data(3, 3, &whole(&part));
                (sender.sctp(&chunk), Some(vec![0x48, 4]))
            }
            Flood::Inits => {
                sender.tag = 0;
                let init = padded(vec![1, 0, 0, 20], &[0, 0, 0, 1, 0, 1, 0, 0, 0, 16, 0, 16, 0, 0, 0, 1]);
                (sender.sctp(&init), None)
            }
            Flood::Connections => {
                sender.ports = [1, 2775];
                (sender.tcp(2, 1, &[]), None)
            }
        };
        let frame = frame.into_iter().next().context("no frame")?;
        let at = mark.map_or(Some(0), |mark| place(&frame, &mark)).context("not where it is expected")?;
        let (mut reference_at, mut party_at) = (0, 0);
        if flood == Flood::Parts {
            reference_at = place(&frame, &[6, 8, 4, REFERENCE[0], REFERENCE[1]]).context("no header")? + 3;
            let mut whole = message.message()?;
            let tpdu = whole.tpdu().context("no TPDU")?;
            // Number and address of an SMS-SUBMIT (TS 23.040 §9.2.2.2), which the part has as the whole had them.
            let party = tpdu.get(1..6).context("no address")?;
            party_at = place(&frame, party).context("no address in the frame")? + 3;
        }
        Ok(Self { frame, flood, at, reference_at, party_at })
    }

    /// Its length.
    pub fn len_octets(&self) -> usize {
        self.frame.len()
    }

    /// The frame of this number, from 0: up to 2^24 are different.
    pub fn write(&self, number: u32, out: &mut [u8]) {
        out.copy_from_slice(&self.frame);
        let octets = number.to_be_bytes();
        match self.flood {
            Flood::IpFragments | Flood::Connections => return self.write_ip(number, out),
            Flood::Inits => out[INITIATE_TAG_AT..][..4].copy_from_slice(&(number + 1).to_be_bytes()),
            Flood::Associations => out[TAG_AT..][..4].copy_from_slice(&(number + 1).to_be_bytes()),
            // None is the one after another.
            Flood::SctpFragments => out[TSN_AT..][..4].copy_from_slice(&(number << 1).to_be_bytes()),
            _ => out[TSN_AT..][..4].copy_from_slice(&octets),
        }
        match self.flood {
            Flood::SccpSegments => out[self.at..][..3].copy_from_slice(&octets[1..]),
            Flood::Dialogues | Flood::Parts => out[self.at + 2..][..4].copy_from_slice(&octets),
            _ => {}
        }
        if self.flood == Flood::Parts {
            out[self.reference_at..][..2].copy_from_slice(&octets[2..]);
            let digit = |place: u32| ((number >> 16) / 10_u32.pow(place) % 10) as u8;
            out[self.party_at] = digit(1) << 4 | digit(0);
            out[self.party_at + 1] = digit(3) << 4 | digit(2);
        }
        out[CHECKSUM_AT..][..4].fill(0);
        let checksum = crc32c(&out[SCTP_AT..]);
        out[CHECKSUM_AT..][..4].copy_from_slice(&checksum.to_le_bytes());
    }

    /// Another identification or port, and with it another source address each 65,536.
    fn write_ip(&self, number: u32, out: &mut [u8]) {
        let [_, high, a, b] = number.to_be_bytes();
        out[28] = high;
        match self.flood {
            Flood::IpFragments => out[18..20].copy_from_slice(&[a, b]),
            _ => out[SCTP_AT..][..2].copy_from_slice(&[a, b]),
        }
        let checksum = header_checksum(&out[14..SCTP_AT]);
        out[24..26].copy_from_slice(&checksum.to_be_bytes());
    }
}

fn place(octets: &[u8], mark: &[u8]) -> Option<usize> {
    octets.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Load;
    use crate::floods::submission;
    use std::collections::HashSet;
    use std::path::Path;

    #[test]
    fn every_frame_of_a_flood_is_another_one() {
        let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/demo.pcap");
        let message = submission(&Load::read(&capture, None, |_| true).unwrap()).unwrap();
        for flood in Flood::ALL {
            let template = Template::new(flood, &message).unwrap();
            let mut room = vec![0; template.len_octets()];
            let mut seen = HashSet::new();
            for number in (0..300).chain(65_500..65_600).chain(9_999_900..10_000_000) {
                template.write(number, &mut room);
                assert!(seen.insert(room.clone()), "{flood:?} {number}");
            }
        }
    }
}
