//! Where TSNs shift: what was removed from a flow and what was inserted, in its order.
//!
//! A TSN has two values: the one its sender gave it, and the one its receiver sees. Between two marks they differ by a
//! constant. A mark is only ever added at the end of what the sender has sent, so that no TSN that was passed on changes.
//!
//! ```text
//!  sender      10   11   12        13   14       12 removed, one inserted behind it
//!  receiver    10   11        12   13   14
//! ```

use super::fixed::Fixed;
use sluice_wire::sctp::{StreamId, Tsn};

/// How many marks a flow has room for, those not needed any more left out.
pub(super) const MARKS_MAX: usize = 256;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Change {
    /// The chunk of this TSN does not exist for the receiver.
    #[default]
    Removed,
    /// A chunk behind this TSN does not exist for the sender.
    Inserted,
}

/// A place where numbers shift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Sender's TSN of the removed chunk, or of the one before the inserted.
    pub at: u32,
    pub change: Change,
    /// What a later TSN has to be raised by.
    pub shift: u32,
    /// The stream whose sequence numbers shift as well; none for an unordered message.
    pub sid: Option<u16>,
    /// Sender's sequence number of the removed message, or of the one after the inserted.
    pub ssn: u16,
    /// What a later sequence number of the stream has to be raised by.
    pub ssn_shift: u16,
}

impl Mark {
    /// The receiver's last TSN up to and with this mark.
    const fn reached(&self) -> Tsn {
        Tsn(self.at).plus(self.shift)
    }

    /// Whether it comes before the chunk of a TSN.
    const fn is_before(&self, tsn: Tsn) -> bool {
        Tsn(self.at).is_before(tsn)
    }

    pub(super) const fn is_removed(&self) -> bool {
        matches!(self.change, Change::Removed)
    }
}

/// The marks of a flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub list: Fixed<Mark, MARKS_MAX>,
    /// The shift before the first of them.
    pub base: u32,
}

impl Marks {
    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the chunk of a TSN was removed.
    pub(super) fn is_removed(&self, tsn: Tsn) -> bool {
        let later = self.list.iter().rev().take_while(|mark| Tsn(mark.at).since(tsn) >= 0);
        later.into_iter().any(|mark| mark.at == tsn.0 && mark.is_removed())
    }

    /// The receiver's TSN of a chunk that is kept.
    pub(super) fn forward(&self, tsn: Tsn) -> Tsn {
        let before = self.list.iter().rev().find(|mark| mark.is_before(tsn));
        tsn.plus(before.map_or(self.base, |mark| mark.shift))
    }

    /// The receiver's last TSN when the sender's are counted up to this one, without what was inserted behind it.
    pub(super) fn reach(&self, tsn: Tsn) -> Tsn {
        let counts = |mark: &&Mark| mark.is_before(tsn) || mark.at == tsn.0 && mark.is_removed();
        let before = self.list.iter().rev().find(counts);
        tsn.plus(before.map_or(self.base, |mark| mark.shift))
    }

    /// The receiver's last TSN when nothing lies behind the sender's last, `end`.
    pub(super) fn top(&self, end: Tsn) -> Tsn {
        end.plus(self.list.last().map_or(self.base, |mark| mark.shift))
    }

    /// The last of the sender's TSNs that are all there once the receiver's are up to `tsn`.
    pub(super) fn back(&self, tsn: Tsn) -> Tsn {
        let passed = self.list.iter().rev().find(|mark| tsn.since(mark.reached()) >= 0);
        Tsn(tsn.0.wrapping_sub(passed.map_or(self.base, |mark| mark.shift)))
    }

    /// Whether the receiver's TSN is one that was inserted.
    pub(super) fn is_inserted(&self, tsn: Tsn) -> bool {
        self.list.iter().any(|mark| !mark.is_removed() && mark.reached() == tsn)
    }

    /// The shift of sequence numbers of a stream at a TSN, if a mark says it.
    pub(super) fn ssn_shift(&self, sid: StreamId, tsn: Tsn) -> Option<u16> {
        let of_stream = |mark: &&Mark| mark.sid == Some(sid.0) && mark.is_before(tsn);
        self.list.iter().rev().find(of_stream).map(|mark| mark.ssn_shift)
    }

    /// The shift of sequence numbers of a stream behind all marks, if a mark says it.
    pub(super) fn last_ssn_shift(&self, sid: StreamId) -> Option<u16> {
        self.list.iter().rev().find(|mark| mark.sid == Some(sid.0)).map(|mark| mark.ssn_shift)
    }

    /// Adds a mark at the end, its shifts reckoned from the one before. `false` without room.
    pub(super) fn add(&mut self, at: Tsn, change: Change, stream: Option<(StreamId, u16)>, ssn_before: u16) -> bool {
        let step: u16 = if change == Change::Removed { u16::MAX } else { 1 };
        let before = self.list.last().map_or(self.base, |mark| mark.shift);
        self.list.push(Mark {
            at: at.0,
            change,
            shift: before.wrapping_add(if change == Change::Removed { u32::MAX } else { 1 }),
            sid: stream.map(|(sid, _)| sid.0),
            ssn: stream.map_or(0, |(_, ssn)| ssn),
            ssn_shift: ssn_before.wrapping_add(step),
        })
    }

    /// Takes the first mark away if it lies before `tsn` and the receiver has everything up to it.
    pub(super) fn retire(&mut self, tsn: Tsn, acknowledged: Tsn) -> Option<Mark> {
        let mark = *self.list.first()?;
        if !mark.is_before(tsn) || acknowledged.is_before(mark.reached()) {
            return None;
        }
        self.list.drop_first();
        self.base = mark.shift;
        Some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 12 removed, one inserted behind it, one behind 13.
    fn marks() -> Marks {
        let mut marks = Marks::default();
        assert!(marks.add(Tsn(12), Change::Removed, Some((StreamId(1), 7)), 0));
        assert!(marks.add(Tsn(12), Change::Inserted, Some((StreamId(1), 8)), u16::MAX));
        assert!(marks.add(Tsn(13), Change::Inserted, None, 0));
        marks
    }

    #[test]
    fn chunks_move_by_what_is_before_them() {
        let marks = marks();
        let there: Vec<_> = [10, 11, 13, 14].map(|tsn| marks.forward(Tsn(tsn)).0).into();
        assert_eq!(there, [10, 11, 13, 15]);
        assert!(marks.is_removed(Tsn(12)) && !marks.is_removed(Tsn(13)));
        assert!(marks.is_inserted(Tsn(12)) && marks.is_inserted(Tsn(14)) && !marks.is_inserted(Tsn(13)));
        assert_eq!((marks.reach(Tsn(12)), marks.reach(Tsn(13)), marks.top(Tsn(13))), (Tsn(11), Tsn(13), Tsn(14)));
    }

    #[test]
    fn an_acknowledgement_covers_what_was_removed_behind_it_and_hides_what_was_inserted() {
        let marks = marks();
        let back: Vec<_> = (10..=16).map(|tsn| marks.back(Tsn(tsn)).0).collect();
        assert_eq!(back, [10, 12, 12, 13, 13, 14, 15]);
    }

    #[test]
    fn sequence_numbers_move_only_in_their_stream_and_behind_the_mark() {
        let marks = marks();
        assert_eq!(marks.ssn_shift(StreamId(1), Tsn(12)), None);
        assert_eq!(marks.ssn_shift(StreamId(1), Tsn(13)), Some(0));
        assert_eq!(marks.last_ssn_shift(StreamId(2)), None);
    }

    #[test]
    fn a_mark_goes_once_the_receiver_has_passed_it_and_its_shift_stays() {
        let mut marks = marks();
        assert_eq!(marks.retire(Tsn(20), Tsn(10)), None);
        assert_eq!(marks.retire(Tsn(12), Tsn(20)), None);
        assert_eq!(marks.retire(Tsn(20), Tsn(11)).map(|mark| mark.change), Some(Change::Removed));
        assert_eq!(marks.base, u32::MAX);
        assert_eq!((marks.forward(Tsn(13)), marks.back(Tsn(13))), (Tsn(13), Tsn(13)));
    }
}
