//! One direction of a connection: which octet comes next, and what waits.
//!
//! ```text
//!              base            next
//! given ───────┤ held in order ├─ missing ─┤ ahead ├─ missing ─┤ ahead ├
//!              PDU in progress ┘edge
//! ```

use crate::lists::{Ends, NONE};

/// Whether it is known where PDUs begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Not yet.
    #[default]
    Fresh,
    /// Yes: at `base`.
    Synced,
    /// No longer.
    Lost,
}

/// One direction.
#[derive(Clone, Copy)]
pub(super) struct Direction {
    pub(super) state: State,
    /// The end has come, and all before it.
    pub(super) fin: bool,
    /// Octets came again with other content since the last PDU.
    pub(super) overlapped: bool,
    /// Whether a SYN came that names another beginning, `syn`.
    pub(super) has_syn: bool,
    /// Segments since the last that was of use.
    pub(super) strays: u16,
    /// Cells behind a gap.
    pub(super) ahead_cells: u16,
    /// The number of the octet that is expected.
    pub(super) next: u32,
    /// Octets held in order.
    pub(super) in_order: u32,
    /// The first number that a connection begun by that SYN would have.
    pub(super) syn: u32,
    /// What is held.
    pub(super) run: Ends,
    /// The last cell held in order.
    pub(super) edge: u32,
    /// When the gap before the first cell ahead was seen.
    pub(super) gap_since_ns: u64,
}

impl Direction {
    /// Of a connection nothing is known of.
    pub(super) const NEW: Self = Self {
        state: State::Fresh,
        fin: false,
        overlapped: false,
        has_syn: false,
        strays: 0,
        ahead_cells: 0,
        next: 0,
        in_order: 0,
        syn: 0,
        run: Ends::EMPTY,
        edge: NONE,
        gap_since_ns: 0,
    };

    /// Whether nothing waits.
    #[inline(always)]
    pub(super) const fn is_empty(&self) -> bool {
        self.run.front == NONE
    }

    /// The number of the first octet of the PDU in progress.
    pub(super) const fn base(&self) -> u32 {
        self.next.wrapping_sub(self.in_order)
    }

    /// Begins at a number where a PDU does. Nothing waits.
    pub(super) fn sync(&mut self, sequence: u32) {
        (self.state, self.next, self.strays) = (State::Synced, sequence, 0);
    }
}

/// How far one number is behind another; negative where it is before it.
#[inline(always)]
pub(super) const fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

/// How far from the expected octet a segment may be and still belong to the stream.
pub(super) const PLAUSIBLE_OCTETS: i32 = 1 << 20;
