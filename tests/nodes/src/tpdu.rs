//! TPDUs of short messages (TS 23.040 §9.2.2): SMS-DELIVER and SMS-SUBMIT without user data header, seven-bit text.

use sccp::bcd::encode_tbcd;

/// SMS-DELIVER from a number.
pub fn deliver(sender: &str, text: &str) -> Vec<u8> {
    let mut tpdu = vec![DELIVER_NO_MORE];
    tpdu.extend(address(sender));
    tpdu.extend([0, 0]);
    tpdu.extend(SERVICE_CENTRE_TIME);
    tpdu.extend(user_data(text));
    tpdu
}

/// SMS-SUBMIT to a number.
pub fn submit(receiver: &str, text: &str) -> Vec<u8> {
    let mut tpdu = vec![SUBMIT, 0];
    tpdu.extend(address(receiver));
    tpdu.extend([0, 0]);
    tpdu.extend(user_data(text));
    tpdu
}

/// The digits of the sender or receiver in a TPDU made here.
pub fn digits_in(tpdu: &[u8]) -> Option<String> {
    let at = if *tpdu.first()? == SUBMIT { 2 } else { 1 };
    let digits = usize::from(*tpdu.get(at)?);
    let octets = tpdu.get(at + 2..at + 2 + digits.div_ceil(2))?;
    Some(sccp::bcd::decode_tbcd(octets))
}

/// A text of so many letters of the default alphabet.
pub fn text(letters: usize) -> String {
    const WORDS: &str = "the quick brown fox jumps over the lazy dog 0123456789. ";
    WORDS.chars().cycle().take(letters).collect()
}

/// TP-MTI 0 with TP-MMS: no more messages.
const DELIVER_NO_MORE: u8 = 0x04;
/// TP-MTI 1, no validity period.
const SUBMIT: u8 = 0x01;
const SERVICE_CENTRE_TIME: [u8; 7] = [0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40];
const INTERNATIONAL_E164: u8 = 0x91;

/// An address (TS 23.040 §9.1.2.5): its length counts digits.
fn address(digits: &str) -> Vec<u8> {
    let mut octets = vec![digits.len() as u8, INTERNATIONAL_E164];
    octets.extend(encode_tbcd(digits).expect("digits only"));
    octets
}

/// TP-UDL and TP-UD: septets, the first in the lowest bits (TS 23.038 §6.1.2.1).
fn user_data(text: &str) -> Vec<u8> {
    let mut octets = vec![text.len() as u8];
    let (mut bits, mut filled) = (0u16, 0);
    for letter in text.bytes() {
        bits |= u16::from(letter & 0x7F) << filled;
        filled += 7;
        if filled >= 8 {
            octets.push(bits as u8);
            bits >>= 8;
            filled -= 8;
        }
    }
    if filled > 0 {
        octets.push(bits as u8);
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_septets_as_the_standard_shows() {
        assert_eq!(user_data("hello"), [5, 0xE8, 0x32, 0x9B, 0xFD, 0x06]);
        assert_eq!(user_data(&text(160)).len(), 141);
    }

    #[test]
    fn finds_its_own_digits() {
        assert_eq!(digits_in(&deliver("9990000000007", "a")).as_deref(), Some("9990000000007"));
        assert_eq!(digits_in(&submit("9990000000007", "a")).as_deref(), Some("9990000000007"));
    }
}
