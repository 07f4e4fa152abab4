//! Samples of `make.py`, and what a second program makes of octets.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::io::Write;
use std::process::{Command, Stdio};

/// A line of a file of samples.
pub struct Sample(Vec<&'static str>);

impl Sample {
    pub fn name(&self) -> &'static str {
        self.0[0]
    }

    pub fn column(&self, number: usize) -> &'static str {
        self.0[number]
    }

    pub fn octets(&self, number: usize) -> Vec<u8> {
        octets(self.0[number])
    }
}

pub fn samples(file: &'static str) -> impl Iterator<Item = Sample> {
    file.lines().map(|line| Sample(line.split('\t').collect()))
}

pub fn octets(text: &str) -> Vec<u8> {
    let octet = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(octet).collect()
}

/// The parameter of the first component of a message.
pub fn parameter(message: &[u8]) -> sluice_wire::ber::Tlv<'_> {
    let parsed = sluice_wire::tcap::Message::parse(message).expect("a message");
    let component = parsed.components().next().expect("a component").expect("a whole one");
    component.parameter.expect("a parameter")
}

/// The TPDU of a request that carries one, in definite lengths.
pub fn tpdu(message: &[u8]) -> &[u8] {
    let mut elements = sluice_wire::ber::Reader::new(parameter(message).value);
    loop {
        let element = elements.next().expect("whole").expect("a TPDU");
        if element.tag == sluice_wire::ber::Tag::OCTET_STRING {
            return element.value;
        }
    }
}

/// The fields that tshark finds in TCAP messages between a home register and a switching centre. None, and said so, where
/// it is not installed.
pub fn tshark(messages: &[Vec<u8>], fields: &[&str]) -> Option<Vec<Vec<String>>> {
    let fields = fields.iter().flat_map(|field| ["-e", field]);
    let mut command = Command::new("tshark");
    command.args(["-r", "-", "-o", "gsm_sms.reassemble:FALSE", "-T", "fields", "-E", "separator=\u{1F}"]).args(fields);
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        eprintln!("SKIPPED: tshark is not installed, nobody gave a second opinion");
        return None;
    };
    child.stdin.take().expect("piped").write_all(&capture(messages)).expect("taken");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(text.lines().map(|line| line.split('\u{1F}').map(|f| f.replace("\\n", "\n")).collect()).collect())
}

/// A capture of upper-layer PDUs: each in a UDT between two subsystems of MAP, handed to the dissector of SCCP.
fn capture(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file =
        [0xA1B2_C3D4_u32.to_le_bytes(), [2, 0, 4, 0], [0; 4], [0; 4], [0xFF, 0xFF, 0, 0], [252, 0, 0, 0]].concat();
    for message in messages {
        let udt = [&UDT, &[u8::try_from(message.len()).expect("fits a UDT")][..], message].concat();
        let packet = [&[0, 12, 0, 4], &b"sccp"[..], &[0; 4], &udt].concat();
        let length = (packet.len() as u32).to_le_bytes();
        file.extend([[0; 4], [0; 4], length, length].concat());
        file.extend(packet);
    }
    file
}

/// Class 1; both addresses of a subsystem and a global title.
const UDT: [u8; 31] = [
    9, 0x81, 3, 0x10, 0x1B, 13, 0x12, 8, 0, 0x11, 4, 0x99, 0x79, 0, 0, 0, 0, 0, 0, 11, 0x12, 6, 0, 0x12, 4, 0x99, 0x79,
    0, 0, 0, 0x10,
];
