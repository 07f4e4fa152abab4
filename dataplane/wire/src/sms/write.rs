//! Writing user data: a header, and a text after it. TS 23.040 §9.2.3.24, TS 23.038 §6.1.2.1, §6.2.3.
//!
//! Nothing is allocated, and no text is cut: one that is too long is refused. Which characters of a national language
//! may be used, the elements say that go before them.

use super::dcs::Alphabet;
use super::udh::UserDataHeader;
use super::user_data::UD_OCTETS_MAX;
use super::{Tpdu, gsm7};
use crate::{Error, Layer, Reason};

/// User data as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// TP-UDL.
    pub udl: u8,
    /// TP-UD.
    pub ud: &'a [u8],
    /// Whether it begins with a header: TP-UDHI.
    pub udhi: bool,
}

impl<'a> Tpdu<'a> {
    /// Puts user data in the place of what there was.
    pub fn set_user_data(&mut self, written: Written<'a>) {
        self.first_octet = self.first_octet & !0x40 | u8::from(written.udhi) << 6;
        (self.udl, self.ud, self.ud_truncated) = (Some(written.udl), written.ud, false);
        self.body = written.ud;
        let header_octets = written.ud.first().map_or(0, |udhl| u16::from(*udhl) + 1);
        self.header_octets = if written.udhi { header_octets } else { 0 };
    }
}

/// Writes `elements` (without UDHL; none make no header) and `text` into `out`.
///
/// # Errors
/// `BadValue` for a character that the alphabet does not have, `BadLength` for more than 140 octets, `Unsupported` for
/// text in 8-bit data, `Truncated` where `out` is too short.
pub fn write_text<'a>(
    elements: &[u8],
    text: &str,
    alphabet: Alphabet,
    out: &'a mut [u8],
) -> Result<Written<'a>, Error> {
    let refuse = |reason| Error::new(Layer::Sms, 0, reason);
    let header_octets = if elements.is_empty() { 0 } else { elements.len() + 1 };
    if header_octets > UD_OCTETS_MAX {
        return Err(refuse(Reason::BadLength));
    }
    let room = out.len().min(UD_OCTETS_MAX);
    let too_long = if room < UD_OCTETS_MAX { Reason::Truncated } else { Reason::BadLength };
    let Some((header, rest)) = out.get_mut(..room).and_then(|out| out.split_at_mut_checked(header_octets)) else {
        return Err(refuse(Reason::Truncated));
    };
    if let Some((udhl, places)) = header.split_first_mut() {
        *udhl = elements.len() as u8;
        places.copy_from_slice(elements);
    }
    let written = match alphabet {
        Alphabet::Gsm7 => write_septets(elements, header_octets, text, rest),
        Alphabet::Ucs2 => write_ucs2(text, rest).map(|octets| (header_octets + octets, header_octets + octets)),
        Alphabet::Data8 => Err(Reason::Unsupported),
    };
    let (udl, len_octets) = written.map_err(|r| refuse(if r == Reason::Truncated { too_long } else { r }))?;
    let ud = out.get(..len_octets).unwrap_or(&[]);
    Ok(Written { udl: udl as u8, ud, udhi: header_octets > 0 })
}

/// Returns septets and octets of the whole.
fn write_septets(elements: &[u8], header: usize, text: &str, out: &mut [u8]) -> Result<(usize, usize), Reason> {
    let before = (header * 8).div_ceil(7);
    let fill_bits = before * 7 - header * 8;
    let tables = UserDataHeader::new(elements).shift().tables();
    let septets = before + usize::from(gsm7::encode(text, fill_bits as u32, &tables, out)?);
    let len_octets = (septets * 7).div_ceil(8);
    // Without a septet the fill bits still need their octet.
    if len_octets > header + out.len() { Err(Reason::Truncated) } else { Ok((septets, len_octets)) }
}

/// Pairs of surrogates for what UCS-2 does not have, as phones read them.
fn write_ucs2(text: &str, out: &mut [u8]) -> Result<usize, Reason> {
    let mut places = out.as_chunks_mut::<2>().0.iter_mut();
    let mut len_octets = 0;
    for unit in text.encode_utf16() {
        *places.next().ok_or(Reason::Truncated)? = unit.to_be_bytes();
        len_octets += 2;
    }
    Ok(len_octets)
}

#[cfg(test)]
mod tests {
    use super::super::tests::text_of;
    use super::super::{Dcs, TpduKind};
    use super::*;

    fn read(written: Written<'_>, dcs: u8) -> Option<String> {
        let mut tpdu = Tpdu::empty(TpduKind::Submit);
        tpdu.dcs = Some(Dcs(dcs));
        tpdu.set_user_data(written);
        text_of(&tpdu)
    }

    #[test]
    fn writes_text_that_reads_the_same_with_and_without_a_header() {
        for elements in [&[][..], &[0x00, 3, 1, 2, 1], &[0x08, 4, 0, 1, 2, 1], &[0x24, 1, 3, 0x25, 1, 3]] {
            for text in ["", "a", "seven!!", "eight!!!", "Olá {ção} €"] {
                let septets = write_text(elements, text, Alphabet::Gsm7, &mut [0xFF; 140]).map(|w| read(w, 0));
                let portuguese = elements.first() == Some(&0x24);
                let expected = if text.is_ascii() || portuguese {
                    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
                } else {
                    Err(Error::new(Layer::Sms, 0, Reason::BadValue))
                };
                assert_eq!(septets, expected, "{text} after {elements:x?}");
                let ucs2 = write_text(elements, text, Alphabet::Ucs2, &mut [0xFF; 140]).map(|w| read(w, 8));
                assert_eq!(ucs2, Ok(Some(text.to_owned()).filter(|text| !text.is_empty())));
            }
        }
    }

    #[test]
    fn fills_a_message_to_the_last_septet_and_refuses_one_more() {
        let written = |elements: &[u8], len, alphabet| {
            let mut room = [0; 200];
            let written = write_text(elements, &"x".repeat(len), alphabet, &mut room);
            written.map(|w| (w.udl, w.ud.len())).map_err(|error| error.reason)
        };
        let part = [0x00, 3, 1, 2, 1];
        assert_eq!(written(&[], 160, Alphabet::Gsm7), Ok((160, 140)));
        assert_eq!(written(&[], 161, Alphabet::Gsm7), Err(Reason::BadLength));
        assert_eq!(written(&part, 153, Alphabet::Gsm7), Ok((160, 140)));
        assert_eq!(written(&part, 154, Alphabet::Gsm7), Err(Reason::BadLength));
        assert_eq!(written(&part, 67, Alphabet::Ucs2), Ok((140, 140)));
        assert_eq!(written(&part, 68, Alphabet::Ucs2), Err(Reason::BadLength));
        assert_eq!(written(&[0; 140], 0, Alphabet::Ucs2), Err(Reason::BadLength));
        assert_eq!(written(&[], 1, Alphabet::Data8), Err(Reason::Unsupported));
    }

    #[test]
    fn refuses_a_place_that_is_too_short() {
        let text = "twelve chars";
        for room in 0..11 {
            let mut room = vec![0; room];
            let refused = write_text(&[], text, Alphabet::Gsm7, &mut room).err().map(|error| error.reason);
            assert_eq!(refused, Some(Reason::Truncated));
        }
        assert!(write_text(&[], text, Alphabet::Gsm7, &mut [0; 11]).is_ok());
        assert!(write_text(&[0x70, 0], "", Alphabet::Ucs2, &mut [0; 2]).is_err());
    }
}
