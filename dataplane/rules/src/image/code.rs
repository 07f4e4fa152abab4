//! Instructions: each tests one field and goes on to one of two later instructions, or to the end.
//!
//! ```text
//!  octet 0   1                 4         6          8                12
//!       ┌───┬─────────────────┬─────────┬──────────┬────────────────┬──────────────┐
//!       │op │ subject         │ if true │ if false │ first u32      │ second u32   │
//!       └───┴─────────────────┴─────────┴──────────┴────────────────┴──────────────┘
//! ```
//! Targets are instruction numbers within the rule, always greater than the instruction's own, so that every walk
//! ends; [`MATCH`] and [`MISS`] end it. Operands: a number in both words, first and count of ranges or texts, a list,
//! another subject, a matcher and a set in it. `not`, `and`, `or` cost nothing: they are in the targets.

use super::SubjectCode;
use crate::model::NumberRelation;

/// Target: the condition is true.
pub const MATCH: u16 = 0xFFFF;
/// Target: the condition is false.
pub const MISS: u16 = 0xFFFE;
/// A rule has no more instructions.
pub const INSTRUCTIONS_MAX: usize = 8192;
/// Values of digits that are kept while a message is judged; a condition on any further path unpacks each time.
pub const DIGIT_SLOTS: u8 = 16;
/// Answers of lists that are kept while a message is judged: where a list is asked about a subject by several rules.
pub const LISTED_SLOTS: u32 = 64;
/// Octets of an instruction.
pub const INSTRUCTION_OCTETS: usize = 16;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $number:literal),+ $(,)?) => {
        /// What an instruction tests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Operation { $($(#[$doc])* $name = $number),+ }

        impl Operation {
            /// The operation with this number.
            #[inline(always)]
            pub const fn from_number(n: u8) -> Option<Self> {
                match n { $($number => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

operations! {
    /// The field is there.
    Present = 0,
    /// The field is there and not 0.
    True = 1,
    /// The number equals the operand.
    Equal = 2,
    /// The number differs from the operand.
    NotEqual = 3,
    /// The number is less than the operand.
    Less = 4,
    /// The number is not greater than the operand.
    LessOrEqual = 5,
    /// The number is greater than the operand.
    Greater = 6,
    /// The number is not less than the operand.
    GreaterOrEqual = 7,
    /// The number is in one of the ranges.
    Within = 8,
    /// The text is one of the texts.
    Is = 9,
    /// The text is none of the texts.
    IsNot = 10,
    /// The text starts with one of the texts.
    StartsWith = 11,
    /// The text contains one of the texts (each led by the place of its rarest pair of octets).
    Contains = 12,
    /// As before, whatever the case; the texts are in lower case.
    ContainsAnyCase = 13,
    /// The text is in the list.
    Listed = 14,
    /// The address is in one of the subnets (texts: length in bits, then the address).
    Subnet = 15,
    /// One of the octets is in one of the ranges.
    Holds = 16,
    /// The text equals that of another subject.
    Same = 17,
    /// The text differs from that of another subject.
    Differs = 18,
    /// The number compares so with that of another subject.
    Compared = 19,
    /// A pattern of the matcher's set is in the text.
    Matched = 20,
}

impl Operation {
    /// Whether a text is compared with texts or numbers of the image.
    #[inline(always)]
    pub(crate) const fn is_of_text(self) -> bool {
        matches!(
            self,
            Self::Is
                | Self::IsNot
                | Self::StartsWith
                | Self::Contains
                | Self::ContainsAnyCase
                | Self::Subnet
                | Self::Holds
        )
    }

    /// What the operands are.
    pub const fn operand(self) -> OperandKind {
        match self {
            Self::Present | Self::True => OperandKind::None,
            Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                OperandKind::Number
            }
            Self::Within | Self::Holds => OperandKind::Ranges,
            Self::Is | Self::IsNot | Self::StartsWith => OperandKind::Texts,
            Self::Contains | Self::ContainsAnyCase | Self::Subnet => OperandKind::LedTexts,
            Self::Listed => OperandKind::List,
            Self::Same | Self::Differs => OperandKind::Subject,
            Self::Compared => OperandKind::SubjectAndRelation,
            Self::Matched => OperandKind::Set,
        }
    }
}

/// What the operands of an instruction are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// Nothing.
    None,
    /// One number.
    Number,
    /// First and count in the section of ranges.
    Ranges,
    /// First and count in the section of texts.
    Texts,
    /// As before; each text has one octet in front that is not part of it.
    LedTexts,
    /// The number of a list, and 1 more than the slot in which the answer is kept, or 0.
    List,
    /// Another subject.
    Subject,
    /// Another subject, and a [`NumberRelation`].
    SubjectAndRelation,
    /// The number of a matcher and of a set in it.
    Set,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// What is tested.
    pub(crate) operation: Operation,
    /// Of what.
    pub(crate) subject: SubjectCode,
    /// Where to go on if the test is true.
    pub(crate) if_true: u16,
    /// Where to go on if it is false.
    pub(crate) if_false: u16,
    /// First operand.
    pub(crate) first: u32,
    /// Second operand.
    pub(crate) second: u32,
}

impl Instruction {
    /// Reads an instruction; `None` if the operation does not exist.
    pub(crate) const fn decode(octets: &[u8; INSTRUCTION_OCTETS]) -> Option<Self> {
        let packed = Packed::read(octets);
        match packed.operation() {
            None => None,
            Some(operation) => Some(Self {
                operation,
                subject: packed.subject(),
                if_true: packed.target(true),
                if_false: packed.target(false),
                first: packed.first(),
                second: packed.second(),
            }),
        }
    }

    /// Its octets.
    pub(crate) fn encode(&self) -> [u8; INSTRUCTION_OCTETS] {
        let low = u64::from(self.operation as u8)
            | u64::from(self.subject.word()) << 8
            | u64::from(self.if_true) << 32
            | u64::from(self.if_false) << 48;
        (u128::from(low) | u128::from(self.number()) << 64).to_le_bytes()
    }

    /// Both operands as one number.
    pub(crate) const fn number(&self) -> u64 {
        self.first as u64 | (self.second as u64) << 32
    }
}

/// An instruction as it stands in the image: two registers, taken apart where a part is needed.
#[derive(Clone, Copy)]
pub(crate) struct Packed {
    low: u64,
    high: u64,
}

impl Packed {
    #[inline(always)]
    pub(crate) const fn read(octets: &[u8; INSTRUCTION_OCTETS]) -> Self {
        let all = u128::from_le_bytes(*octets);
        Self { low: all as u64, high: (all >> 64) as u64 }
    }

    #[inline(always)]
    pub(crate) const fn operation(self) -> Option<Operation> {
        Operation::from_number(self.low as u8)
    }

    #[inline(always)]
    pub(crate) const fn subject(self) -> SubjectCode {
        SubjectCode::from_word((self.low >> 8) as u32)
    }

    /// Where to go on.
    #[inline(always)]
    pub(crate) const fn target(self, gave: bool) -> u16 {
        (self.low >> if gave { 32 } else { 48 }) as u16
    }

    #[inline(always)]
    pub(crate) const fn first(self) -> u32 {
        self.high as u32
    }

    #[inline(always)]
    pub(crate) const fn second(self) -> u32 {
        (self.high >> 32) as u32
    }

    /// Both operands as one number.
    #[inline(always)]
    pub(crate) const fn number(self) -> u64 {
        self.high
    }
}

/// A relation as an operand.
pub(crate) const RELATIONS: [NumberRelation; 6] = [
    NumberRelation::Equal,
    NumberRelation::NotEqual,
    NumberRelation::Less,
    NumberRelation::LessOrEqual,
    NumberRelation::Greater,
    NumberRelation::GreaterOrEqual,
];
