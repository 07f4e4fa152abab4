//! What was inserted into a flow and is not acknowledged yet.
//!
//! RFC 9260 §6.2.1, §6.3, §7.2.4: sent again when the timer expires or three reports show it missing. There is no
//! congestion window of its own: what is outstanding is few and short, and is sent again one packet at a time.

use super::fixed::Fixed;
use super::timer::Timer;
use sluice_wire::sctp::{Sack, Tsn};

/// How many messages of a flow may be waiting or unacknowledged.
pub(super) const INSERTS_MAX: usize = 64;
/// So many reports make a chunk count as lost (RFC 9260 §7.2.4).
const MISSED_MAX: u8 = 3;

/// A message of our own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Insert {
    /// Which of the stored payloads.
    pub slot: u32,
    pub sid: u16,
    pub ppid: u32,
    pub is_unordered: bool,
    /// Receiver's TSN and sequence number; none while it waits for its place.
    pub place: Option<(u32, u16)>,
    /// When it was sent, and how often.
    pub sent_ns: u64,
    pub sent: u8,
    pub is_due: bool,
    /// Acknowledged, but not cumulatively: that may be taken back.
    pub is_reported: bool,
    pub missed: u8,
    /// Whether reports had it sent again: they do that only once.
    pub was_missed: bool,
}

impl Insert {
    fn tsn(&self) -> Option<Tsn> {
        self.place.map(|(tsn, _)| Tsn(tsn))
    }

    /// Sent, and not acknowledged in any way.
    const fn is_outstanding(&self) -> bool {
        self.sent > 0 && !self.is_reported
    }
}

/// The messages of our own in a flow, those with a place first.
#[derive(Clone, Debug, Default)]
pub(super) struct Inserts {
    pub list: Fixed<Insert, INSERTS_MAX>,
    pub timer: Timer,
    /// How many packets may be sent again now.
    pub credit: u8,
}

impl Inserts {
    /// Whether the receiver does not have one with a TSN up to this.
    pub(super) fn is_open_up_to(&self, tsn: Tsn) -> bool {
        let missing = self.list.iter().filter(|insert| !insert.is_reported);
        missing.filter_map(Insert::tsn).any(|own| tsn.since(own) >= 0)
    }

    /// The first that has no place yet.
    pub(super) fn waiting(&self) -> Option<Insert> {
        self.list.iter().find(|insert| insert.place.is_none()).copied()
    }

    pub(super) fn waiting_mut(&mut self) -> Option<&mut Insert> {
        self.list.iter_mut().find(|insert| insert.place.is_none())
    }

    /// How many wait for their place.
    pub(super) fn waiting_len(&self) -> usize {
        self.list.iter().filter(|insert| insert.place.is_none()).count()
    }

    /// Forgets what has no place; `freed` gets the payloads.
    pub(super) fn give_up_waiting(&mut self, mut freed: impl FnMut(u32)) {
        self.list.iter().filter(|insert| insert.place.is_none()).for_each(|insert| freed(insert.slot));
        self.list.retain(|insert| insert.place.is_some());
    }

    /// The receiver has told what it has; `freed` gets the payloads that are acknowledged.
    pub(super) fn acknowledged(&mut self, sack: &Sack<'_>, now_ns: u64, mut freed: impl FnMut(u32)) {
        if self.list.is_empty() {
            return;
        }
        let mut progress = self.timer.heard();
        let done = |insert: &Insert| insert.tsn().is_some_and(|tsn| sack.cumulative_tsn.since(tsn) >= 0);
        for insert in self.list.iter().filter(|insert| done(insert)) {
            progress = true;
            if insert.sent == 1 && !insert.is_reported {
                self.timer.measured(now_ns.saturating_sub(insert.sent_ns));
            }
            freed(insert.slot);
        }
        self.list.retain(|insert| !done(insert));
        let highest = sack.gaps().last().map(|block| block.last);
        for insert in self.list.iter_mut() {
            progress |= report(insert, sack, highest);
        }
        let is_outstanding = self.list.iter().any(Insert::is_outstanding);
        if progress {
            self.timer.progressed(now_ns, is_outstanding);
        } else if is_outstanding {
            // A report may have been taken back (RFC 9260 §6.3.2 R4), or been overtaken by a later one.
            self.timer.sent(now_ns);
        }
        self.credit = 1;
    }

    /// The timer may have expired: everything outstanding is to be sent again then (RFC 9260 §6.3.3 E3).
    pub(super) fn expire(&mut self, now_ns: u64) {
        if self.timer.expire(now_ns) {
            self.list.iter_mut().filter(|insert| insert.is_outstanding()).for_each(|insert| insert.is_due = true);
            self.credit = 1;
        }
    }

    /// Something came from the receiver: it is sent to again if that had been given up.
    pub(super) fn receiver_spoke(&mut self, now_ns: u64) {
        if self.timer.heard() && self.list.iter().any(Insert::is_outstanding) {
            self.timer.sent(now_ns);
        }
    }

    /// After a restart nothing is known of what was sent.
    pub(super) fn send_all_again(&mut self) {
        self.list.iter_mut().filter(|insert| insert.place.is_some()).for_each(|insert| insert.is_due = true);
        self.credit = 1;
    }

    /// When something is to be done.
    pub(super) fn due_ns(&self) -> u64 {
        let is_now = |insert: &Insert| insert.is_due && (insert.sent == 0 || self.credit > 0);
        if self.list.iter().any(is_now) { 0 } else { self.timer.due_ns }
    }
}

/// What the report says of one message. `true` if it is acknowledged newly.
fn report(insert: &mut Insert, sack: &Sack<'_>, highest: Option<Tsn>) -> bool {
    let Some(tsn) = insert.tsn().filter(|_| insert.sent > 0) else { return false };
    let was_reported = insert.is_reported;
    insert.is_reported = sack.gaps().any(|block| tsn.since(block.first) >= 0 && block.last.since(tsn) >= 0);
    if insert.is_reported {
        (insert.missed, insert.is_due) = (0, false);
    } else if highest.is_some_and(|highest| tsn.is_before(highest)) && !insert.was_missed {
        insert.missed += 1;
        if insert.missed == MISSED_MAX {
            (insert.is_due, insert.was_missed) = (true, true);
        }
    }
    insert.is_reported && !was_reported
}
