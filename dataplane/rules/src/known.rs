//! What the numbering plan knows of digits, looked up once a message, and digits turned round.

use crate::image::SubjectCode;
use crate::model::Turn;
use sluice_abi::{Facts, Field, Path, Shape};
use sluice_numbers::{Found, Space};
use sluice_wire::digits::Digits;

/// So many numbers of a message are kept with what the plan knows; further ones are looked up each time.
const KEPT: usize = 16;

/// What the plan knows of the numbers of the message under judgement.
#[derive(Clone, Debug)]
pub(crate) struct KnownCache {
    subjects: [u32; KEPT],
    found: [Option<Found>; KEPT],
    count: usize,
}

impl KnownCache {
    pub(crate) const fn new() -> Self {
        Self { subjects: [0; KEPT], found: [None; KEPT], count: 0 }
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    /// What was found for these digits: `None` if they were not looked up yet.
    pub(crate) fn get(&self, subject: u32) -> Option<Option<Found>> {
        let mut kept = self.subjects.iter().zip(&self.found).take(self.count);
        kept.find(|(s, _)| **s == subject).map(|(_, found)| *found)
    }

    pub(crate) fn keep(&mut self, subject: u32, found: Option<Found>) {
        if let (Some(s), Some(f)) = (self.subjects.get_mut(self.count), self.found.get_mut(self.count)) {
            (*s, *f) = (subject, found);
            self.count += 1;
        }
    }
}

/// The digits that are looked up, whatever is asked of them.
pub(crate) const fn looked_up(turn: Option<Turn>, subject: SubjectCode) -> u32 {
    let turned = match turn {
        None => 0,
        Some(turn) => 1 + turn as u32,
    };
    subject.number() as u32 | turned << 16
}

/// Whether a field is the number of a point, which networks have as they have digits.
pub(crate) const fn is_point_code(field: Field) -> bool {
    matches!(field, Field::MtpOpc | Field::MtpDpc | Field::CgpaPc | Field::CdpaPc)
}

/// What the digits of a field are digits of.
pub(crate) fn space(facts: &Facts<'_>, path: Path) -> Space {
    match path.field.shape() {
        _ if is_point_code(path.field) => Space::PointCode,
        Shape::Tbcd => Space::Imsi,
        Shape::RpAddress(choice) if facts.number(choice) == Some(IMSI_CHOICE) => Space::Imsi,
        _ if path.field == Field::SubscriberImsi => Space::Imsi,
        _ => Space::E164,
    }
}

/// SM-RP-DA choice `imsi [0]` (TS 29.002 SM-RP-DA). SM-RP-OA has no choice with this number.
const IMSI_CHOICE: u64 = 0;

/// A short text held in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short {
    octets: [u8; Digits::CAPACITY_OCTETS],
    len: usize,
}

impl Short {
    pub(crate) const EMPTY: Self = Self { octets: [0; Digits::CAPACITY_OCTETS], len: 0 };

    /// Holds a text, or its beginning.
    pub(crate) fn set(&mut self, text: &[u8]) {
        self.len = text.len().min(self.octets.len());
        self.octets.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    }

    /// Holds a number in decimal.
    pub(crate) fn set_number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut left = number;
        let mut from = digits.len();
        for room in digits.iter_mut().rev() {
            *room = b'0' + (left % 10) as u8;
            (left, from) = (left / 10, from - 1);
            if left == 0 {
                break;
            }
        }
        self.set(digits.get(from..).unwrap_or(&[]));
    }

    pub(crate) fn set_signed(&mut self, number: i64) {
        self.set_number(number.unsigned_abs());
        if number < 0 {
            let digits = *self;
            self.set(b"-");
            self.push(digits.as_bytes());
        }
    }

    fn push(&mut self, text: &[u8]) {
        let room = self.octets.get_mut(self.len..).unwrap_or(&mut []);
        room.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        self.len = (self.len + text.len()).min(self.octets.len());
    }

    pub(crate) fn turn(&mut self, turn: Turn) {
        let text = self.octets.get_mut(..self.len).unwrap_or(&mut []);
        match turn {
            Turn::Reversed => text.reverse(),
            Turn::Swapped => text.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse()),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or(&self.octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_turned_round_in_pairs_or_as_a_whole() {
        let turned = |text: &str, turn| {
            let mut short = Short::EMPTY;
            short.set(text.as_bytes());
            short.turn(turn);
            String::from_utf8(short.as_bytes().to_vec()).unwrap()
        };
        assert_eq!((turned("1234", Turn::Swapped), turned("1234", Turn::Reversed)), ("2143".into(), "4321".into()));
        assert_eq!((turned("12345", Turn::Swapped), turned("12345", Turn::Reversed)), ("21435".into(), "54321".into()));
        assert_eq!((turned("", Turn::Swapped), turned("", Turn::Reversed)), (String::new(), String::new()));
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut short = Short::EMPTY;
        for number in [0, 7, 10, 6001, u64::MAX] {
            short.set_number(number);
            assert_eq!(short.as_bytes(), number.to_string().as_bytes());
        }
        for number in [0, -1, 44, i64::MIN, i64::MAX] {
            short.set_signed(number);
            assert_eq!(short.as_bytes(), number.to_string().as_bytes());
        }
    }
}
