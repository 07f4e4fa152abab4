//! Numbers and letters as octets: semi-octets, transaction ids, septets.

/// Two digits an octet, the first below; filled with 15 (TS 29.002 §17.7.8, TBCD-STRING).
pub fn semi_octets(mut number: u64, digits: usize) -> Octets {
    let mut out = [0xff_u8; 8];
    for at in (0..digits).rev() {
        let digit = (number % 10) as u8;
        number /= 10;
        let (mask, shift) = if at % 2 == 0 { (0xf0, 0) } else { (0x0f, 4) };
        out[at / 2] = out[at / 2] & mask | digit << shift;
    }
    Octets { all: out, len: digits.div_ceil(2) }
}

/// A transaction id of four octets.
pub fn transaction_octets(id: u32) -> Octets {
    let mut all = [0; 8];
    all[..4].copy_from_slice(&id.to_be_bytes());
    Octets { all, len: 4 }
}

/// A few octets that need no allocation.
pub struct Octets {
    all: [u8; 8],
    len: usize,
}

impl std::ops::Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.all[..self.len]
    }
}

/// Letters of seven bits, packed (TS 23.038 §6.1.2.1.1).
pub fn septets(text: &[u8]) -> Vec<u8> {
    let mut octets = vec![0_u8; (text.len() * 7).div_ceil(8)];
    for (number, letter) in text.iter().enumerate() {
        for bit in (0..7).filter(|bit| letter >> bit & 1 == 1) {
            let at = number * 7 + bit;
            octets[at / 8] |= 1 << (at % 8);
        }
    }
    octets
}
