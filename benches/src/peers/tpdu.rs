//! A plain decoder of SMS TPDUs for the crates, which end at SM-RP-UI: address and text, one septet at a time.
//!
//! TS 23.040 §9.2.2.1 (SMS-DELIVER) and §9.2.2.2 (SMS-SUBMIT), TS 23.038 §4 and §6.2.1. Written the way their user
//! would, not tuned. National language tables, compressed text and reserved codings give no text.

/// Address and text of a TPDU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// TP-OA or TP-DA.
    pub address: String,
    /// Text; empty for 8-bit data.
    pub text: String,
}

/// Decodes an SMS-DELIVER.
pub fn deliver(octets: &[u8]) -> Option<Decoded> {
    let (&flags, rest) = octets.split_first()?;
    let (address, rest) = split_address(rest)?;
    let (header, user_data) = rest.split_at_checked(9)?;
    Some(Decoded { address, text: text(flags & 0x40 != 0, header[1], user_data)? })
}

/// Decodes an SMS-SUBMIT.
pub fn submit(octets: &[u8]) -> Option<Decoded> {
    let (&flags, rest) = octets.split_first()?;
    let (address, rest) = split_address(rest.get(1..)?)?;
    let validity = match flags >> 3 & 3 {
        0 => 0,
        2 => 1,
        _ => 7,
    };
    let (header, user_data) = rest.split_at_checked(2 + validity)?;
    Some(Decoded { address, text: text(flags & 0x40 != 0, header[1], user_data)? })
}

/// TS 23.040 §9.1.2.5: number of semi-octets, type of address, value.
fn split_address(octets: &[u8]) -> Option<(String, &[u8])> {
    let (&[digits, toa], rest) = octets.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::from(digits).div_ceil(2))?;
    if toa >> 4 & 7 == 5 {
        return Some((gsm7(value, 0, usize::from(digits) * 4 / 7), rest));
    }
    let nibbles = value.iter().flat_map(|octet| [octet & 15, octet >> 4]).take(usize::from(digits));
    Some((nibbles.filter_map(|n| "0123456789*#abc".chars().nth(usize::from(n))).collect(), rest))
}

fn text(has_header: bool, dcs: u8, user_data: &[u8]) -> Option<String> {
    let (&len, body) = user_data.split_first()?;
    let header = if has_header { usize::from(*body.first()?) + 1 } else { 0 };
    Some(match alphabet(dcs) {
        Alphabet::Gsm7 => {
            let skip = (header * 8).div_ceil(7);
            gsm7(body, skip, usize::from(len).saturating_sub(skip))
        }
        Alphabet::Ucs2 => ucs2(body.get(header..usize::from(len).min(body.len()))?),
        Alphabet::Data => String::new(),
    })
}

enum Alphabet {
    Gsm7,
    Ucs2,
    Data,
}

/// TS 23.038 §4.
fn alphabet(dcs: u8) -> Alphabet {
    match (dcs >> 4, dcs >> 2 & 3) {
        (0..=7, 0) | (12..=13, _) => Alphabet::Gsm7,
        (0..=7, 2) | (14, _) => Alphabet::Ucs2,
        (15, bits) if bits & 1 == 0 => Alphabet::Gsm7,
        _ => Alphabet::Data,
    }
}

fn ucs2(octets: &[u8]) -> String {
    let units: Vec<u16> = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// `count` septets from septet `skip` on (TS 23.038 §6.1.2.1.1: least bit first).
fn gsm7(octets: &[u8], skip: usize, count: usize) -> String {
    let mut text = String::with_capacity(count);
    let mut is_escaped = false;
    for at in skip..skip + count {
        let bit = at * 7;
        let Some(&low) = octets.get(bit / 8) else { break };
        let high = match octets.get(bit / 8 + 1) {
            Some(&high) => high,
            None if bit % 8 <= 1 => 0,
            None => break,
        };
        let septet = (u16::from_le_bytes([low, high]) >> (bit % 8)) as u8 & 0x7f;
        match (is_escaped, septet) {
            (false, 0x1b) => {
                is_escaped = true;
                continue;
            }
            (true, _) => text.push(extended(septet)),
            (false, _) => text.push(BASIC[usize::from(septet)]),
        }
        is_escaped = false;
    }
    text
}

/// TS 23.038 §6.2.1.1; what is not in it shows as the basic table's character.
fn extended(septet: u8) -> char {
    match septet {
        0x0a => '\u{c}',
        0x14 => '^',
        0x28 => '{',
        0x29 => '}',
        0x2f => '\\',
        0x3c => '[',
        0x3d => '~',
        0x3e => ']',
        0x40 => '|',
        0x65 => '€',
        other => BASIC[usize::from(other & 0x7f)],
    }
}

/// TS 23.038 §6.2.1.
#[rustfmt::skip]
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É',
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Sender 999815188499, text as in a capture of the generator.
    const DELIVER: [u8; 33] = [
        0x04, 0x0c, 0x91, 0x99, 0x89, 0x51, 0x81, 0x48, 0x99, 0x00, 0x00, 0x62, 0x10, 0x20, 0x30, 0x40, 0x50, 0x40,
        0x0f, 0x5e, 0xf7, 0x6f, 0xfc, 0x26, 0x97, 0x41, 0x5b, 0x10, 0x17, 0xe4, 0x05, 0x79, 0x00,
    ];

    #[test]
    fn a_deliver_in_the_default_alphabet_gives_its_sender_and_text() {
        let decoded = deliver(&DELIVER).unwrap();
        assert_eq!((decoded.address.as_str(), decoded.text.as_str()), ("999815188499", "Ün?code Ä Ö Ü ß"));
    }

    #[test]
    fn no_truncation_panics_and_none_gives_more_text() {
        let whole = deliver(&DELIVER).unwrap();
        for len in 0..DELIVER.len() {
            assert!(deliver(&DELIVER[..len]).is_none_or(|cut| whole.text.starts_with(&cut.text)), "{len}");
            assert!(submit(&DELIVER[..len]).is_none_or(|cut| cut.address.len() <= 255));
        }
    }
}
