//! The sections of an image.

use super::code::INSTRUCTION_OCTETS;
use super::orders::{ORDER_OCTETS, POSTING_OCTETS, PROBE_OCTETS};
use super::record::{COUNTER_OCTETS, LIST_OCTETS, MATCHER_OCTETS, RULE_OCTETS, VALIDITY_OCTETS};
use super::rewrite::REWRITE_OCTETS;
use crate::table::SLOT_OCTETS;

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident: $octets:expr),+ $(,)?) => {
        /// The sections, in the order in which they stand.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Section { $($(#[$doc])* $name),+ }

        impl Section {
            /// All of them.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name),+];

            /// Octets of one entry.
            pub const fn entry_octets(self) -> usize {
                match self { $(Self::$name => $octets),+ }
            }
        }
    };
}

sections! {
    /// One record per rule.
    Rules: RULE_OCTETS,
    /// When rules are valid that are not always.
    Validities: VALIDITY_OCTETS,
    /// What rules that rewrite change.
    Rewrites: REWRITE_OCTETS,
    /// One record per order in which rules are asked.
    Orders: ORDER_OCTETS,
    /// Rules as they are asked.
    Keys: 4,
    /// What is looked up to find rules.
    Probes: PROBE_OCTETS,
    /// Where a value that is looked up leads.
    Postings: POSTING_OCTETS,
    /// An octet of the hash of each posting.
    Tags: 1,
    /// Instructions.
    Code: INSTRUCTION_OCTETS,
    /// Where each instruction's test stands in its condition's text.
    Spans: 8,
    /// Pairs of numbers.
    Ranges: 16,
    /// Offset and length of texts that conditions compare with.
    Texts: 8,
    /// Fields each rule reads.
    Paths: 2,
    /// One record per counter.
    Counters: COUNTER_OCTETS,
    /// One record per list.
    Lists: LIST_OCTETS,
    /// Slots of all lists.
    Slots: SLOT_OCTETS,
    /// One record per matcher.
    Matchers: MATCHER_OCTETS,
    /// The matchers' own images.
    Automata: 1,
    /// The numbering plan's own image.
    Plan: 1,
    /// Octets of all texts.
    Strings: 1,
}

impl Section {
    /// Octets to which its start is aligned: rules to the line of a cache, which each fills.
    pub const fn alignment(self) -> usize {
        match self {
            Self::Rules => RULE_OCTETS,
            Self::Paths | Self::Strings => 2,
            // A line of a list's filter is a line of the cache.
            Self::Slots => 64,
            _ => 16,
        }
    }
}
