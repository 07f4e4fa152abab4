//! Which message it is, by the tag of its outermost element. Q.773 §3.1, table 8.
//!
//! ```text
//!   61 Unidirectional   62 Begin   64 End   65 Continue   67 Abort
//!   E1 … E6, F6         the packages of ANSI
//! ```

use crate::Reason;
use crate::ber::Tag;

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// No transaction.
    Unidirectional,
    /// Opens a transaction.
    Begin,
    /// Closes it.
    End,
    /// Goes on with it.
    Continue,
    /// Breaks it off.
    Abort,
}

impl MessageKind {
    pub(super) const fn of(tag: Tag) -> Result<Self, Reason> {
        match tag.0 {
            0x61 => Ok(Self::Unidirectional),
            0x62 => Ok(Self::Begin),
            0x64 => Ok(Self::End),
            0x65 => Ok(Self::Continue),
            0x67 => Ok(Self::Abort),
            // T1.114 §4: package types of the private class.
            0xE1..=0xE6 | 0xF6 => Err(Reason::Unsupported),
            _ => Err(Reason::UnexpectedTag),
        }
    }

    /// Where a portion stands among the others, and whether such a message has it at all. Q.773 table 8.
    pub(super) const fn place_of(self, tag: Tag) -> Option<(u8, bool)> {
        use MessageKind::{Abort, Begin, Continue, End, Unidirectional};
        Some(match tag.0 {
            0x48 => (1, matches!(self, Begin | Continue)),
            0x49 => (2, matches!(self, End | Continue | Abort)),
            0x4A => (3, matches!(self, Abort)),
            0x6B => (4, true),
            0x6C => (5, matches!(self, Unidirectional | Begin | End | Continue)),
            _ => return None,
        })
    }

    /// The name in events and rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unidirectional => "unidirectional",
            Self::Begin => "begin",
            Self::End => "end",
            Self::Continue => "continue",
            Self::Abort => "abort",
        }
    }
}
