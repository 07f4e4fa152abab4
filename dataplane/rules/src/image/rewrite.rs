//! The record of what a rule changes.
//!
//! ```text
//! rewrite   0 sender · 8 warning (each offset u32, length u32 in strings; empty: none) · 16 strip · mask · 6 octets of zero
//! ```

use super::record::Extent;
use super::u32_at;
use crate::rewrite::{Mask, Strip};

/// Octets of a rewrite's record.
pub(crate) const REWRITE_OCTETS: usize = 24;

/// A rewrite's record. Accessors read an octet that means nothing as nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RewriteRecord<'i>(pub(crate) &'i [u8; REWRITE_OCTETS]);

impl RewriteRecord<'_> {
    pub(crate) fn sender(self) -> Extent {
        self.extent(0)
    }

    pub(crate) fn append(self) -> Extent {
        self.extent(8)
    }

    pub(crate) fn strip(self) -> Strip {
        Strip::from_bits(self.0[16]).unwrap_or_default()
    }

    pub(crate) fn mask(self) -> Mask {
        Mask::from_bits(self.0[17]).unwrap_or_default()
    }

    /// Whether every octet means something.
    pub(crate) fn is_well_formed(self) -> bool {
        Strip::from_bits(self.0[16]).is_some() && Mask::from_bits(self.0[17]).is_some() && self.0[18..] == [0; 6]
    }

    fn extent(self, at: usize) -> Extent {
        (u32_at(self.0, at).unwrap_or(0), u32_at(self.0, at + 4).unwrap_or(0))
    }
}
