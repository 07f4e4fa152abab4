//! Every field a message can have: one list gives the enum, the dotted name, the shape and the privacy class.
//!
//! The same names are used by rules, journal, API, console and `sluice decode`. A field is stored either as a
//! number or as borrowed octets; what can be computed from the octets (the digits of an address) is a [`Part`],
//! never stored twice. Numbers of fields are part of the journal format and are never reused. The list itself is in
//! `list`.

mod list;

pub use list::Field;

/// How a stored field is shown and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Unsigned number.
    Uint,
    /// Signed number, stored as the two's complement.
    Int,
    /// `true` or `false`.
    Bool,
    /// A number with a name from a closed list.
    Name(&'static [&'static str]),
    /// Nanoseconds since the epoch, shown as decimal seconds with nine places.
    Time,
    /// TCAP problem: kind in the upper octet, code in the lower; shown as `[kind, code]`.
    Problem,
    /// IPv4 or IPv6 address, 4 or 16 octets.
    Ip,
    /// Raw octets, shown as lower-case hex.
    Hex,
    /// TBCD digits (TS 29.002 TBCD-STRING).
    Tbcd,
    /// BCD digits of a global title; the named field says whether their number is odd.
    GtDigits(Field),
    /// AddressString (TS 29.002): shown as `{ton npi digits raw}`.
    Address,
    /// Value of an SM-RP-DA or SM-RP-OA choice; the named field is the choice.
    RpAddress(Field),
    /// Contents octets of an OBJECT IDENTIFIER, shown dotted.
    Oid,
    /// UTF-8 text.
    Text,
    /// A list of numbers of one octet each.
    OctetList,
    /// Time stamp of seven semi-octet pairs (TS 23.040 §9.2.3.11): seven numbers.
    Scts,
    /// Texts separated by line feeds, shown as a list.
    TextList,
    /// Paths of two octets: the facts that decided; shown as an object of their values.
    Evidence,
    /// A list of numbers of eight octets each, least significant first.
    NumberList,
    /// `true` where it is known; without a value of its own.
    Flag,
    /// SCCP message type; from 256 on class and type of an SUA message, shown as `sua-7/1`.
    MessageType,
    /// Number of 24 bits, shown as `0x00ffff`.
    Reference,
    /// Number of 64 bits, shown as sixteen hexadecimal digits.
    Fingerprint,
    /// At most sixteen digits as TBCD in a number: the first digit in the lowest half-octet, filler above the last.
    Packed,
    /// Two letters in a number, the first in the upper octet.
    Country,
    /// Optional parameters of an SMPP PDU as sent: shown as an object of names and octets.
    Tlvs,
}

/// Who may see a field, and from which log level on it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Technical: recorded from log level `summary` on.
    Summary,
    /// Numbers of subscribers and nodes: from `addresses` on; masked unless clear text is asked for.
    Address,
    /// Content of the message: only at `full`; hidden unless clear text is asked for.
    Content,
    /// Made from other fields whenever rules ask for it: never recorded; hidden unless clear text is asked for.
    Derived,
}

/// What of a stored field is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Part {
    /// The field itself.
    Whole = 0,
    /// Type of number of an address.
    Ton = 1,
    /// Numbering plan of an address.
    Npi = 2,
    /// Digits of an address.
    Digits = 3,
    /// Octets of an address.
    Raw = 4,
}

impl Part {
    /// The part with this number.
    pub const fn from_number(n: u8) -> Option<Self> {
        match n {
            0 => Some(Self::Whole),
            1 => Some(Self::Ton),
            2 => Some(Self::Npi),
            3 => Some(Self::Digits),
            4 => Some(Self::Raw),
            _ => None,
        }
    }

    /// The last word of the dotted name, empty for the field itself.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Ton => ".ton",
            Self::Npi => ".npi",
            Self::Digits => ".digits",
            Self::Raw => ".raw",
        }
    }
}

/// A field or a part of one: what a dotted name in a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The stored field.
    pub field: Field,
    /// What of it.
    pub part: Part,
}

impl Path {
    /// Finds what a dotted name means; `None` for a name that does not exist or that names an object.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|p| p.matches(name))
    }

    /// Every name a rule can use, in the order of the list.
    pub fn all() -> impl Iterator<Item = Self> {
        Field::ALL.iter().flat_map(|&field| field.parts().iter().map(move |&part| Self { field, part }))
    }

    /// As stored in images and records.
    pub const fn octets(self) -> [u8; 2] {
        ((self.field as u16) << PART_BITS | self.part as u16).to_le_bytes()
    }

    /// Reads what [`Self::octets`] gave.
    #[inline(always)]
    pub const fn from_octets(octets: [u8; 2]) -> Option<Self> {
        let number = u16::from_le_bytes(octets);
        match (FIELDS.get_copied(number >> PART_BITS), Part::from_number((number & ((1 << PART_BITS) - 1)) as u8)) {
            (Some(field), Some(part)) => Some(Self { field, part }),
            _ => None,
        }
    }

    fn matches(self, name: &str) -> bool {
        name.strip_prefix(self.field.name()).is_some_and(|rest| rest == self.part.suffix())
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.field.name(), self.part.suffix())
    }
}

/// Room for the part in a stored path.
const PART_BITS: u32 = 3;

/// Fields by number: one load where [`Field::from_number`] is a search.
struct ByNumber([Option<Field>; FIELD_NUMBERS]);

static FIELDS: ByNumber = ByNumber({
    let mut fields = [None; FIELD_NUMBERS];
    let mut number = 0;
    while number < fields.len() {
        fields[number] = Field::from_number(number as u16);
        number += 1;
    }
    fields
});

impl ByNumber {
    #[inline(always)]
    const fn get_copied(&self, number: u16) -> Option<Field> {
        if (number as usize) < FIELD_NUMBERS { self.0[number as usize] } else { None }
    }
}

/// Fields from this number on are stored as octets, those below as numbers.
pub const FIRST_OCTETS: usize = 192;
/// Fields from this number on are flags: known or not, without a value.
pub const FIRST_FLAGS: usize = 256;
/// One more than the highest field number there can be.
pub const FIELD_NUMBERS: usize = 320;

impl Field {
    /// Whether the field is stored as octets rather than as a number.
    pub const fn is_octets(self) -> bool {
        self as usize >= FIRST_OCTETS && !self.is_flag()
    }

    /// Whether the field is known or not, without a value.
    pub const fn is_flag(self) -> bool {
        self as usize >= FIRST_FLAGS
    }

    /// The parts a rule can name; one part `Whole` for everything that is not an address.
    pub const fn parts(self) -> &'static [Part] {
        match self.shape() {
            Shape::Address | Shape::RpAddress(_) => &[Part::Ton, Part::Npi, Part::Digits, Part::Raw],
            _ => &[Part::Whole],
        }
    }
}

/// Places for numbers: no more than there are fields, since every message begins with all of them empty.
pub(crate) const NUMBERS: usize = places(0, FIRST_OCTETS);
/// Places for octets.
pub(crate) const OCTETS: usize = places(FIRST_OCTETS, FIRST_FLAGS);

const fn places(from: usize, to: usize) -> usize {
    let (mut places, mut i) = (0, 0);
    while i < Field::ALL.len() {
        let number = Field::ALL[i] as usize;
        if number >= from && number < to && number - from >= places {
            places = number - from + 1;
        }
        i += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::Shape::*;
    use super::*;

    #[test]
    fn every_field_number_is_used_once_and_on_the_right_side() {
        let mut seen = [false; FIELD_NUMBERS];
        for &f in Field::ALL {
            assert!(!seen[f as usize], "{} repeats number {}", f.name(), f as u16);
            seen[f as usize] = true;
            let stored_as_number = matches!(
                f.shape(),
                Uint | Int | Bool | Name(_) | Time | Problem | MessageType | Reference | Fingerprint | Packed | Country
            );
            assert_eq!(f.is_flag(), f.shape() == Flag, "{}", f.name());
            assert_eq!(f.is_octets(), !stored_as_number && !f.is_flag(), "{}", f.name());
            assert_eq!(Field::from_number(f as u16), Some(f));
        }
    }

    #[test]
    fn every_deviation_is_the_flag_of_its_number() {
        for &anomaly in sluice_wire::Anomaly::ALL {
            let field = Field::from_number(FIRST_FLAGS as u16 + anomaly as u16).expect("a field for each");
            assert_eq!(field.name(), format!("anomaly.{}", anomaly.name()));
        }
        assert!(FIRST_FLAGS + sluice_wire::Anomaly::ALL.len() <= Field::Cut as usize);
    }

    #[test]
    fn every_field_says_what_it_means_in_whole_sentences_and_briefly() {
        for &f in Field::ALL {
            let (name, help) = (f.name(), f.help());
            assert!(help.len() > 10 && help.len() <= 240 && help.ends_with('.'), "{name}: {help}");
            assert!(!help.contains("  ") && !help.contains('\n'), "{name}: {help}");
        }
    }

    #[test]
    fn a_path_is_read_back_from_its_octets() {
        for path in Path::all() {
            assert_eq!(Path::from_octets(path.octets()), Some(path));
        }
        assert_eq!(Path::from_octets([0xFF, 0xFF]), None);
    }

    #[test]
    fn every_name_a_rule_can_use_is_found_again() {
        for path in Path::all() {
            assert_eq!(Path::parse(&path.to_string()), Some(path));
        }
        assert_eq!(Path::parse("map.msisdn"), None, "an object is not a value");
        assert_eq!(Path::parse("sms.nonsense"), None);
    }

    #[test]
    fn fields_of_one_object_stand_together() {
        let mut closed: Vec<&str> = Vec::new();
        let mut open = "";
        for f in Field::ALL {
            let object = f.name().split_once('.').map_or("", |(o, _)| o);
            if object != open {
                assert!(!closed.contains(&object) || object.is_empty(), "{object} is opened twice");
                closed.push(open);
                open = object;
            }
        }
    }
}
