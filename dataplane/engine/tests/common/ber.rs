//! TCAP messages written otherwise than they came, and put where their length is no matter.

use sluice_wire::ber::Reader;
use sluice_wire::ip::Packet;
use sluice_wire::link::{LinkType, Network, parse};
use sluice_wire::m3ua;
use sluice_wire::sccp::{Connectionless, Message, MessageType};
use sluice_wire::sctp::{self, Data};

/// How every length of a message is written (X.690 §8.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In as few octets as it takes.
    Shortest,
    /// In so many octets after the first.
    Long(usize),
    /// Up to an end-of-contents, where elements are inside.
    Indefinite,
}

/// The elements again, all lengths in another form.
pub fn rewritten(octets: &[u8], form: Form) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = Reader::new(octets);
    while let Ok(Some(element)) = reader.next() {
        let tag_octets = if element.raw[0] & 0x1F == 0x1F { 2 } else { 1 };
        let is_constructed = element.tag.constructed();
        let value = if is_constructed { rewritten(element.value, form) } else { element.value.to_vec() };
        out.extend(&element.raw[..tag_octets]);
        write(&mut out, &value, if form == Form::Indefinite && !is_constructed { Form::Shortest } else { form });
    }
    out
}

/// So many elements of one tag inside one another.
pub fn nested(tag: u8, levels: usize, form: Form) -> Vec<u8> {
    (0..levels).fold(vec![0x05, 0x00], |inner, _| {
        let mut out = vec![tag];
        write(&mut out, &inner, form);
        out
    })
}

fn write(out: &mut Vec<u8>, value: &[u8], form: Form) {
    let length = (value.len() as u32).to_be_bytes();
    match form {
        Form::Indefinite => out.push(0x80),
        Form::Shortest if value.len() < 0x80 => out.push(value.len() as u8),
        Form::Shortest => out.extend([&[0x82], &length[2..]].concat()),
        Form::Long(count) => {
            let count = count.max(if value.len() > 0xFF { 2 } else { 1 });
            out.extend([&[0x80 | count as u8], &length[4 - count..]].concat());
        }
    }
    out.extend(value);
    if form == Form::Indefinite {
        out.extend([0, 0]);
    }
}

/// The connectionless message in a frame of M3UA over IPv4 over Ethernet.
pub fn sccp_of(frame: &[u8]) -> Option<Connectionless<'_>> {
    let Network::Ip(octets) = parse(LinkType::Ethernet, frame).ok()? else { return None };
    let packet = sctp::Packet::parse(Packet::parse(octets).ok()?.payload()).ok()?;
    let data = Data::parse(&packet.chunks().next()?.ok()?).ok()?;
    let data = m3ua::Message::parse(data.payload).ok()?.protocol_data().ok()?;
    match Message::parse(data.user_data) {
        Ok(Message::Connectionless(message)) if message.segmentation.is_none() => Some(message),
        _ => None,
    }
}

/// A frame of a signalling link with a LUDT that carries this between the same parties: room for 3,900 octets.
pub fn on_a_link(of: &Connectionless<'_>, data: &[u8]) -> Vec<u8> {
    let message = Connectionless { message_type: MessageType::Ludt, data, optional: &[], ..*of };
    let mut out = vec![0; 4200];
    // Q.704 §14.2: service information, then the label of 32 bits.
    out[..5].copy_from_slice(&[0x83, 1, 0x40, 0, 0]);
    let len = message.emit(&mut out[5..]).expect("room enough");
    out.truncate(5 + len);
    out
}

/// The link type of such a frame.
pub const MTP3: u16 = 141;
