//! TCAP (Q.773) and the BER it is written in.

/// An element with a length of the shortest form.
pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = match value.len() {
        n @ 0..=0x7F => vec![n as u8],
        n @ 0x80..=0xFF => vec![0x81, n as u8],
        n => vec![0x82, (n >> 8) as u8, n as u8],
    };
    [&[tag][..], &length, value].concat()
}

/// An element around several.
pub fn tree(tag: u8, inside: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag, &inside.concat())
}

/// An element of indefinite length.
pub fn indefinite(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, 0x80][..], value, &[0, 0]].concat()
}

/// A dialogue portion with a request or an answer for an application context (Q.773 §4.2).
fn dialogue(context: &[u8], answer: bool) -> Vec<u8> {
    let name = tree(0xA1, &[tlv(0x06, context)]);
    let version = tlv(0x80, &[0x07, 0x80]);
    let accepted = [tree(0xA2, &[tlv(0x02, &[0])]), tree(0xA3, &[tree(0xA1, &[tlv(0x02, &[0])])])].concat();
    let pdu = match answer {
        false => tree(0x60, &[version, name]),
        true => tree(0x61, &[version, name, accepted]),
    };
    portion(&pdu)
}

/// A dialogue portion around a PDU.
pub fn portion(pdu: &[u8]) -> Vec<u8> {
    tree(0x6B, &[tree(0x28, &[tlv(0x06, &[0, 0x11, 0x86, 5, 1, 1, 1]), tlv(0xA0, pdu)])])
}

/// The dialogue portion that asks for a context.
pub fn aarq(context: &[u8]) -> Vec<u8> {
    dialogue(context, false)
}

/// The dialogue portion that accepts it.
pub fn aare(context: &[u8]) -> Vec<u8> {
    dialogue(context, true)
}

fn components(components: &[Vec<u8>]) -> Vec<u8> {
    if components.is_empty() { Vec::new() } else { tree(0x6C, components) }
}

/// A Begin with a dialogue portion, which may be empty, and components.
pub fn begin(otid: &[u8], portion: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    tree(0x62, &[tlv(0x48, otid), portion.to_vec(), components(parts)])
}

/// A Continue.
pub fn proceed(otid: &[u8], dtid: &[u8], portion: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    tree(0x65, &[tlv(0x48, otid), tlv(0x49, dtid), portion.to_vec(), components(parts)])
}

/// An End.
pub fn end(dtid: &[u8], portion: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    tree(0x64, &[tlv(0x49, dtid), portion.to_vec(), components(parts)])
}

/// An Abort by the provider.
pub fn abort(dtid: &[u8], cause: u8) -> Vec<u8> {
    tree(0x67, &[tlv(0x49, dtid), tlv(0x4A, &[cause])])
}

/// An Invoke with a local operation code; the argument may be empty.
pub fn invoke(id: u8, operation: u8, argument: &[u8]) -> Vec<u8> {
    tree(0xA1, &[tlv(0x02, &[id]), tlv(0x02, &[operation]), argument.to_vec()])
}

/// A ReturnResultLast with a result.
pub fn result(id: u8, operation: u8, result: &[u8]) -> Vec<u8> {
    tree(0xA2, &[tlv(0x02, &[id]), tree(0x30, &[tlv(0x02, &[operation]), result.to_vec()])])
}

/// A ReturnResultLast that names no operation.
pub fn empty_result(id: u8) -> Vec<u8> {
    tree(0xA2, &[tlv(0x02, &[id])])
}

/// A ReturnError with a local code.
pub fn error(id: u8, code: u8) -> Vec<u8> {
    tree(0xA3, &[tlv(0x02, &[id]), tlv(0x02, &[code])])
}
