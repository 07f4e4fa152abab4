//! Instructions: each tests one field and goes on to one of two later instructions, or to the end.
//!
//! ```text
//!  octet 0   1          3      4         6          8                12
//!       ┌───┬──────────┬──────┬─────────┬──────────┬────────────────┬──────────────┐
//!       │op │ path     │source│ if true │ if false │ first u32      │ second u32   │
//!       └───┴──────────┴──────┴─────────┴──────────┴────────────────┴──────────────┘
//! ```
//! Targets are instruction numbers within the rule, always greater than the instruction's own, so that every walk
//! ends; [`MATCH`] and [`MISS`] end it. Operands: a number in both words, or first and count of ranges or texts, or
//! the number of a list. `not`, `and`, `or` cost nothing: they are in the targets.

use sluice_abi::Path;

/// Target: the condition is true.
pub const MATCH: u16 = 0xFFFF;
/// Target: the condition is false.
pub const MISS: u16 = 0xFFFE;
/// A rule has no more instructions.
pub const INSTRUCTIONS_MAX: usize = 8192;
/// Values of digits that are kept while a message is judged; a condition on any further path unpacks each time.
pub const DIGIT_SLOTS: u8 = 16;
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
}

impl Operation {
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
    /// The number of a list.
    List,
}

/// How the field's value is got at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Source {
    /// A stored number, signed ones with the sign turned.
    Number = 0xF0,
    /// A stored signed number.
    Signed = 0xF1,
    /// Octets as stored.
    Octets = 0xF2,
    /// Through [`sluice_abi::Facts::value`]: parts of addresses.
    Value = 0xF3,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What is tested.
    pub operation: Operation,
    /// Which field.
    pub path: Path,
    /// How its value is got at: a [`Source`], or the slot in which its digits are kept.
    pub source: u8,
    /// Where to go on if the test is true.
    pub if_true: u16,
    /// Where to go on if it is false.
    pub if_false: u16,
    /// First operand.
    pub first: u32,
    /// Second operand.
    pub second: u32,
}

impl Instruction {
    /// Reads an instruction; `None` if operation, field or part do not exist.
    #[inline(always)]
    pub fn decode(octets: &[u8; INSTRUCTION_OCTETS]) -> Option<Self> {
        let all = u128::from_le_bytes(*octets);
        let (low, high) = (all as u64, (all >> 64) as u64);
        let path = Path::from_octets(((low >> 8) as u16).to_le_bytes())?;
        Some(Self {
            operation: Operation::from_number(low as u8)?,
            path,
            source: (low >> 24) as u8,
            if_true: (low >> 32) as u16,
            if_false: (low >> 48) as u16,
            first: high as u32,
            second: (high >> 32) as u32,
        })
    }

    /// Its octets.
    pub fn encode(&self) -> [u8; INSTRUCTION_OCTETS] {
        let [t0, t1] = self.if_true.to_le_bytes();
        let [f0, f1] = self.if_false.to_le_bytes();
        let [a0, a1, a2, a3] = self.first.to_le_bytes();
        let [b0, b1, b2, b3] = self.second.to_le_bytes();
        let [p0, p1] = self.path.octets();
        [self.operation as u8, p0, p1, self.source, t0, t1, f0, f1, a0, a1, a2, a3, b0, b1, b2, b3]
    }

    /// Both operands as one number.
    #[inline(always)]
    pub const fn number(&self) -> u64 {
        self.first as u64 | (self.second as u64) << 32
    }
}
