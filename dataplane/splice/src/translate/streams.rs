//! The streams of a flow: the sequence number that comes next in each, and how far it has shifted for good.

use super::fixed::Fixed;
use sluice_wire::sctp::{StreamId, StreamSeq};

/// How many streams of a flow are known. A message on another is neither removed nor inserted.
pub(super) const STREAMS_MAX: usize = 64;

/// One stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stream {
    pub sid: u16,
    /// The sender's next sequence number, once one was seen.
    pub next: Option<u16>,
    /// The shift by marks that are gone.
    pub shift: u16,
    /// Whether a mark was ever made on it: then it is not forgotten.
    pub is_marked: bool,
}

/// The streams of a flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams {
    pub list: Fixed<Stream, STREAMS_MAX>,
    /// Whether a stream that is not in the list has not been used yet.
    pub is_complete: bool,
}

impl Streams {
    /// A message of the stream came by.
    pub(super) fn note(&mut self, sid: StreamId, ssn: StreamSeq) {
        let after = ssn.next();
        match self.list.iter_mut().find(|stream| stream.sid == sid.0) {
            Some(stream) => {
                if stream.next.is_none_or(|next| StreamSeq(next).is_before(after)) {
                    stream.next = Some(after.0);
                }
            }
            None => {
                let stream = Stream { sid: sid.0, next: Some(after.0), ..Stream::default() };
                self.is_complete &= self.list.push(stream);
            }
        }
    }

    /// The sender's next sequence number on a stream, if it is known.
    pub(super) fn next(&self, sid: StreamId) -> Option<StreamSeq> {
        match self.find(sid) {
            Some(stream) => stream.next.or(self.is_complete.then_some(0)).map(StreamSeq),
            None => self.is_complete.then_some(StreamSeq(0)),
        }
    }

    /// The shift for good.
    pub(super) fn shift(&self, sid: StreamId) -> u16 {
        self.find(sid).map_or(0, |stream| stream.shift)
    }

    /// A mark of the stream has gone and leaves its shift.
    pub(super) fn settle(&mut self, sid: u16, shift: u16) {
        if let Some(stream) = self.list.iter_mut().find(|stream| stream.sid == sid) {
            stream.shift = shift;
        }
    }

    /// Keeps a place for the stream for good. `false` without room.
    pub(super) fn hold(&mut self, sid: StreamId) -> bool {
        if let Some(stream) = self.list.iter_mut().find(|stream| stream.sid == sid.0) {
            stream.is_marked = true;
            return true;
        }
        let mut give_way = self.list.is_full();
        if give_way {
            self.is_complete = false;
            self.list.retain(|stream| stream.is_marked || !std::mem::take(&mut give_way));
        }
        self.list.push(Stream { sid: sid.0, is_marked: true, ..Stream::default() })
    }

    /// Whether there would be a place for the stream.
    pub(super) fn can_hold(&self, sid: StreamId) -> bool {
        self.find(sid).is_some() || self.list.len() < STREAMS_MAX || self.list.iter().any(|stream| !stream.is_marked)
    }

    fn find(&self, sid: StreamId) -> Option<&Stream> {
        self.list.iter().find(|stream| stream.sid == sid.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_is_known_of_streams_that_were_seen_or_never_used() {
        let mut streams = Streams { is_complete: true, ..Streams::default() };
        assert_eq!(streams.next(StreamId(4)), Some(StreamSeq(0)));
        streams.note(StreamId(4), StreamSeq(u16::MAX));
        assert_eq!(streams.next(StreamId(4)), Some(StreamSeq(0)));
        streams.note(StreamId(4), StreamSeq(u16::MAX - 1));
        assert_eq!(streams.next(StreamId(4)), Some(StreamSeq(0)));
    }

    #[test]
    fn a_stream_without_marks_gives_way_and_is_then_unknown() {
        let mut streams = Streams { is_complete: true, ..Streams::default() };
        for sid in 0..STREAMS_MAX as u16 {
            streams.note(StreamId(sid), StreamSeq(9));
            assert!(sid == 0 || streams.hold(StreamId(sid)));
        }
        assert!(streams.can_hold(StreamId(500)) && streams.hold(StreamId(500)));
        assert_eq!((streams.next(StreamId(0)), streams.next(StreamId(1))), (None, Some(StreamSeq(10))));
        assert_eq!(streams.next(StreamId(500)), None);
        assert!(!streams.can_hold(StreamId(501)) && !streams.hold(StreamId(501)));
    }
}
