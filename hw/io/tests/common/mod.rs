//! Capture files made octet by octet, in either byte order.
#![allow(dead_code, reason = "each test file uses its part")]

/// Writes numbers in one byte order.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    Big,
    Little,
}

impl Order {
    pub const BOTH: [Self; 2] = [Self::Big, Self::Little];

    pub fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }

    pub fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }

    fn words(self, words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|&word| self.u32(word)).collect()
    }
}

pub const MICRO: u32 = 0xa1b2_c3d4;
pub const NANO: u32 = 0xa1b2_3c4d;

/// A pcap file of `(seconds, fraction, octets, original length)`.
pub fn pcap(order: Order, magic: u32, link_type: u32, frames: &[(u32, u32, &[u8], u32)]) -> Vec<u8> {
    let mut file = order.words(&[magic]);
    file.extend(order.u16(2));
    file.extend(order.u16(4));
    file.extend(order.words(&[0, 0, 65_535, link_type]));
    for &(seconds, fraction, octets, original) in frames {
        file.extend(order.words(&[seconds, fraction, octets.len() as u32, original]));
        file.extend(octets);
    }
    file
}

/// A pcapng block.
pub fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let total = 12 + padded as u32;
    let mut block = order.words(&[kind, total]);
    block.extend(body);
    block.resize(8 + padded, 0);
    block.extend(order.u32(total));
    block
}

pub fn section(order: Order) -> Vec<u8> {
    let mut body = order.words(&[0x1a2b_3c4d]);
    body.extend(order.u16(1));
    body.extend(order.u16(0));
    body.extend([0xff; 8]);
    block(order, 0x0a0d_0d0a, &body)
}

/// An interface with optional if_tsresol and if_tsoffset.
pub fn interface(order: Order, link_type: u16, resolution: Option<u8>, offset_s: Option<i64>) -> Vec<u8> {
    let mut body = order.u16(link_type).to_vec();
    body.extend(order.u16(0));
    body.extend(order.u32(0));
    if let Some(resolution) = resolution {
        body.extend([order.u16(9), order.u16(1)].concat());
        body.extend([resolution, 0, 0, 0]);
    }
    if let Some(offset) = offset_s {
        body.extend([order.u16(14), order.u16(8)].concat());
        body.extend(match order {
            Order::Big => offset.to_be_bytes(),
            Order::Little => offset.to_le_bytes(),
        });
    }
    body.extend([0; 4]);
    block(order, 1, &body)
}

pub fn enhanced(order: Order, interface: u32, ticks: u64, octets: &[u8], original: u32) -> Vec<u8> {
    let captured = octets.len() as u32;
    let mut body = order.words(&[interface, (ticks >> 32) as u32, ticks as u32, captured, original]);
    body.extend(octets);
    block(order, 6, &body)
}

pub fn simple(order: Order, octets: &[u8]) -> Vec<u8> {
    let mut body = order.words(&[octets.len() as u32]);
    body.extend(octets);
    block(order, 3, &body)
}
