//! An address of SCCP with other digits: a message that came to our number goes on to the node's. Q.713 §3.4.2.3,
//! RFC 3868 §3.10.2.
//!
//! ```text
//!   12 08  00 11 04  99 79 … 01     route, subsystem, translation type, numbering plan and nature stay;
//!   12 08  00 12 04  99 18 …        encoding scheme, or the bit or the count for an odd number, follow the digits
//! ```
//! Handles the formats of ITU, China, ANSI and SUA. Not handled: an address without a global title, for which there are no
//! digits to change, and digits beyond 0 to 9.

use arrayvec::ArrayVec;
use sluice_wire::sccp::{Address, Dialect};

/// Digits of a global title.
const DIGITS_MAX: usize = 32;
/// What ends digits where nothing else says how many they are (Q.713 §3.4.2.3.1: end of pulsing).
const END: u8 = 15;

type Packed = ArrayVec<u8, { DIGITS_MAX / 2 }>;

/// Writes the address with other digits, in ASCII, to the start of `out` and says how many octets it has. None where there
/// is no room, no global title, or no such digits.
pub fn address_with_digits(address: &Address<'_>, digits: &[u8], out: &mut [u8]) -> Option<usize> {
    let tells_odd = address.is_odd() || address.es().is_some() || address.nai().is_some();
    let packed = packed(digits, if tells_odd { 0 } else { END })?;
    let is_odd = !digits.len().is_multiple_of(2);
    if address.dialect() == Dialect::Sua {
        return sua(address.octets(), digits.len(), &packed, out);
    }
    let fixed = address.octets().len().checked_sub(address.digits().len())?;
    let head = out.get_mut(..fixed)?;
    head.copy_from_slice(address.octets().get(..fixed)?);
    match (address.es(), address.nai(), address.tt()) {
        (Some(_), nai, _) => {
            let scheme = head.get_mut(fixed.checked_sub(if nai.is_some() { 2 } else { 1 })?)?;
            *scheme = *scheme & 0xF0 | if is_odd { BCD_ODD } else { BCD_EVEN };
        }
        (None, Some(_), _) => {
            let nature = head.last_mut()?;
            *nature = *nature & 0x7F | u8::from(is_odd) << 7;
        }
        (None, None, Some(_)) => {}
        (None, None, None) => return None,
    }
    out.get_mut(fixed..fixed + packed.len())?.copy_from_slice(&packed);
    Some(fixed + packed.len())
}

fn packed(digits: &[u8], filler: u8) -> Option<Packed> {
    if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = |digit: Option<&u8>| digit.map_or(filler, |digit| digit & 0x0F);
    Some(digits.chunks(2).map(|pair| value(pair.first()) | value(pair.get(1)) << 4).collect())
}

/// The parameters of an address of SUA, the global title with other digits.
fn sua(octets: &[u8], count: usize, packed: &[u8], out: &mut [u8]) -> Option<usize> {
    let (indicators, mut rest) = octets.split_at_checked(SUA_HEADER_OCTETS)?;
    let (mut written, mut found) = (put(out, 0, indicators)?, false);
    while let Some(&[tag_high, tag_low, high, low]) = rest.first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let parameter = rest.get(..length).filter(|parameter| parameter.len() >= SUA_HEADER_OCTETS)?;
        if u16::from_be_bytes([tag_high, tag_low]) == GLOBAL_TITLE && !found {
            let [a, b, c, gti, _, numbers @ ..] = parameter.get(SUA_HEADER_OCTETS..)?.first_chunk::<8>()?;
            let length = u16::try_from(SUA_HEADER_OCTETS + 8 + packed.len()).ok()?.to_be_bytes();
            written += put(out, written, &[tag_high, tag_low, length[0], length[1]])?;
            written += put(out, written, &[*a, *b, *c, *gti, u8::try_from(count).ok()?])?;
            written += put(out, written, numbers)?;
            written += put(out, written, packed)?;
            found = true;
        } else {
            written += put(out, written, parameter)?;
        }
        written += put(out, written, [0; 3].get(..written.wrapping_neg() & 3)?)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    found.then_some(written)
}

fn put(out: &mut [u8], at: usize, octets: &[u8]) -> Option<usize> {
    out.get_mut(at..)?.get_mut(..octets.len())?.copy_from_slice(octets);
    Some(octets.len())
}

/// Routing and address indicator; tag and length of a parameter.
const SUA_HEADER_OCTETS: usize = 4;
const GLOBAL_TITLE: u16 = 0x8001;
/// Q.713 §3.4.2.3.3.
const BCD_ODD: u8 = 1;
const BCD_EVEN: u8 = 2;
