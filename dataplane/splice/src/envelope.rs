//! A user message of SCTP written again around other user data: all enclosing lengths, padding, addresses.
//!
//! RFC 4666 §3.2, RFC 3331 §3.2, RFC 3868 §3.2, RFC 4165 §2.2, Q.713 §4. Everything but the SCCP message stays as it was:
//! routing context, network appearance, correlation id, the sequence numbers of M2PA. What is written comes whole, in one
//! unitdata message of the kind that came.

mod options;
mod writer;

use options::{Options, kept_options};
use sluice_wire::mtp3::{self, Variant};
use sluice_wire::sccp::{Connectionless, MessageType};
use sluice_wire::{Error, Layer, Reason};
use writer::Writer;

/// What carries the SCCP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// M3UA.
    M3ua,
    /// M2PA.
    M2pa,
    /// M2UA.
    M2ua,
    /// SUA, which carries user data and addresses without SCCP.
    Sua,
}

/// A user message of SCTP with a unitdata message in it.
#[derive(Clone, Copy)]
pub struct Envelope<'p> {
    /// What it is.
    pub carrier: Carrier,
    /// All of it.
    pub octets: &'p [u8],
    /// Form of its point codes.
    pub variant: Variant,
    /// The unitdata message.
    pub sccp: &'p Connectionless<'p>,
}

/// Which way the new message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Where the old one went.
    On,
    /// Back to where the old one came from.
    Back,
}

impl Envelope<'_> {
    /// Writes a message like this one with other user data to the start of `out`; says how long it is.
    ///
    /// # Errors
    /// The data does not fit into its unitdata message, or the message into `out`; this one is none of its kind.
    pub fn write(&self, way: Way, data: &[u8], out: &mut [u8]) -> Result<usize, Error> {
        let mut writer = Writer { out, len: 0 };
        let is_replaced = match self.carrier {
            Carrier::M3ua => self.m3ua(way, data, &mut writer)?,
            Carrier::M2ua => self.m2ua(way, data, &mut writer)?,
            Carrier::M2pa => self.m2pa(way, data, &mut writer)?,
            Carrier::Sua => self.sua(way, data, &mut writer)?,
        };
        // Otherwise it would be the refused message itself that goes on.
        if is_replaced { Ok(writer.len) } else { Err(FORM) }
    }

    /// Writes the message that SCCP itself sends back when it cannot deliver this one, for a cause (Q.713 §4.11, RFC 3868
    /// §3.3.2). Its data goes back with it.
    ///
    /// # Errors
    /// As [`Self::write`]; this message is itself one that came back.
    pub fn write_returned(&self, cause: u8, out: &mut [u8]) -> Result<usize, Error> {
        let message_type = match self.sccp.message_type {
            MessageType::Udt => MessageType::Udts,
            MessageType::Xudt => MessageType::Xudts,
            MessageType::Ludt => MessageType::Ludts,
            _ => return Err(FORM),
        };
        if self.carrier == Carrier::Sua {
            return self.returned_over_sua(cause, out);
        }
        let sccp = Connectionless { message_type, class_or_cause: cause, ..*self.sccp };
        Envelope { sccp: &sccp, ..*self }.write(Way::Back, self.sccp.data, out)
    }

    /// The unitdata message: not to come back where it cannot be delivered, and no segment of another. One that goes back
    /// begins its way anew.
    fn sccp(&self, way: Way, data: &[u8], writer: &mut Writer<'_>) -> Result<(), Error> {
        let Connectionless { called, calling, class_or_cause, hops, .. } = *self.sccp;
        let (called, calling, hops) = if way == Way::On { (called, calling, hops) } else { (calling, called, None) };
        let class_or_cause =
            if self.sccp.message_type.is_service() { class_or_cause } else { class_or_cause & !RETURN };
        let optional = if way == Way::On { kept_options(self.sccp.optional) } else { Options::new() };
        let message = Connectionless { called, calling, class_or_cause, hops, data, optional: &optional, ..*self.sccp };
        let room = writer.out.get_mut(writer.len..).unwrap_or_default();
        writer.len += message.emit(room)?;
        Ok(())
    }

    /// The header and all parameters; `change` says what becomes of one. What follows the message or a broken parameter
    /// means nothing to a receiver and is left out.
    fn parameters(
        &self,
        writer: &mut Writer<'_>,
        mut change: impl FnMut(u16, &[u8], &mut Writer<'_>) -> Result<Change, Error>,
    ) -> Result<(), Error> {
        let (header, mut rest) = self.octets.split_first_chunk::<HEADER_OCTETS>().ok_or(FORM)?;
        let &[_, _, _, _, l0, l1, l2, l3] = header;
        let len = (u32::from_be_bytes([l0, l1, l2, l3]) as usize).saturating_sub(HEADER_OCTETS);
        rest = rest.get(..len).unwrap_or(rest);
        writer.put(header)?;
        while let Some((&[t0, t1, l0, l1], after)) = rest.split_first_chunk() {
            let len = usize::from(u16::from_be_bytes([l0, l1]));
            let Some(value) = len.checked_sub(4).and_then(|len| after.get(..len)) else { break };
            let at = writer.len;
            writer.put(&[t0, t1, 0, 0])?;
            match change(u16::from_be_bytes([t0, t1]), value, writer)? {
                Change::None => writer.put(value)?,
                Change::Written => {}
                Change::LeftOut => writer.len = at,
            }
            writer.end_parameter(at)?;
            rest = after.get(value.len().next_multiple_of(4)..).unwrap_or_default();
        }
        writer.set(4, &(writer.len as u32).to_be_bytes())
    }

    fn m3ua(&self, way: Way, data: &[u8], writer: &mut Writer<'_>) -> Result<bool, Error> {
        let mut is_replaced = false;
        self.parameters(writer, |tag, value, writer| match (tag, value.split_first_chunk()) {
            (M3UA_DATA, Some((label, _))) => {
                is_replaced = true;
                writer.put(&m3ua_label(way, *label))?;
                self.sccp(way, data, writer).map(|()| Change::Written)
            }
            _ => Ok(Change::None),
        })?;
        Ok(is_replaced)
    }

    fn m2ua(&self, way: Way, data: &[u8], writer: &mut Writer<'_>) -> Result<bool, Error> {
        let mut is_replaced = false;
        self.parameters(writer, |tag, value, writer| {
            let msu = match (tag, value.split_first()) {
                (M2UA_DATA, _) => value,
                (M2UA_DATA_2, Some((indicator, msu))) => {
                    writer.put(&[*indicator])?;
                    msu
                }
                _ => return Ok(Change::None),
            };
            is_replaced = true;
            let at = writer.len;
            self.mtp3(way, msu, data, writer)?;
            if tag == M2UA_DATA_2 {
                writer.set_length_indicator(at - 1)?;
            }
            Ok(Change::Written)
        })?;
        Ok(is_replaced)
    }

    /// An MSU from its service information octet on.
    fn mtp3(&self, way: Way, msu: &[u8], data: &[u8], writer: &mut Writer<'_>) -> Result<(), Error> {
        let message = mtp3::Message::parse_as(msu, self.variant)?;
        let head = msu.get(..msu.len() - message.payload.len()).ok_or(FORM)?;
        let at = writer.len;
        writer.put(head)?;
        if way == Way::Back {
            let label = writer.out.get_mut(at + 1..writer.len).ok_or(FORM)?;
            turn_label(self.variant, label)?;
        }
        self.sccp(way, data, writer)
    }

    /// The sequence numbers and the priority stay.
    fn m2pa(&self, way: Way, data: &[u8], writer: &mut Writer<'_>) -> Result<bool, Error> {
        let (head, msu) = self.octets.split_at_checked(M2PA_HEAD_OCTETS).ok_or(FORM)?;
        writer.put(head)?;
        self.mtp3(way, msu, data, writer)?;
        writer.set(4, &(writer.len as u32).to_be_bytes()).map(|()| true)
    }

    fn sua(&self, way: Way, data: &[u8], writer: &mut Writer<'_>) -> Result<bool, Error> {
        let mut is_replaced = false;
        self.parameters(writer, |tag, value, writer| match (tag, value) {
            (SUA_DATA, _) => {
                is_replaced = true;
                writer.put(data).map(|()| Change::Written)
            }
            // Not to come back where it cannot be delivered.
            (SUA_CLASS, &[a, b, c, class]) => writer.put(&[a, b, c, class & 0x7F]).map(|()| Change::Written),
            (SUA_SEGMENTATION, _) => Ok(Change::LeftOut),
            _ if way == Way::Back => turn_address(tag, writer),
            (SUA_SOURCE, _) => writer.put(self.sccp.calling.octets()).map(|()| Change::Written),
            (SUA_DESTINATION, _) => writer.put(self.sccp.called.octets()).map(|()| Change::Written),
            _ => Ok(Change::None),
        })?;
        Ok(is_replaced)
    }

    /// A CLDR, which has a cause in the place of a protocol class, and no sequence.
    fn returned_over_sua(&self, cause: u8, out: &mut [u8]) -> Result<usize, Error> {
        let mut writer = Writer { out, len: 0 };
        let mut is_given = false;
        self.parameters(&mut writer, |tag, _, writer| match tag {
            SUA_CLASS if !is_given => {
                is_given = true;
                writer.set(writer.len - 4, &SUA_CAUSE.to_be_bytes())?;
                writer.put(&[0, 0, SUA_CAUSE_RETURN, cause]).map(|()| Change::Written)
            }
            SUA_CLASS | SUA_SEQUENCE => Ok(Change::LeftOut),
            _ => turn_address(tag, writer),
        })?;
        writer.set(2, &[SUA_CONNECTIONLESS, SUA_CLDR])?;
        if is_given { Ok(writer.len) } else { Err(FORM) }
    }
}

/// What becomes of a parameter.
enum Change {
    None,
    Written,
    LeftOut,
}

/// Source and destination change places.
fn turn_address(tag: u16, writer: &mut Writer<'_>) -> Result<Change, Error> {
    let other = match tag {
        SUA_SOURCE => SUA_DESTINATION,
        SUA_DESTINATION => SUA_SOURCE,
        _ => return Ok(Change::None),
    };
    writer.set(writer.len - 4, &other.to_be_bytes()).map(|()| Change::None)
}

/// OPC and DPC change places; service, network and link stay.
fn m3ua_label(way: Way, label: [u8; 12]) -> [u8; 12] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = label;
    let [i, j, k, l] = rest;
    if way == Way::On { label } else { [e, f, g, h, a, b, c, d, i, j, k, l] }
}

/// DPC and OPC change places in a label of MTP3, which begins with the DPC.
fn turn_label(variant: Variant, label: &mut [u8]) -> Result<(), Error> {
    match (variant, label) {
        // 14 bits of DPC, 14 of OPC, 4 of SLS, from the lowest on (Q.704 §14.2.1).
        (Variant::Itu, [a, b, c, d, ..]) => {
            let word = u32::from_le_bytes([*a, *b, *c, *d]);
            let (dpc, opc) = (word & 0x3FFF, word >> 14 & 0x3FFF);
            [*a, *b, *c, *d] = (word & 0xF000_0000 | dpc << 14 | opc).to_le_bytes();
            Ok(())
        }
        (_, [a, b, c, d, e, f, ..]) => {
            [*a, *b, *c, *d, *e, *f] = [*d, *e, *f, *a, *b, *c];
            Ok(())
        }
        _ => Err(FORM),
    }
}

/// Message handling of a protocol class (Q.713 §3.6): return on error.
const RETURN: u8 = 0xF0;
const HEADER_OCTETS: usize = 8;
/// Header, BSN, FSN, priority.
const M2PA_HEAD_OCTETS: usize = 17;
const M3UA_DATA: u16 = 0x0210;
const M2UA_DATA: u16 = 0x0300;
/// With a length indicator before the MSU (RFC 3331 §3.3.1.1).
const M2UA_DATA_2: u16 = 0x0301;
const SUA_DATA: u16 = 0x010B;
const SUA_SOURCE: u16 = 0x0102;
const SUA_DESTINATION: u16 = 0x0103;
const SUA_CLASS: u16 = 0x0115;
const SUA_CAUSE: u16 = 0x0106;
/// The type of a cause for which a message comes back.
const SUA_CAUSE_RETURN: u8 = 1;
/// Class and type of CLDR.
const SUA_CONNECTIONLESS: u8 = 7;
const SUA_CLDR: u8 = 2;
const SUA_SEQUENCE: u16 = 0x0116;
const SUA_SEGMENTATION: u16 = 0x0117;
const FORM: Error = Error::new(Layer::Sccp, 0, Reason::Unsupported);
