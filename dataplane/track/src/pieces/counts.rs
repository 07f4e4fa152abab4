//! What happened to pieces. At any time
//! `added == joined + repeated + conflicting + shed + expired + forgotten + held`.

/// Numbers since they were last taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PieceCounts {
    /// Pieces that came and were not refused.
    pub added: u64,
    /// Pieces that became part of a whole message.
    pub joined: u64,
    /// Whole messages.
    pub wholes: u64,
    /// Pieces that were held already.
    pub repeated: u64,
    /// Messages given up because their pieces contradict each other.
    pub conflicts: u64,
    /// The pieces of those, with the one that showed it.
    pub conflicting: u64,
    /// Pieces given up for newer ones because the table was full.
    pub shed: u64,
    /// Pieces given up because the rest did not come in time.
    pub expired: u64,
    /// Pieces given up because their sender did.
    pub forgotten: u64,
    /// Pieces not taken.
    pub refused: u64,
}
