//! Small BER values, written from the inside out. X.690 §8.1; always in the shortest form.

use arrayvec::ArrayVec;
use sluice_wire::{Error, Layer, Reason};

/// Room for any message that is made here; what does not fit is too long for any SCCP message without segments.
const OCTETS_MAX: usize = 400;

/// Octets of a value. One that was too long is [`OCTETS_MAX`] long, which [`write`] refuses.
pub type Octets = ArrayVec<u8, OCTETS_MAX>;

/// Adds octets at the end.
pub fn put(to: &mut Octets, octets: &[u8]) {
    if to.try_extend_from_slice(octets).is_err() {
        while to.try_push(0).is_ok() {}
    }
}

/// A tag, a length and contents.
pub fn tlv(tag: u8, contents: &[&[u8]]) -> Octets {
    let mut out = Octets::new();
    let len: usize = contents.iter().map(|octets| octets.len()).sum();
    let [.., high, low] = len.to_be_bytes();
    put(&mut out, &[tag]);
    match len {
        0..=0x7F => put(&mut out, &[low]),
        0x80..=0xFF => put(&mut out, &[0x81, low]),
        _ => put(&mut out, &[0x82, high, low]),
    }
    for octets in contents {
        put(&mut out, octets);
    }
    out
}

/// Writes a message to the start of `out` and says how long it is.
///
/// # Errors
/// `Truncated` where it is too long, for `out` or for any message.
pub fn write(message: &Octets, out: &mut [u8]) -> Result<usize, Error> {
    let too_long = Error::new(Layer::Tcap, 0, Reason::Truncated);
    let place = out.get_mut(..message.len()).filter(|_| !message.is_full()).ok_or(too_long)?;
    place.copy_from_slice(message);
    Ok(message.len())
}

/// A dialogue portion that asks for an application context (AARQ, Q.773 §4.2.1).
pub fn requested(context: &[u8]) -> Octets {
    structured(&tlv(0x60, &[&PROTOCOL_VERSION_1, &tlv(0xA1, &[&tlv(0x06, &[context])])]))
}

/// A dialogue portion that accepts an application context (AARE, Q.773 §4.2.1).
pub fn accepted(context: &[u8]) -> Octets {
    let result = [0xA2, 3, 2, 1, 0, 0xA3, 5, 0xA1, 3, 2, 1, 0];
    let context = tlv(0xA1, &[&tlv(0x06, &[context])]);
    structured(&tlv(0x61, &[&PROTOCOL_VERSION_1, &context, &result]))
}

/// A dialogue portion by which the user ends a dialogue (ABRT), for a reason of its own (TS 29.002 §17.4,
/// MAP-UserAbortInfo).
pub fn abort_by_user() -> Octets {
    let reason = tlv(0xA0, &[&tlv(0xA4, &[&[0x80, 0]])]);
    let information = tlv(0xBE, &[&tlv(0x28, &[&MAP_DIALOGUE, &reason])]);
    structured(&tlv(0x64, &[&[0x80, 1, 0], &information]))
}

fn structured(pdu: &[u8]) -> Octets {
    tlv(0x6B, &[&tlv(0x28, &[&DIALOGUE_AS_ID, &tlv(0xA0, &[pdu])])])
}

const PROTOCOL_VERSION_1: [u8; 4] = [0x80, 2, 7, 0x80];
/// 0.0.17.773.1.1.1
const DIALOGUE_AS_ID: [u8; 9] = [6, 7, 0, 0x11, 0x86, 5, 1, 1, 1];
/// 0.4.0.0.1.1.1.1
const MAP_DIALOGUE: [u8; 9] = [6, 7, 4, 0, 0, 1, 1, 1, 1];
