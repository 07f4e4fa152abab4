//! The values one message has: a flat struct, filled by the engine, asked by rules, written to the journal.
//!
//! Octets are borrowed from the packet, from the decoder's scratch buffers or from a journal record. A value that
//! can be computed from what is stored (the digits of an address) is computed when it is asked for.

use crate::fields::{FIELD_NUMBERS, FIRST_FLAGS, FIRST_OCTETS, Field, NUMBERS, OCTETS, Part, Path, Shape};
use sluice_wire::Anomalies;
use sluice_wire::digits::Digits;

/// Fields as a set of bits by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet([u64; FIELD_NUMBERS / 64]);

impl FieldSet {
    /// No field.
    pub const EMPTY: Self = Self([0; FIELD_NUMBERS / 64]);

    /// Adds a field.
    #[inline(always)]
    pub const fn insert(&mut self, field: Field) {
        self.0[field as usize / 64] |= 1 << (field as usize % 64);
    }

    /// Takes a field out.
    #[inline(always)]
    pub const fn remove(&mut self, field: Field) {
        self.0[field as usize / 64] &= !(1 << (field as usize % 64));
    }

    /// Whether it holds a field.
    #[inline(always)]
    pub const fn contains(&self, field: Field) -> bool {
        self.0[field as usize / 64] & (1 << (field as usize % 64)) != 0
    }

    /// What either holds.
    #[inline(always)]
    pub fn union(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// What both hold.
    #[inline]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// The bits: three words for numbers, one for octets, one for flags.
    #[inline(always)]
    pub(crate) const fn words(&self) -> [u64; FIELD_NUMBERS / 64] {
        self.0
    }

    /// The fields, by number.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Field> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(word, &bits)| Bits(bits).map(move |bit| (word * 64) as u16 + u16::from(bit)))
            .filter_map(Field::from_number)
    }
}

/// The places of the bits that are set.
pub(crate) struct Bits(pub(crate) u64);

impl Iterator for Bits {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as u8;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// All that is known of one message.
#[derive(Clone, Debug)]
pub struct Facts<'p> {
    present: FieldSet,
    numbers: [u64; NUMBERS],
    /// Empty places are all zeros, as an empty slice is not: the whole table is made by one fill.
    octets: [Option<&'p [u8]>; OCTETS],
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'p> Facts<'p> {
    /// Knows nothing.
    #[inline]
    pub const fn new() -> Self {
        Self { present: FieldSet::EMPTY, numbers: [0; NUMBERS], octets: [None; OCTETS] }
    }

    /// Forgets every field that is not in `kept`.
    #[inline]
    pub fn keep(&mut self, kept: &FieldSet) {
        self.present = self.present.intersection(kept);
    }

    /// Forgets a field.
    #[inline]
    pub const fn forget(&mut self, field: Field) {
        self.present.remove(field);
    }

    /// Which fields are known.
    #[inline]
    pub const fn present(&self) -> &FieldSet {
        &self.present
    }

    /// Every place, for whoever goes through all fields that are known.
    #[inline(always)]
    pub(crate) const fn places(&self) -> (&[u64; NUMBERS], &[Option<&'p [u8]>; OCTETS]) {
        (&self.numbers, &self.octets)
    }

    /// Whether a field is known.
    #[inline(always)]
    pub const fn has(&self, field: Field) -> bool {
        self.present.contains(field)
    }

    /// Sets a number. A field stored as octets is left alone.
    #[inline(always)]
    pub fn set(&mut self, field: Field, value: u64) {
        debug_assert!(!field.is_octets() && !field.is_flag());
        if let Some(slot) = self.numbers.get_mut(field as usize) {
            *slot = value;
            self.present.insert(field);
        }
    }

    /// Notes deviations that were tolerated: each is a flag.
    #[inline(always)]
    pub fn note(&mut self, anomalies: Anomalies) {
        self.set_flags(anomalies.bits());
    }

    /// Sets flags: bit n is that of the field [`FIRST_FLAGS`] + n.
    #[inline(always)]
    pub(crate) const fn set_flags(&mut self, bits: u64) {
        self.present.0[FIRST_FLAGS / 64] |= bits;
    }

    /// Sets several numbers at once: where the fields are constants, that they are known is noted in one step.
    #[inline(always)]
    pub fn set_all<const N: usize>(&mut self, values: [(Field, u64); N]) {
        let mut known = FieldSet::EMPTY;
        for (field, value) in values {
            debug_assert!(!field.is_octets());
            if let Some(slot) = self.numbers.get_mut(field as usize) {
                *slot = value;
                known.insert(field);
            }
        }
        self.present = self.present.union(&known);
    }

    /// Sets a number where there is one.
    #[inline(always)]
    pub fn set_some(&mut self, field: Field, value: Option<impl Into<u64>>) {
        if let Some(value) = value {
            self.set(field, value.into());
        }
    }

    /// Sets a signed number.
    #[inline(always)]
    pub fn set_signed(&mut self, field: Field, value: i64) {
        self.set(field, value as u64);
    }

    /// Sets octets. A field stored as a number is left alone.
    #[inline(always)]
    pub fn set_octets(&mut self, field: Field, value: &'p [u8]) {
        debug_assert!(field.is_octets());
        if let Some(slot) = (field as usize).checked_sub(FIRST_OCTETS).and_then(|i| self.octets.get_mut(i)) {
            *slot = Some(value);
            self.present.insert(field);
        }
    }

    /// As [`Self::set_all`], for octets.
    #[inline(always)]
    pub fn set_all_octets<const N: usize>(&mut self, values: [(Field, &'p [u8]); N]) {
        let mut known = FieldSet::EMPTY;
        for (field, value) in values {
            debug_assert!(field.is_octets());
            if let Some(slot) = (field as usize).checked_sub(FIRST_OCTETS).and_then(|i| self.octets.get_mut(i)) {
                *slot = Some(value);
                known.insert(field);
            }
        }
        self.present = self.present.union(&known);
    }

    /// Sets octets where there are some.
    #[inline(always)]
    pub fn set_octets_some(&mut self, field: Field, value: Option<&'p [u8]>) {
        if let Some(value) = value {
            self.set_octets(field, value);
        }
    }

    /// The number a field has; 1 for a flag that is known.
    #[inline(always)]
    pub fn number(&self, field: Field) -> Option<u64> {
        if field.is_flag() {
            return self.present.contains(field).then_some(1);
        }
        if self.present.contains(field) { self.numbers.get(field as usize).copied() } else { None }
    }

    /// The octets a field has.
    #[inline(always)]
    pub fn octets(&self, field: Field) -> Option<&'p [u8]> {
        if !self.present.contains(field) {
            return None;
        }
        (field as usize).checked_sub(FIRST_OCTETS).and_then(|i| self.octets.get(i)).copied().flatten()
    }

    /// What a dotted name means here. Digits are unpacked into the value; nothing is allocated.
    pub fn value(&self, path: Path) -> Option<Value<'p>> {
        let field = path.field;
        match field.shape() {
            Shape::Uint | Shape::Time | Shape::Problem | Shape::MessageType | Shape::Reference | Shape::Fingerprint => {
                self.number(field).map(Value::Unsigned)
            }
            Shape::Packed => self.number(field).map(|n| Value::Digits(unpacked(n))),
            Shape::Country => self.number(field).and_then(letters).map(Value::Text),
            Shape::Int => self.number(field).map(|n| Value::Signed(n as i64)),
            Shape::Bool | Shape::Flag => self.number(field).map(|n| Value::Bool(n != 0)),
            Shape::Name(names) => {
                self.number(field).map(|n| match usize::try_from(n).ok().and_then(|i| names.get(i)) {
                    Some(name) => Value::Text(name),
                    None => Value::Unsigned(n),
                })
            }
            Shape::Tbcd => self.octets(field).map(|o| Value::Digits(Digits::tbcd(o))),
            Shape::GtDigits(odd) => {
                let odd = self.number(odd) == Some(1);
                self.octets(field).map(|o| Value::Digits(Digits::bcd(o, odd)))
            }
            Shape::Address => self.octets(field).and_then(|o| address_part(o, path.part)),
            Shape::RpAddress(choice) => {
                let octets = self.octets(field)?;
                match self.number(choice) {
                    Some(IMSI_CHOICE) => match path.part {
                        Part::Digits => Some(Value::Digits(Digits::tbcd(octets))),
                        Part::Raw => Some(Value::Octets(octets)),
                        _ => None,
                    },
                    Some(LMSI_CHOICE) if self.is_destination(field) => {
                        (path.part == Part::Raw).then_some(Value::Octets(octets))
                    }
                    _ => address_part(octets, path.part),
                }
            }
            Shape::Text => self.octets(field).and_then(|o| std::str::from_utf8(o).ok()).map(Value::Text),
            Shape::Ip
            | Shape::Hex
            | Shape::Oid
            | Shape::OctetList
            | Shape::Scts
            | Shape::TextList
            | Shape::NumberList
            | Shape::Tlvs
            | Shape::Evidence => self.octets(field).map(Value::Octets),
        }
    }

    fn is_destination(&self, field: Field) -> bool {
        matches!(field, Field::MapRpDa)
    }
}

/// Digits as a number of [`Shape::Packed`]; `None` for none, more than sixteen, or other characters.
#[inline]
pub fn packed(digits: &[u8]) -> Option<u64> {
    let fits = (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    fits.then(|| digits.iter().rev().fold(u64::MAX, |n, d| n << 4 | u64::from(d & 15)))
}

/// The digits of a number of [`Shape::Packed`].
#[inline]
pub fn unpacked(packed: u64) -> Digits {
    let count = (0_usize..16).find(|i| packed >> (i * 4) & 15 == 15).unwrap_or(16);
    let octets = packed.to_le_bytes();
    Digits::bcd(octets.get(..count.div_ceil(2)).unwrap_or(&octets), count % 2 == 1)
}

/// The text of a number of [`Shape::Country`].
fn letters(country: u64) -> Option<&'static str> {
    let place = |letter: u64| letter.checked_sub(u64::from(b'A')).filter(|&n| n < 26).map(|n| n as usize);
    let (first, second) = (place(country >> 8)?, place(country & 0xFF)?);
    let at = (first * 26 + second) * 2;
    COUNTRIES.get(at..at + 2).and_then(|c| std::str::from_utf8(c).ok())
}

/// Every pair of letters.
const COUNTRIES: [u8; 2 * 26 * 26] = {
    let mut all = [0; 2 * 26 * 26];
    let mut i = 0;
    while i < 26 * 26 {
        all[2 * i] = b'A' + (i / 26) as u8;
        all[2 * i + 1] = b'A' + (i % 26) as u8;
        i += 1;
    }
    all
};

/// SM-RP-DA choice `imsi [0]` (TS 29.002 SM-RP-DA). SM-RP-OA has no choice with this number.
const IMSI_CHOICE: u64 = 0;
/// SM-RP-DA choice `lmsi [1]`.
const LMSI_CHOICE: u64 = 1;

/// An AddressString taken apart (TS 29.002 AddressString): one octet of nature and plan, then TBCD digits.
fn address_part(octets: &[u8], part: Part) -> Option<Value<'_>> {
    let (&first, digits) = octets.split_first()?;
    Some(match part {
        Part::Ton => Value::Unsigned(u64::from(first >> 4 & 7)),
        Part::Npi => Value::Unsigned(u64::from(first & 15)),
        Part::Digits => Value::Digits(Digits::tbcd(digits)),
        Part::Raw | Part::Whole => Value::Octets(octets),
    })
}

/// The value of one name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'p> {
    /// A number from the wire.
    Unsigned(u64),
    /// A signed number.
    Signed(i64),
    /// A truth value.
    Bool(bool),
    /// Text, or the name of a number.
    Text(&'p str),
    /// Digits unpacked from semi-octets.
    Digits(Digits),
    /// Octets; how they are shown is the field's [`Shape`].
    Octets(&'p [u8]),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_its_parts_and_an_absent_field_gives_nothing() {
        let mut facts = Facts::new();
        facts.set_octets(Field::MapMsisdn, &[0x91, 0x21, 0xF3]);
        let part = |part| facts.value(Path { field: Field::MapMsisdn, part });
        assert_eq!(part(Part::Ton), Some(Value::Unsigned(1)));
        assert_eq!(part(Part::Npi), Some(Value::Unsigned(1)));
        assert_eq!(part(Part::Digits), Some(Value::Digits(Digits::tbcd(&[0x21, 0xF3]))));
        assert_eq!(facts.value(Path { field: Field::MapImsi, part: Part::Whole }), None);
    }

    #[test]
    fn the_destination_address_is_read_by_its_choice() {
        let mut facts = Facts::new();
        facts.set(Field::MapRpDaChoice, IMSI_CHOICE);
        facts.set_octets(Field::MapRpDa, &[0x00, 0x11, 0xF2]);
        let digits = facts.value(Path { field: Field::MapRpDa, part: Part::Digits });
        assert_eq!(digits, Some(Value::Digits(Digits::tbcd(&[0x00, 0x11, 0xF2]))));
        assert_eq!(facts.value(Path { field: Field::MapRpDa, part: Part::Ton }), None);
        facts.set(Field::MapRpDaChoice, LMSI_CHOICE);
        assert_eq!(facts.value(Path { field: Field::MapRpDa, part: Part::Digits }), None);
    }

    #[test]
    fn fields_set_together_are_as_those_set_one_by_one() {
        let (mut together, mut alone) = (Facts::new(), Facts::new());
        together.set_all([(Field::Kind, 1), (Field::MapOp, 44), (Field::LatencyNs, 9)]);
        together.set_all_octets([(Field::Port, b"a"), (Field::VerdictShadow, b"b")]);
        alone.set(Field::Kind, 1);
        alone.set(Field::MapOp, 44);
        alone.set(Field::LatencyNs, 9);
        alone.set_octets(Field::Port, b"a");
        alone.set_octets(Field::VerdictShadow, b"b");
        assert_eq!(together.present(), alone.present());
        for field in alone.present().iter() {
            assert_eq!((together.number(field), together.octets(field)), (alone.number(field), alone.octets(field)));
        }
    }

    #[test]
    fn a_set_of_fields_lists_what_was_put_in() {
        let mut set = FieldSet::EMPTY;
        for f in [Field::Kind, Field::MapOp, Field::SmsText] {
            set.insert(f);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [Field::Kind, Field::MapOp, Field::SmsText]);
    }
}
