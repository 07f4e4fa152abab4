//! What comes of opening, finding and ending a dialogue.

/// What opening a dialogue cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing.
    Fresh,
    /// A dialogue with the same id was still open and is replaced.
    Replaced,
    /// The oldest dialogue was given up.
    Shed,
    /// A dialogue with the same id, or the oldest, had seen nothing for longer than the time-out.
    Expired,
}

/// Whether a message has the addresses of its dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Those of the Begin, or those that the first answer brought.
    Known,
    /// It is the first answer and comes from another address than the Begin went to: allowed, as a translated global
    /// title needs it, and from now on the responder's (Q.771 §3.1.2.2).
    Answering,
    /// Others.
    Other,
}

/// Where in its table a dialogue stands, until something is opened or closed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub(super) slot: u32,
    pub(super) by: Key,
    pub(super) addresses: Addresses,
}

impl Found {
    /// Whether the message that found it has its addresses.
    #[inline]
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The id the message is addressed to.
    To,
    /// The id its sender gave.
    From,
}

/// Whether there was a dialogue to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Yes.
    Closed,
    /// No.
    Unknown,
}

/// Numbers since they were last taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialogueCounts {
    /// Dialogues opened.
    pub opened: u64,
    /// Those closed.
    pub closed: u64,
    /// Those still open when their id was used for another.
    pub replaced: u64,
    /// Those given up for a newer one because the table was full.
    pub shed: u64,
    /// Those given up because nothing came any more.
    pub expired: u64,
}
