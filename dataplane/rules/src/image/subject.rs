//! What an instruction, a counter or a probe asks about, in three octets: how its value is got at, and of what.
//!
//! ```text
//!  octet 0 … 1          2
//!  path, or a number    source
//! ```

use super::code::DIGIT_SLOTS;
use crate::model::{Knowledge, Subject, Turn};
use sluice_abi::Path;

/// How a value is got at. Below [`DIGIT_SLOTS`]: the slot in which the digits of the path are kept.
pub(crate) mod source {
    /// The first of nine: what the numbering plan knows, [`super::Knowledge`] times three, plus how digits are turned.
    pub(crate) const KNOWN: u8 = 0xE0;
    /// Behind the last of these.
    pub(crate) const KNOWN_END: u8 = KNOWN + 9;
    /// A stored number.
    pub(crate) const NUMBER: u8 = 0xF0;
    /// A stored signed number.
    pub(crate) const SIGNED: u8 = 0xF1;
    /// Octets as stored.
    pub(crate) const OCTETS: u8 = 0xF2;
    /// Through [`sluice_abi::Facts::value`]: parts of addresses.
    pub(crate) const VALUE: u8 = 0xF3;
    /// Digits with their pairs exchanged.
    pub(crate) const SWAPPED: u8 = 0xF4;
    /// Digits from the last to the first.
    pub(crate) const REVERSED: u8 = 0xF5;
    /// A counter, by its number.
    pub(crate) const COUNTER: u8 = 0xF6;
    /// The points so far.
    pub(crate) const SCORE: u8 = 0xF7;
}

/// A subject as it stands in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubjectCode(u32);

impl SubjectCode {
    pub(crate) const fn of_path(source: u8, path: Path) -> Self {
        Self::new(source, u16::from_le_bytes(path.octets()))
    }

    pub(crate) const fn new(source: u8, number: u16) -> Self {
        Self(number as u32 | (source as u32) << 16)
    }

    /// From a word whose highest octet is something else.
    #[inline(always)]
    pub(crate) const fn from_word(word: u32) -> Self {
        Self(word & 0xFF_FFFF)
    }

    #[inline(always)]
    pub(crate) const fn word(self) -> u32 {
        self.0
    }

    #[inline(always)]
    pub(crate) const fn source(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// The number of a counter.
    #[inline(always)]
    pub(crate) const fn number(self) -> u16 {
        self.0 as u16
    }

    /// Whether a field is read.
    #[inline(always)]
    pub(crate) const fn is_of_field(self) -> bool {
        !matches!(self.source(), source::COUNTER | source::SCORE)
    }

    /// The field that is read; to be asked only where [`Self::is_of_field`].
    #[inline(always)]
    pub(crate) const fn path(self) -> Option<Path> {
        Path::from_octets(self.number().to_le_bytes())
    }

    /// What the model calls it.
    pub(crate) fn subject(self) -> Option<Subject> {
        Some(match self.source() {
            source::COUNTER => Subject::Counter(usize::from(self.number())),
            source::SCORE => Subject::Score,
            source::SWAPPED => Subject::Turned(Turn::Swapped, self.path()?),
            source::REVERSED => Subject::Turned(Turn::Reversed, self.path()?),
            source => match known(source) {
                Some((knowledge, turn)) => Subject::Known(knowledge, turn, self.path()?),
                None => Subject::Field(self.path()?),
            },
        })
    }

    /// Whether it means something where there are so many counters.
    pub(crate) fn is_legal(self, counters: usize) -> bool {
        let path = || self.path().is_some_and(|p| p.field.parts().contains(&p.part));
        match self.source() {
            source::COUNTER => usize::from(self.number()) < counters,
            source::SCORE => self.number() == 0,
            s => path() && (s < DIGIT_SLOTS || (source::NUMBER..=source::REVERSED).contains(&s) || known(s).is_some()),
        }
    }
}

/// The source of what the plan knows.
pub(crate) const fn known_source(knowledge: Knowledge, turn: Option<Turn>) -> u8 {
    let turned = match turn {
        None => 0,
        Some(turn) => 1 + turn as u8,
    };
    source::KNOWN + 3 * knowledge as u8 + turned
}

/// What is asked of the plan, of which digits.
#[inline(always)]
pub(crate) const fn known(source: u8) -> Option<(Knowledge, Option<Turn>)> {
    if source < source::KNOWN || source >= source::KNOWN_END {
        return None;
    }
    let knowledge = match (source - source::KNOWN) / 3 {
        0 => Knowledge::Operator,
        1 => Knowledge::Country,
        _ => Knowledge::Relation,
    };
    let turn = match (source - source::KNOWN) % 3 {
        0 => None,
        1 => Some(Turn::Swapped),
        _ => Some(Turn::Reversed),
    };
    Some((knowledge, turn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_abi::Field;

    #[test]
    fn what_the_plan_knows_is_read_back_from_its_source() {
        for knowledge in [Knowledge::Operator, Knowledge::Country, Knowledge::Relation] {
            for turn in [None, Some(Turn::Swapped), Some(Turn::Reversed)] {
                assert_eq!(known(known_source(knowledge, turn)), Some((knowledge, turn)));
            }
        }
        assert_eq!((known(source::KNOWN - 1), known(source::KNOWN_END)), (None, None));
    }

    #[test]
    fn a_subject_is_legal_where_its_path_or_number_is() {
        let path = Path { field: Field::MapImsi, part: sluice_abi::Part::Whole };
        assert!(SubjectCode::of_path(0, path).is_legal(0) && !SubjectCode::of_path(DIGIT_SLOTS, path).is_legal(0));
        assert!(SubjectCode::new(source::COUNTER, 1).is_legal(2) && !SubjectCode::new(source::COUNTER, 2).is_legal(2));
        assert!(!SubjectCode::new(source::NUMBER, 0xFFFF).is_legal(0));
        assert_eq!(SubjectCode::of_path(source::REVERSED, path).subject(), Some(Subject::Turned(Turn::Reversed, path)));
    }
}
