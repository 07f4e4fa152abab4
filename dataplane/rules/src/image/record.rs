//! The records of rules and lists.
//!
//! ```text
//! rule  0 id · 8 tag · 16 condition's text (each offset u32, length u32 in strings)
//!      24 code · 32 paths (each first u32, count u32)
//!      40 level · mode · action · log · error (0: none) · triggers · 2 octets of zero
//! list  0 name (offset u32, length u32) · 8 slots (first u32, count u32) · 16 lengths u64
//!      24 probes u32 · 28 entries u32 · 32 kind · 15 octets of zero
//! ```

use super::u32_at;
use crate::maperror::MapError;
use crate::model::{Level, ListKind, Triggers};
use sluice_abi::{Action, LogLevel, Mode};

/// Octets of either record.
pub(crate) const RECORD_OCTETS: usize = 48;
/// Log octet of a rule that says nothing about it.
pub const NO_LOG: u8 = 0xFF;

/// First and count of something in a section.
pub(crate) type Extent = (u32, u32);

/// A rule's record. Accessors read an octet that means nothing as the harmless value beside it.
#[derive(Clone, Copy, Debug)]
pub struct RuleRecord<'i>(pub(crate) &'i [u8; RECORD_OCTETS]);

impl RuleRecord<'_> {
    /// When it is asked.
    #[inline(always)]
    pub fn level(self) -> Level {
        Level::from_number(self.0[40]).unwrap_or(Level::Monitors)
    }

    /// Whether it acts.
    #[inline(always)]
    pub fn mode(self) -> Mode {
        Mode::from_number(self.0[41]).unwrap_or(Mode::Offline)
    }

    /// Whether it is asked in replay only.
    #[inline(always)]
    pub(crate) fn is_offline(self) -> bool {
        self.0[41] == Mode::Offline as u8
    }

    /// What it does.
    #[inline(always)]
    pub fn action(self) -> Action {
        Action::from_number(self.0[42]).unwrap_or(Action::Tag)
    }

    /// How much is recorded, if it says so.
    #[inline(always)]
    pub fn log(self) -> Option<LogLevel> {
        LogLevel::from_number(self.0[43])
    }

    /// What a reject answers with.
    #[inline(always)]
    pub fn error(self) -> Option<MapError> {
        MapError::from_number(self.0[44])
    }

    /// Which messages it looks at.
    pub fn triggers(self) -> Triggers {
        Triggers::from_bits(self.0[45]).unwrap_or(Triggers::ANY)
    }

    pub(crate) fn id(self) -> Extent {
        self.extent(0)
    }

    pub(crate) fn tag(self) -> Extent {
        self.extent(8)
    }

    pub(crate) fn when(self) -> Extent {
        self.extent(16)
    }

    #[inline(always)]
    pub(crate) fn code(self) -> Extent {
        self.extent(24)
    }

    pub(crate) fn paths(self) -> Extent {
        self.extent(32)
    }

    #[inline(always)]
    fn extent(self, at: usize) -> Extent {
        (u32_at(self.0, at).unwrap_or(0), u32_at(self.0, at + 4).unwrap_or(0))
    }

    /// Whether every octet means something.
    pub(crate) fn is_well_formed(self) -> bool {
        let o = self.0;
        Level::from_number(o[40]).is_some()
            && Mode::from_number(o[41]).is_some()
            && Action::from_number(o[42]).is_some()
            && (o[43] == NO_LOG || LogLevel::from_number(o[43]).is_some())
            && (o[44] == 0 || MapError::from_number(o[44]).is_some())
            && (self.action() == Action::Reject) == (o[44] != 0)
            && Triggers::from_bits(o[45]).is_some()
            && (self.level() != Level::Monitors || !self.action().is_terminal())
            && o[46..] == [0, 0]
    }
}

/// A list's record.
#[derive(Clone, Copy, Debug)]
pub struct ListRecord<'i>(pub(crate) &'i [u8; RECORD_OCTETS]);

impl ListRecord<'_> {
    /// How entries are matched.
    #[inline(always)]
    pub fn kind(self) -> ListKind {
        if self.0[32] == ListKind::Prefix as u8 { ListKind::Prefix } else { ListKind::Exact }
    }

    /// How many entries it has.
    pub fn entries(self) -> u32 {
        u32_at(self.0, 28).unwrap_or(0)
    }

    pub(crate) fn name(self) -> Extent {
        (u32_at(self.0, 0).unwrap_or(0), u32_at(self.0, 4).unwrap_or(0))
    }

    #[inline(always)]
    pub(crate) fn slots(self) -> Extent {
        (u32_at(self.0, 8).unwrap_or(0), u32_at(self.0, 12).unwrap_or(0))
    }

    #[inline(always)]
    pub(crate) fn lengths(self) -> u64 {
        super::u64_at(self.0, 16).unwrap_or(0)
    }

    #[inline(always)]
    pub(crate) fn probes(self) -> u32 {
        u32_at(self.0, 24).unwrap_or(0)
    }

    pub(crate) fn is_well_formed(self) -> bool {
        let (_, slots) = self.slots();
        usize::from(self.0[32]) < ListKind::ALL.len()
            && (slots == 0 || slots.is_power_of_two())
            && self.probes() <= crate::table::PROBES_MAX
            && u64::from(self.entries()) * 2 <= u64::from(slots)
            && self.lengths() & 1 == 0
            && self.0[33..].iter().all(|&o| o == 0)
    }
}
