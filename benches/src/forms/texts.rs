//! The same text written another way in the TPDU. TS 23.040 §9.2.3, TS 23.038 §4, §6.2.1.
//!
//! ```text
//!   .. PID DCS  (SCTS | VP) ..  UDL  UD            as it came: default alphabet, no header
//!   .. PID  8   ..              UDL  UCS-2
//!   .. PID DCS  ..              UDL  06 25 01 01 24 01 01  septets     Turkish tables
//!   .. PID DCS  ..              UDL  06 08 04 ref. n. k    septets     part k of n
//! ```

use anyhow::{Context, ensure};

/// A TPDU with a text in the default alphabet and nothing else in its user data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// Everything before the length of the user data.
    head: Vec<u8>,
    /// Where in it the data coding scheme is.
    dcs_at: usize,
    septets: Vec<u8>,
}

/// Turkish locking shift and single shift (TS 23.040 §9.2.3.24.15, §9.2.3.24.16).
const TURKISH: [u8; 7] = [6, 0x25, 1, 1, 0x24, 1, 1];
/// TP-UDHI (TS 23.040 §9.2.3.23).
const HAS_HEADER: u8 = 0x40;
/// The septet after which another table counts.
const ESCAPE: u8 = 0x1b;
/// Octets of user data there may be.
const USER_DATA_MAX: usize = 140;

impl Short {
    /// Reads an SMS-DELIVER or SMS-SUBMIT.
    ///
    /// # Errors
    /// That it is something else, or has a header, or another alphabet.
    pub fn read(tpdu: &[u8]) -> anyhow::Result<Self> {
        let first = *tpdu.first().context("an empty TPDU")?;
        ensure!(first & HAS_HEADER == 0, "a TPDU with a header");
        let address_at = usize::from(first & 3) + 1;
        ensure!(address_at <= 2, "neither a DELIVER nor a SUBMIT");
        let digits = usize::from(*tpdu.get(address_at).context("no address")?);
        let dcs_at = address_at + 2 + digits.div_ceil(2) + 1;
        let after = match (first & 3, first >> 3 & 3) {
            (0, _) | (1, 1 | 3) => 7,
            (_, 2) => 1,
            _ => 0,
        };
        let (head, rest) = tpdu.split_at_checked(dcs_at + 1 + after).context("ends early")?;
        ensure!(head.get(dcs_at) == Some(&0), "another alphabet");
        let (&count, octets) = rest.split_first().context("no user data")?;
        ensure!(
            octets.len() == usize::from(count) * 7 / 8 + usize::from(!(usize::from(count) * 7).is_multiple_of(8)),
            "odd"
        );
        Ok(Self { head: head.to_vec(), dcs_at, septets: unpacked(octets, usize::from(count)) })
    }

    /// As it came.
    pub fn plain(&self) -> Vec<u8> {
        self.written(&[], &self.septets)
    }

    /// In UCS-2.
    pub fn ucs2(&self, text: &str) -> Vec<u8> {
        let mut out = self.head.clone();
        out[self.dcs_at] = 8;
        let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        out.push(octets.len() as u8);
        out.extend_from_slice(&octets);
        out
    }

    /// In the Turkish tables, where letters without accents have the numbers of the default ones.
    pub fn national(&self) -> Vec<u8> {
        self.written(&TURKISH, &self.septets)
    }

    /// In two parts.
    pub fn parts(&self, reference: u16) -> [Vec<u8>; 2] {
        let mut middle = self.septets.len() / 2;
        middle -= usize::from(middle > 0 && self.septets.get(middle - 1) == Some(&ESCAPE));
        let [r0, r1] = reference.to_be_bytes();
        let (first, second) = self.septets.split_at(middle);
        [(1, first), (2, second)].map(|(number, septets)| self.written(&[6, 8, 4, r0, r1, 2, number], septets))
    }

    /// Whether every way of writing it fits.
    pub fn fits_every_way(&self, text: &str) -> bool {
        text.encode_utf16().count() * 2 <= USER_DATA_MAX && self.septets.len() + 8 <= USER_DATA_MAX * 8 / 7
    }

    /// A header is filled up to a septet (TS 23.040 §9.2.3.24).
    fn written(&self, header: &[u8], septets: &[u8]) -> Vec<u8> {
        let header_septets = (header.len() * 8).div_ceil(7);
        let mut out = self.head.clone();
        out[0] |= if header.is_empty() { 0 } else { HAS_HEADER };
        out.push((header_septets + septets.len()) as u8);
        let mut octets = packed(header_septets, septets);
        octets[..header.len()].copy_from_slice(header);
        out.extend_from_slice(&octets);
        out
    }
}

/// Septet n begins at bit 7n, the least bit of an octet first (TS 23.038 §6.1.2.1.1).
fn unpacked(octets: &[u8], count: usize) -> Vec<u8> {
    let bit = |at: usize| octets.get(at / 8).map_or(0, |octet| octet >> (at % 8) & 1);
    (0..count).map(|n| (0..7).fold(0, |septet, i| septet | bit(7 * n + i) << i)).collect()
}

fn packed(before: usize, septets: &[u8]) -> Vec<u8> {
    let mut octets = vec![0; ((before + septets.len()) * 7).div_ceil(8)];
    for (n, septet) in septets.iter().enumerate() {
        for i in 0..7 {
            let at = (before + n) * 7 + i;
            octets[at / 8] |= (septet >> i & 1) << (at % 8);
        }
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_wire::sms::{Context, Direction, TextBuf, Tpdu};

    /// "hellohello" (TS 23.038 §6.1.2.1), to a test number.
    const SUBMIT: [u8; 21] = [
        0x11, 0, 11, 0x91, 0x51, 0x55, 0x10, 0x10, 0x00, 0xf1, 0, 0, 0xa7, 10, 0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9,
    ];

    fn submit() -> Vec<u8> {
        [&SUBMIT[..], &[0xec, 0x37]].concat()
    }

    fn text(tpdu: &[u8]) -> String {
        let tpdu = Tpdu::parse(tpdu, Direction::ToSc, Context::Request).unwrap();
        let mut room = TextBuf::new();
        tpdu.text(&mut room).map(|text| String::from_utf8(text.as_bytes().to_vec()).unwrap()).unwrap_or_default()
    }

    #[test]
    fn what_is_read_is_written_as_it_was() {
        assert_eq!(Short::read(&submit()).unwrap().plain(), submit());
        assert_eq!(text(&submit()), "hellohello");
    }

    #[test]
    fn the_text_is_the_same_however_it_is_written() {
        let short = Short::read(&submit()).unwrap();
        assert_eq!(text(&short.ucs2("hellohello")), "hellohello");
        assert_eq!(text(&short.national()), "hellohello");
        let [first, second] = short.parts(0x1234);
        assert_eq!([text(&first), text(&second)], ["hello", "hello"]);
        assert!(short.fits_every_way("hellohello"));
    }

    #[test]
    fn what_is_not_plain_is_refused() {
        let changed = |at: usize, octet: u8| {
            Short::read(
                &SUBMIT
                    .map(|o| o)
                    .iter()
                    .enumerate()
                    .map(|(n, o)| if n == at { octet } else { *o })
                    .collect::<Vec<_>>(),
            )
        };
        assert!(changed(0, 0x51).is_err() && changed(11, 8).is_err() && changed(0, 2).is_err());
        for len in 0..submit().len() {
            assert!(Short::read(&submit()[..len]).is_err(), "{len}");
        }
    }
}
