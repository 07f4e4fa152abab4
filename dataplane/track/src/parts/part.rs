//! What goes into the table of parts and what comes out of it.

/// Sizes of a table.
#[derive(Clone, Copy, Debug)]
pub struct PartSizes {
    /// Parts held at most, and texts.
    pub parts: usize,
    /// Octets of UTF-8 held at most; a part takes up a multiple of 124.
    pub octets: usize,
    /// Silence after which a text is given up.
    pub timeout_ns: u64,
}

/// What a part was to its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// It was missing.
    New,
    /// It was there already.
    Repeated,
    /// Another was there under its number, and is replaced.
    Changed,
    /// It was not taken: its number is 0 or beyond the number of parts (TS 23.040 §9.2.3.24.1 has such an element
    /// ignored), or there is no room for it.
    Refused,
}

/// What became of a part, and how far its text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Parts held of the text.
    pub present: u8,
    /// Whether all are.
    pub complete: bool,
    /// What the part was to it.
    pub outcome: Join,
}

/// Numbers since they were last taken. At any time `new == shed + expired + held`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartCounts {
    /// Parts that were missing.
    pub new: u64,
    /// Parts that were there already.
    pub repeated: u64,
    /// Parts that replaced another.
    pub changed: u64,
    /// Parts not taken.
    pub refused: u64,
    /// Texts that became complete.
    pub completed: u64,
    /// Parts given up for newer texts because the table was full.
    pub shed: u64,
    /// Parts given up because their text was silent.
    pub expired: u64,
}
