//! A message's facts as octets: what crosses the event ring and lies in the journal.
//!
//! ```text
//! record  = version(1) count(1) flags field*
//! flags   = LEB128 (bit n: the field with number 256 + n)
//! field   = number(1) value
//! value   = LEB128 (numbers; signed ones zigzag)  |  length LEB128, octets
//! ```
//! The journal adds length, sequence and CRC around it. A record is hostile when it is read: it may have been
//! written by another version or damaged on disk.

use crate::facts::{Bits, Facts, FieldSet};
use crate::fields::{Class, FIRST_FLAGS, FIRST_OCTETS, Field, Shape};
use crate::verdict::LogLevel;

/// Version of this layout, the first octet of every record.
pub const RECORD_VERSION: u8 = 3;
/// A record is never longer than this. The largest message (XUDT in one frame) with all its text is below 3,000.
pub const RECORD_OCTETS_MAX: usize = 8192;

/// The fields a log level keeps.
pub const fn fields_at(level: LogLevel) -> FieldSet {
    let mut set = FieldSet::EMPTY;
    let mut i = 0;
    while i < Field::ALL.len() {
        let field = Field::ALL[i];
        let kept = match level {
            LogLevel::None => false,
            LogLevel::Summary => matches!(field.class(), Class::Summary),
            LogLevel::Addresses => !matches!(field.class(), Class::Content | Class::Derived),
            LogLevel::Full => !matches!(field.class(), Class::Derived),
        };
        if kept {
            set.insert(field);
        }
        i += 1;
    }
    set
}

const SUMMARY: FieldSet = fields_at(LogLevel::Summary);
const ADDRESSES: FieldSet = fields_at(LogLevel::Addresses);

/// Writes what the level keeps into `out` and returns the length; `None` when it does not fit, with
/// [`NUMBER_OCTETS_MAX`] to spare.
#[inline]
pub fn encode(facts: &Facts<'_>, level: LogLevel, out: &mut [u8]) -> Option<usize> {
    let kept = match level {
        LogLevel::None => return Some(0),
        LogLevel::Summary => facts.present().intersection(&SUMMARY),
        LogLevel::Addresses => facts.present().intersection(&ADDRESSES),
        LogLevel::Full => *facts.present(),
    };
    let kept = if kept.intersection(&LONG) == FieldSet::EMPTY { kept } else { noting_cuts(facts, kept) };
    let [low, mid, high, octets, flags] = kept.words();
    let mut w = Writer { out, at: 0 };
    let fields = low.count_ones() + mid.count_ones() + high.count_ones() + octets.count_ones();
    w.octets(&[RECORD_VERSION])?;
    // The count stands where a field's number would.
    w.number(fields as u8, flags)?;
    let (numbers, values) = facts.places();
    let [signed_low, signed_mid, signed_high, ..] = SIGNED.words();
    for (first, word, signed) in [(0, low, signed_low), (64, mid, signed_mid), (128, high, signed_high)] {
        for bit in Bits(word) {
            let value = numbers.get(first + usize::from(bit)).copied().unwrap_or_default();
            let is_signed = signed >> bit & 1 != 0;
            w.number(first as u8 + bit, if is_signed { zigzag(value as i64) } else { value })?;
        }
    }
    for bit in Bits(octets) {
        let value = cut(values.get(usize::from(bit)).copied().flatten().unwrap_or_default());
        w.number(FIRST_OCTETS as u8 + bit, value.len() as u64)?;
        w.octets(value)?;
    }
    Some(w.at)
}

/// A value has no more octets in a record: a long message has five such, and all else is below 1,000 together.
const VALUE_OCTETS_MAX: usize = 1400;

/// Fields that can be longer than that: what is said in several parts, and what SMPP carries in one. The text of a
/// message is only where one of them is.
const LONG: FieldSet = {
    let mut set = FieldSet::EMPTY;
    set.insert(Field::SmsJoinedText);
    set.insert(Field::SmppMessage);
    set.insert(Field::SmppText);
    set.insert(Field::SmppTlvs);
    set
};

/// With the flag that says so, where a value will be cut.
#[cold]
fn noting_cuts(facts: &Facts<'_>, mut kept: FieldSet) -> FieldSet {
    let long = kept.intersection(&LONG);
    if long.iter().any(|field| facts.octets(field).is_some_and(|value| value.len() > VALUE_OCTETS_MAX)) {
        kept.insert(Field::Cut);
    }
    kept
}

/// The value, or its first octets: whole characters where it is text.
#[inline(always)]
fn cut(value: &[u8]) -> &[u8] {
    if value.len() <= VALUE_OCTETS_MAX { value } else { cut_long(value) }
}

#[cold]
fn cut_long(value: &[u8]) -> &[u8] {
    let mut end = VALUE_OCTETS_MAX;
    while end + 4 > VALUE_OCTETS_MAX && value.get(end).is_some_and(|octet| octet & 0xC0 == 0x80) {
        end -= 1;
    }
    value.get(..end).unwrap_or_default()
}

/// A field's number and the longest LEB128 value behind it.
pub const NUMBER_OCTETS_MAX: usize = 11;

const SIGNED: FieldSet = {
    let mut set = FieldSet::EMPTY;
    let mut i = 0;
    while i < Field::ALL.len() {
        if matches!(Field::ALL[i].shape(), Shape::Int) {
            set.insert(Field::ALL[i]);
        }
        i += 1;
    }
    set
};

/// The flags there are.
const FLAGS: FieldSet = {
    let mut set = FieldSet::EMPTY;
    let mut i = 0;
    while i < Field::ALL.len() {
        if Field::ALL[i].is_flag() {
            set.insert(Field::ALL[i]);
        }
        i += 1;
    }
    set
};

struct Writer<'o> {
    out: &'o mut [u8],
    at: usize,
}

impl Writer<'_> {
    #[inline]
    fn octets(&mut self, value: &[u8]) -> Option<()> {
        self.out.get_mut(self.at..self.at + value.len())?.copy_from_slice(value);
        self.at += value.len();
        Some(())
    }

    /// A field's number and a value; most values are below 128.
    #[inline(always)]
    fn number(&mut self, field: u8, mut value: u64) -> Option<()> {
        let room = self.out.get_mut(self.at..)?.first_chunk_mut::<NUMBER_OCTETS_MAX>()?;
        room[0] = field;
        let mut len = 1;
        while value >= 0x80 && len < NUMBER_OCTETS_MAX - 1 {
            room[len] = value as u8 | 0x80;
            value >>= 7;
            len += 1;
        }
        room[len] = value as u8;
        self.at += len + 1;
        Some(())
    }
}

const fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

const fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// Why a record could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// It was written by another version of Sluice.
    Version(u8),
    /// It ends early.
    Truncated,
    /// A number of more than 64 bits, or octets after the last field.
    Malformed,
}

impl std::fmt::Display for RecordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(v) => write!(f, "record of version {v}, this program reads version {RECORD_VERSION}"),
            Self::Truncated => f.write_str("record ends early"),
            Self::Malformed => f.write_str("record is malformed"),
        }
    }
}

impl std::error::Error for RecordError {}

/// Reads a record back. Fields this version does not know are refused with [`RecordError::Malformed`].
pub fn decode(record: &[u8]) -> Result<Facts<'_>, RecordError> {
    let (&version, rest) = record.split_first().ok_or(RecordError::Truncated)?;
    if version != RECORD_VERSION {
        return Err(RecordError::Version(version));
    }
    let (&count, rest) = rest.split_first().ok_or(RecordError::Truncated)?;
    let (flags, mut rest) = leb128(rest)?;
    if flags & !FLAGS.words()[FIRST_FLAGS / 64] != 0 {
        return Err(RecordError::Malformed);
    }
    let mut facts = Facts::new();
    facts.set_flags(flags);
    for _ in 0..count {
        let (&number, after) = rest.split_first().ok_or(RecordError::Truncated)?;
        let field = Field::from_number(number.into()).ok_or(RecordError::Malformed)?;
        let (value, after) = leb128(after)?;
        rest = after;
        if field.is_octets() {
            let len = usize::try_from(value).map_err(|_| RecordError::Malformed)?;
            let (octets, after) = rest.split_at_checked(len).ok_or(RecordError::Truncated)?;
            facts.set_octets(field, octets);
            rest = after;
        } else if matches!(field.shape(), Shape::Int) {
            facts.set_signed(field, unzigzag(value));
        } else {
            facts.set(field, value);
        }
    }
    if rest.is_empty() { Ok(facts) } else { Err(RecordError::Malformed) }
}

fn leb128(octets: &[u8]) -> Result<(u64, &[u8]), RecordError> {
    let mut value = 0u64;
    let mut rest = octets;
    for shift in (0..64).step_by(7) {
        let (&octet, after) = rest.split_first().ok_or(RecordError::Truncated)?;
        rest = after;
        let bits = u64::from(octet & 0x7F);
        if shift == 63 && bits > 1 {
            return Err(RecordError::Malformed);
        }
        value |= bits << shift;
        if octet & 0x80 == 0 {
            return Ok((value, rest));
        }
    }
    Err(RecordError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Facts<'static> {
        let mut facts = Facts::new();
        facts.set(Field::TimeNs, u64::MAX);
        facts.set(Field::Frame, 300);
        facts.set_signed(Field::MapOp, -666);
        facts.set_octets(Field::SmsOa, b"15550100");
        facts.set_octets(Field::SmsText, "grüße".as_bytes());
        facts
    }

    #[test]
    fn what_is_too_long_for_a_record_is_cut_between_characters_and_says_so() {
        let text = "\u{10348}".repeat(1000);
        let mut facts = Facts::new();
        facts.set_octets(Field::SmsJoinedText, text.as_bytes());
        facts.set_octets(Field::SmppMessage, &[7; 5000]);
        let mut buf = [0; RECORD_OCTETS_MAX];
        let len = encode(&facts, LogLevel::Full, &mut buf).unwrap();
        let read = decode(&buf[..len]).unwrap();
        assert!(read.has(Field::Cut));
        assert_eq!(read.octets(Field::SmsJoinedText), text.as_bytes().get(..1400));
        assert_eq!(read.octets(Field::SmppMessage).map(<[u8]>::len), Some(1400));
        facts.set_octets(Field::SmsJoinedText, b"short");
        facts.forget(Field::SmppMessage);
        let len = encode(&facts, LogLevel::Full, &mut buf).unwrap();
        assert!(!decode(&buf[..len]).unwrap().has(Field::Cut));
    }

    #[test]
    fn a_record_comes_back_as_it_went_in() {
        let mut buf = [0; RECORD_OCTETS_MAX];
        let len = encode(&message(), LogLevel::Full, &mut buf).unwrap();
        let back = decode(&buf[..len]).unwrap();
        assert_eq!(back.present(), message().present());
        for f in back.present().iter() {
            assert_eq!(back.number(f), message().number(f));
            assert_eq!(back.octets(f), message().octets(f));
        }
    }

    #[test]
    fn the_log_level_decides_what_is_kept() {
        let mut buf = [0; RECORD_OCTETS_MAX];
        for (level, address, text) in
            [(LogLevel::Summary, false, false), (LogLevel::Addresses, true, false), (LogLevel::Full, true, true)]
        {
            let len = encode(&message(), level, &mut buf).unwrap();
            let back = decode(&buf[..len]).unwrap();
            assert!(back.has(Field::Frame));
            assert_eq!((back.has(Field::SmsOa), back.has(Field::SmsText)), (address, text));
        }
        assert_eq!(encode(&message(), LogLevel::None, &mut buf), Some(0));
    }

    #[test]
    fn every_truncation_and_every_changed_octet_is_refused_or_read_without_panic() {
        let mut buf = [0; RECORD_OCTETS_MAX];
        let len = encode(&message(), LogLevel::Full, &mut buf).unwrap();
        for cut in 0..len {
            assert!(decode(&buf[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..len {
            for bit in 0..8 {
                let mut changed = buf[..len].to_vec();
                changed[at] ^= 1 << bit;
                let _ = decode(&changed).map(|f| f.present().iter().count());
            }
        }
    }

    #[test]
    fn a_record_that_does_not_fit_is_not_half_written() {
        let len = encode(&message(), LogLevel::Full, &mut [0; RECORD_OCTETS_MAX]).unwrap();
        for size in 0..len {
            assert_eq!(encode(&message(), LogLevel::Full, &mut vec![0; size]), None);
        }
    }
}
