//! What carries TCAP: SCCP in its types, and the adaptation layers.
//!
//! Q.713 §4.10, §4.18, §4.20; RFC 4666 §3.3.1, RFC 4165 §2.3, RFC 3331 §3.3.1.1, RFC 3868 §3.2.1.

use super::network::padded;
use super::plain::Plain;
use anyhow::Context;
use sluice_wire::mtp3::Label;
use sluice_wire::sccp::{Connectionless, MessageType};

/// An adaptation layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adaptation {
    /// M3UA.
    M3ua,
    /// M2PA.
    M2pa,
    /// M2UA.
    M2ua,
}

impl Adaptation {
    /// Its payload protocol identifier and port.
    pub const fn numbers(self) -> (u32, u16) {
        match self {
            Self::M3ua => (3, 2905),
            Self::M2pa => (5, 3565),
            Self::M2ua => (2, 2904),
        }
    }

    /// An SCCP message in it.
    pub fn carry(self, label: &Label, sccp: &[u8], number: u32) -> Vec<u8> {
        match self {
            Self::M3ua => m3ua(label, sccp),
            Self::M2pa => {
                let msu = msu(label, sccp);
                let mut octets = common_header(11, 1, 17 + msu.len());
                octets.extend_from_slice(&[0; 4]);
                octets.extend_from_slice(&(number & 0xff_ffff).to_be_bytes());
                octets.push(0);
                octets.extend_from_slice(&msu);
                octets
            }
            Self::M2ua => {
                let mut parameters = parameter(0x0001, &[0, 0, 0, 1]);
                parameters.extend_from_slice(&parameter(0x0300, &msu(label, sccp)));
                with_header(6, 1, &parameters)
            }
        }
    }
}

fn m3ua(label: &Label, sccp: &[u8]) -> Vec<u8> {
    let mut data = [label.opc.0.to_be_bytes(), label.dpc.0.to_be_bytes()].concat();
    data.extend_from_slice(&[3, 2, 0, label.sls.0]);
    data.extend_from_slice(sccp);
    let mut parameters = parameter(0x0006, &[0, 0, 0, 1]);
    parameters.extend_from_slice(&parameter(0x0210, &data));
    with_header(1, 1, &parameters)
}

/// ITU: 14 bits a point code (Q.704 §2.2).
fn msu(label: &Label, sccp: &[u8]) -> Vec<u8> {
    let word = (label.dpc.0 & 0x3fff) | (label.opc.0 & 0x3fff) << 14 | u32::from(label.sls.0 & 15) << 28;
    let mut octets = vec![2 << 6 | 3];
    octets.extend_from_slice(&word.to_le_bytes());
    octets.extend_from_slice(sccp);
    octets
}

fn parameter(tag: u16, value: &[u8]) -> Vec<u8> {
    padded([tag.to_be_bytes(), (4 + value.len() as u16).to_be_bytes()].concat(), value)
}

fn common_header(class: u8, kind: u8, len: usize) -> Vec<u8> {
    let mut octets = vec![1, 0, class, kind];
    octets.extend_from_slice(&(len as u32).to_be_bytes());
    octets
}

fn with_header(class: u8, kind: u8, parameters: &[u8]) -> Vec<u8> {
    let mut octets = common_header(class, kind, 8 + parameters.len());
    octets.extend_from_slice(parameters);
    octets
}

/// An SCCP message of this type with these octets of TCAP, or some of them.
///
/// # Errors
/// That they are too many for it.
pub fn sccp(plain: &Plain, kind: MessageType, data: &[u8], optional: &[u8]) -> anyhow::Result<Vec<u8>> {
    let udt = plain.udt();
    let message = Connectionless::ordinary(&udt).context("its UDT")?;
    let mut out = vec![0; 600];
    let wanted = Connectionless { message_type: kind, hops: Some(15), data, optional, ..message };
    let len = wanted.emit(&mut out).map_err(|e| anyhow::anyhow!("{kind:?} of {} octets: {e:?}", data.len()))?;
    out.truncate(len);
    Ok(out)
}

/// The message in so many XUDTs, each with its place in the optional part (Q.713 §3.17).
///
/// # Errors
/// That it does not fit.
pub fn segments(plain: &Plain, count: usize, reference: u32) -> anyhow::Result<Vec<Vec<u8>>> {
    let each = plain.tcap.len().div_ceil(count);
    let pieces: Vec<&[u8]> = plain.tcap.chunks(each).collect();
    let [r0, r1, r2, _] = reference.to_le_bytes();
    let segment = |(number, piece): (usize, &&[u8])| {
        let first = if number == 0 { 0x80 } else { 0 };
        let remaining = (pieces.len() - 1 - number) as u8;
        let optional = [0x10, 4, first | 0x40 | remaining, r0, r1, r2, 0];
        sccp(plain, MessageType::Xudt, piece, &optional)
    };
    pieces.iter().enumerate().map(segment).collect()
}

/// Connectionless data transfer of SUA, the addresses those of SCCP (RFC 3868 §3.10.2).
///
/// # Errors
/// That an address has no global title of format 4.
pub fn sua(plain: &Plain) -> anyhow::Result<Vec<u8>> {
    let mut parameters = [parameter(0x0006, &[0, 0, 0, 1]), parameter(0x0115, &[0, 0, 0, 0x81])].concat();
    for (tag, address) in [(0x0102, &plain.calling), (0x0103, &plain.called)] {
        let address = sua_address(address).with_context(|| format!("an address {address:02x?}"))?;
        parameters.extend_from_slice(&parameter(tag, &address));
    }
    for (tag, word) in [(0x0116, 0_u32), (0x0101, 15)] {
        parameters.extend_from_slice(&parameter(tag, &word.to_be_bytes()));
    }
    parameters.extend_from_slice(&parameter(0x010b, &plain.tcap));
    Ok(with_header(7, 1, &parameters))
}

/// RFC 3868 §3.10.2.1 to §3.10.2.5, from Q.713 §3.4: indicator, subsystem, translation type, plan and encoding, nature.
fn sua_address(address: &[u8]) -> Option<Vec<u8>> {
    let [0x12 | 0x52, ssn, translation, plan, nature, digits @ ..] = address else { return None };
    let count = 2 * digits.len() - usize::from(plan & 15 == 1);
    let mut title = vec![0, 0, 0, 4, count as u8, *translation, plan >> 4, *nature];
    title.extend_from_slice(digits);
    let routing = if address[0] & 0x40 == 0 { 1 } else { 2 };
    let mut octets = vec![0, routing, 0, 5];
    octets.extend_from_slice(&parameter(0x8001, &title));
    octets.extend_from_slice(&parameter(0x8003, &[0, 0, 0, *ssn]));
    Some(octets)
}
